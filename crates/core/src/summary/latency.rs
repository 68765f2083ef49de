//! How long requests took, in 64 log buckets per ten seconds: fine enough to date when answers become slow, whatever
//! turns out to be slow once all parts are merged. What counts as slow is not decided here.

use super::step_counts::digits::{NumberWriter, number};
use super::{ByStep, touching};
use coroner_lines::time::SECOND;

/// Microseconds of one step.
const STEP: i64 = 10 * SECOND;

/// Requests per latency bucket (see [`super::latency_bucket`]) of each ten seconds; only buckets that have any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    /// By number of the ten seconds.
    tens: ByStep<Buckets>,
}

impl Latencies {
    /// Adds the counts of one step by bucket, in their order.
    pub(crate) fn add(&mut self, ten: i64, counts: impl Iterator<Item = (u8, u32)>) {
        self.tens.at_or(ten, Buckets::default).add(counts);
    }

    /// Sums two of them.
    pub(crate) fn merge(&mut self, other: Latencies) {
        self.tens
            .merge(other.tens, |cell, more| cell.add(more.iter()));
    }

    /// Keeps the ten seconds that `keep` names.
    pub(super) fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        self.tens.retain(|ten, _| keep(*ten));
    }

    /// Ten-second numbers and their buckets, in order.
    pub(super) fn tens(&self) -> impl Iterator<Item = (&i64, &Buckets)> {
        self.tens.iter()
    }

    /// Steps that touch `[from, to)` microseconds: start of the step in microseconds, buckets and requests.
    pub fn within(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, &Buckets)> {
        let steps = self.tens.range(touching(STEP, from, to));
        steps.map(|(ten, of)| (ten * STEP, of))
    }
}

/// Requests by latency bucket of one step, as bytes: a bucket, then its count in base 128 with the lowest digit first, in
/// which all digits but the last have the highest bit (LEB128). Most counts are a single digit, and there are many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets(BucketForm);

/// Lines that lie far apart have no more than one bucket each, which needs no list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum BucketForm {
    One(u8, u32),
    /// None, or two and more.
    Many(Box<[u8]>),
}

impl Default for Buckets {
    fn default() -> Self {
        Buckets(BucketForm::Many(Box::default()))
    }
}

impl Buckets {
    /// Adds requests by bucket, of which there are 64, in their order. Counts saturate.
    fn add(&mut self, more: impl Iterator<Item = (u8, u32)>) {
        if self.iter().next().is_none() {
            *self = written(more);
            return;
        }
        let mut sums = [0u32; 64];
        for (bucket, n) in self.iter().chain(more) {
            let sum = &mut sums[usize::from(bucket)];
            *sum = sum.saturating_add(n);
        }
        *self = written((0..).zip(sums));
    }

    /// Buckets and their requests, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u32)> {
        let (one, bytes) = match &self.0 {
            BucketForm::One(bucket, n) => (Some((*bucket, *n)), &[][..]),
            BucketForm::Many(bytes) => (None, &bytes[..]),
        };
        let mut at = 0;
        let many = std::iter::from_fn(move || {
            let bucket = *bytes.get(at)?;
            at += 1;
            Some((bucket, number(bytes, &mut at) as u32))
        });
        one.into_iter().chain(many)
    }
}

/// The buckets that have any.
fn written(all: impl Iterator<Item = (u8, u32)>) -> Buckets {
    let mut all = all.filter(|x| x.1 > 0);
    let (first, second) = (all.next(), all.next());
    if let (Some((bucket, n)), None) = (first, second) {
        return Buckets(BucketForm::One(bucket, n));
    }
    let mut bytes = Vec::with_capacity(64);
    for (bucket, n) in first.into_iter().chain(second).chain(all) {
        bytes.push(bucket);
        bytes.extend_from_slice(NumberWriter::of(&[u64::from(n)]).bytes());
    }
    Buckets(BucketForm::Many(bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_add_up_in_any_order() {
        let (mut a, mut b) = (Latencies::default(), Latencies::default());
        a.add(6, [(3, 2), (9, 1)].into_iter());
        b.add(6, [(3, 5), (7, 4)].into_iter());
        let (mut x, mut y) = (a.clone(), b.clone());
        x.merge(b);
        y.merge(a);
        assert_eq!(x, y);
        let mut all = x.within(60 * SECOND, 70 * SECOND);
        let (start, buckets) = all.next().unwrap();
        assert_eq!(start, 60 * SECOND);
        assert_eq!(buckets.iter().collect::<Vec<_>>(), [(3, 7), (7, 4), (9, 1)]);
        assert!(all.next().is_none());
        assert!(x.within(70 * SECOND, 90 * SECOND).next().is_none());
    }

    #[test]
    fn one_bucket_takes_no_more_room_than_the_place_of_a_list() {
        assert_eq!(size_of::<Buckets>(), size_of::<Box<[u8]>>());
        let one = written([(2, 0), (9, 7)].into_iter());
        assert_eq!(one.0, BucketForm::One(9, 7));
        assert!(one.iter().eq([(9, 7)]) && Buckets::default().iter().next().is_none());
    }

    proptest! {
        #[test]
        fn counts_of_any_size_come_back(
            one in proptest::array::uniform32(any::<u32>()), more in proptest::array::uniform32(0u32..300),
        ) {
            let mut buckets = Buckets::default();
            buckets.add((0..).zip(one));
            buckets.add((0..).zip(more));
            let sums = one.iter().zip(more).map(|(a, b)| a.saturating_add(b));
            let want: Vec<(u8, u32)> = (0..).zip(sums).filter(|x| x.1 > 0).collect();
            prop_assert_eq!(buckets.iter().collect::<Vec<_>>(), want);
        }
    }
}
