//! Durations and phases of one incident, by the definitions of the vocabulary. Absent markers give `None`, never 0;
//! impossible intervals are reported as gaps, never as numbers.

use crate::cause::only_looks;
use crate::infer::acknowledgement::{answered, early_ack};
use crate::infer::mitigation::{AT_ONCE, mitigated};
use crate::model::{Durations, Event, Evidence, Gap, Phase, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// The markers of an incident that its durations depend on, as indices into its timeline.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhaseMarkers {
    pub onset: usize,
    pub recovery: Option<usize>,
    pub alert: Option<usize>,
    pub ack: Option<usize>,
    pub rollback_start: Option<usize>,
    pub rollback_finish: Option<usize>,
    /// The first change or restart after the acknowledgement, else after the alert, whether it helped or not.
    pub first_act: Option<usize>,
    pub mitigation_start: Option<usize>,
    pub restart: Option<usize>,
}

/// Finds them. `end` is the recovery, or the end of the logs; `helped` shows whether fewer requests fail after a moment: what
/// may be done for many reasons (a flag, a setting, replicas, a restart) is a step against the incident only then.
pub(crate) fn keys(
    rows: &[Event],
    onset: Instant,
    end: Instant,
    helped: impl Fn(Instant) -> bool,
) -> PhaseMarkers {
    let at = |i: usize| rows[i].time;
    let find = |kinds: &[K], from: Instant, to: Instant| {
        (0..rows.len()).find(|i| {
            kinds.contains(&rows[*i].kind) && at(*i).is_some_and(|t| t >= from && t <= to)
        })
    };
    // what fires before the failures may have begun is another alert
    let begins = rows.iter().find(|e| e.kind == K::Onset);
    let since = begins.and_then(|e| e.interval).map(|i| i.0);
    let early = since.map_or(onset, |i| i.min(onset));
    let fired = |i: &usize| {
        let latest = rows[*i].interval.map(|w| w.1).or(at(*i));
        let due = latest >= Some(early) && at(*i).is_some_and(|t| t <= end);
        rows[*i].kind == K::AlertFired && due
    };
    let alert = (0..rows.len()).find(fired);
    let ack = alert.and_then(|a| {
        let same = (0..rows.len()).find(|i| {
            rows[*i].kind == K::AlertAcknowledged
                && at(*i) >= at(a)
                && at(*i).is_some_and(|t| t <= end)
                && rows[*i].group.is_some()
                && rows[*i].group == rows[a].group
        });
        same.or_else(|| find(&[K::AlertAcknowledged], at(a)?, end))
    });
    let rollback_start = find(&[K::RollbackStart], onset, end);
    let late = Instant(end.0 + 15 * MINUTE);
    let rollback_finish = find(
        &[K::RollbackFinish],
        rollback_start.and_then(at).unwrap_or(onset),
        late,
    );
    // what is restarted as the failures begin repairs nothing
    let repair = Instant(onset.0 + MINUTE);
    let from = alert.and_then(at).unwrap_or(onset).max(onset);
    // what ends the failures may be written when the last of them is
    let ended = Instant(end.0 + AT_ONCE);
    let mitigation_start = (0..rows.len()).find(|i| {
        let due = |from: Instant| at(*i).filter(|t| *t >= from && *t <= ended);
        match rows[*i].kind {
            K::RollbackStart => {
                due(from).is_some_and(|t| helped(rollback_finish.and_then(at).unwrap_or(t)))
            }
            K::MitigationStart | K::Failover | K::FeatureFlag | K::Scale | K::ConfigChange => {
                due(from).is_some_and(&helped)
            }
            K::Restart => due(from.max(repair)).is_some_and(&helped) && !again(rows, *i, end),
            // whatever it does, where the failures end with it
            _ if is_typed(&rows[*i]) => {
                due(Instant(end.0 - AT_ONCE)).is_some_and(|t| t > onset && helped(t))
            }
            _ => false,
        }
    });
    let after = rollback_finish
        .and_then(at)
        .or(mitigation_start.and_then(at))
        .unwrap_or(onset)
        .max(repair);
    // what merely started meanwhile repaired nothing
    let started = |i: &usize| {
        let due = at(*i).filter(|t| *t >= after && *t <= end);
        rows[*i].kind == K::ServiceStart && due.is_some_and(&helped)
    };
    let restarted = find(&[K::Restart], after, late).filter(|i| at(*i).is_some_and(&helped));
    let recovery = rows.iter().rposition(|e| e.kind == K::Recovery);
    let begun = rows
        .iter()
        .rposition(|e| e.time.is_some_and(|t| t <= onset));
    let known = ack.or(alert).or(begun);
    PhaseMarkers {
        onset: rows.iter().position(|e| e.kind == K::Onset).unwrap_or(0),
        recovery,
        alert,
        ack,
        rollback_start,
        rollback_finish,
        first_act: first_act(rows, known, (mitigation_start, recovery)),
        mitigation_start,
        restart: restarted.or_else(|| (0..rows.len()).find(started)),
    }
}

