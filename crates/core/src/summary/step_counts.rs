//! Counts by the number of a step of time, in as few bytes as tell them: how far each step lies behind the one before it, and
//! its count. A step that holds nothing costs nothing, and one that does costs two to four bytes, in a busy second and in a
//! quiet year. What a step is, is known elsewhere.

mod digits;

use digits::{NumberWriter, number, number_before};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes from which a chunk takes no more steps at its end: so many are read for one that is asked for.
const CHUNK: usize = 256;

/// Steps of a group: more than an hour of seconds.
const GROUP: i64 = 1 << 12;

/// Groups with a count, eight years of seconds, before the earliest are left out.
const GROUPS: u32 = 1 << 16;

/// Step number → count. Equal contents are equal, whatever the order in which they came. Counts saturate.
#[derive(Clone, Debug, Default)]
pub struct CountByStep {
    /// In order, apart, none empty.
    chunks: Vec<Chunk>,
    /// Groups with a count.
    groups: u32,
}

/// Steps that follow each other: the count of the first, then how far the next one lies behind it, its count, and so on, each
/// in base 128 with the lowest digit first, in which all digits but the last have the highest bit (LEB128).
#[derive(Clone, Debug)]
struct Chunk {
    first: i64,
    last: i64,
    bytes: Vec<u8>,
}

/// How far a step lies behind another, which may be a whole calendar.
fn behind(step: i64, before: i64) -> u64 {
    step.wrapping_sub(before) as u64
}

fn group(step: i64) -> i64 {
    step.div_euclid(GROUP)
}

/// Where a step lies in a chunk.
enum ReadingPoint {
    /// Where its count is written, and the count.
    Held(Range<usize>, u32),
    /// The steps around it, and where it is written how far they lie apart.
    Between(i64, Range<usize>, i64),
}

impl Chunk {
    fn new(step: i64, n: u32) -> Chunk {
        Chunk {
            first: step,
            last: step,
            bytes: NumberWriter::of(&[u64::from(n)]).bytes().to_vec(),
        }
    }

    fn of(entries: &[(i64, u32)]) -> Option<Chunk> {
        let (first, rest) = entries.split_first()?;
        let mut made = Chunk::new(first.0, first.1);
        rest.iter().for_each(|(step, n)| made.push(*step, *n));
        Some(made)
    }

    /// Adds a step behind all others.
    fn push(&mut self, step: i64, n: u32) {
        let apart = behind(step, self.last);
        self.last = step;
        if apart < 128 && n < 128 {
            // most of them
            return self.put(&[apart as u8, n as u8]);
        }
        self.put(NumberWriter::of(&[apart, u64::from(n)]).bytes());
    }

    #[inline]
    fn put(&mut self, new: &[u8]) {
        if self.bytes.capacity() - self.bytes.len() < new.len() {
            let more = new.len().max(self.bytes.len() / 2);
            self.bytes.reserve_exact(more);
        }
        self.bytes.extend_from_slice(new);
    }

    /// Adds to the last count.
    fn add_to_last(&mut self, n: u32) {
        let mut before = &self.bytes[..];
        let last = number_before(&mut before).unwrap_or_default() as u32;
        let (kept, sum) = (before.len(), last.saturating_add(n));
        self.bytes.truncate(kept);
        self.bytes
            .extend_from_slice(NumberWriter::of(&[u64::from(sum)]).bytes());
    }

    /// The place of a step that lies neither before nor behind all of them.
    fn place(&self, step: i64) -> ReadingPoint {
        let (mut at, mut here) = (0, self.first);
        loop {
            let from = at;
            let n = number(&self.bytes, &mut at) as u32;
            if here >= step {
                return ReadingPoint::Held(from..at, n);
            }
            let from = at;
            let next = here.wrapping_add(number(&self.bytes, &mut at) as i64);
            if next > step {
                return ReadingPoint::Between(here, from..at, next);
            }
            here = next;
        }
    }

    /// Writes other numbers in place of some.
    fn write(&mut self, place: Range<usize>, numbers: &[u64]) {
        let new = NumberWriter::of(numbers);
        self.bytes.splice(place, new.bytes().iter().copied());
    }

    fn entries(&self) -> StepsLeft<'_> {
        StepsLeft {
            bytes: &self.bytes,
            first: self.first,
            last: self.last,
        }
    }
}

/// The steps of a chunk that are left, read where they are written.
struct StepsLeft<'c> {
    bytes: &'c [u8],
    first: i64,
    last: i64,
}

impl Iterator for StepsLeft<'_> {
    type Item = (i64, u32);

    fn next(&mut self) -> Option<(i64, u32)> {
        let mut at = 0;
        let n = (!self.bytes.is_empty()).then(|| number(self.bytes, &mut at))?;
        let step = self.first;
        if at < self.bytes.len() {
            self.first = step.wrapping_add(number(self.bytes, &mut at) as i64);
        }
        self.bytes = &self.bytes[at..];
        Some((step, n as u32))
    }
}

