//! Application lines of plain text: a stamp, a head (process, thread, host, level, logger in any order), a message.
//! One generic grammar for Python, Java, Go, Ruby, PHP, CI runners and deploy tools; any line with a stamp and a text is understood.

use super::head::{Head, bracket, head};
use super::message;
use crate::format::app::late_level;
use crate::format::leaf::find;
use crate::record::{Body, Kind, Level, Record};
use crate::time::stamp::{self, Leaf};
use crate::time::zone::{self, Zone};
use crate::time::{Dated, MINUTE, Stamp};

/// A stamp at the start of a line, but for the year-less one of syslog, which has its own format.
fn written_time(b: &[u8]) -> Leaf<'_, Stamp> {
    match b.first() {
        Some(b'0'..=b'9') if !stamp::may_begin(b) => Err(nom::Err::Error(())),
        Some(b'0'..=b'9') => stamp::half_day(
            stamp::iso(b)
                .or_else(|_| stamp::clf(b))
                .or_else(|_| stamp::day_month(b))
                .or_else(|_| counted_time(b))
                .or_else(|_| rare(b)),
        ),
        Some(b'A' | b'D' | b'F' | b'J' | b'M'..=b'O' | b'S' | b'T' | b'W') => stamp::ctime(b)
            .or_else(|_| stamp::named(b))
            .or_else(|_| stamp::weekday(b))
            .or_else(|_| stamp::long_weekday(b)),
        Some(b'@') => stamp::tai64n(b),
        _ => Err(nom::Err::Error(())),
    }
}

/// Seconds or parts of them since 1970. Where a whole date stands right behind the number, that is the time: a number may be
/// another that grows.
fn counted_time(b: &[u8]) -> Leaf<'_, Stamp> {
    let (rest, counted) = stamp::epoch(b)?;
    let dated = match rest.first() {
        Some(b' ' | b'\t') => stamp::iso(&rest[1..]).ok(),
        _ => None,
    };
    Ok(dated
        .filter(|(_, s)| s.dated == Dated::Full)
        .unwrap_or((rest, counted)))
}

#[cold]
fn rare(b: &[u8]) -> Leaf<'_, Stamp> {
    stamp::numeric(b)
        .or_else(|_| stamp::iso_loose(b))
        .or_else(|_| stamp::compact(b))
        .or_else(|_| stamp::named(b))
        .or_else(|_| stamp::abroad(b))
        .or_else(|_| stamp::year_first(b))
        .or_else(|_| stamp::day_of_year(b))
        .or_else(|_| stamp::time_only(b))
}

/// `CET Nov 20 06:33:18` in a bracket, as Monit writes it.
#[cold]
fn zone_first(b: &[u8]) -> Leaf<'_, Stamp> {
    let miss = nom::Err::Error(());
    let (offset_min, n) = zone::abbreviation(b).ok_or(miss)?;
    let rest = b[n..].strip_prefix(b" ").filter(|_| n > 1);
    let (rest, s) = stamp::syslog(rest.ok_or(nom::Err::Error(()))?)?;
    Ok((rest, s.at_offset(offset_min)))
}

/// `Mar 10 13:05:00` alone in a bracket, as Asterisk writes it.
#[cold]
fn yearless(b: &[u8]) -> Leaf<'_, Stamp> {
    let (rest, s) = stamp::syslog(b)?;
    match rest.first() {
        Some(b']') if s.dated == Dated::NoYear => Ok((rest, s)),
        _ => Err(nom::Err::Error(())),
    }
}

/// What stands before the head of a line.
pub(crate) struct LineStart<'a> {
    pub(crate) stamp: Stamp,
    /// Level and logger, where they share the bracket of the time.
    pub(crate) level: Option<Level>,
    logger: Option<&'a [u8]>,
    pub(crate) rest: &'a [u8],
}

impl<'a> LineStart<'a> {
    fn new(stamp: Stamp, rest: &'a [u8]) -> Self {
        LineStart {
            stamp,
            level: None,
            logger: None,
            rest,
        }
    }
}

