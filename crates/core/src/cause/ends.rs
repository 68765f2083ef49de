//! What is done as the failures end, and what it undoes. Which cause that speaks for is for the rules.

use crate::cause::case::Case;
use crate::cause::case::quoted;
use crate::cause::names;
use crate::model::Event;
use coroner_lines::marker::altered;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{Instant, SECOND};

/// Weight in nats of an end that comes with the rollback or the next change back.
pub(super) const ENDED: f64 = 1.2;
/// The same where the very object of the change is named again, or the change itself ends: that this is done in the two minutes of
/// the end is a coincidence of one in some ten where it did not help.
pub(super) const UNDONE: f64 = 2.2;

/// What may end an incident because somebody did it.
pub(super) const ACTS: &[MarkerKind] = {
    use MarkerKind::*;
    &[
        DeployStart,
        DeployFinish,
        VersionChange,
        RollbackStart,
        RollbackFinish,
        ConfigChange,
        FeatureFlag,
        MigrationRollback,
        Scale,
        Failover,
        Restart,
        ServiceStart,
        MitigationStart,
        MitigationFinish,
    ]
};

/// How long before the end of the failures what ended them was done, at most.
const BEFORE_THE_END: i64 = 120 * SECOND;
/// How long after the end a line may tell of it: one that reports what is done, and one that says what is being done.
const REPORTED: i64 = 30 * SECOND;
const DONE: i64 = 2 * SECOND;

/// Whether an event is done as the failures end.
pub(super) fn is_at_the_end(case: &Case<'_>, e: &Event) -> bool {
    case.recovered
        && e.time.is_some_and(|t| {
            t > case.onset_bounds().1
                && t.0 >= case.end.0 - BEFORE_THE_END
                && t.0 <= latest_end(case, e.kind).0
        })
}

/// Until when an event of a kind may be what ended the failures: what is begun after their end did not.
pub(super) fn latest_end(case: &Case<'_>, kind: MarkerKind) -> Instant {
    use MarkerKind::*;
    let begins = matches!(
        kind,
        DeployStart | RollbackStart | Restart | ServiceStop | Scale | MitigationStart
    );
    Instant(case.end.0 + if begins { DONE } else { REPORTED })
}

/// Whether an event that comes as the failures end undoes an earlier one: another command to the same program of the same host,
/// or another change of the object, by its path or identifier, that the earlier one names.
pub(super) fn undoes(case: &Case<'_>, earlier: &Event, e: &Event) -> bool {
    let (Some(a), Some(b)) = (quoted(earlier), quoted(e)) else {
        return false;
    };
    if !is_at_the_end(case, e) || earlier.time >= e.time {
        return false;
    }
    match (earlier.text.states_a_command(), e.text.states_a_command()) {
        (true, true) => {
            let program = |t: &'_ str| t.split_whitespace().next().map(str::to_owned);
            a != b && earlier.host == e.host && program(a) == program(b)
        }
        (false, false) if earlier.kind == e.kind => {
            let same = |of: fn(&str) -> Option<String>| of(a).is_some_and(|x| of(b) == Some(x));
            match altered(a) {
                Some(_) => a != b && same(altered),
                None => same(names::path) || same(names::identifier),
            }
        }
        _ => false,
    }
}
