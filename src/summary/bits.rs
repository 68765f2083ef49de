//! Sets of up to 1,024 hash values, for counting linearly how many there were (Whang et al. 1990), in as little memory as they
//! need: most stretches see few. What is hashed is known elsewhere.

/// Bits of a set.
pub const BITS: u16 = 1024;

/// From so many members on, a bit for each possible one takes less room than a list.
const FEW: usize = 48;

/// Which of 1,024 values were seen.
#[derive(Clone, Debug)]
pub struct Bits(Held);

#[derive(Clone, Debug)]
enum Held {
    /// The values, sorted.
    Few(Vec<u16>),
    Many(Box<[u64; 16]>),
}

impl Default for Bits {
    fn default() -> Self {
        Bits(Held::Few(Vec::new()))
    }
}

impl PartialEq for Bits {
    fn eq(&self, o: &Bits) -> bool {
        self.words() == o.words()
    }
}

impl Bits {
    /// Adds a value; those from 1,024 on are taken from 0 on.
    pub fn insert(&mut self, value: u16) {
        let value = value % BITS;
        match &mut self.0 {
            Held::Many(words) => set(words, value),
            Held::Few(list) => match list.binary_search(&value) {
                Ok(_) => {}
                Err(_) if list.len() >= FEW => {
                    let mut words = Box::new(self.words());
                    set(&mut words, value);
                    self.0 = Held::Many(words);
                }
                Err(i) => {
                    list.reserve_exact(1);
                    list.insert(i, value);
                }
            },
        }
    }

    /// Adds all values of another.
    pub fn merge(&mut self, o: &Bits) {
        o.iter().for_each(|v| self.insert(v));
    }

    /// The values, in order.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        let words = self.words();
        (0..BITS).filter(move |v| words[usize::from(v / 64)] >> (v % 64) & 1 == 1)
    }

    /// How many different things were hashed, about; 8,192 where every bit is set and nothing is told any more.
    pub fn count(&self) -> u32 {
        let set: u32 = match &self.0 {
            Held::Few(list) => list.len() as u32,
            Held::Many(words) => words.iter().map(|w| w.count_ones()).sum(),
        };
        let m = f64::from(BITS);
        match u32::from(BITS).saturating_sub(set) {
            0 => u32::from(BITS) * 8,
            zeros => (m * (m / f64::from(zeros)).ln()).round() as u32,
        }
    }

    fn words(&self) -> [u64; 16] {
        match &self.0 {
            Held::Many(words) => **words,
            Held::Few(list) => {
                let mut words = [0; 16];
                list.iter().for_each(|v| set(&mut words, *v));
                words
            }
        }
    }
}

fn set(words: &mut [u64; 16], value: u16) {
    words[usize::from(value / 64)] |= 1 << (value % 64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(values: impl IntoIterator<Item = u16>) -> Bits {
        let mut b = Bits::default();
        values.into_iter().for_each(|v| b.insert(v));
        b
    }

    #[test]
    fn few_are_counted_nearly_exactly() {
        assert_eq!(of([]).count(), 0);
        assert!((19..=21).contains(&of(0..20).count()));
        // half of the bits are set by 1024 ln 2 things
        assert_eq!(of(0..512).count(), 710);
        assert_eq!(of(0..BITS).count(), 8192);
    }

    proptest! {
        #[test]
        fn it_holds_what_a_set_holds(a in proptest::collection::vec(0..BITS, 0..120), b in proptest::collection::vec(0..BITS, 0..120)) {
            let (mut one, two) = (of(a.iter().copied()), of(b.iter().copied()));
            let set: BTreeSet<u16> = a.iter().copied().collect();
            prop_assert_eq!(one.iter().collect::<Vec<_>>(), set.into_iter().collect::<Vec<_>>());
            one.merge(&two);
            let both: BTreeSet<u16> = a.into_iter().chain(b).collect();
            prop_assert_eq!(one.iter().count(), both.len());
            prop_assert_eq!(one, of(both));
        }
    }
}
