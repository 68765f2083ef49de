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
