//! A sorted map that takes little room while it holds little, and in which what comes in order is found and added at the end: its
//! entries lie in sorted lists, most often in one of just their number. There may be 100,000 inputs of a line, each with a dozen
//! of such maps, and one of a line in each of 100,000 minutes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter::{Flatten, Map};
use std::ops::{Bound, RangeBounds};
use std::slice;

/// Entries of a list, of which more go to another one.
const LIST: usize = 32;

/// Entries for which there is room for no more than there are.
const TIGHT: usize = 4;

/// Entries, sorted by key.
type List<K, V> = Vec<(K, V)>;

/// Keys and values, sorted by key.
#[derive(Clone, Debug)]
pub struct Few<K, V>(Entries<K, V>);

#[derive(Clone, Debug)]
enum Entries<K, V> {
    List(List<K, V>),
    /// As large as the one list, which most of them are.
    Lists(Box<Lists<K, V>>),
}

#[derive(Clone, Debug)]
struct Lists<K, V> {
    /// In order; there is one, and none is empty.
    all: Vec<List<K, V>>,
    len: usize,
}

impl<K, V> Default for Few<K, V> {
    fn default() -> Self {
        Few(Entries::List(Vec::new()))
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Few<K, V> {
    fn eq(&self, o: &Self) -> bool {
        self.len() == o.len() && self.iter().eq(o.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Few<K, V> {}

type Of<'a, K, V> = Map<Flatten<slice::Iter<'a, List<K, V>>>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

/// Where a key lies in a list, or would: most often at its end.
fn place<K: Borrow<Q>, V, Q: Ord + ?Sized>(list: &[(K, V)], key: &Q) -> Result<usize, usize> {
    match list.last().map(|x| x.0.borrow().cmp(key)) {
        Some(Ordering::Greater) => list.binary_search_by(|x| x.0.borrow().cmp(key)),
        Some(Ordering::Equal) => Ok(list.len() - 1),
        Some(Ordering::Less) | None => Err(list.len()),
    }
}

fn entry<K, V>(x: &(K, V)) -> (&K, &V) {
    (&x.0, &x.1)
}

impl<K, V> Few<K, V> {
    fn lists(&self) -> &[List<K, V>] {
        match &self.0 {
            Entries::List(list) => slice::from_ref(list),
            Entries::Lists(lists) => &lists.all,
        }
    }

    fn lists_mut(&mut self) -> &mut [List<K, V>] {
        match &mut self.0 {
            Entries::List(list) => slice::from_mut(list),
            Entries::Lists(lists) => &mut lists.all,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Entries::List(list) => list.len(),
            Entries::Lists(lists) => lists.len,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> Of<'_, K, V> {
        self.lists().iter().flatten().map(entry as fn(_) -> _)
    }

    /// Keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.lists().iter().flatten().map(|x| &x.0)
    }

    /// Values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.lists().iter().flatten().map(|x| &x.1)
    }

    /// Values, in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.lists_mut().iter_mut().flatten().map(|x| &mut x.1)
    }
}

impl<K: Ord, V> Few<K, V> {
    /// The list of a key, and where it lies there, or would.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> (usize, Result<usize, usize>)
    where
        K: Borrow<Q>,
    {
        let begins = |l: &List<K, V>| l.first().is_some_and(|x| x.0.borrow() <= key);
        let lists = self.lists();
        let list = match lists.last().is_some_and(begins) {
            true => lists.len() - 1,
            false => lists.partition_point(begins).saturating_sub(1),
        };
        (list, place(&lists[list], key))
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (list, at) = self.place(key);
        Some(&self.lists()[list][at.ok()?].1)
    }

    /// The value of a key, to be changed. It may lie at a place, which becomes that where it lies.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q, near: &mut (usize, usize)) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let there = self.lists().get(near.0).and_then(|l| l.get(near.1));
        if there.is_none_or(|x| x.0.borrow() != key) {
            let (list, at) = self.place(key);
            *near = (list, at.ok()?);
        }
        Some(&mut self.lists_mut()[near.0][near.1].1)
    }

    /// The value of a key, which is made where there is none.
    pub fn at_or(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        let takes = |last: &List<K, V>| last.len() < LIST && last.last().is_some_and(|x| x.0 < key);
        let (list, at) = match &mut self.0 {
            // most come in order
            Entries::Lists(lists) if lists.all.last().is_some_and(takes) => {
                let list = lists.all.len() - 1;
                lists.len += 1;
                lists.all[list].push((key, new()));
                (list, lists.all[list].len() - 1)
            }
            _ => match self.place(&key) {
                (list, Ok(at)) => (list, at),
                (list, Err(at)) => self.insert((list, at), (key, new())),
            },
        };
        &mut self.lists_mut()[list][at].1
    }

    /// Puts an entry into a list, or where that is full into another one; gives its place.
    fn insert(&mut self, (mut list, mut at): (usize, usize), new: (K, V)) -> (usize, usize) {
        if let Entries::List(one) = &mut self.0
            && one.len() == LIST
        {
            let all = vec![std::mem::take(one)];
            self.0 = Entries::Lists(Box::new(Lists { all, len: LIST }));
        }
        let to = match &mut self.0 {
            Entries::List(one) => {
                one.reserve_exact(usize::from(one.len() < TIGHT));
                one
            }
            Entries::Lists(lists) => {
                lists.len += 1;
                if lists.all[list].len() == LIST {
                    // what comes in order fills whole lists
                    let ends = at == LIST && list + 1 == lists.all.len();
                    let half = if ends { LIST } else { LIST / 2 };
                    let mut behind = Vec::with_capacity(LIST);
                    behind.extend(lists.all[list].drain(half..));
                    lists.all.insert(list + 1, behind);
                    if at >= half {
                        (list, at) = (list + 1, at - half);
                    }
                }
                &mut lists.all[list]
            }
        };
        to.insert(at, new);
        (list, at)
    }

    /// Entries of some keys, in order.
    pub fn range(
        &self,
        keys: impl RangeBounds<K> + Clone,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)>
    where
        K: Copy,
    {
        let (start, end) = (keys.start_bound().cloned(), keys.end_bound().cloned());
        let before = move |x: &(K, V)| match start {
            Bound::Included(a) => x.0 < a,
            Bound::Excluded(a) => x.0 <= a,
            Bound::Unbounded => false,
        };
        let until = move |x: &(K, V)| match end {
            Bound::Included(b) => x.0 <= b,
            Bound::Excluded(b) => x.0 < b,
            Bound::Unbounded => true,
        };
        let lists = self.lists();
        let from = lists.partition_point(|l| l.last().is_none_or(before));
        let to = lists.partition_point(|l| l.first().is_some_and(until));
        let some = lists[from.min(to)..to].iter().flat_map(move |l| {
            let inside = l.partition_point(before)..l.partition_point(until);
            // a range that ends before it begins has none
            l.get(inside).unwrap_or_default()
        });
        some.map(entry)
    }

    /// Puts a value to a key; `join` adds it to the one that is there.
    pub fn put(&mut self, key: K, value: V, join: impl FnOnce(&mut V, V)) {
        match self.place(&key) {
            (list, Ok(at)) => join(&mut self.lists_mut()[list][at].1, value),
            (list, Err(at)) => {
                self.insert((list, at), (key, value));
            }
        }
    }

    /// Joins the values of another, key by key.
    pub fn merge(&mut self, mut other: Self, join: impl Fn(&mut V, V)) {
        // what lies before all of these takes them up: what comes in order is added at the end
        let last = other.keys().next_back();
        if self
            .keys()
            .next()
            .is_none_or(|first| last.is_some_and(|last| last < first))
        {
            std::mem::swap(self, &mut other);
        }
        other.into_iter().for_each(|(k, v)| self.put(k, v, &join));
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        match &mut self.0 {
            Entries::List(list) => (!list.is_empty()).then(|| list.remove(0)),
            Entries::Lists(lists) => {
                let first = lists.all[0].remove(0);
                // none of the lists may be empty, but for a single one
                if lists.all[0].is_empty() && lists.len > 1 {
                    lists.all.remove(0);
                }
                lists.len -= 1;
                if lists.len == 0 {
                    *self = Few::default();
                }
                Some(first)
            }
        }
    }

    /// Keeps the entries that `keep` names, which may change their values.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        let mut kept = |list: &mut List<K, V>| list.retain_mut(|(k, v)| keep(k, v));
        match &mut self.0 {
            Entries::List(list) => kept(list),
            Entries::Lists(lists) => {
                lists.all.iter_mut().for_each(kept);
                lists.all.retain(|l| !l.is_empty());
                lists.len = lists.all.iter().map(Vec::len).sum();
                if lists.all.is_empty() {
                    *self = Few::default();
                }
            }
        }
    }
}

impl<K, V> IntoIterator for Few<K, V> {
    type Item = (K, V);
    type IntoIter = Flatten<std::vec::IntoIter<List<K, V>>>;

