//! PostgreSQL's stderr log with the usual `log_line_prefix` settings. Other lines of one error (DETAIL, STATEMENT, …) are
//! records of their own; lines that begin with a tab continue the one before.

use crate::record::{Level, Record};
use crate::time::{Stamp, stamp, zone};
use memchr::memchr_iter;

/// Words that PostgreSQL writes before the colon: their level, and whether the word stays in the text, so that SQL is known as SQL.
pub(super) fn severity(w: &[u8]) -> Option<(Level, bool)> {
    Some(match w {
        b"LOG" | b"INFO" | b"NOTICE" | b"DETAIL" | b"HINT" | b"CONTEXT" | b"LOCATION" => {
            (Level::Info, false)
        }
        b"STATEMENT" | b"QUERY" => (Level::Info, true),
        b"WARNING" => (Level::Warn, false),
        b"ERROR" => (Level::Error, false),
        b"FATAL" | b"PANIC" => (Level::Fatal, false),
        b"DEBUG" | b"DEBUG1" | b"DEBUG2" | b"DEBUG3" | b"DEBUG4" | b"DEBUG5" => {
            (Level::Debug, false)
        }
        _ => return None,
    })
}

/// The stamp (`%t`, `%m` or `%n`) with its zone: an abbreviation or an offset such as `+01`; whether a zone was written; the rest.
fn stamped(b: &[u8]) -> Option<(Stamp, bool, &[u8])> {
    if b.first()?.is_ascii_digit() && b.get(4) != Some(&b'-') {
        let (rest, s) = stamp::epoch(b).ok()?;
        return Some((s, false, rest));
    }
    // what has a T between date and time is another's
    let (rest, s) = stamp::iso(b).ok().filter(|_| b.get(10) == Some(&b' '))?;
    if s.offset_min.is_some() {
        return Some((s, true, rest));
    }
    let Some(z) = rest.strip_prefix(b" ") else {
        return Some((s, false, rest));
    };
    if let Some((o, n)) = zone::abbreviation(z) {
        return Some((s.at_offset(o), true, &z[n..]));
    }
    match stamp::offset(z) {
        Some((o, n)) if z[0] == b'+' || z[0] == b'-' => Some((s.at_offset(Some(o)), true, &z[n..])),
        _ => Some((s, false, rest)),
    }
}

/// What follows the address or name of a client.
fn after_client(line: &[u8]) -> Option<&[u8]> {
    let blank = memchr::memchr(b' ', &line[..line.len().min(64)])?;
    let named = line[..blank]
        .iter()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b':' | b'-' | b'[' | b']'));
    let rest = &line[blank + 1..];
    (named && rest.get(4) == Some(&b'-')).then_some(rest)
}

/// The severity word in what follows the stamp: the prefix before it, level, whether the word stays, its start, the text's start.
fn find(rest: &[u8]) -> Option<(&[u8], Level, usize, usize)> {
    for at in memchr_iter(b':', &rest[..rest.len().min(240)]) {
        if rest.get(at + 1..at + 3) != Some(b"  ") {
            continue;
        }
        let begin = rest[..at]
            .iter()
            .rposition(|c| !c.is_ascii_alphanumeric())
            .map_or(0, |i| i + 1);
        if let Some((level, keep)) = severity(&rest[begin..at]) {
            return Some((
                &rest[..begin],
                level,
                if keep { begin } else { at + 3 },
                at + 3,
            ));
        }
    }
    None
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let line = line.strip_prefix(b"< ").unwrap_or(line);
    // the client may stand in front of the time (`%h %m`)
    let (stamp, zoned, rest) = stamped(line).or_else(|| stamped(after_client(line)?))?;
    let (prefix, level, begin, _) = find(rest)?;
    let marked = |c: &u8| matches!(c, b'[' | b'(' | b'@' | b'=');
    if !zoned && !prefix.iter().any(marked) {
        return None;
    }
    let r = Record::said(Some(stamp), level, rest[begin..].trim_ascii_start());
    Some(r.of_service(Some(b"postgresql")))
}
