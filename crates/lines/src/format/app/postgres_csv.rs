//! PostgreSQL's csvlog: a time with its zone, then some 25 columns, of which the 12th is the severity and the 14th the message.
//! A quoted message may go on over several lines; its first line is read.

use super::postgres::severity;
use crate::format::leaf::find;
use crate::record::Record;
use crate::time::{stamp, zone};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.get(4) != Some(&b'-') {
        return None;
    }
    let (rest, s) = stamp::iso(line).ok()?;
    let (offset, n) = zone::abbreviation(rest.strip_prefix(b" ")?)?;
    let stamp = s.at_offset(offset);
    let mut rest = rest[1 + n..].strip_prefix(b",")?;
    let mut next = || {
        let (value, behind) = column(rest)?;
        rest = behind;
        Some(value)
    };
    // user, database, process, client, session, line, command, start, transaction twice
    for _ in 0..10 {
        next()?;
    }
    let (level, _) = severity(next()?)?;
    let state = next()?;
    if state.len() != 5 {
        return None;
    }
    let text = undoubled(next()?);
    Some(Record::said(Some(stamp), level, text).of_service(Some(b"postgresql")))
}

/// The next column and what follows its comma; a quoted one without its outer quotes, inner ones still doubled. One that is open
/// goes on in the next line.
fn column(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let Some(inner) = b.strip_prefix(b"\"") else {
        let end = memchr::memchr(b',', b).unwrap_or(b.len());
        return Some((&b[..end], b.get(end + 1..).unwrap_or_default()));
    };
    let mut at = 0;
    loop {
        let Some(quote) = memchr::memchr(b'"', inner.get(at..)?) else {
            return Some((inner, b""));
        };
        at += quote;
        match inner.get(at + 1) {
            Some(b'"') => at += 2,
            Some(b',') => return Some((&inner[..at], &inner[at + 2..])),
            None => return Some((&inner[..at], b"")),
            Some(_) => return None,
        }
    }
}

/// Doubled quotes as single ones.
fn undoubled(b: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(b.len());
    let mut rest = b;
    while let Some(at) = find(rest, b"\"\"") {
        out.extend_from_slice(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    out
}
