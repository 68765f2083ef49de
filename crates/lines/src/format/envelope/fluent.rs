//! Fluentd and Fluent Bit: `[n] tag: [epoch, {"log"=>"…"}]`, `TIME +0000 tag: {json}`, `TIME<TAB>tag<TAB>{json}`.

use super::{Inside, Outer, Peeled, Text, name, string, trimmed};
use crate::format::flat_json::{Value, decode, each};
use crate::format::leaf::{digits, find, quoted};
use crate::table::byte_words;
use crate::time::{DAY, stamp};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn fluent_bit(line: &[u8]) -> Option<Peeled<'_>> {
    let inner = line.strip_prefix(b"[")?;
    let n = digits(inner, 12);
    let rest = inner.get(n..)?.strip_prefix(b"] ")?;
    let colon = find(&rest[..rest.len().min(256)], b": [")?;
    let (tag, rest) = (&rest[..colon], &rest[colon + 3..]);
    let rest = rest.strip_prefix(b"[").unwrap_or(rest);
    let end = rest
        .iter()
        .take(40)
        .position(|c| matches!(c, b',' | b']'))?;
    let at = stamp::whole(&rest[..end]).filter(|s| s.wall_us >= DAY)?;
    let map = find(rest, b"{\"")?;
    let mut outer = Outer::new(Some(at), Inside::Bare);
    outer.service = service(tag);
    let text = value(&rest[map..], b"log").or_else(|| value(&rest[map..], b"message"))?;
    (n > 0).then_some(Peeled { text, outer })
}

/// The string behind `"key"=>`.
fn value<'a>(map: &'a [u8], key: &[u8]) -> Option<Text<'a>> {
    let wanted = [b"\"", key, b"\"=>\""].concat();
    let at = find(map, &wanted)? + wanted.len();
    let (_, inner) = quoted(&map[at - 1..]).ok()?;
    Some(trimmed(decode(inner)))
}

/// The service of a tag that is more than the name of an input (`tail.0`).
fn service(tag: &[u8]) -> Option<Text<'_>> {
    let first = tag.split(|c| *c == b'.').next()?;
    const PLAIN: [&[u8]; 7] = byte_words("tail kube systemd cpu mem forward dummy");
    (!first.is_empty() && !PLAIN.contains(&first)).then_some(Cow::Borrowed(first))
}

/// Takes the wrapper off a line.
pub(super) fn fluentd(line: &[u8]) -> Option<Peeled<'_>> {
    if line.last() != Some(&b'}') || line.get(4) != Some(&b'-') {
        return None;
    }
    let (rest, at) = stamp::iso(line).ok()?;
    at.offset_min?;
    let (tag, object) = match rest.strip_prefix(b"\t") {
        Some(r) => {
            let n = memchr::memchr(b'\t', &r[..r.len().min(256)])?;
            (&r[..n], &r[n + 1..])
        }
        None => {
            let r = rest.strip_prefix(b" ")?;
            let n = find(&r[..r.len().min(256)], b": {")?;
            (&r[..n], &r[n + 2..])
        }
    };
    if tag.contains(&b' ') || object.first() != Some(&b'{') {
        return None;
    }
    let mut outer = Outer::new(Some(at), Inside::Bare);
    outer.service = service(tag);
    let mut text: Option<Text<'_>> = None;
    each(object, |key, v| match (key, v) {
        (b"message" | b"log", v) => text = string(v).map(trimmed).or(text.take()),
        (b"kubernetes", Value::Object(o)) => {
            each(o, |k, v| match k {
                b"pod_name" => outer.host = name(v),
                b"container_name" => outer.service = name(v),
                _ => {}
            });
        }
        (b"hostname" | b"host", v) => outer.host = outer.host.take().or(name(v)),
        _ => {}
    })?;
    outer = outer.named_by_its_pod();
    // an object without a line of its own is the line
    let text = text.unwrap_or(Cow::Borrowed(object));
    Some(Peeled { text, outer })
}
