//! OTLP logs as JSON, one export per line: `{"resourceLogs":[{"resource":…,"scopeLogs":[{"logRecords":[…]}]}]}`. A line holds several
//! records; 64-bit numbers are strings. Field names come in camel case and with underscores.

use crate::format::leaf;
use crate::record::{Body, Level, Message, Record};
use crate::time::{Stamp, stamp};
use serde_json::Value;
use std::borrow::Cow;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let begins = |s: &[u8]| line.starts_with(s);
    if !begins(b"{\"resourceLogs\"") && !begins(b"{\"resource_logs\"") {
        return None;
    }
    let whole: Value = serde_json::from_slice(line).ok()?;
    let mut records = Vec::new();
    for r in list(&whole, "resourceLogs", "resource_logs") {
        let resource = &r["resource"]["attributes"];
        for scope in list(r, "scopeLogs", "scope_logs") {
            for record in list(scope, "logRecords", "log_records") {
                records.push(record_of(record, resource));
            }
        }
    }
    Some(Record::new(None, Body::Several(records)))
}

/// The list under either spelling.
fn list<'v>(v: &'v Value, camel: &str, snake: &str) -> &'v [Value] {
    either(v, camel, snake)
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn either<'v>(v: &'v Value, camel: &str, snake: &str) -> &'v Value {
    match &v[camel] {
        Value::Null => &v[snake],
        found => found,
    }
}

/// The text of a typed value (`{"stringValue":"x"}`, `{"intValue":"502"}`); other kinds as JSON.
fn text(v: &Value) -> Option<String> {
    let Value::Object(o) = v else {
        return v.as_str().map(str::to_owned);
    };
    let (_, inner) = o.iter().next()?;
    Some(match inner {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    })
}

/// The value of an attribute.
fn attribute(list: &Value, keys: &[&str]) -> Option<String> {
    let all = list.as_array()?;
    keys.iter().find_map(|key| {
        let found = all.iter().find(|a| a["key"] == **key)?;
        text(&found["value"])
    })
}

/// Nanoseconds since 1970, as string or number; 0 is no time.
fn time(v: &Value) -> Option<Stamp> {
    match v {
        Value::String(s) => stamp::whole(s.as_bytes()),
        Value::Number(n) => stamp::whole(n.to_string().as_bytes()),
        _ => None,
    }
}

/// Severity numbers of the log data model: four to a level.
fn level(number: Option<u64>, word: Option<&str>) -> Level {
    match number {
        Some(1..=4) => Level::Trace,
        Some(5..=8) => Level::Debug,
        Some(9..=12) => Level::Info,
        Some(13..=16) => Level::Warn,
        Some(17..=20) => Level::Error,
        Some(21..=24) => Level::Fatal,
        _ => word
            .and_then(|w| Level::from_word(w.as_bytes()))
            .unwrap_or(Level::Info),
    }
}

fn record_of(r: &Value, resource: &Value) -> Record<'static> {
    let stamp = time(either(r, "timeUnixNano", "time_unix_nano"))
        .or_else(|| time(either(r, "observedTimeUnixNano", "observed_time_unix_nano")));
    let number = either(r, "severityNumber", "severity_number").as_u64();
    let word = either(r, "severityText", "severity_text").as_str();
    let own = &r["attributes"];
    let bytes = |s: String| Cow::Owned(s.into_bytes());
    let mut m = Message::new(level(number, word), b"");
    m.text = bytes(text(&r["body"]).unwrap_or_default());
    m.error = attribute(own, &["exception.message", "exception.type"]).map(bytes);
    m.status = attribute(own, &["http.response.status_code", "http.status_code"])
        .and_then(|s| leaf::status(s.as_bytes()))
        .unwrap_or(0);
    let of = |keys: &[&str]| {
        attribute(resource, keys)
            .filter(|s| s.len() <= 128)
            .map(bytes)
    };
    Record {
        host: of(&["host.name", "k8s.pod.name"]),
        service: of(&["service.name"]),
        version: of(&["service.version", "container.image.tag"]),
        ..Record::new(stamp, Body::Message(m))
    }
}
