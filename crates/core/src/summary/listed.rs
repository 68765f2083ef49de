//! Entries in the order in which they came, found by the hash of their key. Where keys are too many they get coarser, level by
//! level, and entries of equal keys become one: which ones do follows from the keys alone, whatever their order.

use super::places::Places;
use super::{Joined, step_list};

/// A key that is found by its hash, and has coarser forms.
pub trait HashedKey: Ord {
    /// The coarsest level.
    const LAST: u8;
    /// The hash by which it is found.
    fn hash(&self) -> u64;
    /// The key at a level. The form at level `b` of the form at level `a ≤ b` is the form at level `b`.
    fn coarse(self, level: u8) -> Self;
}

/// Entries by key, at most `cap` of them before keys get coarser (the coarsest level is not cut).
#[derive(Clone, Debug)]
pub struct Listed<K, V> {
    /// How many there may be before keys get coarser.
    pub(super) cap: u32,
    /// How coarse keys are, 0 as they come.
    pub(super) level: u8,
    /// In the order of arrival.
    pub(super) list: Vec<(K, V)>,
    places: Places,
}

impl<K: Ord, V: PartialEq> PartialEq for Listed<K, V> {
    fn eq(&self, o: &Self) -> bool {
        self.level == o.level && self.sorted() == o.sorted()
    }
}

impl<K: Ord, V> Listed<K, V> {
    /// Entries by key.
    pub(super) fn sorted(&self) -> Vec<(&K, &V)> {
        let mut sorted: Vec<_> = self.list.iter().map(|(k, v)| (k, v)).collect();
        sorted.sort_unstable_by_key(|(k, _)| *k);
        sorted
    }
}

impl<K, V> Listed<K, V> {
    /// An empty list.
    pub fn new(cap: usize) -> Self {
        Listed {
            cap: u32::try_from(cap).unwrap_or(u32::MAX),
            level: 0,
            list: Vec::new(),
            places: Places::default(),
        }
    }

    /// The place of a key, by its hash and how it is known.
    pub(super) fn place(
        &self,
        hash: impl FnOnce() -> u64,
        is: impl Fn(&K) -> bool,
    ) -> Option<usize> {
        let is = |at: usize| is(&self.list[at].0);
        self.places.find(self.list.len(), hash, is)
    }
}

impl<K: HashedKey, V: Joined> Listed<K, V> {
    /// Entries that were counted elsewhere; `None` where the level is none.
    pub(super) fn of(
        (cap, level): (usize, u8),
        all: impl IntoIterator<Item = (K, V)>,
    ) -> Option<Self> {
        let mut made = Listed {
            level,
            ..Listed::new(cap)
        };
        all.into_iter()
            .for_each(|(k, v)| made.put(k.coarse(level), v));
        made.bound();
        (level <= K::LAST).then_some(made)
    }

    /// Adds an entry whose key is not there yet; gives its place.
    pub(super) fn push(&mut self, key: K, value: V) -> usize {
        step_list::make_room(&mut self.list, 1);
        self.list.push((key, value));
        let hash = |at: usize| self.list[at].0.hash();
        self.places.add(self.list.len(), hash);
        self.list.len() - 1
    }

    /// Adds an entry whose key is as coarse as it must be.
    pub(super) fn put(&mut self, key: K, value: V) {
        match self.place(|| key.hash(), |k| *k == key) {
            Some(at) => self.list[at].1.join(value),
            None => {
                self.push(key, value);
            }
        }
    }

    /// Takes all entries out, to be put in again.
    pub(super) fn take(&mut self) -> Vec<(K, V)> {
        self.places = Places::default();
        std::mem::take(&mut self.list)
    }

    /// Whether keys must get coarser.
    pub(super) fn is_over(&self) -> bool {
        self.list.len() > self.cap as usize && self.level < K::LAST
    }

    /// Makes keys coarser until there are not too many.
    pub(super) fn bound(&mut self) {
        while self.is_over() {
            self.raise(self.level + 1);
        }
    }

    fn raise(&mut self, level: u8) {
        self.level = level;
        let all = self.take();
        // as long as it was, where nothing becomes one
        self.list.reserve_exact(all.len());
        for (k, v) in all {
            self.put(k.coarse(level), v);
        }
        self.list.shrink_to(self.list.len() * 9 / 8);
    }

    /// Adds all entries of another list.
    pub fn merge(&mut self, o: Self) {
        if o.level > self.level {
            self.raise(o.level);
        }
        for (k, v) in o.list {
            self.put(k.coarse(self.level), v);
        }
        self.bound();
    }
}
