//! TLS connections of AWS Network Load Balancers: `tls 2.0 TIME net/name/id listener client:port target:port …`, the time in UTC
//! without a zone. They carry no request and no status; an alert is a warning.

use crate::format::leaf::{Parser, blank, number, preceded, tag, word};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Level, Record};
use crate::time::stamp::iso;

/// Connections of a Network Load Balancer.
pub struct AwsNlb;

impl Format for AwsNlb {
    fn meta(&self) -> Meta<'_> {
        Meta::web("AWS NLB", "TLS connections of an AWS Network Load Balancer")
            .begins(b"t", Signs::NONE)
            .sample("tls 2.0 2026-03-10T13:05:00 net/shop-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.7:51341 10.0.0.5:443 5 2 98 246 - arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - shop-nlb.example.com - - - 2026-03-10T13:04:59")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (_, (_, _version, stamp, name, _ends, _, alert)) = (
            tag("tls"),
            blank(word),
            blank(iso),
            blank(preceded(tag("net/"), word)),
            // listener, client and target
            (blank(word), blank(word), blank(word)),
            // how long the connection and the handshake took, and what was sent
            (blank(number), blank(word), blank(word), blank(word)),
            blank(word),
        )
            .parse(line)
            .ok()?;
        let (level, text): (_, &[u8]) = match alert {
            b"-" => (Level::Info, b"TLS connection"),
            _ => (Level::Warn, b"TLS connection ended by an alert"),
        };
        let stamp = stamp.at_offset(stamp.offset_min.or(Some(0)));
        let service = name.split(|c| *c == b'/').next();
        let service = service.filter(|s| !s.is_empty());
        Some(Record::said(Some(stamp), level, text).of_service(service))
    }
}
