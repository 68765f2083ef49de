//! Dates as people write them: `7th August 2023`, `May 1st, 2023`, `5 th of September 2020`, `2023-05-01`, `03/04/2023`.
//! Leaves and a scan over a line; dates without a year, or whose day and month may be swapped, are settled by `story`.

use super::zone_said::Leaf;
use coroner_lines::time::{civil_from_days, days_from_civil};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while_m_n, take_while1};
use nom::character::complete::{one_of, space0, space1};
use nom::combinator::opt;
use nom::sequence::preceded;
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
    let (y, m, d) = civil_from_days(days);
    format!("{y:04}-{m:02}-{d:02}")
}

fn number(s: &str, least: usize, most: usize) -> Leaf<'_, i64> {
    let (rest, d) = take_while_m_n(least, most, |c: char| c.is_ascii_digit())(s)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(nom::Err::Error(()));
    }
    d.parse()
        .map(|n| (rest, n))
        .map_err(|_| nom::Err::Error(()))
}

fn year(s: &str) -> Leaf<'_, i64> {
    let (rest, y) = number(s, 4, 4)?;
    match (1970..2200).contains(&y) && !rest.starts_with(char::is_alphabetic) {
        true => Ok((rest, y)),
        false => Err(nom::Err::Error(())),
    }
}

/// A name of a month, whole or its first three letters, with a dot or not.
fn month(s: &str) -> Leaf<'_, i64> {
    let (rest, name) = take_while1(|c: char| c.is_ascii_alphabetic())(s)?;
    let found = coroner_lines::time::MONTHS.iter().position(|m| {
        let short = name.len() == 3 || name.eq_ignore_ascii_case("sept");
        m.eq_ignore_ascii_case(name)
            || short
                && m.get(..name.len())
                    .is_some_and(|h| h.eq_ignore_ascii_case(name))
    });
    // "may" and "march" are words as well
    let small = name.starts_with(|c: char| c.is_ascii_lowercase());
    match found {
        Some(n) if !(small && matches!(n, 2 | 4)) => {
            let (rest, _) = opt(tag::<_, _, ()>(".")).parse(rest)?;
            Ok((rest, n as i64 + 1))
        }
        _ => Err(nom::Err::Error(())),
    }
}

/// `1`, `1st`, `16 th`.
fn day(s: &str) -> Leaf<'_, i64> {
    let (rest, d) = number(s, 1, 2)?;
    fn suffix(s: &str) -> Leaf<'_, ()> {
        let (rest, _) = space0(s)?;
        let (rest, _) = alt((
            tag_no_case("st"),
            tag_no_case("nd"),
            tag_no_case("rd"),
            tag_no_case("th"),
        ))
        .parse(rest)?;
        match rest.starts_with(char::is_alphanumeric) {
            true => Err(nom::Err::Error(())),
            false => Ok((rest, ())),
        }
    }
    let (rest, _) = opt(suffix).parse(rest)?;
    match (1..=31).contains(&d) {
        true => Ok((rest, d)),
        false => Err(nom::Err::Error(())),
    }
}

/// What may stand inside a date: blanks with a comma, or a mark that depends on both sides; ` - ` stands between two things.
fn gap(s: &str) -> Leaf<'_, ()> {
    if let Ok((rest, _)) = one_of::<_, _, ()>("-/").parse(s) {
        return Ok((rest, ()));
    }
    let (rest, _) = space0(s)?;
    let (rest, _) = opt(one_of::<_, _, ()>(",")).parse(rest)?;
    let (rest, _) = space0(rest)?;
    Ok((rest, ()))
}

struct DateParts {
    year: Option<i64>,
    month: i64,
    day: i64,
    swappable: bool,
    day_first: Option<bool>,
}

fn plain(year: Option<i64>, month: i64, day: i64) -> DateParts {
    DateParts {
        year,
        month,
        day,
        swappable: false,
        day_first: None,
    }
}

/// `2023-05-01`, `2023/05/01`, `2023.05.01`.
fn year_first(s: &str) -> Leaf<'_, DateParts> {
    let (rest, y) = number(s, 4, 4)?;
    let (rest, mark) = one_of("-/.")(rest)?;
    let (rest, m) = number(rest, 1, 2)?;
    let (rest, _) = nom::character::complete::char(mark)(rest)?;
    let (rest, d) = number(rest, 1, 2)?;
    Ok((rest, plain(Some(y), m, d)))
}

/// `03/04/2023`, `13.04.2023`, `01-05-2023`.
fn figures(s: &str) -> Leaf<'_, DateParts> {
    let (rest, a) = number(s, 1, 2)?;
    let (rest, mark) = one_of("/.-")(rest)?;
    let (rest, b) = number(rest, 1, 2)?;
    let (rest, _) = nom::character::complete::char(mark)(rest)?;
    let (rest, y) = year(rest)?;
    let (month, day, first) = match (a, b, mark) {
        (_, _, '.') => (b, a, None),
        (13.., _, _) => (b, a, Some(true)),
        (_, 13.., _) => (a, b, Some(false)),
        _ => (b, a, None),
    };
    let swappable = mark != '.' && a <= 12 && b <= 12 && a != b;
    Ok((
        rest,
        DateParts {
            year: Some(y),
            month,
            day,
            swappable,
            day_first: first,
        },
    ))
}