impl DoubleEndedIterator for StepsLeft<'_> {
    fn next_back(&mut self) -> Option<(i64, u32)> {
        let n = number_before(&mut self.bytes)?;
        let step = self.last;
        if let Some(apart) = number_before(&mut self.bytes) {
            self.last = step.wrapping_sub(apart as i64);
        }
        Some((step, n as u32))
    }
}

impl CountByStep {
    /// Adds to the count of a step.
    #[inline]
    pub fn count(&mut self, step: i64, n: u32) {
        match self.chunks.last_mut() {
            Some(c) if step == c.last => c.add_to_last(n),
            Some(c) if step < c.last => self.count_within(step, n),
            _ => self.count_behind(step, n),
        }
    }

    fn count_behind(&mut self, step: i64, n: u32) {
        let last = self.chunks.last_mut();
        let known = last.as_ref().is_some_and(|c| group(c.last) == group(step));
        match last {
            Some(c) if c.bytes.len() < CHUNK => c.push(step, n),
            full => {
                full.into_iter().for_each(|c| c.bytes.shrink_to_fit());
                super::step_list::make_room(&mut self.chunks, 1);
                self.chunks.push(Chunk::new(step, n));
            }
        }
        self.grow(u32::from(!known));
    }

    /// Adds to a step that lies before others.
    fn count_within(&mut self, step: i64, n: u32) {
        let next = self.chunks.partition_point(|c| c.first <= step);
        let follower = self.chunks.get(next).map(|c| c.first);
        let at = next.saturating_sub(1);
        let c = &mut self.chunks[at];
        let (before, after) = if next == 0 {
            let first = std::mem::replace(&mut c.first, step);
            c.write(0..0, &[u64::from(n), behind(first, step)]);
            (None, Some(first))
        } else if step > c.last {
            let last = c.last;
            c.push(step, n);
            (Some(last), follower)
        } else {
            match c.place(step) {
                ReadingPoint::Held(place, old) => {
                    return c.write(place, &[u64::from(old.saturating_add(n))]);
                }
                ReadingPoint::Between(before, place, after) => {
                    let apart = [behind(step, before), u64::from(n), behind(after, step)];
                    c.write(place, &apart);
                    (Some(before), Some(after))
                }
            }
        };
        if c.bytes.len() > 2 * CHUNK {
            let entries: Vec<_> = c.entries().collect();
            let (left, right) = entries.split_at(entries.len() / 2);
            let halves = [left, right].into_iter().filter_map(Chunk::of);
            self.chunks.splice(at..=at, halves);
        }
        let near = [before, after].into_iter().flatten();
        let known = near.map(group).any(|g| g == group(step));
        self.grow(u32::from(!known));
    }

    /// There are more groups: leaves out the earliest of too many. What is left follows from all steps, whatever the order in
    /// which they came.
    fn grow(&mut self, more: u32) {
        self.groups += more;
        while self.groups > GROUPS {
            let Some(earliest) = self.chunks.first().map(|c| group(c.first)) else {
                return;
            };
            let whole = self.chunks.partition_point(|c| group(c.last) <= earliest);
            self.chunks.drain(..whole);
            if let Some(c) = self.chunks.first_mut() {
                let later = c.entries().filter(|x| group(x.0) > earliest);
                let entries: Vec<_> = later.collect();
                if let Some(rest) = Chunk::of(&entries) {
                    *c = rest;
                }
            }
            self.groups -= 1;
        }
    }

    /// Whether steps may have been left out.
    pub(super) fn is_full(&self) -> bool {
        self.groups >= GROUPS
    }

    /// Adds all counts of another.
    pub fn sum(&mut self, mut other: Self) {
        let last = |of: &Self| of.chunks.last().map(|c| c.last);
        let first = |of: &Self| of.chunks.first().map(|c| c.first);
        if last(&other) < first(self) {
            std::mem::swap(self, &mut other);
        }
        match (last(self), first(&other)) {
            (_, None) => {}
            (None, _) => *self = other,
            (Some(last), Some(first)) if last < first => {
                self.chunks.append(&mut other.chunks);
                self.grow(other.groups - u32::from(group(last) == group(first)));
            }
            _ => other.counts().for_each(|(step, n)| self.count(step, n)),
        }
    }

    /// The count of a step.
    pub fn get(&self, step: i64) -> Option<u32> {
        let next = self.chunks.partition_point(|c| c.first <= step);
        let c = self.chunks[..next].last().filter(|c| step <= c.last)?;
        match c.place(step) {
            ReadingPoint::Held(_, n) => Some(n),
            ReadingPoint::Between(..) => None,
        }
    }

