//! Access lines of PHP's process manager in its default format (`%R - %u %t "%m %r" %s`): the time stands without brackets.
//! Its error log is of the generic text format.

use crate::format::leaf::{
    self, Parser, alt, before_near, blank, eof, preceded, quoted, tag, take, verify,
};
use crate::format::line_features::Signs;
use crate::format::{ANY, Format, Meta};
use crate::record::{At, Body, Record, Request};
use crate::time::stamp::clf;

/// The access log of PHP-FPM.
pub struct PhpFpm;

impl Format for PhpFpm {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "PHP-FPM access",
            "access log of PHP-FPM in its default format",
        )
        .begins(
            ANY,
            Signs::STATUS | Signs::QUOTE | Signs::CLOCK | Signs::NO_CLIENT,
        )
        .sample("10.0.0.9 -  10/Mar/2026:13:05:00 +0000 \"GET /index.php\" 500")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let client = |b: &[u8]| leaf::is_address(b) || b == b"-";
        let path = |(_, path): &(&[u8], &[u8])| path.starts_with(b"/");
        let (_, (client, _user, stamp, (method, path), status, _)) = (
            verify(before_near(b' ', 48), client),
            preceded(tag("- "), before_near(b' ', 64)),
            clf,
            blank(verify(quoted.map(leaf::request_line), path)),
            blank(take(3usize).map_opt(leaf::status)),
            alt((eof, tag(" "))),
        )
            .parse(line)
            .ok()?;
        let request = Request {
            status,
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
