//! The logs do not say: the prior of it, and what is missing. It wins where nothing else has evidence.

use super::absence;
use super::case::Case;
use crate::cause::class_info::ClassInfo;
use crate::cause::ledger::{
    Aspect, Scale, culprit, lines, new_meanwhile, onset_lines, quote, shortened,
};
use crate::cause::remarks;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Sentence};
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ClassInfo = ClassInfo {
    class: CauseClass::Unknown,
    group: Group::UNKNOWN,
    prior: 0.115,
    about: "the logs do not say",
    says: "refused or timed-out connections",
    title: "Unknown: nothing recognised explains it",
    plain: false,
    rule: weigh,
    ..ClassInfo::PLAIN
};

/// What is no more than quoted is never as sure as what is established.
const QUOTED: f64 = 0.79;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let sign = signs
        .iter()
        .find(|s| s.names_a_fault() && s.strength >= 0.5);
    if let Some(s) = sign {
        // logs that do not hold the cause seldom begin to name one at that very moment
        let text = Sentence::words("A fault is logged at the onset.");
        scale.add(Aspect::Message, -1.5 * s.strength, text, lines(s.evidence));
    } else {
        // Nothing but symptoms (or nothing at all) in logs that cover the onset: what the class stands for.
        let weight = if case.has_app_log() { 1.0 } else { 0.3 };
        match absence::says_why(case) {
            true => {
                let text =
                    "There are new messages during the outage, none recognised as its cause.";
                scale.add(
                    Aspect::Absence,
                    weight,
                    Sentence::words(text),
                    onset_lines(case),
                );
            }
            false => {
                let text = "No fault and no new message was recognised during the outage.";
                scale.deny(
                    case,
                    (Aspect::Absence, weight),
                    text,
                    case.inputs(|_| true),
                    new_meanwhile(case),
                );
            }
        }
    }
    // who looked into it may have written what it was
    let found = remarks::findings(case);
    let found = found.first().map(|r| r.text.for_json());
    let named = found.and_then(|text| culprit("message", &shortened(text, remarks::FOUND), None));
    let mut w = INFO.weighed(scale, named);
    if let Some(n) = &w.culprit {
        w.cap = Some(QUOTED);
        w.title = Sentence::words("A responder wrote: ").p(quote(n.name.for_json()));
    }
    // what is missing is said for the incident as a whole
    w.settle = None;
    w
}
