//! Lengths of time as people write them: `45 minutes`, `1hr 22mins`, `an hour and a half`, `37 th minute`, `01:48:00`.
//! How far each may be from the truth by its rounding stands with it; what a length is said of is settled by `stated`.

use super::patterns::{Pattern, pattern};
use super::words::ends_with_word;
use coroner_lines::table::phrases;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A length of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Length {
    /// Seconds.
    pub secs: i64,
    /// How far the truth may be from it, in seconds, by how it is rounded.
    pub half: i64,
    /// Whether it is an ordinal, which states no length plainly: `37 th minute`.
    pub ordinal: bool,
    /// What bounds it, where the words before say so.
    pub bound: Bound,
    /// Bytes of the line.
    pub at: Range<usize>,
}

/// How a length is qualified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// As it stands.
    None,
    /// `about`, `~`, `nearly`.
    About,
    /// `more than`, `at least`.
    Least,
    /// `less than`, `up to`.
    Most,
}

/// Numbers in words, and their figures; a longer word stands before one that begins it.
const WORDS: &[&str] = &phrases::<28>(
    "one 1|two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9|ten 10|eleven 11|twelve 12|fifteen 15|sixteen 16|eighteen 18|\
    twenty-five 25|twenty five 25|twenty 20|thirty-five 35|thirty 30|forty-five 45|forty five 45|forty 40|fifty 50|sixty 60|ninety 90|an 1|a 1",
);

fn in_words() -> impl Iterator<Item = (&'static str, f64)> {
    WORDS.iter().filter_map(|w| {
        let (word, figures) = w.rsplit_once(' ')?;
        Some((word, figures.parse().ok()?))
    })
}

const UNIT: &str = r"(days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)";

static PART: LazyLock<Regex> = LazyLock::new(|| {
    let words: Vec<&str> = in_words().map(|w| w.0).collect();
    pattern(&format!(
        r"(?i)^(?:(\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}(?:\.\d+)?)|({}))[ \u{{a0}}\u{{202f}}-]{{0,3}}(and a half )?{UNIT}",
        words.join("|")
    ))
});
static ORDINAL: Pattern = Pattern::of("ordinal");
static HALF_HOUR: Pattern = Pattern::of("half an hour");
static JOIN: Pattern = Pattern::of("joint of lengths");
static AND_HALF: Pattern = Pattern::of("and a half");
static COLONS: Pattern = Pattern::of("length with colons");

/// Seconds of a unit of time, by its first letter.
pub(super) fn unit_seconds(unit: &str) -> i64 {
    match unit.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'd') => 86_400,
        Some(b'h') => 3600,
        Some(b'm') => 60,
        _ => 1,
    }
}

/// The rounding of a length whose smallest part is `n` of `unit`: whole hours half an hour, a multiple of five minutes 2.5 minutes,
/// else half of the last digit.
fn rounding(n: f64, unit: i64, alone: bool) -> i64 {
    let whole = n.fract() == 0.0;
    match unit {
        86_400 if whole => 43_200,
        86_400 => 4_320,
        3600 if whole => 1800,
        // 1.5 h may be any quarter around it; 1.8 h is a tenth
        3600 if (n * 2.0).fract() == 0.0 => 900,
        3600 => 180,
        60 if whole && n as i64 % 5 == 0 && (n > 0.0 || alone) => 150,
        60 => 30,
        _ => 1,
    }
}

/// One number with its unit: seconds, seconds of the unit, number, bytes.
fn part(s: &str) -> Option<(i64, i64, f64, usize)> {
    let c = PART.captures(s)?;
    let n = match (c.get(1), c.get(2)) {
        (Some(d), _) => d.as_str().replace(',', "").parse::<f64>().ok()?,
        (None, Some(w)) => {
            let mut words = in_words();
            words.find(|x| x.0.eq_ignore_ascii_case(w.as_str()))?.1
        }
        (None, None) => return None,
    };
    let unit = c.get(4)?.as_str();
    let end = c.get(0)?.end();
    if s[end..].starts_with(|c: char| c.is_alphabetic() || c == '/')
        || s[end..].starts_with(|c: char| c.is_ascii_digit()) && unit.len() > 1
    {
        return None;
    }
    let worded = c.get(2).is_some();
    // `a d`, `one s`: letters alone are units behind figures only
    if worded && (unit.len() < 3 || unit.eq_ignore_ascii_case("second")) {
        return None;
    }
    let size = unit_seconds(unit);
    let n = n + if c.get(3).is_some() { 0.5 } else { 0.0 };
    let secs = (n * size as f64).round() as i64;
    (secs <= 400 * 86_400).then_some((secs, size, n, end))
}

