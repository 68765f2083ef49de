//! Nginx Proxy Manager's own access lines: `[time] cache upstream status - METHOD scheme host "/path" [Client …] [Length …] …`; for
//! hosts that it answers itself the first two are missing. Stamped at the end, with an offset.

use crate::format::Format;
use crate::format::leaf::{self, quoted};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Record, Request};
use crate::time::stamp::clf;
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// Access lines of Nginx Proxy Manager.
pub struct ProxyManager;

impl Format for ProxyManager {
    fn name(&self) -> &str {
        "Nginx Proxy Manager"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access lines of Nginx Proxy Manager, for proxied and for own hosts"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::QUOTE | Signs::OPEN | Signs::CLOSE | Signs::CLOCK
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (rest, stamp) = clf(line.strip_prefix(b"[")?).ok()?;
        let rest = rest.strip_prefix(b"] ")?;
        let open = memchr(b'"', &rest[..rest.len().min(400)])?;
        let mut words = rest[..open].split(|c| *c == b' ');
        let first = words.next()?;
        let code = |b| leaf::status(b).filter(|s| *s >= 100);
        let (upstream_status, status) = match code(first) {
            Some(status) => (&b""[..], status),
            // what the cache did, the upstream's answer and the own one
            None => (words.next()?, code(words.next()?)?),
        };
        if words.next()? != b"-" {
            return None;
        }
        let (method, scheme, host) = (words.next()?, words.next()?, words.next()?);
        let (behind, path) = quoted(&rest[open..]).ok()?;
        let client = bracketed(behind, b" [Client ")?;
        if !scheme.starts_with(b"http") || !method.iter().all(|c| c.is_ascii_uppercase()) {
            return None;
        }
        let bytes = bracketed(behind, b" [Length ").and_then(leaf::uint);
        let upstream = bracketed(behind, b" [Sent-to ").unwrap_or_default();
        let r = Request {
            status,
            method,
            path,
            bytes: bytes.unwrap_or(0),
            latency_us: -1,
            client,
            upstream,
            upstream_status: if upstream_status == b"-" {
                b""
            } else {
                upstream_status
            },
            ..Request::default()
        };
        let mut record = Record::new(Some(stamp), Body::Request(r));
        record.service = Some(Cow::Borrowed(leaf::without_port(host)));
        Some(record)
    }
    fn sample(&self) -> &str {
        r#"[10/Mar/2026:13:05:00 +0100] - 502 502 - GET https shop.example.com "/cart" [Client 203.0.113.7] [Length 154] [Gzip -] [Sent-to 10.0.0.5] "curl/8.5" "-""#
    }
}

/// What stands behind a label, up to the next bracket.
fn bracketed<'a>(b: &'a [u8], label: &[u8]) -> Option<&'a [u8]> {
    let from = memmem::find(b, label)? + label.len();
    let n = memchr(b']', &b[from..])?;
    Some(&b[from..from + n])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn proxied_and_own() {
        let r = ProxyManager
            .parse(ProxyManager.sample().as_bytes())
            .unwrap();
        // 2026-03-10T12:05:00Z
        assert_eq!(r.stamp.unwrap().instant().unwrap().0, 1_773_144_300_000_000);
        assert_eq!(r.service.as_deref(), Some(&b"shop.example.com"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!(
            (q.status, q.upstream_status, q.bytes),
            (502, &b"502"[..], 154)
        );
        assert_eq!((q.method, q.path), (&b"GET"[..], &b"/cart"[..]));
        assert_eq!(
            (q.client, q.upstream),
            (&b"203.0.113.7"[..], &b"10.0.0.5"[..])
        );
        let own = br#"[10/Mar/2026:13:05:00 +0100] 404 - HEAD http shop.example.com "/x" [Client 203.0.113.7] [Length 0] [Gzip -] "curl/8" "-""#;
        let Body::Request(q) = ProxyManager.parse(own).unwrap().body else {
            panic!()
        };
        assert_eq!((q.status, q.upstream_status), (404, &b""[..]));
        for other in [
            r#"[10/Mar/2026:13:05:00 +0100] 404 - HEAD http shop.example.com "/x""#,
            r#"[10/Mar/2026:13:05:00 +0100] "GET / HTTP/1.1" 200 5"#,
            r#"[10/Mar/2026:13:05:00 +0100] - x 502 - GET https a "/" [Client"#,
            "[",
            "",
        ] {
            assert!(ProxyManager.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..160, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = ProxyManager.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = ProxyManager.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
