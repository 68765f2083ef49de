//! How long the calm after an end held. Judges minutes after a given moment; finds no incidents.

use crate::detect::Counts;

/// Window in which share and traffic are judged, seconds.
const WINDOW_S: i64 = 60;
/// After this long the traffic before the incident says nothing about the present any more.
const TRAFFIC_S: i64 = 900;
/// Stretch before the incident from which traffic is expected.
const BEFORE_S: i64 = 3600;
/// Requests that must be expected before traffic is judged.
const FEWEST_EXPECTED: f64 = 5.0;
/// Share of the expected traffic that there must be: who left during an outage does not come back at once, and traffic ebbs and flows.
const TRAFFIC: f64 = 0.6;

/// Beyond so many standard deviations of a Poisson count it is no chance any more, in none of the minutes of a day.
const CHANCE: f64 = 4.0;

/// Whether failures among requests are as few as usual: at most one point more than the usual share, but for chance; a
/// single failure always is. What is called normal anywhere is this.
pub fn is_normal((n, k): (u64, u64), usual: f64) -> bool {
    let expected = n as f64 * (usual + 0.01);
    k < 2 || k as f64 <= expected + CHANCE * expected.sqrt()
}

/// Calm seconds after `end` (exclusive end of an incident that began at `start`) until the log ends or a minute is
/// bad again: its failures are no longer normal, or, in the first quarter of an hour, it has less than 60 % of the
/// requests expected from before the incident (where at least 5 are), beyond what chance does.
pub fn held(c: &Counts, start: i64, end: i64, p0: f64) -> i64 {
    let Some(last) = c.seconds.last() else {
        return 0;
    };
    let log_end = last.at + 1;
    let expected_per_s = expected(c, start);
    let bad = |(window, (n, k)): (i64, (u64, u64))| {
        let at = window * WINDOW_S;
        let expected = expected_per_s * WINDOW_S.min(log_end - end - at) as f64;
        let judged = expected >= FEWEST_EXPECTED && at < TRAFFIC_S;
        let missing = judged && (n as f64) < TRAFFIC * expected - CHANCE * expected.sqrt();
        (missing || !is_normal((n, k), p0)).then_some(at)
    };
    // a window without a request shows something as long as traffic is judged
    let first = 0..TRAFFIC_S / WINDOW_S;
    let judged = first.clone().map(|w| {
        let at = end + w * WINDOW_S;
        (w, c.sum(at, at + WINDOW_S))
    });
    let later = c.windows(end, log_end, WINDOW_S);
    let mut windows = judged.chain(later.skip_while(|w| w.0 < first.end));
    let calm = windows.find_map(bad);
    // the last second is not over when its last line is written
    calm.unwrap_or(i64::MAX).min((last.at - end).max(0))
}

/// Requests per second that nine of ten minutes of the hour before `start` reach; 0 without a minute of log before it. Not the median:
/// traffic that ebbs and flows is normal as low as it was normal before.
fn expected(c: &Counts, start: i64) -> f64 {
    let Some(first) = c.seconds.first() else {
        return 0.0;
    };
    let from = first.at.max(start - BEFORE_S);
    let mut counts: Vec<u64> = (0..(start - from) / WINDOW_S)
        .map(|i| c.sum(start - (i + 1) * WINDOW_S, start - i * WINDOW_S).0)
        .collect();
    counts.sort_unstable();
    let usual = counts.get(counts.len() / 10);
    usual.map_or(0.0, |n| *n as f64 / WINDOW_S as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Second;
    use std::collections::BTreeSet;

    fn counts(of: impl Fn(i64) -> (u32, u32)) -> Counts {
        let s = (0..4000).map(|at| {
            let (n, failed) = of(at);
            Second { at, n, failed }
        });
        Counts::new(s, None, BTreeSet::new())
    }

    #[test]
    fn calm_lasts_to_the_end_of_the_log() {
        let c = counts(|t| (10, if (1000..1300).contains(&t) { 10 } else { 0 }));
        assert_eq!(held(&c, 1000, 1300, 0.001), 2699);
        assert_eq!(held(&c, 1000, 4000, 0.001), 0);
    }

    #[test]
    fn a_relapse_or_missing_traffic_ends_it() {
        let c = counts(|t| match t {
            1000..1300 | 1900.. => (10, 10),
            _ => (10, 0),
        });
        assert_eq!(held(&c, 1000, 1300, 0.001), 600);
        let c = counts(|t| match t {
            1000..1300 => (10, 10),
            1300..1540 => (10, 0),
            1540..2000 => (4, 0),
            _ => (10, 0),
        });
        assert_eq!(held(&c, 1000, 1300, 0.001), 240);
    }

    #[test]
    fn two_minutes_before_do_not_show_how_traffic_ebbs() {
        let c = counts(|t| match t {
            ..780 => (0, 0),
            780..900 => (12, 0),
            900..1300 => (10, 10),
            1300..3000 => (9, 0),
            _ => (3, 0),
        });
        assert_eq!(held(&c, 900, 1300, 0.001), 2699);
        // but half of it is missing in any case
        let c = counts(|t| match t {
            ..780 => (0, 0),
            780..900 => (12, 0),
            _ => (3, 0),
        });
        assert_eq!(held(&c, 900, 1300, 0.001), 0);
    }

    #[test]
    fn one_failure_is_no_relapse_and_unknown_traffic_is_not_judged() {
        let c = counts(|t| (1, u32::from(t == 1500 || t < 1300)));
        assert_eq!(held(&c, 0, 1300, 0.001), 2699);
    }
}