/// The length that begins at byte `pos`.
fn length_at(line: &str, pos: usize) -> Option<Length> {
    let s = line.get(pos..)?;
    if line[..pos].ends_with(|c: char| {
        c.is_alphanumeric() || matches!(c, '.' | ',' | ':' | '/' | '_' | '$' | '#')
    }) {
        return None;
    }
    let made = |secs, half, ordinal, n: usize| Length {
        secs,
        half,
        ordinal,
        bound: bound(&line[..pos]),
        at: pos..pos + n,
    };
    if let Some(c) = ORDINAL.captures(s) {
        let n: i64 = c[1].parse().ok()?;
        let unit = unit_seconds(&c[2]);
        return Some(made(n * unit, unit / 2, true, c[0].len()));
    }
    if let Some(m) = HALF_HOUR.find(s) {
        return Some(made(1800, 300, false, m.end()));
    }
    if let Some(c) = COLONS.captures(s) {
        let get = |n: usize| c.get(n).and_then(|m| m.as_str().parse::<i64>().ok());
        let (secs, half) = match get(3) {
            Some(s) => (get(1)? * 3600 + get(2)? * 60 + s, 1),
            None => (get(1)? * 3600 + get(2)? * 60, 30),
        };
        return Some(made(secs, half, false, c[0].len()));
    }
    let (mut secs, mut unit, mut last, mut n) = part(s)?;
    let mut alone = true;
    if let Some(c) = AND_HALF.captures(&s[n..]) {
        let share = match c[1].eq_ignore_ascii_case("half") {
            true => 2,
            false => 4,
        };
        n += c[0].len();
        return Some(made(secs + unit / share, unit / 4, false, n));
    }
    // smaller and smaller units
    while let Some(join) = JOIN.find(&s[n..]) {
        let Some((more, size, x, len)) = part(&s[n + join.end()..]) else {
            break;
        };
        if size >= unit {
            break;
        }
        secs += more;
        (unit, last) = (size, x);
        n += join.end() + len;
        alone = false;
    }
    Some(made(secs, rounding(last, unit, alone), false, n))
}

/// What the words before a length say of it.
fn bound(before: &str) -> Bound {
    let ends = |list: &[&str]| ends_with_word(before.trim_end(), list);
    if ends(&phrases::<16>(
        "about|around|approximately|approx|approx.|roughly|~|≈|nearly|almost|some|close to|an estimated|just under|\
        just over|a little over",
    )) {
        Bound::About
    } else if ends(&phrases::<9>(
        "more than|over|at least|longer than|>|≥|upwards of|exceeding|minimum of",
    )) {
        Bound::Least
    } else if ends(&phrases::<11>(
        "less than|under|up to|at most|within|no more than|<|≤|maximum of|fewer than|as long as",
    )) {
        Bound::Most
    } else {
        Bound::None
    }
}

impl Length {
    /// Whether a measured length of `secs` is what is said, where both ends of it are known to `unit` seconds.
    pub fn fits(&self, secs: i64, unit: i64) -> bool {
        let slack = self.half + unit / 2;
        match self.bound {
            Bound::None => (secs - self.secs).abs() <= slack,
            Bound::About => (secs - self.secs).abs() <= slack.max(self.secs / 5),
            Bound::Least => secs >= self.secs - slack && secs <= self.secs + self.secs.max(slack),
            Bound::Most => secs <= self.secs + slack,
        }
    }
}

/// Every length of a line, from left to right.
pub fn lengths(line: &str) -> Vec<Length> {
    let mut out: Vec<Length> = Vec::new();
    let mut pos = 0;
    let bytes = line.as_bytes();
    while pos < bytes.len() {
        let starts = bytes[pos].is_ascii_alphanumeric()
            && (pos == 0 || !bytes[pos - 1].is_ascii_alphanumeric());
        if starts && line.is_char_boundary(pos) {
            // what comes is short: a window keeps long lines linear
            let end = line.ceil_char_boundary(pos + 120);
            let start = line.ceil_char_boundary(pos.saturating_sub(40));
            if let Some(mut l) = length_at(&line[start..end], pos - start) {
                l.at = l.at.start + start..l.at.end + start;
                pos = l.at.end;
                out.push(l);
                continue;
            }
        }
        pos += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    #[test]
    fn forms() {
        // seconds and rounding of each, by hand
        for (s, want) in audited("length") {
            let l = lengths(s);
            assert_eq!(l.len(), 1, "{s}: {l:?}");
            assert_eq!(format!("{} {}", l[0].secs, l[0].half), want, "{s}");
        }
        assert!(lengths("37 th minute")[0].ordinal);
        crate::tests::holds("no length", |s| lengths(s).len());
    }

    #[test]
    fn bounds() {
        let one = |s: &str| lengths(s)[0].clone();
        assert_eq!(one("about 1 hour").bound, Bound::About);
        assert!(one("less than 30 minutes").fits(60, 60));
        assert!(!one("more than 2 hours").fits(3000, 60));
        assert!(one("32 minutes").fits(1980, 60) && !one("32 minutes").fits(2040, 60));
    }
}
