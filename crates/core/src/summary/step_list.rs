//! Values by the number of a step of time. What a step is and what the values mean is known elsewhere.

use crate::summary::few::Few;

/// Step number → value. Equal contents are equal, whatever the order in which they came.
pub type ByStep<V> = Few<i64, V>;

/// Values of a series that is bounded: 80 years of ten minutes.
const MOST: usize = 1 << 22;

/// Leaves out the earliest values of a series of too many: what is left follows from all steps, whatever the order in which
/// they came.
pub(super) fn bound<V>(series: &mut ByStep<V>) {
    while series.len() > MOST {
        series.pop_first();
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

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
                some.iter().for_each(|(s, n)| *made.at_or(*s, u32::default) += *n);
                made
            };
            let whole = of(&counts);
            prop_assert!(whole.iter().eq(tree.iter()));
            prop_assert!(whole.iter().rev().eq(tree.iter().rev()));
            prop_assert_eq!(whole.get(&from), tree.get(&from));
            prop_assert_eq!(whole.is_empty(), tree.is_empty());
            let inside = tree.iter().filter(|(s, _)| (from..to).contains(s));
            prop_assert!(whole.range(from..to).eq(inside));
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
