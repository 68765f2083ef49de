//! The rarer ways to write a time: numbers in another order, names of months with a year behind, no seconds, no date,
//! twelve-hour clocks, labels of other systems. Pure leaves as in `stamp.rs`; what is open stays open ([`Dated`]).

use crate::time::digits::{clock, date, digits, fraction, month, offset, offset_apart, two};
use crate::time::stamp::{Leaf, MISS};
use crate::time::{Dated, HOUR, Precision, SECOND, Stamp};

/// One to `most` digits at `at`: their value and number.
pub fn number(b: &[u8], at: usize, most: usize) -> Option<(i64, usize)> {
    let n = digits(b.get(at..)?, most);
    let value = b[at..at + n]
        .iter()
        .fold(0, |v, c| v * 10 + i64::from(c - b'0'));
    (n > 0).then_some((value, n))
}

/// A two-digit year is one of 1970–2069 (POSIX says 1969–2068; logs are younger).
fn year(y: i64, digits: usize) -> i64 {
    match (digits, y) {
        (2, 0..70) => 2000 + y,
        (2, _) => 1900 + y,
        _ => y,
    }
}

/// The halves of the day as they are written behind a clock: morning and afternoon.
const HALVES: [[&[u8]; 2]; 4] = [
    [b"am", b"pm"],
    [b"a.m.", b"p.m."],
    [b"a. m.", b"p. m."],
    [b"vorm.", b"nachm."],
];

/// ` AM`, ` PM`, ` p.m.` or ` NACHM.` behind a clock, in any case, behind a blank of any width or none: whether it is the afternoon, and how
/// long it is.
pub(in crate::time) fn half_day(b: &[u8]) -> Option<(bool, usize)> {
    let blank = match b {
        [b' ', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0xAF, ..] => 3,
        _ => 0,
    };
    let rest = &b[blank..];
    // the cheap no
    if !matches!(rest.first()? | 32, b'a' | b'p' | b'v' | b'n') {
        return None;
    }
    let starts = |half: &[u8]| {
        let ends = rest
            .get(half.len())
            .is_none_or(|c| !c.is_ascii_alphanumeric());
        ends && rest
            .get(..half.len())
            .is_some_and(|r| r.eq_ignore_ascii_case(half))
    };
    let mut halves = HALVES.iter().flat_map(|[am, pm]| [(am, false), (pm, true)]);
    let (half, afternoon) = halves.find(|(half, _)| starts(half))?;
    Some((afternoon, blank + half.len()))
}

/// Microseconds since midnight of a clock on which a half of the day was written. `13:00 PM` is taken for 13:00.
fn in_half(us: i64, afternoon: bool) -> i64 {
    match (us / HOUR, afternoon) {
        (12, false) => us - 12 * HOUR,
        (0..12, true) => us + 12 * HOUR,
        _ => us,
    }
}

/// A stamp that a half of the day may follow, and an offset behind that.
pub(in crate::time) fn with_half_day(s: Stamp, rest: &[u8]) -> (&[u8], Stamp) {
    match half_day(rest) {
        Some((afternoon, n)) if s.offset_min.is_none() => {
            let us = s.wall_us.rem_euclid(crate::time::DAY);
            let wall_us = s.wall_us - us + in_half(us, afternoon);
            let zone = offset_apart(&rest[n..]);
            let offset_min = zone.map(|z| z.0);
            let rest = &rest[n + zone.map_or(0, |z| z.1)..];
            (
                rest,
                Stamp {
                    wall_us,
                    offset_min,
                    ..s
                },
            )
        }
        _ => (rest, s),
    }
}

/// Which clocks are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::time) struct ClockShapes {
    /// Seconds may be missing.
    short: bool,
    /// Minutes, seconds and milliseconds may have fewer digits. Only a date in front makes a clock of `6:3:1`.
    unpadded: bool,
}

impl ClockShapes {
    /// One behind a date, with its seconds.
    pub(in crate::time) const UNPADDED: ClockShapes = ClockShapes {
        short: false,
        unpadded: true,
    };
}

