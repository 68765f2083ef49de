//! More traffic than the service can take: a surge before the errors, limits that are hit, latency first.

use super::case::Case;
use super::family::Family;
use super::{CauseRule, names};
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, onset_lines};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Piece, Sentence};
use coroner_lines::record::CauseClass;

/// The cause.
pub(super) struct Overload;

/// What a surge of requests before the errors speaks for it, in nats. It is counted, not said by a message, so that it holds
/// also where messages mislead: at the 1.8 that were first taken nearly all of those that were named for it were right.
const SURGE: f64 = 2.3;

impl CauseRule for Overload {
    fn class(&self) -> CauseClass {
        CauseClass::Overload
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::Overload],
            Weights {
                message: 2.0,
                covers: 1.6,
                missing: -0.3,
            },
        );
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
        scale.weighed(
            Sentence::words("Too much traffic"),
            named,
            Sentence::words(
                "Requests per second by client and endpoint, beside the limits that are set.",
            ),
        )
    }
}
