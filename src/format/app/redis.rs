//! Redis and its kin (Valkey, KeyDB): `pid:role day month year time level text`.
//! One character tells the level; the role is not kept.

use crate::format::Format;
use crate::format::signs::Signs;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;
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
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::COLON
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
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
        let level = match rest.get(1)? {
            b'.' | b'-' => Level::Debug,
            b'*' => Level::Info,
            b'#' => Level::Warn,
            _ => return None,
        };
        if rest[0] != b' ' {
            return None;
        }
        let text = rest.get(2..)?.trim_ascii_start();
        let mut r = Record::new(Some(s), Body::Message(Message::new(level, text)));
        r.service = Some(Cow::Borrowed(b"redis"));
        Some(r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