/// `1st May 2023`, `5 th of September 2020`, `27-Sep-2017`.
fn day_first(s: &str) -> Leaf<'_, DateParts> {
    let (rest, d) = day(s)?;
    let (rest, _) = gap(rest)?;
    let (rest, _) = opt((tag_no_case("of"), space1::<_, ()>)).parse(rest)?;
    let (rest, m) = month(rest)?;
    let (rest, y) = opt(preceded(gap, year)).parse(rest)?;
    Ok((rest, plain(y, m, d)))
}

/// `May 1st, 2023`, `Sep 27 2017`, `January23, 2021`.
fn month_first(s: &str) -> Leaf<'_, DateParts> {
    let (rest, m) = month(s)?;
    let (rest, _) = gap(rest)?;
    let (rest, _) = opt((tag_no_case("the"), space1::<_, ()>)).parse(rest)?;
    let (rest, d) = day(rest)?;
    if rest.starts_with(':') {
        return Err(nom::Err::Error(()));
    }
    let (rest, y) = opt(preceded(gap, year)).parse(rest)?;
    Ok((rest, plain(y, m, d)))
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
    let (rest, p) = alt((year_first, figures, day_first, month_first))
        .parse(s)
        .ok()?;
    let real = days_from_civil(p.year.unwrap_or(2024), p.month, p.day);
    let (_, m, d) = civil_from_days(real);
    let exists = (1..=12).contains(&p.month) && (i64::from(m), i64::from(d)) == (p.month, p.day);
    let more = |c: char| c.is_alphanumeric();
    let version = rest.strip_prefix('.').is_some_and(|r| r.starts_with(more));
    if !exists
        || version
        || rest.starts_with('_')
        || rest.starts_with(more) && !rest.starts_with('T')
    {
        return None;
    }
    let n = s.len() - rest.trim_start_matches('.').len();
    let n = n.min(s.len() - rest.len());
    Some(DateSaid {
        year: p.year,
        month: p.month,
        day: p.day,
        swappable: p.swappable,
        day_first: p.day_first,
        at: pos..pos + n,
    })
}

/// `12-05` or `03/26` before a clock time in a row: month and day.
pub fn short_at(line: &str, pos: usize) -> Option<DateSaid> {
    let s = line.get(pos..)?;
    fn parse(s: &str) -> Leaf<'_, (i64, i64)> {
        let (s, m) = number(s, 2, 2)?;
        let (s, _) = one_of("-/")(s)?;
        let (s, d) = number(s, 2, 2)?;
        let (s, _) = space1(s)?;
        Ok((s, (m, d)))
    }
    let (rest, (m, d)) = parse(s).ok()?;
    let fine = (1..=12).contains(&m) && (1..=31).contains(&d);
    fine.then(|| DateSaid {
        year: None,
        month: m,
        day: d,
        swappable: false,
        day_first: None,
        at: pos..pos + (s.len() - rest.len()),
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
        let word = line[pos..]
            .bytes()
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        pos += word.max(1);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (s, want) in [
            ("7 August 2023", "2023-08-07"),
            ("7th August 2023", "2023-08-07"),
            ("On May 1st 2023 (13:05", "2023-05-01"),
            ("May 1st, 2023", "2023-05-01"),
            ("16 th January 2024", "2024-01-16"),
            ("5 th of September 2020", "2020-09-05"),
            ("January23, 2021", "2021-01-23"),
            ("13/04/2023", "2023-04-13"),
            ("04/13/2023", "2023-04-13"),
            ("31.12.2023", "2023-12-31"),
            ("2018-03-26 10:34", "2018-03-26"),
            ("2019-01-23T16:08:30Z", "2019-01-23"),
            ("Sep 27 2017 13:06", "2017-09-27"),
        ] {
            let d = dates(s);
            assert_eq!(d.len(), 1, "{s}");
            assert_eq!(iso(d[0].days(None).unwrap()), want, "{s}");
        }
        assert!(dates("03/04/2023")[0].swappable);
        assert_eq!(dates("on October 28, we")[0].year, None);
    }

    #[test]
    fn false_friends_are_no_dates() {
        for s in [
            "1st to our test",
            "3 rd parties",
            "we may 2 times",
            "march 3 steps",
            "30 February 2023",
            "4.12.0",
            "v2023-05-01x",
            "24/7",
            "10.0.0.1",
            "Mary 5",
            "18:01, January",
            "GMT + 1 - January",
            "1.2.2023.4x",
        ] {
            assert_eq!(dates(s), [], "{s}");
        }
    }
}
