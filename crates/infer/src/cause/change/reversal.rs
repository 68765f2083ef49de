//! What the end of the incident says about a change: rolled back or turned back just before, long before, or never.

use crate::cause::case::Case;
use crate::cause::case::quoted;
use crate::cause::change::{Change, ROLLBACKS, What};
use crate::cause::ends::{ACTS, ENDED, UNDONE, comes_back, is_at_the_end, latest_end, undoes};
use crate::cause::ledger::{Aspect, Scale, ends_with, lines, quote, span, stop_with};
use crate::cause::symptoms::ownership::both_akin;
use crate::cause::symptoms::{Sign, stated_class};
use crate::model::{Denial, Event, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::text::words::sets_back;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeSet;

/// An end this soon after a rollback is its doing, as far as time can say.
const AT_ONCE: i64 = 90 * SECOND;
/// What goes on for longer than that after the end of a rollback was not ended by it: what runs again answers within minutes; and for
/// twice as long after its beginning, where no line states its end.
const SOME_TIME: i64 = 5 * MINUTE;
const LONG_AFTER: i64 = 2 * SOME_TIME;
/// What fails is asked for now and then, and what is begun is written down when it is: so little before a rollback begins the last failure may
/// have been.
const JUST: i64 = 5 * SECOND;
/// What the end of the incident says about a release: rollback before, around or long before the recovery, or none.
pub(in crate::cause) fn reversal(
    scale: &mut Scale,
    case: &Case<'_>,
    c: Option<&Change<'_>>,
    signs: &[Sign<'_>],
) {
    let others = c.map(|c| of_another(case, c));
    let other = |e: &Event| others.as_ref().is_some_and(|other| other(e));
    let due = |t: Instant| t > case.onset_bounds().1 && t.0 <= case.end.0 + 15 * MINUTE;
    let [start, finish] = ROLLBACKS.map(|kind| {
        let kinds = [kind];
        let mut back = case.timed(&kinds).filter(|(_, t)| due(*t));
        back.find(|(e, _)| !other(e)).map(|x| x.0)
    });
    let Some(first) = start.or(finish) else {
        if c.is_some() {
            ends_by_itself(scale, case, -1.0);
        }
        return;
    };
    let cite = lines(&first.evidence);
    let Some(c) = c else {
        // Legal, and common after power loss or a wrong guess: it proves nothing about a change.
        let text = Sentence::words("A rollback begins during the incident.");
        scale.add(Aspect::Reversal, 0.8, text, cite);
        return;
    };
    let from = first.time.unwrap_or(case.onset);
    // its end where the logs have it, else its beginning, and said so
    let (done, cite_done, when) = match finish.and_then(|e| Some((e.time?, e))) {
        Some((t, e)) => (t, lines(&e.evidence), "the rollback finished"),
        None => (from, cite.clone(), "the rollback started"),
    };
    let after = case.end.since(done);
    // what is reported done as they stop was under way before
    let late = from.0 - case.end.0;
    let reported = start.is_none() && late <= AT_ONCE;
    if case.recovered && (1..=JUST).contains(&late) && start.is_some() {
        let text = stop_with(case, Some(from), Sentence::words("the rollback started"));
        let weight = ended_by(c, first, stated_class(case, signs));
        scale.add(Aspect::Reversal, weight, text, cite);
    } else if case.recovered && case.end < from && !reported {
        let text = Sentence::words(match start {
            Some(_) => "The failures were over before the rollback started.",
            None => "The failures were over before the rollback was reported done.",
        });
        scale.add(Aspect::Reversal, -0.6, text, cite);
    } else if case.recovered && after <= AT_ONCE {
        let (text, cite) = match after >= 0 {
            true => (
                stop_with(case, Some(done), Sentence::words(when)),
                cite_done,
            ),
            false => (
                Sentence::words("The failures stop during the rollback."),
                cite,
            ),
        };
        let weight = ended_by(c, first, stated_class(case, signs));
        scale.add(Aspect::Reversal, weight, text, cite);
    } else if let Some(e) = restart_at_end(case, c, from, other) {
        // what was put back runs from its start on; but a start may help for a reason of its own
        let text = ends_with(case, e.time, "a restart that follows the rollback");
        scale.add(Aspect::Reversal, 0.4, text, lines(&e.evidence));
    } else if after > LONG_AFTER || (finish.is_some() && after > AT_ONCE) {
        // an old version that runs again answers at once: what ends later ended for another reason, or needed more than that; and what
        // is changed as they end did more
        let other = |e: &Event| {
            let changes = matches!(e.kind, MarkerKind::ConfigChange | MarkerKind::FeatureFlag);
            changes && e.time > Some(done) && is_at_the_end(case, e)
        };
        let weight = match after > LONG_AFTER || case.events.iter().any(other) {
            true => -1.0,
            false => -0.4,
        };
        // as the rows of both show
        let shown = span(case.stop.since(done));
        let text = Sentence::words("The failures continue for ").p(shown);
        let text = text.w(" after ").w(when).w(".");
        scale.add(Aspect::Reversal, weight, text, cite_done);
    }
}

/// Weight in nats of an end so soon after a rollback: more where it is stated of the service that was released, or where no line
/// names any, so that there is but one; and less where others that fail are stated, who come back when they do.
fn ended_by(c: &Change<'_>, rollback: &Event, stated: Option<&Sign<'_>>) -> f64 {
    let of_it = c.service.is_some() == rollback.service.is_some();
    match of_it && !stated.is_some_and(|s| s.is(CauseClass::ThirdParty)) {
        true => UNDONE,
        false => ENDED,
    }
}

/// Whether a marker names another service than the change, or no service and a version as another one has them: `r1204`, `7.0.0`.
fn is_of_another(c: &Change<'_>, e: &Event) -> bool {
    let pointed = |v: &LogText| v.for_json().contains('.');
    let unlike = |(a, b)| pointed(a) != pointed(b);
    match both_akin(c.service, e.service.as_ref()) {
        Some(akin) => !akin,
        None => c.version.zip(e.version.as_ref()).is_some_and(unlike),
    }
}

/// Whether a marker names the service of the change.
fn is_its(c: &Change<'_>, e: &Event) -> bool {
    both_akin(c.service, e.service.as_ref()) == Some(true)
}

/// Which markers are of another change: where a rollback names the service of this one, those too that name none.
fn of_another<'c>(case: &Case<'_>, c: &'c Change<'_>) -> impl Fn(&Event) -> bool {
    let named = case
        .timed(&ROLLBACKS)
        .any(|(e, t)| t > case.onset_bounds().1 && is_its(c, e));
    move |e| is_of_another(c, e) || named && !is_its(c, e)
}

/// When a release was rolled back in vain: the failures went on long after its rollback was done, and no restart of what was
/// put back ended them.
pub(in crate::cause) fn in_vain(case: &Case<'_>, c: &Change<'_>) -> Option<Instant> {
    let other = of_another(case, c);
    let first = |kind: MarkerKind| {
        let kinds = [kind];
        let of = case.timed(&kinds).filter(|(e, _)| !other(e));
        let times = of.map(|x| x.1).filter(|t| *t > case.onset_bounds().1);
        times.min()
    };
    // where no line states its end it was done some time, too
    let done = first(MarkerKind::RollbackFinish).map(|t| (t, SOME_TIME));
    let done = done.or_else(|| Some((first(MarkerKind::RollbackStart)?, LONG_AFTER)));
    let (t, least) = done.filter(|_| c.what == What::Release)?;
    let restarted = restart_at_end(case, c, t, |e| is_of_another(c, e));
    (case.end.0 - t.0 > least && restarted.is_none()).then_some(t)
}

/// Whether a release did not stay: one of its service was rolled back while the failures went on, or as they ended.
pub(in crate::cause) fn was_rolled_back(case: &Case<'_>, c: &Change<'_>) -> bool {
    let during = |t, kind| t > case.onset_bounds().1 && t <= latest_end(case.end, kind);
    let mut back = case.timed(&ROLLBACKS);
    back.any(|(e, t)| !is_of_another(c, e) && during(t, e.kind))
}

/// The machines on which the logs show a change's service to start or stop.
fn runs_on<'a>(case: &'a Case<'a>, c: &Change<'_>) -> BTreeSet<&'a LogText> {
    use MarkerKind::{Restart, ServiceStart, ServiceStop};
    let all = [Restart, ServiceStart, ServiceStop];
    let its = case.timed(&all).map(|x| x.0).filter(|e| is_its(c, e));
    its.filter_map(|e| e.host.as_ref()).collect()
}

