//! Zones as people write them beside a clock time or in a heading: `GMT + 1`, `(UTC+01:00)`, `WAT`, `PT`, `Europe/London`.
//! Which zone a document means is settled in `zones.rs`; here only what the words say.

use super::patterns::Pattern;
use coroner_lines::table;
use coroner_lines::time::zone::{Zone, abbreviation};
use std::ops::Range;
use std::sync::LazyLock;

static OFFSET: Pattern = Pattern::of("offset");
static UNIVERSAL: Pattern = Pattern::of("universal time");
static BEYOND: Pattern = Pattern::of("offset from universal time");
static REGION: Pattern = Pattern::of("region and city");

/// A zone that is named.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneSaid {
    /// What it means; `None` where the name has several meanings.
    pub zone: Option<Zone>,
    /// What it may mean, where that is more than one thing.
    pub choices: Option<String>,
    /// Bytes of the line.
    pub at: Range<usize>,
}

/// A zone at byte `pos` of a line, blanks and an opening bracket before it skipped.
pub fn zone_at(line: &str, pos: usize) -> Option<ZoneSaid> {
    let rest = line.get(pos..)?;
    let trimmed = rest.trim_start_matches([' ', '\t']);
    let inner = trimmed
        .strip_prefix(['(', '['])
        .unwrap_or(trimmed)
        .trim_start();
    let start = pos + rest.len() - inner.len();
    let attached = start == pos;
    zone(inner, attached).map(|(zone, choices, n)| ZoneSaid {
        zone,
        choices,
        at: start..start + n,
    })
}

type ZoneMatch = (Option<Zone>, Option<String>, usize);

fn zone(s: &str, attached: bool) -> Option<ZoneMatch> {
    if attached && s.starts_with(['Z', 'z']) && !follows_word(&s[1..]) {
        return Some((Some(Zone::UTC), None, 1));
    }
    let fixed = offset(s, attached).or_else(|| universal(s));
    let fixed = fixed.map(|(minutes, n)| (Some(Zone::Fixed(minutes)), None, n));
    fixed.or_else(|| named(s))
}

