//! Acts that real programs state, and lines that only look like it: one table, half of it to fit rules to and half that only
//! counts. Faults are tried on the messages of the other table.

use super::Hit;
use super::gate::{find, find_in_chat, is_read, signs};
use super::grammar::tests::pieces;
use crate::record::{Kind, MarkerKind};
use crate::text::likeness::{Likeness, tests::alike};
use proptest::prelude::*;
use proptest::sample::select;

const ACTS: &str = include_str!("../../../../tests/data/acts.tsv");
const MESSAGES: &str = include_str!("../../../../tests/data/messages.tsv");

/// All that a message states, in whichever kind of log.
fn stated(text: &str) -> Vec<&'static str> {
    let mut out = Vec::new();
    for kind in Kind::ALL {
        find(text.as_bytes(), kind, &mut out);
    }
    find_in_chat(text.as_bytes(), &mut out);
    out.iter().map(|h| h.kind.word()).collect()
}

fn rows(
    table: &'static str,
    half: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().skip(1).filter_map(move |row| {
        let f: Vec<&str> = row.split('\t').collect();
        (f[3] == half).then_some((f[0], f[1]))
    })
}

/// How many acts of a half are said, of how many; of how many lines that state none something is said, of how many.
fn said(half: &'static str) -> ([usize; 4], Vec<String>) {
    let mut n = [0; 4];
    let mut wrong = Vec::new();
    for (text, kind) in rows(ACTS, half) {
        let got = stated(text);
        let right = if kind == "none" {
            !got.is_empty()
        } else {
            got.contains(&kind)
        };
        let at = if kind == "none" { 2 } else { 0 };
        n[at] += usize::from(right);
        n[at + 1] += 1;
        if right == (kind == "none") {
            wrong.push(format!("{kind}, said {got:?}: {text}"));
        }
    }
    (n, wrong)
}

#[test]
fn real_acts_are_stated_and_nothing_else_is() {
    let (fit, wrong) = said("fit");
    let (score, _) = said("score");
    println!("acts said, of; falsely, of: fit {fit:?}, score {score:?}");
    println!("{}", wrong.join("\n"));
    assert_eq!(fit[2], 0, "an act is said where none is");
    assert!(
        score[2] <= 1 && fit[0] >= 29 && score[0] >= 30,
        "{fit:?} {score:?}"
    );
}

/// Starts, stops and the end of an alarm are stated by many a line that says nothing about a cause.
#[test]
fn what_says_nothing_about_a_cause_is_no_fault_and_no_act() {
    let quiet = [
        MarkerKind::ServiceStart,
        MarkerKind::ServiceStop,
        MarkerKind::AlertResolved,
    ];
    let falsely = |half| -> Vec<String> {
        let rows = rows(MESSAGES, half).filter(|(_, class)| *class == "says_nothing");
        rows.filter_map(|(text, _)| {
            let mut out = Vec::new();
            for kind in [Kind::Web, Kind::App, Kind::System] {
                find(text.as_bytes(), kind, &mut out);
            }
            out.retain(|h| !quiet.contains(&h.kind));
            (!out.is_empty()).then(|| format!("{text}: {out:?}"))
        })
        .collect()
    };
    assert_eq!(falsely("fit"), [""; 0]);
    assert_eq!(falsely("score"), [""; 0]);
}

#[test]
fn deploys_by_prompt_and_by_the_version_of_a_play() {
    crate::tests::holds("deploys by prompt and play", |text| {
        let mut out = Vec::new();
        find(text.as_bytes(), Kind::Deploy, &mut out);
        let words = out.iter().map(|h| h.kind.word());
        let words: Vec<&str> = words.filter(|w| *w != "human_note").collect();
        words.join(" ")
    });
}

/// What a message states, whether it is one of many of a key that all state the same, and whether it tells of trouble.
fn answer(text: &str, scope: Kind) -> (Vec<Hit>, bool, bool) {
    let (mut key, mut hits) = (Likeness::new(is_read), Vec::new());
    let mut signs = signs(text.as_bytes(), scope);
    signs.find(text.as_bytes(), &mut hits);
    let key = key.fill(text.as_bytes());
    let blind = key.is_some_and(|k| signs.is_blind(k)) && hits.is_empty();
    (hits, blind, signs.is_trouble(text.as_bytes()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    /// Of a text that is one of many others are not asked: all state nothing, and tell of trouble or not.
    #[test]
    fn texts_of_one_key_state_the_same((text, other) in alike(pieces()), scope in select(Kind::ALL.to_vec())) {
        let (_, blind, trouble) = answer(&text, scope);
        let of_other = answer(&other, scope);
        prop_assert!(!blind || of_other.0.is_empty() && trouble == of_other.2, "{text}\n{other}");
    }
}
