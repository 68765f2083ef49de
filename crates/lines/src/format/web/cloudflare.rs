//! Cloudflare Logpush: one JSON object per request, keys as Cloudflare names them, times in the encoding of the job.
//! Codes 520–530 are the edge's own words for trouble with the origin.

use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::record::{At, Body, Kind, Level, Message, Record, Request};
use std::borrow::Cow;

/// HTTP requests of Cloudflare Logpush.
pub struct Cloudflare;

impl Format for Cloudflare {
    fn name(&self) -> &str {
        "Cloudflare"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "HTTP requests as Cloudflare Logpush writes them"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut r = Request {
            latency_us: -1,
            ..Request::default()
        };
        let (mut start, mut end, mut status) = (Time::default(), Time::default(), None);
        let mut host = &b""[..];
        fields(line, |key, v| {
            let Some(v) = Value::text(v) else { return true };
            match key {
                b"EdgeStartTimestamp" => start.take(v),
                b"EdgeEndTimestamp" => end.take(v),
                b"EdgeResponseStatus" => status = leaf::status(v),
                b"EdgeResponseBytes" => r.bytes = leaf::uint(v).unwrap_or(0),
                b"OriginResponseStatus" if v != b"0" => r.upstream_status = v,
                b"OriginIP" => r.upstream = v,
                b"ClientRequestMethod" => r.method = v,
                b"ClientRequestURI" => r.path = v,
                b"ClientRequestPath" if r.path.is_empty() => r.path = v,
                b"ClientRequestHost" => host = v,
                b"ClientRequestUserAgent" => r.agent = v,
                b"ClientIP" => r.client = v,
                b"RayID" => r.id = v,
                b"EdgeTimeToFirstByteMs" => {
                    r.latency_us = leaf::decimal_us(v, Unit::Milli).unwrap_or(-1);
                }
                _ => {}
            }
            true
        })?;
        r.status = status?;
        r.message = said(r.status).map(|text| Message::new(Level::Error, text));
        let stamped = if start.0.is_some() {
            At::Start
        } else {
            At::End
        };
        let stamp = start.0.or(end.0)?;
        if let (Some(a), Some(b), -1) = (start.0, end.0, r.latency_us) {
            let took = b.instant()?.0 - a.instant()?.0;
            r.latency_us = took.max(-1);
        }
        let service = leaf::without_port(host);
        Some(Record {
            stamped,
            service: (!service.is_empty()).then_some(Cow::Borrowed(service)),
            ..Record::new(Some(stamp), Body::Request(r))
        })
    }
    fn sample(&self) -> &str {
        r#"{"ClientIP":"192.0.2.10","ClientRequestHost":"www.example.com","ClientRequestMethod":"GET","ClientRequestURI":"/cart","EdgeEndTimestamp":"2026-03-10T13:05:01Z","EdgeResponseBytes":1234,"EdgeResponseStatus":521,"EdgeStartTimestamp":"2026-03-10T13:05:00Z","OriginResponseStatus":0,"RayID":"3a6050bcbe121a88"}"#
    }
}

/// What Cloudflare's own codes say of the origin.
fn said(status: u16) -> Option<&'static [u8]> {
    Some(match status {
        520 => b"520: the origin returned an unknown error",
        521 => b"521: the origin refused the connection",
        522 => b"522: connection to the origin timed out",
        523 => b"523: the origin is unreachable",
        524 => b"524: the origin took too long to answer",
        525 => b"525: TLS handshake with the origin failed",
        526 => b"526: the certificate of the origin is invalid",
        530 => b"530: name resolution of the origin failed",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> (Request<'_>, i64) {
        let r = Cloudflare
            .parse(line.as_bytes())
            .unwrap_or_else(|| panic!("{line}"));
        assert_eq!(r.stamped, At::Start);
        match r.body {
            Body::Request(q) => (q, r.stamp.unwrap().instant().unwrap().0),
            b => panic!("{b:?}"),
        }
    }

    #[test]
    fn three_encodings_of_time() {
        let line = |start: &str, end: &str| {
            format!(
                r#"{{"EdgeEndTimestamp":{end},"EdgeResponseStatus":502,"EdgeStartTimestamp":{start},"OriginResponseStatus":502}}"#
            )
        };
        // 2026-03-10T13:05:01Z
        let want = 1_773_147_901_000_000;
        for (start, end) in [
            ("\"2026-03-10T13:05:01Z\"", "\"2026-03-10T13:05:02Z\""),
            ("1773147901", "1773147902"),
            ("1773147901000000000", "1773147902000000000"),
        ] {
            let l = line(start, end);
            let (q, at) = read(&l);
            assert_eq!((at, q.latency_us), (want, 1_000_000), "{l}");
            assert_eq!(q.upstream_status, b"502");
        }
    }

    #[test]
    fn codes_of_its_own_and_an_origin_that_was_not_asked() {
        let (q, _) = read(Cloudflare.sample());
        assert_eq!((q.status, q.upstream_status), (521, &b""[..]));
        assert_eq!((q.path, q.id), (&b"/cart"[..], &b"3a6050bcbe121a88"[..]));
        assert_eq!(
            q.message.unwrap().text.as_ref(),
            b"521: the origin refused the connection"
        );
        for l in [
            r#"{"EdgeResponseStatus":502}"#,
            r#"{"EdgeStartTimestamp":1773147901}"#,
            "{}",
            "",
        ] {
            assert!(Cloudflare.parse(l.as_bytes()).is_none(), "{l}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..330, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Cloudflare.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Cloudflare.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
