//! Dates as people write them: `7th August 2023`, `May 1st, 2023`, `5 th of September 2020`, `2023-05-01`, `03/04/2023`.
//! Patterns and a scan over a line; dates without a year, or whose day and month may be swapped, are settled by `story`.

use super::patterns::Pattern;
use crate::report::time;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{DAY, Instant, MONTHS, civil_from_days, days_from_civil};
use regex::{Captures, Match};
use std::ops::Range;

/// A date.
#[derive(Clone, Debug, PartialEq)]
pub struct DateSaid {
    /// Year, where written.
    pub year: Option<i64>,
    /// 1–12.
    pub month: i64,
    /// 1–31.
    pub day: i64,
    /// Day and month may be the other way round: both are 12 or less and the year stands last.
    pub swappable: bool,
    /// Written in figures with slashes, day or month first: `13/04/2023`.
    pub day_first: Option<bool>,
    /// Bytes of the line.
    pub at: Range<usize>,
}

impl DateSaid {
    /// Days since 1970, where the year is known or given.
    pub fn days(&self, year: Option<i64>) -> Option<i64> {
        Some(days_from_civil(self.year.or(year)?, self.month, self.day))
    }

    /// Days since 1970, in the year that brings a date without one nearest to a day.
    pub fn near(&self, day: i64) -> i64 {
        let (y, _, _) = civil_from_days(day);
        let of = |y| days_from_civil(y, self.month, self.day);
        match self.year {
            Some(y) => of(y),
            None => [y - 1, y, y + 1]
                .into_iter()
                .map(of)
                .min_by_key(|d| (d - day).abs())
                .unwrap_or(day),
        }
    }
}

/// `2023-05-01` of days since 1970.
pub fn iso(days: i64) -> String {
    time::date(Instant(days.saturating_mul(DAY)), Zone::UTC)
}

static YEAR_FIRST: Pattern = Pattern::of("date with the year first");
static FIGURES: Pattern = Pattern::of("date in figures");
static DAY_FIRST: Pattern = Pattern::of("date with the day first");
static MONTH_FIRST: Pattern = Pattern::of("date with the month first");
static SHORT: Pattern = Pattern::of("month and day");

/// A number that no further digit follows.
fn number(s: &str, m: Option<Match<'_>>) -> Option<i64> {
    let goes_on = s[m?.end()..].starts_with(|c: char| c.is_ascii_digit());
    m?.as_str().parse().ok().filter(|_| !goes_on)
}

fn year(s: &str, m: Option<Match<'_>>) -> Option<i64> {
    let year = number(s, m).filter(|y| (1970..2200).contains(y))?;
    (!s[m?.end()..].starts_with(char::is_alphabetic)).then_some(year)
}

/// A name of a month, whole or its first three letters.
fn month(name: &str) -> Option<i64> {
    let short = name.len() == 3 || name.eq_ignore_ascii_case("sept");
    let is = |m: &str| m.eq_ignore_ascii_case(name);
    let found =
        (MONTHS.iter()).position(|m| is(m) || short && m.get(..name.len()).is_some_and(is))?;
    // "may" and "march" are words as well
    let small = name.starts_with(|c: char| c.is_ascii_lowercase());
    (!(small && matches!(found, 2 | 4))).then_some(found as i64 + 1)
}

/// `2023-05-01`, `2023/05/01`, `2023.05.01`.
fn year_first(s: &str) -> Option<(DateSaid, usize)> {
    let c = YEAR_FIRST.captures(s).filter(|c| c[2] == c[4])?;
    let (year, month) = (c[1].parse().ok(), c[3].parse().ok()?);
    Some((plain(year, month, number(s, c.get(5))?), c[0].len()))
}

/// `03/04/2023`, `13.04.2023`, `01-05-2023`.
fn figures(s: &str) -> Option<(DateSaid, usize)> {
    let c = FIGURES.captures(s).filter(|c| c[2] == c[4])?;
    let (a, b): (i64, i64) = (c[1].parse().ok()?, c[3].parse().ok()?);
    let (month, day, day_first) = match (a, b, &c[2]) {
        (_, _, ".") => (b, a, None),
        (13.., _, _) => (b, a, Some(true)),
        (_, 13.., _) => (a, b, Some(false)),
        _ => (b, a, None),
    };
    let said = DateSaid {
        swappable: &c[2] != "." && a <= 12 && b <= 12 && a != b,
        day_first,
        ..plain(Some(year(s, c.get(5))?), month, day)
    };
    Some((said, c[0].len()))
}

