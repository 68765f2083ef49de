//! The key channel: endpoints, hosts, upstreams, versions and services that fail while the totals hide it. Each key is
//! judged against its own past, one that appears in the middle of the log against the usual share of all.

use crate::detect::filters::{Channel, needed_s, one_client_only, step_rows, tuning, widen};
use crate::detect::segment::{self, UsualLevel};
use crate::detect::{Breakdown, Counts, Run, RunKind, STEP_S, Sensitivity, Step, in_all};

/// Fewest failures of a run of a key.
const MIN_FAILED: u64 = 8;
/// Fewest successes of a key in the log from which its past says what is usual.
const MIN_GOOD: u64 = 200;
/// Of a key with fewer: successes outside of a run, next to none failing, by which the run stands out, and failures of the run.
const SELDOM: (u64, u64) = (30, 20);
/// A key whose first request comes so long after the log's is new.
const YOUNG_S: i64 = 120;
/// Share over that of all from which a key that always fails is worth a note.
const CHRONIC: f64 = 0.05;

/// What the key channel found.
#[derive(Default)]
pub(super) struct KeyRuns {
    pub(super) runs: Vec<Run>,
    pub(super) chronic: Vec<(u32, u64, u64)>,
}

/// Runs of all keys; `total` is what is usual for all requests.
pub(super) fn find(c: &Counts, by: &dyn Breakdown, total: &UsualLevel, s: Sensitivity) -> KeyRuns {
    let mut out = KeyRuns::default();
    let Some(first) = c.seconds.first() else {
        return out;
    };
    let more = f64::from(by.keys().max(1)).ln();
    for id in 0..by.keys() {
        let steps = by.steps(id);
        let (n, k) = in_all(steps.iter().map(|x| (x.n, x.bad)));
        let good = n - k.min(n);
        if k < MIN_FAILED || good < SELDOM.0 {
            continue;
        }
        let young = steps.first().is_some_and(|x| x.at - first.at > YOUNG_S);
        let (mut own, usual) = of_key(c, by, &steps, total, young, tuning(s, more));
        if good < MIN_GOOD {
            own.retain(|r| stands_out(r, &steps));
        }
        out.runs
            .extend(own.into_iter().map(|r| Run { key: Some(id), ..r }));
        if !young && good >= MIN_GOOD && usual > total.p0 + CHRONIC {
            out.chronic.push((id, n, k));
        }
    }
    out
}

/// Whether a run of a key that is seldom asked for stands out from the key's other requests: enough of them, and next to none
/// failed.
fn stands_out(r: &Run, steps: &[Step]) -> bool {
    let of = |inside: bool| {
        let within = |x: &&Step| (r.start - STEP_S < x.at && x.at < r.end) == inside;
        in_all(steps.iter().filter(within).map(|x| (x.n, x.bad)))
    };
    let ((_, failed), (n, k)) = (of(true), of(false));
    failed >= SELDOM.1 && n >= SELDOM.0 && k * 20 <= n
}

/// Runs of one key, and its usual share.
fn of_key(
    c: &Counts,
    by: &dyn Breakdown,
    steps: &[Step],
    total: &UsualLevel,
    young: bool,
    t: segment::Tuning,
) -> (Vec<Run>, f64) {
    let rows = step_rows(steps);
    let usual = segment::calm_share(&rows);
    let start = UsualLevel::of(if young { total.p0 } else { usual });
    let (level, spans) = if young {
        // what it does from its first request on is not what is usual
        let level = segment::level_at(&rows, start, t);
        let spans = segment::cut(&rows, &level, t);
        (level, spans)
    } else {
        segment::fit_from(&rows, t, start)
    };
    let ch = Channel::of(RunKind::Key, rows, level, spans, t);
    let mut runs = ch.runs(c, &ch.spans);
    for r in &mut runs {
        widen(r, steps);
        refine(c, r);
    }
    runs.retain(|r| {
        let needs = needed_s(r.share() - r.p0, 1.0);
        r.failed >= MIN_FAILED && r.end - r.start >= needs && !one_client_only(c, by, r)
    });
    (runs, usual)
}

/// Moves the edges of a run from steps to the failing seconds of the totals inside them.
fn refine(c: &Counts, r: &mut Run) {
    let head = c.between(r.start, r.start + STEP_S);
    if let Some(s) = head.iter().find(|s| s.failed > 0) {
        r.start_interval.1 = r.start_interval.1.max(s.at);
        r.start = s.at;
    }
    let tail = c.between(r.end - STEP_S, r.end);
    if let Some(s) = tail.iter().rfind(|s| s.failed > 0) {
        r.end_interval.0 = r.end_interval.0.min(s.at + 1);
        r.end = s.at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::days::{Given, second, step};
    use crate::detect::{Detection, Second, detect};
    use std::collections::BTreeSet;

    fn found(seconds: impl Iterator<Item = Second>, keys: Vec<Vec<Step>>) -> Detection {
        let by = Given {
            keys,
            ..Given::default()
        };
        let c = Counts::new(seconds, None, BTreeSet::new());
        detect(&c, &by, Sensitivity::Normal)
    }

    /// A key of 2 requests a second among 100: its failures are no two points of all.
    #[test]
    fn a_key_that_fails_is_seen_where_the_totals_hide_it() {
        let fails = |i: i64| (200..260).contains(&i);
        let s = (0..6000).map(|at| second(at, 100, u32::from(fails(at / 10))));
        let key = |bad: &dyn Fn(i64) -> u32| -> Vec<Step> {
            (0..600).map(|i| step(i * 10, 20, bad(i))).collect()
        };
        let keys = vec![
            key(&|_| 0),
            key(&|i| if fails(i) { 10 } else { 0 }),
            key(&|_| 4),
        ];
        let d = found(s, keys);
        assert_eq!(d.incidents.len(), 1, "{d:?}");
        let f = &d.incidents[0];
        assert_eq!((f.start, f.end), (2000, 2600));
        assert_eq!((f.runs[0].kind, f.runs[0].key), (RunKind::Key, Some(1)));
        assert_eq!(
            d.chronic,
            [(2, 12_000, 2_400)],
            "always failing is no incident"
        );
    }

    /// One of a few uploads a minute, that fails from its first request on and then works.
    #[test]
    fn a_key_that_is_seldom_asked_for_stands_out_by_its_other_requests() {
        let seconds = || {
            (0..7200).map(|at| second(at, 3, u32::from(at % 60 == 0 && (1200..4800).contains(&at))))
        };
        let key = |ends: i64| (20..120).map(move |m| step(m * 60, 1, u32::from(m < ends)));
        let d = found(seconds(), vec![key(80).collect()]);
        assert_eq!(d.incidents.len(), 1, "{d:?}");
        assert_eq!((d.incidents[0].start, d.incidents[0].end), (1200, 4741));
        // nothing shows that it ever worked
        let always = (0..7200).map(|at| second(at, 3, u32::from(at % 60 == 0 && at >= 1200)));
        assert_eq!(found(always, vec![key(120).collect()]).incidents.len(), 0);
    }

    /// A version that appears in the middle of the log and fails from its first request.
    #[test]
    fn a_new_key_needs_no_past_of_its_own() {
        let s = (0..6000).map(|at| second(at, 100, u32::from(at >= 3000)));
        let young = (300..600).map(|i| step(i * 10, 14, 10));
        let d = found(s, vec![young.collect()]);
        assert_eq!(d.incidents.len(), 1, "{d:?}");
        assert_eq!(d.incidents[0].start, 3000);
        assert!(d.incidents[0].ongoing_at_end && !d.incidents[0].precedes_log);
    }
}
