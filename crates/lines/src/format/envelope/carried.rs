//! Objects of shippers around a line, whatever their keys are called: `{"date":1767225600.1,"log":"…"}` of Fluent Bit,
//! `{"timestamp":"…","raw":"…","host":"web-1"}` of Vector. The line is most of the object.

use super::beats::begins_a_line;
use super::{Inside, Outer, Peeled, name, time};
use crate::format::columns::is_request;
use crate::format::flat_json::{Value, decode, fields};
use crate::record::At;
use crate::time::Stamp;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let object = line.first() == Some(&b'{') && line.last() == Some(&b'}');
    // most objects have no such text, which their quotes show
    if !object || !is_mostly_one_text(line) {
        return None;
    }
    let mut outer = Outer::new(None, Inside::Whole);
    outer.at = At::Read;
    let mut longest = &b""[..];
    let mut own = false;
    fields(line, |key, v| {
        match (key, v) {
            // what has a severity and a logger is an entry of a program
            (k, _) if states_a_level(k) => own = true,
            (b"time" | b"timestamp" | b"@timestamp" | b"date" | b"ts", v) => outer.stamp = time(v),
            (b"host" | b"hostname", v) => outer.host = name(v),
            (_, Value::Str(raw)) if raw.contains(&b' ') && longest.len() < raw.len() => {
                longest = raw
            }
            _ => {}
        }
        !own
    });
    let stamp = outer
        .stamp
        .filter(|_| !own && longest.len() * 2 >= line.len())?;
    let text = decode(longest);
    let text = match text.ends_with(b"\n") {
        true => Cow::Owned(text.trim_ascii_end().to_vec()),
        false => text,
    };
    is_line(&text, Some(stamp)).then_some(Peeled { text, outer })
}

/// Whether half of a line or more stands between two quotes: then its middle does.
fn is_mostly_one_text(line: &[u8]) -> bool {
    let (before, behind) = line.split_at(line.len() / 2);
    let ends = |at: &usize| line[..*at].last() != Some(&b'\\');
    let open = memchr::memrchr_iter(b'"', before).find(ends);
    let mut behind = memchr::memchr_iter(b'"', behind).map(|at| before.len() + at);
    let close = behind.find(ends);
    open.zip(close)
        .is_some_and(|(a, b)| (b - a) * 2 >= line.len())
}

/// Whether a key is that of a severity or of a logger, whatever stands in front of it.
fn states_a_level(key: &[u8]) -> bool {
    let words: [&[u8]; 5] = [b"level", b"severity", b"lvl", b"levelname", b"logger"];
    let ends = |w: &[u8]| {
        let from = key.len().checked_sub(w.len());
        from.is_some_and(|from| key[from..].eq_ignore_ascii_case(w))
    };
    words.into_iter().any(ends)
}

/// Whether a text is a line of a log: an object, a request, or what begins with a time near that at which it was read.
fn is_line(text: &[u8], read: Option<Stamp>) -> bool {
    let object = text.starts_with(b"{") && text.ends_with(b"}");
    object || begins_a_line(text, read) || is_request(text)
}
