//! Fastly's first default log format: `client "ident" "user" Tue, 10 Mar 2026 13:05:00 GMT GET /path 503`, no quotes around the
//! request. It comes behind the header of syslog, or bare from a bucket.

use crate::format::leaf::{
    self, Leaf, Parser, all_consuming, blank, capitals, delimited, eof, number, opt, quoted, tag,
    take, verify, word,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record, Request};
use crate::time::Stamp;
use crate::time::stamp::day_month;

/// Fastly's default access lines.
pub struct Fastly;

impl Format for Fastly {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "Fastly default",
            "access lines of Fastly's first default format, with the time as HTTP writes it",
        )
        .begins(b"0-9:A-Fa-f", Signs::QUOTE | Signs::CLOCK | Signs::COMMA)
        .sample(r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 GMT GET /cart 503"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let protocol = verify(word, |w: &[u8]| w.starts_with(b"HTTP/"));
        let status = word.map_opt(|b| leaf::status(b).filter(|s| *s >= 100));
        let (_, (client, _ident, _user, stamp, method, path, _, status, bytes, _)) = (
            verify(word, leaf::is_address),
            blank(quoted),
            blank(quoted),
            blank(http_date),
            blank(capitals),
            blank(verify(word, |w: &[u8]| w.starts_with(b"/"))),
            opt(blank(protocol)),
            blank(status),
            opt(blank(number)),
            eof,
        )
            .parse(line)
            .ok()?;
        let r = Request {
            status,
            method,
            path,
            bytes: bytes.unwrap_or(0),
            latency_us: -1,
            client,
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
}

/// `Tue, 10 Mar 2026 13:05:00 GMT`.
fn http_date(i: &[u8]) -> Leaf<'_, Stamp> {
    let weekday = verify(take(3usize), |b: &[u8]| {
        b.iter().all(u8::is_ascii_alphabetic)
    });
    let written = take(20usize).and_then(all_consuming(day_month));
    delimited((weekday, tag(", ")), written, tag(" GMT"))
        .map(|s| Stamp {
            offset_min: Some(0),
            ..s
        })
        .parse(i)
}
