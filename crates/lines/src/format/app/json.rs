//! JSON lines of applications: pino, bunyan, winston, zap, logrus, slog, structlog, python-json-logger, loguru, Logstash
//! encoder, ECS, Serilog, GCP, MongoDB and home-made ones, all through one table of names.
//! Access lines (no level, no message) and what pagers send are other formats'.

use super::fields::Fields;
use super::keys::Meaning;
use crate::format::flat_json::{Value, each, fields};
use crate::format::leaf::quoted;
use crate::format::ops::may_be_its_time;
use crate::record::{Level, Record};
use crate::table::byte_words;
use crate::time::Stamp;
use std::borrow::Cow;

/// Objects that are looked into. `record` (loguru) and `http` (ECS) hold objects of their own.
const NESTED: &[&[u8]] = &byte_words::<24>(
    "err error exception host kubernetes service serviceContext log trace t level time timestamp instant res response \
    req request http httpRequest attr fields resp_headers response_headers",
);

/// How far objects in objects are followed.
pub(crate) const DEPTH: u8 = 2;

/// Of an object that stands under a key within one of that name, if it is looked into: its name and how far those in it are.
/// `config` is on the error of a client, which holds its call there.
pub(crate) fn inner<'k>(parent: &[u8], key: &'k [u8], depth: u8) -> Option<(&'k [u8], u8)> {
    const ERRORS: [&[u8]; 3] = [b"err", b"error", b"exception"];
    let is = NESTED.contains(&key) || key == b"config" && ERRORS.contains(&parent);
    (depth > 0 && is).then(|| (key, depth - 1))
}

/// Whether the members of an object under that key are no fields of their own: parts of a time, or all that the line states.
pub(crate) fn is_of_parts(key: &[u8]) -> bool {
    matches!(key, b"timestamp" | b"instant" | b"record" | b"@fields")
}

/// Takes the fields of a nested object by its name and how far those in it are looked into.
fn nested<'a>(f: &mut Fields<'a>, (parent, depth): (&[u8], u8), object: &'a [u8]) {
    let (mut seconds, mut nanos): (&[u8], &[u8]) = (b"", b"0");
    each(object, |key, v| {
        if let Value::Object(o) = v
            && let Some(within) = inner(parent, key, depth)
        {
            nested(f, within, o);
        } else if let Some(text) = v.text().or_else(|| first_of(v)) {
            // headers have lists of values
            match (parent, key) {
                (b"timestamp", b"seconds") | (b"instant", b"epochSecond") => seconds = text,
                (b"timestamp", b"nanos") | (b"instant", b"nanoOfSecond") => nanos = text,
                _ => f.take(parent, key, text),
            }
        }
    });
    if !seconds.is_empty() {
        f.epoch_parts(seconds, nanos);
    }
}

/// The first string of a list.
fn first_of(v: Value<'_>) -> Option<&[u8]> {
    let Value::Array(a) = v else { return None };
    let inner = a.strip_prefix(b"[")?.trim_ascii_start();
    let (_, first) = quoted(inner).ok()?;
    Some(first)
}

/// The record of a line of zap's console encoder: what stands before its fields is known already.
pub(super) fn console<'a>(
    stamp: Stamp,
    level: Level,
    logger: &'a [u8],
    text: &'a [u8],
    object: &'a [u8],
) -> Record<'a> {
    let mut f = Fields::default();
    f.begun(stamp, level);
    // one word is a part of the program
    if logger.contains(&b'.') {
        f.take(b"", b"logger", logger);
    }
    f.take(b"", b"msg", text);
    if !object.is_empty() {
        nested(&mut f, (b"", DEPTH - 1), object);
    }
    f.into_record(|| Cow::Borrowed(b""))
}

/// Takes the fields of a line's object.
fn take_all<'a>(f: &mut Fields<'a>, line: &'a [u8]) -> Option<()> {
    each(line, |key, v| match v {
        // loguru, Logstash's first layout, and CloudNativePG, whose message says no more than that there is one
        Value::Object(o) if matches!(key, b"record" | b"@fields") => {
            if f.text.is_some_and(|(_, said)| said == key) {
                (f.text, f.level) = (None, None);
            }
            nested(f, (b"", DEPTH - 1), o);
        }
        Value::Object(o) => {
            if let Some(within) = inner(b"", key, DEPTH) {
                nested(f, within, o);
            }
        }
        v => {
            if let Some(text) = v.text() {
                f.take(b"", key, text);
            }
        }
    })
}

/// The record of an object that has a message and neither a time nor a level, which its wrapper states.
pub fn carried<'a>(stamp: Stamp, level: Level, object: &'a [u8]) -> Option<Record<'a>> {
    if object.first() != Some(&b'{') {
        return None;
    }
    let mut f = Fields::default();
    f.begun(stamp, level);
    take_all(&mut f, object)?;
    f.has_text(true)
        .then(|| f.into_record(|| Cow::Borrowed(b"")))
}

/// Whether fields make a line of an application.
#[inline]
pub(crate) fn is_line(f: &Fields<'_>, line: &[u8]) -> bool {
    let message = f.has_text(!f.has_level()) && f.has_time();
    let understood = f.has_level() && (f.has_text(false) || f.is_request() || f.has_time());
    // Serilog leaves the level out where it is Information; its template stands for the message.
    let template = f.has_time() && line.starts_with(b"{\"@t\"");
    message || understood || template
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let mut f = Fields::default();
    take_all(&mut f, line)?;
    // a time under a name of its own
    if !f.has_time() && f.has_text(true) {
        fields(line, |key, v| {
            if let Some(text) = v.text().filter(|t| may_be_its_time(key, t)) {
                f.take_as(Meaning::Time, text);
            }
            !f.has_time()
        });
    }
    is_line(&f, line).then(|| f.into_record(|| Cow::Borrowed(b"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Body;
    use crate::time::stamp;

    #[test]
    fn an_object_without_a_time_is_read_by_its_message() {
        let at = stamp::whole(b"2026-03-10T13:05:00.5Z").unwrap();
        let read = |object: &'static str| carried(at, Level::Warn, object.as_bytes());
        let rec = read(r#"{"logger":"shop.checkin","message":"kiosk clock skew 7s","club":131}"#);
        let rec = rec.unwrap();
        assert_eq!(rec.stamp, Some(at));
        let Body::Message(m) = rec.body else {
            panic!("a message");
        };
        assert_eq!(
            (m.level, &*m.text),
            (Level::Warn, &b"kiosk clock skew 7s"[..])
        );
        assert!(read(r#"{"club":131,"skew":7}"#).is_none());
        assert!(read("kiosk clock skew 7s").is_none());
    }
}
