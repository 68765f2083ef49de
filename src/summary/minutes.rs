//! Minutes of an input in which it wrote: how many lines, how many errors, the first and the last line of each.
//! What the current block shows of a minute is gathered first, as places in the block; no line is judged here.

use super::fold::{Fold, Now};
use super::{Activity, Axis, Pos, Seen};
use std::collections::btree_map::Entry;
use std::ops::Range;

/// The lines of one minute that the current block has shown so far.
#[derive(Debug)]
pub(super) struct Recent {
    axis: Axis,
    minute: i64,
    n: u32,
    errors: u32,
    first: (i64, Pos, Range<usize>),
    last: (i64, Pos, Range<usize>),
}

impl Fold {
    /// Notes that there were `n` lines of now, `errors` of them errors, the first and the last one of which lie there.
    #[inline]
    pub(super) fn activity(
        &mut self,
        block: &[u8],
        (n, errors): (u32, u32),
        first: &(Pos, Range<usize>),
        last: &(Pos, Range<usize>),
    ) {
        let Now {
            axis, us, minute, ..
        } = self.now;
        if let Some(r) = &mut self.recent {
            if r.minute == minute && r.axis == axis {
                r.n += n;
                r.errors += errors;
                if us >= r.last.0 {
                    r.last = (us, last.0, last.1.clone());
                }
                if us < r.first.0 {
                    r.first = (us, first.0, first.1.clone());
                }
                return;
            }
            self.flush(block);
        }
        self.recent = Some(Recent {
            axis,
            minute,
            n,
            errors,
            first: (us, first.0, first.1.clone()),
            last: (us, last.0, last.1.clone()),
        });
    }

    /// Writes down what the current block has shown; must be called with each block before the next one.
    pub fn flush(&mut self, block: &[u8]) {
        for (i, axis) in [Axis::Utc, Axis::Wall].into_iter().enumerate() {
            if let Some(c) = &mut self.caches[i] {
                c.flush(self.part.track_mut(axis));
            }
        }
        let Some(r) = self.recent.take() else { return };
        let track = self.part.track_mut(r.axis);
        track.span = Some(match track.span {
            Some((a, b)) => (a.min(r.first.0), b.max(r.last.0)),
            None => (r.first.0, r.last.0),
        });
        let line = |x: &(i64, Pos, Range<usize>)| Seen::new(x.0, x.1, &block[x.2.clone()]);
        match track.activity.entry(r.minute) {
            Entry::Vacant(e) => {
                e.insert(Activity {
                    n: r.n,
                    errors: r.errors,
                    first: line(&r.first),
                    last: line(&r.last),
                });
            }
            Entry::Occupied(mut e) => {
                let c = e.get_mut();
                c.n = c.n.saturating_add(r.n);
                c.errors = c.errors.saturating_add(r.errors);
                if (r.first.0, r.first.1.offset) < c.first.order() {
                    c.first = line(&r.first);
                }
                if (r.last.0, r.last.1.offset) > c.last.order() {
                    c.last.set(r.last.0, r.last.1, &block[r.last.2.clone()]);
                }
            }
        }
    }
}
