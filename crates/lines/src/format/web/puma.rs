//! Puma in cluster mode: common log lines behind the process number (`[1234] 10.0.0.1 - - [time] "GET /x HTTP/1.1" 500 - 0.0123`).
//! What follows the number is read as a common log line with own fields is, or it is what Puma tells of itself.

use super::clf::COMMON;
use super::clf_tail::OWN;
use crate::format::Format;
use crate::format::leaf;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;
use memchr::memchr;

/// Access lines of Puma's workers.
pub struct Puma;

impl Format for Puma {
    fn name(&self) -> &str {
        "Puma cluster"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "common log lines behind a process number, as Puma's workers write them"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let inner = line.strip_prefix(b"[")?;
        let close = memchr(b']', &inner[..inner.len().min(10)])?;
        leaf::uint(&inner[..close])?;
        let rest = inner[close + 1..].strip_prefix(b" ")?;
        if let Some(told) = told(rest) {
            return Some(told);
        }
        let mut r = COMMON.parse(rest).or_else(|| OWN.parse(rest))?;
        if let Body::Request(q) = &mut r.body {
            q.by_app = true;
        }
        Some(r)
    }
    fn sample(&self) -> &str {
        r#"[1234] 203.0.113.7 - - [10/Mar/2026:13:05:00 +0000] "GET /x HTTP/1.1" 500 - 0.012"#
    }
}

/// What Puma tells of itself: `- text`, `* text`, `! text` (trouble), `=== puma startup: TIME ===`.
fn told(b: &[u8]) -> Option<Record<'_>> {
    if let Some(rest) = b.strip_prefix(b"=== puma ") {
        let (what, time) = rest.split_at(memchr(b':', rest)?);
        let (_, stamp) = stamp::iso(time.strip_prefix(b": ")?).ok()?;
        let text = &b[4..4 + b"puma ".len() + what.len()];
        return Some(Record::new(
            Some(stamp),
            Body::Message(Message::new(Level::Info, text)),
        ));
    }
    let level = match b.get(..2)? {
        b"- " | b"* " => Level::Info,
        b"! " => Level::Warn,
        _ => return None,
    };
    let text = b[2..].trim_ascii();
    (!text.is_empty()).then(|| Record::new(None, Body::Message(Message::new(level, text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_tells_of_itself() {
        for (line, level, text, timed) in [
            (
                "[7] - Worker 0 (PID: 12) booted in 1.2s, phase: 0",
                Level::Info,
                "Worker 0 (PID: 12) booted in 1.2s, phase: 0",
                false,
            ),
            (
                "[7] ! Terminating timed out worker: 12",
                Level::Warn,
                "Terminating timed out worker: 12",
                false,
            ),
            (
                "[7] === puma shutdown: 2026-03-10 13:05:00 +0000 ===",
                Level::Info,
                "puma shutdown",
                true,
            ),
        ] {
            let r = Puma.parse(line.as_bytes()).unwrap();
            let Body::Message(m) = r.body else { panic!() };
            assert_eq!((m.level, &*m.text), (level, text.as_bytes()));
            assert_eq!(r.stamp.is_some(), timed);
        }
    }

    #[test]
    fn a_line_of_a_worker() {
        let r = Puma.parse(Puma.sample().as_bytes()).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.by_app), (500, 12_000, true));
        for other in [
            "[1234] text",
            "[1234] -",
            "[x] 203.0.113.7 - -",
            "[1773147900] SERVICE ALERT: a",
            "",
        ] {
            assert!(Puma.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
