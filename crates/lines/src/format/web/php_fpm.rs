//! Access lines of PHP's process manager in its default format (`%R - %u %t "%m %r" %s`): the time stands without brackets.
//! Its error log is of the generic text format.

use crate::format::Format;
use crate::format::leaf::{self, quoted};
use crate::format::line_features::Signs;
use crate::record::{At, Body, Kind, Record, Request};
use crate::time::stamp;

/// The access log of PHP-FPM.
pub struct PhpFpm;

impl Format for PhpFpm {
    fn name(&self) -> &str {
        "PHP-FPM access"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access log of PHP-FPM in its default format"
    }
    fn sample(&self) -> &str {
        "10.0.0.9 -  10/Mar/2026:13:05:00 +0000 \"GET /index.php\" 500"
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::STATUS | Signs::QUOTE | Signs::CLOCK | Signs::NO_CLIENT
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let blank = memchr::memchr(b' ', &line[..line.len().min(48)])?;
        let (client, rest) = (&line[..blank], &line[blank..]);
        let rest = rest.strip_prefix(b" - ")?;
        let user = memchr::memchr(b' ', &rest[..rest.len().min(64)])?;
        let (rest, stamp) = stamp::clf(&rest[user + 1..]).ok()?;
        let (rest, request) = quoted(rest.strip_prefix(b" ")?).ok()?;
        if !(leaf::is_address(client) || client == b"-") {
            return None;
        }
        let status = rest.strip_prefix(b" ")?;
        let (status, tail) = status.split_at_checked(3)?;
        let (method, path) = leaf::request_line(request);
        if !path.starts_with(b"/") || !(tail.is_empty() || tail.starts_with(b" ")) {
            return None;
        }
        let request = Request {
            status: leaf::status(status)?,
            method,
            path,
            client,
            latency_us: -1,
            by_app: true,
            ..Request::default()
        };
        Some(Record {
            // the manager writes `%t` when the request was accepted
            stamped: At::Start,
            ..Record::new(Some(stamp), Body::Request(request))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line() {
        let r = PhpFpm.parse(PhpFpm.sample().as_bytes()).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!(
            (q.status, q.method, q.path, q.by_app),
            (500, &b"GET"[..], &b"/index.php"[..], true)
        );
        for other in [
            "10.0.0.9 - - [10/Mar/2026:13:05:00 +0000] \"GET /x HTTP/1.1\" 500 12",
            "10.0.0.9 -  10/Mar/2026:13:05:00 +0000 \"GET /index.php\"",
            "host -  10/Mar/2026:13:05:00 +0000 \"GET /index.php\" 500",
            "",
        ] {
            assert!(PhpFpm.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(cut in 0usize..70, put in "[ -z]{0,8}") {
            let s = PhpFpm.sample();
            let cut = cut.min(s.len());
            let _ = PhpFpm.parse(format!("{}{put}{}", &s[..cut], &s[cut..]).as_bytes());
        }
    }
}