    fn into_iter(self) -> Self::IntoIter {
        let lists = match self.0 {
            Entries::List(list) => vec![list],
            Entries::Lists(lists) => lists.all,
        };
        lists.into_iter().flatten()
    }
}

impl<'a, K, V> IntoIterator for &'a Few<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Of<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Of several values of a key the last stays.
impl<K: Ord, V> FromIterator<(K, V)> for Few<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        let mut made = Few::default();
        for (key, value) in all {
            made.put(key, value, |kept, new| *kept = new);
        }
        made
    }
}

/// Written as a map.
impl<K: Serialize, V: Serialize> Serialize for Few<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

impl<'d, K: Deserialize<'d> + Ord, V: Deserialize<'d>> Deserialize<'d> for Few<K, V> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(from)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_holds(
            entries in proptest::collection::vec(prop_oneof![(-9i64..9, 1u32..9), (-300i64..300, 1u32..9)], 0..400),
            (from, to) in (-300i64..300, -300i64..300),
        ) {
            let (mut few, mut tree) = (Few::default(), BTreeMap::new());
            for (k, v) in &entries {
                *few.at_or(*k, || 0u32) += v;
                *tree.entry(*k).or_insert(0u32) += v;
            }
            prop_assert!(few.iter().eq(&tree) && few.iter().rev().eq(tree.iter().rev()));
            prop_assert_eq!(few.len(), tree.len());
            prop_assert_eq!(few.get(&from), tree.get(&from));
            prop_assert_eq!(few.get_mut(&from, &mut (0, 0)), tree.get_mut(&from));
            let inside = tree.iter().filter(|x| (from..to).contains(x.0));
            prop_assert!(few.range(from..to).eq(inside.clone()) && few.range(from..to).rev().eq(inside.rev()));
            prop_assert!(few.range(..from).eq(tree.range(..from)));
            prop_assert_eq!(&few, &tree.clone().into_iter().collect());
            let written = serde_json::to_string(&few).expect("integers are written");
            prop_assert_eq!(&written, &serde_json::to_string(&tree).expect("integers are written"));
            let read: Few<i64, u32> = serde_json::from_str(&written).expect("what was written is read");
            prop_assert!(read.into_iter().eq(tree.clone()));
            few.retain(|k, _| *k > from);
            tree.retain(|k, _| *k > from);
            // in whichever order the halves are merged
            let halves = |at| few.clone().into_iter().partition::<Vec<_>, _>(|x| x.0 < at);
            let (low, high) = halves(to);
            let (low, high): (Few<_, _>, Few<_, _>) = (low.into_iter().collect(), high.into_iter().collect());
            for (mut a, b) in [(low.clone(), high.clone()), (high, low)] {
                a.merge(b, |v, w| *v += w);
                prop_assert_eq!(&a, &few);
            }
            while let Some(first) = tree.pop_first() {
                prop_assert_eq!(few.pop_first(), Some(first));
                prop_assert!(few.len() == tree.len() && few.iter().eq(&tree));
            }
            prop_assert_eq!(few.pop_first(), None);
        }
    }
}
