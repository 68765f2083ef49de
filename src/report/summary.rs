//! What happened in four sentences, each clause with a marker or a count behind it; a clause whose marker is absent is
//! left out. The words only: how they are marked up is the forms' business.

use super::{facts, json, sentence};
use crate::model::*;
use crate::record::MarkerKind;
use crate::time::Instant;

/// A part of the summary.
pub enum Said<'a> {
    /// Plain words.
    Text(Sentence),
    /// Words that carry the story.
    Strong(Sentence),
    /// That the logs do not show a cause.
    Refusal(Sentence),
    /// What the clause before rests on.
    Cite(&'a [Evidence]),
}

/// The summary of an incident, in order; parts follow each other without further punctuation.
pub fn of(i: &Incident) -> Vec<Said<'_>> {
    let mut out = Vec::new();
    onset(i, &mut out);
    out.push(Said::Text(answers(i)));
    verdict(i, &mut out);
    out
}

fn onset<'a>(i: &'a Incident, out: &mut Vec<Said<'a>>) {
    let (symptom, joint) = facts::symptom(i);
    let mut s = Sentence::words(symptom);
    if let Some(name) = &i.service {
        s = s.w(format!(" {joint} ")).name(name);
    }
    s = s.w(" began at ").p(Piece::Time(i.onset));
    match facts::change(i) {
        Some((e, lead)) => {
            out.push(Said::Text(s.w(", ")));
            let mut s = Sentence::default().p(Piece::Span(lead)).w(match e.kind {
                MarkerKind::Fault | MarkerKind::Crash => " after this fault: ",
                _ => " after this change: ",
            });
            s.0.extend(e.text.0.iter().cloned());
            out.push(Said::Strong(s));
            out.push(Said::Cite(&e.evidence));
            out.push(Said::Text(Sentence::words(".")));
        }
        None => out.push(Said::Text(s.w("."))),
    }
    if let Some((n, 0)) = i.impact.requests.zip(i.impact.failed) {
        let logged = match n {
            0 => Sentence::words(" No request is logged in that time"),
            _ => Sentence::words(" None of the ")
                .p(Piece::Count(n))
                .w(" requests logged failed"),
        };
        out.push(Said::Text(logged.w("; others may never have arrived.")));
    } else if let Some((n, f)) = i.impact.requests.zip(i.impact.failed) {
        out.push(Said::Text(Sentence::words(" ")));
        let s = Sentence::default()
            .p(Piece::Count(f))
            .w(" of ")
            .p(Piece::Count(n));
        let share = Piece::Share(sentence::share(f, n));
        out.push(Said::Strong(s.w(" requests failed (").p(share).w(")")));
        out.push(Said::Text(Sentence::words(".")));
    }
}

/// What people did, and how it ended.
fn answers(i: &Incident) -> Sentence {
    let mut s = Sentence::default();
    if let Some(us) = i.durations.detect {
        let alert = Instant(i.onset.0 + us);
        s = s.w(" The alert fired at ").p(Piece::Time(alert));
        if let Some(ack) = i.durations.acknowledge {
            let at = Instant(alert.0 + ack);
            s = s.w(" and was acknowledged at ").p(Piece::Time(at));
        }
        s = s.w(".");
    }
    let mut steps = Vec::new();
    if let Some((_, t)) = facts::first_of(i, MarkerKind::RollbackFinish) {
        steps.push(("the rollback was reported done at ", Some(t)));
    }
    if let Some((_, t)) = facts::first_of(i, MarkerKind::Restart) {
        steps.push(("a restart began at ", Some(t)));
    }
    steps.push(match i.recovery {
        Some(t) => ("service was normal at ", Some(t)),
        None => ("the logs do not show a recovery", None),
    });
    for (n, (words, at)) in steps.into_iter().enumerate() {
        s = match n {
            0 => s.w(" ").w(facts::capital(words)),
            _ => s.w("; ").w(words),
        };
        if let Some(t) = at {
            s = s.p(Piece::Time(t));
        }
    }
    s.w(".")
}

/// How far the cause is known; the group before the class.
fn verdict<'a>(i: &'a Incident, out: &mut Vec<Said<'a>>) {
    let known = i.cause_verdict != CauseVerdict::NotEstablished;
    out.push(Said::Text(Sentence::words(" ")));
    if let Some(top) = i.causes.first().filter(|_| known) {
        let s = Sentence::words("Suspected cause: ")
            .w(a_group(top.class.group()))
            .w(format!(
                " ({}), most likely: ",
                sentence::score(top.group_score)
            ));
        out.push(Said::Text(s));
        out.push(Said::Strong(small(&top.title)));
        let score = format!(
            " ({}, {}).",
            json::level(top.score),
            sentence::score(top.score)
        );
        out.push(Said::Text(Sentence::words(score)));
        return;
    }
    out.push(Said::Refusal(Sentence::words(
        "The logs do not show a cause.",
    )));
    let mut s = Sentence::default();
    for (n, m) in i.missing.iter().enumerate() {
        s = s.w(if n == 0 { " Missing: " } else { "; " });
        s.0.extend(within(&unended(&m.text)).0);
    }
    if !i.missing.is_empty() {
        s = s.w(".");
    }
    if let Some(settle) = i.causes.first().and_then(|c| c.settle.as_ref()) {
        s = s.w(" What would settle it: ");
        s.0.extend(within(settle).0);
    }
    out.push(Said::Text(s));
}

/// A sentence as it stands behind a colon: a first word that is no name begins small.
fn within(s: &Sentence) -> Sentence {
    let mut s = s.clone();
    if let Some(Piece::Words(w)) = s.0.first_mut() {
        let word: &str = w.split(' ').next().unwrap_or_default();
        let plain = |rest: &str| rest.bytes().all(|b| b.is_ascii_lowercase());
        if word.get(1..).is_some_and(plain) {
            let rest = w.split_off(1);
            *w = w.to_ascii_lowercase() + &rest;
        }
    }
    s
}

/// A sentence without the full stop at its end.
fn unended(s: &Sentence) -> Sentence {
    let mut s = s.clone();
    if let Some(Piece::Words(w)) = s.0.last_mut() {
        *w = w.trim_end_matches('.').to_owned();
    }
    s
}

/// A title within a sentence: `The upgrade of …` → `the upgrade of …`.
pub fn small_words(s: &str) -> String {
    match s.split_once(' ') {
        Some((article @ ("The" | "A" | "An"), rest)) => {
            format!("{} {rest}", article.to_lowercase())
        }
        _ => s.to_owned(),
    }
}

fn small(s: &Sentence) -> Sentence {
    let mut s = s.clone();
    if let Some(Piece::Words(w)) = s.0.first_mut() {
        *w = small_words(w);
    }
    s
}

/// The group with its article.
fn a_group(group: &str) -> &'static str {
    match group {
        "change" => "a change",
        "dependency" => "a dependency",
        "capacity" => "capacity",
        "resource" => "a resource that ran out",
        "data" => "data",
        "hardware" => "hardware",
        "network" => "the network",
        "process" => "a process",
        "security" => "an attack",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_colon_words_begin_small_and_names_do_not() {
        for (text, want) in [
            ("The list of releases", "the list of releases"),
            ("A log", "a log"),
            ("PostgreSQL's own log", "PostgreSQL's own log"),
            ("TLS handshakes", "TLS handshakes"),
            ("no log", "no log"),
            ("", ""),
        ] {
            assert_eq!(within(&Sentence::words(text)), Sentence::words(want));
        }
    }
}
