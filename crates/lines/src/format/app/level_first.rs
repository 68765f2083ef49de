//! Lines that begin with their level and carry no time, or carry it behind: uvicorn, alembic, Python's BASIC_FORMAT, winston's
//! simple format. Strict in shape, because such lines also stand inside of stacks and command output.

use super::message::{body, service_of_logger};
use crate::format::flat_json::each;
use crate::format::leaf::find;
use crate::format::{leaf, synonym};
use crate::record::{Body, Level, Record};
use crate::time::Stamp;
use memchr::memchr;

/// The level word at the start (all capitals) and what follows it.
fn capitals(line: &[u8]) -> Option<(Level, &[u8])> {
    let n = line
        .iter()
        .take(9)
        .take_while(|c| c.is_ascii_uppercase())
        .count();
    match &line[..n] {
        w @ (b"TRACE" | b"DEBUG" | b"INFO" | b"WARN" | b"WARNING" | b"ERROR" | b"CRITICAL"
        | b"FATAL") => Some((Level::from_word(w)?, &line[n..])),
        _ => None,
    }
}

fn name(b: &[u8]) -> bool {
    b.first()
        .is_some_and(|c| c.is_ascii_alphabetic() || *c == b'_')
        && b.iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-'))
}

/// Level, logger, text.
type LevelFirstParts<'a> = (Level, Option<&'a [u8]>, &'a [u8]);

/// uvicorn (`INFO:     text`, level and colon padded to ten), alembic (`INFO  [logger.name] text`, level padded to five),
/// BASIC_FORMAT (`ERROR:logger:text`).
fn untimed(line: &[u8]) -> Option<LevelFirstParts<'_>> {
    let (level, rest) = capitals(line)?;
    let width = line.len() - rest.len();
    if let Some(r) = rest.strip_prefix(b":") {
        let text = r.trim_ascii_start();
        if r.starts_with(b" ") {
            let padded = line.len() - text.len() == 10;
            return (padded && !text.is_empty()).then_some((level, None, text));
        }
        let end = memchr(b':', &r[..r.len().min(80)])?;
        return name(&r[..end]).then(|| (level, Some(&r[..end]), &r[end + 1..]));
    }
    let r = rest.trim_ascii_start();
    let pad = rest.len() - r.len();
    let inner = r.strip_prefix(b"[")?;
    let end = memchr(b']', &inner[..inner.len().min(80)])?;
    let logger = &inner[..end];
    let shaped =
        pad == 6usize.saturating_sub(width).max(1) && name(logger) && logger.contains(&b'.');
    shaped.then(|| (level, Some(logger), inner[end + 1..].trim_ascii_start()))
}

/// logrus on a terminal: `ERRO[0005] text`, seconds since its start, or a whole time in the bracket.
fn logrus(line: &[u8]) -> Option<(Level, Option<Stamp>, &[u8])> {
    let level = match line.get(..5)? {
        b"TRAC[" => Level::Trace,
        b"DEBU[" => Level::Debug,
        b"INFO[" => Level::Info,
        b"WARN[" => Level::Warn,
        b"ERRO[" => Level::Error,
        b"FATA[" | b"PANI[" => Level::Fatal,
        _ => return None,
    };
    let end = memchr(b']', &line[..line.len().min(48)])?;
    let inner = &line[5..end];
    let text = line[end + 1..].strip_prefix(b" ")?;
    let relative = inner.len() == 4 && inner.iter().all(u8::is_ascii_digit);
    let stamp = synonym::time(inner);
    (relative || stamp.is_some()).then_some((
        level,
        stamp.filter(|_| !relative),
        text.trim_ascii_start(),
    ))
}

/// CoreDNS: `[INFO] 10.0.0.5:41732 - 123 "A IN shop. udp 52 false 512" NOERROR …` and `[ERROR] plugin/errors: 2 shop. A: …`.
fn coredns(line: &[u8]) -> Option<(Level, &[u8])> {
    let close = memchr(b']', &line[..line.len().min(10)])?;
    let word = line[..close].strip_prefix(b"[")?;
    let level = Level::from_word(word).filter(|_| word.iter().all(u8::is_ascii_uppercase))?;
    let text = line[close + 1..].strip_prefix(b" ")?;
    let end = memchr(b' ', &text[..text.len().min(64)])?;
    let (first, rest) = (&text[..end], &text[end..]);
    let plugin = first.starts_with(b"plugin/") && first.ends_with(b":");
    let query = || {
        let client = leaf::without_port(first);
        let id = rest.strip_prefix(b" - ")?;
        let n = memchr(b' ', id)?;
        leaf::uint(&id[..n])?;
        (client.len() < first.len() && leaf::is_address(client) && id[n..].starts_with(b" \""))
            .then_some(())
    };
    (plugin || query().is_some()).then_some((level, text))
}

/// winston's simple format: `error: failed {"status":503,"timestamp":"2026-…"}`: level, text, time.
fn winston(line: &[u8]) -> Option<(Level, &[u8], Stamp, u16)> {
    if line.last() != Some(&b'}') || !line[0].is_ascii_lowercase() {
        return None;
    }
    let colon = memchr(b':', &line[..line.len().min(9)])?;
    let level = Level::from_word(&line[..colon]).filter(|_| colon > 2)?;
    let rest = line[colon + 1..].strip_prefix(b" ")?;
    let at = find(rest, b" {\"")?;
    let (mut stamp, mut status) = (None, 0);
    each(&rest[at + 1..], |k, v| match (k, v.text()) {
        (b"timestamp", Some(t)) => stamp = synonym::time(t),
        (b"status" | b"statusCode", Some(s)) => status = leaf::status(s).unwrap_or(0),
        _ => {}
    })?;
    Some((level, &rest[..at], stamp?, status))
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first()?.is_ascii_lowercase() {
        let (level, text, stamp, status) = winston(line)?;
        let mut body = body(level, text);
        if let Body::Message(m) = &mut body {
            m.status = status;
        }
        return Some(Record::new(Some(stamp), body));
    }
    if let Some((level, stamp, text)) = logrus(line) {
        return Some(Record::new(stamp, body(level, text)));
    }
    if let Some((level, text)) = coredns(line) {
        return Some(Record::said(None, level, text).of_service(Some(b"coredns")));
    }
    let (level, logger, text) = untimed(line)?;
    let r = Record::new(None, body(level, text));
    Some(r.of_service(logger.and_then(service_of_logger)))
}
