//! Failed requests by second: how many, and the first and the last line of them. What a line is known by is for `citable`, how
//! many of them lie in little memory for `packed`.

use super::change::LineChange;
use super::packed::Packed;
use super::{ByStep, CountByStep, starting, touching};
use crate::summary::citable::{CitableLine, FirstLast};
use coroner_lines::time::SECOND;
use std::ops::Range;

/// Seconds for which a first and a last line are kept, finest first.
const STEPS: [i64; 6] = [1, 10, 60, 600, 3600, 86_400];

/// Seconds with failed requests (final status 5xx, health checks excluded), by their number. Lines are kept for at most `MOST`
/// steps, a day and a half of seconds: where more steps have failures, the next larger ones keep theirs. Which ones do follows
/// from the seconds alone, whatever the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct FailedSeconds<const MOST: usize = { 1 << 17 }> {
    n: CountByStep,
    /// Which of [`STEPS`] keep lines, and how many of these there are.
    level: usize,
    held: usize,
    /// Lines of steps by their first second, as they came in order.
    lines: Packed,
    /// Those that came behind later ones. A step may have lines in both.
    late: ByStep<FirstLast>,
}

impl<const MOST: usize> PartialEq for FailedSeconds<MOST> {
    fn eq(&self, o: &Self) -> bool {
        self.rows().eq(o.rows())
    }
}

impl<const MOST: usize> FailedSeconds<MOST> {
    /// Counts failed requests of a second, which has at least one.
    pub fn add(&mut self, second: i64, n: u32, lines: Option<FirstLast>) {
        let last = self.n.counts().next_back().map(|x| x.0);
        let step = self.step(second);
        let new = last.is_none_or(|last| last < step.start)
            || self.n.range(step.clone()).next().is_none();
        self.n.count(second, n);
        if let Some(lines) = lines {
            self.keep(step.start, lines);
        }
        self.held += usize::from(new);
        self.bound();
    }

    fn bound(&mut self) {
        while self.held > MOST && self.level + 1 < STEPS.len() {
            self.raise();
        }
    }

    /// The step of a second.
    fn step(&self, second: i64) -> Range<i64> {
        let seconds = STEPS[self.level];
        let start = second.div_euclid(seconds).saturating_mul(seconds);
        start..start.saturating_add(seconds)
    }

    fn keep(&mut self, step: i64, lines: FirstLast) {
        if let Some((step, left)) = self.lines.push(step, lines) {
            self.late.put(step, left, FirstLast::join);
        }
    }

    /// Goes to the next larger steps, without lines of seconds that are left out.
    fn raise(&mut self) {
        let fine = std::mem::take(self);
        self.level = fine.level + 1;
        let mut last = None;
        for (second, _, lines) in fine.rows() {
            let step = self.step(second).start;
            self.held += usize::from(last.replace(step) != Some(step));
            if let Some(lines) = lines {
                self.keep(step, lines);
            }
        }
        self.n = fine.n;
    }

    /// Sums two.
    pub fn merge(&mut self, mut o: Self) {
        // what comes in order takes less room
        let (first, last) = (self.counts().next(), o.counts().next_back());
        if last.is_some_and(|last| first.is_none_or(|first| last.0 < first.0)) {
            std::mem::swap(self, &mut o);
        }
        let (last, first) = (self.counts().next_back(), o.counts().next());
        let behind = first.zip(last).is_some_and(|(first, last)| {
            self.level == o.level && self.step(first.0).start > self.step(last.0).start
        });
        if behind && o.late.is_empty() {
            let Some(left) = self.lines.append(std::mem::take(&mut o.lines)) else {
                self.n.sum(o.n);
                self.held += o.held;
                return self.bound();
            };
            o.lines = left;
        }
        for (second, n, lines) in o.rows() {
            self.add(second, n, lines);
        }
    }