/// A colon and a number of at most two digits.
fn part(b: &[u8], at: usize, c: ClockShapes) -> Option<(i64, usize)> {
    let colon = b.get(at).filter(|c| **c == b':');
    let (value, n) = colon.and_then(|_| number(b, at + 1, 2))?;
    (n == 2 || c.unpadded).then_some((value, at + 1 + n))
}

/// `6:33`, `06:33:21`, `06:33:21,123`, `1:55:03 PM`, `6:3:1:78`: microseconds since midnight, precision, end.
pub(in crate::time) fn any_clock(
    b: &[u8],
    at: usize,
    c: ClockShapes,
) -> Option<(i64, Precision, usize)> {
    let (h, n) = number(b, at, 2)?;
    let (m, mut end) = part(b, at + n, c)?;
    let (mut s, mut us, mut precision) = (0, 0, Precision::Second);
    if let Some((seconds, n)) = part(b, end, c).filter(|p| p.0 <= 60) {
        let f = behind_colon(&b[n..], c.unpadded).unwrap_or_else(|| fraction(&b[n..]));
        (s, us, precision) = (seconds, f.0, f.1);
        end = n + f.2;
    } else if !c.short || b[end - 2] == b':' {
        return None;
    }
    let mut us = clock(h, m, s)? + us;
    if let Some((afternoon, n)) = half_day(&b[end..]) {
        us = in_half(us, afternoon);
        end += n;
    }
    Some((us, precision, end))
}

/// A fraction behind a colon, as WebSphere, SAP and SSSD write it: milliseconds, which may be unpadded, or six digits.
pub(in crate::time) fn behind_colon(b: &[u8], unpadded: bool) -> Option<(i64, Precision, usize)> {
    let (value, n) = b
        .first()
        .filter(|c| **c == b':')
        .and_then(|_| number(b, 1, 7))?;
    let ends = b.get(1 + n);
    let ends = ends.is_none_or(|c| matches!(c, b' ' | b']' | b')' | b'|'));
    match n {
        1..=3 if ends && (n == 3 || unpadded) => Some((value * 1_000, Precision::Milli, 1 + n)),
        6 if ends => Some((value, Precision::Micro, 7)),
        _ => None,
    }
}

/// An offset glued on, or behind one blank when it is numeric.
fn any_offset(b: &[u8], at: usize) -> (Option<i16>, usize) {
    let rest = b.get(at..).unwrap_or_default();
    if let Some((o, n)) = offset(rest) {
        return (Some(o), at + n);
    }
    match rest
        .strip_prefix(b" ")
        .filter(|r| matches!(r.first(), Some(b'+' | b'-')))
    {
        Some(r) if r.len() >= 5 && r[1..3].iter().all(u8::is_ascii_digit) => match offset(r) {
            Some((o, n)) if n >= 5 => (Some(o), at + 1 + n),
            _ => (None, at),
        },
        _ => (None, at),
    }
}

/// From a date and where its clock begins to the stamp.
pub(in crate::time) fn stamped(
    i: &[u8],
    day: Option<i64>,
    at: usize,
    dated: Dated,
    short: bool,
) -> Leaf<'_, Stamp> {
    let clock = ClockShapes {
        short,
        ..ClockShapes::UNPADDED
    };
    let day = day.ok_or(MISS)?;
    let (us, precision, end) = any_clock(i, at, clock).ok_or(MISS)?;
    let (offset_min, end) = any_offset(i, end);
    let stamp = Stamp::full(day + us, offset_min, precision);
    Ok((&i[end..], Stamp { dated, ..stamp }))
}

/// Where a clock begins behind a date: a blank, a comma and a blank, a `T`, a colon or a hyphen.
pub(in crate::time) fn clock_begins(b: &[u8], at: usize) -> Option<usize> {
    match b.get(at..)? {
        // `@` is Kibana's
        [b' ', b'-' | b'@', b' ', ..] => Some(at + 3),
        // Suricata
        [b' ', b'-', b'-', b' ', ..] => Some(at + 4),
        [b',', b' ', ..] | [b' ', b' ', ..] => Some(at + 2),
        [b' ' | b'T' | b'_' | b'-' | b':', ..] => Some(at + 1),
        _ => None,
    }
}

