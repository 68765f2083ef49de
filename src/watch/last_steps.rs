//! Values of the last steps of time. What comes in order is added at the end, and what lies too far back goes at the beginning:
//! neither looks at what lies between. What a step is and what the values mean is known elsewhere.

use std::collections::VecDeque;
use std::ops::Range;

/// Values by the number of their step, in order.
#[derive(Debug, Default)]
pub(super) struct LastSteps<T>(VecDeque<(i64, T)>);

impl<T: Default> LastSteps<T> {
    /// The value of a step, which is made where there is none.
    pub fn at(&mut self, step: i64) -> &mut T {
        let all = &mut self.0;
        let mut place = all.len();
        match all.back() {
            Some(x) if x.0 == step => place -= 1,
            Some(x) if x.0 > step => {
                place = all.partition_point(|x| x.0 < step);
                if all[place].0 != step {
                    all.insert(place, (step, T::default()));
                }
            }
            _ => all.push_back((step, T::default())),
        }
        &mut all[place].1
    }

    /// The last step that has a value.
    pub fn newest(&self) -> Option<i64> {
        self.0.back().map(|x| x.0)
    }

    /// How many steps have one.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &T)> + Clone {
        self.0.iter().map(|x| (x.0, &x.1))
    }

    /// Those of some steps.
    pub fn range(&self, steps: Range<i64>) -> impl Iterator<Item = (i64, &T)> {
        let place = |step: i64| self.0.partition_point(|x| x.0 < step);
        let from = place(steps.start);
        let inside = from..place(steps.end).max(from);
        self.0.range(inside).map(|x| (x.0, &x.1))
    }

    /// Forgets what lies before a step.
    pub fn forget_before(&mut self, step: i64) {
        while self.0.front().is_some_and(|x| x.0 < step) {
            self.0.pop_front();
        }
    }

    /// Forgets the earliest of more than so many.
    pub fn forget_beyond(&mut self, most: usize) {
        let beyond = self.0.len().saturating_sub(most);
        self.0.drain(..beyond);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_holds(
            counts in proptest::collection::vec((-90i64..90, 1u32..9), 0..200),
            (from, to, before, most) in (-99i64..99, -99i64..99, -99i64..99, 0usize..50),
        ) {
            let (mut steps, mut tree) = (LastSteps::<u32>::default(), BTreeMap::<i64, u32>::new());
            for (step, n) in counts {
                *steps.at(step) += n;
                *tree.entry(step).or_default() += n;
            }
            let held = |tree: &BTreeMap<i64, u32>| tree.iter().map(|(s, n)| (*s, *n)).collect::<Vec<_>>();
            let all = |steps: &LastSteps<u32>| steps.iter().map(|(s, n)| (s, *n)).collect::<Vec<_>>();
            prop_assert_eq!(all(&steps), held(&tree));
            prop_assert_eq!(steps.newest(), tree.keys().next_back().copied());
            let inside = tree.iter().filter(|x| (from..to).contains(x.0));
            prop_assert!(steps.range(from..to).eq(inside.map(|(s, n)| (*s, n))));
            steps.forget_before(before);
            tree.retain(|s, _| *s >= before);
            prop_assert_eq!(all(&steps), held(&tree));
            steps.forget_beyond(most);
            while tree.len() > most {
                tree.pop_first();
            }
            prop_assert_eq!((all(&steps), steps.len()), (held(&tree), tree.len()));
        }
    }
}
