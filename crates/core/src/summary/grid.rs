//! Counts per second or per ten seconds, by microseconds on an axis.

use crate::summary::step_counts::CountByStep;
use coroner_lines::time::{HOUR, SECOND};
use std::ops::Range;

/// Where an instant lies in grids of any step. Made once per line: dividing costs more than counting. One number, so that it is
/// never put together from parts: the lowest four bits are the second of the ten, the others the ten seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(i64);

impl Cell {
    /// The cell of the beginning of 1970.
    pub(super) const START: Cell = Cell(0);

    /// The cell of an instant in microseconds.
    #[inline]
    pub fn of(us: i64) -> Self {
        let seconds = us.div_euclid(SECOND);
        Cell(seconds.div_euclid(10) << 4 | seconds.rem_euclid(10))
    }

    /// The cell of the first second of a minute, for which nothing is divided.
    pub(super) fn of_minute(minute: i64) -> Self {
        Cell((minute * 6) << 4)
    }

    /// The cell of an instant so many seconds later, less than a minute; this one is that of the first second of a minute.
    #[inline(always)]
    pub(super) fn later(self, seconds: u32) -> Self {
        Cell(self.0 + i64::from(((seconds / 10) << 4) | (seconds % 10)))
    }

    /// The cell of one of its ten seconds, which are counted from 0.
    pub(super) fn at(self, second: u16) -> Self {
        Cell(self.tens() << 4 | i64::from(second))
    }

    /// Whether both are of the same ten seconds.
    #[inline(always)]
    pub(super) fn is_in_ten_of(self, o: Cell) -> bool {
        self.tens() == o.tens()
    }

    /// Number of the ten seconds since 1970.
    #[inline]
    pub fn tens(self) -> i64 {
        self.0 >> 4
    }

    /// Number of the second since 1970.
    fn second(self) -> i64 {
        self.tens() * 10 + (self.0 & 15)
    }
}

/// Counts per step of so many seconds, one or ten.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid<const SECONDS: i64> {
    counts: CountByStep,
}

impl<const SECONDS: i64> Grid<SECONDS> {
    /// Microseconds of one step.
    pub(super) const STEP: i64 = {
        assert!(SECONDS == 1 || SECONDS == 10);
        SECONDS * SECOND
    };

    /// Adds to the step that holds `us`. Counts saturate.
    #[inline]
    pub fn add(&mut self, us: i64, by: u32) {
        self.add_at(Cell::of(us), by);
    }

    /// Adds to the step that holds a cell. Counts saturate.
    #[inline]
    pub fn add_at(&mut self, cell: Cell, by: u32) {
        let step = match SECONDS {
            1 => cell.second(),
            _ => cell.tens(),
        };
        if by > 0 {
            self.counts.count(step, by);
        }
    }

    /// Whether steps may have been left out.
    pub(super) fn is_full(&self) -> bool {
        self.counts.is_full()
    }

    /// Sums two grids of the same step.
    pub fn merge(&mut self, other: Self) {
        self.counts.sum(other.counts);
    }

    /// Keeps the counts of the hours since 1970 that `keep` names.
    pub fn retain_hours(&mut self, keep: impl Fn(i64) -> bool) {
        self.counts
            .retain(|at| keep((at * Self::STEP).div_euclid(HOUR)));
    }

    /// Steps with a count, in order: start of the step in microseconds, count.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        self.counts.counts().map(|(at, n)| (at * Self::STEP, n))
    }

    /// The same by the number of the step since 1970.
    pub fn steps(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        self.counts.counts()
    }

    /// How many steps with a count there are at most.
    pub fn most(&self) -> usize {
        self.counts.most()
    }

    /// The counts of the steps that start in `[from, to)` microseconds.
    pub fn within(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u32)> + '_ {
        let steps = self.counts.range(starting(Self::STEP, from, to));
        steps.map(|(at, n)| (at * Self::STEP, n))
    }

    /// Sum of the steps that start in `[from, to)` microseconds.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        self.counts.total(starting(Self::STEP, from, to))
    }

    /// Sum of everything.
    pub fn total(&self) -> u64 {
        self.counts.sum_of_all()
    }

    /// Whether that is so much at least: no more is summed than shows it.
    pub fn holds(&self, least: u64) -> bool {
        let mut sum = 0;
        self.counts.counts().any(|(_, n)| {
            sum += u64::from(n);
            sum >= least
        })
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// Numbers of the steps of `step_us` microseconds that start in `[from, to)` microseconds.
pub fn starting(step_us: i64, from: i64, to: i64) -> Range<i64> {
    let first = -(-from).div_euclid(step_us);
    let end = -(-to).div_euclid(step_us);
    first..end.max(first)
}

/// Numbers of the steps of `step_us` microseconds that have any microsecond of `[from, to)`.
pub fn touching(step_us: i64, from: i64, to: i64) -> Range<i64> {
    let first = from.div_euclid(step_us);
    let end = -(-to).div_euclid(step_us);
    first..end.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::SECOND;

    #[test]
    fn cells_of_a_minute_follow_from_its_first() {
        for minute in [0, 59, 60, 29_530_111, -1, -61] {
            let first = Cell::of(minute * 60 * SECOND);
            assert_eq!(Cell::of_minute(minute), first);
            for s in 0..60u32 {
                let second = minute * 60 + i64::from(s);
                let cell = Cell::of(second * SECOND + 999_999);
                assert_eq!(first.later(s), cell);
                assert_eq!(cell.tens(), second.div_euclid(10));
                assert_eq!(first.at(s as u16 % 10).is_in_ten_of(cell), s < 10);
                assert_eq!(cell.at(s as u16 % 10), cell);
            }
        }
        assert_eq!(Cell::START, Cell::of(0));
    }

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
        let mut g = Grid::<10>::default();
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
    fn steps_that_start_in_or_touch_a_stretch() {
        assert_eq!(starting(10, 0, 20), 0..2);
        assert_eq!(starting(10, 1, 21), 1..3);
        assert_eq!(touching(10, 1, 21), 0..3);
        assert_eq!(touching(10, -11, 1), -2..1);
        assert!(starting(10, 20, 0).is_empty() && touching(10, 40, 0).is_empty());
    }

    #[test]
    fn merging_sums() {
        let (mut a, mut b) = (Grid::<1>::default(), Grid::<1>::default());
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
