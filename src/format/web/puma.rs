//! Puma in cluster mode: common log lines behind the process number (`[1234] 10.0.0.1 - - [time] "GET /x HTTP/1.1" 500 - 0.0123`).
//! What follows the number is read as a common log line with own fields is.

use super::clf::COMMON;
use super::clf_tail::OWN;
use crate::format::Format;
use crate::format::leaf;
use crate::record::{Body, Kind, Record};
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
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let inner = line.strip_prefix(b"[")?;
        let close = memchr(b']', &inner[..inner.len().min(10)])?;
        leaf::uint(&inner[..close])?;
        let rest = inner[close + 1..].strip_prefix(b" ")?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_worker() {
        let r = Puma.parse(Puma.sample().as_bytes()).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.by_app), (500, 12_000, true));
        for other in [
            "[1234] text",
            "[x] 203.0.113.7 - -",
            "[1773147900] SERVICE ALERT: a",
            "",
        ] {
            assert!(Puma.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
