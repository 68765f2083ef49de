//! Requests in Google's log entries: load balancers, Cloud Run, App Engine. The request is an object `httpRequest`; why a load
//! balancer failed stands in `jsonPayload.statusDetails`.

use super::aws_alb::path_of;
use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf;
use crate::record::{At, Body, Kind, Level, Message, Record, Request};
use std::borrow::Cow;

/// A log entry of Google's clouds with a request.
pub struct GcpHttp;

impl Format for GcpHttp {
    fn name(&self) -> &str {
        "GCP HTTP request"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "log entries of Google Cloud with a request: load balancers, Cloud Run"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut e = Entry::default();
        fields(line, |key, v| {
            match (key, v) {
                (b"httpRequest", Value::Object(o)) => e.http(o),
                (b"jsonPayload", Value::Object(o)) => {
                    let _ = fields(o, |k, v| {
                        if k == b"statusDetails" {
                            e.why = v.text().unwrap_or_default();
                        }
                        true
                    });
                }
                (b"resource", Value::Object(o)) => e.resource(o),
                (b"timestamp", v) => e.time.take(v.text().unwrap_or_default()),
                (b"trace", v) => e.request.id = v.text().unwrap_or_default(),
                // an application that tells of a request has words of its own
                (b"message" | b"textPayload", Value::Str(_)) => e.is_message = true,
                _ => {}
            }
            true
        })?;
        let stamp = e.time.0?;
        if e.status.is_none() || e.is_message || !e.is_entry {
            return None;
        }
        e.request.status = e.status?;
        if e.request.status >= 500 && !e.why.is_empty() {
            // `failed_to_connect_to_backend` is said of one request, in the words of a sentence
            let words: Vec<u8> = e
                .why
                .iter()
                .map(|c| if *c == b'_' { b' ' } else { *c })
                .collect();
            e.request.message = Some(Message {
                text: Cow::Owned(words),
                ..Message::new(Level::Error, b"")
            });
        }
        let name = |b: &'a [u8]| (!b.is_empty()).then_some(Cow::Borrowed(b));
        Some(Record {
            stamped: At::Start,
            service: name(e.service),
            version: name(e.version),
            ..Record::new(Some(stamp), Body::Request(e.request))
        })
    }
    fn sample(&self) -> &str {
        r#"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://www.example.com/cart","status":502,"responseSize":"447","remoteIp":"192.0.2.10","latency":"0.002s"},"insertId":"1abd","jsonPayload":{"statusDetails":"failed_to_connect_to_backend"},"logName":"projects/p/logs/requests","resource":{"labels":{"backend_service_name":"shop"},"type":"http_load_balancer"},"severity":"WARNING","timestamp":"2026-03-10T13:05:00.000431Z"}"#
    }
}

#[derive(Default)]
struct Entry<'a> {
    request: Request<'a>,
    status: Option<u16>,
    time: Time,
    why: &'a [u8],
    service: &'a [u8],
    version: &'a [u8],
    is_message: bool,
    /// A `resource` was there: an entry of the cloud's log, not a line that an application wrote in that style.
    is_entry: bool,
}

impl<'a> Entry<'a> {
    fn http(&mut self, object: &'a [u8]) {
        let r = &mut self.request;
        r.latency_us = -1;
        let status = &mut self.status;
        let _ = fields(object, |key, v| {
            let Some(v) = v.text() else { return true };
            match key {
                b"status" => *status = leaf::status(v),
                b"requestMethod" => r.method = v,
                b"requestUrl" => r.path = path_of(v),
                b"responseSize" => r.bytes = leaf::uint(v).unwrap_or(0),
                b"userAgent" => r.agent = v,
                b"remoteIp" => r.client = leaf::without_port(v),
                b"serverIp" => r.upstream = v,
                b"latency" => {
                    r.latency_us = leaf::with_unit(v)
                        .and_then(|(n, unit)| leaf::decimal_us(n, unit))
                        .unwrap_or(-1);
                }
                _ => {}
            }
            true
        });
    }

    fn resource(&mut self, object: &'a [u8]) {
        self.is_entry = true;
        let _ = fields(object, |key, v| {
            if let (b"labels", Value::Object(o)) = (key, v) {
                let _ = fields(o, |k, v| {
                    let v = v.text().unwrap_or_default();
                    match k {
                        b"backend_service_name" | b"service_name" | b"module_id" => {
                            self.service = v;
                        }
                        b"revision_name" | b"version_id" => self.version = v,
                        _ => {}
                    }
                    true
                });
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_load_balancer_and_a_revision() {
        let r = GcpHttp.parse(GcpHttp.sample().as_bytes()).unwrap();
        assert_eq!(r.service.as_deref(), Some(&b"shop"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (502, 447, 2_000));
        assert_eq!((q.path, q.client), (&b"/cart"[..], &b"192.0.2.10"[..]));
        assert_eq!(
            q.message.unwrap().text.as_ref(),
            b"failed to connect to backend"
        );
        let run = br#"{"httpRequest":{"requestMethod":"GET","requestUrl":"/","status":200,"latency":"1.5s"},"resource":{"type":"cloud_run_revision","labels":{"service_name":"shop","revision_name":"shop-00042"}},"timestamp":"2026-03-10T13:05:00Z"}"#;
        let r = GcpHttp.parse(run).unwrap();
        assert_eq!(r.version.as_deref(), Some(&b"shop-00042"[..]));
    }

    #[test]
    fn what_belongs_to_others() {
        for l in [
            r#"{"httpRequest":{"status":502},"message":"failed","resource":{},"timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"httpRequest":{"status":502},"timestamp":"2026-03-10T13:05:00Z"}"#,
            r#"{"httpRequest":{},"resource":{},"timestamp":"2026-03-10T13:05:00Z"}"#,
            "{",
            "",
        ] {
            assert!(GcpHttp.parse(l.as_bytes()).is_none(), "{l}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..430, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = GcpHttp.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = GcpHttp.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
