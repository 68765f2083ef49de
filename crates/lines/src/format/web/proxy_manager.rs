//! Nginx Proxy Manager's own access lines: `[time] cache upstream status - METHOD scheme host "/path" [Client …] [Length …] …`; for
//! hosts that it answers itself the first two are missing. Stamped at the end, with an offset.

use crate::format::leaf::find;
use crate::format::leaf::{
    self, Parser, alt, blank, bracketed, capitals, quoted, tag, unless_dash, verify, word,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record, Request};
use crate::time::stamp::clf;
use memchr::memchr;
use std::borrow::Cow;

/// Access lines of Nginx Proxy Manager.
pub struct ProxyManager;

impl Format for ProxyManager {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "Nginx Proxy Manager",
            "access lines of Nginx Proxy Manager, for proxied and for own hosts",
        )
        .begins(b"[", Signs::QUOTE | Signs::OPEN | Signs::CLOSE | Signs::CLOCK)
        .sample(r#"[10/Mar/2026:13:05:00 +0100] - 502 502 - GET https shop.example.com "/cart" [Client 203.0.113.7] [Length 154] [Gzip -] [Sent-to 10.0.0.5] "curl/8.5" "-""#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let status = || word.map_opt(|b| leaf::status(b).filter(|s| *s >= 100));
        // what the cache did, the upstream's answer and the own one; or the own one alone
        let statuses = alt((
            status().map(|s| (&b""[..], s)),
            (word, blank(word), blank(status())).map(|(_, upstream, s)| (upstream, s)),
        ));
        let scheme = verify(word, |w: &[u8]| w.starts_with(b"http"));
        let (behind, (stamp, (upstream_status, status), _, method, _, host, path)) = (
            bracketed(clf),
            blank(statuses),
            blank(tag("-")),
            blank(capitals),
            blank(scheme),
            blank(word),
            blank(quoted),
        )
            .parse(line)
            .ok()?;
        let client = labelled(behind, b" [Client ")?;
        let bytes = labelled(behind, b" [Length ").and_then(leaf::uint);
        let upstream = labelled(behind, b" [Sent-to ").unwrap_or_default();
        let r = Request {
            status,
            method,
            path,
            bytes: bytes.unwrap_or(0),
            latency_us: -1,
            client,
            upstream,
            upstream_status: unless_dash(upstream_status),
            ..Request::default()
        };
        let mut record = Record::new(Some(stamp), Body::Request(r));
        record.service = Some(Cow::Borrowed(leaf::without_port(host)));
        Some(record)
    }
}

/// What stands behind a label, up to the next bracket.
fn labelled<'a>(b: &'a [u8], label: &[u8]) -> Option<&'a [u8]> {
    let from = find(b, label)? + label.len();
    let n = memchr(b']', &b[from..])?;
    Some(&b[from..from + n])
}
