//! Times as a definition writes them: `strptime` patterns (`%d/%b/%Y`) and those of Java (`dd/MMM/yyyy`), as one list of pieces.
//! The digits are read by position as in `time::stamp`; nothing is guessed.

use crate::time::stamp::{date, digits, month, number as number_at, offset};
use crate::time::zone::abbreviation;
use crate::time::{DAY, Dated, HOUR, MINUTE, Precision, SECOND, Stamp, days_from_civil};

/// A part of a written time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimePiece {
    /// Bytes that must be there; a blank stands for one or more.
    Literal(u8),
    Year,
    /// Two digits, 1970–2069.
    ShortYear,
    Month,
    /// A name, of which three letters count.
    MonthName,
    Day,
    /// Day of the year.
    YearDay,
    /// A name, not used.
    Weekday,
    Hour,
    /// 1–12, with a half of the day elsewhere.
    Hour12,
    Half,
    Minute,
    Second,
    /// 1–9 digits.
    Fraction,
    Offset,
    ZoneName,
    /// Since 1970: microseconds of one, and whether a fraction may follow.
    Epoch(i64),
    /// A fraction with its mark, or nothing.
    MaybeFraction,
}

/// What takes the place of letters: of `strptime`, and of Java's date formatters where the number of letters changes nothing; and an
/// example of it.
const PIECES: [(&str, &str, TimePiece, &str); 15] = [
    ("Y", "", TimePiece::Year, "2026"),
    ("y", "", TimePiece::ShortYear, "26"),
    ("m", "", TimePiece::Month, "11"),
    ("bBh", "", TimePiece::MonthName, "Nov"),
    ("de", "d", TimePiece::Day, "20"),
    ("j", "D", TimePiece::YearDay, "324"),
    ("aA", "Ee", TimePiece::Weekday, "Fri"),
    ("Hk", "Hk", TimePiece::Hour, "06"),
    ("Il", "hK", TimePiece::Hour12, "06"),
    ("pP", "a", TimePiece::Half, "AM"),
    ("M", "m", TimePiece::Minute, "33"),
    ("S", "s", TimePiece::Second, "18"),
    ("fLN", "Sn", TimePiece::Fraction, "502"),
    ("z", "XxZ", TimePiece::Offset, "+0000"),
    ("Z", "zvV", TimePiece::ZoneName, "UTC"),
];

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimeFormat(Vec<TimePiece>);

/// What has been read.
#[derive(Default)]
struct TimeParts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: Option<i64>,
    afternoon: Option<bool>,
    minute: Option<i64>,
    second: Option<i64>,
    us: i64,
    digits: usize,
    offset_min: Option<i16>,
    epoch_us: Option<i64>,
}

impl TimeFormat {
    /// Reads a `strptime` pattern (POSIX, with `%f`, `%L`, `%N`, `%3N` and `%z` as Python, Ruby and GNU write them).
    pub(super) fn strptime(pattern: &str) -> Result<TimeFormat, String> {
        TimeFormat::part(pattern)?.checked()
    }

