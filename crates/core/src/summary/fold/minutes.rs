//! Minutes of an input in which it wrote, and seconds in which requests failed: how many lines, the first and the last one.
//! What the current block shows of them is gathered first, as places in the block; no line is judged here.

use crate::summary::fold::{Fold, Now};
use crate::summary::{Activity, Axis, CitableLine, FirstLast, LineAt, Pos};
use coroner_lines::time::SECOND;
use std::ops::Range;

/// The lines of one minute that the current block has shown so far.
#[derive(Debug)]
pub(in crate::summary) struct Recent {
    axis: Axis,
    minute: i64,
    n: u32,
    errors: u32,
    first: BlockLine,
    last: BlockLine,
}

/// The failed requests of one second that the current block has shown so far: most of their lines are neither the first nor
/// the last of the second, and need not be kept.
#[derive(Debug)]
pub(in crate::summary) struct Failing {
    axis: Axis,
    second: i64,
    n: u32,
    first: BlockLine,
    last: BlockLine,
}

/// A line of the current block.
#[derive(Clone, Debug)]
struct BlockLine {
    us: i64,
    pos: Pos,
    range: Range<usize>,
    /// Whether it can be read again.
    again: bool,
}

impl BlockLine {
    fn order(&self) -> (i64, u64) {
        (self.us, self.pos.offset)
    }

    #[inline(always)]
    fn new(us: i64, (pos, range): &(Pos, Range<usize>), again: bool) -> Self {
        BlockLine {
            us,
            pos: *pos,
            range: range.clone(),
            again,
        }
    }

    fn kept(&self, block: &[u8]) -> CitableLine {
        let line = &block[self.range.clone()];
        CitableLine::new(self.us, self.pos, line, self.again)
    }
}

impl Fold {
    /// Notes a failed request of now.
    pub(in crate::summary) fn note_failed(&mut self, at: LineAt<'_>) {
        let Now { axis, us, .. } = self.now;
        let second = us.div_euclid(SECOND);
        let again = self.scratch.again && at.lead == 0;
        let here = BlockLine::new(us, &(at.pos, at.start..at.end), again);
        // two seconds may wait, since those of requests that are counted when they ended take turns
        let side = second as usize % self.failing.len();
        match &mut self.failing[side] {
            Some(f) if f.second == second && f.axis == axis => {
                f.n = f.n.saturating_add(1);
                if here.order() < f.first.order() {
                    f.first = here;
                } else if here.order() > f.last.order() {
                    f.last = here;
                }
            }
            _ => {
                self.flush_failing(at.block, side);
                self.failing[side] = Some(Failing {
                    axis,
                    second,
                    n: 1,
                    first: here.clone(),
                    last: here,
                });
            }
        }
    }

    fn flush_failing(&mut self, block: &[u8], side: usize) {
        let Some(f) = self.failing[side].take() else {
            return;
        };
        let last = (f.last.order() > f.first.order()).then(|| f.last.kept(block));
        let lines = FirstLast::new(f.first.kept(block), last);
        let requests = &mut self.part.track_mut(f.axis).requests;
        requests.failed.add(f.second, f.n, Some(lines));
    }

    /// Notes a line of now, which may be an error.
    #[inline(always)]
    pub(in crate::summary) fn line_of_now(&mut self, at: LineAt<'_>, error: bool) {
        let here = (at.pos, at.start..at.end);
        self.activity(at.block, (1, u32::from(error)), at.lead == 0, &here, &here);
    }

    /// Notes that there were `n` lines of now, `errors` of them errors, the first and the last one of which lie there; `whole`: and
    /// begin there.
    #[inline(always)]
    pub(in crate::summary) fn activity(
        &mut self,
        block: &[u8],
        (n, errors): (u32, u32),
        whole: bool,
        first: &(Pos, Range<usize>),
        last: &(Pos, Range<usize>),
    ) {
        let Now {
            axis, us, minute, ..
        } = self.now;
        if let Some(r) = &mut self.recent
            && r.minute == minute
            && r.axis == axis
        {
            r.n += n;
            r.errors += errors;
            let again = self.scratch.again && whole;
            if us >= r.last.us {
                r.last = BlockLine::new(us, last, again);
            }
            if us < r.first.us {
                r.first = BlockLine::new(us, first, again);
            }
            return;
        }
        self.another_minute(block, (n, errors), whole, first, last);
    }

    /// The same for the first lines of a minute.
    #[inline(never)]
    fn another_minute(
        &mut self,
        block: &[u8],
        (n, errors): (u32, u32),
        whole: bool,
        first: &(Pos, Range<usize>),
        last: &(Pos, Range<usize>),
    ) {
        let Now {
            axis, us, minute, ..
        } = self.now;
        let again = self.scratch.again && whole;
        self.flush_minute(block);
        self.recent = Some(Recent {
            axis,
            minute,
            n,
            errors,
            first: BlockLine::new(us, first, again),
            last: BlockLine::new(us, last, again),
        });
    }

    /// Writes the counts of both axes that wait, after the last block: they hold no place in it.
    pub(in crate::summary) fn flush_counts(&mut self) {
        for (i, axis) in [Axis::Utc, Axis::Wall].into_iter().enumerate() {
            if let Some(c) = &mut self.caches[i] {
                c.flush(self.part.track_mut(axis));
            }
        }
    }

    /// Writes down what the current block has shown; must be called with each block before the next one.
    pub fn flush(&mut self, block: &[u8]) {
        for side in 0..self.failing.len() {
            // nothing is moved where nothing failed
            if self.failing[side].is_some() {
                self.flush_failing(block, side);
            }
        }
        self.flush_minute(block);
    }

    fn flush_minute(&mut self, block: &[u8]) {
        let Some(r) = &self.recent else { return };
        let track = self.part.track_mut(r.axis);
        track.reaches((r.first.us, r.last.us));
        let new = || {
            let two = r.last.pos != r.first.pos && r.last.order() > r.first.order();
            let last = two.then(|| r.last.kept(block));
            Activity {
                n: r.n,
                errors: r.errors,
                lines: FirstLast::new(r.first.kept(block), last),
            }
        };
        track.activity.add_with(r.minute, new, |c| {
            c.n = c.n.saturating_add(r.n);
            c.errors = c.errors.saturating_add(r.errors);
            if r.first.order() < c.lines.first.order() {
                c.lines.meet(r.first.kept(block));
            }
            if r.last.order() > c.lines.last().order() {
                c.lines.meet(r.last.kept(block));
            }
        });
        self.recent = None;
    }
}