/// A restart of what was put back, after a moment, with which the failures end, where it is the first since then on its host.
fn restart_at_end<'a>(
    case: &'a Case<'a>,
    c: &Change<'_>,
    from: Instant,
    other: impl Fn(&Event) -> bool,
) -> Option<&'a Event> {
    // one that another change brings about is of that
    use MarkerKind::*;
    let brought = |t: Instant| {
        let just = |c: Instant| c > from && (0..=SOME_TIME).contains(&(t.0 - c.0));
        let mut changes = case.timed(&[
            ConfigChange,
            DeployStart,
            FeatureFlag,
            MigrationStart,
            MigrationFinish,
            RollbackStart,
            Scale,
        ]);
        changes.any(|x| just(x.1))
    };
    let ends =
        |t: Instant| t >= from && t <= case.end && case.end.0 - t.0 <= AT_ONCE && !brought(t);
    // what starts without a name on a machine where its service does not run is something else
    let machines = runs_on(case, c);
    let elsewhere = |e: &Event| {
        let host = e.host.as_ref().filter(|_| e.service.is_none());
        !machines.is_empty() && host.is_some_and(|h| !machines.contains(h))
    };
    let all = case.timed(&[Restart, ServiceStart]);
    let restarts = || all.clone().filter(|(e, _)| !other(e) && !elsewhere(e));
    let (last, _) = restarts().rfind(|(_, t)| ends(*t))?;
    // what was put back ran there from an earlier one on
    let earlier = |t: Instant| t >= from && case.end.0 - t.0 > SOME_TIME;
    let ran = restarts().any(|(e, t)| e.host == last.host && earlier(t));
    (case.recovered && !ran).then_some(last)
}

