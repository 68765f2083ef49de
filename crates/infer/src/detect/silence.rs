//! Stretches without any request line. A stretch counts when traffic of the density around it would almost surely have left
//! a line, and it is an outage only when it lies inside the log, or an alert fires at once, and another input was alive, and
//! what is behind the edge did not go on serving requests.

use super::{Counts, Run, RunKind, Second};
use std::cell::LazyCell;

/// Shortest silence, seconds.
const SHORTEST_S: i64 = 60;
/// How unlikely the silence must be, in nats.
const NATS: f64 = 22.0;
/// Windows before and after in which the usual density is measured, seconds.
const WINDOWS_S: [i64; 2] = [900, 3600];
/// Fewest 10-second bins that show a density.
const FEWEST_BINS: i64 = 6;
/// Share of their usual requests from which inputs behind the edge are served by it.
const SERVED: f64 = 0.3;
/// Fewest requests behind the edge that are expected before they show anything.
const FEWEST_BEHIND: f64 = 10.0;
/// A log that ends in silence ends in an outage when an alert fires within so many seconds.
const ALERT_S: i64 = 600;
const DAY_S: i64 = 86_400;

/// Silences that are outages, and those that may be gaps in collection; both by start.
pub(super) fn find(c: &Counts) -> (Vec<Run>, Vec<Run>) {
    let (mut outages, mut gaps) = (Vec::new(), Vec::new());
    let (Some(first), Some(last)) = (c.seconds.first(), c.seconds.last()) else {
        return (outages, gaps);
    };
    let (from, to) = (first.at, last.at + 1);
    // where lines are rare, most pauses need no look at the bins
    let mut log = LazyCell::new(|| Log::new(c, from, to));
    for (i, pair) in c.seconds.windows(2).enumerate() {
        let (a, b) = (pair[0].at + 1, pair[1].at);
        if b - a < SHORTEST_S || is_rare(&c.seconds[..=i], from, b - a) {
            continue;
        }
        log.go_to(a);
        // days that are more than all others are between two logs, and no outage of one
        let days = b - a > DAY_S && (b - a) * 2 > to - from;
        match log.silence(c, a, b) {
            Some((run, true)) if !days => outages.push(run),
            Some((run, _)) => gaps.push(run),
            None => {}
        }
    }
    // a log begins and ends somewhere: what lies around it is a silence only where an alert says so
    let alive_to = c.others_alive.last().map_or(to, |b| b * 10);
    if alive_to - to >= SHORTEST_S {
        log.go_to(to);
        let alerted = |r: &Run| c.alerts.range(r.start..=r.start + ALERT_S).next().is_some();
        let after = log.silence(c, to, alive_to);
        let confirmed = after.filter(|(r, confirmed)| *confirmed && alerted(r));
        outages.extend(confirmed.map(|x| x.0));
    }
    (outages, gaps)
}

/// Whether so few seconds before a pause of so many have a request that [`Log::is_thin`] says so of their bins, of which there
/// are no more; the last of the seconds ends where the pause begins, and the log begins `from`.
fn is_rare(before: &[Second], from: i64, pause: i64) -> bool {
    let window = WINDOWS_S[0];
    let begins = before[before.len() - 1].at + 1 - window;
    // of the window's bins one may not be whole
    let nats = 10 * NATS as i64;
    let fewest = (window / 10 - 1) * nats / (pause + nats);
    let look = before.len().checked_sub(fewest as usize);
    begins >= from && look.is_none_or(|at| before.get(at).is_some_and(|s| s.at < begins))
}

/// Where the log has lines.
struct Log {
    from: i64,
    to: i64,
    /// The 10-second bins with a request, sorted.
    occupied: Vec<i64>,
    /// How many of them lie before what is looked at.
    passed: usize,
}

impl Log {
    fn new(c: &Counts, from: i64, to: i64) -> Log {
        let mut occupied: Vec<i64> = c.seconds.iter().map(|s| s.at.div_euclid(10)).collect();
        occupied.dedup();
        Log {
            from,
            to,
            occupied,
            passed: 0,
        }
    }

    /// Goes to a second behind those that were looked at before.
    fn go_to(&mut self, at: i64) {
        let ahead = self.occupied[self.passed..].iter();
        self.passed += ahead.take_while(|bin| **bin * 10 < at).count();
    }

