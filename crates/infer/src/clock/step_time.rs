//! Whether a clock that runs ahead at some time does so all the time, or is right before or after: seconds with errors and
//! with requests are held against those of the edge under both readings. Shows when the clock was set, to the second.

use crate::clock::burst_offset::{Series, high_pass};
use coroner_lines::sorting::SortList;
use std::collections::BTreeMap;

/// Standard deviations by which a side must stand out under its own reading.
const CLEAR: f64 = 4.5;
/// By how many more than under the other one.
const BEYOND: f64 = 4.0;
/// Lags in seconds at which nothing is expected: their scatter is the noise.
const REACH: i64 = 590;
const STEP: i64 = 10;
/// How far around the clock's own seconds those of the edge are looked at, in seconds.
const FARTHEST: i64 = 2 * 3600;
/// Seconds of a channel that are looked at, at most.
const MOST: usize = 20_000;

/// One channel: seconds of the edge and of the clock in question, ready to be multiplied.
pub(super) struct Channel {
    edge: BTreeMap<i64, f64>,
    /// First and last second of the edge.
    cover: (i64, i64),
    own: Vec<(i64, f64)>,
}

impl Channel {
    pub(super) fn new(edge: &Series, own: &Series) -> Self {
        let seconds = own.seconds(.., MOST);
        let near = seconds.first().zip(seconds.last());
        let around = near.map(|(a, b)| a.0 - FARTHEST..=b.0 + FARTHEST);
        let around = around.map_or(Vec::new(), |near| edge.seconds(near, usize::MAX));
        Channel {
            edge: high_pass(&around, edge.cover).into_iter().collect(),
            cover: edge.cover,
            own: high_pass(&seconds, own.cover),
        }
    }

    /// Whether the edge's log covers a second of the clock under both readings. Where it does not, silence says nothing.
    fn covers(&self, t: i64, lags: [i64; 2]) -> bool {
        let (from, to) = self.cover;
        lags.iter().all(|lag| (from..=to).contains(&(t - lag)))
    }

    /// What the seconds in `[from, to)` of the clock that the edge covers at both `lags` say for its running ahead by `ahead`.
    fn score(&self, ahead: i64, (from, to): (i64, i64), lags: [i64; 2]) -> f64 {
        let a = self.own.partition_point(|x| x.0 < from);
        let b = self.own.partition_point(|x| x.0 < to);
        let seen = self.own[a..b.max(a)].iter();
        seen.filter(|x| self.covers(x.0, lags))
            .map(|x| x.1 * self.edge.get(&(x.0 - ahead)).unwrap_or(&0.0))
            .sum()
    }
}

/// A clock that is ahead on one side of a second and right on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// Seconds that the clock shows as it is set.
    pub at: i64,
    /// Whether it is ahead before, and right after.
    pub ahead_before: bool,
}

/// When a clock that is `ahead` seconds ahead at some time was set, if it was right before or after.
pub(super) fn setting(channels: &[Channel], ahead: i64) -> Option<Setting> {
    let mut gains: Vec<(i64, f64)> = Vec::new();
    for c in channels {
        for (t, x) in c.own.iter().filter(|x| c.covers(x.0, [0, ahead])) {
            let of = |lag: i64| x * c.edge.get(&(t - lag)).unwrap_or(&0.0);
            gains.push((*t, of(ahead) - of(0)));
        }
    }
    gains.sort_list_by_key(|g| g.0);
    let all: f64 = gains.iter().map(|g| g.1).sum();
    // the sum up to a second is highest where a clock that is ahead before it is set, lowest where it is ahead after
    let (mut sum, mut best) = (0.0, (0.0f64, 0i64, true));
    for w in gains.windows(2) {
        sum += w[0].1;
        if w[0].0 == w[1].0 {
            continue;
        }
        // what two pieces fit better than one
        let one = all.max(0.0);
        for (gain, before) in [(sum - one, true), (all - sum - one, false)] {
            if gain > best.0 {
                best = (gain, w[1].0, before);
            }
        }
    }
    let (_, at, ahead_before) = best;
    let found = Setting { at, ahead_before };
    let shown = |s: &Side| clear(channels, s.own, s.other, s.stretch);
    (at != 0 && found.sides(ahead).iter().all(shown)).then_some(found)
}

/// One side of a second in which a clock is set.
pub(super) struct Side {
    pub(super) stretch: (i64, i64),
    /// By how much the clock is ahead in it, and by how much it would be under the other reading.
    pub(super) own: i64,
    pub(super) other: i64,
}

impl Setting {
    /// Its two sides, where the clock is `ahead` on one of them.
    pub(super) fn sides(&self, ahead: i64) -> [Side; 2] {
        let (before, after) = match self.ahead_before {
            true => (ahead, 0),
            false => (0, ahead),
        };
        let side = |stretch, own, other| Side {
            stretch,
            own,
            other,
        };
        [
            side((i64::MIN, self.at), before, after),
            side((self.at, i64::MAX), after, before),
        ]
    }

