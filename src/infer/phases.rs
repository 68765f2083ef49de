//! Durations and phases of one incident, by the definitions of the vocabulary. Absent markers give `None`, never 0;
//! impossible intervals are told as gaps, never as numbers.

use super::view::View;
use crate::model::{Cited, Durations, Event, Evidence, Gap, Phase, Piece, Sentence};
use crate::record::MarkerKind as K;
use crate::time::{Instant, MINUTE, SECOND};

/// The markers of an incident that its durations hang on, as indices into its timeline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    pub onset: usize,
    pub recovery: Option<usize>,
    pub alert: Option<usize>,
    pub ack: Option<usize>,
    pub rollback_start: Option<usize>,
    pub rollback_finish: Option<usize>,
    pub mitigation_start: Option<usize>,
    pub restart: Option<usize>,
}

/// Finds them. `end` is the recovery, or the end of the logs.
pub(crate) fn keys(rows: &[Event], onset: Instant, end: Instant) -> Keys {
    let at = |i: usize| rows[i].time;
    let find = |kinds: &[K], from: Instant, to: Instant| {
        (0..rows.len()).find(|i| {
            kinds.contains(&rows[*i].kind) && at(*i).is_some_and(|t| t >= from && t <= to)
        })
    };
    let early = Instant(onset.0 - MINUTE);
    let alert = find(&[K::AlertFired], early, end);
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
    let mitigation_start = find(
        &[
            K::RollbackStart,
            K::Failover,
            K::FeatureFlag,
            K::Scale,
            K::MitigationStart,
            K::Restart,
        ],
        alert.and_then(at).unwrap_or(onset).max(onset),
        end,
    );
    let after = rollback_finish
        .and_then(at)
        .or(mitigation_start.and_then(at))
        .unwrap_or(onset);
    let restart = find(&[K::Restart], after, late)
        .or_else(|| find(&[K::ServiceStart, K::ServiceStop], after, end));
    Keys {
        onset: (0..rows.len())
            .find(|i| rows[*i].kind == K::Onset)
            .unwrap_or(0),
        recovery: (0..rows.len()).rev().find(|i| rows[*i].kind == K::Recovery),
        alert,
        ack,
        rollback_start,
        rollback_finish,
        mitigation_start,
        restart,
    }
}

/// Durations in microseconds. Negative ones are left out and told as gaps.
pub(crate) fn durations(
    view: &View<'_>,
    rows: &[Event],
    k: &Keys,
    onset: Instant,
    recovery: Option<Instant>,
    gaps: &mut Vec<Gap>,
) -> Durations {
    let t = |i: Option<usize>| i.and_then(|i| rows[i].time);
    let mut span = |from: Option<Instant>, to: Option<Instant>, what: &str, e: Option<usize>| {
        let us = to?.0 - from?.0;
        if us >= 0 {
            return Some(us);
        }
        // an alert within the minute before the onset is its detection all the same
        if what == "alert" && us >= -MINUTE {
            return Some(0);
        }
        if let Some(i) = e {
            gaps.push(impossible(what, &rows[i].evidence));
        }
        None
    };
    let early = early_ack(rows, k).map(|i| impossible("acknowledgement", &rows[i].evidence));
    let detect = span(Some(onset), t(k.alert), "alert", k.alert);
    let durations = Durations {
        detect,
        acknowledge: span(t(k.alert), t(k.ack), "acknowledgement", k.ack),
        // something may have restarted by itself before anybody looked: nothing was decided then, and nothing is wrong
        decide: t(k.ack)
            .zip(t(k.mitigation_start))
            .map(|(ack, start)| start.0 - ack.0)
            .filter(|us| *us >= 0),
        mitigate: mitigated(view, rows, onset, recovery).map(|m| m.0 - onset.0),
        rollback: span(
            t(k.rollback_start),
            t(k.rollback_finish),
            "rollback finish",
            k.rollback_finish,
        ),
        after_rollback: recovery
            .and_then(|r| t(k.rollback_finish).map(|f| r.0 - f.0))
            .filter(|us| *us >= 0),
        recover: recovery.map(|r| r.0 - onset.0),
        lead: None,
    };
    gaps.extend(early);
    durations
}

/// An acknowledgement that stands before the alert it answers: of the same group, or, where neither names one, of no other
/// alert of the hour before it.
fn early_ack(rows: &[Event], k: &Keys) -> Option<usize> {
    let alert = &rows[k.alert?];
    let due = alert.time?;
    if k.ack.is_some_and(|a| rows[a].group == alert.group) {
        return None;
    }
    let other = |at: Instant| {
        rows.iter().any(|e| {
            e.kind == K::AlertFired && e.time.is_some_and(|t| t <= at && t.0 > at.0 - 60 * MINUTE)
        })
    };
    rows.iter().position(|e| {
        e.kind == K::AlertAcknowledged
            && e.group == alert.group
            && e.time
                .is_some_and(|t| t < due && (e.group.is_some() || !other(t)))
    })
}

