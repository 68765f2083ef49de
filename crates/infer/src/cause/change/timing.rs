//! How near a change lies to the onset. What a lag weighs does not depend on the kind of change.

use crate::cause::case::{Case, STEP, what_begins};
use crate::cause::change::{Change, What, shared_name};
use crate::cause::deploy::ONLY_TIME;
use crate::cause::ends::{UNDONE, is_at_the_end};
use crate::cause::ledger::{Aspect, Scale, at_most, ends_with, lines, span};
use crate::cause::remarks;
use crate::model::Sentence;
use coroner_lines::record::MarkerKind;
use coroner_lines::time::{DAY, SECOND};

/// Density of the lag between a change and the trouble it makes, per second: most show within a minute, some within
/// ten, few within hours (the table of weights).
fn lag_density(lag_s: f64) -> f64 {
    0.6 / 60.0 * (-lag_s / 60.0).exp()
        + 0.3 / 600.0 * (-lag_s / 600.0).exp()
        + 0.1 / 21_600.0 * (-lag_s / 21_600.0).exp()
}

/// Weight of the nearness of a change in nats: its lag against the rate at which such changes happen here anyway
/// (the others of its kind in the archive, at least one a day).
pub(in crate::cause) fn timing_weight(case: &Case<'_>, c: &Change<'_>) -> f64 {
    let span_s = case.archive.1.seconds_since(case.archive.0).max(3600.0);
    nearness(c.lag_s(case), c.others as f64 / span_s)
}

/// The weight of a lag where such changes happen at a rate per second, at least one a day.
pub(in crate::cause) fn nearness(lag_s: f64, rate: f64) -> f64 {
    let rate = rate.max(SECOND as f64 / DAY as f64);
    (lag_density(lag_s) / rate).ln().clamp(-2.5, 3.0)
}

/// A change that only its time speaks for, so long after it that as much else was done meanwhile, or against what the lines say, and
/// its highest score: below what the lines do not say. A judgement; of four that led their leads in outages that nobody had seen none was right.
const SOME_TIME_S: f64 = 300.0;
/// The same of settings that are read again, by those lines alone: what is wrong with them shows at once.
const AT_ONCE_S: f64 = 60.0;
const FAINT: f64 = 0.2;

/// The highest score of a change that only its time speaks for.
pub(in crate::cause) fn by_time_alone(
    case: &Case<'_>,
    c: Option<&Change<'_>>,
    scale: &Scale,
) -> f64 {
    let late = |c: &Change<'_>| {
        let bare = c.what == What::Config && c.events.iter().all(|e| e.text.states_a_reload());
        c.lag_s(case) > if bare { AT_ONCE_S } else { SOME_TIME_S }
    };
    let late = c.is_some_and(late);
    // what the new errors are about is another thing
    let other = scale.weight(Aspect::Another) < 0.0;
    if late || other { FAINT } else { ONLY_TIME }
}

/// Lays the timing of a change on the scale.
pub(in crate::cause) fn timing(
    scale: &mut Scale,
    case: &Case<'_>,
    c: &Change<'_>,
    all: &[Change<'_>],
    noun: &str,
) {
    let w = timing_weight(case, c);
    let since = case.onset.since(c.start);
    // what is stated of that moment, which need not be that it starts
    use MarkerKind::*;
    let what = noun;
    let first = c.events.iter().find(|e| e.id == c.id);
    let noun = match first.map(|e| e.kind) {
        Some(DeployStart | MigrationStart | RollbackStart) => format!("{noun} starts"),
        Some(DeployFinish | MigrationFinish | RollbackFinish) => format!("{noun} is reported done"),
        Some(VersionChange) => format!("{noun} is first seen"),
        _ => noun.to_owned(),
    };
    // that responses are slow may show before requests fail
    let (shows_as, shows) = what_begins(case);
    let (begins, since) = match shows > c.start {
        true => (Sentence::words(shows_as), shows.since(c.start)),
        false => (Sentence::words("Errors begin"), since),
    };
    // how fast responses are is known by steps
    let within = shows < case.onset && (shows.0..shows.0 + STEP).contains(&c.start.0);
    let words = if within {
        Sentence::words(format!(
            "{shows_as} at about the same time as {noun}: how slow they are is known by steps of 10 s."
        ))
    } else if since < 0 {
        begins.w(format!(
            " at about the same time as {noun}: which was first lies within the uncertainty of the onset."
        ))
    } else if since < SECOND {
        begins.w(format!(" in the same second as {noun}."))
    } else {
        let most = at_most(case, first.and_then(|e| e.time));
        begins
            .w(" ")
            .w(most)
            .p(span(since))
            .w(format!(" after {noun}."))
    };
    let cited = first.and_then(|e| lines(e.evidence.get(..1)?));
    scale.add(Aspect::Timing, w, words, cited);
    // what a release does to the data is a step of it: the release is done when the step is, and new code does not run before
    let step = |m: &Change<'_>, r: &Change<'_>| {
        (m.what, r.what) == (What::Migration, What::Release) && m.start >= r.start
    };
    let done = all
        .iter()
        .filter(|o| o.id == c.id || step(c, o))
        .flat_map(|o| &o.events)
        .find(|e| matches!(e.kind, DeployFinish | MigrationFinish) && is_at_the_end(case, e));
    if let Some(e) = done.filter(|_| !all.iter().any(|o| step(o, c))) {
        let text = ends_with(case, e.time, &format!("the end of {what}"));
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    }
    shared_name::lay(scale, case, c);
    remarks::lay(scale, case, c);
}
