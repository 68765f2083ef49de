//! Clock times as people write them: `13:05 pm`, `10:00AM`, `5am GMT +0`, `noon`, `T+5m`, `19h05`, `14:30Z`.
//! Leaves that read one expression at one place and a scan over a line; what a time means in its document is settled
//! by `story`.

use super::zone_said::{Leaf, ZoneSaid, zone_at};
use coroner_lines::table::words;
use nom::Parser;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{one_of, space0, space1};
use nom::combinator::opt;
use nom::sequence::preceded;
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

fn number(s: &str, most: usize) -> Leaf<'_, i64> {
    let (rest, d) = take_while_m_n(1, most, |c: char| c.is_ascii_digit())(s)?;
    d.parse()
        .map(|n| (rest, n))
        .map_err(|_| nom::Err::Error(()))
}

fn two(s: &str) -> Leaf<'_, i64> {
    let (rest, d) = take_while_m_n(2, 2, |c: char| c.is_ascii_digit())(s)?;
    d.parse()
        .map(|n| (rest, n))
        .map_err(|_| nom::Err::Error(()))
}

/// `AM`, `pm`, `a.m.`, `p`, with blanks before.
fn half(s: &str) -> Leaf<'_, Half> {
    let (rest, _) = space0(s)?;
    let (rest, letter) = one_of("aApP")(rest)?;
    let (rest, dot) = opt(tag::<_, _, ()>(".")).parse(rest)?;
    let (rest, m) = opt(one_of::<_, _, ()>("mM")).parse(rest)?;
    let (rest, _) = match dot.is_some() && m.is_some() {
        true => opt(tag::<_, _, ()>(".")).parse(rest)?,
        false => (rest, None),
    };
    // `7:58p` depends on the digits; `7:58 a server` does not
    let lonely = m.is_none() && (s.len() != rest.len() + 1 || dot.is_some());
    if lonely || rest.starts_with(char::is_alphanumeric) {
        return Err(nom::Err::Error(()));
    }
    let half = if matches!(letter, 'a' | 'A') {
        Half::Am
    } else {
        Half::Pm
    };
    Ok((rest, half))
}

struct Digits {
    h: i64,
    m: i64,
    s: i64,
    unit: i64,
    half: Option<Half>,
}

/// `13:05`, `13:05:33.250`, `13.05` and `1305` in a column of times, `19h05`, `5am`.
fn digits(s: &str, column: bool) -> Leaf<'_, Digits> {
    let (rest, h) = number(s, 2)?;
    let marks = if column { ":h." } else { ":h" };
    let tail = preceded(one_of::<_, _, ()>(marks), two).parse(rest);
    if let Ok((rest, m)) = tail {
        let seconds = preceded(one_of::<_, _, ()>(":"), two).parse(rest);
        let (rest, s, unit) = match seconds {
            Ok((rest, s)) => (fraction(rest), s, 1),
            Err(_) => (rest, 0, 60),
        };
        let (rest, half) = opt(half).parse(rest)?;
        return Ok((
            rest,
            Digits {
                h,
                m,
                s,
                unit,
                half,
            },
        ));
    }
    if let (true, Ok((rest, m))) = (column && s.len() - rest.len() == 2, two(rest))
        && !rest.starts_with(|c: char| c.is_ascii_digit())
    {
        return Ok((
            rest,
            Digits {
                h,
                m,
                s: 0,
                unit: 60,
                half: None,
            },
        ));
    }
    let (after, half) = half(rest)?;
    // `16a` is no time
    if !rest[..rest.len() - after.len()].contains(['m', 'M']) {
        return Err(nom::Err::Error(()));
    }
    Ok((
        after,
        Digits {
            h,
            m: 0,
            s: 0,
            unit: 3600,
            half: Some(half),
        },
    ))
}

fn fraction(s: &str) -> &str {
    let digits = s
        .strip_prefix(['.', ','])
        .map(|t| t.trim_start_matches(|c: char| c.is_ascii_digit()));
    match digits {
        Some(rest) if rest.len() + 1 < s.len() => rest,
        _ => s,
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

/// `T+5m`, `T + 90 min`, `T-2m`, `T0`.
fn relative(s: &str) -> Leaf<'_, i64> {
    let (rest, _) = tag("T")(s)?;
    let (rest, _) = space0(rest)?;
    let (rest, sign) = one_of("+-−")(rest)?;
    let (rest, _) = space0(rest)?;
    let (rest, n) = number(rest, 4)?;
    let (rest, _) = space0(rest)?;
    let (rest, unit) = one_of("smh")(rest)?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = n * match unit {
        's' => 1,
        'm' => 60,
        _ => 3600,
    };
    Ok((rest, if sign == '+' { seconds } else { -seconds }))
}

/// `noon`, `12 noon`, `midnight`.
fn word(s: &str) -> Option<(i64, Option<Odd>, usize)> {
    let lead = |s: &str| match preceded(tag::<_, _, ()>("12"), space1).parse(s) {
        Ok((rest, _)) => s.len() - rest.len(),
        Err(_) => 0,
    };
    let skipped = lead(s);
    for (name, secs, odd) in [("noon", 43_200, None), ("midnight", 0, Some(Odd::Midnight))] {
        let head = s.get(skipped..skipped + name.len());
        if head.is_some_and(|w| w.eq_ignore_ascii_case(name))
            && !s[skipped + name.len()..].starts_with(char::is_alphanumeric)
        {
            return Some((secs, odd, skipped + name.len()));
        }
    }
    None
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
    if let Ok((rest, secs)) = relative(s) {
        return Some(made(0, 60, None, None, s.len() - rest.len(), Some(secs)));
    }
    if let Some((secs, odd, n)) = word(s) {
        return Some(made(secs, 3600, None, odd, n, None));
    }
    let (rest, d) = digits(s, column).ok()?;
    let (secs, odd) = meaning(&d)?;
    let n = s.len() - rest.len();
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
    let b = before.trim_end_matches([' ', '\t', '(', '[']);
    words::<12>("~ ≈ around about approximately approx approx. circa ca. ca roughly c.")
        .iter()
        .any(|w| {
            let n = b.len().wrapping_sub(w.len());
            b.get(n..).is_some_and(|t| t.eq_ignore_ascii_case(w))
                && !b[..n].ends_with(|c: char| c.is_alphanumeric())
        })
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
mod tests;
