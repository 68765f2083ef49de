//! Days and times of day as people write them into headings and rows: `Monday, March 16th, 2026`, `2:05PM`, `GMT + 1`. What is
//! open stays open; no log line is read here.

use crate::time::digits::{self, month};
use crate::time::stamp::locale_months::named_month;
use crate::time::stamp::rare_shapes::half_day;
use crate::time::zone::abbreviation;
use crate::time::{DAY, MONTHS, civil_from_days, days_from_civil};

/// The day that a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// `None` where it names none.
    pub year: Option<i64>,
    /// 1–12.
    pub month: i64,
    /// 1–31.
    pub day: i64,
    /// Minutes east of UTC, where it names a zone.
    pub offset_min: Option<i16>,
}

impl Heading {
    /// Microseconds since 1970 at which its day begins; `None` without a year.
    pub fn wall_us(&self) -> Option<i64> {
        Some(days_from_civil(self.year?, self.month, self.day) * DAY)
    }
}

/// The short name of a month, 1–12, as logs write it.
pub fn month_name(month: i64) -> &'static str {
    let at = usize::try_from(month - 1).unwrap_or_default();
    MONTHS.get(at).map_or("", |name| &name[..3])
}

/// The first day that a heading names.
pub fn heading(line: &[u8]) -> Option<Heading> {
    let words: Vec<&[u8]> = line
        .split(|c| c.is_ascii_whitespace() || matches!(c, b',' | b'(' | b')' | b';'))
        .filter(|w| !w.is_empty())
        .take(40)
        .collect();
    let days = || {
        let all = words.iter().enumerate();
        all.filter_map(|(i, w)| iso_day(w).or_else(|| named_day(&words, i)))
    };
    // a weekday may begin as a month does: `mardi 17 mars 2026`
    let day = days()
        .find(|d| d.year.is_some())
        .or_else(|| days().next())?;
    Some(Heading {
        offset_min: offset(&words),
        ..day
    })
}

