//! That the vocabulary holds each phrase once, that all of it is alive, and that every reader of a phrase reads it alike.

use super::*;
use crate::marker;
use crate::record::MarkerKind;
use crate::text::words::{holds, holds_any};

fn entries() -> impl Iterator<Item = &'static Entry> {
    VOCABULARY.iter().flat_map(|part| part.iter())
}

#[test]
fn each_phrase_stands_once_and_is_reached() {
    let mut seen = std::collections::HashSet::new();
    let mut dead = Vec::new();
    for e in entries() {
        for p in phrases(e.outright).chain(phrases(e.words)) {
            assert!(seen.insert(p), "twice: {p}");
            assert_eq!(p, p.to_ascii_lowercase());
        }
        // a phrase that holds another one of its list, or a further one that holds one that is outright, is never asked for
        for (list, others) in [
            (e.outright, e.outright),
            (e.words, e.words),
            (e.words, e.outright),
        ] {
            for p in phrases(list) {
                let text = p.replace(" .. ", " x ");
                let shorter = phrases(others).find(|q| *q != p && holds(text.as_bytes(), q));
                dead.extend(shorter.map(|q| format!("{p}: {q}")));
            }
        }
    }
    assert_eq!(dead, [""; 0]);
}

#[test]
fn each_entry_states_its_example_and_not_its_false_friend() {
    for e in entries().filter(|e| !e.outright.is_empty() || !e.words.is_empty()) {
        assert!(e.fault.class().is_some() || e.fault == Fault::SYMPTOM);
        let of = |t: &'static str| SearchedText::of(t.as_bytes());
        let asked = AskedEntry::of(e);
        assert!(asked.holds(&of(e.example)), "{}", e.example);
        assert!(!e.not.is_empty());
        let not = of(e.not);
        assert!(!asked.holds(&not) || is_innocent(&not), "{}", e.not);
    }
    let [key, auth] = ["KeyError: 'NG'", "AuthError"].map(|t| SearchedText::of(t.as_bytes()));
    assert_eq!(stated(&key, false), None);
    assert!(is_program_error(&key) && !is_program_error(&auth));
}

/// What is said outright is a marker in the kinds of logs that it is meant for, and in no other; with each blank as programs
/// write it.
#[test]
fn what_is_outright_is_a_marker() {
    let mut tried = 0;
    for e in entries().filter(|e| e.fault != Fault::SYMPTOM) {
        for p in phrases(e.outright) {
            let text = format!("{} now", p.replace(" .. ", " x "));
            for kind in Kind::ALL {
                let mut hits = Vec::new();
                marker::find(text.as_bytes(), kind, &mut hits);
                let is = hits
                    .iter()
                    .any(|h| h.kind == MarkerKind::Fault && h.class == e.fault.class());
                assert_eq!(is, e.logs.contains(&kind), "{text} in {kind:?}: {hits:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
    for text in ["CERTIFICATE_VERIFY_FAILED", "UnknownHostException"] {
        let mut hits = Vec::new();
        marker::find(text.as_bytes(), Kind::App, &mut hits);
        assert_eq!(hits.len(), 1, "{text}");
    }
}

#[test]
fn people_are_read_by_what_they_call_a_fault() {
    let classes =
        |text: &str| -> Vec<&str> { called(text).into_iter().map(|(c, _)| c.word()).collect() };
    assert_eq!(
        classes("The power distribution unit failed after the upgrade"),
        ["power", "deploy"]
    );
    assert_eq!(
        classes("A mis-configured firewall"),
        ["config", "unreachable"]
    );
    assert_eq!(classes("a powerful upgrader"), [""; 0]);
}

proptest::proptest! {
    /// Phrases that are looked for together are found as one by one.
    #[test]
    fn phrases_are_found_together_as_alone(
        pick in proptest::collection::vec(0usize..4096, 1..4), between in "[ _.:(A-Za-z]{0,3}", upper in proptest::bool::ANY,
    ) {
        let all: Vec<&str> = entries().flat_map(|e| phrases(e.words)).collect();
        let said = pick.iter().map(|n| all[n % all.len()].replace(" .. ", " x "));
        let text = said.collect::<Vec<_>>().join(&between);
        let text = if upper { text.to_ascii_uppercase() } else { text };
        for e in entries().filter(|e| !e.words.is_empty()) {
            let together = Phrases::of(phrases(e.words)).any_in(&SearchedText::of(text.as_bytes()));
            proptest::prop_assert_eq!(together, holds_any(text.as_bytes(), e.words), "{}: {}", text, e.words);
        }
    }
}
