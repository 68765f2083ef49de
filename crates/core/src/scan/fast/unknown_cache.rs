//! Lines that no format knows: frames of stacks, banners. They come again and again, and each would be tried with all formats.
//! Whole lines are compared, and nothing is asked that depends on the lines before, so that nothing but speed depends on it.

const SLOTS: usize = 128;
/// Longer lines are not kept.
const LONGEST: usize = 256;

/// Lines that no format knew lately.
#[derive(Debug, Default)]
pub(super) struct UnknownCache(Vec<Vec<u8>>);

impl UnknownCache {
    /// The place of a line: by its length and the bytes at both ends and in the middle, since most lines are asked for and
    /// learnt in vain. Lines alike in these take turns.
    fn slot(line: &[u8]) -> usize {
        let word = |b: Option<&[u8; 8]>| b.map_or(0, |b| u64::from_le_bytes(*b));
        let middle = line.get(line.len() / 2..).and_then(|b| b.first_chunk());
        let sum = word(line.first_chunk())
            ^ word(middle).rotate_left(21)
            ^ word(line.last_chunk()).rotate_left(43)
            ^ line.len() as u64;
        (sum.wrapping_mul(0xA076_1D64_78BD_642F) >> 57) as usize % SLOTS
    }

    /// Whether a line is known to be of no format.
    pub(super) fn knows(&self, line: &[u8]) -> bool {
        let fits = (1..=LONGEST).contains(&line.len()) && !self.0.is_empty();
        fits && self.0[Self::slot(line)] == line
    }

    /// Remembers a line that no format takes.
    pub(super) fn learn(&mut self, line: &[u8]) {
        if (1..=LONGEST).contains(&line.len()) {
            self.0.resize_with(SLOTS, Vec::new);
            let kept = &mut self.0[Self::slot(line)];
            kept.clear();
            kept.extend_from_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_whole_lines_are_known(
            learnt in proptest::collection::vec("[ab]{0,4}|[a]{254,258}", 0..40),
            asked in proptest::collection::vec("[ab]{0,4}|[a]{254,258}", 0..40),
        ) {
            let mut s = UnknownCache::default();
            learnt.iter().for_each(|l| s.learn(l.as_bytes()));
            for a in &asked {
                prop_assert!(!s.knows(a.as_bytes()) || learnt.contains(a));
            }
            if let Some(l) = learnt.last() {
                prop_assert_eq!(s.knows(l.as_bytes()), (1..=LONGEST).contains(&l.len()));
            }
        }
    }
}
