//! Access log of Amazon S3: `owner bucket [time] ip requester id operation key "request" status error bytes size total turnaround …`.
//! Fields are appended by Amazon; those behind the times are not read, but for referer and agent.

use super::aws_alb::Fields;
use crate::format::Format;
use crate::format::leaf::{self, Unit};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, Message, Record, Request};
use crate::time::stamp::clf;
use memchr::memchr;
use std::borrow::Cow;

/// Access log of S3.
pub struct S3;

impl Format for S3 {
    fn name(&self) -> &str {
        "S3 access log"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "server access log of Amazon S3"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_hexdigit() || first == b'-'
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::OPEN | Signs::CLOSE | Signs::CLOCK
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the owner is a canonical id of 64 hex digits, or `-`
        let owner = memchr(b' ', &line[..line.len().min(66)])?;
        if !(owner == 64 && line[..64].iter().all(u8::is_ascii_hexdigit)) && &line[..owner] != b"-"
        {
            return None;
        }
        let rest = &line[owner + 1..];
        let cut = memchr(b' ', &rest[..rest.len().min(64)])?;
        let bucket = &rest[..cut];
        let (rest, stamp) = clf(rest[cut..].strip_prefix(b" [")?).ok()?;
        let mut f = Fields(rest.strip_prefix(b"] ")?);
        let (client, _who, id) = (f.word()?, f.word()?, f.word()?);
        let (operation, _key) = (f.word()?, f.word()?);
        if !operation.contains(&b'.') {
            return None;
        }
        let request = f.quoted().or_else(|| f.word())?;
        let (status, error) = (leaf::status(f.word()?)?, f.word()?);
        let (sent, _size, total) = (f.word()?, f.word()?, f.word()?);
        let _turnaround = f.word()?;
        let (_referer, agent) = (f.quoted(), f.quoted().unwrap_or_default());
        let (method, path) = leaf::request_line(request);
        let r = Request {
            status,
            method,
            path,
            bytes: leaf::uint(sent).unwrap_or(0),
            latency_us: leaf::decimal_us(total, Unit::Milli).unwrap_or(-1),
            client,
            agent,
            id,
            message: (status >= 500 && error != b"-").then(|| Message::new(Level::Error, error)),
            ..Request::default()
        };
        Some(Record {
            service: Some(Cow::Borrowed(bucket)),
            ..Record::new(Some(stamp), Body::Request(r))
        })
    }
    fn sample(&self) -> &str {
        r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be shop-assets [06/Feb/2026:00:00:38 +0000] 192.0.2.3 79a59df900b949e5 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /shop-assets/a.png HTTP/1.1" 503 SlowDown 113 - 7 - "-" "S3Console/0.4" -"#
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_that_was_slowed_down() {
        let r = S3.parse(S3.sample().as_bytes()).unwrap();
        assert_eq!(r.service.as_deref(), Some(&b"shop-assets"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (503, 113, 7_000));
        assert_eq!(
            (q.path, q.agent),
            (&b"/shop-assets/a.png"[..], &b"S3Console/0.4"[..])
        );
        assert_eq!(q.message.unwrap().text.as_ref(), b"SlowDown");
        for other in [
            r#"- - - [06/Feb/2026:00:00:38 +0000] "GET / HTTP/1.1" 200 1"#,
            r#"- b [06/Feb/2026:00:00:38 +0000] 192.0.2.3 x y z w "GET" 200"#,
            "",
        ] {
            assert!(S3.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..280, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = S3.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = S3.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