/// How near the failures must begin to a release, and end to its rollback, that the two together are more than chance.
const NEAR_S: i64 = 120;

/// Whether the failures begin within minutes of a marker of the change and end within minutes of its rollback, or while it
/// runs. A rollback is made because something fails and things that fail end some time: one coincidence proves nothing.
pub(in crate::cause) fn coincides_twice(case: &Case<'_>, c: &Change<'_>) -> bool {
    let mut times = c.events.iter().filter_map(|e| e.time);
    let begins = times.any(|t| case.onset.0 - t.0 <= NEAR_S * SECOND);
    let [start, finish] = ROLLBACKS.map(|kind| {
        let kinds = [kind];
        let mut back = case.timed(&kinds).filter(|(e, _)| !is_of_another(c, e));
        let since = back.find(|(_, t)| *t > case.onset_bounds().1);
        since.map(|x| x.1)
    });
    let both = start.or(finish).zip(finish.or(start));
    let ends = |(from, done): (Instant, Instant)| {
        case.end >= from && case.end.0 - done.0 <= NEAR_S * SECOND
    };
    case.recovered && begins && both.is_some_and(ends)
}

/// Whether the failures begin between the two ends of a rollout, or within a minute where no line has the second.
pub(in crate::cause) fn begins_within(case: &Case<'_>, c: &Change<'_>) -> bool {
    let of = |kind: MarkerKind| {
        let mut all = c.events.iter().filter(|e| e.kind == kind);
        all.find_map(|e| e.time)
    };
    of(MarkerKind::DeployStart).is_some_and(|from| {
        let soon = Instant(from.0 + MINUTE);
        let done = of(MarkerKind::DeployFinish).unwrap_or(soon);
        from <= case.onset && case.onset <= done
    })
}

/// The incident ended, and no line shows that somebody did anything about it: against a change that stayed in place, for what
/// is not in our hands.
pub(in crate::cause) fn ends_by_itself(scale: &mut Scale, case: &Case<'_>, weight: f64) {
    if case.recovered {
        let text = "The failures stop, and no action before that was recognised in the logs.";
        let denies = Denial {
            kinds: ACTS,
            classes: Vec::new(),
            from: Instant(case.onset_bounds().1.0 + 1),
            to: case.end,
        };
        let all = case.inputs(|_| true);
        scale.deny(case, (Aspect::Reversal, weight), text, all, denies);
    }
}

/// That the very same is done once more as the failures come back after a pause: a chance of one in some ten each time.
pub(in crate::cause) fn once_more(scale: &mut Scale, case: &Case<'_>, c: &Change<'_>) {
    let same =
        |o: &&Event, e: &Event| (o.kind, quoted(o)) == (e.kind, quoted(e)) && o.time < e.time;
    let again = |e: &&Event| quoted(e).is_some() && c.events.iter().any(|o| same(o, e));
    let mut all = case.events.iter().filter(again);
    if let Some((e, lag)) = all.find_map(|e| Some((e, comes_back(case, e)?))) {
        let text = Sentence::words("After a pause the failures begin again ");
        let text = text.p(span(lag)).w(" after the same is done once more: ");
        let text = text.p(quote(quoted(e).unwrap_or_default())).w(".");
        scale.add(Aspect::Again, UNDONE, text, lines(&e.evidence));
    }
}

