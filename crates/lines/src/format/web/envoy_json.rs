//! Envoy's access log as JSON, as Istio's `accessLogEncoding: JSON` and the usual `json_format` write it: known by its response
//! flags. Durations are milliseconds; the time is the request's start.

use super::aws_alb::path_of;
use super::envoy::{cluster_service, level, said};
use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::fields;
use crate::format::leaf::{self, Unit};
use crate::record::{At, Body, Kind, Message, Record, Request};
use std::borrow::Cow;

/// The access log of Envoy as JSON.
pub struct EnvoyJson;

impl Format for EnvoyJson {
    fn name(&self) -> &str {
        "Envoy JSON"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access log of Envoy and Istio as JSON"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no
        memchr::memmem::find(line, b"\"response_flags\"")?;
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut r = Request {
            latency_us: -1,
            ..Request::default()
        };
        let (mut time, mut status) = (Time::default(), None);
        let (mut flags, mut service): (&[u8], Option<&[u8]>) = (b"", None);
        fields(line, |key, v| {
            let Some(v) = v.text().filter(|v| *v != b"-") else {
                return true;
            };
            match key {
                b"start_time" | b"timestamp" | b"time" | b"@timestamp" => time.take(v),
                b"response_code" | b"status" | b"code" => status = leaf::status(v),
                b"response_flags" => flags = v,
                b"method" => r.method = v,
                b"path" | b"x-envoy-original-path" | b"x_envoy_original_path" => {
                    r.path = path_of(v)
                }
                b"bytes_sent" => r.bytes = leaf::uint(v).unwrap_or(0),
                b"duration" => r.latency_us = leaf::decimal_us(v, Unit::Milli).unwrap_or(-1),
                b"user_agent" => r.agent = v,
                b"request_id" | b"x_request_id" => r.id = v,
                b"upstream_host" => r.upstream = v,
                b"downstream_remote_address" if r.client.is_empty() => {
                    r.client = leaf::without_port(v);
                }
                b"upstream_cluster" => service = cluster_service(v).or(service),
                b"authority" => service = service.or(Some(leaf::without_port(v))),
                _ => {}
            }
            true
        })?;
        (r.status, r.message) = (
            status?,
            (!flags.is_empty()).then(|| Message::new(level(status.unwrap_or(0)), said(flags))),
        );
        Some(Record {
            stamped: At::Start,
            service: service.filter(|s| !s.is_empty()).map(Cow::Borrowed),
            ..Record::new(Some(time.0?), Body::Request(r))
        })
    }
    fn sample(&self) -> &str {
        r#"{"start_time":"2026-03-10T13:05:01.000Z","method":"POST","path":"/pay","protocol":"HTTP/2","response_code":503,"response_flags":"UF,URX","bytes_received":15,"bytes_sent":91,"duration":1002,"upstream_service_time":null,"user_agent":"curl/8.5","request_id":"cc21d9b0","authority":"shop:8000","upstream_host":"10.0.2.2:80","upstream_cluster":"outbound|8000||shop.prod.svc.cluster.local"}"#
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_of_istio() {
        let r = EnvoyJson.parse(EnvoyJson.sample().as_bytes()).unwrap();
        assert_eq!(
            (r.service.as_deref(), r.stamped),
            (Some(&b"shop"[..]), At::Start)
        );
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes, q.latency_us), (503, 91, 1_002_000));
        assert_eq!(
            (q.method, q.path, q.upstream),
            (&b"POST"[..], &b"/pay"[..], &b"10.0.2.2:80"[..])
        );
        assert_eq!(
            &*q.message.unwrap().text,
            b"UF: upstream connection failure"
        );
        let well = br#"{"timestamp":"2026-03-10T13:05:01Z","response_code":"0","response_flags":"-","path":"/a"}"#;
        let Body::Request(q) = EnvoyJson.parse(well).unwrap().body else {
            panic!()
        };
        assert!(q.status == 0 && q.message.is_none());
        for other in [
            r#"{"response_flags":"UF","response_code":503}"#,
            r#"{"response_flags":"UF","start_time":"2026-03-10T13:05:01Z"}"#,
            r#"{"start_time":"2026-03-10T13:05:01Z","response_code":503}"#,
            "",
        ] {
            assert!(EnvoyJson.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..420, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = EnvoyJson.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = EnvoyJson.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
