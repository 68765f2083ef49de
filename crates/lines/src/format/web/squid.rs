//! Squid's native access log: `epoch.ms  elapsed client RESULT/status bytes method URL user HIERARCHY/peer type`, padded columns.
//! The time is that of the answer, the elapsed time in milliseconds.

use super::aws_alb::path_of;
use crate::format::leaf::{self, Parser, Unit, blanks, halves, number, unless_dash, verify, word};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record, Request};
use crate::time::stamp::epoch;

/// Native access log of Squid.
pub struct Squid;

impl Format for Squid {
    fn meta(&self) -> Meta<'_> {
        Meta::web("Squid", "native access log of Squid")
            .begins(b"0-9", Signs::TIMED)
            .sample("1795156399.182    231 203.0.113.7 TCP_MISS/200 1234 GET http://shop.example.com/cart - HIER_DIRECT/10.0.0.2 text/html")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        line.get(10).filter(|c| **c == b'.')?;
        let code = |(code, _): &(&[u8], &[u8])| {
            !code.is_empty() && code.iter().all(|c| c.is_ascii_uppercase() || *c == b'_')
        };
        let (_, (stamp, took, client, (_, status), bytes, method, url, _user, (_, peer))) = (
            epoch,
            blanks(word),
            blanks(word),
            blanks(verify(halves(b'/'), code)),
            blanks(number),
            blanks(word),
            blanks(word),
            blanks(word),
            blanks(halves(b'/')),
        )
            .parse(line)
            .ok()?;
        let r = Request {
            status: leaf::status(status)?,
            method,
            path: path_of(url),
            bytes,
            latency_us: leaf::decimal_us(took, Unit::Milli)?,
            client,
            upstream: unless_dash(peer),
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