/// `20/11 06:33:21`: two numbers of two digits, and a clock with its seconds behind them.
fn without_year(i: &[u8]) -> Option<Leaf<'_, Stamp>> {
    let (a, n) = number(i, 0, 2)?;
    let (b, m) = number(i, 3, 2).filter(|b| (n, b.1, i.get(2)) == (2, 2, Some(&b'/')))?;
    let at = 3 + m;
    let (as_day, as_month) = (date(1972, b, a), date(1972, a, b));
    let (day, dated) = match (as_day, as_month) {
        (Some(d), Some(m)) if d != m => (Some(d), Dated::Either),
        (d, m) => (d.or(m), Dated::NoYear),
    };
    (i.get(at) == Some(&b' ')).then(|| stamped(i, day, at + 1, dated, false))
}

/// `20/11/2026 06:33:21`, `03/10/26 1:55 PM`, `20.11.2026 06:33:21`, `26-11-20 06:33:21`: dates in numbers. With dots the day
/// comes first, with hyphens and a short year the year does; else a number above 12 decides, or nothing does.
pub fn numeric(i: &[u8]) -> Leaf<'_, Stamp> {
    if let Some(yearless) = without_year(i) {
        return yearless;
    }
    let parts = || {
        let (a, n) = number(i, 0, 2)?;
        let mark = *i.get(n).filter(|c| matches!(c, b'/' | b'.' | b'-'))?;
        let (b, m) = number(i, n + 1, 2)?;
        let at = n + 1 + m;
        if i.get(at) != Some(&mark) {
            return None;
        }
        let (c, k) = number(i, at + 1, 4)?;
        let end = at + 1 + k;
        let padded = n == 2 && m == 2;
        (k != 3 && k != 1).then_some((a, b, c, (k, padded), mark, clock_begins(i, end)?))
    };
    let (a, b, c, (digits, padded), mark, at) = parts().ok_or(MISS)?;
    let (as_day, as_month) = (date(year(c, digits), b, a), date(year(c, digits), a, b));
    if digits == 2 && mark != b'.' {
        // `17/06/09` as Spark writes it: the year first, where that is a year of our time and the last number is none
        let as_year = date(year(a, 2), b, c);
        let ours = |y: i64| (10..40).contains(&y);
        // WebSphere writes the day first and pads neither
        let spark = !ours(c) || a > 12 && b <= 12 && ours(a);
        let first = mark == b'-' || padded && spark;
        if as_year.is_some() && first && ours(a) {
            return stamped(i, as_year, at, Dated::Full, true);
        }
    }
    let (day, dated) = match (as_day, as_month) {
        (Some(d), _) if mark == b'.' => (Some(d), Dated::Full),
        (Some(d), Some(m)) if d == m => (Some(d), Dated::Full),
        // Suricata writes its own log so, and Snort and Suricata what they found
        (Some(d), Some(_)) if i[..at].ends_with(b" -- ") => (Some(d), Dated::DayFirst),
        (Some(_), Some(m)) if mark == b'/' && i[..at].ends_with(b"-") => {
            (Some(m), Dated::MonthFirst)
        }
        (Some(d), Some(_)) => (Some(d), Dated::Either),
        (Some(d), None) => (Some(d), Dated::DayFirst),
        (None, m) => (m, Dated::MonthFirst),
    };
    let (rest, stamp) = stamped(i, day, at, dated, true)?;
    let halved = i[..i.len() - rest.len()].ends_with(b"M");
    let dated = match dated {
        Dated::Either if halved => Dated::LikelyMonthFirst,
        d => d,
    };
    Ok((rest, Stamp { dated, ..stamp }))
}

