//! TLS connections of AWS Network Load Balancers: `tls 2.0 TIME net/name/id listener client:port target:port …`, the time in UTC
//! without a zone. They carry no request and no status; an alert is a warning.

use super::aws_alb::Fields;
use crate::format::Format;
use crate::format::leaf;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Connections of a Network Load Balancer.
pub struct AwsNlb;

impl Format for AwsNlb {
    fn name(&self) -> &str {
        "AWS NLB"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "TLS connections of an AWS Network Load Balancer"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b't'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let mut f = Fields(line.strip_prefix(b"tls ")?);
        let (_version, time, name) = (f.word()?, f.word()?, f.word()?);
        let (rest, stamp) = iso(time).ok()?;
        let name = name.strip_prefix(b"net/")?;
        let (_listener, _client, _target) = (f.word()?, f.word()?, f.word()?);
        leaf::uint(f.word()?)?;
        let (_handshake, _received, _sent, alert) = (f.word()?, f.word()?, f.word()?, f.word()?);
        let (level, text): (_, &[u8]) = match alert {
            b"-" => (Level::Info, b"TLS connection"),
            _ => (Level::Warn, b"TLS connection ended by an alert"),
        };
        let stamp = Stamp {
            offset_min: stamp.offset_min.or(Some(0)),
            ..stamp
        };
        let service = name.split(|c| *c == b'/').next();
        Some(Record {
            service: service.filter(|s| !s.is_empty()).map(Cow::Borrowed),
            ..Record::new(
                rest.is_empty().then_some(stamp),
                Body::Message(Message::new(level, text)),
            )
        })
    }
    fn sample(&self) -> &str {
        "tls 2.0 2026-03-10T13:05:00 net/shop-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.7:51341 10.0.0.5:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - shop-nlb.example.com - - - 2026-03-10T13:04:59"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection() {
        let r = AwsNlb.parse(AwsNlb.sample().as_bytes()).unwrap();
        assert_eq!(r.service.as_deref(), Some(&b"shop-nlb"[..]));
        assert_eq!(r.stamp.unwrap().instant().unwrap().0, 1_773_147_900_000_000);
        let alert = AwsNlb.sample().replace(" 246 - ", " 246 48 ");
        let Body::Message(m) = AwsNlb.parse(alert.as_bytes()).unwrap().body else {
            panic!()
        };
        assert_eq!(m.level, Level::Warn);
        for other in [
            "tls up",
            "tls 2.0 2026-03-10T13:05:00 app/x/1 a b c 5 2 98 246 -",
            "",
        ] {
            assert!(AwsNlb.parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