/// A stamp with its zone, in brackets or bare, at the start of a line; and what follows it.
pub(crate) fn stamped(b: &[u8]) -> Option<LineStart<'_>> {
    // all of a line in one bracket: `[ Sep 20 05:00:02 Stopping because all processes exited. ]`
    if let Some(inner) = b.strip_prefix(b"[ ").and_then(|b| b.strip_suffix(b" ]")) {
        let (rest, s) = written_time(inner).or_else(|_| stamp::syslog(inner)).ok()?;
        return Some(LineStart::new(s, rest));
    }
    if b.first() == Some(&b'[') {
        let (rest, s) = written_time(&b[1..])
            .or_else(|_| zone_first(&b[1..]))
            .or_else(|_| yearless(&b[1..]))
            .ok()?;
        let close = memchr::memchr(b']', &rest[..rest.len().min(96)])?;
        let inner = rest[..close].trim_ascii();
        if inner.contains(&b'/')
            && let Some(offset_min) = offset_of_place(s, inner)
        {
            return Some(LineStart::new(s.at_offset(offset_min), &rest[close + 1..]));
        }
        let (s, zone) = with_zone(s, inner);
        let begun = LineStart::new(s, &rest[close + 1..]);
        if zone > 0 || close == 0 {
            return Some(begun);
        }
        let shared = level_inside(&rest[..close]);
        if shared.is_none() && close > 40 {
            return None;
        }
        let (level, logger) = shared.unzip();
        return Some(LineStart {
            level,
            logger: logger.flatten(),
            ..begun
        });
    }
    let (rest, s) = written_time(b).ok()?;
    let ends = matches!(
        rest.first(),
        None | Some(b' ' | b'\t' | b'|' | b':' | b',' | b';')
    ) || rest.starts_with(b". ");
    if !ends {
        return None;
    }
    let rest = rest
        .strip_prefix(b":")
        .or_else(|| rest.strip_prefix(b","))
        .or_else(|| rest.strip_prefix(b";"))
        .or_else(|| rest.strip_prefix(b"."))
        .unwrap_or(rest);
    let blank = usize::from(rest.first() == Some(&b' '));
    let (s, n) = with_zone(s, &rest[blank..]);
    let rest = if n > 0 { &rest[blank + n..] } else { rest };
    Some(LineStart::new(s, rest))
}

/// The offset at a time whose zone is named after a place, as PHP writes it (`Europe/Berlin`); none in an hour that the clock
/// there shows twice. `None` where it names no zone.
#[cold]
fn offset_of_place(s: Stamp, name: &[u8]) -> Option<Option<i16>> {
    if s.offset_min.is_some() || s.dated != Dated::Full || !name.first()?.is_ascii_uppercase() {
        return None;
    }
    let zone = Zone::parse(std::str::from_utf8(name).ok()?).ok()?;
    let offset = |second| (s.wall_us - zone.instant_of(s.wall_us, second).0) / MINUTE;
    let (first, second) = (offset(false), offset(true));
    Some(i16::try_from(first).ok().filter(|_| first == second))
}

/// Level and logger behind the time in its bracket: `[… INFO  shop::server]` of env_logger, `[…: ERROR/ForkPoolWorker-3]` of
/// Celery, `[08:01:04 WRN]` of Serilog.
fn level_inside(b: &[u8]) -> Option<(Level, Option<&[u8]>)> {
    let b = b.trim_ascii();
    let b = b.strip_prefix(b":").unwrap_or(b).trim_ascii_start();
    let end = b.iter().position(|c| matches!(c, b' ' | b'/' | b'\t'));
    let (word, rest) = b.split_at(end.unwrap_or(b.len()));
    let shouted = word.len() > 2 && word.iter().all(u8::is_ascii_uppercase);
    let level = Level::from_word(word).filter(|_| shouted)?;
    let logger = rest.strip_prefix(b" ").map(<[u8]>::trim_ascii_start);
    Some((level, logger.filter(|l| !l.is_empty())))
}

/// The stamp with the zone abbreviation at the start of `b`, and the abbreviation's length (0 when there is none).
pub(super) fn with_zone(s: Stamp, b: &[u8]) -> (Stamp, usize) {
    match zone::abbreviation(b) {
        Some((o, n)) if s.offset_min.is_none() && (n > 1 || b.len() == 1) => (s.at_offset(o), n),
        _ => (s, 0),
    }
}

/// A level in front of the stamp: `ERROR 2026-…`, `[INFO] 2026-…`, Ruby's `I, [2026-… #4242]  INFO -- : …`.
fn leading_level(b: &[u8]) -> Option<(Level, &[u8])> {
    if let Some((inner, rest)) = bracket(b) {
        return Some((Level::from_word(inner)?, rest.trim_ascii_start()));
    }
    if !b.first()?.is_ascii_uppercase() {
        return None;
    }
    let (w, rest) = message::word(b);
    if let Some(x) = w.strip_suffix(b",").filter(|x| x.len() == 1) {
        let l = Level::from_word(x)?;
        return rest.starts_with(b"[").then_some((l, rest));
    }
    let w = w.strip_suffix(b":").unwrap_or(w);
    if w.len() < 3 || !w.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    Some((Level::from_word(w)?, rest))
}

