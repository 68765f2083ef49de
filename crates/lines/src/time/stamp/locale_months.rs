//! Names of months in other languages than English, as loggers write them that follow the language of their machine:
//! `12 août 2026 13:05:00`, `12. März 2026 13:05`, `Feb. 12, 2026 1:05:00 NACHM.`. A pure leaf as in `stamp`.

use crate::time::digits::{date, month};
use crate::time::stamp::Leaf;
use crate::time::stamp::month_first::syslog;
use crate::time::stamp::rare_shapes::{clock_begins, number, stamped};
use crate::time::{Dated, HOUR, Stamp};

/// Beginnings of names that English does not have, in small letters, with their months: German, French, Spanish, Italian,
/// Portuguese, Dutch, Polish, Swedish, Russian.
pub(in crate::time) const NAMES: &[(&str, i64)] = &[
    ("januar", 1),
    ("janv", 1),
    ("ene", 1),
    ("gen", 1),
    ("sty", 1),
    ("янв", 1),
    ("fév", 2),
    ("fev", 2),
    ("lut", 2),
    ("фев", 2),
    ("mär", 3),
    ("mrz", 3),
    ("mrt", 3),
    ("мар", 3),
    ("avr", 4),
    ("abr", 4),
    ("kwi", 4),
    ("апр", 4),
    ("mai", 5),
    ("mag", 5),
    ("mei", 5),
    ("maj", 5),
    ("мая", 5),
    ("май", 5),
    ("juin", 6),
    ("giu", 6),
    ("cze", 6),
    ("июн", 6),
    ("juil", 7),
    ("lug", 7),
    ("lip", 7),
    ("июл", 7),
    ("août", 8),
    ("aoû", 8),
    ("ago", 8),
    ("sie", 8),
    ("авг", 8),
    ("set", 9),
    ("wrz", 9),
    ("сен", 9),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("paź", 10),
    ("окт", 10),
    ("lis", 11),
    ("ноя", 11),
    ("déc", 12),
    ("dez", 12),
    ("dic", 12),
    ("gru", 12),
    ("дек", 12),
];

/// A name of a month in any language at the start, with the dot of an abbreviation: its number and length.
fn named_month(b: &[u8]) -> Option<(i64, usize)> {
    let letters = b
        .iter()
        .take(24)
        .take_while(|c| c.is_ascii_alphabetic() || **c >= 0x80)
        .count();
    let word = &b[..letters];
    let month = match word.is_ascii() {
        true => {
            let mut low = [0; 24];
            low[..letters].copy_from_slice(word);
            low.make_ascii_lowercase();
            month_of(&low[..letters])?
        }
        false => month_of(std::str::from_utf8(word).ok()?.to_lowercase().as_bytes())?,
    };
    (letters >= 3).then_some((month, letters + usize::from(b.get(letters) == Some(&b'.'))))
}

/// The number of a month whose name is written in small letters.
fn month_of(name: &[u8]) -> Option<i64> {
    let first = *name.first()?;
    let known = NAMES
        .iter()
        .map(|(n, m)| (n.as_bytes(), m))
        .find(|(n, _)| n[0] == first && name.starts_with(n));
    known.map(|(_, m)| *m).or_else(|| month(name))
}

/// Day, name of the month and year, or name, day and year, then a clock.
pub fn abroad(i: &[u8]) -> Leaf<'_, Stamp> {
    let found = match i.first() {
        Some(b'0'..=b'9') => day_first(i),
        _ => name_first(i),
    };
    let (day, at) = found.ok_or(nom::Err::Error(()))?;
    stamped(i, Some(day), at, Dated::Full, true)
}

/// `12. März 2026 `, `12-Dez-2026 `: the day in microseconds, and where the clock begins.
fn day_first(i: &[u8]) -> Option<(i64, usize)> {
    let (d, n) = number(i, 0, 2)?;
    let dot = usize::from(i.get(n) == Some(&b'.'));
    let mark = *i.get(n + dot).filter(|c| matches!(c, b' ' | b'-' | b'/'))?;
    let at = n + dot + 1;
    let (m, len) = named_month(i.get(at..)?)?;
    let at = at + len;
    let (y, 4) = number(i, at + 1, 4)? else {
        return None;
    };
    (i[at] == mark).then_some(())?;
    Some((date(y, m, d)?, clock_begins(i, at + 5)?))
}

/// `Feb. 12, 2026 `.
fn name_first(i: &[u8]) -> Option<(i64, usize)> {
    let (m, len) = named_month(i)?;
    let (d, n) = number(i, len + 1, 2)?;
    let at = len + 1 + n;
    let (y, 4) = number(i, at + 2, 4)? else {
        return None;
    };
    (i[len] == b' ' && i[at..].starts_with(b", ")).then_some(())?;
    Some((date(y, m, d)?, clock_begins(i, at + 6)?))
}

/// `août 19 11:08:37`, `Dez  5 11:08:37`: syslog's time where the machine speaks another language. No year, no zone.
pub fn yearless(i: &[u8]) -> Leaf<'_, Stamp> {
    const ENGLISH: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let miss = || nom::Err::Error(());
    let blank = memchr::memchr(b' ', &i[..i.len().min(12)]).ok_or_else(miss)?;
    // the cheap no: the first colon of the clock stands behind the day and the hour
    if i.get(blank + 6) != Some(&b':') {
        return Err(miss());
    }
    let (month, len) = named_month(i).filter(|m| m.1 == blank).ok_or_else(miss)?;
    let at = (month as usize - 1) * 3;
    let behind = &i[len..i.len().min(len + 24)];
    let written = [&ENGLISH[at..at + 3], behind].concat();
    let (rest, stamp) = syslog(&written).map_err(|_| miss())?;
    Ok((&i[len + behind.len() - rest.len()..], stamp))
}

/// Halves of the day in other languages behind a clock, which `half_day` does not know: `1:05:00 NACHM.`.
pub fn half_abroad(s: Stamp, rest: &[u8]) -> (&[u8], Stamp) {
    const HALVES: [(&[u8], bool); 6] = [
        (b" VORM.", false),
        (b" NACHM.", true),
        (b" a. m.", false),
        (b" p. m.", true),
        (b" a.m.", false),
        (b" p.m.", true),
    ];
    let Some((half, afternoon)) = HALVES.iter().find(|(h, _)| rest.starts_with(h)) else {
        return (rest, s);
    };
    let hour = s.wall_us.rem_euclid(crate::time::DAY) / HOUR;
    let wall_us = match (hour, afternoon) {
        (12, false) => s.wall_us - 12 * HOUR,
        (0..12, true) => s.wall_us + 12 * HOUR,
        _ => s.wall_us,
    };
    (&rest[half.len()..], Stamp { wall_us, ..s })
}
