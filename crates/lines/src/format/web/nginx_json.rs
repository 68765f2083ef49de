//! JSON access lines, known by what they hold and not by their key set: a status, a time and a request.
//! A line that also has a level is an application's and left to it. Fields are found in one walk, nothing is remembered.

use crate::format::flat_json::{Value, fields};
use crate::format::line_features::Signs;
use crate::format::request_fields::Taken;
use crate::format::synonym::Field;
use crate::format::{Format, Meta};
use crate::record::{At, Record};

/// JSON access log of a web server.
pub struct NginxJson;

impl Format for NginxJson {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "JSON access log",
            "one JSON object per request with a status, a time and a request under any of their usual names, or under keys whose values show it",
        )
        .begins(b"{", Signs::NONE)
        .sample(r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","method":"GET","uri":"/cart?id=1","status":200,"bytes":1234,"request_time":0.002,"upstream_addr":"10.0.0.2:80","upstream_status":"200"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut taken = Taken::default();
        fields(line, |key, value| match value {
            Value::Str(v) | Value::Num(v) | Value::Bare(v) => {
                !matches!(taken.take(key, v), Some(Field::Level))
            }
            // A slot left empty still says that the writer means a request.
            Value::Empty | Value::Null => {
                taken.note(key);
                !taken.has_level
            }
            _ => true,
        })?;
        if !taken.has_status || taken.has_level || taken.stamp.is_none() || !taken.has_request {
            return None;
        }
        Some(taken.into_record(At::End))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Body, Request};

    fn read(line: &str) -> Option<Request<'_>> {
        match NginxJson.parse(line.as_bytes())?.body {
            Body::Request(r) => Some(r),
            _ => None,
        }
    }

    #[test]
    fn names_of_ones_own_and_quoted_numbers() {
        let line = r#"{"ts":1719497423.471,"client":"203.0.113.48","request":"GET /login?u=1 HTTP/1.1","status":"502","rt":"0.801","up":"10.20.0.12:8080","upst":"502","host":"web"}"#;
        let r = read(line).unwrap();
        assert_eq!((r.status, r.latency_us), (502, 801_000));
        assert_eq!((r.method, r.path), (&b"GET"[..], &b"/login?u=1"[..]));
        assert_eq!(
            (r.upstream, r.upstream_status),
            (&b"10.20.0.12:8080"[..], &b"502"[..])
        );
        let record = NginxJson.parse(line.as_bytes()).unwrap();
        assert_eq!(record.stamp.unwrap().wall_us, 1_719_497_423_471_000);
        assert_eq!(record.service.as_deref(), Some(&b"web"[..]));
    }

    #[test]
    fn invalid_json_as_nginx_writes_it() {
        let r = read(r#"{"time":"2026-03-10T13:05:02+00:00","uri":"/q?x=\x22a\x22","status":500,"urt":0.010, 0.002,"rt":,"upstream":"10.0.0.1:1, 10.0.0.2:2"}"#).unwrap();
        assert_eq!((r.status, r.latency_us), (500, -1));
        assert_eq!(r.upstream, b"10.0.0.1:1, 10.0.0.2:2");
        assert!(
            read(r#"{"time":"2026-03-10T13:05:02+00:00","uri":,"status":400,"rt":-}"#).is_some()
        );
    }

    #[test]
    fn what_belongs_to_others() {
        for line in [
            r#"{"time":"2026-03-10T13:05:02+00:00","level":"INFO","message":"GET /x 200","status":200,"path":"/x"}"#,
            r#"{"time":"2026-03-10T13:05:02+00:00","status":200,"path":"/x","severity":"error"}"#,
            r#"{"time":"2026-03-10T13:05:02+00:00","status":"firing","path":"/x"}"#,
            r#"{"time":"2026-03-10T13:05:02+00:00","status":200}"#,
            r#"{"status":200,"path":"/x"}"#,
            "{",
            "",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
