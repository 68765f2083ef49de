//! Access entries of Azure's gateways (Application Gateway, Front Door, App Service) as diagnostic settings export them: the request
//! lies in `properties`, the time outside of it.

use super::aws_alb::path_of;
use super::server_json::Time;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::{self, Unit};
use crate::record::{Body, Kind, Level, Message, Record, Request};
use memchr::memmem;
use std::borrow::Cow;

/// Access entries of Azure.
pub struct Azure;

impl Format for Azure {
    fn name(&self) -> &str {
        "Azure access log"
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        "access entries of Azure Application Gateway, Front Door and App Service"
    }
    fn sample(&self) -> &str {
        r#"{"timeStamp":"2026-03-10T13:05:00+00:00","category":"ApplicationGatewayAccessLog","properties":{"instanceId":"gw_0","clientIP":"192.0.2.1","httpMethod":"GET","requestUri":"/cart","httpStatus":502,"sentBytes":350,"timeTaken":0.12,"host":"shop.example.com","serverRouted":"10.0.0.4:80","serverStatus":"502"}}"#
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'{'
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let known = || {
            memmem::find(line, b"\"properties\"").is_some()
                || memmem::find(line, b"\"AppServiceHTTPLogs\"").is_some()
        };
        if line.first() != Some(&b'{') || !known() {
            return None;
        }
        let mut e = Entry::default();
        e.request.latency_us = -1;
        fields(line, |key, v| {
            match (key, v) {
                (b"time" | b"timeStamp" | b"timestamp", v) => {
                    e.time.take(v.text().unwrap_or_default());
                }
                (b"TimeGenerated", v) => e.time.take(v.text().unwrap_or_default()),
                (b"category" | b"Category" | b"Type", v) => {
                    e.is_access |= v.text().is_some_and(is_access)
                }
                (b"properties", Value::Object(o)) => {
                    let _ = fields(o, |key, v| {
                        if let Some(v) = v.text() {
                            e.property(key, v);
                        }
                        true
                    });
                }
                (b"properties", Value::Str(s)) => escaped(s, |key, v| e.property(key, v)),
                // rows of Log Analytics have all at the top
                (key, v) => {
                    if let Some(v) = v.text() {
                        e.property(key, v);
                    }
                }
            }
            true
        })?;
        let stamp = e.time.0?;
        let status = e.status.filter(|_| e.is_access)?;
        e.request.status = status;
        if status >= 500 && !e.why.is_empty() && e.why != b"NoError" {
            e.request.message = Some(Message::new(Level::Error, e.why));
        }
        let mut r = Record::new(Some(stamp), Body::Request(e.request));
        r.service = (!e.host.is_empty()).then_some(Cow::Borrowed(e.host));
        Some(r)
    }
}

/// Categories of access entries: `ApplicationGatewayAccessLog`, `FrontDoorAccessLog`, `AppServiceHTTPLogs`.
fn is_access(category: &[u8]) -> bool {
    [&b"AccessLog"[..], b"HTTPLogs", b"FrontdoorAccessLog"]
        .iter()
        .any(|end| category.ends_with(end))
}

#[derive(Default)]
struct Entry<'a> {
    request: Request<'a>,
    status: Option<u16>,
    time: Time,
    why: &'a [u8],
    host: &'a [u8],
    is_access: bool,
}

impl<'a> Entry<'a> {
    fn property(&mut self, key: &[u8], v: &'a [u8]) {
        let r = &mut self.request;
        match key {
            b"httpStatus" | b"httpStatusCode" | b"ScStatus" => self.status = leaf::status(v),
            b"httpMethod" | b"CsMethod" => r.method = v,
            b"requestUri" | b"CsUriStem" => r.path = path_of(v),
            b"clientIP" | b"clientIp" | b"CIp" => r.client = leaf::without_port(v),
            b"userAgent" | b"UserAgent" => r.agent = v,
            b"sentBytes" | b"responseBytes" | b"ScBytes" => {
                r.bytes = leaf::uint(v).unwrap_or(0);
            }
            // seconds at the gateways, milliseconds at App Service
            b"timeTaken" => r.latency_us = leaf::decimal_us(v, Unit::Second).unwrap_or(-1),
            b"TimeTaken" => r.latency_us = leaf::decimal_us(v, Unit::Milli).unwrap_or(-1),
            b"serverRouted" | b"backendHostname" => r.upstream = v,
            b"trackingReference" | b"transactionId" => r.id = v,
            b"errorInfo" | b"error_info" => self.why = v,
            b"host" | b"hostName" | b"CsHost" => self.host = leaf::without_port(v),
            _ => {}
        }
    }
}

