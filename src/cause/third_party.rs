//! An outside service: it must be named in the errors; refused and timed-out connections alone name nobody.

use super::case::{Case, Dim};
use super::change;
use super::family::Family;
use super::scale::{Aspect, Scale, culprit, lines, onset_lines};
use super::shape::{self, Weights};
use super::signs::Sign;
use super::weighed::Weighed;
use super::whose::is_ours;
use super::{CauseRule, names};
use crate::model::Sentence;
use crate::record::CauseClass;

/// The cause.
pub(super) struct ThirdParty;

impl CauseRule for ThirdParty {
    fn class(&self) -> CauseClass {
        CauseClass::ThirdParty
    }

    fn weigh(&self, case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
        let mut scale = Scale::default();
        let best = shape::messages(
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
                .p(crate::model::Piece::Name(super::scale::named(n)))
                .w(".");
            scale.add(Aspect::Absence, 0.9 * s.strength, text, lines(s.evidence));
        }
        if best.is_some() {
            shape::one_of_many(&mut scale, case, Dim::Endpoint, "the endpoint", 1.2);
            shape::latency(&mut scale, case, 0.8, 0.0);
            ends_by_itself(&mut scale, case);
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
            None => Sentence::words("Logs of calls to outside services."),
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

/// It ended without a rollback, a release or a restart of ours: the partner's doing.
fn ends_by_itself(scale: &mut Scale, case: &Case<'_>) {
    let ours = case.events.iter().any(|e| {
        use crate::record::MarkerKind as M;
        matches!(
            e.kind,
            M::RollbackStart
                | M::RollbackFinish
                | M::DeployStart
                | M::DeployFinish
                | M::Restart
                | M::ServiceStart
                | M::ConfigChange
                | M::MitigationStart
        ) && e
            .time
            .is_some_and(|t| t > case.onset_bounds().1 && t <= case.end)
    });
    if case.recovered && !ours {
        let text = Sentence::words("It ends without any action of ours in the logs.");
        let cite = super::scale::absent(
            case,
            &[crate::record::Kind::Deploy, crate::record::Kind::System],
        );
        scale.add(
            Aspect::Reversal,
            0.5,
            text,
            cite.or_else(|| change::or_onset(case, &[]))
                .or_else(|| onset_lines(case)),
        );
    }
}
