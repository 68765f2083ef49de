//! Which step against an outage helped: whether fewer requests fail after it, at once or later. What the steps are and what lies between
//! them is not decided here.

use crate::cause::{Dim, only_looks};
use crate::infer::lanes::View;
use crate::model::{Event, GIVEN_UP};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// What ends the failures is so near their end.
pub(crate) const AT_ONCE: i64 = 3 * SECOND;

/// What may end failures, once it is done.
const STEPS: [K; 8] = [
    K::RollbackFinish,
    K::Restart,
    K::Failover,
    K::FeatureFlag,
    K::Scale,
    K::MitigationFinish,
    K::ServiceStart,
    K::ConfigChange,
];

/// End of the first mitigation step that helped; of several the first after which no more fail as before.
pub(crate) fn mitigated(
    (helped, lingers): (
        impl Fn(Instant) -> bool,
        impl Fn(Instant, Option<Instant>) -> bool,
    ),
    rows: &[Event],
    onset: Instant,
    recovery: Option<Instant>,
) -> Option<Instant> {
    let last = recovery.map_or(Instant(i64::MAX), |r| Instant(r.0 + 15 * MINUTE));
    // a migration or a rollback helps from its end on, where that is told
    let ends_later = |s: &Event, ends: &[K]| {
        let until = recovery.map_or(Instant(i64::MIN), |r| Instant(r.0 + AT_ONCE));
        let finishes = |f: &&Event| ends.contains(&f.kind) && f.time > s.time;
        rows.iter().filter(finishes).any(|f| f.time <= Some(until))
    };
    // a command or a statement right before they end, whatever it does
    let at_once = |e: &Event| {
        let at_end = |(t, r): (Instant, Instant)| (-SETTLES..=AT_ONCE).contains(&(t.0 - r.0));
        let command = e.text.states_a_command() && !e.quoted().is_some_and(only_looks);
        let begins = e.kind == K::MigrationStart
            && !ends_later(e, &[K::MigrationFinish, K::MigrationRollback]);
        let done = [K::MigrationFinish, K::MigrationRollback, K::MitigationStart];
        let acts = command || begins || done.contains(&e.kind);
        acts && e.time.zip(recovery).is_some_and(at_end)
    };
    let goes_back = |e: &Event| e.kind == K::RollbackStart && !ends_later(e, &[K::RollbackFinish]);
    let steps = rows
        .iter()
        .filter(|e| STEPS.contains(&e.kind) || goes_back(e) || at_once(e));
    // what starts while a rollback goes on is part of it
    let undone = rows.iter().scan(None, |begun, e| {
        match e.kind {
            K::RollbackStart => *begun = begun.or(e.time),
            K::RollbackFinish => return Some(begun.take().zip(e.time)),
            _ => {}
        }
        Some(None)
    });
    let undone: Vec<(Instant, Instant)> = undone.flatten().collect();
    let apart = |t: &Instant| undone.iter().all(|(a, b)| t <= a || t >= b);
    let due = |t: &Instant| *t > onset && *t <= last && apart(t) && helped(*t);
    let set = [K::ConfigChange, K::Restart, K::FeatureFlag, K::Scale];
    let goes_on = |e: &Event| set.contains(&e.kind) || e.text.states_a_command();
    let steps: Vec<(Instant, bool)> = steps.filter_map(|e| Some((e.time?, goes_on(e)))).collect();
    let all: Vec<Instant> = steps.iter().map(|s| s.0).filter(due).collect();
    // until the next one, where that comes before the failures are over
    let next = |i: usize| {
        all.get(i + 1)
            .copied()
            .filter(|n| recovery.is_some_and(|r| *n <= Instant(r.0 + AT_ONCE)))
    };
    let first = (0..all.len()).find(|i| !lingers(all[*i], next(*i)));
    // where as many fail on after each of them, what ended it may be the one shortly before the end, else it is not in the logs
    let shortly = || {
        let end = recovery?;
        all.iter().position(|t| end.0 - t.0 <= SHORTLY)
    };
    let mut end = *all.get(first.or_else(shortly)?)?;
    // a file and the reload that reads it, one host or command after another: one step
    let over = recovery.map_or(end.0, |r| r.0 + AT_ONCE);
    for (t, _) in steps.iter().filter(|(t, goes_on)| t.0 <= over && *goes_on) {
        if (0..=AS_ONE).contains(&(t.0 - end.0)) {
            end = *t;
        }
    }
    Some(end)
}

