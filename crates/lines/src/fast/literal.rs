//! Text that stands between two values in every line of one writer, compared eight bytes at a time; and the time of such
//! lines, of which only the fraction is new in most. What the values mean is for the formats.

use crate::fast::le_words::{are, known, masked, words};
use crate::fast::value::Near;
use crate::format::synonym;
use crate::time::stamp::epoch;
use crate::time::{Precision, SECOND, Stamp};

/// Longest text, in bytes.
pub(super) const LONGEST: usize = 40;
const WORDS: usize = LONGEST / 8;

/// The text in front of a value.
#[derive(Clone, Debug)]
pub(super) struct Between {
    words: [u64; WORDS],
    keep: [u64; WORDS],
    /// Its length in bytes.
    pub(super) len: usize,
    /// Quotes in it.
    pub(super) quotes: usize,
    /// Bytes in front of the first of them.
    quote: usize,
}

impl Between {
    /// Such a text; `None` where it is too long.
    pub(super) fn new(text: &[u8]) -> Option<Between> {
        let (words, keep) = known(text)?;
        Some(Between {
            words,
            keep,
            len: text.len(),
            quotes: text.iter().filter(|c| **c == b'"').count(),
            quote: memchr::memchr(b'"', text).unwrap_or(text.len()),
        })
    }

    /// Whether some bytes begin with the text.
    #[inline(always)]
    pub(super) fn is(&self, b: &[u8; LONGEST]) -> bool {
        are(b, &self.words, &self.keep)
    }

    /// Bytes in front of its first quote; all of them where it has none.
    pub(super) fn before_quote(&self) -> usize {
        self.quote
    }
}

/// A number of digits and points that begins with a digit.
pub(super) fn is_plain_number(v: &[u8]) -> bool {
    v.first().is_some_and(u8::is_ascii_digit)
        && v.iter()
            .fold(true, |all, c| all & matches!(c, b'0'..=b'9' | b'.'))
}

/// Longest written time that is remembered.
const WRITTEN: usize = 32;
/// Where the digits of the fraction of an ISO time begin.
const ISO_FRACTION: usize = 20;

/// Bytes of a clock, `06:33:21`, behind which the fraction begins with its point.
const CLOCK: usize = 8;

/// The last written time. Of the next one no more is read than the digits of its fraction, which begin at `AT`, if all else is
/// the same, and no more than its clock in front of them if the day is.
#[derive(Clone, Copy, Debug)]
pub struct TimeMemo<const AT: usize = ISO_FRACTION> {
    words: [u64; WRITTEN / 8],
    /// What is compared: all but the fraction, and what stands behind the time.
    keep: [u64; WRITTEN / 8],
    /// What is compared of another time of the day: the same without the clock.
    keep_day: [u64; WRITTEN / 8],
    /// The wall time at which the day begins, where clocks are read by themselves.
    midnight: Option<i64>,
    /// Its length in bytes; 0 where it is not remembered.
    len: usize,
    /// Digits of the fraction: none, three or six.
    digits: usize,
    /// The time without its fraction, or whatever was read last.
    last: Stamp,
}

impl<const AT: usize> Default for TimeMemo<AT> {
    fn default() -> Self {
        TimeMemo {
            words: [0; WRITTEN / 8],
            keep: [0; WRITTEN / 8],
            keep_day: [0; WRITTEN / 8],
            midnight: None,
            len: 0,
            digits: 0,
            last: Stamp::utc(0, Precision::Second),
        }
    }
}

/// The last written times of the shapes in which the writers of an input write them.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeMemos([TimeMemo; 8]);

impl TimeMemos {
    /// What [`synonym::time`] says of the bytes from `from` to `to`.
    #[inline(always)]
    pub(super) fn time(&mut self, after: &[u8], from: usize, to: usize) -> Option<Stamp> {
        // of a number nothing is the same in the next line
        let value = after.get(from..to)?;
        if value.get(4).is_some_and(u8::is_ascii_digit)
            && Near::new(after, from, to)?.is_plain_number()
            && let Ok((b"", stamp)) = epoch(value)
        {
            return Some(stamp);
        }
        let memo = self.of(after, from, to);
        memo.time_by(after, from, to, synonym::time)
    }

