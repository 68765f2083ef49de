//! IIS' own format, before W3C: fifteen values between commas, dates as the server's locale writes them, in local time.
//! `client, user, date, time, service, server, address, ms, received, sent, status, win32, method, path, query,`

use crate::format::Format;
use crate::format::leaf::{self, Unit};
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Record, Request};
use crate::time::stamp;
use std::borrow::Cow;

/// The native format of IIS.
pub struct IisNative;

/// Values of a line.
const VALUES: usize = 15;

impl Format for IisNative {
    fn name(&self) -> &str {
        "IIS native"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "IIS log file format: fifteen values between commas, local time"
    }
    fn sample(&self) -> &str {
        "192.0.2.201, -, 3/10/2026, 13:05:00, W3SVC2, WEB1, 10.0.0.45, 4502, 163, 3223, 503, 0, GET, /cart, id=1,"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_hexdigit() || first == b':'
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::COMMA
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !line.first()?.is_ascii_hexdigit() && line[0] != b':' {
            return None;
        }
        let mut v: [&[u8]; VALUES] = [b""; VALUES];
        let mut rest = line;
        for slot in &mut v {
            let end = memchr::memchr(b',', rest)?;
            *slot = rest[..end].trim_ascii();
            rest = &rest[end + 1..];
        }
        let [
            client,
            _,
            date,
            time,
            site,
            server,
            _,
            ms,
            _,
            sent,
            status,
            _,
            method,
            path,
            _,
        ] = v;
        let named = site.starts_with(b"W3SVC")
            || site.starts_with(b"MSFTPSVC")
            || site.starts_with(b"SMTPSVC");
        if !named || !leaf::is_address(client) || !rest.trim_ascii().is_empty() {
            return None;
        }
        let (n, m) = (date.len(), time.len());
        let mut written = [b' '; 32];
        if n > 10 || m > 12 {
            return None;
        }
        written[..n].copy_from_slice(date);
        written[n + 1..=n + m].copy_from_slice(time);
        let stamp = stamp::whole(&written[..=n + m])?;
        let request = Request {
            status: leaf::status(status)?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Dated;
    use proptest::prelude::*;

    #[test]
    fn a_line() {
        let r = IisNative.parse(IisNative.sample().as_bytes()).unwrap();
        let s = r.stamp.unwrap();
        assert_eq!((s.dated, s.offset_min), (Dated::Either, None));
        assert_eq!(r.host.as_deref(), Some(&b"WEB1"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!(
            (q.status, q.latency_us, q.bytes, q.path),
            (503, 4_502_000, 3223, &b"/cart"[..])
        );
        for other in [
            "192.0.2.201, -, 3/10/2026, 13:05:00, X, WEB1, 10.0.0.45, 4502, 163, 3223, 503, 0, GET, /cart, id=1,",
            "192.0.2.201, -, 3/10/2026, 13:05:00, W3SVC2, WEB1, 10.0.0.45, 4502, 163, 3223, 503, 0, GET, /cart",
            "a, b, c",
            "",
        ] {
            assert!(IisNative.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(cut in 0usize..110, put in "[, -z]{0,12}") {
            let s = IisNative.sample();
            let cut = cut.min(s.len());
            let _ = IisNative.parse(format!("{}{put}{}", &s[..cut], &s[cut..]).as_bytes());
        }
    }
}
