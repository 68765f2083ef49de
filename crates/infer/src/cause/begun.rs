//! What began as the failures did, in a line that is no error, and is spoken of by who looks into them, or named until they end: a job
//! that took what ran out. Only names tie the two; which lines are rare is known before.

use super::case::{BegunFact, Case, RemarkFact};
use super::remarks::{denies, everywhere, names, since};
use crate::cause::class_info::ClassInfo;
use crate::cause::ledger::{culprit, lines, quote, quote_from, shortened};
use crate::cause::passing::{self, NAMED};
use crate::cause::rule_verdict::UNNAMED;
use crate::cause::rule_verdict::Weighed;
use crate::model::{Cited, Culprit, Group, Sentence};
use std::collections::BTreeSet;

/// What it weighs, in nats: as much as a suspect that is named by who looks into the outage.
pub(super) const SPOKEN: f64 = 2.0;

/// What must speak for a fault by its own messages.
const STATED: f64 = 1.2;

/// What requests are called for by which more is asked: what sends them says more.
const ENDPOINT: &str = "endpoint";

/// Tells of what is used up what began then, where nothing else is known to have taken it.
pub(super) fn took(weighed: &mut [(&ClassInfo, Weighed)], case: &Case<'_>) {
    let spoken = spoken_of(case).map(|(begun, said)| told(begun, said));
    let noted = spoken.is_some();
    let Some((short, text, cited)) = spoken.or_else(|| passing::began(case)) else {
        return;
    };
    let taken = Sentence::words(", after ").p(quote(&short)).w(" began");
    let of_it = |c: &ClassInfo, w: &Weighed| {
        let sum: f64 = w.claims.iter().map(|x| x.weight).sum();
        // what is used up may have a name, and who uses it none
        let who = w.culprit.as_ref().map(|c| c.kind);
        let used_up = match noted {
            true => c.group == Group::RESOURCE || c.waits > 0,
            // what a server says as it fails may pass with the failures, too
            false => c.group == Group::RESOURCE || c.group == Group::DATA,
        };
        let used_up = used_up || who == Some(ENDPOINT);
        let unnamed = who.is_none_or(|kind| ["pool", "limit", ENDPOINT].contains(&kind))
            || w.culprit.as_ref().is_some_and(is_number);
        used_up && w.change.is_none() && unnamed && sum >= STATED
    };
    for (_, w) in weighed.iter_mut().filter(|(c, w)| of_it(c, w)) {
        let counted = w.culprit.as_ref().is_some_and(|c| c.kind == ENDPOINT);
        w.claim(SPOKEN, text.clone(), cited.clone());
        w.culprit = culprit("object", &short, None);
        w.title.0.extend(taken.0.iter().cloned());
        // that it took what is used up no line says, where requests are not counted
        w.cap = None;
        if !counted {
            w.hold(UNNAMED);
        }
    }
}

/// Whether a suspect is called by nothing but a number: `session 3959`.
fn is_number(named: &Culprit) -> bool {
    let number = named.name.for_json().rsplit(' ').next();
    number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
}

/// What began, what a note says of it, and the lines of both.
pub(super) fn told(begun: &BegunFact, said: &RemarkFact) -> (String, Sentence, Option<Cited>) {
    let short = shortened(begun.text.for_json(), NAMED);
    let text = Sentence::words("A note speaks of what begins with the failures: ");
    let text = text.p(quote_from(said.text.for_json())).w(".");
    let cited = lines(&[begun.evidence.clone(), said.evidence.clone()]);
    (short, text, cited)
}

/// The line that shares most names with a remark that does not deny it, of equals the first, and the remark.
pub(super) fn spoken_of<'c>(case: &'c Case<'_>) -> Option<(&'c BegunFact, &'c RemarkFact)> {
    if case.begun.is_empty() || case.remarks.is_empty() {
        return None;
    }
    let common = parts(everywhere(case).iter().map(String::as_str));
    let said = since(case).map(|r| (r, parts(r.names.iter().map(String::as_str))));
    let said: Vec<_> = said.collect();
    let mut best: Option<(usize, &BegunFact, &RemarkFact)> = None;
    for begun in case.begun {
        // `COMMIT` is a word of a language
        let words = begun.text.for_json().split_whitespace();
        let coined = words.filter(|w| w.contains(|c: char| c.is_lowercase() || c.is_ascii_digit()));
        let own = coined.flat_map(names).collect::<BTreeSet<_>>();
        let own = parts(own.iter().map(String::as_str));
        for (said, theirs) in &said {
            let both = own
                .intersection(theirs)
                .filter(|p| !common.contains(*p))
                .count();
            if both > best.map_or(0, |b| b.0) && !denies(said.text.for_json(), &said.names) {
                best = Some((both, begun, said));
            }
        }
    }
    best.map(|(_, begun, said)| (begun, said))
}

/// Names and what stands between their points: `STATEMENTS.monthEnd` is of the group `STATEMENTS`.
fn parts<'n>(names: impl Iterator<Item = &'n str>) -> BTreeSet<String> {
    let number = |p: &str| p.contains('-') && p.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let all = names.flat_map(|n| n.split('.'));
    let all = all.filter(|p| p.len() >= 5 && !number(p));
    all.map(str::to_owned).collect()
}
