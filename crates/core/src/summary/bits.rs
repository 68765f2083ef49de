//! Sets of up to 1,024 hash values, for counting linearly how many there were (Whang et al. 1990), one for each ten seconds of a
//! minute. What is hashed is known elsewhere.

/// Bits of a set.
pub const BITS: u16 = 1024;

/// Sets that are held together.
pub const SETS: u16 = 6;

/// Words of all sets, and of one.
const WORDS: usize = (BITS * SETS) as usize / 64;
const OF_SET: usize = BITS as usize / 64;

/// Which of 1,024 values were seen, in each of six sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Bits([u64; WORDS]);

impl Default for Bits {
    fn default() -> Self {
        Bits([0; WORDS])
    }
}

impl Bits {
    /// Adds a value to a set; values from 1,024 on are taken from 0 on, and so are sets from 6 on.
    pub fn insert(&mut self, set: u16, value: u16) {
        let member = set % SETS * BITS + value % BITS;
        self.0[usize::from(member / 64)] |= 1 << (member % 64);
    }

    /// Adds all values of another.
    pub fn merge(&mut self, o: &Bits) {
        self.0.iter_mut().zip(o.0).for_each(|(a, b)| *a |= b);
    }

    /// The values of a set, in order.
    pub fn iter(&self, set: u16) -> impl Iterator<Item = u16> {
        let words = self.of(set);
        (0..BITS).filter(move |v| words[usize::from(v / 64)] >> (v % 64) & 1 == 1)
    }

    /// How many different things were hashed to a set, about; 8,192 where every bit is set and nothing is distinguished any more.
    pub fn count(&self, set: u16) -> u32 {
        let members: u32 = self.of(set).iter().map(|w| w.count_ones()).sum();
        let m = f64::from(BITS);
        match u32::from(BITS).saturating_sub(members) {
            0 => u32::from(BITS) * 8,
            zeros => (m * (m / f64::from(zeros)).ln()).round() as u32,
        }
    }

    /// The bits of a set.
    fn of(&self, set: u16) -> &[u64] {
        let first = usize::from(set % SETS) * OF_SET;
        &self.0[first..first + OF_SET]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(values: impl IntoIterator<Item = u16>) -> Bits {
        let mut b = Bits::default();
        values.into_iter().for_each(|v| b.insert(2, v));
        b
    }

    #[test]
    fn few_are_counted_nearly_exactly() {
        assert_eq!(of([]).count(2), 0);
        assert!((19..=21).contains(&of(0..20).count(2)));
        // half of the bits are set by 1024 ln 2 things
        assert_eq!(of(0..512).count(2), 710);
        assert_eq!(of(0..BITS).count(2), 8192);
        assert_eq!(of(0..BITS).count(1), 0);
    }

    proptest! {
        #[test]
        fn it_holds_what_sets_hold(
            a in proptest::collection::vec((0..SETS, 0..BITS), 0..700),
            b in proptest::collection::vec((0..SETS, 0..BITS), 0..700),
        ) {
            let of = |all: &[(u16, u16)]| {
                let mut made = Bits::default();
                all.iter().for_each(|(set, v)| made.insert(*set, *v));
                made
            };
            let holds = |bits: &Bits, of: &BTreeSet<(u16, u16)>| {
                let all = (0..SETS).flat_map(|set| bits.iter(set).map(move |v| (set, v)));
                all.eq(of.iter().copied())
            };
            let (mut one, two) = (of(&a), of(&b));
            prop_assert!(holds(&one, &a.iter().copied().collect()));
            one.merge(&two);
            let both: Vec<_> = a.into_iter().chain(b).collect();
            prop_assert!(holds(&one, &both.iter().copied().collect()));
            prop_assert_eq!(one, of(&both));
        }
    }
}
