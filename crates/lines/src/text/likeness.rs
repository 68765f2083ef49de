//! What texts have in common that differ in nothing but numbers and ids: one key for all of them, made in one pass over the bytes.
//! A run of digits is one zero; a hash and a UUID are a zero and what their shape shows of them, any other id of letters and digits
//! a zero and that it is one. Whether texts of one key mean the same is for whoever reads them to say.

use crate::text::failed_status::is_behind_key;
use crate::vector::{ByteWindow, WINDOW};
use std::ops::RangeInclusive;

/// Longer texts have no key.
pub const LONGEST: usize = 480;
/// Bytes that a zero of a key stands for, at most.
pub(crate) const LONGEST_NUMBER: usize = 40;
/// The only words of the rules that a hash may hold: those that do stay as they are.
pub(crate) const READ: [&[u8; 4]; 2] = [b"dead", b"edac"];
/// Lengths of hashes.
pub(crate) const HASH: RangeInclusive<usize> = 7..=40;
/// Bytes of a UUID, and behind how many of them a hyphen stands.
const UUID: usize = 36;
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// What stands behind the zero of an id, bytes that no text holds there: that of a hash that begins with a letter, and one more if
/// with a digit; two more for a UUID.
pub(super) const OF_HASH: u8 = 0xF0;
const OF_UUID: u8 = 2;
/// A hash of digits and one letter at its end, which may be a number and its unit.
const AS_A_NUMBER: u8 = 0xF4;
/// Beside the others: the last byte is a digit, and a dot follows.
const DIGIT_LAST: u8 = 8;

/// What stands behind the zero of any other id, and its bytes at least.
const OF_MIXED: u8 = 0xFC;
const MIXED: usize = 8;

const DIGIT: u8 = 1;
const HEX: u8 = 2;
/// The same letters in capitals.
const CAPITAL: u8 = 4;
const OTHER: u8 = 8;
/// What each byte of a word is.
static CLASS: [u8; 256] = {
    let mut all = [0; 256];
    let mut c = 0;
    while c < 128 {
        all[c as usize] = match c {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX,
            b'A'..=b'F' => CAPITAL,
            _ if c.is_ascii_alphabetic() => OTHER,
            _ => 0,
        };
        c += 1;
    }
    all
};

/// The key of a text, and room for the next one's.
#[derive(Debug)]
pub struct Likeness {
    bytes: [u8; LONGEST],
    len: usize,
    is_whole: bool,
    /// Whether something may be read in an id that is neither a hash nor a UUID: then it stays as it is.
    reads: fn(&[u8]) -> bool,
}

impl Likeness {
    /// No key; of ids that are neither hashes nor UUIDs those are alike in which nothing is read.
    pub fn new(reads: fn(&[u8]) -> bool) -> Self {
        Likeness {
            bytes: [0; LONGEST],
            len: 0,
            is_whole: false,
            reads,
        }
    }
}

/// Where the digits of a text stand, a bit for each byte.
struct DigitPlaces([u32; LONGEST / WINDOW]);

impl DigitPlaces {
    #[inline(always)]
    fn of(text: &[u8]) -> DigitPlaces {
        let mut all = [0; LONGEST / WINDOW];
        let (windows, rest) = text.as_chunks::<WINDOW>();
        for (bits, w) in all.iter_mut().zip(windows) {
            *bits = ByteWindow(w).between(b'0', b'9');
        }
        let mut last = [0; WINDOW];
        last[..rest.len()].copy_from_slice(rest);
        if let Some(bits) = all.get_mut(windows.len()) {
            *bits = ByteWindow(&last).between(b'0', b'9');
        }
        DigitPlaces(all)
    }

    /// The first one from a place on.
    #[inline(always)]
    fn from(&self, at: usize) -> Option<usize> {
        let mut n = at / WINDOW;
        let mut bits = self.0.get(n)? & (u32::MAX << (at % WINDOW));
        while bits == 0 {
            n += 1;
            bits = *self.0.get(n)?;
        }
        Some(n * WINDOW + bits.trailing_zeros() as usize)
    }
}