/// Durations in microseconds. Negative ones are left out and reported as gaps. `helped` is that of the keys, `lingers` shows where what
/// helped does so later.
pub(crate) fn durations(
    (helped, lingers): (
        impl Fn(Instant) -> bool,
        impl Fn(Instant, Option<Instant>) -> bool,
    ),
    rows: &[Event],
    k: &PhaseMarkers,
    onset: Instant,
    recovery: Option<Instant>,
    gaps: &mut Vec<Gap>,
) -> Durations {
    let t = |i: Option<usize>| i.and_then(|i| rows[i].time);
    let mut span = |from: Option<Instant>, to: Option<Instant>, what: &str, e: Option<usize>| {
        let us = to?.since(from?);
        if us >= 0 {
            return Some(us);
        }
        // the onset has an interval, and this alert lies in it
        if what == "alert" {
            return Some(0);
        }
        if let Some(i) = e {
            gaps.push(impossible(what, &rows[i].evidence));
        }
        None
    };
    let early = early_ack(rows, k).map(|i| impossible("acknowledgement", &rows[i].evidence));
    let detect = span(Some(onset), t(k.alert), "alert", k.alert);
    let back = t(k.rollback_finish);
    let durations = Durations {
        detect,
        // who takes another alert than the first answers that one
        acknowledge: span(answered(rows, k), t(k.ack), "acknowledgement", k.ack),
        // something may have restarted by itself before anybody looked: nothing was decided then, and nothing is wrong
        decide: t(k.ack)
            .zip(t(k.first_act))
            .map(|(ack, act)| act.since(ack))
            .filter(|us| *us >= 0),
        // what is reported within the last second did not take longer than all
        mitigate: mitigated((helped, lingers), rows, onset, recovery)
            .map(|m| recovery.map_or(m, |r| m.min(r)).since(onset)),
        rollback: span(
            t(k.rollback_start),
            back,
            "rollback finish",
            k.rollback_finish,
        ),
        after_rollback: (recovery.zip(back))
            .map(|(r, f)| r.since(f))
            .filter(|us| *us >= 0),
        recover: recovery.map(|r| r.since(onset)),
        lead: None,
    };
    gaps.extend(early);
    durations
}

fn impossible(what: &str, evidence: &[Evidence]) -> Gap {
    let text = format!(
        "the {what} stands before what it must follow: a clock or marker mismatch, no duration is given"
    );
    Gap::shown("clock", Sentence::words(text), evidence.to_vec())
}