/// `2026-11-20T06:33Z`, `2026-11-20 6:33:21 PM`: the date of ISO 8601 with a clock that is not.
pub fn iso_loose(i: &[u8]) -> Leaf<'_, Stamp> {
    let part = |at, most| number(i, at, most);
    let (Some((y, 4)), Some((m, 2)), Some((d, 2))) = (part(0, 4), part(5, 2), part(8, 2)) else {
        return Err(MISS);
    };
    if !matches!(i[4], b'-' | b'/' | b'.') || i[7] != i[4] {
        return Err(MISS);
    }
    let at = clock_begins(i, 10).ok_or(MISS)?;
    stamped(i, date(y, m, d), at, Dated::Full, true)
}

/// `20261120T063321Z`, `20261120 06:33:21`, `20261120.063321,5`, `20261120063321Z`, and with a year of two digits `261120  6:33:21`
/// (MySQL) and `261120 063321` (Hadoop): dates without marks.
pub fn compact(i: &[u8]) -> Leaf<'_, Stamp> {
    let digits = i.iter().take(15).take_while(|c| c.is_ascii_digit()).count();
    let at = |from, n| number(&i[..from + n], from, n).map_or(-1, |v| v.0);
    let whole = || date(at(0, 4), at(4, 2), at(6, 2));
    let (day, glued, begins) = match digits {
        6 if i.get(6) == Some(&b' ') => {
            let day = date(year(at(0, 2), 2), at(2, 2), at(4, 2));
            (day, 7, Some(7 + usize::from(i.get(7) == Some(&b' '))))
        }
        8 if i.get(8) == Some(&b'.') && glued_clock(i, 9).is_some() => (whole(), 9, None),
        8 => {
            let begins = clock_begins(i, 8).ok_or(MISS)?;
            (whole(), begins, Some(begins))
        }
        14 => (whole(), 8, None),
        _ => return Err(MISS),
    };
    match (glued_clock(i, glued), begins) {
        (Some((us, end)), _) => finished(i, day, us, end),
        (None, begins) => stamped(i, day, begins.ok_or(MISS)?, Dated::Full, false),
    }
}

/// Six digits that are a clock.
fn glued_clock(i: &[u8], at: usize) -> Option<(i64, usize)> {
    let six = i.get(at..at + 6)?;
    let ends = i.get(at + 6).is_none_or(|c| !c.is_ascii_digit());
    if !ends || !six.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((clock(two(i, at), two(i, at + 2), two(i, at + 4))?, at + 6))
}

fn finished(i: &[u8], day: Option<i64>, us: i64, end: usize) -> Leaf<'_, Stamp> {
    let day = day.ok_or(MISS)?;
    let (fraction_us, precision, n) = fraction(&i[end..]);
    let (offset_min, end) = any_offset(i, end + n);
    Ok((
        &i[end..],
        Stamp::full(day + us + fraction_us, offset_min, precision),
    ))
}

/// `Nov 20, 2026 1:55:03 PM` (Java), `Nov. 20, 2026 - 1:55 PM` and `Nov 20 - 1:55 PM` of exports for people, and
/// `Fri, 20 Nov 2026 06:33:21 +0000` (mail, HTTP; `GMT` is left to the caller).
pub fn named(i: &[u8]) -> Leaf<'_, Stamp> {
    let skip = match i {
        [a, b, c, b',', b' ', ..] if [a, b, c].iter().all(|c| c.is_ascii_alphabetic()) => 5,
        _ => 0,
    };
    let day_then_month = || {
        let (d, n) = number(i, skip, 2)?;
        let name = skip + n + 1;
        let m = month(i.get(name..)?)?;
        let (y, k) = number(i, name + 4, 4)?;
        let marks = (i.get(name - 1)?, i.get(name + 3)?);
        let fits = matches!(marks, (b' ', b' ') | (b'-', b'-') | (b'/', b'/'));
        (fits && k % 2 == 0).then_some((date(year(y, k), m, d)?, name + 4 + k, Dated::Full))
    };
    let month_then_day = || {
        let m = month(i)?;
        let name = 3 + usize::from(i.get(3) == Some(&b'.'));
        let (d, n) = number(i, name + 1, 2).filter(|_| i[name] == b' ')?;
        let at = name + 1 + n;
        if i[at..].starts_with(b" - ") {
            return Some((date(1972, m, d)?, at, Dated::NoYear));
        }
        let (y, 4) = number(i, at + 2, 4)? else {
            return None;
        };
        i[at..]
            .starts_with(b", ")
            .then_some((date(y, m, d)?, at + 6, Dated::Full))
    };
    let (day, end, dated) = day_then_month().or_else(month_then_day).ok_or(MISS)?;
    let at = clock_begins(i, end).ok_or(MISS)?;
    stamped(i, Some(day), at, dated, true)
}

