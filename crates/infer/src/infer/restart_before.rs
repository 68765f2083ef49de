//! What failed while a service was restarted, minutes before an incident began: it is no part of that. What runs make incidents was decided
//! by the detector, which knows no restarts.

use crate::detect::{Counts, DetectedIncident, Run, RunKind};
use crate::infer::lulls;
use crate::model::Event;
use coroner_lines::record::MarkerKind;

/// How long before its first failing request a service may say that it stops, seconds.
const STOPS_BEFORE: i64 = 30;
/// How long after a service runs again requests may fail of it: proxies wait for those that it left for a minute, seconds.
const LEFT: i64 = 90;
/// How many times as much must fail afterwards.
const MORE: u64 = 10;

/// The incident from where it begins after what a restart failed, and that.
pub(super) fn parted(
    counts: &Counts,
    stated: &[Event],
    usual: f64,
    f: &DetectedIncident,
) -> Option<(DetectedIncident, Run)> {
    let all = counts.between(f.start, f.end);
    let (over, again) = lulls::pauses(all, usual).into_iter().next()?;
    let (burst, rest) = (counts.sum(f.start, over), counts.sum(again, f.end));
    if burst.1 * MORE > rest.1 {
        return None;
    }
    use MarkerKind::{DeployFinish, Restart, ServiceStart, ServiceStop};
    let at = |kinds: &'static [MarkerKind], from: i64, to: i64| {
        let timed = stated.iter().filter_map(|e| Some((e, e.time?.second())));
        let mut of = timed.filter(|(e, t)| kinds.contains(&e.kind) && (from..=to).contains(t));
        of.next_back().map(|x| x.1)
    };
    let stops = at(&[ServiceStop, Restart], f.start - STOPS_BEFORE, over)?;
    let runs = at(
        &[ServiceStart, DeployFinish, Restart],
        stops,
        over + STOPS_BEFORE,
    )?;
    if over - runs > LEFT {
        return None;
    }
    let mut later = f.clone();
    later.start = again;
    later.runs.retain(|r| r.end > again);
    for r in later.runs.iter_mut().filter(|r| r.start < again) {
        (r.start, r.start_interval) = (again, (again, again));
        (r.requests, r.failed) = match r.kind {
            RunKind::Error => rest,
            _ => (r.requests, r.failed),
        };
    }
    let passed = Run::dated(RunKind::Error, (f.start, over), burst);
    Some((later, passed)).filter(|(later, _)| !later.runs.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Second;
    use crate::infer::merge_rows::tests::row;
    use crate::infer::rows;
    use std::collections::BTreeSet;

    /// Failures between two pairs of seconds, and what is left of an incident over both.
    fn left(first: (i64, i64), second: (i64, i64), rows: &[(MarkerKind, i64)]) -> Option<i64> {
        let within = |at: i64, (from, to): (i64, i64)| (from..to).contains(&at);
        let seconds = (0..2000).map(|at| {
            let failed = 4 * u32::from(within(at, first)) + 5 * u32::from(within(at, second));
            Second { at, n: 9, failed }
        });
        let counts = Counts::new(seconds, None, BTreeSet::new());
        let run = Run::dated(
            RunKind::Error,
            (first.0, second.1),
            counts.sum(first.0, second.1),
        );
        let f = DetectedIncident {
            runs: vec![run],
            start: first.0,
            end: second.1,
            ongoing_at_end: false,
            precedes_log: false,
        };
        let stated = rows.iter().map(|(kind, s)| row(*s, 0, 0, *kind, "shop"));
        let stated = rows::rows(stated.collect());
        Some(parted(&counts, &stated, 0.0, &f)?.0.start)
    }

    #[test]
    fn what_a_restart_fails_minutes_before_is_no_part_of_it() {
        use MarkerKind::{ServiceStart, ServiceStop};
        let (burst, rest) = ((100, 130), (330, 1800));
        let restart = [(ServiceStop, 98), (ServiceStart, 125)];
        assert_eq!(left(burst, rest, &restart), Some(330));
        // without one, soon after it, of nearly as much, and where it fails on for long
        assert_eq!(left(burst, rest, &[]), None);
        assert_eq!(left(burst, (180, 1800), &restart), None);
        assert_eq!(left(burst, (330, 430), &restart), None);
        assert_eq!(left((100, 300), (520, 1990), &restart), None);
    }
}