/// `1st May 2023`, `5 th of September 2020`, `27-Sep-2017`.
fn day_first(s: &str) -> Option<(DateSaid, usize)> {
    let c = DAY_FIRST.captures(s)?;
    named(s, &c, number(s, c.get(2))?, month(&c[3])?)
}

/// `May 1st, 2023`, `Sep 27 2017`, `January23, 2021`.
fn month_first(s: &str) -> Option<(DateSaid, usize)> {
    let c = MONTH_FIRST.captures(s)?;
    let day = number(s, c.get(3))?;
    let (said, n) = named(s, &c, day, month(&c[2])?)?;
    (said.year.is_some() || !s[n..].starts_with(':')).then_some((said, n))
}

/// A date with the name of its month; a year that is none stays behind it.
fn named(s: &str, c: &Captures<'_>, day: i64, month: i64) -> Option<(DateSaid, usize)> {
    let year = year(s, c.name("year"));
    let end = match year {
        Some(_) => c.get(0)?.end(),
        None => c.name("all")?.end(),
    };
    let exists = (1..=31).contains(&day);
    exists.then(|| (plain(year, month, day), end))
}

fn plain(year: Option<i64>, month: i64, day: i64) -> DateSaid {
    DateSaid {
        year,
        month,
        day,
        swappable: false,
        day_first: None,
        at: 0..0,
    }
}

/// The date that begins at byte `pos`.
pub fn date_at(line: &str, pos: usize) -> Option<DateSaid> {
    let s = line.get(pos..)?;
    if line[..pos].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '$')) {
        return None;
    }
    // minutes of a clock are no day: `18:01, January 3`
    let clock = line[..pos].strip_suffix(':');
    if clock.is_some_and(|c| c.ends_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let (said, n) = year_first(s)
        .or_else(|| figures(s))
        .or_else(|| day_first(s))
        .or_else(|| month_first(s))?;
    let rest = &s[n..];
    let real = days_from_civil(said.year.unwrap_or(2024), said.month, said.day);
    let (_, m, d) = civil_from_days(real);
    let exists =
        (1..=12).contains(&said.month) && (i64::from(m), i64::from(d)) == (said.month, said.day);
    let more = |c: char| c.is_alphanumeric();
    let version = rest.strip_prefix('.').is_some_and(|r| r.starts_with(more));
    if !exists
        || version
        || rest.starts_with('_')
        || rest.starts_with(more) && !rest.starts_with('T')
    {
        return None;
    }
    Some(DateSaid {
        at: pos..pos + n,
        ..said
    })
}

/// `12-05` or `03/26` before a clock time in a row: month and day.
pub fn short_at(line: &str, pos: usize) -> Option<DateSaid> {
    let c = SHORT.captures(line.get(pos..)?)?;
    let (m, d) = (c[1].parse().ok()?, c[2].parse().ok()?);
    let fine = (1..=12).contains(&m) && (1..=31).contains(&d);
    fine.then(|| DateSaid {
        at: pos..pos + c[0].len(),
        ..plain(None, m, d)
    })
}

/// Every date of a line, from left to right.
pub fn dates(line: &str) -> Vec<DateSaid> {
    let mut out: Vec<DateSaid> = Vec::new();
    let mut pos = 0;
    while pos < line.len() {
        if !line.is_char_boundary(pos) || !line.as_bytes()[pos].is_ascii_alphanumeric() {
            pos += 1;
            continue;
        }
        if let Some(d) = date_at(line, pos) {
            pos = d.at.end;
            out.push(d);
            continue;
        }
        let word = line[pos..].bytes().take_while(u8::is_ascii_alphanumeric);
        pos += word.count().max(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_and_false_friends() {
        crate::tests::holds("date in a text", |s| {
            let all = dates(s);
            let days = all.iter().filter_map(|d| d.days(None)).map(iso);
            days.collect::<Vec<_>>().join(" ")
        });
        assert!(dates("03/04/2023")[0].swappable);
        assert_eq!(dates("on October 28, we")[0].year, None);
    }
}
