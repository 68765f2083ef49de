//! Sets of up to 1,024 hash values, for counting linearly how many there were (Whang et al. 1990), one for each ten seconds of a
//! minute, in as little memory as they need: most minutes see few. What is hashed is known elsewhere.

use crate::summary::step_list;

/// Bits of a set.
pub const BITS: u16 = 1024;

/// Sets that are held together.
pub const SETS: u16 = 6;

/// Words of all sets, and of one.
const WORDS: usize = (BITS * SETS) as usize / 64;
const OF_SET: usize = BITS as usize / 64;

/// From so many members on, a bit for each possible one takes less room than a list.
const FEW: usize = WORDS * 4;

/// Which of 1,024 values were seen, in each of six sets.
#[derive(Clone, Debug)]
pub struct Bits(BitForm);

#[derive(Clone, Debug)]
enum BitForm {
    /// The values, sorted, 1,024 more for each set before their own.
    Few(Vec<u16>),
    Many(Box<[u64; WORDS]>),
}

impl Default for Bits {
    fn default() -> Self {
        Bits(BitForm::Few(Vec::new()))
    }
}

impl PartialEq for Bits {
    fn eq(&self, o: &Bits) -> bool {
        self.words() == o.words()
    }
}

impl Bits {
    /// Adds a value to a set; values from 1,024 on are taken from 0 on, and so are sets from 6 on.
    pub fn insert(&mut self, set: u16, value: u16) {
        self.add(set % SETS * BITS + value % BITS);
    }

    /// Adds many values to a set.
    pub(super) fn insert_all(&mut self, set: u16, values: impl ExactSizeIterator<Item = u16>) {
        if let BitForm::Few(list) = &self.0
            && list.len() + values.len() > FEW
        {
            self.0 = BitForm::Many(Box::new(self.words()));
        }
        values.for_each(|v| self.insert(set, v));
    }

    fn add(&mut self, member: u16) {
        match &mut self.0 {
            BitForm::Many(words) => mark(words, member),
            BitForm::Few(list) => match list.binary_search(&member) {
                Ok(_) => {}
                Err(_) if list.len() >= FEW => {
                    let mut words = Box::new(self.words());
                    mark(&mut words, member);
                    self.0 = BitForm::Many(words);
                }
                Err(at) => step_list::insert(list, at, member),
            },
        }
    }

    /// Adds all values of another.
    pub fn merge(&mut self, o: &Bits) {
        for (word, base) in o.words().into_iter().zip((0u16..).step_by(64)) {
            (0..64)
                .filter(|bit| word >> bit & 1 == 1)
                .for_each(|bit| self.add(base + bit));
        }
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
    fn of(&self, set: u16) -> [u64; OF_SET] {
        let first = usize::from(set % SETS) * OF_SET;
        let mut of_set = [0; OF_SET];
        of_set.copy_from_slice(&self.words()[first..first + OF_SET]);
        of_set
    }

    fn words(&self) -> [u64; WORDS] {
        match &self.0 {
            BitForm::Many(words) => **words,
            BitForm::Few(list) => {
                let mut words = [0; WORDS];
                list.iter().for_each(|v| mark(&mut words, *v));
                words
            }
        }
    }
}

fn mark(words: &mut [u64; WORDS], member: u16) {
    words[usize::from(member / 64)] |= 1 << (member % 64);
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
            let mut at_once = Bits::default();
            for of_set in a.chunk_by(|x, y| x.0 == y.0) {
                at_once.insert_all(of_set[0].0, of_set.iter().map(|x| x.1));
            }
            prop_assert_eq!(&at_once, &one);
            one.merge(&two);
            let both: Vec<_> = a.into_iter().chain(b).collect();
            prop_assert!(holds(&one, &both.iter().copied().collect()));
            prop_assert_eq!(one, of(&both));
        }
    }
}
