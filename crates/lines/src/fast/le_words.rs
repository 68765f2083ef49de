//! Bytes as little-endian words of eight, loaded, masked and compared without a branch for each. By index throughout: the
//! standard library's `zip` may be compiled apart from its caller, and then without the vectors that the caller may use.

/// The words of some bytes.
#[inline(always)]
pub fn words<const W: usize>(bytes: &[u8]) -> Option<[u64; W]> {
    let bytes = bytes.as_chunks::<8>().0.first_chunk::<W>()?;
    let mut words = [0; W];
    for i in 0..W {
        words[i] = u64::from_le_bytes(bytes[i]);
    }
    Some(words)
}

/// What a mask keeps of some words.
#[inline(always)]
pub fn masked<const W: usize>(mut words: [u64; W], keep: &[u64; W]) -> [u64; W] {
    for i in 0..W {
        words[i] &= keep[i];
    }
    words
}

/// Some bytes to be compared with others, and what is kept of those; `None` where they are too many.
pub fn known<const W: usize>(bytes: &[u8]) -> Option<([u64; W], [u64; W])> {
    let (mut known, mut keep) = ([0; W], [0; W]);
    for (i, c) in bytes.iter().enumerate() {
        *known.get_mut(i / 8)? |= u64::from(*c) << (8 * (i % 8));
        *keep.get_mut(i / 8)? |= 0xFF << (8 * (i % 8));
    }
    Some((known, keep))
}

/// Whether both are the same.
#[inline(always)]
pub fn same<const W: usize>(a: &[u64; W], b: &[u64; W]) -> bool {
    let mut differ = 0;
    for i in 0..W {
        differ |= a[i] ^ b[i];
    }
    differ == 0
}

/// Whether what a mask keeps of the first words of some bytes is what is known.
#[inline(always)]
pub fn are<const W: usize>(bytes: &[u8], known: &[u64; W], keep: &[u64; W]) -> bool {
    words(bytes).is_some_and(|w| same(&masked(w, keep), known))
}

/// By length from none to all: the masks that keep as many bytes of `W` words. `N` is one more than their bytes.
pub const fn keep<const W: usize, const N: usize>() -> [[u64; W]; N] {
    let mut all = [[0; W]; N];
    let mut n = 0;
    while n < N {
        let mut i = 0;
        while i < n {
            all[n][i / 8] |= 0xFF << (8 * (i % 8));
            i += 1;
        }
        n += 1;
    }
    all
}
