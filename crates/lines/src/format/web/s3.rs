//! Access log of Amazon S3: `owner bucket [time] ip requester id operation key "request" status error bytes size total turnaround …`.
//! Fields are appended by Amazon; those behind the times are not read, but for referer and agent.

use crate::format::leaf::{
    self, Parser, Unit, alt, blank, bracketed, opt, quoted, status_word, verify, word,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record, Request};
use crate::time::stamp::clf;
use std::borrow::Cow;

/// Access log of S3.
pub struct S3;

impl Format for S3 {
    fn meta(&self) -> Meta<'_> {
        Meta::web("S3 access log", "server access log of Amazon S3")
            .begins(b"0-9A-Fa-f-", Signs::OPEN | Signs::CLOSE | Signs::CLOCK)
            .sample(r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be shop-assets [06/Feb/2026:00:00:38 +0000] 192.0.2.3 79a59df900b949e5 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /shop-assets/a.png HTTP/1.1" 503 SlowDown 113 - 7 - "-" "S3Console/0.4" -"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // a canonical id of 64 hex digits, or `-`
        let owner = |w: &[u8]| w == b"-" || w.len() == 64 && w.iter().all(u8::is_ascii_hexdigit);
        let operation = |w: &[u8]| w.contains(&b'.');
        let (
            _,
            (
                (_, bucket, stamp),
                (client, _who, id),
                (_, _key, request),
                (status, error),
                sizes,
                times,
                agent,
            ),
        ) = (
            (verify(word, owner), blank(word), blank(bracketed(clf))),
            (blank(word), blank(word), blank(word)),
            (
                blank(verify(word, operation)),
                blank(word),
                blank(alt((quoted, word))),
            ),
            (blank(status_word), blank(word)),
            (blank(word), blank(word)),
            (blank(word), blank(word)),
            opt((blank(quoted), opt(blank(quoted)))),
        )
            .parse(line)
            .ok()?;
        let ((sent, _size), (total, _turnaround)) = (sizes, times);
        let (method, path) = leaf::request_line(request);
        let r = Request {
            status,
            method,
            path,
            bytes: leaf::uint(sent).unwrap_or(0),
            latency_us: leaf::decimal_us(total, Unit::Milli).unwrap_or(-1),
            client,
            agent: agent
                .and_then(|(_referer, agent)| agent)
                .unwrap_or_default(),
            id,
            message: (status >= 500 && error != b"-").then(|| Message::new(Level::Error, error)),
            ..Request::default()
        };
        Some(Record {
            service: Some(Cow::Borrowed(bucket)),
            ..Record::new(Some(stamp), Body::Request(r))
        })
    }
}
