//! Fastly's first default log format: `client "ident" "user" Tue, 10 Mar 2026 13:05:00 GMT GET /path 503`, no quotes around the
//! request. It comes behind the header of syslog, or bare from a bucket.

use crate::format::Format;
use crate::format::leaf::{self, quoted};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Record, Request};
use crate::time::{Stamp, stamp};

/// Fastly's default access lines.
pub struct Fastly;

impl Format for Fastly {
    fn name(&self) -> &str {
        "Fastly default"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access lines of Fastly's first default format, with the time as HTTP writes it"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_hexdigit() || first == b':'
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::QUOTE | Signs::CLOCK | Signs::COMMA
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let n = memchr::memchr(b' ', &line[..line.len().min(46)])?;
        let client = &line[..n];
        let (rest, _ident) = quoted(&line[n + 1..]).ok()?;
        let (rest, _user) = quoted(rest.strip_prefix(b" ")?).ok()?;
        let (rest, stamp) = http_date(rest.strip_prefix(b" ")?)?;
        let mut words = rest.strip_prefix(b" ")?.split(|c| *c == b' ');
        let (method, path) = (words.next()?, words.next()?);
        let mut status = words.next()?;
        if status.starts_with(b"HTTP/") {
            status = words.next()?;
        }
        let bytes = words.next().map_or(Some(0), leaf::uint)?;
        let asked = path.starts_with(b"/") && method.iter().all(u8::is_ascii_uppercase);
        if !asked || words.next().is_some() || !leaf::is_address(client) {
            return None;
        }
        let r = Request {
            status: leaf::status(status).filter(|s| *s >= 100)?,
            method,
            path,
            bytes,
            latency_us: -1,
            client,
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
    fn sample(&self) -> &str {
        r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 GMT GET /cart 503"#
    }
}

/// Bytes of a date as HTTP writes it.
const DATE: usize = 29;

/// `Tue, 10 Mar 2026 13:05:00 GMT` and what follows it.
fn http_date(b: &[u8]) -> Option<(&[u8], Stamp)> {
    let (date, rest) = b.split_at_checked(DATE)?;
    let named = date[..3].iter().all(u8::is_ascii_alphabetic) && &date[3..5] == b", ";
    let utc = date.strip_suffix(b" GMT").filter(|_| named)?;
    let (left, s) = stamp::day_month(&utc[5..]).ok()?;
    let offset_min = Some(0);
    left.is_empty().then_some((rest, Stamp { offset_min, ..s }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn requests() {
        for line in [
            Fastly.sample(),
            r#"203.0.113.7 "-" "bob" Tue, 10 Mar 2026 13:05:00 GMT GET /cart HTTP/1.1 503 12"#,
        ] {
            let r = Fastly.parse(line.as_bytes()).unwrap();
            assert_eq!(r.stamp, stamp::whole(b"2026-03-10T13:05:00Z"));
            let Body::Request(q) = r.body else { panic!() };
            assert_eq!((q.status, q.path), (503, &b"/cart"[..]));
            assert_eq!(q.client, b"203.0.113.7");
        }
        for other in [
            r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 CET GET /cart 503"#,
            r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 GMT get /cart 503"#,
            r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 GMT GET /cart 503 12 more"#,
            r#"shop "-" "-" Tue, 10 Mar 2026 13:05:00 GMT GET /cart 503"#,
            r#"203.0.113.7 "-" "-" Tue"#,
            "",
        ] {
            assert!(Fastly.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..80, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Fastly.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Fastly.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
