//! How a day, a clock or both in one may be written: rows of a table of letters, and what reads a text by them.

use crate::time::digits::{clock, date, digits, fraction};
use crate::time::stamp::epoch;
use crate::time::stamp::locale_months::named_month;
use crate::time::{DAY, HOUR, Precision, Stamp, is_leap};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Ways to write, what is more a time than a number first. `Y` is a year of four digits and `y` of two, `M` a month, `N` its name, `D` a day,
/// `A` and `B` a day and a month in either order, `J` a day of the year, `h`, `m` and `s` a clock, `E` an epoch. A dot is a mark, in
/// all places of a row the same; what stands without marks has two digits (`Y` four, `J` three).
pub(super) static SHAPES: [&str; 32] = [
    "E", "YMDhms", "YMDhm", "yMDhms", "MDhms", "ABhmy", "Y.M.D", "A.B.Y", "D.N.Y", "N.D.Y",
    "Y.N.D", "DNY", "DNy", "YMD", "ABY", "Y.J", "y.J", "YJ", "y.M.D", "A.B.y", "D.N.y", "N.D.y",
    "N.D", "D.N", "yMD", "ABy", "yJ", "A.B", "AB", "h.m.s", "hms", "h.m",
];

/// Bytes between a day and its clock that stands beside it.
pub const BESIDE: usize = 3;

/// Bytes between two pieces; `None` where they share some.
pub(super) fn gap(a: &Range<usize>, b: &Range<usize>) -> Option<usize> {
    b.start
        .checked_sub(a.end)
        .or_else(|| a.start.checked_sub(b.end))
}

/// A row of the table, by its letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PieceShape(pub(super) u8);

impl TryFrom<String> for PieceShape {
    type Error = String;
    fn try_from(letters: String) -> Result<PieceShape, String> {
        let at = SHAPES.iter().position(|s| *s == letters);
        let at = at.and_then(|at| u8::try_from(at).ok());
        at.map(PieceShape)
            .ok_or_else(|| format!("no time is written as {letters}"))
    }
}

impl From<PieceShape> for String {
    fn from(s: PieceShape) -> String {
        s.letters().to_owned()
    }
}

/// What a day may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayRead {
    /// One day, in microseconds.
    Whole(i64),
    /// One of any year, counted in 1972.
    NoYear(i64),
    /// The days that it is with the day first and with the month first, where there are such.
    Numbers {
        first: Option<i64>,
        second: Option<i64>,
    },
}

/// One piece as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PieceRead {
    pub(super) day: Option<DayRead>,
    /// Since midnight.
    pub(super) clock_us: Option<i64>,
    /// Whether the half of the day is written.
    pub(super) half: bool,
    pub(super) precision: Precision,
    /// What is an instant by itself.
    pub(super) epoch: Option<Stamp>,
    /// Its bytes.
    pub(super) place: Range<usize>,
}