    /// The one of the shape that the bytes from `from` to `to` have: by their length and the sign in front of their fraction.
    #[inline(always)]
    pub(super) fn of(&mut self, after: &[u8], from: usize, to: usize) -> &mut TimeMemo {
        let sign = after.get(from + ISO_FRACTION - 1).copied();
        let shape = to.saturating_sub(from) ^ usize::from(sign.unwrap_or_default());
        &mut self.0[shape % 8]
    }
}

impl<const AT: usize> TimeMemo<AT> {
    /// What `read` says of the bytes from `from` to `to`; always the same `read` for one memo.
    #[inline(always)]
    pub(super) fn time_by(
        &mut self,
        after: &[u8],
        from: usize,
        to: usize,
        read: impl Fn(&[u8]) -> Option<Stamp>,
    ) -> Option<Stamp> {
        let wall_us = match self.known(after, from, to) {
            Some(us) => us,
            None => match self.later(after, from, to) {
                Some(us) => us,
                None => self.learn(after.get(from..to)?, read)?,
            },
        };
        // only here a stamp is put together, of a whole one: one that is handed on in parts is waited for
        let mut stamp = self.last;
        stamp.wall_us = wall_us;
        Some(stamp)
    }

    /// The wall time of a written time that differs from the last one in its fraction at most.
    #[inline(always)]
    fn known(&self, after: &[u8], from: usize, to: usize) -> Option<i64> {
        if to - from != self.len || self.len == 0 {
            return None;
        }
        let text: &[u8; WRITTEN] = after.get(from..)?.first_chunk()?;
        if !are(text, &self.words, &self.keep) {
            return None;
        }
        Some(self.last.wall_us + fraction::<AT>(text, self.digits)?)
    }

    /// The wall time of a written time of the same day, which becomes the last one.
    #[inline(never)]
    fn later(&mut self, after: &[u8], from: usize, to: usize) -> Option<i64> {
        let midnight = self.midnight?;
        if to - from != self.len {
            return None;
        }
        let text: &[u8; WRITTEN] = after.get(from..)?.first_chunk()?;
        let of_day = masked(self.words, &self.keep_day);
        if !are(text, &of_day, &self.keep_day) {
            return None;
        }
        let whole = midnight + clock(text.get(AT - 1 - CLOCK..)?.first_chunk()?)?;
        let us = whole + fraction::<AT>(text, self.digits)?;
        self.words = masked(words(text)?, &self.keep);
        self.last.wall_us = whole;
        Some(us)
    }

    /// Reads a time, gives its wall time, and remembers it without its fraction, or at least what its stamp says beside it.
    #[inline(never)]
    fn learn(&mut self, value: &[u8], read: impl Fn(&[u8]) -> Option<Stamp>) -> Option<i64> {
        let stamp = read(value)?;
        *self = TimeMemo {
            last: stamp,
            ..TimeMemo::default()
        };
        let mut text = [0; WRITTEN];
        let Some(whole) = text.get_mut(..value.len()) else {
            return Some(stamp.wall_us);
        };
        whole.copy_from_slice(value);
        let behind = value.get(AT..).unwrap_or_default();
        let n = behind.iter().take_while(|c| c.is_ascii_digit()).count();
        let digits = match value.get(AT - 1) {
            Some(b'.' | b',') if matches!(n, 3 | 6) => n,
            _ => 0,
        };
        let Some(us) = fraction::<AT>(&text, digits) else {
            return Some(stamp.wall_us);
        };
        let mut keep = [0; WRITTEN];
        keep[..value.len()].fill(0xFF);
        text[AT..AT + digits].fill(b'0');
        keep[AT..AT + digits].fill(0);
        let at = |text: &[u8; WRITTEN]| read(text.get(..value.len())?).map(|s| s.wall_us);
        let whole = stamp.wall_us - us;
        // a shape whose fraction counts otherwise is read anew each time
        if digits > 0 && at(&text) != Some(whole) {
            return Some(stamp.wall_us);
        }
        let (mut keep_day, mut other) = (keep, text);
        let place = AT - 1 - CLOCK..AT - 1;
        keep_day[place.clone()].fill(0);
        let midnight = text[place.clone()].first_chunk().and_then(clock);
        // so is a shape whose hours do, as those of half a day
        let midnight = midnight.map(|of_day| whole - of_day).filter(|midnight| {
            [*b"00:00:00", *b"23:59:59"].iter().all(|c| {
                other[place.clone()].copy_from_slice(c);
                clock(c).is_some_and(|of_day| at(&other) == Some(midnight + of_day))
            })
        });
        text[AT..AT + digits].fill(0);
        *self = TimeMemo {
            words: words(&text)?,
            keep: words(&keep)?,
            keep_day: words(&keep_day)?,
            midnight,
            len: value.len(),
            digits,
            last: Stamp {
                wall_us: whole,
                ..stamp
            },
        };
        Some(stamp.wall_us)
    }
}

