//! Words as numbers, and lists of them as such numbers: whether a word is one of a list is known by comparing numbers, and the lists
//! are read when the program is built.

/// Longest word that is known, in bytes.
const LONGEST: usize = 16;

/// A word in small letters as one number, by which words are distinguished; 0 where it is longer than all that are known.
pub(super) const fn packed(word: &[u8]) -> u128 {
    let mut all = [0; LONGEST];
    if word.len() > LONGEST || matches!(word, [.., 0]) {
        return 0;
    }
    all.split_at_mut(word.len()).0.copy_from_slice(word);
    all.make_ascii_lowercase();
    if !word.is_ascii() {
        small_accents(&mut all);
    }
    u128::from_le_bytes(all)
}

/// Capital letters of western Europe with an accent (U+00C0 to U+00DE, as UTF-8) as small ones.
const fn small_accents(all: &mut [u8; LONGEST]) {
    let mut n = 1;
    while n < LONGEST {
        if all[n - 1] == 0xC3 && all[n] >= 0x80 && all[n] <= 0x9E {
            all[n] += 0x20;
        }
        n += 1;
    }
}

/// How many words a list has between its blanks.
pub(super) const fn count(list: &str) -> usize {
    let (mut n, mut words) = (0, 1);
    while n < list.len() {
        words += (list.as_bytes()[n] == b' ') as usize;
        n += 1;
    }
    words
}

/// The words of a list.
pub(super) const fn listed<const N: usize>(list: &str) -> [u128; N] {
    let (mut all, mut rest, mut n) = ([0; N], list.as_bytes(), 0);
    while n < N {
        let mut end = 0;
        while end < rest.len() && rest[end] != b' ' {
            end += 1;
        }
        let (word, behind) = rest.split_at(end);
        all[n] = packed(word);
        assert!(all[n] != 0, "a word of a list has 1 to 16 bytes");
        if let [_, behind @ ..] = behind {
            rest = behind;
        }
        n += 1;
    }
    all
}

/// The words of a list, distinguished when the program is built.
macro_rules! words {
    ($list:expr) => {{
        use $crate::marker::grammar::lists::{count, listed};
        const { &listed::<{ count($list) }>($list) }
    }};
}
pub(super) use words;
