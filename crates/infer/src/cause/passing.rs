//! What comes and goes with the failures, by its name: it speaks for the change that bears that name, and tells of a fault that names
//! nobody what it began with. Where such names stand is known before.

use super::case::{Case, PassingFact, excerpt, quoted};
use super::change;
use super::names;
use super::remarks::names_in;
use crate::cause::class_info::ClassInfo;
use crate::cause::ledger::{lines, quote, shortened, span};
use crate::cause::rule_verdict::Weighed;
use crate::model::{Cited, Event, Evidence, Sentence};
use coroner_lines::text::LogText;
use coroner_lines::text::words::find;
use coroner_lines::time::SECOND;
use std::collections::BTreeMap;

/// What it weighs, in nats, that a change bears the one name that comes and goes with the failures; several share it.
const PASSES: f64 = 2.0;

/// Lines that name something first from which on their names are those of what goes on all the time.
const MANY: usize = 4;

/// Letters of the line that stand for what began.
pub(super) const NAMED: usize = 96;

/// The facts, where they are few.
fn few<'c>(case: &'c Case<'_>) -> &'c [PassingFact] {
    match case.passing.len() < MANY {
        true => case.passing,
        false => &[],
    }
}

/// Lines of a log so close to each other tell of one thing.
const TOGETHER: i64 = SECOND;

/// The fact whose name a row bears, or whose first line stands with its own.
fn borne<'c>(case: &'c Case<'_>, e: &Event) -> Option<&'c PassingFact> {
    let called = names_in([quoted(e).unwrap_or_default(), excerpt(e)]);
    let bears = |f: &&PassingFact| f.names.iter().any(|n| called.contains(n));
    // a line that is a row itself tells of that
    let is_row = |line: &Evidence| {
        let cites = |l: &Evidence| (l.input, l.byte) == (line.input, line.byte);
        case.events.iter().any(|e| e.evidence.iter().any(cites))
    };
    let with = |f: &&PassingFact| {
        let near = e.time.is_some_and(|t| t.since(f.first).abs() <= TOGETHER);
        near && e.evidence.iter().any(|l| l.input == f.begins.input) && !is_row(&f.begins)
    };
    let facts = || few(case).iter();
    facts().find(bears).or_else(|| facts().find(with))
}

/// What one of them weighs.
pub(super) fn weight(case: &Case<'_>) -> f64 {
    PASSES / case.passing.len().max(1) as f64
}

/// Adds what it weighs to the rows that bear such a name, by their ids.
pub(super) fn of_rows(rows: &mut BTreeMap<String, f64>, case: &Case<'_>) {
    for e in case.events.iter().filter(|e| borne(case, e).is_some()) {
        *rows.entry(e.id.clone()).or_default() += weight(case);
    }
}

/// Tells changes what comes and goes with the failures.
pub(super) fn tell(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>) {
    for (_, w) in weighed.iter_mut().filter(|(c, _)| c.is_change()) {
        let row = w.change.as_ref();
        let row = row.and_then(|id| case.events.iter().find(|e| e.id == *id));
        if let Some(fact) = row.and_then(|e| borne(case, e)) {
            w.claim(weight(case), told(fact, case), cited(fact));
        }
    }
}

/// What began and passes and is no change that is known, for a fault that names nobody, the sentence that says so, and its lines.
pub(super) fn began(case: &Case<'_>) -> Option<(String, Sentence, Option<Cited>)> {
    let before = |e: &&Event| e.time.is_some_and(|t| t <= case.onset_bounds().1);
    let changes = case.events.iter().filter(before);
    let changes = changes.filter(|e| change::what(e.kind).is_some());
    let known: Vec<_> = changes.filter_map(|e| borne(case, e)).collect();
    let is_new = |f: &&PassingFact| known.iter().all(|k| !std::ptr::eq(*k, *f));
    let fact = few(case).iter().find(is_new)?;
    let said = fact.does.excerpt.as_ref()?.said();
    // of a line that holds a statement that counts
    let said = LogText::new(statement(said.for_json()).as_bytes());
    let short = match fact.quiet {
        // mostly called after the job
        Some(_) => shortened(&format!("{}: {}", fact.name, said.for_json()), NAMED),
        None => shortened(said.for_json(), NAMED),
    };
    Some((short, told(fact, case), cited(fact)))
}

fn cited(fact: &PassingFact) -> Option<Cited> {
    lines(&[fact.begins.clone(), fact.ends.clone()])
}

/// The statement which changes a table that a line holds, else the line.
fn statement(line: &str) -> &str {
    const VERBS: [&str; 5] = ["update", "insert", "delete", "alter", "lock"];
    let begins = |verb: &&str| Some(find(line.as_bytes(), verb, 0)?.start);
    let at = VERBS.iter().filter_map(begins).min();
    match at.filter(|_| names::table(line).is_some()) {
        Some(at) => line[at..].split('\'').next().unwrap_or(line),
        None => line,
    }
}

/// When it is named, or its log written; of long logs not every line is kept.
fn told(f: &PassingFact, case: &Case<'_>) -> Sentence {
    let before = span(case.onset.since(f.first));
    let late = f.last.since(case.stop);
    let end = |text: Sentence, same: &'static str| match late.abs() < SECOND {
        true => text.w(same),
        false => text
            .p(span(late.abs()))
            .w(if late < 0 { " before" } else { " after" }),
    };
    match f.quiet {
        Some(quiet) => {
            let text = Sentence::words("The log ")
                .p(quote(&f.name))
                .w(" is written from ");
            let text = text.p(before).w(" before the failures begin to ");
            let text = end(text, "when").w(" they end, having been silent for ");
            text.p(span(quiet)).w(" before.")
        }
        None => {
            let text = Sentence::default().p(quote(&f.name));
            let text = text.w(" is named first ").p(before);
            let text = text.w(" before the failures begin and last ");
            end(text, "as").w(" they end; no other line that was kept has it.")
        }
    }
}
