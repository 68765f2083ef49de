//! How counts spread over 64 buckets, in as little memory as they need: most minutes touch few of them, and there are as many
//! rows as minutes. What is counted, and by what, is known elsewhere.

/// From so many buckets on, a row of all of them is smaller than a list of those that count.
const FEW: usize = 32;

/// Counts in 64 buckets. What is added up saturates.
#[derive(Clone, Debug)]
pub struct Spread(BucketForm);

#[derive(Clone, Debug)]
enum BucketForm {
    /// Buckets with a count, sorted.
    Few(Vec<(u8, u32)>),
    All(Box<[u32; 64]>),
}

impl Default for Spread {
    fn default() -> Self {
        Spread(BucketForm::Few(Vec::new()))
    }
}

impl PartialEq for Spread {
    fn eq(&self, o: &Spread) -> bool {
        self.row() == o.row()
    }
}

impl Spread {
    /// Adds to a bucket; those from 64 on are counted from 0 on.
    pub fn add(&mut self, bucket: u8, n: u32) {
        let bucket = bucket % 64;
        if n == 0 {
            return;
        }
        match &mut self.0 {
            BucketForm::All(row) => {
                let c = &mut row[usize::from(bucket)];
                *c = c.saturating_add(n);
            }
            BucketForm::Few(list) => match list.binary_search_by_key(&bucket, |x| x.0) {
                Ok(i) => list[i].1 = list[i].1.saturating_add(n),
                Err(_) if list.len() >= FEW => {
                    let mut row = Box::new(self.row());
                    row[usize::from(bucket)] = n;
                    self.0 = BucketForm::All(row);
                }
                Err(i) => {
                    list.reserve_exact(1);
                    list.insert(i, (bucket, n));
                }
            },
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, o: &Spread) {
        for (bucket, n) in (0..).zip(o.row()) {
            self.add(bucket, n);
        }
    }

    /// All buckets.
    pub fn row(&self) -> [u32; 64] {
        match &self.0 {
            BucketForm::All(row) => **row,
            BucketForm::Few(list) => {
                let mut row = [0; 64];
                for (bucket, n) in list {
                    row[usize::from(*bucket)] = *n;
                }
                row
            }
        }
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
