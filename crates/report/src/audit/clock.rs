//! Clock times as people write them: `13:05 pm`, `10:00AM`, `5am GMT +0`, `noon`, `T+5m`, `19h05`, `14:30Z`.
//! Patterns that read one expression at one place and a scan over a line; what a time means in its document is settled
//! by `story`.

use super::length::unit_seconds;
use super::patterns::Pattern;
use super::words::ends_with_word;
use super::zone_said::{ZoneSaid, zone_at};
use coroner_lines::table::words;
use std::ops::Range;

/// Half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// What is odd about how a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    /// An hour of 13 or more with PM, or 0 with AM: the half says nothing new.
    Redundant,
    /// An hour of 13 or more with AM, or 0 with PM: one of them is wrong.
    Conflict,
    /// Midnight: the start or the end of the day.
    Midnight,
}

/// A clock time.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Seconds of the day, 0–86,400.
    pub secs: i64,
    /// Seconds that the writing leaves open: 3,600 for an hour alone, 60, 1.
    pub unit: i64,
    /// AM or PM, where written.
    pub half: Option<Half>,
    /// Written as about a time.
    pub about: bool,
    /// What is odd about it.
    pub odd: Option<Odd>,
    /// Seconds after the onset, for `T+5m`.
    pub after_onset: Option<i64>,
    /// The zone that stands behind it.
    pub zone: Option<ZoneSaid>,
    /// Bytes of the line, without the zone.
    pub at: Range<usize>,
}

impl Clock {
    /// Where the expression ends, with its zone and the bracket that closes it.
    pub fn end(&self, line: &str) -> usize {
        // a zone that the end of a range lends stands behind that
        let own = |z: &&ZoneSaid| {
            let between = line.get(self.at.end..z.at.start).unwrap_or("x");
            between.chars().all(|c| matches!(c, ' ' | '\t' | '(' | '['))
        };
        let end = self
            .zone
            .as_ref()
            .filter(own)
            .map_or(self.at.end, |z| z.at.end);
        match line.as_bytes().get(end) {
            Some(b')' | b']') if line[self.at.end..end].contains(['(', '[']) => end + 1,
            _ => end,
        }
    }

    /// Whether the other half of the day is what the same digits could mean: an hour of 12 or less with AM or PM.
    pub fn can_flip(&self) -> bool {
        self.half.is_some() && self.odd.is_none() && self.after_onset.is_none()
    }

    /// The same digits in the other half of the day, in seconds.
    pub fn flipped(&self) -> i64 {
        (self.secs + 43_200) % 86_400
    }

    /// How far the truth may be from what is written, in seconds (half of the last digit; more for "around").
    pub fn tolerance(&self) -> i64 {
        let written = match self.unit {
            3600 => 1800,
            unit => unit / 2,
        };
        if self.about {
            (2 * written).max(300)
        } else {
            written
        }
    }
}

static DIGITS: Pattern = Pattern::of("clock in figures");
static HALF: Pattern = Pattern::of("half of the day");
static RELATIVE: Pattern = Pattern::of("time after the onset");
static WORD: Pattern = Pattern::of("clock in words");

/// `AM`, `pm`, `a.m.`, `p`, with blanks before, and its bytes; whether it is more than a letter.
fn half(s: &str) -> Option<(Half, usize, bool)> {
    let c = HALF.captures(s)?;
    let (end, more) = (c[0].len(), c.get(1).is_some());
    // `7:58p` depends on the digits; `7:58 a server` does not
    let goes_on = |c: char| c.is_alphanumeric() || c == '.' && !more;
    let letter = c.get(1).or(c.get(2))?.as_str();
    let half = match letter.eq_ignore_ascii_case("a") {
        true => Half::Am,
        false => Half::Pm,
    };
    (!s[end..].starts_with(goes_on)).then_some((half, end, more))
}

/// What is written in figures.
struct Digits {
    h: i64,
    m: i64,
    s: i64,
    unit: i64,
    half: Option<Half>,
    /// Bytes of it.
    len: usize,
}

/// `13:05`, `13:05:33.250`, `13.05` and `1305` in a column of times, `19h05`, `5am`.
fn digits(s: &str, column: bool) -> Option<Digits> {
    let c = DIGITS.captures(s)?;
    let get = |n: usize| c.get(n)?.as_str().parse::<i64>().ok();
    let (h, m, seconds, end) = (get(1)?, get(3), get(4), c[0].len());
    let known = |half: Option<(Half, usize, bool)>, unit| Digits {
        h,
        m: m.unwrap_or(0),
        s: seconds.unwrap_or(0),
        unit,
        half: half.map(|x| x.0),
        len: end + half.map_or(0, |x| x.1),
    };
    match (m, c.get(2).map(|mark| mark.as_str())) {
        // `16a` is no time
        (None, _) => half(&s[end..])
            .filter(|x| x.2)
            .map(|x| known(Some(x), 3600)),
        (_, Some(".")) if !column => None,
        (_, Some(_)) => {
            let unit = if seconds.is_some() { 1 } else { 60 };
            Some(known(half(&s[end..]), unit))
        }
        (_, None) => {
            let goes_on = s[end..].starts_with(|c: char| c.is_ascii_digit());
            let whole = column && c[1].len() == 2 && seconds.is_none() && !goes_on;
            whole.then(|| known(None, 60))
        }
    }
}

