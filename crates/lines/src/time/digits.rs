//! Written digits to numbers: the parts of a date, a clock, a fraction, an offset, by fixed position.
//! The lines of a log share their date, so the last date read is remembered; what is remembered never changes an answer.

use super::{DAY, Precision, SECOND, days_from_civil, is_leap};
use std::cell::Cell;

/// Two digits at `at`; at least 0x80 when they are no digits, so that one comparison with an upper bound checks both.
#[inline(always)]
pub(super) fn two(b: &[u8], at: usize) -> i64 {
    let (h, l) = (b[at].wrapping_sub(b'0'), b[at + 1].wrapping_sub(b'0'));
    if h > 9 || l > 9 {
        1_000_000
    } else {
        i64::from(h) * 10 + i64::from(l)
    }
}

/// How many digits a text begins with, as far as `most`.
#[inline]
pub fn digits(b: &[u8], most: usize) -> usize {
    let near = b.iter().take(most);
    near.take_while(|c| c.is_ascii_digit()).count()
}

#[inline(always)]
pub(super) fn four(b: &[u8], at: usize) -> i64 {
    two(b, at) * 100 + two(b, at + 2)
}

/// Microseconds of a clock time, or `None` outside 00:00:00–24:00:00. A leap second (`:60`) is clamped to the second before.
#[inline(always)]
pub(super) fn clock(h: i64, m: i64, s: i64) -> Option<i64> {
    if h > 24 || m > 59 || s > 60 || (h == 24 && (m > 0 || s > 0)) {
        return None;
    }
    Some((h * 3600 + m * 60 + s.min(59)) * SECOND)
}

/// Microseconds at the start of a day of the calendar; `None` where there is no such day.
#[inline]
pub fn date(y: i64, m: i64, d: i64) -> Option<i64> {
    const LEN: [i64; 13] = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=9999).contains(&y)
        || !(1..=12).contains(&m)
        || d < 1
        || d > LEN[m as usize]
        || (m == 2 && d == 29 && !is_leap(y))
    {
        return None;
    }
    Some(days_from_civil(y, m, d) * DAY)
}

/// Month number of a three-letter English name, any case.
#[inline]
pub fn month(b: &[u8]) -> Option<i64> {
    if b.len() < 3 {
        return None;
    }
    let key = (u32::from(b[0] | 32) << 16) | (u32::from(b[1] | 32) << 8) | u32::from(b[2] | 32);
    const fn k(s: &[u8; 3]) -> u32 {
        ((s[0] as u32) << 16) | ((s[1] as u32) << 8) | s[2] as u32
    }
    const KEYS: [u32; 12] = [
        k(b"jan"),
        k(b"feb"),
        k(b"mar"),
        k(b"apr"),
        k(b"may"),
        k(b"jun"),
        k(b"jul"),
        k(b"aug"),
        k(b"sep"),
        k(b"oct"),
        k(b"nov"),
        k(b"dec"),
    ];
    KEYS.iter().position(|&x| x == key).map(|i| i as i64 + 1)
}

/// An optional fraction (`.` or `,` and 1–9 digits; behind a comma may stand a cell of its own): its microseconds, the precision, and its length with the mark.
#[inline]
pub(super) fn fraction(b: &[u8]) -> (i64, Precision, usize) {
    if b.len() < 2 || !(b[0] == b'.' || b[0] == b',') || !b[1].is_ascii_digit() {
        return (0, Precision::Second, 0);
    }
    let (mut us, mut n) = (0i64, 0usize);
    while n + 1 < b.len() && b[n + 1].is_ascii_digit() {
        if n < 6 {
            us = us * 10 + i64::from(b[n + 1] - b'0');
        }
        n += 1;
    }
    // the next cell of a row, where it has not the length of a fraction
    if b[0] == b',' && !matches!(n, 3 | 6 | 9) && b.get(n + 1) == Some(&b',') {
        return (0, Precision::Second, 0);
    }
    for _ in n..6 {
        us *= 10;
    }
    (
        us,
        if n <= 3 {
            Precision::Milli
        } else {
            Precision::Micro
        },
        n + 1,
    )
}

