//! Pairs whose time is in two of them, as firewalls write it: `date=2026-03-10 time=13:05:00 devname="fw" level="error" …`.
//! The other pairs are read as logfmt.

use super::logfmt::Logfmt;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::Record;
use crate::time::stamp;

/// Pairs with a date and a time apart.
pub struct DatedPairs;

impl Format for DatedPairs {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "pairs with date and time",
            "key=value pairs that begin with date= and time=, as firewalls write them",
        )
        .begins(b"<d", Signs::EQUALS)
        .sample(
            "date=2026-03-10 time=13:05:00 devname=\"fw1\" level=\"error\" msg=\"gateway is down\"",
        )
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // a priority of syslog may stand in front
        let line = match line.first()? {
            b'<' => &line[memchr::memchr(b'>', &line[..line.len().min(5)])? + 1..],
            _ => line,
        };
        let rest = line.strip_prefix(b"date=")?;
        let (date, rest) = rest.split_at_checked(10)?;
        let rest = rest.strip_prefix(b" time=")?;
        let end = memchr::memchr(b' ', rest)?;
        let (time, rest) = (&rest[..end], &rest[end + 1..]);
        let mut written = [b' '; 32];
        if time.len() > 20 {
            return None;
        }
        written[..10].copy_from_slice(date);
        written[11..11 + time.len()].copy_from_slice(time);
        let stamp = stamp::whole(&written[..11 + time.len()])?;
        let mut r = Logfmt.parse(rest)?;
        r.stamp = Some(stamp);
        Some(r)
    }
}
