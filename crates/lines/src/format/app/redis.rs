//! Redis and its kin (Valkey, KeyDB): `pid:role day month year time level text`.
//! One character tells the level; the role is not kept.

use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::{Stamp, stamp};
use std::borrow::Cow;

/// The log of Redis.
pub struct Redis;

impl Format for Redis {
    fn name(&self) -> &str {
        "Redis"
    }
    fn kind(&self) -> Kind {
        Kind::App
    }
    fn about(&self) -> &str {
        "Redis server log"
    }
    fn sample(&self) -> &str {
        "4474:M 20 Nov 2026 06:34:55.443 * Connecting to MASTER 127.0.0.1:18380"
    }

    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit() || first == b'['
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::COLON | Signs::NO_CLIENT
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line[..line.len().min(1)] == *b"[" {
            return before_3(line);
        }
        let n = line
            .iter()
            .take(10)
            .take_while(|c| c.is_ascii_digit())
            .count();
        let rest = line[n..].strip_prefix(b":")?;
        if let Some(rest) = rest.strip_prefix(b"signal-handler (").filter(|_| n > 0) {
            // told while a signal is handled: no role, no level, an epoch
            let (rest, s) = stamp::epoch(rest).ok()?;
            let text = rest.strip_prefix(b") ")?;
            let mut r = Record::new(Some(s), Body::Message(Message::new(Level::Warn, text)));
            r.service = Some(Cow::Borrowed(b"redis"));
            return Some(r);
        }
        if n == 0 || !matches!(rest.first(), Some(b'M' | b'S' | b'C' | b'X')) {
            return None;
        }
        let rest = rest[1..].strip_prefix(b" ")?;
        let (rest, s) = stamp::day_month(rest).or_else(|_| stamp::iso(rest)).ok()?;
        said(s, rest)
    }
}

/// ` * text` behind a time.
fn said(s: Stamp, rest: &[u8]) -> Option<Record<'_>> {
    let rest = rest.strip_prefix(b" ")?;
    let level = match rest.first()? {
        b'.' | b'-' => Level::Debug,
        b'*' => Level::Info,
        b'#' => Level::Warn,
        _ => return None,
    };
    let text = rest[1..].trim_ascii_start();
    let mut r = Record::new(Some(s), Body::Message(Message::new(level, text)));
    r.service = Some(Cow::Borrowed(b"redis"));
    Some(r)
}

/// `[123] 20 Nov 06:33:18.123 * text`, as Redis wrote it before 3.0: no role and no year.
fn before_3(line: &[u8]) -> Option<Record<'_>> {
    let inner = line.strip_prefix(b"[")?;
    let n = inner.iter().take_while(|c| c.is_ascii_digit()).count();
    let rest = inner[n..].strip_prefix(b"] ").filter(|_| n > 0)?;
    let (day, rest) = rest.split_at_checked(6)?;
    let end = memchr::memchr2(b'*', b'#', &rest[..rest.len().min(24)])
        .or_else(|| memchr::memmem::find(&rest[..rest.len().min(24)], b" - ").map(|n| n + 1))?;
    let (clock, rest) = rest.split_at(end.checked_sub(1)?);
    // the day and the month change places for others
    let written = [&day[3..6], b" ", &day[..2], clock].concat();
    let (left, s) = stamp::syslog(&written).ok()?;
    (left.is_empty() && day[2] == b' ').then_some(())?;
    said(s, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_role_was_written() {
        let read = |l: &str| Redis.parse(l.as_bytes()).map(|r| r.stamp);
        let at = stamp::syslog(b"Nov  5 06:34:55.443").unwrap().1;
        for line in [
            "[4474] 05 Nov 06:34:55.443 * Server started, Redis version 2.8.4",
            "[4474] 05 Nov 06:34:55.443 # x",
            "[4474] 05 Nov 06:34:55.443 - DB 0: 3 keys",
        ] {
            assert_eq!(read(line), Some(Some(at)), "{line}");
        }
        for line in [
            "[4474] x",
            "[] 05 Nov 06:34:55 * x",
            "[1] 05 Nov 06:34:55 x",
            "[1] 5 Nov 06:34:55 * x",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_line() {
        let r = Redis
            .parse(b"4474:C 20 Nov 2026 06:34:51.824 # Configuration loaded")
            .unwrap();
        assert_eq!(r.stamp, stamp::whole(b"20 Nov 2026 06:34:51.824"));
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(
            (m.level, &*m.text),
            (Level::Warn, &b"Configuration loaded"[..])
        );
        for l in [
            &b"4474:C"[..],
            b"12:34:56 x",
            b":M 20 Nov 2026 06:34:51.824 # x",
            b"",
        ] {
            assert!(Redis.parse(l).is_none());
        }
    }
}
