//! Rules about things that broke, each with its cause class: the phrases of the vocabulary of faults that state one outright. A
//! symptom is evidence and no marker.

use super::{Rule, Scopes};
use crate::fault::{Entry, Fault, VOCABULARY, phrases};
use crate::record::MarkerKind;
use std::sync::LazyLock;

pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let entries = VOCABULARY.iter().flat_map(|part| part.iter());
    let outright = entries.filter(|e| !e.outright.is_empty() && e.fault != Fault::SYMPTOM);
    outright.map(rule).collect()
});

fn rule(e: &'static Entry) -> Rule {
    let kinds = e.logs.iter().map(|k| Scopes::of(*k));
    Rule {
        kind: MarkerKind::Fault,
        class: e.fault.class(),
        confidence: e.confidence,
        scopes: kinds.fold(Scopes::NONE, Scopes::and),
        // as long as the program, like the rules that are written out
        pattern: pattern(e.outright).leak(),
        example: e.example,
        not: e.not,
    }
}

/// Phrases as a regular expression. Programs write a blank as one, as `_` or, in the names of errors, not at all, and write
/// all of a phrase in one way: then what a message must hold is known letter by letter.
fn pattern(outright: &'static str) -> String {
    let mut forms: Vec<String> = phrases(outright)
        .flat_map(|p| {
            [" ", "_", ""].map(|blank| {
                let parts = p.split(" .. ");
                let parts: Vec<String> = parts
                    .map(|part| regex::escape(&part.replace(' ', blank)))
                    .collect();
                parts.join(r"\b.*?\b")
            })
        })
        .collect();
    forms.sort();
    forms.dedup();
    format!("(?:{})", forms.join("|"))
}