/// Lines of other grammars that begin with a stamp too: nginx and Apache error lines, and access lines.
pub(crate) fn foreign(h: &Head<'_>, after_stamp: &[u8]) -> bool {
    if h.bracketed {
        let (w, _) = message::word(h.text);
        let mut ids = w.strip_suffix(b":").unwrap_or(b"").split(|c| *c == b'#');
        let number =
            |b: Option<&[u8]>| b.is_some_and(|b| !b.is_empty() && b.iter().all(u8::is_ascii_digit));
        if number(ids.next()) && number(ids.next()) {
            return true;
        }
    }
    if let Some((module, rest)) = bracket(after_stamp.trim_ascii_start())
        && module.contains(&b':')
        && rest.starts_with(b" [pid ")
    {
        return true;
    }
    h.level.is_none()
        && (message::quoted_request(h.text).is_some_and(|_| !by_chi(h.text))
            || message::unquoted_access(h.text)
            || find(h.text, b"\"- - - \"").is_some())
}

/// Whether a text is of chi's logger (Go): `[host/id] "GET /x HTTP/1.1" from 10.0.0.9:51234 - 500 12B in 1ms`.
fn by_chi(text: &[u8]) -> bool {
    find(text, b"\" from ").is_some()
}

/// The level that labels of known writers show; the label stays in the text.
fn labelled(text: &[u8]) -> Option<Level> {
    const LABELS: &[(&[u8], Level)] = &[
        (b"##[error]", Level::Error),
        (b"##[warning]", Level::Warn),
        (b"##[debug]", Level::Debug),
        (b"PHP Fatal error:", Level::Fatal),
        (b"PHP Parse error:", Level::Error),
        (b"PHP Warning:", Level::Warn),
        (b"panic: ", Level::Fatal),
    ];
    // stunnel numbers them as syslog does: `LOG4[960]: CERT: …`
    if let [b'L', b'O', b'G', n @ b'0'..=b'7', b'[', ..] = text {
        return Some(Level::of_syslog(u64::from(n - b'0')));
    }
    if !matches!(text.first(), Some(b'#' | b'P' | b'p')) {
        return None;
    }
    LABELS
        .iter()
        .find(|(l, _)| text.starts_with(l))
        .map(|(_, level)| *level)
}

/// The level that a text inside a wrapper states at its start. What the wrapper says comes first, unless it is what shippers put
/// on everything that reaches them.
pub fn stated_level(text: &[u8], outer: Option<Level>) -> Level {
    let own = || {
        let h = head(text);
        let labelled = h.level.or_else(|| labelled(h.text));
        labelled.or_else(|| late_level::level_of(h.text, h.sentence))
    };
    let outer = outer.unwrap_or(Level::Info);
    (outer == Level::Info).then(own).flatten().unwrap_or(outer)
}

/// Whether a text is one that only deploy tools and their runners write.
pub(crate) fn deploy_tool(t: &[u8]) -> bool {
    match t.first() {
        Some(b'#') => t.starts_with(b"##["),
        Some(b'[') => t.starts_with(b"[Pipeline]"),
        Some(b'+') => t.starts_with(b"+ "),
        Some(b'd') => {
            t.starts_with(b"deployment.apps/")
                || (t.starts_with(b"deployment \"") && find(t, b"rolled out").is_some())
        }
        Some(b'W') => t.starts_with(b"Waiting for deployment \""),
        _ => false,
    }
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let (lead, begun) = match stamped(line) {
        Some(x) => (x.level, x),
        None => {
            let (level, rest) = leading_level(line)?;
            (Some(level), stamped(rest)?)
        }
    };
    let mut h = match begun.level {
        // the head was in the bracket
        level @ Some(_) => Head {
            level,
            logger: begun.logger,
            text: begun.rest.trim_ascii_start(),
            ..Head::default()
        },
        None => head(begun.rest),
    };
    if foreign(&h, begun.rest) {
        return None;
    }
    h.level = h.level.or_else(|| labelled(h.text));
    let level = h
        .level
        .or(lead)
        .or_else(|| late_level::level_of(h.text, h.sentence));
    let body = if h.text.is_empty() && level.is_none() {
        Body::Nothing
    } else {
        message::body(level.unwrap_or(Level::Info), h.text)
    };
    let mut r = Record::new(Some(begun.stamp), body).at_host(h.host);
    r.scope = h
        .scope
        .or_else(|| deploy_tool(h.text).then_some(Kind::Deploy));
    Some(r.of_service(h.logger.and_then(message::service_of_logger)))
}