/// Cuts onset → recovery at the markers that were recognised; the seconds add up to the outage.
pub(crate) fn phases(
    rows: &[Event],
    k: &PhaseMarkers,
    onset: Instant,
    recovery: Option<Instant>,
) -> Vec<Phase> {
    let (Some(recovery), Some(end)) = (recovery, k.recovery) else {
        return Vec::new();
    };
    let mut cuts = vec![(onset, k.onset, Edge::Onset)];
    let mut cut = |i: Option<usize>, edge: Edge| {
        if let Some(i) = i
            && let Some(t) = rows[i].time.map(|t| t.max(onset))
            && t.0 <= recovery.0 + AT_ONCE
            && let t = t.min(recovery)
            && cuts.last().is_none_or(|c| c.0 <= t)
        {
            cuts.push((t, i, edge));
        }
    };
    cut(k.alert, Edge::Alert);
    cut(k.ack, Edge::Ack);
    cut(
        k.first_act.filter(|a| Some(*a) != k.mitigation_start),
        Edge::Try,
    );
    let restart = k.restart.filter(|r| !again(rows, *r, recovery));
    let begin = k.mitigation_start;
    let back = begin.is_some() && begin == k.rollback_start;
    let act = match (back, begin == restart) {
        (true, _) => Edge::Rollback,
        (false, true) => Edge::Restart,
        (false, false) => Edge::Act,
    };
    cut(begin, act);
    cut(k.rollback_finish.filter(|_| back), Edge::RolledBack);
    cut(restart.filter(|r| Some(*r) != begin), Edge::Restart);
    cuts.push((recovery, end, Edge::Recovery));
    let mut out: Vec<Phase> = Vec::new();
    for pair in cuts.windows(2) {
        let [(t, from, a), (at, to, b)] = pair else {
            continue;
        };
        let phase = between(*a, *b);
        let us = at.since(onset) - t.since(onset);
        let to = rows[*to].id.clone();
        // what was tried first bounds what lies before it
        let on = phase == REST && !matches!(a, Edge::Try);
        match out.last_mut().filter(|p| p.phase == REST && on) {
            Some(last) => (last.to, last.us) = (to, last.us + us),
            None => out.push(Phase {
                phase,
                from: rows[*from].id.clone(),
                to,
                us,
            }),
        }
    }
    out
}

/// Whether what was restarted starts once more, a minute later or more and before the recovery: the first did not repair it.
fn again(rows: &[Event], restart: usize, recovery: Instant) -> bool {
    let first = &rows[restart];
    rows.iter().any(|e| {
        matches!(e.kind, K::Restart | K::ServiceStart)
            && (&e.service, &e.host) == (&first.service, &first.host)
            && e.time > first.time.map(|t| Instant(t.0 + MINUTE))
            && e.time.is_some_and(|t| t <= recovery)
    })
}

/// Whether a row is a command that somebody typed to do something.
fn is_typed(r: &Event) -> bool {
    r.text.states_a_command() && !r.quoted().is_some_and(only_looks)
}

/// The first row behind the acknowledgement, the alert or else the onset that tells of a change, or of a restart of what had not crashed; the step that helped,
/// where nothing else was done before it. Where none helped, all that was done before the recovery counts.
fn first_act(
    rows: &[Event],
    known: Option<usize>,
    (helped, recovery): (Option<usize>, Option<usize>),
) -> Option<usize> {
    let (after, until) = (known? + 1, helped.or(recovery)?);
    let between = rows.get(after..until)?;
    let crashed = |r: &Event| {
        let soon = |at: Instant, t: Instant| (0..=2 * MINUTE).contains(&(at.0 - t.0));
        let near = |t: Instant| r.time.is_some_and(|at| soon(at, t));
        let mut crashes = rows.iter().filter(|e| e.kind == K::Crash);
        crashes.any(|e| (&e.service, &e.host) == (&r.service, &r.host) && e.time.is_some_and(near))
    };
    // both ends of an act may stand in one line
    let begun = rows.get(until)?.time;
    // what an init system stops and starts is restarted by whoever ordered that
    let stopped = |r: &Event| {
        let just = |at: Instant, t: Instant| (0..=MINUTE).contains(&(at.0 - t.0));
        let stops =
            |e: &&Event| e.kind == K::ServiceStop && (&e.service, &e.host) == (&r.service, &r.host);
        let mut stops = rows.iter().filter(stops).filter_map(|e| e.time);
        r.service.is_some() && stops.any(|t| r.time.is_some_and(|at| just(at, t)))
    };
    let first = between.iter().position(|r| match r.kind {
        _ if r.time >= begun => false,
        K::Restart => !crashed(r),
        K::ServiceStart => stopped(r) && !crashed(r),
        K::RollbackStart
        | K::DeployStart
        | K::ConfigChange
        | K::FeatureFlag
        | K::Failover
        | K::MitigationStart => true,
        _ => is_typed(r),
    });
    first.map(|n| after + n).or(helped)
}

