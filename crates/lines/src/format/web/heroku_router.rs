//! Heroku's router, behind the head of logplex: `at=error code=H12 desc="Request timeout" method=GET path="/x" … status=503`.
//! The code says why the router answered for the application.

use crate::format::leaf::Unit;
use crate::format::pairs::pairs;
use crate::format::request_fields::Taken;
use crate::format::synonym::Field;
use crate::record::{At, Level, Message, Record};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !(line.starts_with(b"at=") || line.starts_with(b"sock=")) {
        return None;
    }
    let mut taken = Taken::default();
    let (mut code, mut why): (&[u8], &[u8]) = (b"", b"");
    pairs(line, |key, v, _| match key {
        b"fwd" => taken.take_as(Field::Client, v),
        b"dyno" => taken.request.upstream = v,
        b"service" => taken.take_as(Field::Latency(Some(Unit::Milli)), v),
        b"desc" => why = v,
        b"code" => code = v,
        key => drop(taken.take(key, v)),
    })?;
    let r = &mut taken.request;
    if !taken.has_status || r.method.is_empty() || r.path.is_empty() {
        return None;
    }
    if !code.is_empty() {
        r.message = Some(Message::new(Level::Error, [code, b": ", why].concat()));
    }
    Some(taken.into_record(At::End))
}
