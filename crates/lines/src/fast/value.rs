//! Values that were cut out of a line, looked at together with what follows them, so that the usual ones are known without a
//! loop: addresses, words, short numbers. What is not usual goes the general way, in `leaf` and `synonym`.

use crate::fast::le_words::{keep, masked, words};
use crate::format::leaf::{self, Unit};
use crate::format::synonym;
use crate::vector::{ByteWindow, WINDOW, eight_digits};

/// A value, and its first bytes with what follows them; none near the end of what has been read.
#[derive(Clone, Copy, Debug)]
pub struct Near<'a> {
    /// The value.
    pub value: &'a [u8],
    window: Option<ByteWindow<'a>>,
}

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
const TENS: [i64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// By length: what is kept of the words of a window.
const KEEP: [[u64; WINDOW / 8]; WINDOW + 1] = keep();

impl<'a> Near<'a> {
    /// The value that stands from `from` to `to`.
    #[inline(always)]
    pub fn new(bytes: &'a [u8], from: usize, to: usize) -> Option<Near<'a>> {
        Some(Near {
            value: bytes.get(from..to)?,
            window: bytes.get(from..)?.first_chunk().map(ByteWindow),
        })
    }

    /// The value as words, filled up with zeros; `None` where it is longer than a window.
    #[inline(always)]
    pub fn words(&self) -> Option<[u64; WINDOW / 8]> {
        let keep = KEEP.get(self.value.len())?;
        Some(masked(words(self.window?.0)?, keep))
    }

    /// A number that depends on the length of the value, its first and its last eight bytes.
    #[inline(always)]
    pub fn sum(&self) -> u64 {
        let n = self.value.len();
        let last = self
            .value
            .last_chunk()
            .map_or(0, |b| u64::from_le_bytes(*b));
        let first = match (self.window, KEEP.get(n)) {
            (Some(w), Some(keep)) => {
                w.0.first_chunk()
                    .map_or(0, |b| u64::from_le_bytes(*b) & keep[0])
            }
            _ => 0,
        };
        first.rotate_left(n as u32) ^ last.rotate_left(29)
    }

    /// The window and a bit for each byte of the value, if all of it is in the window.
    #[inline(always)]
    fn whole(&self) -> Option<(ByteWindow<'a>, u32)> {
        let n = self.value.len();
        let all = ((1u64 << (n & 63)) - 1) as u32;
        match self.window {
            Some(w) if n <= WINDOW => Some((w, all)),
            _ => None,
        }
    }

    /// A number of digits and points that begins with a digit.
    #[inline(always)]
    pub fn is_plain_number(&self) -> bool {
        match self.whole() {
            Some((w, all)) => {
                let digits = w.between(b'0', b'9');
                (digits | w.equal(b'.')) & all == all && digits & all & 1 == 1
            }
            None => {
                self.value.first().is_some_and(u8::is_ascii_digit)
                    && self.value.iter().all(|c| matches!(c, b'0'..=b'9' | b'.'))
            }
        }
    }

    /// Whether it is an IPv4 address without a port; if not, it may be an address all the same.
    #[inline(always)]
    pub fn is_usual_address(&self) -> bool {
        let Some((w, all)) = self.whole() else {
            return false;
        };
        let points = w.equal(b'.') & all;
        (w.between(b'0', b'9') | points) & all == all && points.count_ones() == 3
    }

    /// Whether it is an IPv4 address with a port; if not, it may name something that answers all the same.
    #[inline(always)]
    pub fn is_usual_endpoint(&self) -> bool {
        let Some((w, all)) = self.whole() else {
            return false;
        };
        let points = w.equal(b'.') & all;
        let colon = w.equal(b':') & all;
        (w.between(b'0', b'9') | points | colon) & all == all
            && points.count_ones() == 3
            && colon.count_ones() == 1
            && points < colon
    }

    /// What [`leaf::without_port`] says of it.
    #[inline(always)]
    pub fn without_port(&self) -> &'a [u8] {
        if let Some((w, all)) = self.whole()
            && w.between(b'0', b'9') & 1 == 1
        {
            let colon = w.equal(b':') & all;
            if colon.count_ones() == 1 {
                return &self.value[..colon.trailing_zeros() as usize];
            }
        }
        leaf::without_port(self.value)
    }

    /// Whether it is one word of two to 32 visible characters without a backslash; if not, it may be a longer one.
    #[inline(always)]
    pub fn is_usual_word(&self) -> bool {
        let Some((w, all)) = self.whole() else {
            return false;
        };
        let good = w.between(b'!', b'~') & !w.equal(b'\\');
        good & all == all && all > 1
    }

    /// Whether it is such a word without colons, commas and brackets.
    #[inline(always)]
    pub fn is_usual_name(&self) -> bool {
        let Some((w, all)) = self.whole() else {
            return false;
        };
        let other = w.equal(b'\\') | w.equal(b'[') | w.equal(b':') | w.equal(b',');
        w.between(b'!', b'~') & !other & all == all && all > 1
    }

    /// The name of a host, without its port, of lower case as nearly all are; if `None`, it may be a host all the same.
    #[inline(always)]
    pub fn site(&self) -> Option<&'a [u8]> {
        let (w, all) = self.whole()?;
        let colon = w.equal(b':') & all;
        let good = w.between(b'a', b'z') | w.between(b'-', b'9') & !w.equal(b'/') | colon;
        match colon.count_ones() {
            _ if good & all != all || all == 0 => None,
            0 => Some(self.value),
            1 if !self.value.starts_with(b"unix:") => {
                self.value.get(..colon.trailing_zeros() as usize)
            }
            _ => None,
        }
    }

    /// The digits of a number of at most eight bytes as a whole one, and how many of them stand behind its point.
    #[inline(always)]
    fn digits(&self) -> Option<(i64, usize)> {
        let (w, all) = self.whole()?;
        let n = self.value.len();
        let word = u64::from_le_bytes(*w.0.first_chunk()?);
        let points = w.equal(b'.') & all;
        let good = (w.between(b'0', b'9') | points) & all == all;
        if !good || n > 8 || all == 0 || points & points.wrapping_sub(1) != 0 {
            return None;
        }
        let at = (points | 1 << n).trailing_zeros() as usize;
        // the point is taken out
        let before = 1u64.checked_shl(8 * at as u32).unwrap_or(0).wrapping_sub(1);
        let word = (word & before) | ((word >> 8) & !before);
        let digits = n - usize::from(points != 0);
        if at == 0 || digits == 0 {
            return None;
        }
        // digits move to the high bytes, zeros take the place of what followed them
        let fill = ZEROS.checked_shr(8 * digits as u32).unwrap_or(0);
        let value = ((word << (64 - 8 * digits)) | fill) ^ ZEROS;
        Some((eight_digits(value) as i64, digits - at.min(digits)))
    }

    /// What [`synonym::latency_us`] says of it.
    #[inline(always)]
    pub fn latency_us(&self, unit: Option<Unit>) -> Option<i64> {
        if let Some((number, behind)) = self.digits()
            && self.value.last() != Some(&b'.')
        {
            let places = match unit {
                Some(Unit::Second) => 6,
                Some(Unit::Milli) => 3,
                None if behind > 0 => 6,
                None => return (self.value == b"0").then_some(0),
                Some(Unit::Micro | Unit::Nano) => 0,
            };
            if let Some(by) = usize::checked_sub(places, behind).and_then(|n| TENS.get(n))
                && places > 0
            {
                return Some(number * by);
            }
        }
        synonym::latency_us(unit, self.value)
    }

    /// Whether it is such a word of which a letter is one.
    #[inline(always)]
    pub fn is_usual_host(&self) -> bool {
        let Some((w, all)) = self.whole() else {
            return false;
        };
        self.is_usual_name() && w.between(b'a', b'z') & all != 0
    }

    /// Whether it holds a backslash or an escape character.
    #[inline(always)]
    pub fn is_escaped(&self) -> bool {
        leaf::has_escape(self.value)
    }
}

