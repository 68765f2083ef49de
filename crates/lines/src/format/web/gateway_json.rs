//! Access lines of API gateways as JSON: Kong and APISIX, whose request and response are objects, and Akamai's DataStream.
//! All stamp the start of the request; latencies are milliseconds.

use super::aws_alb::path_of;
use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::record::{At, Body, Kind, Record, Request};
use std::borrow::Cow;

/// Access lines of API gateways.
pub struct GatewayJson;

impl Format for GatewayJson {
    fn name(&self) -> &str {
        "API gateway JSON"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access lines of Kong, APISIX and Akamai DataStream as JSON"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut e = Entry::default();
        e.request.latency_us = -1;
        fields(line, |key, v| {
            match v {
                Value::Object(o) => e.object(key, o),
                v => e.field(key, v.text().unwrap_or_default()),
            }
            true
        })?;
        if !e.is_gateway {
            return None;
        }
        e.request.status = e.status?;
        Some(Record {
            stamped: At::Start,
            service: e.service.filter(|s| !s.is_empty()).map(Cow::Borrowed),
            ..Record::new(Some(e.time.0?), Body::Request(e.request))
        })
    }
    fn sample(&self) -> &str {
        r#"{"response":{"size":93,"status":503},"request":{"method":"GET","size":1,"uri":"/pay","url":"http://api.example.com:8000/pay"},"client_ip":"203.0.113.9","started_at":1773147900123,"latencies":{"request":515,"kong":58,"proxy":457},"service":{"name":"shop"},"route":{"name":"pay"}}"#
    }
}

#[derive(Default)]
struct Entry<'a> {
    request: Request<'a>,
    status: Option<u16>,
    time: Time,
    service: Option<&'a [u8]>,
    /// A name was there that only gateways use.
    is_gateway: bool,
}

/// Calls `f` with the texts of an object.
fn texts<'a>(object: &'a [u8], mut f: impl FnMut(&'a [u8], &'a [u8])) {
    let _ = fields(object, |key, v| {
        if let Some(v) = v.text() {
            f(key, v);
        }
        true
    });
}

impl<'a> Entry<'a> {
    fn object(&mut self, key: &[u8], o: &'a [u8]) {
        let r = &mut self.request;
        match key {
            b"response" => texts(o, |k, v| match k {
                b"status" => self.status = leaf::status(v),
                b"size" => r.bytes = leaf::uint(v).unwrap_or(0),
                _ => {}
            }),
            b"request" => texts(o, |k, v| match k {
                b"method" => r.method = v,
                b"uri" => r.path = v,
                b"url" if r.path.is_empty() => r.path = path_of(v),
                b"id" => r.id = v,
                _ => {}
            }),
            b"latencies" => texts(o, |k, v| {
                if k == b"request" {
                    r.latency_us = leaf::decimal_us(v, Unit::Milli).unwrap_or(-1);
                }
            }),
            b"service" => texts(o, |k, v| {
                if k == b"name" {
                    self.service = Some(v);
                }
            }),
            _ => {}
        }
    }

    fn field(&mut self, key: &[u8], v: &'a [u8]) {
        let r = &mut self.request;
        match key {
            b"started_at" | b"start_time" | b"reqTimeSec" => {
                self.is_gateway = true;
                self.time.take(v);
            }
            b"latency" | b"turnAroundTimeMSec" => {
                r.latency_us = leaf::decimal_us(v, Unit::Milli).unwrap_or(-1);
            }
            b"client_ip" | b"cliIP" => r.client = v,
            b"upstream" => r.upstream = v,
            b"service_id" | b"reqHost" => self.service = self.service.or(Some(v)),
            b"statusCode" => self.status = leaf::status(v),
            b"reqMethod" => r.method = v,
            b"reqPath" => r.path = v,
            b"reqId" => r.id = v,
            b"UA" => r.agent = v,
            b"bytes" => r.bytes = leaf::uint(v).unwrap_or(0),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<(Request<'_>, String)> {
        let r = GatewayJson.parse(line.as_bytes())?;
        assert_eq!(r.stamp.unwrap().wall_us, 1_773_147_900_123_000);
        let service = String::from_utf8_lossy(&r.service.unwrap_or_default()).into_owned();
        match r.body {
            Body::Request(q) => Some((q, service)),
            _ => None,
        }
    }

    #[test]
    fn gateways() {
        for (line, service, us) in [
            (GatewayJson.sample(), "shop", 515_000),
            (
                r#"{"response":{"status":503,"headers":{},"size":118},"server":{"hostname":"h","version":"3.2.0"},"service_id":"shop","request":{"querystring":{},"size":88,"uri":"/pay","url":"http://127.0.0.1:9080/pay","method":"GET"},"upstream":"127.0.0.1:1980","apisix_latency":3,"latency":100.5,"client_ip":"203.0.113.9","start_time":1773147900123,"route_id":"1"}"#,
                "shop",
                100_500,
            ),
            (
                r#"{"version":"2","cp":"1","reqId":"1239f220","reqTimeSec":"1773147900.123","bytes":"4995","cliIP":"203.0.113.9","statusCode":"503","reqHost":"shop","reqMethod":"GET","reqPath":"/pay","turnAroundTimeMSec":"11"}"#,
                "shop",
                11_000,
            ),
        ] {
            let (q, s) = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (q.status, q.latency_us, s.as_str()),
                (503, us, service),
                "{line}"
            );
            assert_eq!(
                (q.method, q.path, q.client),
                (&b"GET"[..], &b"/pay"[..], &b"203.0.113.9"[..]),
                "{line}"
            );
        }
        for other in [
            r#"{"response":{"status":503},"request":{"method":"GET"},"time":1773147900123}"#,
            r#"{"started_at":1773147900123,"status":"done"}"#,
            "{}",
            "",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..280, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = GatewayJson.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = GatewayJson.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