/// An offset: `Z`, `+01:00`, `+0100` or `+01`, in minutes east of UTC, with its length.
#[inline]
pub fn offset(b: &[u8]) -> Option<(i16, usize)> {
    let sign = match b.first()? {
        b'Z' | b'z' => return Some((0, 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    if b.len() < 3 {
        return None;
    }
    let h = two(b, 1);
    let (m, n) = if b.len() >= 6 && b[3] == b':' && two(b, 4) < 60 {
        (two(b, 4), 6)
    } else if b.len() >= 5 && two(b, 3) < 60 {
        (two(b, 3), 5)
    } else {
        (0, 3)
    };
    if h > 18 {
        None
    } else {
        Some(((sign * (h * 60 + m)) as i16, n))
    }
}

/// An offset in numbers behind one blank: ` +02:00`, ` -0330`, with its length.
#[inline]
pub fn offset_apart(b: &[u8]) -> Option<(i16, usize)> {
    let [b' ', zone @ ..] = b else { return None };
    let (minutes, n) = offset(zone).filter(|(_, n)| *n >= 5)?;
    Some((minutes, n + 1))
}

/// Microseconds of a clock time written `06:33:21` at `at`, all eight bytes at once; `None` when it is none.
#[inline(always)]
pub(super) fn clock_at(i: &[u8], at: usize) -> Option<i64> {
    // Digits become 0–9 and colons 0; whatever else stands there leaves a high bit after the addition or has one.
    const WRITTEN: u64 = u64::from_le_bytes(*b"00:00:00");
    const ABOVE: u64 = u64::from_le_bytes([0x76, 0x76, 0x7F, 0x76, 0x76, 0x7F, 0x76, 0x76]);
    let x = u64::from_le_bytes(*i.get(at..)?.first_chunk::<8>()?) ^ WRITTEN;
    if (x.wrapping_add(ABOVE) | x) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = x * 10 + (x >> 8);
    let pair = |n: u32| ((pairs >> n) & 0xFF) as i64;
    clock(pair(0), pair(24), pair(48))
}

/// Microseconds at the start of the day written `2026-11-20` or `2026/11/20` at the start of `i`; the marks are not looked at.
#[inline]
pub(super) fn iso_day(i: &[u8]) -> Option<i64> {
    thread_local! {
        static LAST: Cell<([u8; 10], i64)> = const { Cell::new(([0; 10], 0)) };
    }
    let written = *i.first_chunk::<10>()?;
    let (last, day) = LAST.get();
    if written == last {
        return Some(day);
    }
    let day = date(four(i, 0), two(i, 5), two(i, 8))?;
    LAST.set((written, day));
    Some(day)
}

/// `20/Nov/2026:` and, at byte 21, an offset.
#[derive(Clone, Copy)]
struct ClfDay {
    date: [u8; 12],
    offset: [u8; 6],
    day_us: i64,
    offset_min: i16,
    offset_len: u8,
}

/// Microseconds at the start of the day written `20/Nov/2026:` at the start of `i`, and the offset at byte 21 with its length.
#[inline(always)]
pub(super) fn clf_day(i: &[u8]) -> Option<(i64, i16, usize)> {
    thread_local! {
        static LAST: Cell<ClfDay> = const {
            Cell::new(ClfDay { date: [0; 12], offset: [0; 6], day_us: 0, offset_min: 0, offset_len: 0 })
        };
    }
    let last = LAST.get();
    if i.first_chunk() == Some(&last.date) && i.get(21..)?.first_chunk() == Some(&last.offset) {
        return Some((last.day_us, last.offset_min, usize::from(last.offset_len)));
    }
    let found = read_clf_day(i)?;
    if let (Some(date), Some(offset)) = (i.first_chunk(), i[21..].first_chunk()) {
        LAST.set(ClfDay {
            date: *date,
            offset: *offset,
            day_us: found.0,
            offset_min: found.1,
            offset_len: found.2 as u8,
        });
    }
    Some(found)
}

#[inline(never)]
fn read_clf_day(i: &[u8]) -> Option<(i64, i16, usize)> {
    if i.len() < 24 || i[2] != b'/' || i[6] != b'/' || i[11] != b':' {
        return None;
    }
    let day = date(four(i, 7), month(&i[3..6])?, two(i, 0))?;
    let (offset, n) = offset(&i[21..])?;
    Some((day, offset, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_clock_is_two_digits_thrice() {
        crate::tests::holds("clock of eight bytes", |t| {
            crate::tests::or_dash(clock_at(t.as_bytes(), 0).map(|us| us / SECOND))
        });
        assert_eq!(clock_at(b"x06:33:21", 1), Some(23_601 * SECOND));
    }

    #[test]
    fn a_remembered_day_is_not_taken_for_another() {
        let read = |s: &str| clf_day(s.as_bytes());
        let nov = days_from_civil(2026, 11, 20) * DAY;
        let next = nov + DAY;
        assert_eq!(read("20/Nov/2026:06:33:21 +0100] "), Some((nov, 60, 5)));
        assert_eq!(read("20/Nov/2026:07:00:00 +0100] "), Some((nov, 60, 5)));
        assert_eq!(read("20/Nov/2026:07:00:00 +0130] "), Some((nov, 90, 5)));
        assert_eq!(read("20/Nov/2026:07:00:00 +01:30]"), Some((nov, 90, 6)));
        assert_eq!(read("21/Nov/2026:07:00:00 +01:30]"), Some((next, 90, 6)));
        assert_eq!(read("31/Nov/2026:07:00:00 +01:30]"), None);
        assert_eq!(iso_day(b"2026-11-20T"), Some(nov));
        assert_eq!(iso_day(b"2026-11-21T"), Some(next));
        assert_eq!(iso_day(b"2026-02-29T"), None);
        assert_eq!(iso_day(b"2026-11-20T"), Some(nov));
    }

    proptest! {
        #[test]
        fn eight_bytes_at_once_agree_with_one_by_one(b in proptest::collection::vec(prop_oneof![b'0'..=b'9', Just(b':'), any::<u8>()], 8)) {
            let slow = (b[2] == b':' && b[5] == b':').then(|| clock(two(&b, 0), two(&b, 3), two(&b, 6))).flatten();
            prop_assert_eq!(clock_at(&b, 0), slow);
        }
    }
}