/// Index of the first blank or control byte from `at`, which all bytes below `!` are.
#[inline(always)]
pub(super) fn find_blank(b: &[u8], mut at: usize) -> Option<usize> {
    while let Some(w) = b.get(at..)?.first_chunk() {
        let blanks = ByteWindow(w).between(0, b' ');
        if blanks != 0 {
            return Some(at + blanks.trailing_zeros() as usize);
        }
        at += WINDOW;
    }
    Some(at + b.get(at..)?.iter().position(|c| *c < b'!')?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::literal::is_plain_number;
    use crate::tests::holds;
    use proptest::prelude::*;

    #[test]
    fn as_many_bytes_are_kept() {
        let all = keep::<2, 17>();
        assert_eq!(all[0], [0, 0]);
        assert_eq!(all[3], [0xFF_FFFF, 0]);
        assert_eq!(all[8], [u64::MAX, 0]);
        assert_eq!(all[9], [u64::MAX, 0xFF]);
        assert_eq!(all[16], [u64::MAX, u64::MAX]);
    }

    /// Calls `f` with a value in front of other bytes, and in front of none.
    fn placed(v: &[u8], behind: &[u8], f: impl Fn(Near<'_>)) {
        for behind in [behind, b""] {
            let all = [b"x=", v, behind].concat();
            f(Near::new(&all, 2, 2 + v.len()).unwrap());
        }
    }

    #[test]
    fn usual_values_are_reported() {
        let behind = b",\"key\":1234567890123456789012345678901234567890";
        let near = |v: &str, f: fn(&Near<'_>) -> bool| {
            let all = [v.as_bytes(), behind].concat();
            f(&Near::new(&all, 0, v.len()).unwrap())
        };
        holds("usual address", |v| near(v, |n| n.is_usual_address()));
        holds("usual endpoint", |v| near(v, |n| n.is_usual_endpoint()));
        holds("usual word", |v| near(v, |n| n.is_usual_word()));
        holds("usual name", |v| near(v, |n| n.is_usual_name()));
    }

    proptest! {
        #[test]
        fn what_is_reported_is_what_the_general_way_says(
            v in r#"[0-9.]{0,10}|[0-9a-f:.,]{0,40}|[!-~]{0,40}|[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]{1,6})?"#,
            behind in "[0-9.,\" ]{0,60}",
        ) {
            let v = v.as_bytes();
            placed(v, behind.as_bytes(), |near| {
                assert_eq!(near.is_plain_number(), is_plain_number(v));
                assert!(!near.is_usual_address() || leaf::is_address(v));
                assert!(!near.is_usual_endpoint() || leaf::is_endpoint(v) && leaf::list(v).eq([v]));
                assert_eq!(near.without_port(), leaf::without_port(v));
                let word = !v.is_empty() && leaf::is_graphic(v) && !v.contains(&b'\\');
                assert!(!near.is_usual_word() || word && v != b"-" && v != b"_");
                assert!(!near.is_usual_name() || word && !v.iter().any(|c| b"[:,".contains(c)));
                assert!(!near.is_usual_host() || near.is_usual_name() && v.iter().any(u8::is_ascii_alphabetic));
                let mut whole = [0; WINDOW];
                match (whole.get_mut(..v.len()), near.words()) {
                    (Some(w), Some(words)) => {
                        w.copy_from_slice(v);
                        assert_eq!(words.map(u64::to_le_bytes).concat(), whole);
                    }
                    (w, words) => assert!(words.is_none() && (w.is_none() || near.window.is_none())),
                }
                assert_eq!(near.is_escaped(), v.iter().any(|c| matches!(c, b'\\' | 0x1b)));
                for unit in [None, Some(Unit::Second), Some(Unit::Milli), Some(Unit::Micro), Some(Unit::Nano)] {
                    assert_eq!(near.latency_us(unit), synonym::latency_us(unit, v), "{unit:?}");
                }
            });
        }

        #[test]
        fn the_first_blank(b in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), any::<u8>(), b'a'..=b'z', 0x7f..=0xffu8], 0..80), at in 0usize..82) {
            let plain = b.get(at..).and_then(|r| r.iter().position(|c| *c < b'!')).map(|n| at + n);
            prop_assert_eq!(find_blank(&b, at), plain);
        }
    }
}
