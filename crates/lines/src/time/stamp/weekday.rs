//! Times with the name of the day in front that `ctime` does not cover (`date`, systemd, mail without a comma), and days counted
//! from the first of January. Pure leaves as in `stamp`.

use crate::table::byte_words;
use crate::time::digits::{date, offset};
use crate::time::stamp::locale_months::abroad;
use crate::time::stamp::month_first::in_year;
use crate::time::stamp::rare_shapes::stamped;
use crate::time::stamp::{Leaf, MISS, iso, named, syslog};
use crate::time::zone::abbreviation;
use crate::time::{DAY, Dated, Stamp, is_leap};

/// Days as they are written in short.
pub const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// `Tue 2026-03-10 13:05:00` (systemd), `Tue Mar 10 13:05:00 CET 2026` and `Tue 10 Mar 2026 01:05:00 PM` (`date`),
/// `Tue Mar 10 13:05:00 +0100 2026` (Ruby), `Tue Mar 10 2026 13:05:00 GMT+0100 (…)` (JavaScript). A zone behind the time is left to the caller.
pub fn weekday(i: &[u8]) -> Leaf<'_, Stamp> {
    let known = i.get(..3).is_some_and(|d| DAYS.contains(&d));
    if !known || i.get(3) != Some(&b' ') {
        return Err(MISS);
    }
    let rest = i[4..].trim_ascii_start();
    match rest.first().ok_or(MISS)? {
        b'0'..=b'9' => iso(rest).or_else(|_| named(rest)),
        _ => zone_inside(rest),
    }
}

/// `Tuesday, March 10, 2026 1:05:00 PM`, `Dienstag, 10. März 2026 13:05:00`: the whole name of the day, then a date with the name
/// of its month.
pub fn long_weekday(i: &[u8]) -> Leaf<'_, Stamp> {
    const WHOLE: [&[u8]; 15] = byte_words(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Montag Dienstag Mittwoch Donnerstag Freitag Samstag \
        Sonnabend Sonntag",
    );
    let letters = i
        .iter()
        .take(12)
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    if letters < 6 || !WHOLE.contains(&&i[..letters]) {
        return Err(MISS);
    }
    let rest = &i[letters..];
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    abroad(rest.strip_prefix(b" ").ok_or(MISS)?)
}

/// `Mar 10 13:05:00 CET 2026`: the zone stands between the clock and the year.
fn zone_inside(i: &[u8]) -> Leaf<'_, Stamp> {
    let (rest, s) = syslog(i)?;
    if s.dated == Dated::Full {
        return behind_year(rest, s);
    }
    let zone = rest.strip_prefix(b" ").ok_or(MISS)?;
    let read = offset(zone).map(|(o, n)| (Some(o), n));
    let (offset_min, n) = read.or_else(|| abbreviation(zone)).ok_or(MISS)?;
    let year = zone[n..].strip_prefix(b" ").and_then(digits::<4>);
    let (year, rest) = year.ok_or(MISS)?;
    let stamp = in_year(s, year).ok_or(MISS)?;
    Ok((
        rest,
        Stamp {
            offset_min,
            ..stamp
        },
    ))
}

/// ` GMT+0100 (Central European Standard Time)` behind `Mar 10 2026 13:05:00`: what JavaScript makes of a date.
fn behind_year(rest: &[u8], s: Stamp) -> Leaf<'_, Stamp> {
    let zone = rest.strip_prefix(b" GMT");
    let (zone, (minutes, n)) = zone.and_then(|z| Some((z, offset(z)?))).ok_or(MISS)?;
    let rest = &zone[n..];
    let name = rest.strip_prefix(b" (");
    let closed = name.and_then(|name| Some(&name[memchr::memchr(b')', name)? + 1..]));
    let offset_min = Some(minutes);
    Ok((closed.unwrap_or(rest), s.at_offset(offset_min)))
}

/// `2026-069T13:05:00,672` (ISO 8601's ordinal dates): the year and the day in it.
pub fn day_of_year(i: &[u8]) -> Leaf<'_, Stamp> {
    let parts = || {
        let (year, rest) = digits::<4>(i)?;
        let (day, rest) = digits::<3>(rest.strip_prefix(b"-")?)?;
        let last = if is_leap(year) { 366 } else { 365 };
        let fits = (1..=last).contains(&day) && matches!(rest.first(), Some(b'T' | b' '));
        fits.then_some((
            date(year, 1, 1)? + (day - 1) * DAY,
            i.len() - rest.len() + 1,
        ))
    };
    let (day, at) = parts().ok_or(MISS)?;
    stamped(i, Some(day), at, Dated::Full, false)
}

/// Exactly `N` digits, no more: their value, and what follows.
fn digits<const N: usize>(b: &[u8]) -> Option<(i64, &[u8])> {
    let (head, rest) = b.split_at_checked(N)?;
    let ends = rest.first().is_none_or(|c| !c.is_ascii_digit());
    if !ends || !head.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = head.iter().fold(0, |v, c| v * 10 + i64::from(c - b'0'));
    Some((value, rest))
}