    /// A part of a time, which need not have an hour.
    pub(super) fn part(pattern: &str) -> Result<TimeFormat, String> {
        let mut pieces = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                literal(&mut pieces, c);
                continue;
            }
            let mut code = chars.next();
            // flags and widths say how digits are padded, which is read in any case
            while code.is_some_and(|c| matches!(c, '-' | '_' | '0'..='9' | ':' | '.' | '^' | '#')) {
                code = chars.next();
            }
            let code = code.ok_or("a % at the end; write %% for the sign itself")?;
            let whole = match code {
                'T' => "%H:%M:%S",
                'F' => "%Y-%m-%d",
                'R' => "%H:%M",
                'D' => "%m/%d/%y",
                'r' => "%I:%M:%S %p",
                'c' => "%a %b %e %H:%M:%S %Y",
                _ => "",
            };
            let known = PIECES.iter().find(|p| p.0.contains(code));
            match (code, known) {
                ('s', _) => pieces.extend(TimeFormat::epoch(SECOND).0),
                ('n' | 't', _) => literal(&mut pieces, ' '),
                ('%', _) => literal(&mut pieces, '%'),
                (_, Some((_, _, piece, _))) => pieces.push(*piece),
                _ if !whole.is_empty() => pieces.extend(TimeFormat::part(whole)?.0),
                (c, _) => {
                    return Err(format!(
                        "%{c} is not known; use %Y %m %d %H %M %S %f %z and their kin"
                    ));
                }
            }
        }
        Ok(TimeFormat(pieces))
    }

    /// Reads a pattern of Java's date formatters (`yyyy-MM-dd HH:mm:ss,SSS`) or one of the names that logback and log4j have.
    pub(super) fn java(pattern: &str) -> Result<TimeFormat, String> {
        let pattern = match pattern.trim() {
            "" | "ISO8601" | "DEFAULT" => "yyyy-MM-dd HH:mm:ss,SSS",
            "STRICT" | "ISO8601_BASIC" => "yyyyMMdd'T'HHmmss,SSS",
            "ISO8601_OFFSET_DATE_TIME_HHCMM" => "yyyy-MM-dd'T'HH:mm:ss,SSSXXX",
            "ABSOLUTE" => "HH:mm:ss,SSS",
            "DATE" => "dd MMM yyyy HH:mm:ss,SSS",
            "UNIX" => return TimeFormat::epoch(SECOND).checked(),
            "UNIX_MILLIS" => return TimeFormat(vec![TimePiece::Epoch(1000)]).checked(),
            other => other,
        };
        let mut pieces = Vec::new();
        let chars: Vec<char> = pattern.chars().collect();
        let mut i = 0;
        while let Some(&c) = chars.get(i) {
            let run = chars[i..].iter().take_while(|x| **x == c).count();
            i += run;
            let piece = match (c, run) {
                ('\'', 2) => TimePiece::Literal(b'\''),
                ('\'', _) => {
                    let close = chars[i..]
                        .iter()
                        .position(|x| *x == '\'')
                        .ok_or("a quote that is never closed; close it")?;
                    chars[i..i + close]
                        .iter()
                        .for_each(|c| literal(&mut pieces, *c));
                    i += close + 1;
                    continue;
                }
                ('y' | 'u', 2) => TimePiece::ShortYear,
                ('y' | 'u', _) => TimePiece::Year,
                ('M' | 'L', 3..) => TimePiece::MonthName,
                ('M' | 'L', _) => TimePiece::Month,
                (c, _) if c.is_ascii_alphabetic() => {
                    let known = PIECES.iter().find(|p| p.1.contains(c)).map(|p| p.2);
                    known.ok_or_else(|| format!(
                        "{c} is no letter of a date pattern that is known; use yyyy MM dd HH mm ss SSS XXX"
                    ))?
                }
                (c, n) => {
                    (0..n).for_each(|_| literal(&mut pieces, c));
                    continue;
                }
            };
            pieces.push(piece);
        }
        TimeFormat(pieces).checked()
    }

    fn checked(self) -> Result<TimeFormat, String> {
        let has = |p: &TimePiece| self.0.contains(p);
        let epoch = self.0.iter().any(|p| matches!(p, TimePiece::Epoch(_)));
        match epoch || has(&TimePiece::Hour) || has(&TimePiece::Hour12) {
            true => Ok(self),
            false => Err("a time without an hour; add one".into()),
        }
    }

    /// Adds what is written behind, which `more` reads.
    pub(super) fn joined(&self, between: &[u8], more: &TimeFormat) -> TimeFormat {
        let mut all = self.0.clone();
        between
            .iter()
            .for_each(|c| literal(&mut all, char::from(*c)));
        all.extend(more.0.iter().cloned());
        TimeFormat(all)
    }

    /// A time of this format, for the sample line of a format.
    pub(super) fn example(&self) -> String {
        let mut out = String::new();
        for p in &self.0 {
            match p {
                TimePiece::Literal(c) => out.push(char::from(*c)),
                TimePiece::Epoch(us) => {
                    out.push_str(&(1_795_156_398 * (SECOND / us.max(&1))).to_string())
                }
                p => out.extend(PIECES.iter().filter(|x| x.2 == *p).map(|x| x.3)),
            }
        }
        out
    }

    /// Whether it can stand on its own.
    pub(super) fn is_whole(&self) -> bool {
        self.clone().checked().is_ok()
    }

    /// A fraction of a second with `digits` digits.
    pub(super) fn fraction() -> TimeFormat {
        TimeFormat(vec![TimePiece::Fraction])
    }

    /// Seconds since 1970 in units of `us` microseconds.
    pub(super) fn epoch(us: i64) -> TimeFormat {
        TimeFormat(vec![TimePiece::Epoch(us), TimePiece::MaybeFraction])
    }

    /// A time at the start of `b`, and its length.
    pub(super) fn read(&self, b: &[u8]) -> Option<(Stamp, usize)> {
        let mut p = TimeParts::default();
        let mut at = 0;
        for piece in &self.0 {
            at += p.take(piece, b.get(at..)?)?;
        }
        Some((p.stamp()?, at))
    }

    /// All of a value as one time.
    pub(super) fn whole(&self, b: &[u8]) -> Option<Stamp> {
        let b = b.trim_ascii();
        self.read(b).filter(|(_, n)| *n == b.len()).map(|(s, _)| s)
    }
}

fn literal(pieces: &mut Vec<TimePiece>, c: char) {
    let mut bytes = [0; 4];
    let all = c.encode_utf8(&mut bytes).bytes();
    pieces.extend(all.map(TimePiece::Literal));
}

/// One to `most` digits at the start, after blanks that pad them.
fn number(b: &[u8], most: usize) -> Option<(i64, usize)> {
    let pad = b.iter().take(2).take_while(|c| **c == b' ').count();
    let (value, n) = number_at(b, pad, most)?;
    Some((value, pad + n))
}

