//! Zones as people write them beside a clock time or in a heading: `GMT + 1`, `(UTC+01:00)`, `WAT`, `PT`, `Europe/London`.
//! Which zone a document means is settled in `zones.rs`; here only what the words say.

use coroner_lines::time::zone::{Zone, abbreviation};
use nom::Parser;
use nom::bytes::complete::{tag_no_case, take_while_m_n, take_while1};
use nom::character::complete::{one_of, space0};
use nom::combinator::{opt, recognize};
use nom::sequence::preceded;
use std::ops::Range;

/// What a leaf of the grammars of times and dates gives.
pub(super) type Leaf<'a, T> = nom::IResult<&'a str, T, ()>;

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

/// Names of zones whose offset changes over the year, as North Americans say them.
const REGIONS: &[(&str, chrono_tz::Tz)] = &[
    ("Pacific", chrono_tz::America::Los_Angeles),
    ("Mountain", chrono_tz::America::Denver),
    ("Central", chrono_tz::America::Chicago),
    ("Eastern", chrono_tz::America::New_York),
    ("PT", chrono_tz::America::Los_Angeles),
    ("MT", chrono_tz::America::Denver),
    ("CT", chrono_tz::America::Chicago),
    ("ET", chrono_tz::America::New_York),
];

/// Zones named in words, as they stand before "Time": minutes east of UTC.
const OFFSETS: &[(&str, i16)] = &[
    ("Coordinated Universal", 0),
    ("Universal", 0),
    ("Greenwich Mean", 0),
    ("British Summer", 60),
    ("Western European", 0),
    ("Western European Summer", 60),
    ("Central European", 60),
    ("Central European Standard", 60),
    ("Central European Summer", 120),
    ("Eastern European", 120),
    ("Eastern European Summer", 180),
    ("West Africa", 60),
    ("West African", 60),
    ("Central Africa", 120),
    ("Central African", 120),
    ("South Africa Standard", 120),
    ("South African Standard", 120),
    ("East Africa", 180),
    ("East African", 180),
    ("Eastern Africa", 180),
    ("Moscow", 180),
    ("Moscow Standard", 180),
    ("Gulf Standard", 240),
    ("Pakistan Standard", 300),
    ("India Standard", 330),
    ("Indian Standard", 330),
    ("Indochina", 420),
    ("China Standard", 480),
    ("Singapore", 480),
    ("Singapore Standard", 480),
    ("Philippine Standard", 480),
    ("Japan Standard", 540),
    ("Korea Standard", 540),
    ("Australian Eastern Standard", 600),
    ("Australian Eastern Daylight", 660),
];

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
    if let Ok((rest, sign)) = offset(s, attached) {
        return Some((Some(Zone::Fixed(sign)), None, s.len() - rest.len()));
    }
    if let Ok((rest, minutes)) = universal(s) {
        return Some((Some(Zone::Fixed(minutes)), None, s.len() - rest.len()));
    }
    named(s)
}

fn follows_word(s: &str) -> bool {
    s.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn digits(s: &str, least: usize, most: usize) -> Leaf<'_, i16> {
    let (rest, d) = take_while_m_n(least, most, |c: char| c.is_ascii_digit())(s)?;
    d.parse()
        .map(|n| (rest, n))
        .map_err(|_| nom::Err::Error(()))
}

fn in_range(rest: &str, sign: char, h: i16, m: i16) -> Leaf<'_, i16> {
    match h <= 14 && m < 60 && !rest.starts_with(|c: char| c.is_ascii_digit() || c == ':') {
        true => Ok((rest, if sign == '+' { 1 } else { -1 } * (h * 60 + m))),
        false => Err(nom::Err::Error(())),
    }
}

/// `+05:30`, `+0530`, `-0800`; `-05:00` only where it depends on the time, else it is the end of a range.
fn offset(s: &str, attached: bool) -> Leaf<'_, i16> {
    let (rest, sign) = one_of("+-")(s)?;
    let (rest, h) = digits(rest, 2, 2)?;
    let (rest, colon) = opt(one_of::<_, _, ()>(":")).parse(rest)?;
    let (rest, m) = digits(rest, 2, 2)?;
    if sign == '-' && colon.is_some() && !attached {
        return Err(nom::Err::Error(()));
    }
    in_range(rest, sign, h, m)
}

/// `UTC`, `GMT +0`, `GMT + 1`, `UTC+01:00`, `UTC−5`: the sign as people mean it, not as POSIX does.
fn universal(s: &str) -> Leaf<'_, i16> {
    let (rest, _) = nom::branch::alt((tag_no_case("UTC"), tag_no_case("GMT"))).parse(s)?;
    if follows_word(rest) {
        return Err(nom::Err::Error(()));
    }
    let signed = preceded(space0, one_of::<_, _, ()>("+-−±")).parse(rest);
    let Ok((after, sign)) = signed else {
        return Ok((rest, 0));
    };
    let (after, _) = space0(after)?;
    let Ok((end, h)) = digits(after, 1, 2) else {
        return Ok((rest, 0));
    };
    let sign = if matches!(sign, '+' | '±') { '+' } else { '-' };
    let with = preceded(opt(one_of::<_, _, ()>(":")), |s| digits(s, 2, 2)).parse(end);
    // `UTC - 10:32` is a dash before a time, `UTC - 1 Jan` one before a date
    let month = end.trim_start().starts_with(|c: char| c.is_alphabetic());
    if (with.is_ok() || month) && sign == '-' && rest.starts_with(' ') {
        return Ok((rest, 0));
    }
    let (end, m) = with.unwrap_or((end, 0));
    in_range(end, sign, h, m).or(Ok((rest, 0)))
}

/// `Europe/London`, `PT`, `Pacific Time`, `WAT`, `IST`.
fn named(s: &str) -> Option<ZoneMatch> {
    let region = recognize((
        take_while1::<_, _, ()>(|c: char| c.is_ascii_alphabetic()),
        one_of("/"),
        take_while1(|c: char| c.is_ascii_alphabetic() || c == '_'),
    ))
    .parse(s);
    if let Ok((_, name)) = region
        && let Ok(tz) = name.parse::<chrono_tz::Tz>()
    {
        return Some((Some(Zone::Named(tz)), None, name.len()));
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
    let tz = REGIONS.iter().find(|r| r.0 == &s[..name])?.1;
    Some((Some(Zone::Named(tz)), None, name))
}

/// The zone of a name without its "Time".
fn whole_name(name: &str) -> Option<Zone> {
    let region = |n: &str| REGIONS.iter().find(|r| r.0 == n).map(|r| Zone::Named(r.1));
    let plain = name
        .strip_suffix(" Standard")
        .or(name.strip_suffix(" Daylight"));
    let fixed = |n: &str| OFFSETS.iter().find(|o| o.0 == n).map(|o| Zone::Fixed(o.1));
    fixed(name)
        .or_else(|| region(name))
        .or_else(|| region(plain?))
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
