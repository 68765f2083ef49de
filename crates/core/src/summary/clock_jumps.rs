//! Where the wall clock of lines without a zone jumps: forward or back by half an hour or more from one line to the next.
//! Which of them is the end of summer time is decided when all lines are known; here they are only kept, so that they merge.

use coroner_lines::time::MINUTE;
use std::collections::BTreeMap;

/// Smaller jumps are disorder.
const JUMP: i64 = 30 * MINUTE;

/// Jumps that are kept, the first of the input. A file with more is not in the order of time.
const MOST: usize = 256;

/// First and last line without a zone of a stretch: byte offset and wall time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// The first.
    pub first: Option<(u64, i64)>,
    /// The last.
    pub last: Option<(u64, i64)>,
}

/// Byte offset of the line after a jump → wall times before and after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps(pub BTreeMap<u64, (i64, i64)>);

impl Steps {
    /// Takes the next line of a stretch.
    #[inline]
    pub fn see(&mut self, offset: u64, us: i64, ends: &mut Ends) {
        if let Some((_, before)) = ends.last {
            self.between(before, (offset, us));
        } else {
            ends.first = Some((offset, us));
        }
        ends.last = Some((offset, us));
    }

    #[inline]
    fn between(&mut self, before: i64, (offset, us): (u64, i64)) {
        if (us - before).abs() >= JUMP {
            self.add(offset, (before, us));
        }
    }

    #[cold]
    fn add(&mut self, offset: u64, jump: (i64, i64)) {
        self.0.insert(offset, jump);
        if self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    /// Joins the ends of two stretches that follow each other.
    pub(crate) fn join(&mut self, left: Ends, right: Ends) -> Ends {
        if let (Some((_, before)), Some(after)) = (left.last, right.first) {
            self.between(before, after);
        }
        Ends {
            first: left.first.or(right.first),
            last: right.last.or(left.last),
        }
    }

    /// Adds the jumps of other stretches.
    pub(crate) fn merge(&mut self, other: Steps) {
        for (offset, jump) in other.0 {
            self.add(offset, jump);
        }
    }

    /// Leaves out the lines of times that are not held: those around them are neighbours then.
    pub fn keep(&mut self, holds: &dyn Fn(i64) -> bool) {
        let mut left = None;
        for (offset, (before, after)) in std::mem::take(&mut self.0) {
            if holds(before) {
                left = Some(before);
            }
            if let Some(before) = left.filter(|_| holds(after)) {
                self.between(before, (offset, after));
            }
        }
    }

    /// Whether there are more than are kept, so that the order of lines is not that of time.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::time::HOUR;

    fn steps(walls: &[i64]) -> Steps {
        let (mut steps, mut ends) = (Steps::default(), Ends::default());
        let lines = walls.iter().zip(0..);
        lines.for_each(|(us, offset)| steps.see(offset, *us, &mut ends));
        steps
    }

    #[test]
    fn lines_that_are_left_out_leave_the_jumps_of_the_others() {
        let far = 700_000 * HOUR;
        // in the middle of a jump back, before anything, behind everything, several
        for odd in [
            &[9, 8, far, 7, 8][..],
            &[far, 9, 8, 7, 8],
            &[9, 8, 7, 8, far],
            &[9, far, far + 9, 8, -far, 7, 8],
        ] {
            let hours: Vec<i64> = odd
                .iter()
                .map(|h| if h.abs() < 10 { h * HOUR } else { *h })
                .collect();
            let plain: Vec<i64> = hours.iter().copied().filter(|us| us.abs() < far).collect();
            let mut kept = steps(&hours);
            kept.keep(&|us| us.abs() < far);
            assert!(kept.0.values().eq(steps(&plain).0.values()), "{odd:?}");
        }
    }
}
