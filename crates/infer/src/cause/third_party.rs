//! An outside service: it must be named in the errors; refused and timed-out connections alone name nobody.

use super::case::Case;
use super::names;
use crate::cause::change::reversal;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::is_ours;
use crate::model::{Group, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::record::CauseClass;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::ThirdParty, Group::DEPENDENCY, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
    // A program that does not fit its partner names it, but the partner need not have changed.
    let misfit = signs.iter().find(|s| s.fault == Fault::MISFIT);
    let called = |s: &Sign<'_>| called(case, s);
    // a breaker says that calls failed, and not whose
    let others = || signs.iter().filter(|s| s.is(INFO.class) && best.is_some());
    let name = best.and_then(called).or_else(|| others().find_map(called));
    let name = name.or_else(|| misfit.and_then(called));
    if best.is_some() {
        failure_shape::latency(&mut scale, case, 0.8, 0.0);
        reversal::ends_by_itself(&mut scale, case, 0.5);
    }
    let named = name.and_then(|n| culprit("provider", &n, None));
    let history = named.as_ref().map(|n| {
        Sentence::words("The status history of ")
            .name(&n.name)
            .w(" for the time of the incident.")
    });
    let mut w = INFO.weighed_by(scale, named, best);
    w.settle = history.or(w.settle);
    w
}

/// Whom a message calls, unless that is the site itself.
fn called(case: &Case<'_>, s: &Sign<'_>) -> Option<String> {
    names::provider(s.text).or_else(
        || match names::target(s.text).filter(|t| !is_ours(case, t)) {
            Some(names::Target::Named(n) | names::Target::Client(n)) => Some(n),
            _ => None,
        },
    )
}
