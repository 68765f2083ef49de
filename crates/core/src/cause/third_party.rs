//! An outside service: it must be named in the errors; refused and timed-out connections alone name nobody.

use super::case::{Case, Dim};
use super::family::Family;
use super::reversal;
use super::{CauseRule, names};
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines};
use crate::cause::ownership::is_ours;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::Sentence;
use coroner_lines::record::CauseClass;

/// The cause.
pub(super) struct ThirdParty;

impl CauseRule for ThirdParty {
    fn class(&self) -> CauseClass {
        CauseClass::ThirdParty
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = failure_shape::messages(
            &mut scale,
            case,
            signs,
            &[Family::ThirdParty],
            Weights {
                message: 1.8,
                covers: 2.2,
                missing: -1.0,
            },
        );
        // A program that does not fit its partner names it, but the partner need not have changed.
        let misfit = signs.iter().find(|s| s.family == Family::Incompatible);
        let called = |s: &Sign<'_>| called(case, s);
        let name = best.and_then(called).or_else(|| misfit.and_then(called));
        if let (None, Some(s), Some(n)) = (best, misfit, &name) {
            let text = Sentence::words("The new message names ")
                .p(crate::model::Piece::Name(crate::cause::ledger::named(n)))
                .w(".");
            scale.add(Aspect::Absence, 0.9 * s.strength, text, lines(s.evidence));
        }
        if best.is_some() {
            failure_shape::one_of_many(&mut scale, case, Dim::Endpoint, "the endpoint", 1.2);
            failure_shape::latency(&mut scale, case, 0.8, 0.0);
            reversal::ends_by_itself(&mut scale, case, 0.5);
        }
        let named = name.and_then(|n| culprit("provider", &n, None));
        let title = match &named {
            Some(n) => Sentence::words("Fault at the provider ").name(&n.name),
            None => Sentence::words("Fault of an outside service"),
        };
        let settle = match &named {
            Some(n) => Sentence::words("The status history of ")
                .name(&n.name)
                .w(" for the time of the incident."),
            None => Sentence::words("Which calls to outside services fail, and how."),
        };
        scale.weighed(title, named, settle)
    }
}

/// Whom a message calls, unless that is the site itself.
fn called(case: &Case<'_>, s: &Sign<'_>) -> Option<String> {
    names::provider(s.text).or_else(
        || match names::target(s.text).filter(|t| !is_ours(case, t)) {
            Some(names::Target::Named(n)) => Some(n),
            _ => None,
        },
    )
}
