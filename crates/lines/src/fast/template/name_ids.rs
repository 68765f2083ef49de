//! Numbers for the names of lines, by the bytes that show them: lines whose names have a number are counted by it, without a
//! look at each name. What the bytes are is for the formats.

use crate::fast::le_words;
use crate::fast::template::Numbers;

/// Names that are remembered; those whose places differ in the lowest bit only may take each other's.
const SLOTS: usize = 128;

/// The bytes that show some names, as words, and a length; names are the same if and only if these are.
pub(in crate::fast) type NameBytes<const W: usize> = ([u64; W], usize);

/// The numbers of the names that were met lately.
#[derive(Clone, Debug)]
pub(in crate::fast) struct Numbered<const W: usize>(Vec<(NameBytes<W>, u32)>);

impl<const W: usize> Default for Numbered<W> {
    fn default() -> Self {
        Numbered(Vec::new())
    }
}

/// Whether both are the same, without a branch for each word.
#[inline(always)]
fn same<const W: usize>(a: &NameBytes<W>, b: &NameBytes<W>) -> bool {
    le_words::same(&a.0, &b.0) & (a.1 == b.1)
}

impl<const W: usize> Numbered<W> {
    /// The number of the names that are stated so; 0: they have none, as those that `is_one` says no of. `sum` is any number that
    /// depends on the same bytes: it says where to look, so that the words themselves need not be taken apart.
    #[inline(always)]
    pub(in crate::fast) fn of(
        &mut self,
        sum: u64,
        bytes: NameBytes<W>,
        numbers: &mut Numbers,
        is_one: impl FnOnce() -> bool,
    ) -> u32 {
        let at = (sum.wrapping_mul(0xA076_1D64_78BD_642F) >> 57) as usize % SLOTS;
        for at in [at, at ^ 1] {
            if let Some((known, number)) = self.0.get(at)
                && same(known, &bytes)
            {
                return *number;
            }
        }
        self.learn(at, bytes, numbers, is_one())
    }

    #[cold]
    #[inline(never)]
    fn learn(&mut self, at: usize, bytes: NameBytes<W>, numbers: &mut Numbers, one: bool) -> u32 {
        self.0.resize(SLOTS, (([0; W], 0), 0));
        let number = if one { numbers.next() } else { 0 };
        let other = usize::from(self.0[at].1 != 0 && number % 2 == 1);
        self.0[at ^ other] = (bytes, number);
        number
    }
}
