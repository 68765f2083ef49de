//! A feature flag or experiment: an audit line shortly before the onset, and program errors that begin with it.

use super::case::Case;
use super::change::{self, What};
use super::deploy::ONLY_TIME;
use crate::cause::change::chosen;
use crate::cause::change::timing::by_time_alone;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::expected_effects::AT_ONCE_S;
use crate::cause::failure_shape;
use crate::cause::ledger::{Aspect, culprit};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::record::{CauseClass, MarkerKind};

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::FeatureFlag, Group::CHANGE, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let all = change::changes(case);
    let reversal = chosen::Reversal {
        begins: "the flag is changed",
        noun: "flag change",
        back: MarkerKind::FeatureFlag,
        later: "a later change of the same flag",
    };
    let (mut scale, c) = chosen::laid(case, &all, What::Flag, &reversal);
    let Some(c) = c else {
        let mut w = INFO.weighed(scale, None);
        w.cap = Some(ONLY_TIME);
        w.settle = Some(Sentence::words(
            "Which flags were changed around the onset, and for whom.",
        ));
        return w;
    };
    // program errors are those of any change: they are the flag's where they come with it, or something names it
    let spoken = [
        Aspect::Message,
        Aspect::Named,
        Aspect::Reversal,
        Aspect::Scope,
    ];
    let tied = spoken.iter().any(|a| scale.speaks_for(*a));
    // a flag only makes code run that is there already: its errors are program errors
    let of = |s: &Sign<'_>| [CODE, Fault::UNNAMED].contains(&s.fault);
    failure_shape::messages(
        &mut scale,
        case,
        signs,
        (CauseClass::Deploy, &of),
        INFO.weights,
    );
    if !scale.speaks_for(Aspect::Message) {
        change::otherwise::stated_otherwise(&mut scale, case, signs, 1.6);
    }
    let shown = tied || c.lag_s(case) <= AT_ONCE_S && scale.speaks_for(Aspect::Message);
    let named = culprit("flag", c.object.as_deref().unwrap_or_default(), c.service);
    let by_time = by_time_alone(case, Some(c), &scale);
    let mut w = INFO.weighed(scale, named);
    w.cap = (!shown).then_some(by_time);
    w.change = Some(c.id.to_owned());
    w
}

const CODE: Fault = Fault::of(CauseClass::Deploy);
