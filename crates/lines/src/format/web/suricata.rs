//! Suricata's EVE events of kind `http`: requests as the network showed them, stamped at their end.

use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf;
use crate::record::{Body, Kind, Record, Request};
use memchr::memmem;
use std::borrow::Cow;

/// Requests among the events of Suricata.
pub struct Suricata;

impl Format for Suricata {
    fn name(&self) -> &str {
        "Suricata HTTP"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "HTTP events of Suricata's EVE log"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') || memmem::find(line, b"\"event_type\"").is_none() {
            return None;
        }
        let mut time = Time::default();
        let (mut is_http, mut host) = (false, &b""[..]);
        let mut r = Request {
            latency_us: -1,
            ..Request::default()
        };
        fields(line, |key, v| {
            match (key, v) {
                (b"timestamp", Value::Str(s)) => time.take(s),
                (b"event_type", v) => is_http = v.text() == Some(b"http"),
                (b"src_ip", Value::Str(s)) => r.client = s,
                (b"http", Value::Object(o)) => {
                    let _ = fields(o, |key, v| {
                        let Some(v) = v.text() else { return true };
                        match key {
                            b"hostname" => host = v,
                            b"url" => r.path = v,
                            b"http_method" => r.method = v,
                            b"http_user_agent" => r.agent = v,
                            b"status" => r.status = leaf::status(v).unwrap_or(0),
                            b"length" => r.bytes = leaf::uint(v).unwrap_or(0),
                            _ => {}
                        }
                        true
                    });
                }
                _ => {}
            }
            true
        })?;
        let stamp = time.0.filter(|_| is_http && !r.method.is_empty())?;
        let mut record = Record::new(Some(stamp), Body::Request(r));
        record.service = (!host.is_empty()).then(|| Cow::Borrowed(leaf::without_port(host)));
        Some(record)
    }
    fn sample(&self) -> &str {
        r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","flow_id":1,"event_type":"http","src_ip":"203.0.113.7","src_port":51234,"dest_ip":"10.0.0.1","dest_port":80,"proto":"TCP","tx_id":0,"http":{"hostname":"shop.example.com","url":"/cart","http_user_agent":"curl/8.5","http_method":"GET","protocol":"HTTP/1.1","status":502,"length":157}}"#
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp;
    use proptest::prelude::*;

    #[test]
    fn requests_and_other_events() {
        let r = Suricata.parse(Suricata.sample().as_bytes()).unwrap();
        assert_eq!(r.stamp, stamp::whole(b"2026-03-10T13:05:00.123456+01:00"));
        assert_eq!(r.service.as_deref(), Some(&b"shop.example.com"[..]));
        let Body::Request(q) = r.body else { panic!() };
        assert_eq!((q.status, q.bytes), (502, 157));
        assert_eq!((q.method, q.path), (&b"GET"[..], &b"/cart"[..]));
        for other in [
            r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","event_type":"alert","http":{"http_method":"GET","status":502}}"#,
            r#"{"timestamp":"2026-03-10T13:05:00.123456+0100","event_type":"http","http":{}}"#,
            r#"{"event_type":"http","http":{"http_method":"GET"}}"#,
            "{",
            "",
        ] {
            assert!(Suricata.parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(cut in 0usize..300, put in "[\"{}:,a-z0-9]{0,8}") {
            let s = Suricata.sample();
            let cut = cut.min(s.len());
            let _ = Suricata.parse(format!("{}{put}{}", &s[..cut], &s[cut..]).as_bytes());
        }
    }
}
