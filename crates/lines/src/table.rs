//! Data of the program that is written as text: tables with a row a line and cells between tabs, blocks of keys and their values,
//! and lists of words.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use std::collections::HashMap;

/// The rows of a table, each of `N` cells, of which those that are not there are empty. Lines with `#` in front say what the rows are.
pub fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let rows = table.lines().filter(|l| !l.starts_with('#'));
    rows.map(|row| {
        let mut cells = row.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    })
}

/// The blocks of a text between empty lines. A line that begins with two blanks goes on with the one above.
pub fn blocks(text: &'static str) -> impl Iterator<Item = &'static str> {
    // as long as the program, like the text itself
    let whole: &'static str = text.replace("\n  ", " ").leak();
    whole.split("\n\n")
}

/// What stands behind a key at the begin of a line of a block; nothing where it has none.
pub fn value(block: &'static str, key: &str) -> &'static str {
    let of_key = |l: &'static str| l.strip_prefix(key)?.strip_prefix(": ");
    block.lines().find_map(of_key).unwrap_or_default()
}

/// The value of an enum that a table calls by that name, or, where it holds something, writes as JSON: `{"text":1}`.
pub fn named<T: Deserialize<'static>>(name: &'static str) -> Option<T> {
    if name.starts_with('{') {
        return serde_json::from_str(name).ok();
    }
    let name: StrDeserializer<'_, Error> = name.into_deserializer();
    T::deserialize(name).ok()
}

/// What words mean.
pub type Meanings<T> = HashMap<&'static [u8], T, foldhash::fast::FixedState>;

/// What the words of a table mean that has a meaning, as [`named`] reads it, and its words a row.
pub fn meanings<T: Copy + Deserialize<'static>>(table: &'static str) -> Meanings<T> {
    let meant = |[meaning, words]: [&'static str; 2]| {
        let meaning = named::<T>(meaning)?;
        Some(words.split(' ').map(move |w| (w.as_bytes(), meaning)))
    };
    rows(table).filter_map(meant).flatten().collect()
}

/// The words of a list between blanks. Of a constant they are told apart when the program is built.
pub const fn words<const N: usize>(list: &'static str) -> [&'static str; N] {
    between(b' ', list)
}

/// The same as bytes.
pub const fn byte_words<const N: usize>(list: &'static str) -> [&'static [u8]; N] {
    as_bytes(words(list))
}

/// The phrases of a list between bars.
pub const fn phrases<const N: usize>(list: &'static str) -> [&'static str; N] {
    between(b'|', list)
}

/// The same as bytes.
pub const fn byte_phrases<const N: usize>(list: &'static str) -> [&'static [u8]; N] {
    as_bytes(phrases(list))
}

const fn between<const N: usize>(mark: u8, list: &'static str) -> [&'static str; N] {
    let (mut all, mut rest, mut n) = ([""; N], list, 0);
    while n < N {
        let mut end = 0;
        while end < rest.len() && rest.as_bytes()[end] != mark {
            end += 1;
        }
        assert!(
            (end < rest.len()) == (n + 1 < N),
            "a list has as many words as it says"
        );
        let (word, behind) = rest.split_at(end);
        all[n] = word;
        if !behind.is_empty() {
            rest = behind.split_at(1).1;
        }
        n += 1;
    }
    all
}

const fn as_bytes<const N: usize>(list: [&'static str; N]) -> [&'static [u8]; N] {
    let (mut all, mut n): ([&[u8]; N], usize) = ([b""; N], 0);
    while n < N {
        all[n] = list[n].as_bytes();
        n += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_at_their_marks() {
        assert_eq!(words("a bc d"), ["a", "bc", "d"]);
        assert_eq!(byte_phrases("a b|c"), [&b"a b"[..], b"c"]);
        assert!(std::panic::catch_unwind(|| words::<2>("a b c")).is_err());
        assert!(std::panic::catch_unwind(|| words::<3>("a b")).is_err());
    }
}
