//! Counts per fixed step of time, dense within an hour and absent where nothing happened.

use crate::time::{HOUR, SECOND};
use std::collections::BTreeMap;
use std::collections::btree_map::Range;

/// Where an instant lies in grids of any step. Made once per line: dividing costs more than counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    hour: i64,
    second: u16,
    ten: u16,
}

impl Cell {
    /// The cell of an instant in microseconds.
    #[inline]
    pub fn of(us: i64) -> Self {
        let seconds = us.div_euclid(SECOND);
        let second = seconds.rem_euclid(3600) as u16;
        Cell {
            hour: seconds.div_euclid(3600),
            second,
            ten: second / 10,
        }
    }

    /// Number of the ten seconds since 1970.
    #[inline]
    pub fn tens(self) -> i64 {
        self.hour * 360 + i64::from(self.ten)
    }
}

/// Counts per step: an array for each hour in which something was counted.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Steps in an hour (3,600 for seconds, 360 for 10 s).
    per_hour: u32,
    /// Hour number since 1970 on the track's axis, and its counts; sorted by hour.
    hours: Vec<(i64, Box<[u32]>)>,
    /// Where the last count went: logs are nearly sorted.
    last: usize,
}

impl PartialEq for Grid {
    fn eq(&self, other: &Self) -> bool {
        self.per_hour == other.per_hour && self.hours == other.hours
    }
}

impl Grid {
    /// A grid of one-second steps.
    pub fn seconds() -> Self {
        Grid {
            per_hour: 3600,
            hours: Vec::new(),
            last: 0,
        }
    }

    /// A grid of ten-second steps.
    pub fn tens() -> Self {
        Grid {
            per_hour: 360,
            hours: Vec::new(),
            last: 0,
        }
    }

    /// Microseconds of one step.
    pub fn step_us(&self) -> i64 {
        HOUR / i64::from(self.per_hour)
    }

    /// Adds to the step that holds `us`. Counts saturate.
    #[inline]
    pub fn add(&mut self, us: i64, by: u32) {
        self.add_at(Cell::of(us), by);
    }

    /// Adds to the step that holds a cell. Counts saturate.
    #[inline(always)]
    pub fn add_at(&mut self, cell: Cell, by: u32) {
        let step = match self.per_hour {
            3600 => cell.second,
            _ => cell.ten,
        };
        let at = self.hour(cell.hour);
        let c = &mut self.hours[at].1[usize::from(step)];
        *c = c.saturating_add(by);
    }

    #[inline(always)]
    fn hour(&mut self, hour: i64) -> usize {
        if self.hours.get(self.last).is_some_and(|h| h.0 == hour) {
            return self.last;
        }
        self.find_hour(hour)
    }

    #[cold]
    fn find_hour(&mut self, hour: i64) -> usize {
        self.last = match self.hours.binary_search_by_key(&hour, |h| h.0) {
            Ok(i) => i,
            Err(i) => {
                self.hours.insert(
                    i,
                    (hour, vec![0; self.per_hour as usize].into_boxed_slice()),
                );
                i
            }
        };
        self.last
    }

    /// Sums two grids of the same step.
    pub fn merge(&mut self, other: Grid) {
        for (hour, cells) in other.hours {
            let at = self.hour(hour);
            for (a, b) in self.hours[at].1.iter_mut().zip(cells.iter()) {
                *a = a.saturating_add(*b);
            }
        }
    }

    /// Steps with a count, in order: start of the step in microseconds, count.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        let step = self.step_us();
        self.hours.iter().flat_map(move |(h, cells)| {
            cells
                .iter()
                .enumerate()
                .filter(|(_, c)| **c > 0)
                .map(move |(i, c)| (h * HOUR + i as i64 * step, *c))
        })
    }

    /// Sum of the steps that start in `[from, to)` microseconds.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        let step = self.step_us();
        let mut total = 0u64;
        for (h, cells) in &self.hours {
            let base = h * HOUR;
            if base + HOUR <= from || base >= to {
                continue;
            }
            let a = (from - base).max(0).div_euclid(step) as usize
                + usize::from((from - base).max(0).rem_euclid(step) > 0);
            let b = ((to - base + step - 1).div_euclid(step) as usize).min(cells.len());
            total += cells[a.min(b)..b]
                .iter()
                .map(|c| u64::from(*c))
                .sum::<u64>();
        }
        total
    }

    /// Sum of everything.
    pub fn total(&self) -> u64 {
        self.hours
            .iter()
            .flat_map(|(_, c)| c.iter())
            .map(|c| u64::from(*c))
            .sum()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty()
    }
}

/// Entries of a map by step number (of `step_us` microseconds) whose steps start in `[from, to)` microseconds.
pub fn starting<V>(map: &BTreeMap<i64, V>, step_us: i64, from: i64, to: i64) -> Range<'_, i64, V> {
    let first = -(-from).div_euclid(step_us);
    let end = -(-to).div_euclid(step_us);
    map.range(first..end.max(first))
}

/// Entries of a map by step number whose steps have any microsecond of `[from, to)`.
pub fn touching<V>(map: &BTreeMap<i64, V>, step_us: i64, from: i64, to: i64) -> Range<'_, i64, V> {
    let first = from.div_euclid(step_us);
    let end = -(-to).div_euclid(step_us);
    map.range(first..end.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn cells_agree_with_division() {
        for us in [
            -1,
            0,
            9_999_999,
            10_000_000,
            -10_000_001,
            3_599_999_999,
            3_600_000_000,
        ] {
            assert_eq!(Cell::of(us).tens(), us.div_euclid(10 * SECOND), "{us}");
        }
    }

    #[test]
    fn counts_by_step_and_sums_ranges() {
        let mut g = Grid::tens();
        for s in [-1, 0, 3, 9, 10, 3599, 3600, 7205] {
            g.add(s * SECOND, 1);
        }
        let got: Vec<_> = g.iter().map(|(t, c)| (t / SECOND, c)).collect();
        assert_eq!(
            got,
            [(-10, 1), (0, 3), (10, 1), (3590, 1), (3600, 1), (7200, 1)]
        );
        assert_eq!(g.sum(0, 20 * SECOND), 4);
        assert_eq!(g.sum(10 * SECOND, 3600 * SECOND), 2);
        assert_eq!(g.sum(i64::MIN / 4, i64::MAX / 4), 8);
        assert_eq!(g.total(), 8);
    }

    #[test]
    fn steps_of_a_map_that_start_in_or_touch_a_stretch() {
        let m: BTreeMap<i64, ()> = (-2..5).map(|k| (k, ())).collect();
        let keys = |r: Range<'_, i64, ()>| r.map(|x| *x.0).collect::<Vec<_>>();
        assert_eq!(keys(starting(&m, 10, 0, 20)), [0, 1]);
        assert_eq!(keys(starting(&m, 10, 1, 21)), [1, 2]);
        assert_eq!(keys(touching(&m, 10, 1, 21)), [0, 1, 2]);
        assert_eq!(keys(touching(&m, 10, -11, 1)), [-2, -1, 0]);
        assert!(
            keys(starting(&m, 10, 20, 0)).is_empty() && keys(touching(&m, 10, 40, 0)).is_empty()
        );
    }

    #[test]
    fn merging_sums() {
        let (mut a, mut b) = (Grid::seconds(), Grid::seconds());
        a.add(5 * SECOND, 2);
        b.add(5 * SECOND, 3);
        b.add(90_000 * SECOND, 1);
        a.merge(b);
        assert_eq!(
            a.iter().collect::<Vec<_>>(),
            [(5 * SECOND, 5), (90_000 * SECOND, 1)]
        );
    }
}
