//! JSON lines of applications: pino, bunyan, winston, zap, logrus, slog, structlog, python-json-logger, loguru, Logstash
//! encoder, ECS, Serilog, GCP, MongoDB and home-made ones, all through one table of names.
//! Access lines (no level, no message) and what pagers send are other formats'.

use super::fields::Fields;
use crate::format::flat_json::{Value, fields};
use crate::format::leaf::quoted;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Level, Record};
use crate::time::Stamp;
use std::borrow::Cow;

/// The JSON lines of applications.
pub struct Json;

/// Objects that are looked into. `record` (loguru) and `http` (ECS) hold objects of their own.
const NESTED: &[&[u8]] = &[
    b"err",
    b"error",
    b"exception",
    b"host",
    b"kubernetes",
    b"service",
    b"serviceContext",
    b"log",
    b"trace",
    b"t",
    b"level",
    b"time",
    b"timestamp",
    b"instant",
    b"res",
    b"response",
    b"req",
    b"request",
    b"http",
    b"httpRequest",
    b"attr",
    b"fields",
    b"resp_headers",
    b"response_headers",
];

/// Takes the fields of a nested object; `depth` bounds how far objects in objects are followed.
fn nested<'a>(f: &mut Fields<'a>, parent: &[u8], object: &'a [u8], depth: u8) {
    let (mut seconds, mut nanos): (&[u8], &[u8]) = (b"", b"0");
    let _ = fields(object, |key, v| {
        match v {
            Value::Object(o) if depth > 0 && NESTED.contains(&key) => nested(f, key, o, depth - 1),
            v => {
                // headers have lists of values
                let Some(text) = v.text().or_else(|| first_of(v)) else {
                    return true;
                };
                match (parent, key) {
                    (b"timestamp", b"seconds") | (b"instant", b"epochSecond") => seconds = text,
                    (b"timestamp", b"nanos") | (b"instant", b"nanoOfSecond") => nanos = text,
                    _ => {
                        f.take(parent, key, text);
                    }
                }
            }
        }
        true
    });
    if !seconds.is_empty() {
        f.epoch_parts(seconds, nanos);
    }
}

/// The first string of a list.
fn first_of(v: Value<'_>) -> Option<&[u8]> {
    let Value::Array(a) = v else { return None };
    let inner = a.strip_prefix(b"[")?.trim_ascii_start();
    let (_, first) = quoted(inner).ok()?;
    Some(first)
}

/// The record of a line of zap's console encoder: what stands before its fields is known already.
pub(super) fn console<'a>(
    stamp: Stamp,
    level: Level,
    logger: &'a [u8],
    text: &'a [u8],
    object: &'a [u8],
) -> Record<'a> {
    let mut f = Fields::default();
    f.begun(stamp, level);
    f.take(b"", b"logger", logger);
    f.take(b"", b"msg", text);
    if !object.is_empty() {
        nested(&mut f, b"", object, 1);
    }
    f.into_record(|| Cow::Borrowed(b""))
}

/// Whether fields make a line of an application.
#[inline]
pub(crate) fn is_line(f: &Fields<'_>, line: &[u8]) -> bool {
    let message = f.has_text(!f.has_level()) && f.has_time();
    let understood = f.has_level() && (f.has_text(false) || f.is_request() || f.has_time());
    // Serilog leaves the level out where it is Information; its template stands for the message.
    let template = f.has_time() && line.starts_with(b"{\"@t\"");
    message || understood || template
}

