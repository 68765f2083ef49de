//! More traffic than the service can take: a surge before the errors, limits that are hit, latency first.

use super::case::Case;
use super::names;
use crate::cause::class_info::ClassInfo;
use crate::cause::expected_effects::{FEW, NEARLY_ALL, share};
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, culprit, onset_lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Piece, Sentence};
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ClassInfo = ClassInfo {
    class: CauseClass::Overload,
    group: Group::CAPACITY,
    prior: 0.09,
    about: "more traffic than can be served, limits reached",
    says: "limits are hit",
    title: "Too much traffic",
    settle: "Requests per second by client and endpoint, beside the limits that are set.",
    weights: Weights::of(2.0, 1.6, -0.3),
    statuses: &[(500, -0.6), (503, 0.6), (504, 0.4)],
    lacks: &[grows],
    rule: weigh,
    ..ClassInfo::PLAIN
};

/// What a surge of requests before the errors speaks for it, in nats. It is counted, not said by a message, so that it holds
/// also where messages mislead: at the 1.8 that were first taken nearly all of those that were named for it were right.
const SURGE: f64 = 2.3;

/// Traffic that is its usual rate or less so many times.
const USUAL: f64 = 1.25;

/// What limits that are hit without more traffic than usual may be worth at most: the report's own figure refutes "too much".
const ONLY_LIMITS: f64 = 0.49;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    failure_shape::surge(&mut scale, case, SURGE, -1.0);
    // Latency is its own kind of evidence here: a surge and slowness are two things.
    if let Some(s) = case.latency_lead_s.filter(|s| *s >= 120.0) {
        let text = Sentence::words("Requests grow slow ")
            .p(Piece::Span((s * 1e6) as i64))
            .w(" before the first failures.");
        scale.add(Aspect::Timing, 0.9, text, onset_lines(case));
    } else if case.ramp {
        let text = Sentence::words("The failing share rises over minutes instead of at once.");
        scale.add(Aspect::Timing, 0.9, text, onset_lines(case));
    }
    let limits = ["rate limit", "limiting requests", "too many requests"];
    let named = best.and_then(|s| culprit("limit", names::stands(s.text, &limits)?, None));
    let mut w = INFO.weighed(scale, named);
    // limits that are hit by the usual traffic are lower than they were, or taken by something else
    w.cap = case.surge.filter(|x| *x < USUAL).map(|_| ONLY_LIMITS);
    w
}

/// Where limits are hit, requests are more than usual, or are shed.
fn grows(case: &Case<'_>, _: &[Sign<'_>], s: &Sign<'_>) -> Option<&'static str> {
    let limited = case.latency_lead_s.is_none() || s.text.contains("limiting");
    let few = case.surge.is_some_and(|x| x < 2.0) && case.failed() >= FEW;
    (few && limited && share(case, 503) < 1.0 - NEARLY_ALL).then_some(
        "Neither do requests grow in number nor does what fails end with status 503, as where limits are hit.",
    )
}
