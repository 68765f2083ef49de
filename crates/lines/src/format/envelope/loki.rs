//! Grafana Loki: lines of `logcli -o jsonl`, and the values of a query's streams (a record of the document with its labels).

use super::{Inside, Outer, Peeled, name, string, time};
use crate::format::flat_json::{Value, begins_with, each};
use crate::format::leaf::{Parser, multispace0, preceded, quoted, separated_pair, tag};
use crate::time::stamp;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let mut outer = Outer::new(None, Inside::Bare);
    let mut text = None;
    if begins_with(line, b"@value") {
        each(line, |key, v| match (key, v) {
            (b"@value", Value::Array(list)) => {
                let pair = pair(list);
                outer.stamp = pair.and_then(|(t, _)| time(Value::Str(t)));
                text = pair.and_then(|(_, l)| string(Value::Str(l)));
            }
            (b"@in", Value::Object(o)) => {
                each(o, |k, v| {
                    if let (b"stream", Value::Object(l)) = (k, v) {
                        labels(l, &mut outer);
                    }
                });
            }
            _ => {}
        })?;
    } else if begins_with(line, b"labels") {
        each(line, |key, v| match (key, v) {
            (b"labels", Value::Object(l)) => labels(l, &mut outer),
            (b"line", v) => text = string(v),
            (b"timestamp", v) => outer.stamp = time(v),
            _ => {}
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
        let (key, (behind, value)) = (&rest[..eq], quoted(&rest[eq + 1..]).ok()?);
        let named = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
        if key.is_empty() || !key.iter().all(named) {
            return None;
        }
        label(key, Value::Str(value), &mut outer);
        let Some(more) = behind.strip_prefix(b",") else {
            let text = behind.strip_prefix(b"}")?.trim_ascii_start();
            return Some(outer.around_text(text));
        };
        rest = more.trim_ascii_start();
    }
}

/// The first two strings of a list, raw.
fn pair(list: &[u8]) -> Option<(&[u8], &[u8])> {
    let string = || preceded(multispace0, quoted);
    let mut pair = separated_pair(string(), (multispace0, tag(",")), string());
    Some(pair.parse(list.strip_prefix(b"[")?).ok()?.1)
}

fn labels<'a>(list: &'a [u8], outer: &mut Outer<'a>) {
    each(list, |k, v| label(k, v, outer));
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
