//! That the vocabulary holds each phrase once, that all of it is alive, and that every reader of a phrase reads it alike.

use super::*;
use crate::marker;
use crate::record::MarkerKind;

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
        assert!(e.holds(e.example), "{}", e.example);
        assert!(!e.not.is_empty());
        assert!(
            !e.holds(e.not) || is_innocent(e.not.as_bytes()),
            "{}",
            e.not
        );
    }
    assert_eq!(stated(VOCABULARY[0], "KeyError: 'NG'"), None);
    assert!(is_program_error("KeyError: 'NG'") && !is_program_error("AuthError"));
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