    /// Keeps the seconds that `keep` names.
    pub(super) fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        let all = std::mem::take(self);
        let kept = all.rows().filter(|x| keep(x.0));
        kept.for_each(|(second, n, lines)| self.add(second, n, lines));
    }

    /// Whether nothing failed.
    pub fn is_empty(&self) -> bool {
        self.n.is_empty()
    }

    /// Second numbers and how many requests failed then, in order.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = (i64, u32)> {
        self.n.counts()
    }

    /// The same of the seconds that begin in `[from, to)` microseconds.
    pub fn within(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u32)> {
        self.n.range(starting(SECOND, from, to))
    }

    /// How many failed in them.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        self.n.total(starting(SECOND, from, to))
    }

    /// Second numbers, how many requests failed then, and the lines of their steps, in order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u32, FirstLast)> {
        let mut lines = None;
        self.rows().filter_map(move |(second, n, of_step)| {
            lines = of_step.or_else(|| lines.take());
            Some((second, n, lines.clone()?))
        })
    }

    /// The same; of seconds of a step the first one alone has its lines.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i64, u32, Option<FirstLast>)> {
        let mut packed = self.lines.iter().peekable();
        let mut last = None;
        self.counts().map(move |(second, n)| {
            let step = self.step(second).start;
            let new = last.replace(step) != Some(step);
            let lines = new.then(|| {
                // lines of seconds that were left out stand before
                while packed.next_if(|x| x.0 < step).is_some() {}
                let packed = packed.next_if(|x| x.0 == step).map(|x| x.1);
                self.with_late(step, packed)
            });
            (second, n, lines.flatten())
        })
    }

    /// The lines of a step, of which some may have come late.
    fn with_late(&self, step: i64, lines: Option<FirstLast>) -> Option<FirstLast> {
        match (lines, self.late.get(&step)) {
            (Some(mut lines), Some(late)) => {
                lines.join(late.clone());
                Some(lines)
            }
            (lines, late) => lines.or_else(|| late.cloned()),
        }
    }

    fn of(&self, second: i64) -> Option<FirstLast> {
        let step = self.step(second).start;
        self.with_late(step, self.lines.get(step))
    }

    /// The first line of all.
    pub fn first(&self) -> Option<CitableLine> {
        let (second, _) = self.counts().next()?;
        Some(self.of(second)?.first)
    }

    /// The first line of the seconds of which any microsecond lies in `[from, to)` microseconds; of larger steps one of theirs.
    pub fn first_touching(&self, from: i64, to: i64) -> Option<CitableLine> {
        let (second, _) = self.n.range(touching(SECOND, from, to)).next()?;
        let lines = self.of(second)?;
        match lines.first.us >= second * SECOND || lines.last().us < second * SECOND {
            true => Some(lines.first),
            false => Some(lines.last().clone()),
        }
    }

    /// The last line of the seconds of which any microsecond lies in `[from, to)` microseconds; of larger steps one of theirs.
    pub fn last_touching(&self, from: i64, to: i64) -> Option<CitableLine> {
        let (second, _) = self.n.range(touching(SECOND, from, to)).next_back()?;
        let lines = self.of(second)?;
        let ends = (second + 1) * SECOND;
        match lines.last().us < ends || lines.first.us >= ends {
            true => Some(lines.last().clone()),
            false => Some(lines.first),
        }
    }

    /// Goes through all lines.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let late = self.late.values_mut().flat_map(FirstLast::each);
        late.for_each(|l| c.line(l));
        let packed = std::mem::take(&mut self.lines);
        for (step, mut lines) in packed.iter() {
            lines.each().for_each(|l| c.line(l));
            self.keep(step, lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Pos;
    use proptest::prelude::*;

    fn line(us: i64, offset: u64, again: bool) -> FirstLast {
        let pos = Pos { offset, line: 1 };
        let text = format!("line {offset}");
        FirstLast::new(CitableLine::new(us, pos, text.as_bytes(), again), None)
    }

    fn of(lines: &[(i64, u64)]) -> FailedSeconds {
        bounded(lines)
    }

    fn bounded<const MOST: usize>(lines: &[(i64, u64)]) -> FailedSeconds<MOST> {
        let mut all = FailedSeconds::default();
        for (us, offset) in lines {
            all.add(us.div_euclid(SECOND), 1, Some(line(*us, *offset, false)));
        }
        all
    }

    #[test]
    fn seconds_are_found_by_when_they_are() {
        let s = SECOND;
        let all = of(&[
            (-s, 1),
            (59 * s, 2),
            (60 * s + 9, 4),
            (200 * s, 5),
            (60 * s + 7, 3),
        ]);
        let [a, b, c, d] = [(-1, 1), (59, 1), (60, 2), (200, 1)];
        assert_eq!(all.counts().collect::<Vec<_>>(), [a, b, c, d]);
        assert_eq!(all.counts().rev().collect::<Vec<_>>(), [d, c, b, a]);
        assert_eq!(all.sum(60 * s + 1, 200 * s + 1), 1);
        assert_eq!(all.sum(59 * s, 200 * s), 3);
        assert_eq!(all.sum(9 * s, 5 * s), 0);
        let place = |line: Option<CitableLine>| line.map(|l| l.pos.offset);
        assert_eq!(place(all.first()), Some(1));
        // the second line of the second came before the first one
        assert_eq!(place(all.first_touching(60 * s + 8, 61 * s)), Some(3));
        assert_eq!(place(all.last_touching(60 * s + 8, 61 * s)), Some(4));
        assert_eq!(place(all.last_touching(-5 * s, 200 * s)), Some(4));
        assert_eq!(place(all.first_touching(61 * s, 200 * s)), None);
        assert_eq!(place(of(&[]).first()), None);
    }

    #[test]
    fn long_ones_that_follow_each_other_are_as_one() {
        let lines =
            |seconds: Range<i64>| seconds.map(|s| (s * SECOND, s as u64)).collect::<Vec<_>>();
        let (a, b, all) = (lines(0..200), lines(200..400), lines(0..400));
        let (mut parts, whole) = (of(&a), of(&all));
        parts.merge(of(&b));
        assert_eq!((&parts, parts.held), (&whole, whole.held));
        let (mut parts, whole) = (bounded::<256>(&a), bounded::<256>(&all));
        parts.merge(bounded(&b));
        assert_eq!((&parts, parts.level), (&whole, whole.level));
    }

    #[test]
    fn what_is_changed_is_changed_once_wherever_it_lies() {
        let mut all = of(&[(0, 1), (9 * SECOND, 2), (5, 3), (4 * SECOND, 4)]);
        all.change(&mut LineChange::Places(&mut |p| p.offset += 10));
        all.change(&mut LineChange::Texts(&mut |t| t.push(b'!')));
        let lines = all
            .iter()
            .flat_map(|(_, _, l)| [l.first.clone(), l.last().clone()]);
        let rows: Vec<(u64, Vec<u8>)> = lines
            .map(|l| (l.pos.offset, l.here().unwrap().to_vec()))
            .collect();
        let want = [(11, 1), (13, 3), (14, 4), (14, 4), (12, 2), (12, 2)];
        assert_eq!(
            rows,
            want.map(|(at, name)| (at, format!("line {name}!").into_bytes()))
        );
    }

    proptest! {
        #[test]
        fn the_order_and_the_splits_change_nothing(
            times in proptest::collection::vec(0i64..150_000_000, 1..40), cut in 0usize..40,
        ) {
            let lines: Vec<(i64, u64)> = times.iter().zip(0..).map(|(t, o)| (*t, o)).collect();
            let whole = of(&lines);
            let cut = cut.min(lines.len());
            let mut parts = of(&lines[cut..]);
            parts.merge(of(&lines[..cut]));
            prop_assert_eq!(&parts, &whole);
            let turned: Vec<_> = lines.iter().rev().copied().collect();
            prop_assert_eq!(&of(&turned), &whole);
            prop_assert_eq!(whole.iter().map(|x| x.1 as usize).sum::<usize>(), lines.len());
            for (second, n, ends) in whole.iter() {
                let here = lines.iter().filter(|l| l.0.div_euclid(SECOND) == second);
                prop_assert_eq!(n as usize, here.clone().count());
                let first = here.clone().min().unwrap();
                prop_assert_eq!((ends.first.us, ends.first.pos.offset), *first);
                let last = here.max().unwrap();
                prop_assert_eq!((ends.last().us, ends.last().pos.offset), *last);
                prop_assert_eq!(whole.first_touching(ends.first.us, ends.first.us + 1), Some(ends.first.clone()));
            }
        }

        /// Of many seconds larger steps keep lines, the same ones whatever the order and the splits, and no more than so many.
        #[test]
        fn lines_are_bounded_by_larger_steps(
            times in proptest::collection::vec(0i64..900_000_000, 1..60), cut in 0usize..60,
        ) {
            let lines: Vec<(i64, u64)> = times.iter().zip(0..).map(|(t, o)| (*t, o)).collect();
            let whole = bounded::<8>(&lines);
            let cut = cut.min(lines.len());
            let mut parts = bounded::<8>(&lines[cut..]);
            parts.merge(bounded(&lines[..cut]));
            prop_assert_eq!(&parts, &whole);
            prop_assert_eq!((parts.level, parts.held), (whole.level, whole.held));
            let turned: Vec<_> = lines.iter().rev().copied().collect();
            prop_assert_eq!(&bounded::<8>(&turned), &whole);
            let mut again = FailedSeconds::<8>::default();
            whole.rows().for_each(|(second, n, lines)| again.add(second, n, lines));
            prop_assert_eq!(&again, &whole);
            let kept: Vec<FirstLast> = whole.rows().filter_map(|x| x.2).collect();
            prop_assert_eq!(kept.len(), whole.held);
            prop_assert!(kept.len() <= 8);
            prop_assert_eq!(whole.iter().map(|x| x.1 as usize).sum::<usize>(), lines.len());
            prop_assert_eq!(whole.first().map(|l| l.us), times.iter().min().copied());
            prop_assert_eq!(kept.last().map(|l| l.last().us), times.iter().max().copied());
            for t in &times {
                prop_assert!(whole.first_touching(*t, i64::MAX).is_some() && whole.last_touching(0, t + 1).is_some());
            }
        }
    }
}