/// A moment that may bound a phase.
#[derive(Clone, Copy)]
enum Edge {
    Onset,
    Alert,
    Ack,
    /// Something else is done first.
    Try,
    /// A rollback begins.
    Rollback,
    /// Another action begins.
    Act,
    RolledBack,
    Restart,
    Recovery,
}

/// A stretch that nothing recognised separates.
const REST: &str = "recover";

/// The phase between two moments that follow each other: it has a name only where both of its own ends were recognised.
fn between(from: Edge, to: Edge) -> &'static str {
    use Edge::*;
    match (from, to) {
        (Onset, Alert) => "detect",
        (Alert, Ack) => "acknowledge",
        (Ack, Try | Rollback | Act | Restart) => "decide",
        (Rollback, RolledBack) => "rollback",
        (RolledBack, Restart | Recovery) => "still_failing",
        (Rollback, Restart | Recovery) | (Act, Recovery) => "mitigate",
        (Restart, Recovery) => "restart",
        _ => REST,
    }
}

/// `2023-05-01T1305` in the report's zone.
pub(crate) fn minute_label(t: Instant, zone: coroner_lines::time::zone::Zone) -> String {
    let wall = t.0 + i64::from(zone.offset_at(t)) * MINUTE;
    let (y, m, d) = coroner_lines::time::civil_from_days(wall.div_euclid(coroner_lines::time::DAY));
    let s = wall.rem_euclid(coroner_lines::time::DAY) / SECOND;
    format!("{y:04}-{m:02}-{d:02}T{:02}{:02}", s / 3600, s / 60 % 60)
}

/// Says that no line was recognised as a marker of the incident that began at `onset`, which is not that there is none.
pub(crate) fn absent(what: &str, onset: Instant, inputs: Vec<u32>) -> Gap {
    let text = format!("no line was recognised as {what} for the incident of ");
    Gap::of(
        "marker",
        Sentence::words(text).p(Piece::Time(onset)),
        inputs,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;

    /// The phases of an incident of an hour whose rows are of some kinds at some minutes; what is done at some of them is in vain.
    fn phases_of(markers: &[(K, i64)], in_vain: &[i64]) -> String {
        let r = fixture::report();
        let like = r.incidents[0].timeline[0].clone();
        let (onset, end) = (Instant(0), Instant(60 * MINUTE));
        let edges = [(K::Onset, 0), (K::Recovery, 60)];
        let mut rows: Vec<Event> = edges
            .iter()
            .chain(markers)
            .map(|(kind, minute)| {
                let mut e = like.clone();
                (e.kind, e.time, e.group) = (*kind, Some(Instant(minute * MINUTE)), None);
                e.evidence[0].line = minute.unsigned_abs();
                e
            })
            .collect();
        rows.sort_by_key(|e| e.time);
        let k = keys(&rows, onset, end, |t| !in_vain.contains(&(t.0 / MINUTE)));
        let all = phases(&rows, &k, onset, Some(end));
        let said = |p: Phase| format!("{} {}", p.phase, p.us / MINUTE);
        all.into_iter().map(said).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_phase_has_a_name_only_between_its_own_two_ends() {
        crate::tests::holds("phases", |rows| {
            let mut in_vain = Vec::new();
            let row = |row: &str| {
                let (kind, minute) = row.split_once(' ')?;
                let number = minute.trim_end_matches('!').parse().ok()?;
                in_vain.extend(minute.ends_with('!').then_some(number));
                Some((K::from_word(kind)?, number))
            };
            let rows: Option<Vec<(K, i64)>> = rows.split(", ").map(row).collect();
            phases_of(&rows.expect("kinds and minutes"), &in_vain)
        });
    }
}
