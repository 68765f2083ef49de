//! Squid's native access log: `epoch.ms  elapsed client RESULT/status bytes method URL user HIERARCHY/peer type`, padded columns.
//! The time is that of the answer, the elapsed time in milliseconds.

use super::aws_alb::path_of;
use crate::format::Format;
use crate::format::leaf::{self, Unit};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Record, Request};
use crate::time::stamp::epoch;
use memchr::memchr;

/// Native access log of Squid.
pub struct Squid;

impl Format for Squid {
    fn name(&self) -> &str {
        "Squid"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "native access log of Squid"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.get(10) != Some(&b'.') || !line.first()?.is_ascii_digit() {
            return None;
        }
        let (rest, stamp) = epoch(line).ok()?;
        rest.starts_with(b" ").then_some(())?;
        let mut words = rest.split(|&c| c == b' ').filter(|w| !w.is_empty());
        let (took, client, result) = (words.next()?, words.next()?, words.next()?);
        let slash = memchr(b'/', result)?;
        let (code, status) = (&result[..slash], &result[slash + 1..]);
        if !code.iter().all(|c| c.is_ascii_uppercase() || *c == b'_') || slash == 0 {
            return None;
        }
        let (bytes, method, url) = (words.next()?, words.next()?, words.next()?);
        let (_user, peer) = (words.next()?, words.next()?);
        let peer = &peer[memchr(b'/', peer)? + 1..];
        let r = Request {
            status: leaf::status(status)?,
            method,
            path: path_of(url),
            bytes: leaf::uint(bytes)?,
            latency_us: leaf::decimal_us(took, Unit::Milli)?,
            client,
            upstream: if peer == b"-" { b"" } else { peer },
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
    fn sample(&self) -> &str {
        "1795156399.182    231 203.0.113.7 TCP_MISS/200 1234 GET http://shop.example.com/cart - HIER_DIRECT/10.0.0.2 text/html"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_and_none() {
        let r = Squid.parse(Squid.sample().as_bytes()).unwrap();
        assert_eq!(r.stamp.unwrap().instant().unwrap().0, 1_795_156_399_182_000);
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (200, 1234, 231_000));
        assert_eq!((q.path, q.upstream), (&b"/cart"[..], &b"10.0.0.2"[..]));
        let none = b"1795156399.182  59999 203.0.113.7 TCP_MISS_ABORTED/000 0 GET http://a/ - HIER_NONE/- -";
        let Body::Request(q) = Squid.parse(none).unwrap().body else {
            panic!()
        };
        assert_eq!((q.status, q.upstream), (0, &b""[..]));
        for other in [
            "1795156399.182 text",
            "1795156399.182 1 2 a/200 1 GET / - x/y",
            "",
        ] {
            assert!(Squid.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..120, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Squid.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Squid.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
