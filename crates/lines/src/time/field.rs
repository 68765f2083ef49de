//! Where in the lines of a file their time stands and how it is written, as the file itself shows: in any field, in one piece or in
//! two, in any order of day, month and year. Shapes are rows of a table; what no line shows is not guessed.

mod learn;
mod shape;

pub use learn::learn;
pub use shape::{BESIDE, PieceShape};

use super::digits::{offset, offset_apart};
use super::stamp::month_first::in_year;
use super::zone::abbreviation;
use super::{Dated, Stamp};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use shape::SHAPES;
use shape::{DayRead, PieceRead};
use std::ops::Range;

/// One piece of a time: how it is written, and which of those in a line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// How it is written.
    pub shape: PieceShape,
    /// Which of those that read so.
    pub place: WhichPiece,
}

/// Which of the pieces of a line that read alike is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichPiece {
    /// From the front from 0, from the back from -1.
    Nth(i8),
    /// The day that stands beside the clock.
    Beside,
}

/// The field of the time: a day and a clock, or one piece that is both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeField {
    /// The pieces, the day in front of the clock whatever the line has first.
    pub pieces: Vec<Piece>,
    /// Whether lines that have it begin with blanks, as others' continuations do.
    #[serde(default)]
    pub set_in: bool,
}

/// A time that was found in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundTime {
    /// What it says.
    pub stamp: Stamp,
    /// The bytes of each piece, in the order of the line; the zone belongs to the last.
    pub places: Vec<Range<usize>>,
}

impl TimeField {
    /// The time of a line; `None` where it has none there.
    pub fn find(&self, line: &[u8]) -> Option<FoundTime> {
        // the clock is the last, and shows which day is beside it
        let mut reads: Vec<PieceRead> = Vec::with_capacity(2);
        for piece in self.pieces.iter().rev() {
            let read = match piece.place {
                WhichPiece::Nth(n) => piece.shape.nth(line, n)?,
                WhichPiece::Beside => piece.shape.beside(line, &reads.first()?.place)?,
            };
            reads.push(read);
        }
        let stamp = stamp_of(&reads, None)?;
        let mut places: Vec<Range<usize>> = reads.iter().map(|r| r.place.clone()).collect();
        places.sort_by_key(|p| p.start);
        if places.windows(2).any(|p| p[0].end > p[1].start) {
            return None;
        }
        // the zone stands behind the whole, or behind its clock
        let clock = reads.first()?.place.end;
        let behind = |places: &mut [Range<usize>], end: usize| {
            let (east, n) = zone(&line[end..]);
            let of = places.iter_mut().find(|p| p.end == end)?;
            of.end += n;
            east
        };
        let last = places.last()?.end;
        let offset_min = stamp
            .offset_min
            .or_else(|| behind(&mut places, last))
            .or_else(|| behind(&mut places, clock));
        let last = places.last_mut()?;
        let mut stamp = stamp.at_offset(offset_min);
        if stamp.dated == Dated::NoYear
            && let Some(with_year) = year(&line[last.end..]).and_then(|y| in_year(stamp, y))
        {
            (stamp, last.end) = (with_year, last.end + " 2026".len());
        }
        Some(FoundTime { stamp, places })
    }
}

/// The stamp that pieces make; numbers of which either may be the day are settled by `month_first` where that is known.
fn stamp_of<'r>(
    reads: impl IntoIterator<Item = &'r PieceRead>,
    month_first: Option<bool>,
) -> Option<Stamp> {
    let (mut clock_us, mut day, mut half) = (None, None, false);
    let mut precision = super::Precision::Second;
    for r in reads {
        if r.epoch.is_some() {
            return r.epoch;
        }
        if r.clock_us.is_some() {
            (clock_us, half, precision) = (r.clock_us, r.half, r.precision);
        }
        day = day.or(r.day);
    }
    let (day_us, dated) = match day {
        None => (0, Dated::NoDate),
        Some(DayRead::Whole(us)) => (us, Dated::Full),
        Some(DayRead::NoYear(us)) => (us, Dated::NoYear),
        Some(DayRead::Numbers { first, second }) => match (first, second, month_first) {
            (Some(us), None, None | Some(false)) => (us, Dated::DayFirst),
            (None, Some(us), None | Some(true)) => (us, Dated::MonthFirst),
            (Some(us), Some(_), None) if !half => (us, Dated::Either),
            (Some(us), Some(_), None) => (us, Dated::LikelyMonthFirst),
            (Some(us), _, Some(false)) | (_, Some(us), Some(true)) => (us, Dated::Full),
            _ => return None,
        },
    };
    Some(Stamp {
        wall_us: day_us + clock_us?,
        offset_min: None,
        dated,
        precision,
    })
}

