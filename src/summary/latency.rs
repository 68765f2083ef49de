//! How long requests took, in 64 log buckets per ten seconds: fine enough to date when answers become slow, whatever
//! turns out to be slow once all parts are merged. What counts as slow is not decided here.

use super::by_step::Count;
use super::{ByStep, touching};
use crate::time::SECOND;

/// Microseconds of one step.
const STEP: i64 = 10 * SECOND;

/// Requests of one latency bucket (see [`super::latency_bucket`]).
pub type OfBucket = (u8, Count);

/// Requests per latency bucket of each ten seconds; only buckets that have any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// Ten-second number → bucket and requests, by bucket.
    tens: ByStep<Vec<OfBucket>>,
}

impl Latencies {
    /// Adds the counts of one step.
    pub(crate) fn add(&mut self, ten: i64, counts: &[u32; 64]) {
        let some = (0u8..).zip(counts).filter(|(_, n)| **n > 0);
        let cell = self.tens.at(ten);
        if cell.is_empty() {
            cell.reserve_exact(some.clone().count());
            cell.extend(some.map(|(b, n)| (b, Count::from(*n))));
        } else {
            some.for_each(|(b, n)| put(cell, b, *n));
        }
    }

    /// Sums two of them.
    pub(crate) fn merge(&mut self, other: Latencies) {
        self.tens.merge(other.tens, |cell, counts| {
            counts.iter().for_each(|(b, n)| put(cell, *b, n.get()));
        });
    }

    /// Ten-second numbers and their buckets, in order.
    pub(super) fn tens(&self) -> impl Iterator<Item = (i64, &[OfBucket])> {
        self.tens.iter().map(|(t, c)| (t, &c[..]))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.tens.is_empty()
    }

    /// Steps that touch `[from, to)` microseconds: start of the step in microseconds, bucket and requests.
    pub fn within(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, &[OfBucket])> {
        self.tens
            .range(touching(STEP, from, to))
            .map(|(t, c)| (t * STEP, &c[..]))
    }
}

fn put(cell: &mut Vec<OfBucket>, bucket: u8, n: u32) {
    match cell.binary_search_by_key(&bucket, |c| c.0) {
        Ok(i) => cell[i].1.add(n),
        Err(i) => cell.insert(i, (bucket, n.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_add_up_in_any_order() {
        let (mut one, mut two) = ([0u32; 64], [0u32; 64]);
        (one[3], one[9], two[3], two[7]) = (2, 1, 5, 4);
        let (mut a, mut b) = (Latencies::default(), Latencies::default());
        a.add(6, &one);
        b.add(6, &two);
        let (mut x, mut y) = (a.clone(), b.clone());
        x.merge(b);
        y.merge(a);
        assert_eq!(x, y);
        let all: Vec<_> = x.within(60 * SECOND, 70 * SECOND).collect();
        let want = [(3, 7), (7, 4), (9, 1)].map(|(b, n)| (b, Count::from(n)));
        assert_eq!(all, [(60 * SECOND, &want[..])]);
        assert!(x.within(70 * SECOND, 90 * SECOND).next().is_none());
    }
}
