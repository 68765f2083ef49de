//! Counts per fixed step of time: dense within a busy hour, a short list within a quiet one, absent where nothing happened.
//! A log of one line per hour over a century costs some bytes per line, not an array for each hour.

use crate::summary::few::Few;
use crate::summary::step_list;
use coroner_lines::time::{HOUR, SECOND};
use std::ops::Range;

/// Where an instant lies in grids of any step. Made once per line: dividing costs more than counting. One number, so that it is
/// never put together from parts: from the lowest bit on twelve for the second of the hour, twelve for its ten seconds, then the
/// hour since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(i64);

/// Bits of the second and of the ten seconds.
const PART: u32 = 12;

impl Cell {
    /// The cell of an instant in microseconds.
    #[inline]
    pub fn of(us: i64) -> Self {
        let seconds = us.div_euclid(SECOND);
        Cell::at_second(seconds.div_euclid(3600), seconds.rem_euclid(3600))
    }

    /// The cell of a second of an hour.
    fn at_second(hour: i64, second: i64) -> Self {
        Cell(hour << (2 * PART) | (second / 10) << PART | second)
    }

    /// The cell of the beginning of 1970.
    pub(super) const START: Cell = Cell(0);

    /// The cell of an instant so many seconds later, less than a minute; this one is that of the first second of a minute.
    #[inline(always)]
    pub(super) fn later(self, seconds: u32) -> Self {
        Cell(self.0 + i64::from((seconds / 10) << PART | seconds))
    }

    fn hour(self) -> i64 {
        self.0 >> (2 * PART)
    }

    /// The second of the hour.
    fn second(self) -> u16 {
        self.0 as u16 & ((1 << PART) - 1)
    }

    /// The ten seconds of the hour.
    fn ten(self) -> u16 {
        (self.0 >> PART) as u16 & ((1 << PART) - 1)
    }

    /// The cell of one of its ten seconds, which are counted from 0.
    pub(super) fn at(self, second: u16) -> Self {
        Cell::at_second(self.hour(), i64::from(self.ten() * 10 + second))
    }

    /// Whether both are of the same ten seconds.
    #[inline(always)]
    pub(super) fn is_in_ten_of(self, o: Cell) -> bool {
        self.0 >> PART == o.0 >> PART
    }

    /// Number of the ten seconds since 1970.
    #[inline]
    pub fn tens(self) -> i64 {
        self.hour() * 360 + i64::from(self.ten())
    }
}

/// Hours with a count, more than seven years of them, before the earliest are left out.
const HOURS: usize = 1 << 16;

/// Counts per step, by hour.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Steps in an hour (3,600 for seconds, 360 for 10 s).
    per_hour: u32,
    /// Hour number since 1970 on the track's axis → index in `cells`.
    hours: Few<i64, u32>,
    /// Counts of each hour that has any, in order of arrival.
    cells: Vec<Cells>,
    /// Hour and index of the last count: logs are nearly sorted.
    last: Option<(i64, u32)>,
}

/// Counts of one hour. Which form it has depends on the number of steps with a count alone, never on the order of counting.
#[derive(Clone, Debug, PartialEq)]
enum Cells {
    /// A single step.
    One(u16, u32),
    /// Up to a [`FEW`]th of the steps, sorted.
    Few(Vec<(u16, u32)>),
    /// All steps.
    All(Box<[u32]>),
}

/// Up to so small a part of the steps a list takes less than half of the room of an array.
const FEW: u32 = 6;

impl Cells {
    #[inline]
    fn add(&mut self, step: u16, by: u32, per_hour: u32) {
        match self {
            Cells::All(all) => {
                let c = &mut all[usize::from(step)];
                *c = c.saturating_add(by);
            }
            _ => self.add_to_few(step, by, per_hour),
        }
    }

    fn add_to_few(&mut self, step: u16, by: u32, per_hour: u32) {
        if let Cells::One(s, n) = *self {
            if s == step {
                *self = Cells::One(s, n.saturating_add(by));
                return;
            }
            *self = Cells::Few(vec![(s, n)]);
        }
        let Cells::Few(few) = self else { return };
        let found = match few.last() {
            Some(last) if last.0 == step => Ok(few.len() - 1),
            _ => few.binary_search_by_key(&step, |c| c.0),
        };
        match found {
            Ok(i) => few[i].1 = few[i].1.saturating_add(by),
            Err(i) => step_list::insert(few, i, (step, by)),
        }
        if few.len() as u32 > per_hour / FEW {
            let mut all = vec![0; per_hour as usize].into_boxed_slice();
            few.iter().for_each(|(s, n)| all[usize::from(*s)] = *n);
            *self = Cells::All(all);
        }
    }