/// Seconds of the day of what is written, and what is odd about it.
fn meaning(d: &Digits) -> Option<(i64, Option<Odd>)> {
    if d.m > 59 || d.s > 60 || d.h > 24 || (d.h == 24 && (d.m > 0 || d.s > 0)) {
        return None;
    }
    let (h, odd) = match (d.h, d.half) {
        (13.., Some(Half::Pm)) => (d.h, Some(Odd::Redundant)),
        (13.., Some(Half::Am)) => (d.h, Some(Odd::Conflict)),
        (0, Some(Half::Am)) => (0, Some(Odd::Redundant)),
        (0, Some(Half::Pm)) => (12, Some(Odd::Conflict)),
        (12, Some(Half::Am)) => (0, None),
        (h, Some(Half::Pm)) if h < 12 => (h + 12, None),
        (h, _) => (h, None),
    };
    Some((h * 3600 + d.m * 60 + d.s, odd))
}

/// `T+5m`, `T + 90 min`, `T-2m`, and its bytes.
fn relative(s: &str) -> Option<(i64, usize)> {
    let c = RELATIVE.captures(s)?;
    let seconds = c[2].parse::<i64>().ok()? * unit_seconds(&c[3]);
    let sign = if &c[1] == "+" { 1 } else { -1 };
    Some((sign * seconds, c[0].len()))
}

/// `noon`, `12 noon`, `midnight`, and its bytes.
fn word(s: &str) -> Option<(i64, Option<Odd>, usize)> {
    let c = WORD.captures(s)?;
    let end = c[0].len();
    let (secs, odd) = match c[1].eq_ignore_ascii_case("noon") {
        true => (43_200, None),
        false => (0, Some(Odd::Midnight)),
    };
    (!s[end..].starts_with(char::is_alphanumeric)).then_some((secs, odd, end))
}

/// The clock time that begins at byte `pos`; `column` where only times are expected, so that `1905` and `19.05` count.
pub fn clock_at(line: &str, pos: usize, column: bool) -> Option<Clock> {
    let s = line.get(pos..)?;
    let before = line[..pos].chars().next_back();
    if before.is_some_and(|c| {
        c.is_alphanumeric() && c != 'T' || matches!(c, ':' | '/' | '$' | '#' | '_' | '+' | '−')
    }) || before == Some('.')
        && line[..pos]
            .trim_end_matches('.')
            .ends_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    // `13:05-13:10` is a range, `13:05:00-05:00` has an offset
    let zone_of = |unit: i64, n: usize| {
        let z = zone_at(line, pos + n)?;
        let said = &line[z.at.clone()];
        (unit == 1 || !(said.starts_with('-') && said.contains(':'))).then_some(z)
    };
    let made = |secs, unit, half, odd, n: usize, after_onset| Clock {
        secs,
        unit,
        half,
        about: is_about(&line[..pos]) || s[n..].starts_with('~'),
        odd,
        after_onset,
        zone: zone_of(unit, n),
        at: pos..pos + n,
    };
    if let Some((secs, n)) = relative(s) {
        return Some(made(0, 60, None, None, n, Some(secs)));
    }
    if let Some((secs, odd, n)) = word(s) {
        return Some(made(secs, 3600, None, odd, n, None));
    }
    let d = digits(s, column)?;
    let (secs, odd) = meaning(&d)?;
    let (n, rest) = (d.len, &s[d.len..]);
    let bad = |c: char| c.is_alphanumeric() && c != 'Z' && c != 'z' || matches!(c, '%' | '/' | '_');
    let more = rest
        .strip_prefix(':')
        .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    if more || rest.starts_with(bad) && !rest.starts_with("UTC") && !rest.starts_with("GMT") {
        return None;
    }
    // versions and ratios: 1.19.05, 13:05.2
    if rest
        .strip_prefix('.')
        .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()))
    {
        return None;
    }
    // a rest of a date, `-05 13:00` is none of ours: the date takes it before
    Some(made(secs, d.unit, d.half, odd, n, None))
}

/// Whether the words before a time say that it is about that time.
fn is_about(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t', '(', '[']);
    let about =
        words::<12>("~ ≈ around about approximately approx approx. circa ca. ca roughly c.");
    ends_with_word(before, &about)
}

/// Every clock time of a line, from left to right.
pub fn clocks(line: &str) -> Vec<Clock> {
    let mut out: Vec<Clock> = Vec::new();
    let mut pos = 0;
    while pos < line.len() {
        let b = line.as_bytes()[pos];
        let begins = b.is_ascii_digit() || matches!(b, b'n' | b'm' | b'N' | b'M' | b'T');
        match begins.then(|| clock_at(line, pos, false)).flatten() {
            Some(c) => {
                pos = c.end(line);
                out.push(c);
            }
            // the rest of a number is no time of its own
            None if b.is_ascii_digit() => {
                let more = line[pos..].bytes().take_while(u8::is_ascii_digit).count();
                pos += more;
            }
            None => pos += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_friends_are_no_times() {
        crate::tests::holds("no time of day", |s| clocks(s).len());
    }
}
