//! Stretches within an incident in which it seems to be over: where the failures stop, and where they begin again.
//! Requests only; whether the incident is one or two was decided by the detector.

use crate::detect::{Second, is_normal};

/// Shortest pause that is told, seconds.
const SHORTEST_S: i64 = 60;
/// Most pauses of one incident that are told; the longest ones.
const MOST: usize = 5;
/// What a change between failing and good must be worth, in nats: as in the detector.
const SWITCH: f64 = 11.0;
/// One second says at most this much: a burst of requests is not as many witnesses.
const SAYS: f64 = 2.0;
/// The lowest usual share of failures that is reckoned with.
const LEAST: f64 = 5e-4;

/// Pauses of an incident whose seconds are given, first to last: the second after the last failing one, and the first
/// failing one after it. `usual` is the share of failures outside incidents.
///
/// Two states per second, failing at the incident's own share or at the usual one, and the likeliest way through them
/// (Viterbi) that begins and ends failing. Where the better stretch is not normal, the failures only became fewer.
pub(super) fn pauses(seconds: &[Second], usual: f64) -> Vec<(i64, i64)> {
    let (n, k) = seconds.iter().fold((0u64, 0u64), |(n, k), s| {
        (n + u64::from(s.n), k + u64::from(s.failed))
    });
    let usual = usual.max(LEAST);
    let inside = (k as f64 / n.max(1) as f64).min(0.995);
    if inside < 2.0 * usual {
        return Vec::new();
    }
    let says = |s: &Second| {
        let (n, k) = (f64::from(s.n), f64::from(s.failed));
        let good = ((1.0 - inside) / (1.0 - usual)).ln();
        (k * (inside / usual).ln() + (n - k) * good).clamp(-SAYS, SAYS)
    };
    let failing = likeliest(seconds.iter().map(says));
    let mut out = Vec::new();
    let mut last: Option<i64> = None;
    let mut good = false;
    for (s, bad) in seconds.iter().zip(failing) {
        good |= !bad;
        if !bad || s.failed == 0 {
            continue;
        }
        if let (Some(l), true) = (last, good)
            && s.at - (l + 1) >= SHORTEST_S
        {
            let sum =
                |(n, k): (u64, u64), x: &Second| (n + u64::from(x.n), k + u64::from(x.failed));
            let (from, to) = (
                seconds.partition_point(|x| x.at <= l),
                seconds.partition_point(|x| x.at < s.at),
            );
            if is_normal(seconds[from..to].iter().fold((0, 0), sum), usual) {
                out.push((l + 1, s.at));
            }
        }
        (last, good) = (Some(s.at), false);
    }
    out.sort_by_key(|(a, b)| (a - b, *a));
    out.truncate(MOST);
    out.sort_unstable();
    out
}

/// For each second whether it is failing, by the likeliest way; `says` is how much more likely it is so.
fn likeliest(says: impl Iterator<Item = f64>) -> Vec<bool> {
    let mut came: Vec<[bool; 2]> = Vec::new();
    // the worth of the best way that ends good, and of the one that ends failing
    let mut worth = [f64::NEG_INFINITY, 0.0];
    for s in says {
        let from_other = [worth[1] - SWITCH > worth[0], worth[0] - SWITCH > worth[1]];
        let best = |to: usize| match from_other[to] {
            true => worth[1 - to] - SWITCH,
            false => worth[to],
        };
        worth = [best(0), best(1) + s];
        came.push(from_other);
    }
    let mut failing = true;
    let mut out: Vec<bool> = came
        .iter()
        .rev()
        .map(|from_other| {
            let here = failing;
            failing ^= from_other[usize::from(here)];
            here
        })
        .collect();
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten requests a second for `to` seconds, of which `failed(s)` fail.
    fn seconds(to: i64, failed: impl Fn(i64) -> u32) -> Vec<Second> {
        (0..to)
            .map(|at| Second {
                at,
                n: 10,
                failed: failed(at),
            })
            .collect()
    }

    #[test]
    fn failures_that_stop_for_a_while_and_begin_again() {
        let s = seconds(900, |s| if (300..480).contains(&s) { 0 } else { 9 });
        assert_eq!(pauses(&s, 0.001), [(300, 480)]);
    }

    #[test]
    fn where_fewer_fail_it_is_not_back_to_normal() {
        let s = seconds(900, |s| {
            if (300..480).contains(&s) {
                u32::from(s % 2 == 0)
            } else {
                9
            }
        });
        assert_eq!(pauses(&s, 0.001), []);
    }

    #[test]
    fn a_lone_failure_does_not_end_a_pause() {
        let s = seconds(900, |s| match s {
            400 => 1,
            300..480 => 0,
            _ => 9,
        });
        assert_eq!(pauses(&s, 0.001), [(300, 480)]);
    }

    #[test]
    fn short_breaks_gaps_without_requests_and_thin_failures_are_no_pause() {
        let short = seconds(900, |s| if (300..350).contains(&s) { 0 } else { 9 });
        assert_eq!(pauses(&short, 0.001), []);
        let mut silent = seconds(900, |_| 9);
        silent.retain(|s| !(300..480).contains(&s.at));
        assert_eq!(pauses(&silent, 0.001), []);
        let thin = seconds(900, |s| u32::from(s % 90 == 0));
        assert_eq!(pauses(&thin, 0.001), []);
    }

    #[test]
    fn the_longest_are_told_in_the_order_of_time() {
        // breaks of 100, 110, 120, … seconds, an outage of 100 s between them
        let starts: Vec<(i64, i64)> = (0..7)
            .scan(100, |at, n| {
                let pause = (*at, *at + 100 + 10 * n);
                *at = pause.1 + 100;
                Some(pause)
            })
            .collect();
        let good = |s: i64| starts.iter().any(|(a, b)| (*a..*b).contains(&s));
        let s = seconds(starts[6].1 + 100, |s| if good(s) { 0 } else { 9 });
        assert_eq!(pauses(&s, 0.001), starts[2..]);
    }

    #[test]
    fn nothing_and_all_good_are_without_pauses() {
        assert_eq!(pauses(&[], 0.001), []);
        assert_eq!(pauses(&seconds(900, |_| 0), 0.001), []);
    }
}
