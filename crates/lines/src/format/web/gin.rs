//! Gin's default logger (Go, and Fiber's, which has the time alone, and Gotify's): `[GIN] 2026/03/10 - 13:05:00 | 502 |    1.234ms |   10.0.0.1 | GET      "/cart?id=1"`, also in colours.
//! The time tells no zone; behind the path an error of the handler may follow on lines of its own.

use crate::format::Format;
use crate::format::app::message::{colour, duration};
use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Record, Request};
use crate::time::stamp::{iso, time_only};
use memchr::memchr;

/// Access lines of Gin.
pub struct Gin;

impl Format for Gin {
    fn name(&self) -> &str {
        "Gin"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access lines of Gin's and Fiber's default loggers, and of Gotify"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'[' || first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::BAR | Signs::CLOCK
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let Some(rest) = line.strip_prefix(b"[GIN] ") else {
            return fiber(line).or_else(|| gotify(line));
        };
        let written = rest.get(..21)?;
        // date and clock have ` - ` between them
        let mut time = *b"yyyy/mm/dd hh:mm:ss";
        time[..10].copy_from_slice(&written[..10]);
        time[11..].copy_from_slice(&written[13..]);
        let (left, stamp) = iso(&time).ok()?;
        if !left.is_empty() || &written[10..13] != b" - " {
            return None;
        }
        let rest = rest[21..].trim_ascii_start().strip_prefix(b"|")?;
        let mut parts = rest.splitn(4, |&c| c == b'|').map(bare);
        let (status, took) = (parts.next()?, parts.next()?);
        let (client, asked) = (parts.next()?, parts.next()?);
        let blank = asked.iter().position(|c| matches!(c, b' ' | 0x1b))?;
        let path = &asked[memchr(b'"', asked)? + 1..];
        let r = Request {
            status: leaf::status(status)?,
            method: &asked[..blank],
            path: &path[..memchr(b'"', path)?],
            latency_us: duration(took).map_or(-1, |(us, _)| us),
            client,
            by_app: true,
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
    fn sample(&self) -> &str {
        r#"[GIN] 2026/03/10 - 13:05:00 | 502 |    1.234ms |      10.0.0.1 | GET      "/cart?id=1""#
    }
}

/// Fiber's `13:05:00 | 500 |   1.234ms | 10.0.0.9 | GET | /a | error`.
fn fiber(line: &[u8]) -> Option<Record<'_>> {
    let mut parts = line.splitn(7, |&c| c == b'|').map(bare);
    let (rest, stamp) = time_only(parts.next()?).ok()?;
    let (status, took) = (parts.next()?, parts.next()?);
    let (client, method, path) = (parts.next()?, parts.next()?, parts.next()?);
    if !rest.is_empty() || !path.starts_with(b"/") || !leaf::is_address(client) {
        return None;
    }
    let r = Request {
        status: leaf::status(status)?,
        method,
        path,
        latency_us: duration(took)?.0,
        client,
        by_app: true,
        ..Request::default()
    };
    Some(Record::new(Some(stamp), Body::Request(r)))
}

/// Gotify's `2026-03-10T13:05:00Z | 401 |   56.789ms | 10.0.0.9 | POST     "/client"`.
fn gotify(line: &[u8]) -> Option<Record<'_>> {
    let mut parts = line.splitn(5, |&c| c == b'|').map(bare);
    let (rest, stamp) = iso(parts.next()?).ok()?;
    let (status, took) = (parts.next()?, parts.next()?);
    let (client, asked) = (parts.next()?, parts.next()?);
    let blank = asked.iter().position(|c| matches!(c, b' ' | 0x1b))?;
    let path = asked.strip_suffix(b"\"")?;
    let path = &path[memchr(b'"', path)? + 1..];
    if !rest.is_empty() || !path.starts_with(b"/") || !leaf::is_address(client) {
        return None;
    }
    let r = Request {
        status: leaf::status(status)?,
        method: &asked[..blank],
        path,
        latency_us: duration(took)?.0,
        client,
        by_app: true,
        ..Request::default()
    };
    Some(Record::new(Some(stamp), Body::Request(r)))
}

/// Without blanks and colours around it.
fn bare(mut b: &[u8]) -> &[u8] {
    loop {
        b = b.trim_ascii();
        match colour(b) {
            0 => break,
            n => b = &b[n..],
        }
    }
    match memchr(0x1b, b) {
        Some(n) if colour(&b[n..]) == b.len() - n => b[..n].trim_ascii(),
        _ => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_and_in_colours() {
        for line in [
            Gin.sample(),
            "[GIN] 2026/03/10 - 13:05:00 |\x1b[97;41m 502 \x1b[0m|    1.234ms |      10.0.0.1 |\x1b[97;44m GET     \x1b[0m \"/cart?id=1\"",
        ] {
            let r = Gin
                .parse(line.as_bytes())
                .unwrap_or_else(|| panic!("{line}"));
            // 2026-03-10 13:05:00 as wall time
            assert_eq!(r.stamp.unwrap().wall_us, 1_773_147_900_000_000);
            let Body::Request(q) = r.body else { panic!() };
            assert_eq!((q.status, q.latency_us), (502, 1_234));
            assert_eq!((q.method, q.path), (&b"GET"[..], &b"/cart?id=1"[..]));
            assert_eq!(q.client, b"10.0.0.1");
        }
        for other in ["[GIN] listening on :8080", "[GIN-debug] x", ""] {
            assert!(Gin.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn fiber_writes_the_time_alone() {
        let line = b"13:05:00 | 502 |   1.234ms | 10.0.0.1 | GET | /cart?id=1 | no answer";
        let r = Gin.parse(line).unwrap();
        assert_eq!(r.stamp.unwrap().wall_us, 47_100_000_000);
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us), (502, 1_234));
        assert_eq!((q.path, q.client), (&b"/cart?id=1"[..], &b"10.0.0.1"[..]));
        for other in [
            "13:05:00 | 502 | fast | 10.0.0.1 | GET | /a",
            "13:05:00 | text | more",
            "a | 502 | 1ms | 10.0.0.1 | GET | /a | -",
        ] {
            assert!(Gin.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn gotify_writes_a_whole_time() {
        let line =
            b"2026-03-10T13:05:00Z | 401 |      56.789ms | 203.0.113.7 | POST     \"/client\"";
        let r = Gin.parse(line).unwrap();
        assert_eq!(r.stamp.unwrap().wall_us, 1_773_147_900_000_000);
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us), (401, 56_789));
        assert_eq!((q.method, q.path), (&b"POST"[..], &b"/client"[..]));
        for other in [
            "2026-03-10T13:05:00Z | 401 | x | 203.0.113.7 | POST \"/client\"",
            "2026-03-10T13:05:00Z | a | b | c | d \"/e\"",
        ] {
            assert!(Gin.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..90, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Gin.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Gin.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