/// `06:33:21`, `13:05:00,123`, `1:05PM`: a time of day alone, with its seconds or its half of the day.
pub fn time_only(i: &[u8]) -> Leaf<'_, Stamp> {
    if i.get(2) != Some(&b':') && i.get(1) != Some(&b':') {
        return Err(MISS);
    }
    let halved = |read: &(i64, Precision, usize)| matches!(i[read.2 - 1], b'M' | b'm');
    let read = |short| {
        let unpadded = false;
        any_clock(i, 0, ClockShapes { short, unpadded })
    };
    let read = read(false).or_else(|| read(true).filter(halved));
    let (us, precision, end) = read.ok_or(MISS)?;
    if i.get(end)
        .is_some_and(|c| c.is_ascii_alphanumeric() || *c == b':')
    {
        return Err(MISS);
    }
    let dated = Dated::NoDate;
    Ok((
        &i[end..],
        Stamp {
            dated,
            ..Stamp::full(us, None, precision)
        },
    ))
}

/// `@4000000037c219bf2ef02e94` of daemontools and runit: a label of atomic time and nanoseconds. They make it by adding 10 to
/// the seconds of the system, whatever leap seconds came since (`tai_unix` in `tai.h` of both).
pub fn tai64n(i: &[u8]) -> Leaf<'_, Stamp> {
    const AHEAD: i64 = 10;
    let hex = |r: std::ops::Range<usize>| {
        let text = std::str::from_utf8(i.get(r)?).ok()?;
        u64::from_str_radix(text, 16).ok()
    };
    let (Some(b'@'), Some(seconds), Some(ns)) = (i.first(), hex(1..17), hex(17..25)) else {
        return Err(MISS);
    };
    let seconds = seconds.wrapping_sub(1 << 62) as i64;
    if !(1_000_000_000..4_102_444_800).contains(&seconds) || ns >= 1_000_000_000 {
        return Err(MISS);
    }
    let us = (seconds - AHEAD) * SECOND + (ns / 1000) as i64;
    Ok((&i[25..], Stamp::utc(us, Precision::Micro)))
}

/// Epoch seconds with an exponent (`1.795156401123e9`), as JSON numbers may be written; only whole slices.
pub(in crate::time) fn exponent(i: &[u8]) -> Option<Stamp> {
    if !i.first()?.is_ascii_digit() || memchr::memchr2(b'e', b'E', i).is_none() || i.len() > 30 {
        return None;
    }
    let v: f64 = std::str::from_utf8(i).ok()?.parse().ok()?;
    let us = [1e6, 1e3, 1.0, 1e-3].iter().map(|unit| v * unit);
    let mut ours = us.filter(|us| (1e15..4.1e15).contains(us));
    Some(Stamp::utc(ours.next()? as i64, Precision::Milli))
}

/// `/Date(1773147900000+0100)/` of .NET: milliseconds; the offset only says how to show them. Only whole slices.
pub(in crate::time) fn dotnet(i: &[u8]) -> Option<Stamp> {
    let inner = i.strip_prefix(b"/Date(")?.strip_suffix(b")/")?;
    let digits = inner.iter().take_while(|c| c.is_ascii_digit()).count();
    let ms = std::str::from_utf8(&inner[..digits])
        .ok()?
        .parse::<i64>()
        .ok()?;
    let rest = &inner[digits..];
    let known = rest.is_empty() || offset(rest).is_some_and(|(_, n)| n == rest.len());
    ((1_000_000_000_000..4_102_444_800_000).contains(&ms) && known)
        .then(|| Stamp::utc(ms * 1000, Precision::Milli))
}
