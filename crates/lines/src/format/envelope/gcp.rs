//! Entries of Google Cloud Logging whose line is a text: `textPayload`, or `jsonPayload` with a `message` or `log` and no
//! request.

use super::{Inside, Outer, Peeled, is_object_with, name, string, time};
use crate::format::flat_json::{Value, each};
use crate::format::leaf::find;
use crate::record::Level;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if !is_object_with(line, &["\"textPayload\"", "\"jsonPayload\""])
        || find(line, b"\"httpRequest\"").is_some()
    {
        return None;
    }
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Bare));
    each(line, |key, v| match (key, v) {
        (b"textPayload", v) => text = string(v),
        (b"jsonPayload", Value::Object(o)) => text = Some(o.into()),
        (b"timestamp", v) => outer.stamp = time(v),
        (b"severity", v) => outer.level = v.text().and_then(Level::from_word),
        (b"resource", Value::Object(o)) => {
            each(o, |k, v| {
                if let (b"labels", Value::Object(l)) = (k, v) {
                    labels(l, &mut outer);
                }
            });
        }
        (b"labels", Value::Object(l)) => labels(l, &mut outer),
        _ => {}
    })?;
    outer.stamp?;
    Some(outer.named_by_its_pod().around_text(text?))
}

fn labels<'a>(list: &'a [u8], outer: &mut Outer<'a>) {
    each(list, |k, v| match k {
        b"container_name" | b"service_name" | b"module_id" | b"function_name" => {
            outer.service = outer.service.take().or(name(v));
        }
        b"pod_name" | b"instance_id" => outer.host = outer.host.take().or(name(v)),
        b"revision_name" | b"version_id" => outer.version = outer.version.take().or(name(v)),
        _ => {}
    });
}
