//! Times as people put them into the cells of a table: a clock alone, a day alone, both ends in one cell. No header is known here.

use crate::time::{Dated, stamp};

/// Hours and minutes, perhaps seconds, alone.
pub(super) fn is_clock(cell: &[u8]) -> bool {
    let of_two = |n: &[u8]| matches!(n.len(), 1 | 2) && n.iter().all(u8::is_ascii_digit);
    let numbers = || cell.split(|c| *c == b':');
    matches!(cell.len(), 3..=8) && matches!(numbers().count(), 2 | 3) && numbers().all(of_two)
}

/// The two clocks of a cell: `10:05–10:17`.
pub(super) fn between(cell: &[u8]) -> Option<(&str, &str)> {
    // most cells are shorter or longer, or have no clock
    let may = matches!(cell.len(), 7..=20) && cell.contains(&b':');
    let cell = str::from_utf8(cell).ok().filter(|_| may)?;
    let (from, to) = cell.split_once(['-', '\u{2013}', '\u{2014}'])?;
    let (from, to) = (from.trim_end(), to.trim_start());
    (is_clock(from.as_bytes()) && is_clock(to.as_bytes())).then_some((from, to))
}

/// The two times of a cell that holds a day and two clocks: `Mon 3 Mar 2025, 10:05–10:17`; and the one of a day that is written so.
pub(super) fn stretch(cell: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    // a text of a log is none
    let cell = std::str::from_utf8(cell).ok().filter(|c| c.len() <= 48)?;
    let (from, to) = cell.rsplit_once(['-', '\u{2013}', '\u{2014}'])?;
    let (day, clock) = from.trim_end().rsplit_once(' ')?;
    let to = to.trim_start();
    let both = is_clock(clock.as_bytes()) && is_clock(to.as_bytes());
    let day = day.trim_end_matches(',');
    let (first, rest) = day.split_once(' ').unwrap_or((day, ""));
    let weekday = first.len() >= 3 && first.bytes().all(|c| c.is_ascii_alphabetic());
    let day = if weekday { rest } else { day };
    let whole = |clock: &str| format!("{day} {clock}").into_bytes();
    (both && stamp::whole(&whole(clock)).is_some()).then(|| (whole(clock), whole(to)))
}

/// A day alone: with a clock behind it, it is a time.
pub(super) fn is_day(cell: &[u8]) -> bool {
    let plain = |c: &u8| c.is_ascii_alphanumeric() || b"-/. ".contains(c);
    matches!(cell.len(), 8..=12)
        && cell.iter().all(plain)
        && stamp::whole(&[cell, b" 00:01:00"].concat()).is_some_and(|s| s.dated != Dated::NoDate)
}