/// The last that was done from a moment on until the end, as from when to when.
pub(crate) fn last_step(rows: &[Event], from: Instant, end: Instant) -> Option<(Instant, Instant)> {
    let typed = |e: &Event| e.text.states_a_command() && !e.quoted().is_some_and(only_looks);
    let done = |e: &&Event| STEPS.contains(&e.kind) || e.kind == K::MitigationStart || typed(e);
    let over = Instant(end.0 + AT_ONCE);
    let within = from..=over;
    let steps = rows.iter().filter(done).filter_map(|e| e.time);
    let last = steps.filter(|t| within.contains(t)).max()?;
    Some((Instant(last.0 - AS_ONE).max(from), over))
}

/// What is done may take so long to end the failures, while as many go on.
const SHORTLY: i64 = 3 * MINUTE;

/// Acts so near each other are one step.
const AS_ONE: i64 = 30 * SECOND;

/// What helps may take so long to show.
const SETTLES: i64 = 20 * SECOND;

/// Whether the failing share stays at least ten points lower after a moment: five minutes before it against the five minutes
/// after it, and against all that is left then until the recovery, and the last two minutes of that.
pub(crate) fn helped(
    view: &View<'_>,
    t: Instant,
    onset: Instant,
    recovery: Option<Instant>,
) -> bool {
    let share = |a, b| share(view, a, b);
    let before = share(Instant((t.0 - 5 * MINUTE).max(onset.0)), t);
    let soon = Instant(t.0 + 5 * MINUTE);
    // seconds after the onset there is nothing yet that could have become lower, unless all is over as soon
    if t.0 - onset.0 < MINUTE && recovery.is_none_or(|r| r > soon) {
        return false;
    }
    // as much as fails in all that is left, or just before it is over
    let left = recovery.filter(|r| *r > soon).into_iter();
    let left = left.flat_map(|r| [soon, Instant(r.0 - 2 * MINUTE).max(soon)].map(|from| (from, r)));
    let later = left.filter_map(|(from, r)| share(from, r));
    let after = share(t, soon).map(|a| later.fold(a, f64::max));
    before.zip(after).is_some_and(|(b, a)| a <= b - 0.10)
}

/// The share of the requests of a stretch that fail or are given up, where it has requests enough.
fn share(view: &View<'_>, a: Instant, b: Instant) -> Option<f64> {
    let (n, k) = view.requests(a, b);
    let by = view.by(Dim::Status, a, b);
    let given_up = GIVEN_UP.iter().filter_map(|s| by.get(s.as_bytes()));
    // a server may count them among those that fail
    let given_up: u64 = given_up.map(|(n, k)| n - k.min(n)).sum();
    (n >= 5).then(|| (k + given_up).min(n) as f64 / n as f64)
}

/// Whether about as many requests as before fail on after a moment, until the next step or else for a minute or more: what helped
/// came later, or helps late.
pub(crate) fn lingers(
    view: &View<'_>,
    t: Instant,
    onset: Instant,
    (next, recovery): (Option<Instant>, Option<Instant>),
) -> bool {
    let late = recovery.filter(|r| r.0 - t.0 > MINUTE);
    let late = late.map(|r| (Instant(t.0 + SETTLES), r));
    let before = share(view, Instant((t.0 - 5 * MINUTE).max(onset.0)), t);
    let on = |(from, to)| {
        before
            .zip(share(view, from, to))
            .is_some_and(|(b, s)| s > b - 0.10)
    };
    next.map(|n| (t, n)).is_some_and(on) || late.is_some_and(on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Sentence, fixture};
    use crate::tests::or_dash;

    /// The second at which an outage of ten minutes was mitigated whose steps are of some kinds at some seconds: behind `!` one that
    /// did not help, behind `~` one after which as many fail until the next one.
    fn mitigated_at(steps: &str) -> String {
        let like = fixture::report().incidents[0].timeline[0].clone();
        let (mut vain, mut late, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        for step in steps.split(", ") {
            let (kind, second) = step.split_once(' ').expect("a kind and a second");
            let (mark, kind) = kind.split_at(usize::from(kind.starts_with(['!', '~'])));
            let at = Instant(second.parse::<i64>().expect("a second") * SECOND);
            let mut e = like.clone();
            (e.kind, e.time) = (K::from_word(kind).expect("a kind"), Some(at));
            e.text = Sentence::words("A step");
            match mark {
                "!" => vain.push(at),
                "~" => late.push(at),
                _ => {}
            }
            rows.push(e);
        }
        let found = mitigated(
            (|t| !vain.contains(&t), |t, _| late.contains(&t)),
            &rows,
            Instant(0),
            Some(Instant(600 * SECOND)),
        );
        or_dash(found.map(|t| t.0 / SECOND))
    }

    #[test]
    fn of_several_steps_the_first_after_which_nothing_fails_as_before_helped() {
        crate::tests::holds("mitigated at", mitigated_at);
    }
}
