//! What HAProxy says of its servers, backends and proxies, in a log or printed. Its requests are read in `haproxy`.

use super::haproxy::split_once;
use crate::format::leaf;
use crate::format::leaf::find;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::table::byte_words;
use crate::time::{DAY, Dated, Precision, SECOND, Stamp};
use memchr::memchr;

/// Whether a text is an event of HAProxy: it carries no time, and begins like any sentence.
pub(in crate::format) fn is_event(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'S' | b'P' | b'b')) && event_level(text).is_some()
}

/// What HAProxy says of its servers, backends and proxies.
pub(super) fn event(line: &[u8]) -> Option<Record<'_>> {
    Some(said(event_level(line)?, line))
}

/// What it says of a server that somebody takes out.
const OUT: &str = " is going DOWN for maintenance";

fn said(level: Level, text: &[u8]) -> Record<'_> {
    let mut m = Message::new(level, text);
    let has = |s: &str| find(&text[..text.len().min(400)], s.as_bytes()).is_some();
    m.states = match text.first() {
        Some(b'S') if has(" is DOWN") || has(OUT) => Some(MarkerKind::BackendDown),
        Some(b'S') if has(" is UP") => Some(MarkerKind::BackendUp),
        Some(b'b') if has(" has no server") => Some(MarkerKind::BackendDown),
        Some(b'P') if has(" stopped (") => Some(MarkerKind::ServiceStop),
        Some(b'P') if has(" started.") => Some(MarkerKind::ServiceStart),
        _ => None,
    };
    let r = Record::new(None, Body::Message(m)).of_service(backend(text));
    r.in_scope(Kind::Web)
}

fn event_level(b: &[u8]) -> Option<Level> {
    let has = |s: &str| find(&b[..b.len().min(400)], s.as_bytes()).is_some();
    Some(match b {
        [b'S', b'e', b'r', b'v', b'e', b'r', b' ', ..] if has("/") && has(" is DOWN") => {
            Level::Error
        }
        [b'S', b'e', b'r', b'v', b'e', b'r', b' ', ..]
            if has("/") && (has(" is UP") || has(OUT)) =>
        {
            Level::Info
        }
        [b'b', b'a', b'c', b'k', b'e', b'n', b'd', b' ', ..] if has(" has no server available") => {
            Level::Fatal
        }
        [b'P', b'r', b'o', b'x', b'y', b' ', ..] if has(" stopped (") || has(" started.") => {
            Level::Info
        }
        [b'S' | b'P', ..] if has("topping ") || has("ausing ") => {
            (has(" in ") && b.ends_with(b" ms.")).then_some(Level::Info)?
        }
        _ => return None,
    })
}

/// The backend that an event is about: `Server app/web01 is …`, `backend app has …`.
fn backend(b: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = b.strip_prefix(b"Server ") {
        return split_once(rest, b'/').map(|(name, _)| name);
    }
    let rest = b.strip_prefix(b"backend ")?;
    split_once(rest, b' ').map(|(name, _)| name)
}

/// `[WARNING]  (532) : text`, `[ALERT] 323/063317 (532) : text`: printed, not logged; the time was left out later.
pub(super) fn printed(line: &[u8]) -> Option<Record<'_>> {
    const LEVELS: [&[u8]; 5] = byte_words("ALERT EMERG WARNING NOTICE INFO");
    let close = memchr(b']', &line[..line.len().min(10)])?;
    let level = Level::listed(&line[1..close], &LEVELS)?;
    let rest = line[close + 1..].trim_ascii_start();
    let open = rest.iter().take(12).position(|&c| c == b'(')?;
    if !rest[..open]
        .iter()
        .all(|c| c.is_ascii_digit() || matches!(c, b'/' | b' '))
    {
        return None;
    }
    let end = memchr(b')', &rest[..rest.len().min(open + 12)])?;
    leaf::uint(&rest[open + 1..end])?;
    let text = rest[end + 1..].strip_prefix(b" : ")?;
    Some(Record {
        stamp: printed_time(rest[..open].trim_ascii()),
        ..said(event_level(text).unwrap_or(level), text)
    })
}

/// `042/080102`: days since the first of January and the clock, without a year. From March on the date depends on the year, so
/// that only the clock is taken.
fn printed_time(b: &[u8]) -> Option<Stamp> {
    let (day, clock) = b.split_at_checked(3)?;
    let clock = clock.strip_prefix(b"/").filter(|c| c.len() == 6)?;
    let two = |n: usize| i64::try_from(leaf::uint(&clock[n..n + 2])?).ok();
    let (day, h, m, s) = (leaf::uint(day)?, two(0)?, two(2)?, two(4)?);
    if day > 365 || h > 23 || m > 59 || s > 60 {
        return None;
    }
    let wall_us = (h * 60 * 60 + m * 60 + s) * SECOND;
    // January and February
    let (wall_us, dated) = match i64::try_from(day).ok()? {
        day @ 0..59 => (wall_us + (NO_YEAR + day) * DAY, Dated::NoYear),
        _ => (wall_us, Dated::NoDate),
    };
    Some(Stamp {
        wall_us,
        offset_min: None,
        dated,
        precision: Precision::Second,
    })
}

/// Days from 1970 to the year in which stamps without one are counted.
const NO_YEAR: i64 = 730;
