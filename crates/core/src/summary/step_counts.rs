//! Counts by the number of a step of time, in as few bytes as hold them: how far each step lies behind the one before it, and
//! its count. A step that holds nothing costs nothing, and one that does costs two to four bytes, in a busy second and in a
//! quiet year. What a step is, is known elsewhere.

mod chunk;
pub(super) mod digits;

use chunk::{CHUNK, Chunk, MOST_BYTES, ReadingPoint, behind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::Range;

/// Steps of a group: more than an hour of seconds.
const GROUP: i64 = 1 << 12;

/// Groups with a count, eight years of seconds, before the earliest are left out.
const GROUPS: u32 = 1 << 16;

/// Step number → count. Equal contents are equal, whatever the order in which they came. Counts saturate.
#[derive(Clone, Debug)]
pub struct CountByStep(CountForm);

/// Most logs of a line or two have no more than one count of a kind, which needs no list.
#[derive(Clone, Debug)]
enum CountForm {
    One(i64, u32),
    Many(StepChunks),
}

/// Any number of them.
#[derive(Clone, Debug, Default)]
struct StepChunks {
    /// In order, apart, none empty.
    list: Vec<Chunk>,
    /// Groups with a count.
    groups: u32,
}

fn group(step: i64) -> i64 {
    step.div_euclid(GROUP)
}

impl Default for CountByStep {
    fn default() -> Self {
        CountByStep(CountForm::Many(StepChunks::default()))
    }
}

impl CountByStep {
    /// Adds to the count of a step.
    #[inline]
    pub fn count(&mut self, step: i64, n: u32) {
        // most follow the last one closely
        let behind_last = match &mut self.0 {
            CountForm::Many(all) => all.list.last_mut().is_some_and(|c| {
                step > c.last
                    && group(step) == group(c.last)
                    && c.has_room()
                    && c.push_near(step, n)
            }),
            CountForm::One(..) => false,
        };
        if !behind_last {
            self.count_at_length(step, n);
        }
    }

    #[inline(never)]
    fn count_at_length(&mut self, step: i64, n: u32) {
        match &mut self.0 {
            CountForm::Many(all) if !all.list.is_empty() => all.count(step, n),
            CountForm::Many(_) => self.0 = CountForm::One(step, n),
            CountForm::One(only, sum) if *only == step => *sum = sum.saturating_add(n),
            CountForm::One(only, sum) => {
                let mut all = StepChunks {
                    list: vec![Chunk::new(*only, *sum)],
                    groups: 1,
                };
                all.count(step, n);
                self.0 = CountForm::Many(all);
            }
        }
    }

    /// Adds all counts of another.
    pub fn sum(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (_, CountForm::One(step, n)) => self.count(step, n),
            (CountForm::Many(mine), CountForm::Many(theirs)) => mine.sum(theirs),
            (CountForm::One(step, n), theirs) => {
                let (step, n) = (*step, *n);
                self.0 = theirs;
                self.count(step, n);
            }
        }
    }

    /// Whether steps may have been left out.
    pub(super) fn is_full(&self) -> bool {
        matches!(&self.0, CountForm::Many(all) if all.groups >= GROUPS)
    }

    fn only(&self) -> Option<(i64, u32)> {
        match self.0 {
            CountForm::One(step, n) => Some((step, n)),
            CountForm::Many(_) => None,
        }
    }

    fn chunks(&self) -> &[Chunk] {
        match &self.0 {
            CountForm::One(..) => &[],
            CountForm::Many(all) => &all.list,
        }
    }

    /// The count of a step.
    pub fn get(&self, step: i64) -> Option<u32> {
        if let Some((only, n)) = self.only() {
            return (only == step).then_some(n);
        }
        let next = self.chunks().partition_point(|c| c.first <= step);
        let c = self.chunks()[..next].last().filter(|c| step <= c.last)?;
        match c.place(step) {
            ReadingPoint::Held(_, n) => Some(n),
            ReadingPoint::Between(..) => None,
        }
    }

    /// How many steps there are at most.
    pub fn most(&self) -> usize {
        // a count and how far its step lies behind take a byte each at least
        let bytes: usize = self.chunks().iter().map(|c| c.bytes.len()).sum();
        bytes.div_ceil(2) + 1
    }

    /// Whether there is no count.
    pub fn is_empty(&self) -> bool {
        self.chunks().is_empty() && self.only().is_none()
    }

    /// Steps and their counts, in order.
    pub fn counts(&self) -> impl DoubleEndedIterator<Item = (i64, u32)> {
        let many = self.chunks().iter().flat_map(Chunk::entries);
        self.only().into_iter().chain(many)
    }

    /// Steps of a range and their counts, in order.
    pub fn range(&self, steps: Range<i64>) -> impl DoubleEndedIterator<Item = (i64, u32)> {
        let many = self.within(&steps).iter().flat_map(Chunk::entries);
        let all = self.only().into_iter().chain(many);
        all.filter(move |x| steps.contains(&x.0))
    }

    /// The sum of the counts of a range of steps.
    pub fn total(&self, steps: Range<i64>) -> u64 {
        let chunks = self.within(&steps);
        let whole = |c: &Chunk| steps.start <= c.first && c.last < steps.end;
        let of = |c: &Chunk| match whole(c) {
            true => c.sum(),
            false => {
                let inside = c.entries().filter(|x| steps.contains(&x.0));
                inside.map(|(_, n)| u64::from(n)).sum()
            }
        };
        let only = self.only().filter(|x| steps.contains(&x.0));
        only.map_or(0, |(_, n)| u64::from(n)) + chunks.iter().map(of).sum::<u64>()
    }

    /// The sum of all counts.
    pub fn sum_of_all(&self) -> u64 {
        let only = self.only().map_or(0, |(_, n)| u64::from(n));
        only + self.chunks().iter().map(Chunk::sum).sum::<u64>()
    }

    /// The chunks that have steps of a range.
    fn within(&self, steps: &Range<i64>) -> &[Chunk] {
        let chunks = self.chunks();
        let end = chunks.partition_point(|c| c.first < steps.end);
        let from = chunks.partition_point(|c| c.last < steps.start);
        &chunks[from.min(end)..end]
    }

    /// Keeps the steps that `keep` names.
    pub fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        *self = self.counts().filter(|x| keep(x.0)).collect();
    }
}