    /// Whether there is no count.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Steps and their counts, in order.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = (i64, u32)> {
        self.chunks.iter().flat_map(Chunk::entries)
    }

    /// Steps of a range and their counts, in order.
    pub fn range(&self, steps: Range<i64>) -> impl DoubleEndedIterator<Item = (i64, u32)> {
        let end = self.chunks.partition_point(|c| c.first < steps.end);
        let from = self.chunks.partition_point(|c| c.last < steps.start);
        let chunks = &self.chunks[from.min(end)..end];
        let all = chunks.iter().flat_map(Chunk::entries);
        all.filter(move |x| steps.contains(&x.0))
    }

    /// The sum of the counts of a range of steps.
    pub fn total(&self, steps: Range<i64>) -> u64 {
        self.range(steps).map(|(_, n)| u64::from(n)).sum()
    }

    /// Keeps the steps that `keep` names.
    pub fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        *self = self.counts().filter(|x| keep(x.0)).collect();
    }
}

impl PartialEq for CountByStep {
    fn eq(&self, o: &Self) -> bool {
        self.counts().eq(o.counts())
    }
}

impl Eq for CountByStep {}

/// Counts of one step are added up.
impl FromIterator<(i64, u32)> for CountByStep {
    fn from_iter<I: IntoIterator<Item = (i64, u32)>>(all: I) -> Self {
        let mut made = CountByStep::default();
        all.into_iter().for_each(|(step, n)| made.count(step, n));
        made
    }
}

/// Written as a map.
impl Serialize for CountByStep {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.counts())
    }
}

impl<'d> Deserialize<'d> for CountByStep {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_range_that_ends_before_it_begins_is_empty() {
        let all: CountByStep = [(3, 1u32), (700, 2)].into_iter().collect();
        let (late, early) = (700, 3);
        assert_eq!(all.range(late..early).count(), 0);
        assert_eq!(all.range(3..3).count(), 0);
        assert!(all.range(-5..i64::MAX).eq([(3, 1), (700, 2)]));
        assert!(all.range(i64::MIN..700).eq([(3, 1)]));
    }

    #[test]
    fn the_latest_groups_stay_whatever_the_order() {
        let all: Vec<(i64, u32)> = (0..i64::from(GROUPS) + 9).map(|g| (g * GROUP, 1)).collect();
        let ahead: CountByStep = all.iter().copied().collect();
        let back: CountByStep = all.iter().rev().copied().collect();
        let (a, b) = all.split_at(all.len() / 3);
        let mut parts: CountByStep = b.iter().copied().collect();
        parts.sum(a.iter().copied().collect());
        assert!(ahead.is_full() && ahead.counts().eq(all[9..].iter().copied()));
        assert!(back == ahead && parts == ahead);
    }

    proptest! {
        #[test]
        fn it_holds_what_a_tree_holds(
            counts in proptest::collection::vec((prop_oneof![-700i64..700, any::<i64>()], prop_oneof![1u32..9, any::<u32>()]), 0..700),
            cut in 0usize..700, (from, to) in (-800i64..800, -800i64..800),
        ) {
            let cut = cut.min(counts.len());
            let mut tree: BTreeMap<i64, u32> = BTreeMap::new();
            for (s, n) in &counts {
                let sum = tree.entry(*s).or_default();
                *sum = sum.saturating_add(*n);
            }
            let held = || tree.iter().map(|(s, n)| (*s, *n));
            let of = |some: &[(i64, u32)]| some.iter().copied().collect::<CountByStep>();
            let whole = of(&counts);
            prop_assert!(whole.counts().eq(held()));
            prop_assert!(whole.counts().rev().eq(held().rev()));
            prop_assert_eq!(whole.get(from), tree.get(&from).copied());
            prop_assert!(tree.iter().all(|(s, n)| whole.get(*s) == Some(*n)));
            prop_assert_eq!(whole.is_empty(), tree.is_empty());
            let groups: std::collections::BTreeSet<i64> = tree.keys().map(|s| group(*s)).collect();
            prop_assert_eq!(whole.groups as usize, groups.len());
            prop_assert!(whole.range(from..to).eq(held().filter(|x| (from..to).contains(&x.0))));
            let (mut a, b) = (of(&counts[..cut]), of(&counts[cut..]));
            let mut other = b.clone();
            other.sum(a.clone());
            a.sum(b);
            prop_assert_eq!((&a, a.groups), (&whole, whole.groups));
            prop_assert_eq!((&other, other.groups), (&whole, whole.groups));
            let mut sorted = counts.clone();
            sorted.sort_unstable();
            prop_assert_eq!(&of(&sorted), &whole);
            let written = serde_json::to_string(&whole).expect("integers are written");
            prop_assert_eq!(&written, &serde_json::to_string(&tree).expect("integers are written"));
            let read: CountByStep = serde_json::from_str(&written).expect("what was written is read");
            prop_assert_eq!(&read, &whole);
            let mut some = whole.clone();
            some.retain(|s| s % 2 == 0);
            prop_assert!(some.counts().eq(held().filter(|x| x.0 % 2 == 0)));
        }
    }
}