fn follows_word(s: &str) -> bool {
    s.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Minutes east of UTC, where there is such an offset and nothing goes on behind it.
fn in_range(rest: &str, east: bool, h: i16, m: i16) -> Option<i16> {
    let fine = h <= 14 && m < 60 && !rest.starts_with(|c: char| c.is_ascii_digit() || c == ':');
    fine.then_some(if east { 1 } else { -1 } * (h * 60 + m))
}

/// `+05:30`, `+0530`, `-0800`, and its bytes; `-05:00` only where it depends on the time, else it is the end of a range.
fn offset(s: &str, attached: bool) -> Option<(i16, usize)> {
    let c = OFFSET.captures(s)?;
    let (east, n) = (&c[1] == "+", c[0].len());
    if !east && c.get(3).is_some() && !attached {
        return None;
    }
    let minutes = in_range(&s[n..], east, c[2].parse().ok()?, c[4].parse().ok()?)?;
    Some((minutes, n))
}

/// `UTC`, `GMT +0`, `GMT + 1`, `UTC+01:00`, `UTC−5`, and its bytes: the sign as people mean it, not as POSIX does.
fn universal(s: &str) -> Option<(i16, usize)> {
    let n = UNIVERSAL.find(s)?.end();
    let rest = &s[n..];
    if follows_word(rest) {
        return None;
    }
    let beyond = || {
        let c = BEYOND.captures(rest)?;
        let (east, m) = (matches!(&c[1], "+" | "±"), c.get(3));
        let behind = &rest[c[0].len()..];
        // `UTC - 10:32` is a dash before a time, `UTC - 1 Jan` one before a date
        let month = behind.trim_start().starts_with(char::is_alphabetic);
        if (m.is_some() || month) && !east && rest.starts_with(' ') {
            return None;
        }
        let m = m.map_or(Ok(0), |m| m.as_str().parse()).ok()?;
        let minutes = in_range(behind, east, c[2].parse().ok()?, m)?;
        Some((minutes, n + c[0].len()))
    };
    Some(beyond().unwrap_or((0, n)))
}

/// `Europe/London`, `PT`, `Pacific Time`, `WAT`, `IST`.
fn named(s: &str) -> Option<ZoneMatch> {
    if let Some(name) = REGION.find(s)
        && let Ok(tz) = name.as_str().parse::<chrono_tz::Tz>()
    {
        return Some((Some(Zone::Named(tz)), None, name.end()));
    }
    if let Some(found) = in_words(s) {
        return Some(found);
    }
    let (offset, n) = abbreviation(s.as_bytes())?;
    if n < 2 || follows_word(&s[n..]) {
        return None;
    }
    match (offset, &s[..n]) {
        (Some(o), _) => Some((Some(Zone::Fixed(o)), None, n)),
        (None, name) => {
            let why = Zone::parse(name).err().unwrap_or_default();
            let choices = why.split_once("meanings: ").map(|(_, c)| c);
            let choices = choices
                .and_then(|c| c.split_once("; "))
                .map(|(c, _)| c.to_owned());
            // British Summer Time is what most who write it mean
            let zone = (name == "BST").then_some(Zone::Fixed(60));
            Some((zone, choices, n))
        }
    }
}

/// `Pacific`, `West Africa Time`, `Eastern Daylight Time`; the zone of a name that is not known is not guessed.
fn in_words(s: &str) -> Option<ZoneMatch> {
    let mut n = 0;
    let mut name = 0;
    for word in s.split(' ').take(5) {
        let plain = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        if plain.eq_ignore_ascii_case("time") && n > 0 {
            let zone = whole_name(&s[..name]);
            return Some((zone, None, n + plain.len()));
        }
        if !plain.starts_with(|c: char| c.is_ascii_uppercase()) {
            break;
        }
        name = n + plain.len();
        n += word.len() + 1;
        if plain.len() < word.len() {
            break;
        }
    }
    Some((Some(region(&s[..name])?), None, name))
}

/// The zone of a name without its "Time".
fn whole_name(name: &str) -> Option<Zone> {
    let plain = name
        .strip_suffix(" Standard")
        .or(name.strip_suffix(" Daylight"));
    known(name).or_else(|| region(plain?))
}

static ZONES: LazyLock<Vec<(&str, Zone)>> = LazyLock::new(|| {
    let zone = |[name, zone]: [&'static str; 2]| {
        let minutes = zone.parse().map(Zone::Fixed).ok();
        let zone = minutes.or_else(|| zone.parse().map(Zone::Named).ok());
        Some((name, zone?))
    };
    rows().filter_map(zone).collect()
});

fn rows() -> impl Iterator<Item = [&'static str; 2]> {
    table::rows(include_str!("zones.tsv"))
}

/// The zone of a name in the table.
fn known(name: &str) -> Option<Zone> {
    ZONES.iter().find(|z| z.0 == name).map(|z| z.1)
}

/// The zone of a name, where its offset changes over the year.
fn region(name: &str) -> Option<Zone> {
    known(name).filter(|zone| matches!(zone, Zone::Named(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    #[test]
    fn spellings() {
        let fixed = |s: &str| match zone_at(s, 0)?.zone? {
            Zone::Fixed(m) => Some(m),
            Zone::Named(_) => None,
        };
        assert_eq!(ZONES.len(), rows().count(), "each row names a zone");
        for (s, want) in audited("zone") {
            let minutes = fixed(s).map_or("-".into(), |m| m.to_string());
            assert_eq!(minutes, want, "{s}");
        }
        let ist = zone_at(" IST)", 0).unwrap();
        assert!(ist.zone.is_none() && ist.choices.unwrap().contains("+05:30"));
        assert!(matches!(
            zone_at(" PT", 0).unwrap().zone,
            Some(Zone::Named(_))
        ));
        // a name that is not known is a zone, and which one is not guessed
        assert_eq!(zone_at(" Eastern Samoa Time", 0).unwrap().zone, None);
        assert_eq!(zone_at(" Eastern Samoa", 0), None);
        assert_eq!(zone_at(" (Europe/London)", 0).unwrap().at, 2..15);
    }
}
