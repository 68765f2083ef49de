//! Sorting of lists that are short or sorted once. The sort of the standard library is compiled anew for each list and each order,
//! 7 kB a time, which was a tenth of the program and of the time to build it; here the order is asked through a pointer, and what
//! is compiled for each list only moves its elements.

use std::cmp::Ordering;

/// Sorts a list, equal elements in the order in which they stood.
pub trait SortList<T> {
    /// As `slice::sort_by`.
    fn sort_list_by(&mut self, order: impl Fn(&T, &T) -> Ordering);

    /// As `slice::sort_by_key`.
    fn sort_list_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.sort_list_by(|a, b| key(a).cmp(&key(b)));
    }
}

impl<T> SortList<T> for [T] {
    fn sort_list_by(&mut self, order: impl Fn(&T, &T) -> Ordering) {
        // most lists are in order already
        if self.is_sorted_by(|a, b| order(a, b) != Ordering::Greater) {
            return;
        }
        let mut from = sorted(self.len(), &|a, b| order(&self[a], &self[b]));
        for start in 0..from.len() {
            // along the circle of places that exchange their elements, each of which is then its own
            let mut place = start;
            loop {
                let next = std::mem::replace(&mut from[place], place);
                if next == start {
                    break;
                }
                self.swap(place, next);
                place = next;
            }
        }
    }
}

/// The places of elements in their order.
#[inline(never)]
fn sorted(len: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut all: Vec<usize> = (0..len).collect();
    all.sort_by(|a, b| order(*a, *b));
    all
}

#[cfg(test)]
mod tests {
    use super::SortList;

    proptest::proptest! {
        #[test]
        fn as_the_standard_library_sorts(mut list in proptest::collection::vec((0u8..9, proptest::num::u8::ANY), 0..60)) {
            let mut want = list.clone();
            want.sort_by_key(|x| x.0);
            list.sort_list_by_key(|x| x.0);
            proptest::prop_assert_eq!(list, want);
        }
    }
}
