//! A sorted map that takes little room while it holds little: its first entries lie in a list of just their number, where a
//! tree begins with room for eleven. There may be 100,000 inputs of a line, each with a dozen of such maps.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::collections::{BTreeMap, btree_map};
use std::iter::{Chain, Flatten, Map};
use std::ops::{Bound, RangeBounds};
use std::slice;

/// Entries of the list; more go to a tree.
const LIST: usize = 4;

/// Keys and values, sorted by key.
#[derive(Clone, Debug)]
pub struct Few<K, V>(Entries<K, V>);

#[derive(Clone, Debug)]
enum Entries<K, V> {
    List(Vec<(K, V)>),
    #[expect(
        clippy::box_collection,
        reason = "as large as the list, which most of them are"
    )]
    Tree(Box<BTreeMap<K, V>>),
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

/// The entries of either, one of which is empty.
type Of<'a, K, V> = Chain<
    Map<slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>,
    Flatten<std::option::IntoIter<btree_map::Iter<'a, K, V>>>,
>;

/// Where a key lies in a list, or would.
fn place<K: Borrow<Q>, V, Q: Ord + ?Sized>(list: &[(K, V)], key: &Q) -> Result<usize, usize> {
    list.binary_search_by(|x| x.0.borrow().cmp(key))
}

fn entry<K, V>(x: &(K, V)) -> (&K, &V) {
    (&x.0, &x.1)
}

impl<K, V> Few<K, V> {
    /// All entries, unless they lie in a tree.
    fn list(&self) -> &[(K, V)] {
        match &self.0 {
            Entries::List(list) => list,
            Entries::Tree(_) => &[],
        }
    }

    fn tree(&self) -> Option<&BTreeMap<K, V>> {
        match &self.0 {
            Entries::List(_) => None,
            Entries::Tree(tree) => Some(tree),
        }
    }

    #[expect(
        clippy::type_complexity,
        reason = "the two forms side by side, one of them empty"
    )]
    fn parts_mut(&mut self) -> (&mut [(K, V)], Option<&mut BTreeMap<K, V>>) {
        match &mut self.0 {
            Entries::List(list) => (list, None),
            Entries::Tree(tree) => (&mut [], Some(tree)),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list().len() + self.tree().map_or(0, BTreeMap::len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> Of<'_, K, V> {
        let list = self.list().iter().map(entry as fn(_) -> _);
        list.chain(self.tree().map(BTreeMap::iter).into_iter().flatten())
    }

    /// Keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.iter().map(|x| x.0)
    }

    /// Values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|x| x.1)
    }

    /// Values, in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let (list, tree) = self.parts_mut();
        let tree = tree.into_iter().flat_map(BTreeMap::values_mut);
        list.iter_mut().map(|x| &mut x.1).chain(tree)
    }

    /// The first entry.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }
}

impl<K: Ord, V> Few<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match &self.0 {
            Entries::Tree(tree) => tree.get(key),
            Entries::List(list) => place(list, key).ok().map(|at| &list[at].1),
        }
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        match &mut self.0 {
            Entries::Tree(tree) => tree.get_mut(key),
            Entries::List(list) => place(list, key).ok().map(|at| &mut list[at].1),
        }
    }

    /// The value of a key, which is made where there is none.
    pub fn at_or(&mut self, key: K, new: impl FnOnce() -> V) -> &mut V {
        if let Entries::List(list) = &mut self.0
            && list.len() == LIST
            && place(list, &key).is_err()
        {
            let list = std::mem::take(list);
            self.0 = Entries::Tree(Box::new(list.into_iter().collect()));
        }
        match &mut self.0 {
            Entries::Tree(tree) => tree.entry(key).or_insert_with(new),
            Entries::List(list) => {
                let at = place(list, &key).unwrap_or_else(|at| {
                    list.reserve_exact(1);
                    list.insert(at, (key, new()));
                    at
                });
                &mut list[at].1
            }
        }
    }

    /// Entries of some keys, in order.
    pub fn range(
        &self,
        keys: impl RangeBounds<K> + Clone,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)>
    where
        K: Copy,
    {
        let within = keys.clone();
        let list = self.list().iter().map(entry);
        let list = list.filter(move |x| within.contains(x.0));
        // a tree has no entries of a range that ends before it begins, and does not want to be asked for them
        let backwards = match (keys.start_bound(), keys.end_bound()) {
            (Bound::Included(a), Bound::Included(b)) => a > b,
            (Bound::Included(a), Bound::Excluded(b)) => a >= b,
            _ => false,
        };
        let tree = self.tree().into_iter().filter(move |_| !backwards);
        list.chain(tree.flat_map(move |t| t.range(keys.clone())))
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        match &mut self.0 {
            Entries::Tree(tree) => tree.pop_first(),
            Entries::List(list) if list.is_empty() => None,
            Entries::List(list) => Some(list.remove(0)),
        }
    }

    /// Keeps the entries that `keep` names, which may change their values.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        match &mut self.0 {
            Entries::Tree(tree) => tree.retain(keep),
            Entries::List(list) => list.retain_mut(|(k, v)| keep(k, v)),
        }
    }
}

impl<K, V> IntoIterator for Few<K, V> {
    type Item = (K, V);
    type IntoIter = Chain<std::vec::IntoIter<(K, V)>, btree_map::IntoIter<K, V>>;

    fn into_iter(self) -> Self::IntoIter {
        let (list, tree) = match self.0 {
            Entries::List(list) => (list, BTreeMap::new()),
            Entries::Tree(tree) => (Vec::new(), *tree),
        };
        list.into_iter().chain(tree)
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
        let tree = BTreeMap::from_iter(all);
        Few(match tree.len() > LIST {
            true => Entries::Tree(Box::new(tree)),
            false => Entries::List(tree.into_iter().collect()),
        })
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
            entries in proptest::collection::vec((-9i64..9, 1u32..9), 0..12), (from, to) in (-10i64..10, -10i64..10),
        ) {
            let (mut few, mut tree) = (Few::default(), BTreeMap::new());
            for (k, v) in &entries {
                *few.at_or(*k, || 0u32) += v;
                *tree.entry(*k).or_insert(0u32) += v;
            }
            prop_assert!(few.iter().eq(&tree) && few.iter().rev().eq(tree.iter().rev()));
            prop_assert_eq!(few.len(), tree.len());
            prop_assert_eq!(few.get(&from), tree.get(&from));
            prop_assert_eq!(few.get_mut(&from), tree.get_mut(&from));
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
            prop_assert_eq!(few.pop_first(), tree.pop_first());
            prop_assert!(few.into_iter().eq(tree));
        }
    }
}