impl PieceShape {
    pub(super) fn letters(self) -> &'static str {
        SHAPES[usize::from(self.0)]
    }

    /// All that may be in a line.
    pub(super) fn all() -> impl Iterator<Item = PieceShape> {
        (0..).take(SHAPES.len()).map(PieceShape)
    }

    pub(super) fn has(self, letter: char) -> bool {
        self.letters().contains(letter)
    }

    /// Whether it is a time without another piece.
    pub(super) fn is_whole(self) -> bool {
        self.has('E') || self.has('h') && self.has_day()
    }

    /// Whether it is a day and no clock.
    pub(super) fn is_day(self) -> bool {
        self.has_day() && !self.has('h')
    }

    fn has_day(self) -> bool {
        ['D', 'A', 'J'].into_iter().any(|l| self.has(l))
    }

    /// Whether numbers that are no days read so too: then it stands beside its clock.
    pub(super) fn is_weak(self) -> bool {
        !self.has('Y') && !(self.has('y') && (self.has('.') || self.has('N')))
    }

    /// The n-th of those in a line, from the front from 0, from the back from -1.
    pub(super) fn nth(self, line: &[u8], nth: i8) -> Option<PieceRead> {
        match usize::try_from(nth) {
            Ok(n) => self.each(line).nth(n),
            Err(_) => {
                let all: Vec<PieceRead> = self.each(line).collect();
                let back = usize::from(nth.unsigned_abs());
                all.len()
                    .checked_sub(back)
                    .and_then(|n| all.into_iter().nth(n))
            }
        }
    }

    /// The first of those in a line that stands beside another piece.
    pub(super) fn beside(self, line: &[u8], other: &Range<usize>) -> Option<PieceRead> {
        self.each(line)
            .find(|r| gap(&r.place, other).is_some_and(|n| n <= BESIDE))
    }

    /// All of those in a line, from the front, none within another.
    pub(super) fn each(self, line: &[u8]) -> impl Iterator<Item = PieceRead> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < line.len() {
                let from = at;
                at += 1;
                if let Some(read) = self
                    .begins(line, from)
                    .then(|| self.read(line, from))
                    .flatten()
                {
                    at = read.place.end;
                    return Some(read);
                }
            }
            None
        })
    }

    /// Whether a piece may begin at a place: at the first letter or digit of a word, a clock behind the `T` of a day too.
    fn begins(self, line: &[u8], at: usize) -> bool {
        let named = self.letters().starts_with('N');
        let first = line[at];
        if named == first.is_ascii_digit() || named && !first.is_ascii_alphabetic() && first < 0x80
        {
            return false;
        }
        let Some(before) = at.checked_sub(1).map(|b| line[b]) else {
            return true;
        };
        let day = before == b'T' && at > 1 && line[at - 2].is_ascii_digit();
        // the end of another clock is none
        let back = || line[..at - 1].iter().rev();
        let hours = || back().take_while(|c| c.is_ascii_digit()).count();
        if before == b':' && !self.has('E') && matches!(hours(), 1 | 2) {
            return false;
        }
        // the fraction of a number is no piece
        let fraction = before == b'.' && at > 1 && line[at - 2].is_ascii_digit() && !self.has('h');
        day || !before.is_ascii_alphanumeric() && before < 0x80 && !fraction
    }

    fn read(self, line: &[u8], at: usize) -> Option<PieceRead> {
        let mut read = PieceRead {
            day: None,
            clock_us: None,
            half: false,
            precision: Precision::Second,
            epoch: None,
            place: at..at,
        };
        if self.has('E') {
            let (rest, stamp) = epoch(&line[at..]).ok()?;
            read.epoch = Some(stamp);
            read.place.end = line.len() - rest.len();
            return ends(rest).then_some(read);
        }
        let marked = self.has('.');
        let mut parts = Parts::default();
        let (mut end, mut mark) = (at, None);
        if !marked && !self.has('N') {
            let widths = self.letters().chars().map(|l| match l {
                'Y' => 4,
                'J' => 3,
                _ => 2,
            });
            (digits(&line[at..], 20) == widths.sum::<usize>()).then_some(())?;
        }
        for letter in self.letters().chars() {
            let rest = &line[end..];
            let n = match letter {
                '.' => self.mark(rest, &mut mark)?,
                'N' => {
                    let (month, n) = named_month(rest)?;
                    parts.month = Some(month);
                    n
                }
                'Y' => parts.take(letter, rest, (4, 4))?,
                'J' => parts.take(letter, rest, (3, 3))?,
                'y' => parts.take(letter, rest, (2, 2))?,
                _ if marked || self.has('N') => {
                    let long = digits(rest, 3);
                    (long < 3)
                        .then(|| parts.take(letter, rest, (1, 2)))
                        .flatten()?
                }
                _ => parts.take(letter, rest, (2, 2))?,
            };
            end += n;
        }
        if self.has('h') {
            let us = clock(parts.hour?, parts.minute?, parts.second.unwrap_or(0))?;
            let (us, half, precision, n) = parts.behind(us, &line[end..], marked)?;
            (read.clock_us, read.half, read.precision) = (Some(us), half, precision);
            end += n;
        }
        if self.has_day() {
            // `3.11.` is written with the day first
            parts.dotted = mark == Some(b'.') && line.get(end) == Some(&b'.');
            read.day = Some(parts.day()?);
        }
        let rest = &line[end..];
        // a number that goes on is another
        let goes_on = mark.is_some_and(|m| {
            rest.first() == Some(&m)
                && rest.get(1).is_some_and(u8::is_ascii_digit)
                && !self.has_day()
        });
        // and what looks like the end of a day is the hour of its clock
        let hour = self.is_day() && !self.letters().ends_with('Y') && clock_goes_on(rest);
        read.place.end = end;
        // a clock of hours and minutes alone is written with a colon, else it is a number
        let plain = self.letters() == "h.m" && mark != Some(b':') && !read.half;
        (ends(rest) && !goes_on && !hour && !plain).then_some(read)
    }

    /// The bytes of a mark, the same in all places; between days and names of months blanks and dots may stand together.
    fn mark(self, rest: &[u8], mark: &mut Option<u8>) -> Option<usize> {
        let first = *rest.first()?;
        let known = match self.has('h') {
            true => matches!(first, b':' | b'.' | b'-' | b'_'),
            false => matches!(first, b'-' | b'/' | b'.' | b'_' | b' '),
        };
        let named = self.has('N');
        if !(known || named && first == b',') || mark.is_some_and(|m| m != first) && !named {
            return None;
        }
        *mark = Some(first);
        let blanks = rest[1..].iter().take_while(|c| **c == b' ').count();
        Some(1 + if named { blanks.min(2) } else { 0 })
    }
}

