//! Traefik's JSON access log. Its keys are known by their capitals; durations are in nanoseconds, the time is that of the start.
//! A status of the origin of 0 means that it was never reached.

use super::server_json::{Time, told_again};
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::record::{At, Body, Kind, Record, Request};
use std::borrow::Cow;

/// JSON access log of Traefik.
pub struct TraefikJson;

impl Format for TraefikJson {
    fn name(&self) -> &str {
        "traefik JSON"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access log of Traefik as JSON"
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
        let (mut router, mut service) = (&b""[..], &b""[..]);
        let mut count = None;
        fields(line, |key, v| {
            let Some(v) = Value::text(v) else { return true };
            match key {
                b"StartUTC" => start.take(v),
                b"time" => end.take(v),
                b"DownstreamStatus" => status = leaf::status(v),
                b"Duration" => r.latency_us = leaf::decimal_us(v, Unit::Nano).unwrap_or(-1),
                b"DownstreamContentSize" => r.bytes = leaf::uint(v).unwrap_or(0),
                b"OriginStatus" if v != b"0" => r.upstream_status = v,
                b"RequestMethod" => r.method = v,
                b"RequestPath" => r.path = v,
                b"ClientHost" => r.client = v,
                b"ServiceAddr" => r.upstream = v,
                b"ServiceURL" if r.upstream.is_empty() => r.upstream = v,
                b"TraceId" => r.id = v,
                b"request_User-Agent" => r.agent = v,
                b"RouterName" => router = v,
                b"ServiceName" => service = v,
                b"RequestCount" => count = leaf::uint(v),
                _ => {}
            }
            true
        })?;
        r.status = status?;
        let stamped = if start.0.is_some() {
            At::Start
        } else {
            At::End
        };
        let stamp = start.0.or(end.0)?;
        if count == Some(1) {
            r.message = Some(told_again());
        }
        let name = if service.is_empty() { router } else { service };
        let name = name.split(|&c| c == b'@').next().unwrap_or(name);
        Some(Record {
            stamped,
            service: (!name.is_empty()).then_some(Cow::Borrowed(name)),
            ..Record::new(Some(stamp), Body::Request(r))
        })
    }
    fn sample(&self) -> &str {
        r#"{"ClientHost":"192.0.2.10","DownstreamContentSize":11,"DownstreamStatus":502,"Duration":1500000,"OriginDuration":1400000,"OriginStatus":0,"RequestHost":"www.example.com","RequestMethod":"GET","RequestPath":"/cart","RetryAttempts":2,"RouterName":"shop@docker","ServiceName":"shop-svc@docker","StartUTC":"2026-03-10T13:05:00.000431Z","level":"info","msg":"","time":"2026-03-10T13:05:00Z"}"#
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::MarkerKind;
    use proptest::prelude::*;

    #[test]
    fn nanoseconds_and_an_origin_that_was_not_reached() {
        let r = TraefikJson.parse(TraefikJson.sample().as_bytes()).unwrap();
        assert_eq!(
            (r.stamped, r.service.as_deref()),
            (At::Start, Some(&b"shop-svc"[..]))
        );
        // 2026-03-10T13:05:00.000431Z
        assert_eq!(r.stamp.unwrap().instant().unwrap().0, 1_773_147_900_000_431);
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.latency_us, q.bytes), (502, 1_500, 11));
        assert_eq!((q.path, q.upstream_status), (&b"/cart"[..], &b""[..]));
        assert!(q.message.is_none());
    }

    #[test]
    fn the_first_request_of_a_process() {
        let line = br#"{"DownstreamStatus":200,"RequestCount":1,"time":"2026-03-10T13:05:00Z"}"#;
        let r = TraefikJson.parse(line).unwrap();
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!(q.message.unwrap().states, Some(MarkerKind::Restart));
        assert_eq!(r.stamped, At::End);
        for l in [
            r#"{"DownstreamStatus":200}"#,
            r#"{"time":"2026-03-10T13:05:00Z","status":200}"#,
            "",
        ] {
            assert!(TraefikJson.parse(l.as_bytes()).is_none(), "{l}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..430, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = TraefikJson.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = TraefikJson.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
