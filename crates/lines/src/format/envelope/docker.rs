//! Docker's json-file driver: `{"log":"…\n","stream":"stdout","time":"…"}`. A text without its newline goes on in the next
//! entry of the same stream.

use super::{Inside, Outer, Peeled, name, stream_of, string, time};
use crate::format::flat_json::{Value, begins_with, each};
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if !begins_with(line, b"log") {
        return None;
    }
    let (mut text, mut outer) = (None, Outer::new(None, Inside::Bare));
    let mut stream = &b""[..];
    each(line, |key, v| match (key, v) {
        (b"log", v) => text = string(v),
        (b"stream", Value::Str(s)) => stream = s,
        (b"time", v) => outer.stamp = time(v),
        (b"attrs", Value::Object(o)) => {
            each(o, |k, v| match k {
                b"tag" | b"com.docker.compose.service" => outer.service = name(v),
                _ => {}
            });
        }
        _ => {}
    })?;
    outer.stamp?;
    let number = stream_of(&[stream]);
    outer.stream = Some(number);
    let text = text?;
    let (whole, text) = match text {
        Cow::Borrowed(t) => (false, Cow::Borrowed(t)),
        Cow::Owned(mut t) => {
            let whole = t.ends_with(b"\n");
            while whole && matches!(t.last(), Some(b'\n' | b'\r')) {
                t.pop();
            }
            (whole, Cow::Owned(t))
        }
    };
    outer.more = (!whole).then_some(number);
    Some(Peeled { text, outer })
}
