//! Stretches without any request line. A stretch counts when traffic of the density around it would almost surely
//! have left a line, and it is an outage only when it lies inside the log and another input was alive meanwhile.

use super::{Counts, Run, RunKind};

/// Shortest silence, seconds.
const SHORTEST_S: i64 = 60;
/// How unlikely the silence must be, in nats.
const NATS: f64 = 22.0;
/// Windows before and after in which the usual density is measured, seconds.
const WINDOWS_S: [i64; 2] = [900, 3600];
/// Fewest 10-second bins that tell a density.
const FEWEST_BINS: i64 = 6;
const DAY_S: i64 = 86_400;

/// Silences that are outages, and those that may be gaps in collection; both by start.
pub(super) fn find(c: &Counts) -> (Vec<Run>, Vec<Run>) {
    let (mut outages, mut gaps) = (Vec::new(), Vec::new());
    let (Some(first), Some(last)) = (c.seconds.first(), c.seconds.last()) else {
        return (outages, gaps);
    };
    let log = Log::new(c, first.at, last.at + 1);
    let alive_from = c.others_alive.first().map_or(log.from, |b| b * 10);
    let alive_to = c.others_alive.last().map_or(log.to, |b| b * 10);
    gaps.extend(log.silence(c, alive_from, log.from));
    for pair in c.seconds.windows(2) {
        let (a, b) = (pair[0].at + 1, pair[1].at);
        if b - a < SHORTEST_S {
            continue;
        }
        let Some(run) = log.silence(c, a, b) else {
            continue;
        };
        let to = if run.confirmed {
            &mut outages
        } else {
            &mut gaps
        };
        to.push(run);
    }
    gaps.extend(log.silence(c, log.to, alive_to));
    (outages, gaps)
}

/// Where the log has lines.
struct Log {
    from: i64,
    to: i64,
    /// The 10-second bins with a request, sorted.
    occupied: Vec<i64>,
}

impl Log {
    fn new(c: &Counts, from: i64, to: i64) -> Log {
        let mut occupied: Vec<i64> = c.seconds.iter().map(|s| s.at.div_euclid(10)).collect();
        occupied.dedup();
        Log { from, to, occupied }
    }

    /// The stretch `[start, end)` as a silence, if it is long and unlikely enough.
    fn silence(&self, c: &Counts, start: i64, end: i64) -> Option<Run> {
        if end - start < SHORTEST_S {
            return None;
        }
        let density = self.density(start, end)?;
        if density * ((end - start) as f64) < NATS || self.usual(start, end) {
            return None;
        }
        // The last request before may itself have been the last for a while: 95 % of the waiting time.
        let slack = ((3.0 / density) as i64).min((end - start) / 2);
        Some(Run {
            kind: RunKind::Silence,
            start,
            end,
            start_interval: (start, start + slack),
            end_interval: (end - slack, end),
            requests: 0,
            failed: 0,
            p0: 0.0,
            confirmed: c
                .others_alive
                .range((start + 9).div_euclid(10)..end.div_euclid(10))
                .next()
                .is_some(),
            key: None,
        })
    }

    /// Lines per second that the windows around promise at least: the void rate of their bins, which sessions that
    /// write many lines at once do not inflate. `None` when there is no window.
    fn density(&self, start: i64, end: i64) -> Option<f64> {
        let mut least: Option<f64> = None;
        for w in WINDOWS_S {
            for (a, b) in [(start - w, start), (end, end + w)] {
                let (a, b) = (
                    (a.max(self.from) + 9).div_euclid(10),
                    b.min(self.to).div_euclid(10),
                );
                if b - a < FEWEST_BINS {
                    continue;
                }
                let share = self.filled(a, b).min(1.0 - 0.5 / (b - a) as f64);
                let density = -(1.0 - share).ln() / 10.0;
                least = Some(least.map_or(density, |l| l.min(density)));
            }
        }
        least
    }

    /// Share of the bins `[a, b)` that have a request.
    fn filled(&self, a: i64, b: i64) -> f64 {
        let n =
            self.occupied.partition_point(|x| *x < b) - self.occupied.partition_point(|x| *x < a);
        n as f64 / (b - a).max(1) as f64
    }

    /// Whether the same hours of the day before or after are in the log and nearly empty too: closing time.
    fn usual(&self, start: i64, end: i64) -> bool {
        [-DAY_S, DAY_S].iter().any(|d| {
            let (a, b) = (start + d, end + d);
            end - start < DAY_S
                && a >= self.from
                && b <= self.to
                && self.filled(a.div_euclid(10), b.div_euclid(10)) < 0.2
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Second;
    use std::collections::BTreeSet;

    /// One request every `every` seconds from 0 to 7,200, none in `[from, to)`.
    fn counts(every: i64, from: i64, to: i64, alive: &[i64]) -> Counts {
        let at = (0..7200).filter(|t| t % every == 0 && !(from..to).contains(t));
        let alive: BTreeSet<i64> = alive.iter().map(|t| t.div_euclid(10)).collect();
        Counts::new(
            at.map(|at| Second {
                at,
                n: 1,
                ..Second::default()
            }),
            None,
            alive,
        )
    }

    #[test]
    fn a_silence_inside_the_log_is_an_outage_when_another_input_lives() {
        let (outages, gaps) = find(&counts(1, 3000, 3120, &[3050]));
        assert!(gaps.is_empty());
        assert_eq!((outages[0].start, outages[0].end), (3000, 3120));
        assert!(outages[0].confirmed);
        let (outages, gaps) = find(&counts(1, 3000, 3120, &[10, 7190]));
        assert!(outages.is_empty());
        assert_eq!((gaps[0].start, gaps[0].end), (3000, 3120));
    }

    #[test]
    fn a_pause_that_the_traffic_makes_by_itself_is_none() {
        // One line in 40 s: void rate -ln(3/4)/10 = .029 a second; 22 nats take 765 s.
        assert!(find(&counts(40, 3000, 3600, &[3300])).0.is_empty());
        assert_eq!(find(&counts(40, 3000, 3900, &[3300])).0.len(), 1);
        assert!(
            find(&counts(1, 3000, 3050, &[3020])).0.is_empty(),
            "shorter than a minute"
        );
    }

    #[test]
    fn head_and_tail_are_no_outage() {
        let (outages, gaps) = find(&counts(1, 0, 1000, &[0, 100, 7600]));
        assert!(outages.is_empty());
        let at: Vec<(i64, i64)> = gaps.iter().map(|g| (g.start, g.end)).collect();
        assert_eq!(at, [(0, 1000), (7200, 7600)]);
    }

    #[test]
    fn closing_time_is_known_from_the_day_before() {
        let open = |t: &i64| (8..18).contains(&(t.rem_euclid(DAY_S) / 3600));
        let at = (0..3 * DAY_S).step_by(2).filter(open);
        let alive = (0..3 * DAY_S / 10).collect();
        let c = Counts::new(
            at.map(|at| Second {
                at,
                n: 1,
                ..Second::default()
            }),
            None,
            alive,
        );
        assert!(find(&c).0.is_empty());
    }
}
