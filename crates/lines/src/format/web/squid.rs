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
