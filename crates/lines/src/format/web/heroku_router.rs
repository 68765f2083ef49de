//! Heroku's router, behind the head of logplex: `at=error code=H12 desc="Request timeout" method=GET path="/x" … status=503`.
//! The code says why the router answered for the application.

use crate::format::leaf::{self, Unit};
use crate::format::pairs::pairs;
use crate::record::{Body, Level, Message, Record, Request};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !(line.starts_with(b"at=") || line.starts_with(b"sock=")) {
        return None;
    }
    let mut r = Request {
        latency_us: -1,
        ..Request::default()
    };
    let (mut host, mut status, mut why): (&[u8], _, &[u8]) = (b"", None, b"");
    let mut code: &[u8] = b"";
    pairs(line, |key, v, _| match key {
        b"method" => r.method = v,
        b"path" => r.path = v,
        b"host" => host = v,
        b"request_id" => r.id = v,
        b"fwd" => r.client = leaf::list(v).next().unwrap_or_default(),
        b"dyno" => r.upstream = v,
        b"service" => {
            let ms = leaf::with_unit(v).and_then(|(n, u)| leaf::decimal_us(n, u));
            r.latency_us = ms
                .or_else(|| leaf::decimal_us(v, Unit::Milli))
                .unwrap_or(-1);
        }
        b"status" => status = leaf::status(v),
        b"bytes" => r.bytes = leaf::uint(v).unwrap_or(0),
        b"desc" => why = v,
        b"code" => code = v,
        _ => {}
    })?;
    if r.method.is_empty() || r.path.is_empty() {
        return None;
    }
    r.status = status?;
    if !code.is_empty() {
        let text = [code, b": ", why].concat();
        r.message = Some(Message::new(Level::Error, text));
    }
    let host = Some(host).filter(|h| !h.is_empty());
    Some(Record::new(None, Body::Request(r)).of_service(host))
}