impl Likeness {
    /// The key of the text that was given last, where it has one beside itself.
    #[inline(always)]
    pub fn key(&self) -> Option<&[u8]> {
        self.is_whole.then(|| &self.bytes[..self.len])
    }

    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        // never more than of the text
        if let Some(room) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            room.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    /// The key of a text, which may be the text itself; `None` where it has none.
    #[inline(always)]
    pub fn fill<'k>(&'k mut self, text: &'k [u8]) -> Option<&'k [u8]> {
        self.is_whole = false;
        if text.len() > LONGEST {
            return None;
        }
        let digits = DigitPlaces::of(text);
        if digits.from(0).is_none() {
            return Some(text);
        }
        let (mut kept, mut at) = (0, 0);
        self.len = 0;
        while let Some(d) = digits.from(at) {
            let is_word = |c: &&u8| CLASS[usize::from(**c)] != 0;
            let start = d - text[kept..d].iter().rev().take_while(is_word).count();
            self.put(&text[kept..start]);
            kept = self.word(text, start, d)?;
            // what follows a zero shows whether it is an id
            if text.get(kept).is_some_and(|c| *c >= OF_HASH) {
                return None;
            }
            at = kept;
        }
        self.put(&text[kept..]);
        self.is_whole = true;
        self.key()
    }

    /// Puts what stands for a word, whose first digit is known; gives its end.
    #[inline(always)]
    fn word(&mut self, text: &[u8], start: usize, digit: usize) -> Option<usize> {
        let (mut figures, mut has, mut end) = (0, 0, start);
        while let Some(c) = text.get(end) {
            let class = CLASS[usize::from(*c)];
            if class == 0 {
                break;
            }
            has |= class;
            figures += usize::from(class & DIGIT);
            end += 1;
        }
        let word = &text[start..end];
        let is_hash =
            HASH.contains(&word.len()) && has & OTHER == 0 && (2..word.len()).contains(&figures);
        // how a call ended stays as it is
        if digit == start && is_behind_key(text, start) {
            self.put(word);
            return Some(end);
        }
        if has & (CAPITAL | OTHER) != 0 && is_mixed(word) && !(self.reads)(word) {
            self.put(&[b'0', OF_MIXED]);
            return Some(end);
        }
        // and so do hashes in capitals, which begin like names
        if is_hash && (has & CAPITAL != 0 || is_read(word)) {
            self.put(word);
            return Some(end);
        }
        let first = OF_HASH + u8::from(digit == start);
        let last = |end: usize| match (text[end - 1].is_ascii_digit(), text.get(end)) {
            (true, Some(b'.')) => DIGIT_LAST,
            _ => 0,
        };
        if word.len() == HYPHENS[0]
            && is_uuid(&text[start..])
            && !is_read(&text[start..start + UUID])
        {
            let end = start + UUID;
            self.put(&[b'0', first + OF_UUID + last(end)]);
            return Some(end);
        }
        if figures == word.len() && figures <= LONGEST_NUMBER {
            self.put(b"0");
            return Some(end);
        }
        let number = is_hash && figures + 1 == word.len() && !word[figures].is_ascii_digit();
        if is_hash && !number {
            self.put(&[b'0', first + last(end)]);
            return Some(end);
        }
        let (mut run, mut from) = (0, self.len);
        for c in word {
            run = if c.is_ascii_digit() { run + 1 } else { 0 };
            if run < 2 {
                *self.bytes.get_mut(from)? = if run == 1 { b'0' } else { *c };
                from += 1;
            } else if run > LONGEST_NUMBER {
                return None;
            }
        }
        self.len = from;
        if number {
            self.put(&[AS_A_NUMBER]);
        }
        Some(end)
    }
}

/// Whether a word of letters and digits is an id: names end in their number.
fn is_mixed(word: &[u8]) -> bool {
    let numbered = |w: &[u8; 2]| w[0].is_ascii_digit() && !w[1].is_ascii_digit();
    word.len() >= MIXED && word.array_windows().any(numbered)
}

/// Whether a key stands for ids that are neither hashes nor UUIDs: of such texts nothing is known but that nothing is read in them.
pub(crate) fn holds_mixed(key: &[u8]) -> bool {
    memchr::memchr(OF_MIXED, key).is_some()
}

/// Whether an id holds a word that is read.
#[inline(always)]
fn is_read(id: &[u8]) -> bool {
    id.array_windows().any(|w| READ.contains(&w))
}

/// Bytes of the longest text with a part of a key.
pub(crate) fn longest(key: &[u8]) -> usize {
    let zeros = memchr::memchr_iter(b'0', key).count();
    let ids = key.iter().filter(|c| **c >= OF_HASH).count();
    key.len() + zeros * LONGEST_NUMBER + ids * (HASH.end() - LONGEST_NUMBER)
}