    /// Whether the seconds on the side where the clock should be right show plainly that it is ahead there as well.
    pub(super) fn is_refuted(&self, channels: &[Channel], ahead: i64) -> bool {
        let right = self.sides(ahead).into_iter().find(|s| s.own == 0);
        right.is_some_and(|s| clear(channels, ahead, 0, s.stretch))
    }

    /// Whether the seconds on neither side speak against it.
    pub(super) fn fits(&self, channels: &[Channel], ahead: i64) -> bool {
        self.sides(ahead).iter().all(|s| {
            let score = |lag| near(channels, lag, s.stretch, [s.own, s.other]);
            score(s.own) >= score(s.other)
        })
    }
}

/// Whether the clock is plainly `ahead`, and plainly not right, on both sides of a second: two matches that do not depend on
/// each other.
pub(super) fn on_both_sides(channels: &[Channel], ahead: i64, at: i64) -> bool {
    let sides = [(i64::MIN, at), (at, i64::MAX)];
    sides.iter().all(|side| clear(channels, ahead, 0, *side))
}

/// What the seconds in a stretch say for a lag.
fn score(channels: &[Channel], lag: i64, stretch: (i64, i64), lags: [i64; 2]) -> f64 {
    channels.iter().map(|c| c.score(lag, stretch, lags)).sum()
}

/// The same of a lag or one a second away, whichever is more: an error is logged in the second of its request or in the next one.
fn near(channels: &[Channel], lag: i64, stretch: (i64, i64), lags: [i64; 2]) -> f64 {
    let scores = (-1..=1).map(|d| score(channels, lag + d, stretch, lags));
    scores.fold(f64::MIN, f64::max)
}

/// Whether the seconds in a stretch speak for one lag and not for the other.
fn clear(channels: &[Channel], own: i64, other: i64, stretch: (i64, i64)) -> bool {
    let lags = (-REACH / STEP..=REACH / STEP).map(|i| i * STEP + 3);
    let apart = lags.filter(|l| (l - own).abs() > 5 && (l - other).abs() > 5);
    let of = |lag| score(channels, lag, stretch, [own, other]);
    let noise: Vec<f64> = apart.map(of).collect();
    let n = noise.len() as f64;
    let mean = noise.iter().sum::<f64>() / n;
    let sd = (noise.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let at = |lag| near(channels, lag, stretch, [own, other]);
    let (mine, theirs) = (at(own), at(other));
    sd > 0.0 && (mine - mean) / sd >= CLEAR && (mine - theirs) / sd >= BEYOND
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds at random out of an hour, and the same as a clock shows them that is `ahead` before or after `at`.
    fn seen(n: usize, ahead: impl Fn(i64) -> i64) -> (Series, Series) {
        let (mut edge, mut own) = (BTreeMap::new(), BTreeMap::new());
        let mut x = 7u64;
        for i in 0..n {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let t = (x >> 33) as i64 % 3600;
            *edge.entry(t).or_default() += 1;
            // one of three servers
            if i % 3 == 0 {
                *own.entry(t + ahead(t)).or_default() += 1;
            }
        }
        let series = |of, cover| Series { of, cover };
        let shown = (ahead(0), 3599 + ahead(3599));
        (series(edge, (0, 3599)), series(own, shown))
    }

    fn step_of(n: usize, by: i64, ahead: impl Fn(i64) -> i64) -> Option<(i64, bool)> {
        let (edge, own) = seen(n, ahead);
        cut(&edge, &own, by)
    }

    fn cut(edge: &Series, own: &Series, by: i64) -> Option<(i64, bool)> {
        setting(&[Channel::new(edge, own)], by).map(|s| (s.at, s.ahead_before))
    }

    #[test]
    fn a_clock_that_is_set_right_and_one_that_goes_wrong() {
        let (at, before) = step_of(1500, 90, |t| if t < 1800 { 90 } else { 0 }).unwrap();
        assert!(before && (1800..=1900).contains(&at), "{at}");
        let (at, before) = step_of(1500, 200, |t| if t < 1800 { 0 } else { 200 }).unwrap();
        assert!(!before && (1790..=2060).contains(&at), "{at}");
        let (at, before) = step_of(1500, -40, |t| if t < 1800 { 0 } else { -40 }).unwrap();
        assert!(!before && (1750..=1810).contains(&at), "{at}");
    }

    #[test]
    fn a_clock_that_is_ahead_all_the_time_was_never_set() {
        assert_eq!(step_of(1500, 90, |_| 90), None);
        assert_eq!(step_of(1500, 90, |_| 0), None);
        assert_eq!(
            step_of(9, 90, |t| if t < 1800 { 90 } else { 0 }),
            None,
            "too few to tell"
        );
    }

    #[test]
    fn what_the_edge_does_not_cover_shows_no_setting() {
        let (mut edge, own) = seen(1500, |_| 420);
        // the edge's older lines are gone, and begin when the clock in question shows about the same
        edge.of = edge.of.split_off(&430);
        edge.cover.0 = 430;
        assert_eq!(cut(&edge, &own, 420), None);
    }
}
