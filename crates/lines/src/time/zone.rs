//! Zones: fixed offsets, IANA names (chrono-tz), and the abbreviations that logs write.
//! The machine's own zone is never read here.

use super::{Instant, MINUTE};
use chrono::{Offset, TimeZone};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// A zone in which times are read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Zone {
    /// A constant offset in minutes east of UTC.
    Fixed(i16),
    /// An IANA zone, whose offset changes over the year.
    Named(chrono_tz::Tz),
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(s: String) -> Result<Zone, String> {
        Zone::parse(&s)
    }
}

impl From<Zone> for String {
    fn from(z: Zone) -> String {
        z.to_string()
    }
}

/// What a line calls the zone of the times beside it, with the word in front of it, and the zone.
static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let called = "utc adjustment|utc offset|gmt offset|time zone|timezone|times(?: are)?(?: in)?\
        |(?:uhr)?zeiten(?: in)?|tijden(?: in)?|heures(?: en)?|horas(?: en| em)?|tider(?: i)?|orari(?: in)?";
    let is = r#"[:=\s"'(\[]*(?:is |set to |to )?"#;
    let pattern = format!(r#"(?i)(?:^|(\S+)\s+|\s)["'(]*(?:{called}){is}([^\s,;()\[\]"']+)"#);
    Regex::new(&pattern).ok()
});

/// A zone in a line without a clock, in whatever language the rest of it is: by the hours from UTC, or by its region and town.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let hours = r"(?:UTC|GMT)\s?[+\-\u{2212}]\d{1,2}(?::\d\d)?";
    let region = "Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|US";
    let pattern = format!(
        r"(?:^|[\s(:*])({hours}|(?:{region})/[A-Za-z_/]+)(?:$|[\s),;.*])|\((UTC|GMT)\)|[a-z]_(utc|gmt)(?:$|[,;\t])"
    );
    Regex::new(&pattern).ok()
});

/// Bytes of a line in which it says so.
const LOOKED_AT: usize = 300;

/// The zone that a line states its log is written in: `UTC adjustment: -5:00`, `Time zone is Europe/Oslo`, `all times in UTC`. That of a user or in an
/// address is none of the log's.
pub fn stated(line: &[u8]) -> Option<Zone> {
    let text = std::str::from_utf8(line.get(..LOOKED_AT).unwrap_or(line)).ok()?;
    let Some(found) = STATED.as_ref()?.captures(text) else {
        return named(text);
    };
    let whose = found.get(1).map_or("", |w| w.as_str());
    let others = [
        "user", "client", "customer", "account", "browser", "session", "your",
    ];
    let is = |o: &&str| {
        whose
            .get(..o.len())
            .is_some_and(|w| w.eq_ignore_ascii_case(o))
    };
    if others.iter().any(is) {
        return None;
    }
    let zone = found.get(2)?.as_str();
    // hours and minutes without a sign lie east, and a bare number counts something else
    let unsigned = zone.starts_with(|c: char| c.is_ascii_digit());
    match unsigned {
        true if !zone.contains(':') => None,
        true => Zone::parse(&format!("+{zone}")).ok(),
        false => Zone::parse(zone).ok().or_else(|| named(text)),
    }
}

/// The zone that a line without a clock names.
fn named(text: &str) -> Option<Zone> {
    let mut fives = text.as_bytes().windows(5);
    let digits = |w: &[u8]| [w[0], w[1], w[3], w[4]].iter().all(u8::is_ascii_digit);
    let clock = fives.any(|w| w[2] == b':' && digits(w));
    let found = NAMED.as_ref()?.captures(text).filter(|_| !clock)?;
    let zone = (1..4).find_map(|n| found.get(n))?;
    Zone::parse(&zone.as_str().replace('\u{2212}', "-")).ok()
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone::Fixed(0);

    /// Reads `+01:00`, `UTC`, `Z`, `GMT+1` (one hour east, as people write it) or an IANA name.
    /// The error says what is wrong and what to write, ready to be shown.
    pub fn parse(s: &str) -> Result<Zone, String> {
        let t = s.trim();
        if t.eq_ignore_ascii_case("utc")
            || t.eq_ignore_ascii_case("gmt")
            || t.eq_ignore_ascii_case("z")
        {
            return Ok(Zone::UTC);
        }
        let compact: String = t.chars().filter(|c| !c.is_whitespace()).collect();
        let signed = ["GMT", "UTC", "gmt", "utc"]
            .iter()
            .find_map(|p| compact.strip_prefix(p))
            .unwrap_or(&compact);
        if let Some(o) = human_offset(signed) {
            return Ok(Zone::Fixed(o));
        }
        if let Some(list) = AMBIGUOUS.iter().find(|(n, _)| n.eq_ignore_ascii_case(t)) {
            let offsets: Vec<&str> = list.1.split(", ").filter_map(|m| m.get(..6)).collect();
            let number = if offsets.len() == 2 { "two" } else { "three" };
            return Err(format!(
                "zone \"{t}\" has {number} meanings: {}; write {}",
                list.1,
                offsets.join(" or ")
            ));
        }
        if let Some((o, n)) = abbreviation(t.as_bytes())
            && let (Some(o), true) = (o, n == t.len())
        {
            return Ok(Zone::Fixed(o));
        }
        t.parse::<chrono_tz::Tz>().map(Zone::Named).map_err(|_| {
            format!("zone \"{t}\" is not known; write +01:00, UTC or a name like Africa/Lagos")
        })
    }

    /// Minutes east of UTC at an instant.
    pub fn offset_at(self, t: Instant) -> i32 {
        match self {
            Zone::Fixed(m) => i32::from(m),
            Zone::Named(z) => chrono::DateTime::from_timestamp_micros(t.0).map_or(0, |d| {
                z.offset_from_utc_datetime(&d.naive_utc())
                    .fix()
                    .local_minus_utc()
                    / 60
            }),
        }
    }

    /// The instant of a wall time (microseconds as if UTC). In the hour that a clock repeats the earlier instant is
    /// meant unless `second_pass`; a time in the skipped hour takes the offset before the change.
    pub fn instant_of(self, wall_us: i64, second_pass: bool) -> Instant {
        match self {
            Zone::Fixed(m) => Instant(wall_us - i64::from(m) * MINUTE),
            Zone::Named(_) => {
                let before = self.offset_at(Instant(wall_us - 26 * 60 * MINUTE));
                let after = self.offset_at(Instant(wall_us + 26 * 60 * MINUTE));
                let fits = |o: i32| self.offset_at(Instant(wall_us - i64::from(o) * MINUTE)) == o;
                let o = match (fits(before), fits(after)) {
                    (true, true) if second_pass => after,
                    (true, _) => before,
                    (false, true) => after,
                    (false, false) => before,
                };
                Instant(wall_us - i64::from(o) * MINUTE)
            }
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Zone::Fixed(m) => write!(
                f,
                "{}{:02}:{:02}",
                if *m < 0 { '-' } else { '+' },
                m.unsigned_abs() / 60,
                m.unsigned_abs() % 60
            ),
            Zone::Named(z) => f.write_str(z.name()),
        }
    }
}

