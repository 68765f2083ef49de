//! Where the first words of a line end, found many bytes at a time. What the words mean is for the formats.

use crate::vector::{ByteWindow, WINDOW};

/// Windows that are looked at: words that end behind them are not found.
const MOST: usize = 12;

/// Places of the first `N` blanks; `None` where there are fewer within a few hundred bytes.
#[inline(always)]
pub(super) fn blanks<const N: usize>(b: &[u8]) -> Option<[usize; N]> {
    places::<N, false>(b)
}

/// The same where no two of them follow each other at once: the ends of the first `N` words.
#[inline(always)]
pub(super) fn words<const N: usize>(b: &[u8]) -> Option<[usize; N]> {
    places::<N, true>(b)
}

#[inline(always)]
fn places<const N: usize, const APART: bool>(b: &[u8]) -> Option<[usize; N]> {
    let (mut at, mut n) = ([0; N], 0);
    let mut next = 0;
    for (i, w) in b.as_chunks::<WINDOW>().0.iter().take(MOST).enumerate() {
        let mut bits = ByteWindow(w).equal(b' ');
        while bits != 0 {
            let here = i * WINDOW + bits.trailing_zeros() as usize;
            // here and not in the list: what has just been written there is waited for
            if APART && here == next && n > 0 {
                return None;
            }
            next = here + 1;
            *at.get_mut(n)? = here;
            n += 1;
            if n == N {
                return Some(at);
            }
            bits &= bits - 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_blank_is_found(b in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), b'a'..=b'z', any::<u8>()], 0..500)) {
            let whole = (b.len() / WINDOW * WINDOW).min(MOST * WINDOW);
            let plain: Vec<usize> = (0..whole).filter(|i| b[*i] == b' ').take(5).collect();
            let apart = plain.windows(2).all(|w| w[0] + 1 < w[1]);
            prop_assert_eq!(words::<5>(&b).map(|a| a.to_vec()), (plain.len() == 5 && apart).then(|| plain.clone()));
            prop_assert_eq!(blanks::<5>(&b).map(|a| a.to_vec()), (plain.len() == 5).then_some(plain));
        }
    }
}
