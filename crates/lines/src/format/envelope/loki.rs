//! Grafana Loki: lines of `logcli -o jsonl`, and the values of a query's streams (a record of the document with its labels).

use super::{Envelope, Inside, Outer, Peeled, name, string, time};
use crate::format::flat_json::{Value, begins_with, fields};
use crate::time::stamp;

/// Entries of Loki.
pub static LOKI: Envelope = Envelope {
    name: "Loki",
    about: "Grafana Loki: what logcli prints, -o jsonl, and the streams of a query",
    sample: r#"{"labels":{"app":"shop"},"line":"level=error msg=\"x\" status=500","timestamp":"2026-03-10T14:05:03.000000001+01:00"}"#,
    begins: b"{0-9",
    peel,
    ..Envelope::PLAIN
};

fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let mut outer = Outer::new(None, Inside::Bare);
    let mut text = None;
    if begins_with(line, b"@value") {
        fields(line, |key, v| {
            match (key, v) {
                (b"@value", Value::Array(list)) => {
                    let pair = pair(list);
                    outer.stamp = pair.and_then(|(t, _)| time(Value::Str(t)));
                    text = pair.and_then(|(_, l)| string(Value::Str(l)));
                }
                (b"@in", Value::Object(o)) => {
                    let _ = fields(o, |k, v| {
                        if let (b"stream", Value::Object(l)) = (k, v) {
                            labels(l, &mut outer);
                        }
                        true
                    });
                }
                _ => {}
            }
            true
        })?;
    } else if begins_with(line, b"labels") {
        fields(line, |key, v| {
            match (key, v) {
                (b"labels", Value::Object(l)) => labels(l, &mut outer),
                (b"line", v) => text = string(v),
                (b"timestamp", v) => outer.stamp = time(v),
                _ => {}
            }
            true
        })?;
    }
    if text.is_none() {
        return printed(line);
    }
    outer.stamp?;
    Some(outer.around_text(text?))
}

/// `2026-03-10T13:05:00Z {app="shop", level="error"} text`, as `logcli` prints it.
fn printed(line: &[u8]) -> Option<Peeled<'_>> {
    if !line.first()?.is_ascii_digit() || line.get(10) != Some(&b'T') {
        return None;
    }
    // what follows the time is looked for before that is read
    memchr::memchr(b'{', &line[..line.len().min(48)])?;
    let (rest, stamp) = stamp::iso(line).ok()?;
    stamp.offset_min?;
    let mut rest = rest.strip_prefix(b" {")?;
    let mut outer = Outer::new(Some(stamp), Inside::Bare);
    loop {
        let eq = memchr::memchr(b'=', &rest[..rest.len().min(64)])?;
        let (key, behind) = (&rest[..eq], quoted(&rest[eq + 1..])?);
        let named = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
        if key.is_empty() || !key.iter().all(named) || !rest[eq + 1..].starts_with(b"\"") {
            return None;
        }
        label(key, Value::Str(behind.0), &mut outer);
        rest = match behind.1.strip_prefix(b",") {
            Some(more) => more.trim_ascii_start(),
            None => break rest_of(behind.1, outer),
        };
    }
}

/// The text behind the labels.
fn rest_of<'a>(b: &'a [u8], outer: Outer<'a>) -> Option<Peeled<'a>> {
    let text = b.strip_prefix(b"}")?.trim_ascii_start();
    Some(outer.around_text(text))
}

/// The first two strings of a list, raw.
fn pair(list: &[u8]) -> Option<(&[u8], &[u8])> {
    let (a, rest) = quoted(list.strip_prefix(b"[")?)?;
    let (b, _) = quoted(rest.trim_ascii_start().strip_prefix(b",")?)?;
    Some((a, b))
}

fn quoted(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = b.trim_ascii_start().strip_prefix(b"\"")?;
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', inner.get(at..)?)?;
        if inner[at] == b'"' {
            return Some((&inner[..at], &inner[at + 1..]));
        }
        at += 2;
    }
}

fn labels<'a>(list: &'a [u8], outer: &mut Outer<'a>) {
    let _ = fields(list, |k, v| {
        label(k, v, outer);
        true
    });
}

fn label<'a>(key: &[u8], v: Value<'a>, outer: &mut Outer<'a>) {
    match key {
        b"service_name" | b"service" | b"app" | b"container" | b"job" => {
            outer.service = outer.service.take().or(name(v));
        }
        b"pod" | b"host" | b"hostname" | b"node_name" | b"instance" => {
            outer.host = outer.host.take().or(name(v));
        }
        b"version" | b"release" => outer.version = outer.version.take().or(name(v)),
        _ => {}
    }
}
