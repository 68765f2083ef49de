//! morgan (Express) in its formats without a time: tiny, short and dev. They need an envelope or neighbours that have one.
//! `combined` and `common` are the common log format.

use crate::format::Format;
use crate::format::app::message::colour;
use crate::format::leaf::{self, Unit};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, METHODS, Record, Request};
use memchr::memchr;

/// morgan without a time.
pub struct Morgan;

fn is_method(w: &[u8]) -> bool {
    METHODS.contains(&w)
}

impl Format for Morgan {
    fn name(&self) -> &str {
        "morgan"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access lines of morgan (Express) without a time: tiny, short, dev"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_alphanumeric() || first == b':'
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::NO_CLIENT
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no: it ends with `ms`, a size or none, or a colour
        if !matches!(line.last()?, b's' | b'-' | b'm' | b' ' | b'0'..=b'9') {
            return None;
        }
        let mut words = Words(line);
        let first = words.next()?;
        let (client, method) = if is_method(first) {
            (&line[..0], first)
        } else {
            // short: address and user before the method
            words.next()?;
            (first, words.next().filter(|m| is_method(m))?)
        };
        let path = words.next().filter(|p| p.starts_with(b"/"))?;
        if !client.is_empty() && !leaf::is_address(client) {
            return None;
        }
        let mut word = words.next()?;
        if !client.is_empty() {
            word = word.starts_with(b"HTTP/").then(|| words.next())??;
        }
        let status = leaf::status(word)?;
        let (a, b, c, d) = (words.next()?, words.next()?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        // dev has the time before the size, the others behind it
        let (size, took) = match (a, b, c, d) {
            (t, b"ms", b"-", size) if client.is_empty() => (size, t),
            (size, b"-", t, b"ms") => (size, t),
            _ => return None,
        };
        let r = Request {
            status,
            method,
            path,
            bytes: leaf::uint(size).unwrap_or(0),
            latency_us: leaf::decimal_us(took, Unit::Milli).unwrap_or(-1),
            client,
            by_app: true,
            ..Request::default()
        };
        Some(Record::new(None, Body::Request(r)))
    }
    fn sample(&self) -> &str {
        "GET /cart?id=1 502 - - 0.025 ms"
    }
}

/// Words between single blanks, without terminal colours.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let mut b = self.0;
        while b.first() == Some(&0x1b) {
            match colour(b) {
                0 => break,
                n => b = &b[n..],
            }
        }
        if b.is_empty() {
            return None;
        }
        let n = memchr(b' ', b).unwrap_or(b.len());
        self.0 = b.get(n + 1..).unwrap_or_default();
        let word = &b[..n];
        let word = &word[..memchr(0x1b, word).unwrap_or(n)];
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_formats() {
        for (line, status, us, client) in [
            ("GET /a?b=1 200 - - 0.017 ms", 200, 17, ""),
            (
                "127.0.0.1 - POST /e HTTP/1.1 502 12 - 0.014 ms",
                502,
                14,
                "127.0.0.1",
            ),
            (
                "\x1b[0mGET /e \x1b[31m502\x1b[0m 0.011 ms - -\x1b[0m",
                502,
                11,
                "",
            ),
            ("GET /gone - - - - ms", 0, -1, ""),
        ] {
            let r = Morgan
                .parse(line.as_bytes())
                .unwrap_or_else(|| panic!("{line}"));
            let Body::Request(q) = r.body else { panic!() };
            assert_eq!((q.status, q.latency_us), (status, us), "{line}");
            assert_eq!(q.client, client.as_bytes());
            assert!(r.stamp.is_none());
        }
    }

    #[test]
    fn look_alikes() {
        for line in [
            "GET /a 200 4ms",
            "GET /a HTTP/1.1",
            "POST a 200 - - 1 ms",
            "10.0.0.1 GET /a 200 - - 1 ms",
            "GET /a 200 - - 1 ms more",
            "",
        ] {
            assert!(Morgan.parse(line.as_bytes()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..40, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Morgan.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Morgan.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