/// Calls `f` with the keys and values of a flat object that lies in a string: its quotes are `\"`. It ends where a value holds an
/// escape of its own.
fn escaped<'a>(object: &'a [u8], mut f: impl FnMut(&'a [u8], &'a [u8])) {
    let Some(mut rest) = object.strip_prefix(b"{") else {
        return;
    };
    while let Some((key, behind)) = in_quotes(rest.trim_ascii_start()) {
        let Some(b) = behind.strip_prefix(b":").map(<[u8]>::trim_ascii_start) else {
            return;
        };
        let (value, behind) = match in_quotes(b) {
            Some(x) => x,
            None => {
                let n = b.iter().position(|c| matches!(c, b',' | b'}' | b'\\'));
                b.split_at(n.unwrap_or(b.len()))
            }
        };
        f(key, value);
        match behind.strip_prefix(b",") {
            Some(next) => rest = next,
            None => return,
        }
    }
}

/// What stands between `\"` and `\"` at the start, and what follows it.
fn in_quotes(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = b.strip_prefix(b"\\\"")?;
    let n = memchr::memchr(b'\\', inner)?;
    Some((&inner[..n], inner[n..].strip_prefix(b"\\\"")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<(u16, i64, String)> {
        match Azure.parse(line.as_bytes())?.body {
            Body::Request(q) => Some((
                q.status,
                q.latency_us,
                String::from_utf8_lossy(q.path).into_owned(),
            )),
            _ => None,
        }
    }

    #[test]
    fn gateways_and_app_service() {
        assert_eq!(read(Azure.sample()), Some((502, 120_000, "/cart".into())));
        let front = r#"{"time":"2026-03-10T13:05:00.1Z","category":"FrontDoorAccessLog","properties":{"trackingReference":"x","httpMethod":"GET","requestUri":"https://shop.example.com:443/a?b=1","httpStatusCode":"503","timeTaken":"0.05","clientIp":"192.0.2.1","errorInfo":"OriginTimeout"}}"#;
        assert_eq!(read(front), Some((503, 50_000, "/a?b=1".into())));
        let app = r#"{"time":"2026-03-10T13:05:00.1Z","category":"AppServiceHTTPLogs","properties":{"CsMethod":"GET","CsUriStem":"/x","ScStatus":500,"TimeTaken":31}}"#;
        assert_eq!(read(app), Some((500, 31_000, "/x".into())));
        let text = r#"{"time":"2026-03-10T13:05:00.1Z","properties":"{\"CsMethod\":\"GET\",\"CsUriStem\":\"/x\",\"TimeTaken\":31,\"ScStatus\":\"502\"}","category":"AppServiceHTTPLogs"}"#;
        assert_eq!(read(text), Some((502, 31_000, "/x".into())));
        let row = r#"{"TimeGenerated":"2026-03-10T13:05:00.1Z","Type":"AppServiceHTTPLogs","CsMethod":"GET","CsUriStem":"/x","TimeTaken":31,"ScStatus":502}"#;
        assert_eq!(read(row), Some((502, 31_000, "/x".into())));
        for other in [
            r#"{"time":"2026-03-10T13:05:00Z","category":"Administrative","properties":{"httpStatus":500}}"#,
            r#"{"category":"FrontDoorAccessLog","properties":{"httpStatus":500}}"#,
            r#"{"time":"2026-03-10T13:05:00Z","properties":{"httpStatus":500}}"#,
            "{",
            "",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(cut in 0usize..300, put in "[\"{}:,a-z0-9]{0,8}") {
            let s = Azure.sample();
            let cut = cut.min(s.len());
            let _ = Azure.parse(format!("{}{put}{}", &s[..cut], &s[cut..]).as_bytes());
            escaped(put.as_bytes(), |_, _| {});
        }

        #[test]
        fn no_string_panics(s in r#"\{?(\\"|[a-z:,{}1]){0,40}"#) {
            escaped(s.as_bytes(), |_, _| {});
        }
    }
}
