//! A feature flag or experiment: an audit line shortly before the onset, and program errors that begin with it.

use super::CauseRule;
use super::case::Case;
use super::change::{self, What};
use super::chosen;
use super::deploy::ONLY_TIME;
use super::family::Family;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::{self, Sign};
use crate::model::Sentence;
use coroner_lines::record::{CauseClass, MarkerKind};

/// The cause.
pub(super) struct FeatureFlag;

impl CauseRule for FeatureFlag {
    fn class(&self) -> CauseClass {
        CauseClass::FeatureFlag
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let all = change::changes(case);
        let told = chosen::Told {
            begins: "the flag is changed",
            noun: "flag change",
            back: MarkerKind::FeatureFlag,
            later: "a later change of the same flag",
        };
        let (mut scale, c) = chosen::laid(case, &all, What::Flag, &told);
        let Some(c) = c else {
            program_error(&mut scale, case, signs);
            return scale.weighed(
                Sentence::words("A feature flag"),
                None,
                Sentence::words("Which flags were changed around the onset, and for whom."),
            );
        };
        program_error(&mut scale, case, signs);
        if !scale.speaks_for(Aspect::Message) {
            change::told_otherwise(&mut scale, symptoms::told(case, signs), 1.6);
        }
        let alone = !(scale.speaks_for(Aspect::Message)
            || scale.speaks_for(Aspect::Reversal)
            || scale.speaks_for(Aspect::Scope));
        let named = culprit("flag", c.object.as_deref().unwrap_or_default(), c.service);
        let title = match &named {
            Some(n) => Sentence::words("The feature flag ").name(&n.name),
            None => Sentence::words("A feature flag"),
        };
        let mut w = scale.weighed(
            title,
            named,
            Sentence::words("Turn the flag back for a few users and compare."),
        );
        w.cap = alone.then_some(ONLY_TIME);
        w.change = Some(c.id.to_owned());
        w
    }
}

/// A flag only makes code run that is there already: its errors are program errors.
fn program_error(scale: &mut Scale, case: &Case<'_>, signs: &[Sign<'_>]) {
    let w = Weights {
        message: 1.6,
        covers: 1.6,
        missing: 0.0,
    };
    failure_shape::messages(scale, case, signs, &[Family::Code], w);
}