/// A text that names a day and says nothing else but its weekday, a time, and that a log begins or goes on with it.
pub fn divider(line: &[u8]) -> Option<Heading> {
    const WORDS: &str = "log opened closed day changed to on today date";
    let said = |w: &&[u8]| {
        let w = w.to_ascii_lowercase();
        let day = [&b"mon"[..], b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
        let weekday = w.get(..3).is_some_and(|a| day.contains(&a));
        let named = w.len() < 10 && (weekday || month(&w).is_some());
        named
            || w.first().is_some_and(u8::is_ascii_digit)
            || WORDS.split(' ').any(|x| x.as_bytes() == w)
    };
    let letters = |c: &u8| c.is_ascii_alphanumeric() || b":-".contains(c);
    let mut words = line
        .split(|c| !letters(c))
        .map(|w| w.trim_ascii_start())
        .filter(|w| w.iter().any(u8::is_ascii_alphanumeric));
    (line.len() <= 80 && words.all(|w| said(&w)))
        .then(|| heading(line))
        .flatten()
}

fn iso_day(w: &[u8]) -> Option<Heading> {
    let marked = w.len() == 10 && w[4] == b'-' && w[7] == b'-';
    let day = digits::iso_day(w).filter(|_| marked)?;
    let (year, month, day) = civil_from_days(day.div_euclid(DAY));
    Some(Heading {
        year: Some(year),
        month: i64::from(month),
        day: i64::from(day),
        offset_min: None,
    })
}

/// A month's name with the day before or behind it, and the year behind both, or behind a clock.
fn named_day(words: &[&[u8]], i: usize) -> Option<Heading> {
    let (month, _) = named_month(words[i])?;
    let number = |w: Option<&&[u8]>| -> Option<i64> {
        let w = w?;
        let n = w.iter().take_while(|c| c.is_ascii_digit()).count();
        let tail = &w[n..];
        let plain = tail.is_empty() || [&b"st"[..], b"nd", b"rd", b"th", b"."].contains(&tail);
        (plain && (1..=4).contains(&n))
            .then(|| w[..n].iter().fold(0, |a, c| a * 10 + i64::from(c - b'0')))
    };
    let year = |at: usize| {
        let clock = words.get(at).is_some_and(|w| w.contains(&b':'));
        let zone = |w: &&[u8]| w.len() > 2 && w.iter().all(u8::is_ascii_uppercase);
        let zoned = clock && words.get(at + 1).is_some_and(zone);
        let at = at + usize::from(clock) + usize::from(zoned);
        number(words.get(at)).filter(|y| (1970..2100).contains(y))
    };
    let day = |n: Option<i64>| n.filter(|d| (1..=31).contains(d));
    let before = day(i.checked_sub(1).and_then(|j| number(words.get(j))));
    let behind = day(number(words.get(i + 1)));
    let (day, year) = match (before.zip(year(i + 1)), behind, before) {
        (Some((d, y)), ..) => (d, Some(y)),
        (_, Some(d), _) => (d, year(i + 2)),
        (_, _, before) => (before?, None),
    };
    Some(Heading {
        year,
        month,
        day,
        offset_min: None,
    })
}

/// `2:05PM`, `14:12 PM`, `09:30:15`: the second of the day, and what follows. An hour above 12 is one of 24 whatever is written
/// behind it.
pub fn clock(line: &[u8]) -> Option<(u32, &[u8])> {
    let number = |b: &[u8]| -> Option<(u32, usize)> {
        let n = b.iter().take(3).take_while(|c| c.is_ascii_digit()).count();
        let v = b[..n].iter().fold(0, |a, c| a * 10 + u32::from(c - b'0'));
        (1..=2).contains(&n).then_some((v, n))
    };
    let (mut hour, n) = number(line)?;
    let rest = line[n..].strip_prefix(b":")?;
    let (minute, n) = number(rest).filter(|(_, n)| *n == 2)?;
    let mut rest = &rest[n..];
    let mut second = 0;
    if let Some((s, 2)) = rest.strip_prefix(b":").and_then(number) {
        second = s;
        rest = &rest[3..];
    }
    if let Some((afternoon, n)) = half_day(rest) {
        hour = match (hour, afternoon) {
            (0..12, true) => hour + 12,
            (12, false) => 0,
            _ => hour,
        };
        rest = &rest[n..];
    }
    (hour < 24 && minute < 60 && second < 61).then_some((hour * 3600 + minute * 60 + second, rest))
}

/// `+01:00` behind the clock, `GMT+1`, `GMT + 1`, `UTC+05:30`, `UTC`, in minutes east.
fn offset(words: &[&[u8]]) -> Option<i16> {
    let alone = |w: &&[u8]| {
        let read = digits::offset(w).filter(|(_, n)| *n == 6 && w.len() == 6);
        read.map(|(minutes, _)| minutes)
    };
    if let Some(minutes) = words.last().and_then(alone) {
        return Some(minutes);
    }
    // right behind a clock
    let named = words.windows(2).find_map(|w| {
        let clock = w[0].len() > 4 && w[0].contains(&b':') && w[0][0].is_ascii_digit();
        let (minutes, n) = abbreviation(w[1]).filter(|_| clock)?;
        minutes.filter(|_| n == w[1].len())
    });
    if named.is_some() {
        return named;
    }
    let at = words.iter().position(|w| {
        w.get(..3)
            .is_some_and(|z| z.eq_ignore_ascii_case(b"gmt") || z.eq_ignore_ascii_case(b"utc"))
    })?;
    // `GMT+1`, `GMT +1`, `GMT + 1`
    let mut rest = words[at][3..].to_vec();
    for w in words[at + 1..].iter().take(2) {
        if rest.is_empty() && matches!(w[0], b'+' | b'-') || rest.len() == 1 {
            rest.extend_from_slice(w);
        }
    }
    let sign = match rest.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(0),
    };
    let n = digits::digits(&rest[1..], 2);
    let hours = rest[1..1 + n]
        .iter()
        .fold(0, |a, c| a * 10 + i16::from(c - b'0'));
    let minutes = match rest.get(1 + n..n + 4) {
        Some([b':', a, b]) if a.is_ascii_digit() && b.is_ascii_digit() => {
            i16::from(a - b'0') * 10 + i16::from(b - b'0')
        }
        _ => 0,
    };
    (n > 0 && hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn days_zones_and_times_of_day() {
        holds("heading of a day", |t| {
            let read = heading(t.as_bytes());
            or_dash(read.map(|h| format!("{:?} {} {} {:?}", h.year, h.month, h.day, h.offset_min)))
        });
        holds("divider", |t| divider(t.as_bytes()).is_some());
        holds("time of day", |t| {
            or_dash(clock(t.as_bytes()).map(|(s, rest)| {
                let rest = String::from_utf8_lossy(rest);
                format!("{}:{:02}|{rest}", s / 3600, s / 60 % 60)
            }))
        });
    }
}