/// Whether a colon and a number follow.
fn clock_goes_on(rest: &[u8]) -> bool {
    rest.first() == Some(&b':') && rest.get(1).is_some_and(u8::is_ascii_digit)
}

/// Whether a piece may end in front of that: not within a word or a number.
fn ends(rest: &[u8]) -> bool {
    match rest {
        [b'T' | b'Z', ..] | [] => true,
        [c, ..] => !c.is_ascii_alphanumeric() && *c < 0x80,
    }
}

/// The numbers of a piece.
#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    /// Of numbers of which either may be the day.
    either: [Option<i64>; 2],
    /// Whether a dot stands behind each of them.
    dotted: bool,
    of_year: Option<i64>,
    hour: Option<i64>,
    minute: Option<i64>,
    second: Option<i64>,
}

impl Parts {
    fn take(&mut self, letter: char, rest: &[u8], (least, most): (usize, usize)) -> Option<usize> {
        let n = digits(rest, most);
        let value = rest[..n]
            .iter()
            .fold(0, |v, c| v * 10 + i64::from(c - b'0'));
        let to = match letter {
            'Y' => &mut self.year,
            'y' => {
                self.year = Some(2000 + value);
                return (n >= least).then_some(n);
            }
            'M' => &mut self.month,
            'D' => &mut self.day,
            'A' => &mut self.either[0],
            'B' => &mut self.either[1],
            'J' => &mut self.of_year,
            'h' => &mut self.hour,
            'm' => &mut self.minute,
            _ => &mut self.second,
        };
        *to = Some(value);
        (n >= least).then_some(n)
    }

    /// The year, 1972 where none is written: it has all days.
    fn day(&self) -> Option<DayRead> {
        let year = self.year.unwrap_or(1972);
        // what nobody has logged is a number
        (1970..2100).contains(&year).then_some(())?;
        let day = match (self.either, self.of_year) {
            ([Some(a), Some(b)], _) => {
                let (first, second) = (date(year, b, a), date(year, a, b));
                (first.is_some() || second.is_some()).then_some(())?;
                match self.year {
                    Some(_) => return Some(DayRead::Numbers { first, second }),
                    // without a year the month stands first, unless both have dots
                    None if self.dotted => first.or(second)?,
                    None => second.or(first)?,
                }
            }
            (_, Some(n)) => {
                let last = 365 + i64::from(is_leap(year));
                (1..=last).contains(&n).then_some(())?;
                date(year, 1, 1)? + (n - 1) * DAY
            }
            _ => date(year, self.month?, self.day?)?,
        };
        Some(match self.year {
            Some(_) => DayRead::Whole(day),
            None => DayRead::NoYear(day),
        })
    }

    /// What follows a clock: a fraction, the half of the day. The time, whether a half is there, how fine it is, and the length.
    fn behind(&self, us: i64, rest: &[u8], marked: bool) -> Option<(i64, bool, Precision, usize)> {
        let colon = rest.first() == Some(&b':') && digits(&rest[1..], 7) == 3;
        let written = match colon {
            true => fraction(&[b".", &rest[1..4]].concat()),
            false => fraction(rest),
        };
        let (fine, precision, mut n) = match self.second {
            Some(_) => written,
            None => (0, Precision::Second, 0),
        };
        let blank = usize::from(rest.get(n) == Some(&b' '));
        let half = match rest.get(n + blank).map(u8::to_ascii_lowercase) {
            Some(c @ (b'a' | b'p')) if marked => {
                let m = matches!(rest.get(n + blank + 1), Some(b'M' | b'm'));
                let len = blank + 1 + usize::from(m);
                ends(&rest[n + len..]).then_some((c == b'p', len))
            }
            _ => None,
        };
        let mut us = us + fine;
        if let Some((afternoon, len)) = half {
            let hour = self.hour?;
            (1..=12).contains(&hour).then_some(())?;
            us += (hour % 12 - hour + if afternoon { 12 } else { 0 }) * HOUR;
            n += len;
        }
        Some((us, half.is_some(), precision, n))
    }
}
