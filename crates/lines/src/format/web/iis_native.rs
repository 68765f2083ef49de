//! IIS' own format, before W3C: fifteen values between commas, dates as the server's locale writes them, in local time.
//! `client, user, date, time, service, server, address, ms, received, sent, status, win32, method, path, query,`

use crate::format::leaf::{self, Leaf, Parser, Unit, before, eof, space0, verify};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record, Request};
use crate::time::stamp;
use std::borrow::Cow;

/// The native format of IIS.
pub struct IisNative;

impl Format for IisNative {
    fn meta(&self) -> Meta<'_> {
        Meta::web("IIS native", "IIS log file format: fifteen values between commas, local time")
            .begins(b"0-9:A-Fa-f", Signs::COMMA)
            .sample("192.0.2.201, -, 3/10/2026, 13:05:00, W3SVC2, WEB1, 10.0.0.45, 4502, 163, 3223, 503, 0, GET, /cart, id=1,")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (
            _,
            ((client, _user), (date, time), (_, server, _), (ms, _, sent), (status, _), asked, _),
        ) = (
            (verify(before(b','), leaf::is_address), value),
            (value, value),
            (verify(value, is_site), value, value),
            (value, value, value),
            (value.map_opt(leaf::status), value),
            // the query stands in a column of its own
            (value, value, value),
            (space0, eof),
        )
            .parse(line)
            .ok()?;
        let (method, path, _query) = asked;
        let stamp = stamp::whole(&[date, b" ", time].concat())?;
        let request = Request {
            status,
            method,
            path,
            bytes: leaf::uint(sent).unwrap_or(0),
            latency_us: leaf::decimal_us(ms, Unit::Milli).unwrap_or(-1),
            client,
            ..Request::default()
        };
        let mut r = Record::new(Some(stamp), Body::Request(request));
        r.host = (server != b"-").then_some(Cow::Borrowed(server));
        Some(r)
    }
}

/// A value and the comma behind it.
fn value(i: &[u8]) -> Leaf<'_, &[u8]> {
    before(b',').map(<[u8]>::trim_ascii).parse(i)
}

/// The name of a service and its number: `W3SVC2`.
fn is_site(b: &[u8]) -> bool {
    let names = [&b"W3SVC"[..], b"MSFTPSVC", b"SMTPSVC"];
    names.iter().any(|n| b.starts_with(n))
}