    /// Steps `[from, to)` with a count.
    fn within(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, u32)> + '_ {
        let (one, few, all) = match self {
            Cells::One(s, n) => (Some((*s, *n)), &[][..], &[][..]),
            Cells::Few(few) => (None, &few[..], &[][..]),
            Cells::All(all) => (None, &[][..], &all[from.min(all.len())..to.min(all.len())]),
        };
        let short = one
            .into_iter()
            .chain(few.iter().copied())
            .map(|(s, n)| (usize::from(s), n))
            .filter(move |(s, _)| (from..to).contains(s));
        let dense = all.iter().enumerate().map(move |(i, n)| (from + i, *n));
        short.chain(dense).filter(|(_, n)| *n > 0)
    }
}

impl PartialEq for Grid {
    fn eq(&self, other: &Self) -> bool {
        self.per_hour == other.per_hour && self.by_hour().eq(other.by_hour())
    }
}

impl Grid {
    /// A grid of one-second steps.
    pub fn seconds() -> Self {
        Grid {
            per_hour: 3600,
            hours: Few::default(),
            cells: Vec::new(),
            last: None,
        }
    }

    /// A grid of ten-second steps.
    pub fn tens() -> Self {
        Grid {
            per_hour: 360,
            hours: Few::default(),
            cells: Vec::new(),
            last: None,
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
        if by == 0 {
            return;
        }
        let step = match self.per_hour {
            3600 => cell.second(),
            _ => cell.ten(),
        };
        match self.last {
            Some((h, at)) if h == cell.hour() => {
                self.cells[at as usize].add(step, by, self.per_hour)
            }
            _ => self.add_elsewhere(cell.hour(), step, by),
        }
    }

    fn add_elsewhere(&mut self, hour: i64, step: u16, by: u32) {
        if by == 0 {
            return;
        }
        let mut next = self.cells.len() as u32;
        if self.is_full() && self.hours.get(&hour).is_none() {
            // the latest hours stay, whatever the order in which they came
            let Some((_, at)) = self.hours.pop_first_before(hour) else {
                return;
            };
            next = at;
        }
        let at = *self.hours.at_or(hour, || next);
        self.last = Some((hour, at));
        match self.cells.get_mut(at as usize) {
            Some(cells) if at == next => *cells = Cells::One(step, by),
            Some(cells) => cells.add(step, by, self.per_hour),
            None => {
                step_list::make_room(&mut self.cells, 1);
                self.cells.push(Cells::One(step, by));
            }
        }
    }

    fn by_hour(&self) -> impl Iterator<Item = (i64, &Cells)> {
        self.hours
            .iter()
            .map(|(h, at)| (*h, &self.cells[*at as usize]))
    }

    /// Whether hours may have been left out.
    pub(super) fn is_full(&self) -> bool {
        self.hours.len() >= HOURS
    }

    /// Sums two grids of the same step.
    pub fn merge(&mut self, other: Grid) {
        if self.hours.is_empty() {
            *self = other;
            return;
        }
        let step = other.step_us();
        for (hour, cells) in other.by_hour() {
            for (i, n) in cells.within(0, other.per_hour as usize) {
                self.add(hour * HOUR + i as i64 * step, n);
            }
        }
    }

    /// Keeps the counts of the hours since 1970 that `keep` names.
    pub fn retain_hours(&mut self, keep: impl Fn(i64) -> bool) {
        self.hours.retain(|hour, _| keep(*hour));
        self.last = None;
    }

    /// Steps with a count, in order: start of the step in microseconds, count.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u32)> + '_ {
        let (step, steps) = (self.step_us(), self.per_hour as usize);
        self.by_hour().flat_map(move |(h, cells)| {
            cells
                .within(0, steps)
                .map(move |(i, c)| (h * HOUR + i as i64 * step, c))
        })
    }

    /// The same of the steps that start in `[from, to)` microseconds.
    pub fn within(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u32)> + '_ {
        let step = self.step_us();
        let hours = self.hours.range(touching(HOUR, from, to));
        hours.flat_map(move |(h, at)| {
            let base = h * HOUR;
            let steps = starting(step, (from - base).max(0), to - base);
            let b = (steps.end as usize).min(self.per_hour as usize);
            self.cells[*at as usize]
                .within((steps.start as usize).min(b), b)
                .map(move |(i, c)| (base + i as i64 * step, c))
        })
    }

    /// Sum of the steps that start in `[from, to)` microseconds.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        self.within(from, to).map(|(_, c)| u64::from(c)).sum()
    }

    /// Sum of everything.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, c)| u64::from(c)).sum()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.hours.is_empty()
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
    fn steps_that_start_in_or_touch_a_stretch() {
        assert_eq!(starting(10, 0, 20), 0..2);
        assert_eq!(starting(10, 1, 21), 1..3);
        assert_eq!(touching(10, 1, 21), 0..3);
        assert_eq!(touching(10, -11, 1), -2..1);
        assert!(starting(10, 20, 0).is_empty() && touching(10, 40, 0).is_empty());
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
