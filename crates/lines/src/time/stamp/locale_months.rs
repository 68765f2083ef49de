//! Names of months in other languages than English, as loggers write them that follow the language of their machine:
//! `12 août 2026 13:05:00`, `12. März 2026 13:05`, `Feb. 12, 2026 1:05:00 NACHM.`. A pure leaf as in `stamp`.

use crate::time::digits::{date, month};
use crate::time::stamp::month_first::syslog;
use crate::time::stamp::rare_shapes::{clock_begins, number, stamped};
use crate::time::stamp::{Leaf, MISS};
use crate::time::{Dated, Stamp};

/// By month, the beginnings of its names that English does not have, in small letters: German, French, Spanish, Italian,
/// Portuguese, Dutch, Polish, Swedish, Russian.
pub(in crate::time) const NAMES: [&str; 12] = [
    "januar janv ene gen sty янв",
    "fév fev lut фев",
    "mär mrz mrt мар",
    "avr abr kwi апр",
    "mai mag mei maj мая май",
    "juin giu cze июн",
    "juil lug lip июл",
    "août aoû ago sie авг",
    "set wrz сен",
    "okt ott out paź окт",
    "lis ноя",
    "déc dez dic gru дек",
];

/// A name of a month in any language at the start, with the dot of an abbreviation: its number and length.
pub(in crate::time) fn named_month(b: &[u8]) -> Option<(i64, usize)> {
    let letters = b
        .iter()
        .take(24)
        .take_while(|c| c.is_ascii_alphabetic() || **c >= 0x80)
        .count();
    if letters < 3 {
        return None;
    }
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
    Some((month, letters + usize::from(b.get(letters) == Some(&b'.'))))
}

/// The number of a month whose name is written in small letters.
fn month_of(name: &[u8]) -> Option<i64> {
    let first = *name.first()?;
    let fits = |n: &str| n.as_bytes()[0] == first && name.starts_with(n.as_bytes());
    let mut months = (1..).zip(NAMES);
    let known = months.find(|(_, names)| names.split(' ').any(fits));
    known.map(|(m, _)| m).or_else(|| month(name))
}

/// Day, name of the month and year, or name, day and year, then a clock.
pub fn abroad(i: &[u8]) -> Leaf<'_, Stamp> {
    let found = match i.first() {
        Some(b'0'..=b'9') => day_first(i),
        _ => name_first(i),
    };
    let (day, at) = found.ok_or(MISS)?;
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
    let blank = memchr::memchr(b' ', &i[..i.len().min(12)]).ok_or(MISS)?;
    // the cheap no: the first colon of the clock stands behind the day and the hour, and no name has a digit
    if i.get(blank + 6) != Some(&b':') || i[..blank].iter().any(u8::is_ascii_digit) {
        return Err(MISS);
    }
    let (month, len) = named_month(i).filter(|m| m.1 == blank).ok_or(MISS)?;
    let at = (month as usize - 1) * 3;
    let behind = &i[len..i.len().min(len + 24)];
    let written = [&ENGLISH[at..at + 3], behind].concat();
    let (rest, stamp) = syslog(&written)?;
    Ok((&i[len + behind.len() - rest.len()..], stamp))
}