/// Whether a text begins with a UUID in small letters and goes on with no letter.
#[inline(always)]
fn is_uuid(text: &[u8]) -> bool {
    let Some((id, behind)) = text.split_at_checked(UUID) else {
        return false;
    };
    let hex = |c: &u8| CLASS[usize::from(*c)] & (DIGIT | HEX) != 0;
    let parts = id.iter().enumerate();
    let mut all = parts.map(|(n, c)| {
        if HYPHENS.contains(&n) {
            *c == b'-'
        } else {
            hex(c)
        }
    });
    all.all(|is| is) && behind.first().is_none_or(|c| CLASS[usize::from(*c)] == 0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn key(text: &str) -> Option<Vec<u8>> {
        Likeness::new(crate::marker::is_read)
            .fill(text.as_bytes())
            .map(<[u8]>::to_vec)
    }

    /// Two texts of one key, of given words and of numbers and ids.
    pub(crate) fn alike(words: Vec<&'static str>) -> impl Strategy<Value = (String, String)> {
        const IDS: [&str; 8] = [
            "[0-9]{1,9}",
            "[0-9a-f]{6,42}",
            "[0-9]{6,9}[a-f]",
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "[0-9]{1,3}(\\.[0-9]{1,3}){1,3}(:[0-9]{1,5}|[ms]{0,2})",
            "[#a-zPS]{0,2}[0-9]{1,3}[A-Fa-f]{0,2}",
            "[0-9A-Za-z]{8,24}",
            "[0-9][a-zA-Z]{0,6}(error|deploy|timed|fail|release|to|o|x50)[0-9]?(rolled|ed|up|is|[a-z]{4})",
        ];
        let id = select(&IDS[..]).prop_flat_map(|id| (id, id));
        let id = id.prop_map(|(a, b)| {
            if key(&a) == key(&b) {
                (a, b)
            } else {
                (a.clone(), a)
            }
        });
        let word = select(words).prop_map(|w| (w.to_string(), w.to_string()));
        let sign = select(vec![" ", ": ", "=", "-", ".", "/", ", ", "\"", "(", ")"]);
        let sign = sign.prop_map(|w| (w.to_string(), w.to_string()));
        let all = proptest::collection::vec(prop_oneof![4 => word, 3 => id, 3 => sign], 0..16);
        let all = all.prop_map(|parts| parts.into_iter().unzip::<_, _, Vec<_>, Vec<_>>());
        let all = all.prop_map(|(a, b)| (a.concat(), b.concat()));
        all.prop_map(|(a, b)| {
            if key(&a) == key(&b) {
                (a, b)
            } else {
                (a.clone(), a)
            }
        })
    }

    #[test]
    fn numbers_and_ids_are_alike() {
        for (a, b) in [
            ("order 7 sent", "order 7000 sent"),
            ("to 10.1.2.3:80", "to 127.20.30.40:65535"),
            ("id b6ad0c1d", "id fe85f9ff4bb47881cd3fc335f70586ee"),
            (
                "id=26b036ad-da4c-1d82-d197-ffd94d9938a2;",
                "id=00000000-0000-0000-0000-000000000000;",
            ),
            (
                "id 12345678-da4c-1d82-d197-ffd94d9938a2",
                "id 3b345678-da4c-1d82-d197-ffd94d9938a2",
            ),
            ("took 1.5ms", "took 120.25ms"),
            ("ref J9WIUnLqKss7S7s8jMUALG", "ref g50h9NCWL6HV"),
        ] {
            assert!(key(a).is_some() && key(a) == key(b), "{a}, {b}");
        }
        for (a, b) in [
            ("order 7 sent", "order x sent"),
            ("status=200", "status=500"),
            ("status code: 200", "status code: 201"),
            ("id b6ad0c1d", "id 6bad0c1d"),
            ("id 1234567d", "id 12d"),
            ("id 1b345678", "id 12345678"),
            ("AB34567", "AB345678"),
            ("id a1dead23", "id a1deed23"),
            ("a 1\u{10000}", "a 12\u{10000}"),
            ("to siobhan826", "to jonathan826"),
            ("ref J9WIdeployUnLq", "ref J9WIdenialUnLq"),
        ] {
            assert!(key(a) != key(b) || key(a).is_none(), "{a}, {b}");
        }
        assert_eq!(key(&"a".repeat(LONGEST + 1)), None);
        assert_eq!(key(&"7".repeat(LONGEST_NUMBER + 1)), None);
    }
}