impl Format for Json {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "JSON lines",
            "application logs, one JSON object per line (pino, zap, structlog, Logstash, ECS, Serilog, …)",
        )
        .begins(b"{", Signs::NONE)
        .sample(r#"{"timestamp":"2026-11-20T06:33:21.000+0000","level":"ERROR","logger":"shop.web","host":"web-1","message":"payment failed"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.first() != Some(&b'{') {
            return None;
        }
        let mut f = Fields::default();
        fields(line, |key, v| {
            match v {
                // loguru, and Logstash's first layout
                Value::Object(o) if matches!(key, b"record" | b"@fields") => {
                    nested(&mut f, b"", o, 1);
                }
                Value::Object(o) if NESTED.contains(&key) => nested(&mut f, key, o, 1),
                v => {
                    if let Some(text) = v.text() {
                        f.take(b"", key, text);
                    }
                }
            }
            true
        })?;
        is_line(&f, line).then(|| f.into_record(|| Cow::Borrowed(b"")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;

    fn message(line: &str) -> Option<(Level, String, String)> {
        let r = Json.parse(line.as_bytes())?;
        let m = match r.body {
            Body::Message(m) => m,
            Body::Request(q) => q.message?,
            _ => return None,
        };
        let t = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        Some((
            m.level,
            t(&m.text),
            m.error.map_or(String::new(), |e| t(&e)),
        ))
    }

    #[test]
    fn writers() {
        use Level::*;
        for (line, level, text, error) in [
            (
                r#"{"level":50,"time":1795156624724,"pid":1,"hostname":"web01","err":{"type":"Error","message":"x","stack":"Error: connect ECONNREFUSED 10.0.0.5:5432\n    at f (a.js:1)"},"msg":"failed"}"#,
                Error,
                "failed",
                "Error: connect ECONNREFUSED 10.0.0.5:5432",
            ),
            (
                r#"{"name":"shop","level":30,"msg":"start","time":"2026-11-20T06:37:04.736Z","v":0}"#,
                Info,
                "start",
                "",
            ),
            (
                r#"{"status": 502, "event": "upstream failed", "level": "error", "timestamp": "2026-11-20T06:37:04.498682Z"}"#,
                Error,
                "upstream failed",
                "",
            ),
            (
                r#"{"asctime": "2026-11-20 06:37:04,497", "levelname": "ERROR", "name": "shop", "message": "div", "exc_info": "Traceback (most recent call last):\n  File \"/a.py\", line 1\nZeroDivisionError: division by zero"}"#,
                Error,
                "div",
                "ZeroDivisionError: division by zero",
            ),
            (
                r#"{"text": "x | y\n", "record": {"exception": null, "level": {"name": "ERROR", "no": 40}, "message": "bad", "name": "__main__", "time": {"repr": "x", "timestamp": 1795156624.52}}}"#,
                Error,
                "bad",
                "",
            ),
            (
                r#"{"@timestamp":"2026-11-20T06:37:04.498Z","log.level":"error","message":"payment failed","log":{"logger":"shop","original":"no"},"error":{"type":"KeyError","message":"'k'","stack_trace":"  File \"a\"\n"}}"#,
                Error,
                "payment failed",
                "File \"a\"",
            ),
            (
                r#"{"level":"error","ts":1773147900.000001,"msg":"request failed","error":"upstream reset","stacktrace":"main.f\n\t/x.go:1"}"#,
                Error,
                "request failed",
                "upstream reset",
            ),
            (
                r#"{"@t":"2026-03-10T13:05:00.0000001Z","@mt":"HTTP {Path}","@l":"Error","@x":"System.TimeoutException: The operation has timed out.\n   at Shop.Pay()"}"#,
                Error,
                "HTTP {Path}",
                "System.TimeoutException: The operation has timed out.",
            ),
            (
                r#"{"timestamp":"2026-03-10T13:05:00.123456Z","level":"ERROR","fields":{"message":"request failed","error":"upstream reset"},"target":"shop::pay"}"#,
                Error,
                "request failed",
                "upstream reset",
            ),
            (
                r#"{"L":"ERROR","T":"2026-03-10T13:05:00.123Z","C":"x.go:1","M":"request failed","error":"upstream reset"}"#,
                Error,
                "request failed",
                "upstream reset",
            ),
            (
                r#"{"EventTime":"2026-03-10T13:05:00Z","Hostname":"web1","Severity":"ERROR","SourceName":"Shop","Message":"it stopped"}"#,
                Error,
                "it stopped",
                "",
            ),
            (
                r#"{"severity":"NOTICE","timestamp":{"seconds":1773147901,"nanos":5000000},"message":"x"}"#,
                Info,
                "x",
                "",
            ),
            (
                r#"{"t":{"$date":"2026-03-10T13:05:00.123+00:00"},"s":"E",  "c":"STORAGE",  "id":22435,"ctx":"conn12","msg":"WiredTiger error","attr":{"error":28,"message":"No space left on device"}}"#,
                Error,
                "WiredTiger error",
                "No space left on device",
            ),
            (
                r#"{"time":"2026-03-10T13:05:00Z","message":"a \"b\"\tc"}"#,
                Info,
                "a \"b\"\tc",
                "",
            ),
        ] {
            assert_eq!(
                message(line),
                Some((level, text.into(), error.into())),
                "{line}"
            );
            assert!(
                Json.parse(line.as_bytes()).unwrap().stamp.is_some(),
                "{line}"
            );
        }
    }

    #[test]
    fn who_and_what() {
        let line = br#"{"timestamp": "2024-06-18T07:40:10.184+0000", "level": "INFO", "logger": "orders.web", "host": "ord-a", "message": "orders starting", "version": "2.14.0"}"#;
        let r = Json.parse(line).unwrap();
        assert_eq!(r.host.as_deref(), Some(&b"ord-a"[..]));
        assert_eq!(r.service.as_deref(), Some(&b"orders"[..]));
        assert_eq!(r.version.as_deref(), Some(&b"2.14.0"[..]));
        let line = br#"{"severity":"ERROR","time":"2026-03-10T13:05:00.123Z","message":"boom","serviceContext":{"service":"shop","version":"4.2.0"},"host":{"name":"n1"}}"#;
        let r = Json.parse(line).unwrap();
        assert_eq!(r.host.as_deref(), Some(&b"n1"[..]));
        assert_eq!(r.service.as_deref(), Some(&b"shop"[..]));
        assert_eq!(r.version.as_deref(), Some(&b"4.2.0"[..]));
    }

    #[test]
    fn requests_of_applications() {
        for line in [
            &br#"{"timestamp": "2023-12-08T16:00:16.476+0000", "level": "INFO", "logger": "store.web", "message": "GET /products/24 200 13ms", "method": "GET", "path": "/products/24", "status": 200, "ms": 13}"#[..],
            br#"{"level":30,"time":1724058909672,"msg":"request completed","req":{"method":"GET","url":"/products/24"},"res":{"statusCode":200},"responseTime":13}"#,
            br#"{"ts":"2023-12-08T16:00:16.476Z","lvl":"info","msg":"GET /products/24 200 13ms"}"#,
        ] {
            let r = Json.parse(line).unwrap();
            let Body::Request(q) = r.body else { panic!("{}", String::from_utf8_lossy(line)) };
            assert_eq!(
                (q.status, q.method, q.path, q.latency_us, q.by_app),
                (200, &b"GET"[..], &b"/products/24"[..], 13_000, true)
            );
            assert!(q.message.is_some());
        }
    }

    #[test]
    fn an_answered_call_needs_no_path() {
        let request = |msg: &str, latency: &str| {
            let line = format!(
                r#"{{"time":"2023-09-23T02:06:23.000Z","level":"info","service":"mail","version":"v1","msg":"{msg}","status":200{latency}}}"#
            );
            matches!(Json.parse(line.as_bytes()).unwrap().body, Body::Request(_))
        };
        assert!(request("request", r#","latency_ms":0.6"#));
        assert!(request("request failed", r#","latency_ms":0.6"#));
        assert!(request("call", r#","latency_ms":0.6"#));
        assert!(!request("request", ""));
        assert!(!request("callback", r#","latency_ms":0.6"#));
        assert!(!request(
            "request to payments failed",
            r#","latency_ms":0.6"#
        ));
    }

    #[test]
    fn a_server_is_no_application_and_its_fault_lines_are_no_requests() {
        let body = |logger: &str| {
            let line = format!(
                r#"{{"level":"error","ts":1795156398.56,"logger":"{logger}","msg":"x","request":{{"method":"GET","uri":"/a"}},"duration":0.25,"status":502}}"#
            );
            match Json.parse(line.as_bytes()).unwrap().body {
                Body::Request(q) => Some((q.by_app, q.status, q.latency_us)),
                _ => None,
            }
        };
        assert_eq!(body("http.log.access.log0"), Some((false, 502, 250_000)));
        assert_eq!(body("http.log.error"), None);
        assert_eq!(body("shop.web"), Some((true, 502, 250_000)));
        let pg = Json
            .parse(br#"{"timestamp":"2026-11-20 06:34:12.368 UTC","error_severity":"ERROR","state_code":"42P01","message":"relation missing"}"#)
            .unwrap();
        assert_eq!(pg.service.as_deref(), Some(&b"postgresql"[..]));
        assert!(matches!(pg.body, Body::Message(m) if m.level == Level::Error));
    }

    #[test]
    fn what_is_no_application_line() {
        for l in [
            r#"{"time":"2024-01-22T08:30:17+00:00","remote_addr":"203.0.113.208","method":"GET","uri":"/","status":200}"#,
            r#"{"ts":1719497423.417,"client":"203.0.113.48","request":"POST /login HTTP/1.1","status":"200"}"#,
            r#"{"a":1}"#,
            r#"{"level":"info""#,
            "[1]",
            "",
        ] {
            assert_eq!(message(l), None, "{l}");
        }
    }
}
