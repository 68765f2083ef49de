//! The logs do not say: the prior of it, and what is missing. It wins where nothing else has evidence.

use super::case::Case;
use super::family::Family;
use super::scale::{Aspect, Scale, lines, new_at_onset, onset_lines, searched};
use super::signs::Sign;
use super::weighed::Weighed;
use super::{CauseRule, absence};
use crate::model::Sentence;
use crate::record::{CauseClass, Kind};

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
            let weight = if case.has_app_log() { 1.0 } else { 0.3 };
            match absence::says_why(case) {
                true => {
                    let text = "Nothing that begins with the incident was recognised as a cause that would explain it.";
                    scale.add(
                        Aspect::Absence,
                        weight,
                        Sentence::words(text),
                        onset_lines(case),
                    );
                }
                false => {
                    let text = "No line that was understood states a fault, and no message is new at the onset.";
                    let searched = searched(case, &[Kind::App, Kind::System]);
                    scale.deny(
                        case,
                        (Aspect::Absence, weight),
                        text,
                        searched,
                        new_at_onset(case),
                    );
                }
            }
        }
        let first = absence::missing(case).into_iter().next();
        let settle = first.map_or_else(Sentence::default, |m| m.text);
        scale.weighed(
            Sentence::words("Unknown: nothing that was recognised tells it"),
            None,
            settle,
        )
    }
}
