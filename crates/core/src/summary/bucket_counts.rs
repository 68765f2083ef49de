//! How counts spread over 64 buckets. What is counted, and by what, is known elsewhere.

/// Counts in 64 buckets. What is added up saturates.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread([u32; 64]);

impl Default for Spread {
    fn default() -> Self {
        Spread([0; 64])
    }
}

impl Spread {
    /// Adds to a bucket; those from 64 on are counted from 0 on.
    pub fn add(&mut self, bucket: u8, n: u32) {
        let count = &mut self.0[usize::from(bucket % 64)];
        *count = count.saturating_add(n);
    }

    /// Adds all of another.
    pub fn merge(&mut self, o: &Spread) {
        (0..).zip(o.0).for_each(|(bucket, n)| self.add(bucket, n));
    }

    /// All buckets.
    pub fn row(&self) -> [u32; 64] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_count_stops_at_the_largest_number() {
        let mut s = Spread::default();
        s.add(3, u32::MAX - 1);
        s.add(3, 5);
        assert_eq!(s.row()[3], u32::MAX);
    }

    proptest! {
        #[test]
        fn it_counts_as_a_row_does(all in proptest::collection::vec((0..64u8, 0..9u32), 0..200), cut in 0..200usize) {
            let mut row = [0u32; 64];
            let (mut whole, mut parts) = (Spread::default(), [Spread::default(), Spread::default()]);
            for (i, (bucket, n)) in all.into_iter().enumerate() {
                row[usize::from(bucket)] += n;
                whole.add(bucket, n);
                parts[usize::from(i < cut)].add(bucket, n);
            }
            prop_assert_eq!(whole.row(), row);
            let [mut a, mut b] = parts;
            let (first, second) = (a.clone(), b.clone());
            a.merge(&second);
            b.merge(&first);
            prop_assert_eq!(&a, &whole);
            prop_assert_eq!(&b, &whole);
        }
    }
}
