//! CloudWatch Logs: events of `filter-log-events`, `get-log-events` and subscriptions (`{"timestamp": ms, "message": …}`), and
//! the S3 export (`TIME line`, where the line has a format of its own), and `aws logs tail` (`TIME STREAM line`).

use super::{Inside, Outer, Peeled, name, string, time, trimmed};
use crate::format::flat_json::{Value, begins_with, each};
use crate::format::leaf::find;
use crate::time::{Precision, stamp};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if line.first() == Some(&b'{') {
        return event(line);
    }
    if line.get(10) != Some(&b'T') || line.get(4) != Some(&b'-') {
        return None;
    }
    let (rest, at) = stamp::iso(line).ok()?;
    let text = rest.strip_prefix(b" ")?;
    let mut outer = Outer::new(Some(at), Inside::Whole);
    // an export: three digits and Z, then something that begins like a line of its own
    if line.get(23) == Some(&b'Z') && at.precision == Precision::Milli && begins_a_line(text) {
        return Some(outer.around_text(text));
    }
    let (stream, text) = text.split_at(memchr::memchr(b' ', &text[..text.len().min(512)])?);
    at.offset_min.filter(|_| is_stream(stream))?;
    outer.inside = Inside::Bare;
    outer.host = Some(Cow::Borrowed(stream));
    Some(outer.around_text(text.trim_ascii_start()))
}

/// Names of streams end in the id of a task, or of an instance of a function: `web/app/99d038c38156ef72…`,
/// `2024/05/22/[$LATEST]4f0e…`.
fn is_stream(name: &[u8]) -> bool {
    let id = name.iter().rev().take_while(|c| c.is_ascii_hexdigit());
    id.count() >= 16 && name.contains(&b'/')
}

/// An object, or an address and the fields of an access log.
fn begins_a_line(text: &[u8]) -> bool {
    match text.first() {
        Some(b'{') => text.last() == Some(&b'}'),
        Some(c) if c.is_ascii_hexdigit() => {
            crate::format::leaf::is_address(text.split(|c| *c == b' ').next().unwrap_or(text))
        }
        _ => false,
    }
}

fn event(line: &[u8]) -> Option<Peeled<'_>> {
    let has = |k: &[u8]| find(line, k).is_some();
    if !has(b"\"message\"")
        || !(has(b"\"ingestionTime\"")
            || has(b"\"logStreamName\"")
            || has(b"\"@logStream\"")
            || is_short(line))
    {
        return None;
    }
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Bare));
    let mut more = false;
    each(line, |key, v| match (key, v) {
        (b"timestamp", v @ Value::Num(_)) => outer.stamp = time(v),
        (b"message", v) => text = string(v),
        (b"logStreamName", v) => outer.host = name(v),
        (b"id", _) => {}
        _ => more = true,
    })?;
    outer.stamp?;
    // others have an id, a time and a message too, and more
    if more && is_short(line) {
        return None;
    }
    Some(outer.around_text(trimmed(text?)))
}

/// `{"id":"…","timestamp":ms,"message":"…"}`: an event of a subscription.
fn is_short(line: &[u8]) -> bool {
    let mut known = 0;
    let whole = begins_with(line, b"id").then(|| {
        each(line, |key, v| {
            known += match (key, v) {
                (b"id", Value::Str(_)) => 1,
                (b"timestamp", Value::Num(n)) => u8::from(n.starts_with(b"1")),
                _ => 0,
            };
        })
    });
    whole.flatten().is_some() && known == 2
}