/// The year behind a clock and its zone: ` 2026`.
fn year(b: &[u8]) -> Option<i64> {
    let digits = b
        .strip_prefix(b" ")
        .filter(|d| super::digits::digits(d, 5) == 4)?;
    let year: i64 = std::str::from_utf8(&digits[..4]).ok()?.parse().ok()?;
    (1970..2100).contains(&year).then_some(year)
}

/// The zone behind a clock: `Z`, `+01:00`, ` +0100`, ` CET`, ` GMT+1`, ` (UTC+1)`; its offset in minutes, and its length.
fn zone(b: &[u8]) -> (Option<i16>, usize) {
    let open = usize::from(b.first() == Some(&b' '));
    let Some(inner) = b[open..].strip_prefix(b"(") else {
        return bare_zone(b);
    };
    match bare_zone(inner) {
        (Some(east), n) if inner.get(n) == Some(&b')') => (Some(east), open + n + 2),
        _ => (None, 0),
    }
}

/// What Windows calls a bias, close behind a clock: the minutes by which the local time is behind UTC (`-120` at +02:00).
fn bias(b: &[u8]) -> Option<(Option<i16>, usize)> {
    let (sign, rest) = b.split_first()?;
    let n = super::digits::digits(rest, 4);
    let minutes: i16 = std::str::from_utf8(&rest[..n]).ok()?.parse().ok()?;
    let behind = match sign {
        b'+' => minutes,
        b'-' => -minutes,
        _ => return None,
    };
    let whole = matches!(n, 2 | 3) && minutes <= 18 * 60 && minutes % 15 == 0;
    let ends = !rest.get(n).is_some_and(u8::is_ascii_alphanumeric);
    (whole && ends).then_some((Some(-behind), n + 1))
}

/// The same without parentheses around it.
fn bare_zone(b: &[u8]) -> (Option<i16>, usize) {
    let near = offset(b).filter(|(_, n)| !b.get(*n).is_some_and(u8::is_ascii_alphanumeric));
    if let Some((east, n)) = near.or_else(|| offset_apart(b)) {
        return (Some(east), n);
    }
    if let Some(found) = bias(b) {
        return found;
    }
    let blank = usize::from(b.first() == Some(&b' '));
    let named = &b[blank..];
    let counted = [b"GMT", b"UTC"].into_iter().find_map(|z| {
        let (sign, rest) = named.strip_prefix(z)?.split_first()?;
        let n = super::digits::digits(rest, 2);
        let hours: i16 = std::str::from_utf8(&rest[..n]).ok()?.parse().ok()?;
        let (minutes, more) = match rest[n..] {
            [b':', a @ b'0'..=b'5', b @ b'0'..=b'9', ..] => {
                (i16::from(a - b'0') * 10 + i16::from(b - b'0'), 3)
            }
            _ => (0, 0),
        };
        let east = hours * 60 + minutes;
        match sign {
            b'+' => Some((east, z.len() + 1 + n + more)),
            b'-' => Some((-east, z.len() + 1 + n + more)),
            _ => None,
        }
    });
    if let Some((east, n)) = counted.filter(|(east, _)| east.abs() <= 18 * 60) {
        return (Some(east), blank + n);
    }
    match abbreviation(named) {
        Some((east, n)) if n > 1 => (east, blank + n),
        _ => (None, 0),
    }
}

#[cfg(test)]
mod tests;