impl StepChunks {
    fn count(&mut self, step: i64, n: u32) {
        match self.list.last_mut() {
            Some(c) if step == c.last => c.add_to_last(n),
            Some(c) if step < c.last => self.count_within(step, n),
            _ => self.count_behind(step, n),
        }
    }

    fn count_behind(&mut self, step: i64, n: u32) {
        let last = self.list.last_mut();
        let known = last.as_ref().is_some_and(|c| group(c.last) == group(step));
        match last {
            Some(c) if c.has_room() => c.push(step, n),
            full => {
                let mut next = Chunk::new(step, n);
                if let Some(c) = full {
                    c.bytes.shrink_to_fit();
                    // what has filled one goes on
                    next.bytes.reserve_exact(CHUNK + MOST_BYTES);
                }
                super::step_list::make_room(&mut self.list, 1);
                self.list.push(next);
            }
        }
        if !known {
            self.grow(1);
        }
    }

    /// Adds to a step that lies before others.
    fn count_within(&mut self, step: i64, n: u32) {
        let next = self.list.partition_point(|c| c.first <= step);
        let follower = self.list.get(next).map(|c| c.first);
        let at = next.saturating_sub(1);
        let c = &mut self.list[at];
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
            self.list.splice(at..=at, halves);
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
            let Some(earliest) = self.list.first().map(|c| group(c.first)) else {
                return;
            };
            let whole = self.list.partition_point(|c| group(c.last) <= earliest);
            self.list.drain(..whole);
            if let Some(c) = self.list.first_mut() {
                let later = c.entries().filter(|x| group(x.0) > earliest);
                let entries: Vec<_> = later.collect();
                if let Some(rest) = Chunk::of(&entries) {
                    *c = rest;
                }
            }
            self.groups -= 1;
        }
    }

    /// Adds all counts of another.
    fn sum(&mut self, mut other: Self) {
        let last = |of: &Self| of.list.last().map(|c| c.last);
        let first = |of: &Self| of.list.first().map(|c| c.first);
        if last(&other) < first(self) {
            std::mem::swap(self, &mut other);
        }
        let last = last(self);
        // chunks that lie behind are added as they are
        let within = other.list.partition_point(|c| Some(c.first) <= last);
        let mut behind = other.list.split_off(within);
        let (mut groups, mut newest) = (other.groups, None);
        for (step, n) in other.list.iter().flat_map(Chunk::entries) {
            groups -= u32::from(newest.replace(group(step)) != Some(group(step)));
            self.count(step, n);
        }
        if let Some(next) = behind.first().map(|c| group(c.first)) {
            let last = self.list.last().map(|c| group(c.last));
            groups = groups + u32::from(newest == Some(next)) - u32::from(last == Some(next));
            self.list.append(&mut behind);
            self.grow(groups);
        }
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

    fn groups(of: &CountByStep) -> u32 {
        match &of.0 {
            CountForm::One(..) => 1,
            CountForm::Many(all) => all.groups,
        }
    }

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
            let held_groups: std::collections::BTreeSet<i64> = tree.keys().map(|s| group(*s)).collect();
            prop_assert_eq!(groups(&whole) as usize, held_groups.len());
            prop_assert!(whole.range(from..to).eq(held().filter(|x| (from..to).contains(&x.0))));
            let (mut a, b) = (of(&counts[..cut]), of(&counts[cut..]));
            let mut other = b.clone();
            other.sum(a.clone());
            a.sum(b);
            prop_assert_eq!((&a, groups(&a)), (&whole, groups(&whole)));
            prop_assert_eq!((&other, groups(&other)), (&whole, groups(&whole)));
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
