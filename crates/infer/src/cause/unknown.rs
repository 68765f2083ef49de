//! The logs do not say: the prior of it, and what is missing. It wins where nothing else has evidence.

use super::absence;
use super::case::Case;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ledger::{
    Aspect, Scale, culprit, lines, new_meanwhile, onset_lines, quote, shortened,
};
use crate::cause::passing;
use crate::cause::remarks;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::{Sign, coverage};
use crate::model::{Group, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::time::Instant;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Unknown, Group::UNKNOWN, weigh));

/// What is no more than quoted is never as sure as what is established.
const QUOTED: f64 = 0.79;

/// Whether messages of the kind of one account for most failures.
fn covers(case: &Case<'_>, signs: &[Sign<'_>], s: &Sign<'_>) -> bool {
    coverage(case, signs, |x| x.fault == s.fault) >= 0.5
}

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let stated = |s: &&Sign<'_>| s.names_a_fault() && s.strength >= 0.5;
    let sign = signs.iter().find(stated);
    // what a program says of itself is how it fails, and not why
    let errors = sign.filter(|s| s.info.in_program && covers(case, signs, s));
    if let Some(s) = errors {
        let text = Sentence::words("Most failing requests log errors like ")
            .p(quote(s.said.trim()))
            .w("; what set them off was not recognised.");
        scale.add(Aspect::Absence, 1.0, text, lines(s.evidence));
    } else if let Some(s) = sign {
        // logs that do not hold the cause seldom begin to name one at that very moment
        let text = Sentence::words("A fault is logged while requests fail.");
        scale.add(Aspect::Message, -1.5 * s.strength, text, lines(s.evidence));
    } else {
        // Nothing but symptoms (or nothing at all) in logs that cover the onset: what the class stands for.
        let weight = if case.has_app_log() { 1.0 } else { 0.3 };
        match absence::says_why(case) {
            true => {
                let mut faults = case.timed(&[MarkerKind::Fault]);
                let during = |t: &Instant| (case.onset..=case.end).contains(t);
                let new = || case.templates.iter().find(|t| t.brought());
                let (text, cited) = match faults.find(|(_, t)| during(t)) {
                    Some((e, _)) => (
                        "The faults that are logged meanwhile account for few of the failures.",
                        lines(&e.evidence),
                    ),
                    None => (
                        "There are new messages during the outage, none recognised as its cause.",
                        new().map_or_else(|| onset_lines(case), |t| lines(&t.evidence)),
                    ),
                };
                scale.add(Aspect::Absence, weight, Sentence::words(text), cited);
            }
            false => {
                let text = "No fault and no new message was recognised during the outage.";
                let (all, new) = (case.inputs(|_| true), new_meanwhile(case));
                scale.deny(case, (Aspect::Absence, weight), text, all, new);
            }
        }
    }
    // who looked into it may have written what it was
    let message = |text: &str| culprit("message", &shortened(text, remarks::FOUND), None);
    let mut found = remarks::findings(case).into_iter();
    let named = found.next().and_then(|r| message(r.text.for_json()));
    let wrote = named.is_some();
    let passes = passing::began(case).filter(|_| !wrote);
    let passing = passes.as_ref().and_then(|(short, ..)| message(short));
    if let Some((_, text, cited)) = passes {
        scale.add(Aspect::Named, passing::weight(case), text, cited);
    }
    let passes = passing.is_some();
    let say = || message(errors?.said.trim());
    let mut w = INFO.weighed(scale, named.or(passing).or_else(say));
    if let Some(n) = &w.culprit {
        w.cap = Some(QUOTED);
        let who = match (wrote, passes) {
            (true, _) => "A note says: ",
            (_, true) => "Comes and goes with the failures: ",
            _ => "The errors say: ",
        };
        w.title = Sentence::words(who).p(quote(n.name.for_json()));
    }
    // what is missing is said for the incident as a whole
    w.settle = None;
    w
}
