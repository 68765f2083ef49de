//! Values of times that mostly come in order, of which the old ones are forgotten.

use std::collections::VecDeque;
use std::ops::RangeBounds;

/// A value for each time that has one, in order.
#[derive(Debug)]
pub(super) struct Recent<T>(VecDeque<(i64, T)>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Recent(VecDeque::new())
    }
}

impl<T: Default> Recent<T> {
    /// The value of a time, which is there from now on.
    pub fn at(&mut self, time: i64) -> &mut T {
        let place = match self.newest() {
            Some(newest) if newest == time => self.0.len() - 1,
            Some(newest) if newest > time => self.0.partition_point(|x| x.0 < time),
            _ => self.0.len(),
        };
        if self.0.get(place).is_none_or(|x| x.0 != time) {
            self.0.insert(place, (time, T::default()));
        }
        &mut self.0[place].1
    }

    /// The newest time.
    pub fn newest(&self) -> Option<i64> {
        self.0.back().map(|x| x.0)
    }

    /// How many times there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Times and their values, from the oldest on.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(i64, T)> + Clone {
        self.0.iter()
    }

    /// Those of times in a range.
    pub fn range(
        &self,
        times: impl RangeBounds<i64>,
    ) -> impl DoubleEndedIterator<Item = &(i64, T)> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let from = match times.start_bound() {
            Included(t) => self.0.partition_point(|x| x.0 < *t),
            Excluded(t) => self.0.partition_point(|x| x.0 <= *t),
            Unbounded => 0,
        };
        let to = match times.end_bound() {
            Included(t) => self.0.partition_point(|x| x.0 <= *t),
            Excluded(t) => self.0.partition_point(|x| x.0 < *t),
            Unbounded => self.0.len(),
        };
        self.0.range(from..to.max(from))
    }

    /// Forgets what is older than a time.
    pub fn forget_before(&mut self, time: i64) {
        while self.0.front().is_some_and(|x| x.0 < time) {
            self.0.pop_front();
        }
    }

    /// Forgets all but the newest.
    pub fn keep(&mut self, most: usize) {
        self.0.drain(..self.0.len().saturating_sub(most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_sorted_map(times in prop::collection::vec(-20i64..20, 0..60), (a, b) in (-25i64..25, 0i64..30), most in 0usize..40) {
            let (mut recent, mut map) = (Recent::<u32>::default(), BTreeMap::<i64, u32>::new());
            for t in times {
                *recent.at(t) += 1;
                *map.entry(t).or_default() += 1;
            }
            let of = |all: Vec<&(i64, u32)>| all.into_iter().copied().collect::<Vec<_>>();
            let same = |m: &BTreeMap<i64, u32>| m.iter().map(|(t, n)| (*t, *n)).collect::<Vec<_>>();
            prop_assert_eq!(of(recent.iter().collect()), same(&map));
            let within = map.range(a..=a + b).map(|(t, n)| (*t, *n)).collect::<Vec<_>>();
            prop_assert_eq!(of(recent.range(a..=a + b).collect()), within);
            recent.forget_before(a);
            map.retain(|t, _| *t >= a);
            recent.keep(most);
            while map.len() > most {
                map.pop_first();
            }
            prop_assert_eq!((recent.len(), recent.newest()), (map.len(), map.last_key_value().map(|x| *x.0)));
            prop_assert_eq!(of(recent.iter().collect()), same(&map));
        }
    }
}