/// `+01:00`, `+0100`, `+01`, `+1`, `-5:30`.
fn human_offset(s: &str) -> Option<i16> {
    let (sign, rest) = match s.as_bytes().first()? {
        b'+' => (1, &s[1..]),
        b'-' => (-1, &s[1..]),
        _ => return None,
    };
    let (h, m) = match rest.split_once(':') {
        Some((h, m)) => (h, m),
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    if h.is_empty() || h.len() > 2 || m.is_empty() || m.len() > 2 {
        return None;
    }
    let (h, m): (i16, i16) = (h.parse().ok()?, m.parse().ok()?);
    (h <= 18 && m < 60).then_some(sign * (h * 60 + m))
}

/// Abbreviations with more than one meaning, and the choices.
const AMBIGUOUS: &[(&str, &str)] = &[
    ("IST", "+05:30 (India), +01:00 (Ireland), +02:00 (Israel)"),
    ("CST", "-06:00 (US Central), +08:00 (China), -05:00 (Cuba)"),
    ("BST", "+01:00 (British Summer), +06:00 (Bangladesh)"),
    ("AST", "-04:00 (Atlantic), +03:00 (Arabia)"),
];

/// Minutes east of UTC of an abbreviation with one meaning in logs. A match: it is asked of a word in most lines of text.
fn minutes(name: &[u8]) -> Option<i16> {
    Some(match name {
        b"PST" => -480,
        b"MST" | b"PDT" => -420,
        b"MDT" => -360,
        b"EST" | b"CDT" => -300,
        b"EDT" => -240,
        b"BRT" => -180,
        b"UTC" | b"GMT" | b"Z" | b"WET" => 0,
        b"WEST" | b"CET" | b"MET" | b"WAT" => 60,
        b"CEST" | b"MEST" | b"EET" | b"CAT" | b"SAST" => 120,
        b"EEST" | b"MSK" | b"EAT" => 180,
        b"PKT" => 300,
        b"WIB" => 420,
        b"SGT" | b"HKT" => 480,
        b"JST" | b"KST" => 540,
        b"AEST" => 600,
        b"AEDT" => 660,
        b"NZST" => 720,
        b"NZDT" => 780,
        _ => return None,
    })
}

/// A zone abbreviation at the start of `b`, with its length: `Some(None)` as offset where it has several meanings.
pub fn abbreviation(b: &[u8]) -> Option<(Option<i16>, usize)> {
    let n = b.iter().take_while(|c| c.is_ascii_uppercase()).count();
    if !(1..=5).contains(&n) || b.get(n).is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let name = &b[..n];
    if let Some(east) = minutes(name) {
        return Some((Some(east), n));
    }
    AMBIGUOUS
        .iter()
        .any(|(a, _)| a.as_bytes() == name)
        .then_some((None, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn spellings() {
        holds("zone of a log", |line| or_dash(stated(line.as_bytes())));
        holds("zone", |t| or_dash(Zone::parse(t).ok()));
        assert!(Zone::parse("IST").unwrap_err().contains("+05:30"));
    }

    #[test]
    fn the_repeated_hour_has_two_instants() {
        let berlin = Zone::Named(chrono_tz::Europe::Berlin);
        let wall = crate::time::days_from_civil(2024, 10, 27) * crate::time::DAY + 150 * MINUTE;
        let (a, b) = (
            berlin.instant_of(wall, false),
            berlin.instant_of(wall, true),
        );
        assert_eq!(b.0 - a.0, 60 * MINUTE);
        assert_eq!(a.0, wall - 120 * MINUTE);
    }
}
