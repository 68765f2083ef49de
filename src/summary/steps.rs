//! Where the wall clock of lines without a zone jumps: forward or back by half an hour or more from one line to the next.
//! Which of them is the end of summer time is decided when all lines are known; here they are only kept, so that they merge.

use crate::time::MINUTE;
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

    /// Whether there are more than are kept, so that the order of lines is not that of time.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }
}