fn impossible(what: &str, evidence: &[Evidence]) -> Gap {
    Gap {
        kind: "clock",
        text: Sentence::words(format!(
            "the {what} stands before what it must follow: a clock or marker mismatch, no duration is given"
        )),
        cited: Cited::Lines(evidence.to_vec()),
    }
}

/// End of the first mitigation step after which the failing share stays at least ten points lower: five minutes before it
/// against the five minutes after it, and against all that is left then until the recovery.
fn mitigated(
    view: &View<'_>,
    rows: &[Event],
    onset: Instant,
    recovery: Option<Instant>,
) -> Option<Instant> {
    let ends = [
        K::RollbackFinish,
        K::Restart,
        K::Failover,
        K::FeatureFlag,
        K::Scale,
        K::MitigationFinish,
        K::ServiceStart,
        K::ConfigChange,
    ];
    let last = recovery.map_or(Instant(i64::MAX), |r| Instant(r.0 + 15 * MINUTE));
    for e in rows.iter().filter(|e| ends.contains(&e.kind)) {
        let Some(t) = e.time.filter(|t| *t > onset && *t <= last) else {
            continue;
        };
        let share = |a: Instant, b: Instant| {
            let (n, k) = view.requests(a, b);
            (n >= 5).then(|| k as f64 / n as f64)
        };
        let before = share(Instant((t.0 - 5 * MINUTE).max(onset.0)), t);
        let soon = Instant(t.0 + 5 * MINUTE);
        // seconds after the onset there is nothing yet that could have become lower, unless all is over as soon
        if t.0 - onset.0 < MINUTE && recovery.is_none_or(|r| r > soon) {
            continue;
        }
        let later = recovery.filter(|r| *r > soon).and_then(|r| share(soon, r));
        let after = share(t, soon).map(|a| a.max(later.unwrap_or(0.0)));
        if let (Some(b), Some(a)) = (before, after)
            && a <= b - 0.10
        {
            return Some(t);
        }
    }
    None
}

/// Cuts onset → recovery at the markers that exist; the seconds add up to the outage.
pub(crate) fn phases(
    rows: &[Event],
    k: &Keys,
    onset: Instant,
    recovery: Option<Instant>,
) -> Vec<Phase> {
    let (Some(recovery), Some(end)) = (recovery, k.recovery) else {
        return Vec::new();
    };
    let mut cuts: Vec<(Instant, usize, &'static str)> = Vec::new();
    let mut cut = |i: Option<usize>, phase: &'static str| {
        if let Some(i) = i
            && let Some(t) = rows[i].time.map(|t| t.max(onset))
            && t <= recovery
            && cuts.last().is_none_or(|c| c.0 <= t)
        {
            cuts.push((t, i, phase));
        }
    };
    // each cut ends the phase it is named with
    cut(k.alert, "detect");
    cut(k.ack, "acknowledge");
    let begin = k.rollback_start.or(k.mitigation_start);
    cut(begin, "decide");
    if k.rollback_start.is_some() {
        cut(k.rollback_finish, "rollback");
    }
    let after_rollback = k.rollback_finish.is_some() && k.rollback_start.is_some();
    let restart = k.restart.filter(|r| Some(*r) != begin);
    cut(
        restart,
        if after_rollback {
            "still_failing"
        } else {
            "mitigate"
        },
    );
    let last = if restart.is_some() || (begin.is_some() && begin == k.restart) {
        "restart"
    } else if after_rollback {
        "still_failing"
    } else if begin.is_some() {
        "mitigate"
    } else {
        "recover"
    };
    let mut out = Vec::new();
    let (mut t, mut from) = (onset, k.onset);
    for (at, i, phase) in cuts.into_iter().chain([(recovery, end, last)]) {
        out.push(Phase {
            phase,
            from: rows[from].id.clone(),
            to: rows[i].id.clone(),
            us: at.0 - t.0,
        });
        (t, from) = (at, i);
    }
    out
}

/// `2023-05-01T1305` in the report's zone.
pub(crate) fn minute_label(t: Instant, zone: crate::time::zone::Zone) -> String {
    let wall = t.0 + i64::from(zone.offset_at(t)) * MINUTE;
    let (y, m, d) = crate::time::civil_from_days(wall.div_euclid(crate::time::DAY));
    let s = wall.rem_euclid(crate::time::DAY) / SECOND;
    format!("{y:04}-{m:02}-{d:02}T{:02}{:02}", s / 3600, s / 60 % 60)
}

/// A sentence that a marker of the incident that began at `onset` is absent, and `how` that is known.
pub(crate) fn absent(how: &str, what: &str, onset: Instant, inputs: Vec<u32>) -> Gap {
    Gap {
        kind: "marker",
        text: Sentence::words(format!("{how}: {what} for the incident of ")).p(Piece::Time(onset)),
        cited: Cited::Absent(inputs),
    }
}
