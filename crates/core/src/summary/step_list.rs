//! Values by the number of a step of time, close together in memory: neighbours share a list, and a tree of lists costs half of
//! a tree of values. What a step is and what the values mean is known elsewhere.

use crate::summary::few::Few;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::Range;

/// Steps of a list. A line out of order moves at most so many values.
const LIST: i64 = 256;

/// Lists of a series that is bounded: 30 years of minutes, 5 of ten seconds.
const LISTS: usize = 1 << 16;

/// Step number → value. Equal contents are equal, whatever the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByStep<V> {
    /// List number → its steps, counted from its first, and their values; sorted, never empty.
    lists: Few<i64, Vec<(u8, V)>>,
}

impl<V> Default for ByStep<V> {
    fn default() -> Self {
        ByStep {
            lists: Few::default(),
        }
    }
}

impl<V> ByStep<V> {
    /// The value of a step.
    pub fn get(&self, step: i64) -> Option<&V> {
        let (number, of_list) = place(step);
        let list = self.lists.get(&number)?;
        let at = list.binary_search_by_key(&of_list, |x| x.0).ok()?;
        Some(&list[at].1)
    }

    /// The value of a step, which is made where there is none.
    pub fn at(&mut self, step: i64) -> &mut V
    where
        V: Default,
    {
        self.at_or(step, V::default)
    }

    /// The value of a step; `new` makes it where there is none.
    pub fn at_or(&mut self, step: i64, new: impl FnOnce() -> V) -> &mut V {
        let (number, of_list) = place(step);
        let list = self.lists.at_or(number, Vec::new);
        let at = match list.last() {
            Some(last) if last.0 == of_list => list.len() - 1,
            _ => match list.binary_search_by_key(&of_list, |x| x.0) {
                Ok(at) => at,
                Err(at) => {
                    insert(list, at, (of_list, new()));
                    at
                }
            },
        };
        &mut list[at].1
    }

    /// Puts a value to a step; `join` adds it to the one that is there.
    pub fn put(&mut self, step: i64, value: V, join: impl FnOnce(&mut V, V)) {
        let (number, of_list) = place(step);
        let list = self.lists.at_or(number, Vec::new);
        match list.binary_search_by_key(&of_list, |x| x.0) {
            Ok(at) => join(&mut list[at].1, value),
            Err(at) => insert(list, at, (of_list, value)),
        }
    }

    /// Joins the values of another, step by step.
    pub fn merge(&mut self, other: Self, join: impl Fn(&mut V, V)) {
        for (number, list) in other.lists {
            let mine = self.lists.at_or(number, Vec::new);
            if mine.is_empty() {
                *mine = list;
                continue;
            }
            for (of_list, value) in list {
                self.put(number * LIST + i64::from(of_list), value, &join);
            }
        }
    }

    /// Leaves out the earliest lists of a series of too many: what is left follows from all steps, whatever the order in which
    /// they came.
    pub(super) fn bound(&mut self) {
        while self.lists.len() > LISTS {
            self.lists.pop_first();
        }
    }

    /// Takes out the value of the first step.
    pub fn pop_first(&mut self) -> Option<V> {
        let list = self.lists.values_mut().next()?;
        let (_, first) = list.remove(0);
        if list.is_empty() {
            self.lists.pop_first();
        }
        Some(first)
    }

    /// Keeps the steps that `keep` names.
    pub fn retain(&mut self, keep: impl Fn(i64) -> bool) {
        self.lists.retain(|number, list| {
            list.retain(|x| keep(number * LIST + i64::from(x.0)));
            !list.is_empty()
        });
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Steps and their values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &V)> {
        self.lists.iter().flat_map(entries)
    }

    /// Steps with a value, in order.
    pub fn steps(&self) -> impl Iterator<Item = i64> {
        self.iter().map(|x| x.0)
    }

    /// The values, in the order of their steps.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|x| x.1)
    }

    /// The values, in the order of their steps, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.lists.values_mut().flatten().map(|x| &mut x.1)
    }

    /// Steps of a range and their values, in order.
    pub fn range(&self, steps: Range<i64>) -> impl DoubleEndedIterator<Item = (i64, &V)> {
        let (first, last) = (place(steps.start).0, place(steps.end).0);
        let lists = self.lists.range(first..=last.max(first));
        lists
            .flat_map(entries)
            .filter(move |(step, _)| steps.contains(step))
    }
}

/// Makes room for `more` entries of a list, which grows by an eighth: there are many of them, and twice the room would be most
/// of what they hold.
pub(super) fn make_room<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more + list.len() / 8);
    }
}

/// Puts an entry into such a list.
pub(super) fn insert<T>(list: &mut Vec<T>, at: usize, entry: T) {
    make_room(list, 1);
    list.insert(at, entry);
}

/// The list of a step, and its place there.
fn place(step: i64) -> (i64, u8) {
    (step.div_euclid(LIST), step.rem_euclid(LIST) as u8)
}

/// Steps and values of a list.
fn entries<'l, V>(
    (number, list): (&i64, &'l Vec<(u8, V)>),
) -> impl DoubleEndedIterator<Item = (i64, &'l V)> {
    let first = number * LIST;
    list.iter().map(move |(s, v)| (first + i64::from(*s), v))
}

/// Written as a map.
impl<V: Serialize> Serialize for ByStep<V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.iter())
    }
}

impl<'d, V: Deserialize<'d>> Deserialize<'d> for ByStep<V> {
    fn deserialize<D: Deserializer<'d>>(from: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::deserialize(from)?.into_iter().collect())
    }
}

/// Of several values of a step the last stays.
impl<V> FromIterator<(i64, V)> for ByStep<V> {
    fn from_iter<I: IntoIterator<Item = (i64, V)>>(all: I) -> Self {
        let mut made = ByStep::default();
        for (step, value) in all {
            made.put(step, value, |kept, new| *kept = new);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_holds(
            counts in proptest::collection::vec((-700i64..700, 1u32..9), 0..300),
            cut in 0usize..300,
            (from, to) in (-800i64..800, -800i64..800),
        ) {
            let cut = cut.min(counts.len());
            let mut tree: BTreeMap<i64, u32> = BTreeMap::new();
            counts.iter().for_each(|(s, n)| *tree.entry(*s).or_default() += n);
            let of = |some: &[(i64, u32)]| {
                let mut made: ByStep<u32> = ByStep::default();
                some.iter().for_each(|(s, n)| *made.at(*s) += *n);
                made
            };
            let whole = of(&counts);
            prop_assert!(whole.iter().eq(tree.iter().map(|(s, n)| (*s, n))));
            prop_assert!(whole.iter().rev().eq(tree.iter().rev().map(|(s, n)| (*s, n))));
            prop_assert_eq!(whole.get(from), tree.get(&from));
            prop_assert_eq!(whole.is_empty(), tree.is_empty());
            let inside = tree.iter().filter(|(s, _)| (from..to).contains(s));
            prop_assert!(whole.range(from..to).eq(inside.map(|(s, n)| (*s, n))));
            let (mut a, b) = (of(&counts[..cut]), of(&counts[cut..]));
            let mut other = b.clone();
            other.merge(a.clone(), |x, y| *x += y);
            a.merge(b, |x, y| *x += y);
            prop_assert_eq!(&a, &whole);
            prop_assert_eq!(&other, &whole);
            let written = serde_json::to_string(&whole).expect("integers are written");
            prop_assert_eq!(&written, &serde_json::to_string(&tree).expect("integers are written"));
            let read: ByStep<u32> = serde_json::from_str(&written).expect("what was written is read");
            prop_assert_eq!(read, whole);
        }
    }
}