    /// How many bins lie before one. They are counted from what is looked at: most that are asked for are near.
    fn before(&self, bin: i64) -> usize {
        let all = &self.occupied;
        let mut reach = 4;
        let far = |reach: usize| {
            let (a, b) = (self.passed.saturating_sub(reach), self.passed + reach);
            (a > 0 && all[a] >= bin) || all.get(b).is_some_and(|x| *x < bin)
        };
        while far(reach) {
            reach *= 4;
        }
        let from = self.passed.saturating_sub(reach);
        let near = &all[from..all.len().min(self.passed + reach)];
        from + near.partition_point(|x| *x < bin)
    }

    /// The stretch `[start, end)` as a silence, if it is long and unlikely enough, and whether another input had lines meanwhile that
    /// are not of requests which the edge served.
    fn silence(&self, c: &Counts, start: i64, end: i64) -> Option<(Run, bool)> {
        if end - start < SHORTEST_S || self.is_thin(start, end) {
            return None;
        }
        let density = self.density(start, end)?;
        if self.usual(start, end) {
            return None;
        }
        // The last request before may itself have been the last for a while: 95 % of the waiting time.
        let served = served(c, start, end);
        let slack = ((3.0 / density) as i64).min((end - start) / 2);
        let meanwhile = (start + 9).div_euclid(10)..end.div_euclid(10);
        let alive = c.others_alive.range(meanwhile).next().is_some();
        let run = Run {
            start_interval: (start, start + slack),
            end_interval: (end - slack, end),
            ..Run::dated(RunKind::Silence, (start, end), (served.unwrap_or(0), 0))
        };
        Some((run, served.is_none() && alive))
    }

    /// Whether so few bins before it have a request that none are missed: one look for most pauses of a quiet site. For a share of
    /// bins, `-ln(1 - share)` is no more than `share / (1 - share)`.
    fn is_thin(&self, start: i64, end: i64) -> bool {
        let first = ((start - WINDOWS_S[0]).max(self.from) + 9).div_euclid(10);
        let bins = start.div_euclid(10) - first;
        let nats = 10.0 * NATS;
        let fewest = bins as f64 * nats / ((end - start) as f64 + nats);
        let look = self.passed.checked_sub(fewest as usize);
        bins >= FEWEST_BINS
            && look.is_none_or(|at| self.occupied[at.min(self.occupied.len() - 1)] < first)
    }

    /// Lines per second that the windows around promise at least: the void rate of their bins, which sessions that
    /// write many lines at once do not inflate. `None` when there is no window, or when that is too little to miss a line.
    fn density(&self, start: i64, end: i64) -> Option<f64> {
        let mut least: Option<f64> = None;
        for w in WINDOWS_S {
            for (a, b) in [(start - w, start), (end, end + w)] {
                let a = (a.max(self.from) + 9).div_euclid(10);
                let b = b.min(self.to).div_euclid(10);
                if b - a < FEWEST_BINS {
                    continue;
                }
                let share = self.filled(a, b).min(1.0 - 0.5 / (b - a) as f64);
                let density = -(1.0 - share).ln() / 10.0;
                if density * ((end - start) as f64) < NATS {
                    return None;
                }
                least = Some(least.map_or(density, |l| l.min(density)));
            }
        }
        least
    }

