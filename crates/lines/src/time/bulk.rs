//! Which stamps lie so far from the bulk of a set of logs that they are no times: a damaged digit of a year, a clock that was
//! not set yet, a sentinel. Judged by days and how many lines they hold, never by what lines say.

use super::DAY;
use std::collections::BTreeMap;

/// Lines of a log by the number of their day since 1970.
pub type Days = BTreeMap<i64, u64>;

/// Further than this from the middle line a line is far off, in days.
const FAR: i64 = 400;
/// Of so many lines of all logs a log may have one far off.
const RARE: u64 = 20;
/// Lines by which a log has a middle of its own.
const OWN: u64 = 3;

/// The stretches of time in which the lines of a log stand that has others far off them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// Day of the middle line of all logs, and of the log itself.
    middles: [i64; 2],
}

impl Bulk {
    fn holds_day(&self, day: i64) -> bool {
        self.middles.iter().any(|m| (day - m).abs() <= FAR)
    }

    /// Whether a time in microseconds lies in it.
    pub fn holds(&self, us: i64) -> bool {
        self.holds_day(us.div_euclid(DAY))
    }
}

/// The day of the middle line.
fn middle(days: &Days) -> Option<i64> {
    let all: u64 = days.values().sum();
    let mut before = 0;
    let of_middle = days.iter().find(|(_, n)| {
        before += **n;
        before * 2 >= all
    });
    of_middle.map(|x| *x.0)
}

/// For each log that has lines far from its own middle and from that of all logs, where the rest of it stands. Such a line is
/// no time when it stands alone, or when they are few among all: a log that covers years has many.
pub fn bulks(logs: &[Days]) -> Vec<Option<Bulk>> {
    let mut all = Days::new();
    for (day, n) in logs.iter().flatten() {
        *all.entry(*day).or_default() += n;
    }
    let total: u64 = all.values().sum();
    let of_all = middle(&all).filter(|_| total >= OWN);
    let of_log = |log: &Days| {
        let of_all = of_all?;
        let own = middle(log).filter(|_| log.values().sum::<u64>() >= OWN);
        let bulk = Bulk {
            middles: [of_all, own.unwrap_or(of_all)],
        };
        let far = log.iter().filter(|(day, _)| !bulk.holds_day(**day));
        let far: u64 = far.map(|x| x.1).sum();
        (far == 1 || far > 1 && far * RARE <= total).then_some(bulk)
    };
    logs.iter().map(of_log).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each line of each log stands in its bulk.
    fn held(logs: &[&[(i64, u64)]]) -> Vec<Vec<bool>> {
        let days: Vec<Days> = logs.iter().map(|l| l.iter().copied().collect()).collect();
        let of = |(log, bulk): (&Days, Option<Bulk>)| {
            let held = |day: &i64| bulk.is_none_or(|b| b.holds(day * DAY));
            log.keys().map(held).collect()
        };
        days.iter().zip(bulks(&days)).map(of).collect()
    }

    const NOW: i64 = 20_500;

    #[test]
    fn a_clock_that_was_not_set_and_a_damaged_digit_are_far_off() {
        let log = [(0, 2), (NOW, 50), (NOW + 1, 50), (NOW + 3000, 1)];
        assert_eq!(held(&[&log]), [[false, true, true, false]]);
        // one line of a few, first or last, alone or beside a busy log
        for odd in [-719_000, 0, NOW + 29_000] {
            let few = [(odd, 1), (NOW, 4)];
            // in the order of days
            let want = [odd > NOW, odd < NOW];
            assert_eq!(held(&[&few]), [want], "{odd}");
            assert_eq!(held(&[&[(odd, 1)], &[(NOW, 4)]]), [vec![false], vec![true]]);
        }
        // the same sentinel in two logs
        let sentinel = [(NOW, 30), (NOW + 40_000, 1)];
        assert_eq!(held(&[&sentinel, &sentinel]), [[true, false]; 2]);
    }

    #[test]
    fn logs_of_years_are_times() {
        assert_eq!(held(&[&[(0, 50), (500, 50), (1000, 50)]]), [[true; 3]]);
        // years of packages beside an hour of requests, and a whole log of another year
        let packages: Vec<(i64, u64)> = (0..1000).map(|i| (NOW - i, 3)).collect();
        let logs = held(&[&packages, &[(NOW, 2000)], &[(NOW - 900, 40)]]);
        assert!(logs.iter().flatten().all(|held| *held));
        assert_eq!(
            held(&[&[(0, 1), (NOW, 1)]]),
            [[true; 2]],
            "either may be wrong"
        );
    }
}