/// Letters of a name at the start.
fn letters(b: &[u8]) -> usize {
    b.iter()
        .take(12)
        .take_while(|c| c.is_ascii_alphabetic())
        .count()
}

impl TimeParts {
    /// Reads a piece at the start of `b`; its length.
    fn take(&mut self, piece: &TimePiece, b: &[u8]) -> Option<usize> {
        let mut set = |slot: fn(&mut TimeParts) -> &mut Option<i64>, most| {
            let (v, n) = number(b, most)?;
            *slot(self) = Some(v);
            Some(n)
        };
        match piece {
            TimePiece::Literal(b' ') => {
                Some(b.iter().take_while(|c| **c == b' ').count()).filter(|n| *n > 0)
            }
            TimePiece::Literal(c) => (b.first() == Some(c)).then_some(1),
            TimePiece::Year => set(|p| &mut p.year, 4),
            TimePiece::Month => set(|p| &mut p.month, 2),
            TimePiece::Day => set(|p| &mut p.day, 2),
            TimePiece::YearDay => set(|p| &mut p.year_day, 3),
            TimePiece::Hour | TimePiece::Hour12 => set(|p| &mut p.hour, 2),
            TimePiece::ShortYear => {
                let (v, n) = number(b, 2)?;
                self.year = Some(if v < 70 { 2000 + v } else { 1900 + v });
                Some(n)
            }
            TimePiece::MonthName => {
                self.month = Some(month(b)?);
                Some(letters(b).max(3))
            }
            TimePiece::Weekday => Some(letters(b)).filter(|n| *n > 0),
            TimePiece::Half => {
                let two = b.get(..2)?;
                self.afternoon = Some(two.eq_ignore_ascii_case(b"pm"));
                (self.afternoon == Some(true) || two.eq_ignore_ascii_case(b"am")).then_some(2)
            }
            TimePiece::Minute => set(|p| &mut p.minute, 2),
            TimePiece::Second => set(|p| &mut p.second, 2),
            TimePiece::Fraction => {
                let digits = b.iter().take(9).take_while(|c| c.is_ascii_digit()).count();
                self.fraction(&b[..digits]);
                (digits > 0).then_some(digits)
            }
            TimePiece::MaybeFraction => {
                let digits = digits(b.get(1..).unwrap_or_default(), 9);
                let there = matches!(b.first(), Some(b'.' | b',')) && digits > 0;
                if there {
                    self.fraction(&b[1..=digits]);
                }
                Some(if there { digits + 1 } else { 0 })
            }
            TimePiece::Offset => {
                let (o, n) = offset(b)?;
                self.offset_min = Some(o);
                Some(n)
            }
            TimePiece::ZoneName => match abbreviation(b) {
                Some((o, n)) => {
                    self.offset_min = o;
                    Some(n)
                }
                None => Some(letters(b)).filter(|n| *n > 0),
            },
            TimePiece::Epoch(us) => {
                let digits = b.iter().take(19).take_while(|c| c.is_ascii_digit()).count();
                let value = b[..digits].iter().try_fold(0i64, |v, c| {
                    v.checked_mul(10)?.checked_add(i64::from(c - b'0'))
                })?;
                self.epoch_us = Some(value.checked_mul(*us)?);
                (digits > 0).then_some(digits)
            }
        }
    }

    fn fraction(&mut self, digits: &[u8]) {
        self.digits = digits.len();
        let mut us = 0;
        for i in 0..6 {
            us = us * 10 + digits.get(i).map_or(0, |c| i64::from(c - b'0'));
        }
        self.us = us;
    }

    fn stamp(self) -> Option<Stamp> {
        let precision = match self.digits {
            0 => Precision::Second,
            1..=3 => Precision::Milli,
            _ => Precision::Micro,
        };
        if let Some(us) = self.epoch_us {
            return Some(Stamp::utc(us.checked_add(self.us)?, precision));
        }
        let hour = match (self.hour?, self.afternoon) {
            (12, Some(false)) => 0,
            (h @ 0..12, Some(true)) => h + 12,
            (h, _) => h,
        };
        let [minute, second] = [self.minute, self.second].map(Option::unwrap_or_default);
        if hour > 24 || minute > 59 || second > 60 {
            return None;
        }
        let clock = hour * HOUR + minute * MINUTE + second.min(59) * SECOND + self.us;
        let (day, dated) = match (self.year, self.month, self.day, self.year_day) {
            (Some(y), Some(m), Some(d), _) => (date(y, m, d)?, Dated::Full),
            (Some(y), _, _, Some(n)) if (1..=366).contains(&n) => {
                ((days_from_civil(y, 1, 1) + n - 1) * DAY, Dated::Full)
            }
            (None, Some(m), Some(d), _) => (date(1972, m, d)?, Dated::NoYear),
            _ => (0, Dated::NoDate),
        };
        Some(Stamp {
            wall_us: day + clock,
            offset_min: self.offset_min,
            dated,
            precision,
        })
    }
}

#[cfg(test)]
mod tests;
