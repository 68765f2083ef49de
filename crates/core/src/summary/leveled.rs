//! A map that stays bounded without forgetting entries: with too many of them all keys go to a coarser level, so that what is
//! kept follows from what was added, whatever the order of lines and merges. No knowledge of what the entries mean.

use crate::summary::few::Few;
use std::borrow::Borrow;
use std::ops::Deref;

/// A key that has coarser forms.
pub trait Coarse: Ord + Sized {
    /// The coarsest level.
    const LAST: u8;
    /// Entries of a map before keys get coarser.
    const MOST: usize;
    /// The key at a level; `None` where nothing is kept any more. Coarser forms follow from finer ones: the form at level
    /// `b` of the form at level `a ≤ b` is the form at level `b`.
    fn at(self, level: u8) -> Option<Self>;
}

/// A value of which two become one, in any order and grouping.
pub trait Joined {
    /// Adds what another one holds.
    fn join(&mut self, other: Self);
}

/// Entries by key, at most `cap` of them before keys get coarser (the coarsest level is not cut).
#[derive(Clone, Debug, PartialEq)]
pub struct Leveled<K, V> {
    cap: u32,
    level: u8,
    map: Few<K, V>,
}

impl<K, V> Leveled<K, V> {
    /// An empty map.
    pub fn new(cap: usize) -> Self {
        Leveled {
            cap: u32::try_from(cap).unwrap_or(u32::MAX),
            level: 0,
            map: Few::default(),
        }
    }

    /// Entries before keys get coarser.
    pub(super) fn cap(&self) -> usize {
        self.cap as usize
    }

    /// How coarse keys are, 0 as they come.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Values, to be changed in place.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.map.values_mut()
    }
}

impl<K: Coarse, V> Default for Leveled<K, V> {
    fn default() -> Self {
        Leveled::new(K::MOST)
    }
}

impl<K: Coarse, V: Joined> Leveled<K, V> {
    /// Keeps the entries that `keep` names, which may change their values.
    pub(super) fn retain(&mut self, keep: impl FnMut(&K, &mut V) -> bool) {
        self.map.retain(keep);
    }

    /// Entries that were added elsewhere; `None` where the level is none.
    pub(super) fn of(
        (cap, level): (usize, u8),
        all: impl IntoIterator<Item = (K, V)>,
    ) -> Option<Self> {
        // keys know only the levels that there are
        if level > K::LAST {
            return None;
        }
        let mut made = Leveled {
            level,
            ..Leveled::new(cap)
        };
        all.into_iter().for_each(|(k, v)| made.put(k, v));
        made.bound();
        Some(made)
    }

    /// The value of a key as it is at the level; see [`Few::get_mut`].
    pub(super) fn held<Q: Ord + ?Sized>(
        &mut self,
        key: &Q,
        near: &mut (usize, usize),
    ) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.map.get_mut(key, near)
    }

    /// Adds one entry.
    pub fn add(&mut self, key: K, value: V) {
        self.put(key, value);
        self.bound();
    }

    /// Adds one entry to those of its key, without making a value where one is there.
    pub fn add_with(&mut self, key: K, make: impl FnOnce() -> V, change: impl FnOnce(&mut V)) {
        let Some(key) = key.at(self.level) else {
            return;
        };
        let mut new = false;
        let value = self.map.at_or(key, || {
            new = true;
            make()
        });
        match new {
            true => self.bound(),
            false => change(value),
        }
    }

    /// The same with other keys, which may fall together.
    pub(super) fn map_keys(self, mut key: impl FnMut(K) -> K) -> Self {
        let mut made = Leveled {
            map: Few::default(),
            ..self
        };
        self.map.into_iter().for_each(|(k, v)| made.put(key(k), v));
        made
    }

    fn put(&mut self, key: K, value: V) {
        let Some(key) = key.at(self.level) else {
            return;
        };
        self.map.put(key, value, V::join);
    }

    fn raise(&mut self, level: u8) {
        self.level = level;
        for (k, v) in std::mem::take(&mut self.map) {
            self.put(k, v);
        }
    }

    fn bound(&mut self) {
        while self.map.len() > self.cap() && self.level < K::LAST {
            self.raise(self.level + 1);
        }
    }

    /// Adds all entries of another map.
    pub fn merge(&mut self, other: Self) {
        if other.level > self.level {
            self.raise(other.level);
        }
        for (k, v) in other.map {
            self.put(k, v);
        }
        self.bound();
    }
}

impl<K, V> Deref for Leveled<K, V> {
    type Target = Few<K, V>;
    fn deref(&self) -> &Few<K, V> {
        &self.map
    }
}

impl<'a, K, V> IntoIterator for &'a Leveled<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = <&'a Few<K, V> as IntoIterator>::IntoIter;
    fn into_iter(self) -> Self::IntoIter {
        self.map.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Coarse for (u32, u32) {
        const LAST: u8 = 2;
        const MOST: usize = 6;
        fn at(self, level: u8) -> Option<Self> {
            match level {
                0 => Some(self),
                1 => Some((self.0, 0)),
                _ => None,
            }
        }
    }

    impl Joined for u64 {
        fn join(&mut self, other: u64) {
            *self += other;
        }
    }

    fn of(keys: &[(u32, u32)]) -> Leveled<(u32, u32), u64> {
        let mut m = Leveled::new(6);
        keys.iter().for_each(|k| m.add(*k, 1));
        m
    }

    #[test]
    fn keys_get_coarser_one_level_at_a_time() {
        let m = of(&[(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]);
        assert_eq!((m.level(), m.len()), (0, 6));
        let m = of(&[(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (1, 4)]);
        assert_eq!(
            m.into_iter().map(|(k, n)| (k.0, *n)).collect::<Vec<_>>(),
            [(1, 4), (2, 3)]
        );
        let m = of(&(0..7).map(|i| (i, 0)).collect::<Vec<_>>());
        assert_eq!((m.level(), m.len()), (2, 0));
    }

    #[test]
    fn a_level_that_there_is_not_is_refused() {
        let of = |level| Leveled::<i64, u64>::of((6, level), [(1, 1)]);
        assert!(of(5).is_some() && of(6).is_none() && of(90).is_none());
    }

    proptest! {
        #[test]
        fn merging_in_any_order_gives_the_same(
            keys in proptest::collection::vec((0u32..9, 0u32..3), 0..40), cut in any::<prop::sample::Index>(),
        ) {
            let (a, b) = keys.split_at(cut.index(keys.len() + 1));
            let (mut left, mut right) = (of(a), of(b));
            left.merge(of(b));
            right.merge(of(a));
            prop_assert_eq!(&left, &of(&keys));
            prop_assert_eq!(&right, &left);
        }
    }
}
