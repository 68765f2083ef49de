//! Stretches within an incident in which it seems to be over: where the failures stop, and where they begin again.
//! Requests only; whether the incident is one or two was decided by the detector.

use crate::detect::{Second, summed};
use coroner_lines::sorting::SortList;

/// Shortest pause that is reported, seconds.
const SHORTEST_S: i64 = 120;
/// Most pauses of one incident that are reported; the longest ones.
const MOST: usize = 5;
/// How surprising it must be, in nats, that nothing fails for so long: as in the detector.
const SURPRISING: f64 = 11.0;
/// The lowest usual share of failures that is reckoned with.
const LEAST: f64 = 5e-4;
/// Beyond so many standard deviations of a Poisson count, failures are more than the usual ones.
const CHANCE: f64 = 2.0;

/// A stretch in which no more fails than usual.
#[derive(Clone, Copy)]
struct Pause {
    /// The second after the last failing one, and the first failing one after it.
    from: i64,
    to: i64,
    n: u64,
    k: u64,
}

/// Pauses of an incident whose seconds are given, first to last: the second after the last failing one, and the first
/// failing one after it. `usual` is the share of failures outside incidents.
///
/// A pause is a stretch without a failure that the incident's own share would hardly leave, or several of them with so few
/// failures between that all of it is as usual. Where failures only became fewer there is none.
pub(super) fn pauses(seconds: &[Second], usual: f64) -> Vec<(i64, i64)> {
    let (n, k) = summed(seconds);
    let inside = (k as f64 / n.max(1) as f64).min(0.995);
    let least = SURPRISING / -(1.0 - inside).ln();
    let is_usual = |p: &Pause| {
        let expected = p.n as f64 * usual.max(LEAST);
        p.k < 2 || p.k as f64 <= expected + CHANCE * expected.sqrt()
    };
    let mut out: Vec<Pause> = Vec::new();
    // what failed since the last pause, and the stretch without a failure that goes on
    let mut since = (0, 0);
    let mut open: Option<Pause> = None;
    for s in seconds {
        let (n, k) = (u64::from(s.n), u64::from(s.failed));
        if k == 0 {
            if let Some(p) = &mut open {
                p.n += n;
            }
            continue;
        }
        let closed = open.replace(Pause {
            from: s.at + 1,
            to: s.at + 1,
            n: 0,
            k: 0,
        });
        if let Some(p) = closed.map(|p| Pause { to: s.at, ..p }) {
            if p.n as f64 >= least && p.to - p.from >= SHORTEST_S / 2 {
                let joined = out.last().map(|last| Pause {
                    from: last.from,
                    n: last.n + since.0 + p.n,
                    k: last.k + since.1,
                    ..p
                });
                match (joined.filter(is_usual), out.last_mut()) {
                    (Some(joined), Some(last)) => *last = joined,
                    _ => out.push(p),
                }
                since = (0, 0);
            } else {
                since.0 += p.n;
            }
        }
        since = (since.0 + n, since.1 + k);
    }
    let says = |s: &Second| {
        let (n, k) = (f64::from(s.n), f64::from(s.failed));
        let usual = usual.max(LEAST);
        k * (inside / usual).ln() + (n - k) * ((1.0 - inside) / (1.0 - usual)).ln()
    };
    for p in &mut out {
        let place = |at: i64| seconds.partition_point(|s| s.at < at);
        let to = edge(seconds[place(p.to)..].iter(), says).unwrap_or(p.to);
        let from = edge(seconds[..place(p.from)].iter().rev(), says).map_or(p.from, |s| s + 1);
        let (n, k) = summed(&seconds[place(from)..place(to)]);
        let dated = Some(Pause { from, to, n, k }).filter(is_usual);
        *p = dated.unwrap_or(*p);
    }
    // one that reaches over what comes after it holds that too
    out.dedup_by(|next, last| next.from < last.to);
    out.retain(|p| p.to - p.from >= SHORTEST_S);
    out.sort_list_by_key(|p| (p.from - p.to, p.from));
    out.truncate(MOST);
    out.sort_unstable_by_key(|p| p.from);
    out.iter().map(|p| (p.from, p.to)).collect()
}

/// The failing second with which failing at the incident's share most likely begins, looked for from a pause outwards: a failure
/// of the usual ones may come first. `says` is how much more likely a second is of the incident.
fn edge<'a>(
    outwards: impl Iterator<Item = &'a Second>,
    says: impl Fn(&Second) -> f64,
) -> Option<i64> {
    let (mut sum, mut least, mut found) = (0.0, f64::INFINITY, None);
    for s in outwards {
        if s.failed > 0 && sum < least {
            (least, found) = (sum, Some(s.at));
        }
        sum += says(s);
        if sum > least + SURPRISING {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_without_failures_are_pauses_as_the_table_says() {
        crate::tests::holds("lulls", |runs| {
            let mut seconds = Vec::new();
            let mut from = 0;
            for run in runs.split(' ') {
                let (long, failed) = run.split_once('x').expect("seconds and failures");
                let to = from + long.parse::<i64>().expect("seconds");
                let turns: Vec<u32> = failed.split('.').filter_map(|f| f.parse().ok()).collect();
                let turns = turns.iter().cycle();
                seconds.extend((from..to).zip(turns).map(|(at, failed)| Second {
                    at,
                    n: 10,
                    failed: *failed,
                }));
                from = to;
            }
            let all = pauses(&seconds, 0.001);
            let all: Vec<String> = all.iter().map(|(a, b)| format!("{a}-{b}")).collect();
            crate::tests::or_dash(Some(all.join(" ")).filter(|a| !a.is_empty()))
        });
    }

    #[test]
    fn stretches_that_chance_leaves_are_no_pause_and_waves_of_a_small_share_are_reported() {
        // one request in twelve fails, one request in two seconds
        let calm = |from: i64, to: i64| {
            let s: Vec<Second> = (0..5400)
                .filter(|s| s % 2 == 0)
                .map(|at| Second {
                    at,
                    n: 1,
                    failed: u32::from(at % 24 == 0 && !(from..to).contains(&at)),
                })
                .collect();
            pauses(&s, 0.001)
        };
        // 75 requests at that share would all be good once in 700 times, 215 once in 130 million
        assert_eq!(calm(2410, 2550), []);
        assert_eq!(calm(2410, 2830), [(2401, 2832)]);
    }

    proptest::proptest! {
        #[test]
        fn pauses_follow_each_other(waves in proptest::collection::vec((1i64..400, 0u32..4), 1..30)) {
            let mut s: Vec<Second> = Vec::new();
            for (long, failed) in waves {
                let from = s.len() as i64;
                s.extend((from..from + long).map(|at| Second { at, n: 3, failed }));
            }
            let all = pauses(&s, 0.01);
            proptest::prop_assert!(all.iter().all(|p| p.1 - p.0 >= SHORTEST_S));
            proptest::prop_assert!(all.windows(2).all(|w| w[0].1 <= w[1].0), "{all:?}");
        }
    }
}