/// The microseconds of the day at a written clock; `None` where it is none.
#[inline(always)]
fn clock(text: &[u8; CLOCK]) -> Option<i64> {
    const NONE: u64 = u64::from_le_bytes(*b"00:00:00");
    // what makes the high bit of a byte that is no digit, or no colon
    const ABOVE: u64 = u64::from_le_bytes(*b"vv\x7fvv\x7fvv");
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let x = u64::from_le_bytes(*text) ^ NONE;
    let pairs = x.wrapping_mul(10).wrapping_add(x >> 8).to_le_bytes();
    let [h, m, s] = [pairs[0], pairs[3], pairs[6]].map(i64::from);
    let digits = (x.wrapping_add(ABOVE) | x) & HIGH == 0;
    (digits && h < 24 && m < 60 && s < 60).then_some(((h * 60 + m) * 60 + s) * SECOND)
}

/// The fraction of a written time, of that many digits, in microseconds; `None` where it has others than digits.
#[inline(always)]
fn fraction<const AT: usize>(text: &[u8; WRITTEN], digits: usize) -> Option<i64> {
    let three = |at: usize| {
        let digit = |at: usize| text[at].wrapping_sub(b'0');
        let (a, b, c) = (digit(at), digit(at + 1), digit(at + 2));
        let n = i64::from(a) * 100 + i64::from(b) * 10 + i64::from(c);
        ((a <= 9) & (b <= 9) & (c <= 9)).then_some(n)
    };
    match digits {
        0 => Some(0),
        3 => Some(three(AT)? * 1000),
        _ => Some(three(AT)? * 1000 + three(AT + 3)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_found_at_the_start_only() {
        let t = Between::new(br#","status":"#).unwrap();
        let line = br#","status":200,"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#;
        let is = |from| t.is(line[from..].first_chunk().unwrap());
        assert!(is(0) && !is(1));
        assert_eq!((t.len, t.quotes, t.before_quote()), (10, 2, 1));
        assert!(Between::new(&[b'a'; LONGEST + 1]).is_none());
    }

    proptest! {
        #[test]
        fn a_clock_reads_what_the_leaf_reads(
            times in proptest::collection::vec((
                proptest::sample::select(vec![
                    "2026-11-20T06:33:21", "2026-11-20 06:33:22", "2026-11-20 06:33:2", "20/11/2026 06:33:21", "1795156401",
                    "20/Nov/2026:06:33:21 +0000", "20 Nov 2026 06:33:21", "Nov 20 06:33:21", "2026-11-20T23:59:60",
                    "2026-11-20T00:00:00", "2026-11-20T19:05:59", "2026-11-20T06:33:61", "2026-11-20T06-33-21",
                ]),
                "[.,]?[0-9]{0,7}", proptest::sample::select(vec!["", "Z", "+01:00", " +0100", "x"]),
            ), 1..30),
        ) {
            let mut memo = TimeMemos::default();
            for (a, b, c) in times {
                let text = [a, &b, c].concat();
                let line = format!("t={text} and what follows it in the line, which is long enough");
                let found = memo.time(line.as_bytes(), 2, 2 + text.len());
                prop_assert_eq!(found, synonym::time(text.as_bytes()), "{}", text);
            }
        }
    }
}
