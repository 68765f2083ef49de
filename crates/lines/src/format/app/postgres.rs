//! PostgreSQL's stderr log with the usual `log_line_prefix` settings. Other lines of one error (DETAIL, STATEMENT, …) are
//! records of their own; lines that begin with a tab continue the one before.

use crate::format::line_features::Signs;
use crate::format::{ANY, Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::{Stamp, stamp, zone};
use memchr::memchr_iter;
use std::borrow::Cow;

/// The stderr format of PostgreSQL.
pub struct Postgres;

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
        return Some((Stamp { offset_min: o, ..s }, true, &z[n..]));
    }
    match stamp::offset(z) {
        Some((o, n)) if z[0] == b'+' || z[0] == b'-' => Some((
            Stamp {
                offset_min: Some(o),
                ..s
            },
            true,
            &z[n..],
        )),
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

impl Format for Postgres {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "PostgreSQL",
            "PostgreSQL server log (stderr, any usual log_line_prefix; Amazon RDS)",
        )
        .heads()
        .begins(ANY, Signs::GAP)
        .sample("2026-11-20 06:34:12.368 UTC [3222] postgres@shop ERROR:  relation \"missing\" does not exist at character 15")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let line = line.strip_prefix(b"< ").unwrap_or(line);
        // the client may stand in front of the time (`%h %m`)
        let (stamp, zoned, rest) = stamped(line).or_else(|| stamped(after_client(line)?))?;
        let (prefix, level, begin, _) = find(rest)?;
        let marked = |c: &u8| matches!(c, b'[' | b'(' | b'@' | b'=');
        if !zoned && !prefix.iter().any(marked) {
            return None;
        }
        let mut r = Record::new(
            Some(stamp),
            Body::Message(Message::new(level, rest[begin..].trim_ascii_start())),
        );
        r.service = Some(Cow::Borrowed(b"postgresql"));
        Some(r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Level, Option<i16>, String)> {
        let r = Postgres.parse(line.as_bytes())?;
        let Body::Message(m) = r.body else {
            return None;
        };
        Some((
            m.level,
            r.stamp?.offset_min,
            String::from_utf8_lossy(&m.text).into_owned(),
        ))
    }

    #[test]
    fn prefixes() {
        use Level::*;
        for (line, level, offset, text) in [
            (
                "2024-03-05 12:50:03.985 WAT [32359] LOG:  starting PostgreSQL 15.20",
                Info,
                Some(60),
                "starting PostgreSQL 15.20",
            ),
            (
                "192.0.2.7 2024-03-05 12:50:03.985 UTC [32359] app@shop FATAL:  sorry, too many clients already",
                Fatal,
                Some(0),
                "sorry, too many clients already",
            ),
            (
                "2024-01-22 08:30:06 UTC:(19340):@:[19340]:LOG:  listening on IPv4 address \"10.20.0.30\"",
                Info,
                Some(0),
                "listening on IPv4 address \"10.20.0.30\"",
            ),
            (
                "2024-01-22 08:30:06 UTC:10.0.0.5(4711):shop@shop:[19340]:FATAL:  remaining connection slots are reserved",
                Fatal,
                Some(0),
                "remaining connection slots are reserved",
            ),
            (
                "2024-04-11 02:52:20.247 WAT [19498] app=[unknown] LOG:  process 19498 still waiting",
                Info,
                Some(60),
                "process 19498 still waiting",
            ),
            (
                "2026-11-20 06:34:12.368 UTC [3222] postgres@postgres STATEMENT:  select 'LOG:  x'",
                Info,
                Some(0),
                "STATEMENT:  select 'LOG:  x'",
            ),
            (
                "2026-11-20 06:34:12.368 +01 [3222] ERROR:  boom",
                Error,
                Some(60),
                "boom",
            ),
            (
                "2026-11-20 06:34:12 IST [3222]: [1-1] user=a,db=b,app=c,client=d DETAIL:  Process 1 waits",
                Info,
                None,
                "Process 1 waits",
            ),
            (
                "1795156401.123 [3222] PANIC:  could not write to file",
                Fatal,
                Some(0),
                "could not write to file",
            ),
            (
                "< 2016-06-14 06:34:02.034 UTC >WARNING:  x",
                Warn,
                Some(0),
                "x",
            ),
        ] {
            assert_eq!(read(line), Some((level, offset, text.into())), "{line}");
        }
    }

    #[test]
    fn other_logs_are_left_alone() {
        for l in [
            "2024-03-05 12:50:03,985 ERROR:  spaced",
            "2024-03-05 12:50:03,985 INFO [shop.web] LOG: x",
            "\tline' as x",
            "LOG:  no time",
            "2026-11-05T17:36:04.000000093Z INFO:     Shutting down",
            "",
        ] {
            assert_eq!(read(l), None, "{l}");
        }
    }
}
