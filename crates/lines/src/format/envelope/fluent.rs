//! Fluentd and Fluent Bit: `[n] tag: [epoch, {"log"=>"…"}]`, `tag: [epoch, {json}]`, `TIME +0000 tag: {json}`, `TIME<TAB>tag<TAB>{json}`.

use super::{Inside, Outer, Peeled, Text, name, string, trimmed};
use crate::format::flat_json::{Value, decode, each};
use crate::format::leaf::{digits, find};
use crate::table::byte_words;
use crate::time::{DAY, stamp};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn fluent_bit(line: &[u8]) -> Option<Peeled<'_>> {
    if line.last() != Some(&b']') {
        return None;
    }
    let tagged = match line.strip_prefix(b"[") {
        Some(inner) => inner[digits(inner, 12)..].strip_prefix(b"] ")?,
        None => Some(line).filter(|l| l[0].is_ascii_alphanumeric())?,
    };
    let colon = find(&tagged[..tagged.len().min(256)], b": [")?;
    let (tag, rest) = (&tagged[..colon], &tagged[colon + 3..]);
    if tag.contains(&b' ') {
        return None;
    }
    let rest = rest.strip_prefix(b"[").unwrap_or(rest);
    let end = rest
        .iter()
        .take(40)
        .position(|c| matches!(c, b',' | b']'))?;
    let at = stamp::whole(&rest[..end]).filter(|s| s.wall_us >= DAY)?;
    let map = &rest[find(rest, b"{\"")?..];
    let mut outer = Outer::new(Some(at), Inside::Bare);
    outer.service = service(tag);
    if find(map, b"\"=>").is_none() {
        return of_object(map.strip_suffix(b"]")?, outer);
    }
    let text = value(map, b"log").or_else(|| value(map, b"message"))?;
    outer.host = value(map, b"pod_name");
    outer.service = value(map, b"container_name").or(outer.service);
    let outer = outer.named_by_its_pod();
    Some(Peeled { text, outer })
}

/// The string behind `"key"=>`. It is written as it is, quotes and all, so it ends at the first quote behind which the map goes on
/// with another key, or ends.
fn value<'a>(map: &'a [u8], key: &[u8]) -> Option<Text<'a>> {
    let wanted = [b"\"", key, b"\"=>\""].concat();
    let text = &map[find(map, &wanted)? + wanted.len()..];
    let end = memchr::memchr_iter(b'"', text).find(|q| goes_on_or_ends(&text[q + 1..]))?;
    let text = &text[..end];
    // only bytes that are no text are written with escapes
    let bare = |q: usize| q == 0 || text[q - 1] != b'\\';
    Some(trimmed(match memchr::memchr_iter(b'"', text).any(bare) {
        true => Cow::Borrowed(text),
        false => decode(text),
    }))
}

/// Whether what stands behind a value is the next member, or nothing but the end.
fn goes_on_or_ends(behind: &[u8]) -> bool {
    let closed = behind.iter().take_while(|c| matches!(c, b'}' | b']'));
    let rest = &behind[closed.count()..];
    let member = || {
        let key = rest.strip_prefix(b", \"")?;
        let end = memchr::memchr(b'"', &key[..key.len().min(64)])?;
        key[end..].strip_prefix(b"\"=>")
    };
    rest.is_empty() || member().is_some()
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
    of_object(object, outer)
}

/// A line that is a member of an object, or the object.
fn of_object<'a>(object: &'a [u8], mut outer: Outer<'a>) -> Option<Peeled<'a>> {
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
