//! The logs do not say: the prior of it, and what is missing. It wins where nothing else has evidence.

use super::CauseRule;
use super::case::Case;
use super::family::Family;
use super::rank::missing;
use super::scale::{Aspect, Scale, absent, lines, onset_lines};
use super::signs::Sign;
use super::weighed::Weighed;
use crate::model::Sentence;
use crate::record::CauseClass;

/// The cause.
pub(super) struct Unknown;

impl CauseRule for Unknown {
    fn class(&self) -> CauseClass {
        CauseClass::Unknown
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let told = signs
            .iter()
            .find(|s| s.family != Family::Symptom && s.strength >= 0.5);
        if let Some(s) = told {
            // logs that do not hold the cause seldom begin to name one at that very moment
            let text = Sentence::words("A line that begins with the incident names a fault.");
            scale.add(Aspect::Message, -1.5 * s.strength, text, lines(s.evidence));
        } else {
            // Nothing but symptoms (or nothing at all) in logs that cover the onset: what the class stands for.
            let text = Sentence::words(
                "No line that was read says why; what begins with the incident are symptoms.",
            );
            let cited = absent(
                case,
                &[crate::record::Kind::App, crate::record::Kind::System],
            )
            .or_else(|| onset_lines(case));
            scale.add(
                Aspect::Absence,
                if case.has_app_log() { 1.0 } else { 0.3 },
                text,
                cited,
            );
        }
        let settle = missing(case, signs)
            .into_iter()
            .next()
            .map_or_else(Sentence::default, |m| m.text);
        scale.weighed(Sentence::words("Not in the logs"), None, settle)
    }
}