/// A marker just before the recovery that is about the same thing as a change: it was put back.
pub(in crate::cause) fn put_back(
    scale: &mut Scale,
    case: &Case<'_>,
    c: &Change<'_>,
    kind: MarkerKind,
    what: &str,
) {
    let by_name = |e: &&Event| c.events.iter().any(|o| undoes(case, o, e));
    // before what makes them but pause
    let mut all = case.events.iter().filter(by_name);
    let last = all.clone().find(|e| case.end_near(e.time).1 == "stop");
    if let Some(e) = last.or_else(|| all.next()) {
        let stop = case.end_near(e.time).1;
        let late = e.time.filter(|_| !is_at_the_end(case, e));
        let what = match (quoted(e), late) {
            (Some(q), Some(t)) => Sentence::words("The failures stop ")
                .p(span(case.stop.since(t)))
                .w(" after the same is changed again: ")
                .p(quote(q))
                .w("."),
            (Some(q), None) => {
                let with = match c.command() {
                    Some(_) => "with another command on the same host: ",
                    None => "around the time the same is changed again: ",
                };
                Sentence::words(format!("The failures {stop} {with}"))
                    .p(quote(q))
                    .w(".")
            }
            (None, _) => {
                let back = ROLLBACKS.contains(&e.kind);
                ends_with(case, e.time, if back { "it is rolled back" } else { what })
            }
        };
        // what the same is set to otherwise as the failures end may have taken its time
        if scale.weight(Aspect::Timing) < 0.0 {
            scale.forget(Aspect::Timing);
        }
        let mut pairs = c
            .events
            .iter()
            .filter_map(|o| Some((quoted(o)?, quoted(e)?)));
        let weight = match pairs.any(|(a, b)| sets_back(a, b)) {
            true => SET_BACK,
            false => UNDONE,
        };
        return scale.add(Aspect::Reversal, weight, what, lines(&e.evidence));
    }
    let of_kind = |e: &&Event| e.kind == kind && c.is_of(e) && is_at_the_end(case, e);
    if let Some(e) = case.events.iter().find(of_kind) {
        let text = ends_with(case, e.time, what);
        let weight = if c.object.is_some() { UNDONE } else { ENDED };
        scale.add(Aspect::Reversal, weight, text, lines(&e.evidence));
    } else if let Some((e, t, quoted)) = set_back_later(case, c) {
        let text = Sentence::words("It was set back ")
            .p(span(t.since(case.stop)))
            .w(" after the end of the failures: ")
            .p(quote(quoted))
            .w(".");
        scale.add(Aspect::Reversal, ENDED, text, lines(&e.evidence));
    }
}

/// What it weighs, in nats, that what a change set is set back as the errors end: its very reverse.
const SET_BACK: f64 = 3.4;

/// What sets back what a change set once the failures are over, when, and in which words: who had helped himself otherwise does so
/// with what he found to be at fault.
fn set_back_later<'a>(case: &'a Case<'_>, c: &Change<'_>) -> Option<(&'a Event, Instant, &'a str)> {
    let after = |e: &'a Event| Some((e, e.time.filter(|t| *t > case.end)?, quoted(e)?));
    let back = |b: &str| {
        c.events
            .iter()
            .filter_map(|o| quoted(o))
            .any(|a| sets_back(a, b))
    };
    let mut late = case
        .events
        .iter()
        .filter(|_| case.recovered)
        .filter_map(after);
    late.find(|(_, _, b)| back(b))
}

/// The act of a change that is undone as the failures end, or set back later: of what one hand did at once that one is meant.
pub(in crate::cause) fn taken_back<'a>(case: &Case<'a>, c: &Change<'a>) -> Option<&'a Event> {
    let back = |o: &Event, e: &Event| {
        let same = || sets_back(quoted(o)?, quoted(e)?).then_some(());
        undoes(case, o, e) || e.time > o.time && same().is_some()
    };
    let mut acts = c.events.iter().copied();
    acts.find(|o| case.events.iter().any(|e| back(o, e)))
}