    /// Share of the bins `[a, b)` that have a request.
    fn filled(&self, a: i64, b: i64) -> f64 {
        (self.before(b) - self.before(a)) as f64 / (b - a).max(1) as f64
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

/// Requests that inputs behind the edge logged while it was silent, where they come as ever: the edge passed them on, so
/// its lines are missing or its clock was set.
fn served(c: &Counts, start: i64, end: i64) -> Option<u64> {
    let sum = |from: i64, to: i64| -> u64 {
        let (from, to) = ((from + 9).div_euclid(10), to.div_euclid(10));
        c.behind.total(from..to.max(from))
    };
    let bins = |from: i64, to: i64| (to.div_euclid(10) - (from + 9).div_euclid(10)).max(0);
    let (first, last) = (c.behind.counts().next()?, c.behind.counts().next_back()?);
    let from = (start - WINDOWS_S[0]).max(first.0 * 10);
    let to = (end + WINDOWS_S[0]).min(last.0 * 10 + 10);
    let around = sum(from, start) + sum(end, to);
    let usual = around as f64 / (bins(from, start) + bins(end, to)).max(1) as f64;
    let meanwhile = sum(start, end);
    let expected = usual * bins(start, end) as f64;
    (expected >= FEWEST_BEHIND && meanwhile as f64 >= SERVED * expected).then_some(meanwhile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::days::second;
    use coroner_core::summary::CountByStep;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// What needs no look at the bins is passed over with one, too.
        #[test]
        fn what_is_rare_is_thin(gaps in proptest::collection::vec(prop_oneof![1i64..9, 1i64..40, 1i64..600], 2..300)) {
            let mut at = 7;
            let seconds = gaps.into_iter().map(|gap| {
                at += gap;
                second(at, 1, 0)
            });
            let c = Counts::new(seconds, None, BTreeSet::new());
            let from = c.seconds[0].at;
            let mut log = Log::new(&c, from, at);
            for (i, pair) in c.seconds.windows(2).enumerate() {
                let (a, b) = (pair[0].at + 1, pair[1].at);
                log.go_to(a);
                prop_assert!(!is_rare(&c.seconds[..=i], from, b - a) || log.is_thin(a, b));
            }
        }
    }

    /// One request every `every` seconds from 0 to 7,200, none in `[from, to)`.
    fn counts(every: i64, from: i64, to: i64, alive: &[i64]) -> Counts {
        let at = (0..7200).filter(|t| t % every == 0 && !(from..to).contains(t));
        let alive: BTreeSet<i64> = alive.iter().map(|t| t.div_euclid(10)).collect();
        Counts::new(at.map(|at| second(at, 1, 0)), None, alive)
    }

    #[test]
    fn a_silence_inside_the_log_is_an_outage_when_another_input_lives() {
        let (outages, gaps) = find(&counts(1, 3000, 3120, &[3050]));
        assert!(gaps.is_empty());
        assert_eq!((outages[0].start, outages[0].end), (3000, 3120));
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
    fn what_lies_around_the_log_is_no_silence() {
        let (outages, gaps) = find(&counts(1, 0, 1000, &[0, 100, 7600]));
        assert!(outages.is_empty() && gaps.is_empty());
    }

    #[test]
    fn requests_that_come_through_a_silent_edge_contradict_it() {
        let of = |behind: &dyn Fn(i64) -> u32| {
            let behind = (0..720).map(|b| (b, behind(b))).collect();
            let c = counts(1, 3000, 3400, &[3050]).with_witnesses(behind, BTreeSet::new());
            let (outages, gaps) = find(&c);
            (outages.len(), gaps.first().map(|g| g.requests))
        };
        assert_eq!(of(&|_| 3), (0, Some(120)));
        // nothing comes through, or only what is asked inside
        assert_eq!(
            of(&|b| if (300..340).contains(&b) { 0 } else { 3 }),
            (1, None)
        );
        assert_eq!(of(&|b| u32::from(b % 40 == 0)), (1, None));
    }

    #[test]
    fn inputs_behind_that_cover_another_time_show_nothing() {
        for behind in [vec![(700, 30)], vec![(1, 30)], vec![(5000, 9)], vec![]] {
            let c = counts(1, 3000, 3400, &[3050])
                .with_witnesses(behind.into_iter().collect(), BTreeSet::new());
            assert_eq!(find(&c).0.len(), 1);
        }
    }

    #[test]
    fn a_log_that_ends_in_silence_and_an_alert_ends_in_an_outage() {
        let of = |alert: i64| {
            let c = counts(1, 0, 1, &[100, 7300, 7800])
                .with_witnesses(CountByStep::default(), BTreeSet::from([alert]));
            find(&c).0.len()
        };
        assert_eq!(of(7260), 1);
        assert_eq!(of(7100), 0);
    }

    #[test]
    fn closing_time_is_known_from_the_day_before() {
        let open = |t: &i64| (8..18).contains(&(t.rem_euclid(DAY_S) / 3600));
        let at = (0..3 * DAY_S).step_by(2).filter(open);
        let alive = (0..3 * DAY_S / 10).collect();
        let c = Counts::new(at.map(|at| second(at, 1, 0)), None, alive);
        assert!(find(&c).0.is_empty());
    }
}
