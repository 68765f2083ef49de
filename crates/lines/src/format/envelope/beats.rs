//! Shippers that put a line into `message` (or `event.original`) of an object: Filebeat, Elastic Agent, Logstash, Vector, and
//! hits of Elasticsearch (`_source`); objects of others whose `message` begins as a line does, with a time. Their own time is when
//! the line was read.

use super::{Inside, Outer, Peeled, Text, name, stamp, string, time};
use crate::format::flat_json::{Value, each, fields};
use crate::format::leaf::find;
use crate::record::At;
use crate::time::{DAY, Dated, Stamp};

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    let has = |k: &[u8]| find(line, k).is_some();
    let hit = line.starts_with(b"{\"_index\"") && has(b"\"_source\"");
    let shipped = hit
        || has(b"\"kubernetes\"")
        || has(b"\"@version\"")
        || has(b"\"source_type\"")
        || (has(b"\"@timestamp\"")
            && (has(b"\"agent\"") || has(b"\"log\"") || has(b"\"beat\"") || has(b"\"input\"")));
    if !shipped && !message_of(line).is_some_and(|t| begins_a_line(t, None)) {
        return None;
    }
    let (mut r, mut source) = (BeatsFields::default(), None);
    each(line, |key, v| match (key, v) {
        (b"_source", Value::Object(o)) if hit => {
            source = Some(o);
            each(o, |k, v| r.take(k, v));
        }
        _ if hit => {}
        _ => r.take(key, v),
    })?;
    let mut outer = Outer::new(r.stamp, Inside::Whole);
    outer.stamp?;
    let text_of = r.original.or(r.message);
    // what has a level of its own is the line itself
    if let Some(o) = source.filter(|_| r.level > 0 || text_of.is_none() && r.log.is_none()) {
        return Some(outer.around_text(o));
    }
    outer.at = At::Read;
    outer.service = r.service;
    if let Some(pod) = r.pod {
        outer.host = Some(pod);
        outer = outer.named_by_its_pod();
    }
    outer.host = outer.host.or(r.host);
    // a shipper's word for every line says nothing about one that has a head of its own
    let headed = || {
        text_of
            .as_deref()
            .is_some_and(|t| begins_a_line(t, r.stamp))
    };
    let mute = r.level == 0 && shipped;
    (mute || r.level == r.info && headed()).then_some(())?;
    let text = match (text_of, r.log) {
        (Some(text), _) => text,
        // Fluent Bit's and Fluentd's objects about a container: the time is the line's
        (None, Some(log)) if r.in_pod => {
            (outer.at, outer.inside) = (At::End, Inside::Bare);
            log
        }
        _ => return None,
    };
    Some(Peeled { text, outer })
}

#[derive(Default)]
struct BeatsFields<'a> {
    stamp: Option<Stamp>,
    message: Option<Text<'a>>,
    original: Option<Text<'a>>,
    log: Option<Text<'a>>,
    /// An object about a pod was there.
    in_pod: bool,
    host: Option<Text<'a>>,
    pod: Option<Text<'a>>,
    service: Option<Text<'a>>,
    /// Levels stated: an object with a level of its own is the line itself, already read.
    level: u8,
    /// Those of them that are `info`.
    info: u8,
}

/// The text behind the first key `message` of an object, as it is written.
fn message_of(line: &[u8]) -> Option<&[u8]> {
    let behind = &line[find(line, b"\"message\"")? + 9..];
    let value = behind.trim_ascii_start().strip_prefix(b":")?;
    value.trim_ascii_start().strip_prefix(b"\"")
}

/// Whether a text begins as a line of a log does: with a time, which is within a day of that at which it was read where that is
/// known, or a clock of which something else says the day.
pub(super) fn begins_a_line(text: &[u8], read: Option<Stamp>) -> bool {
    let clock = |c: &[u8; 8]| {
        let fits = |(i, c): (usize, &u8)| {
            if i % 3 == 2 {
                *c == b':'
            } else {
                c.is_ascii_digit()
            }
        };
        c.iter().enumerate().all(fits)
    };
    let near = |s: Stamp| {
        let full = read.filter(|_| s.dated == Dated::Full);
        full.is_none_or(|r| (s.wall_us - r.wall_us).abs() <= DAY)
    };
    let timed = || stamp::any_shape(text).is_ok_and(|(_, s)| near(s));
    text.first_chunk().is_some_and(clock) || timed()
}

impl<'a> BeatsFields<'a> {
    fn take(&mut self, key: &'a [u8], v: Value<'a>) {
        match (key, v) {
            (b"@timestamp" | b"timestamp", v) => self.stamp = time(v),
            (b"time" | b"date", v) if self.stamp.is_none() => self.stamp = time(v),
            (b"log", Value::Str(_)) => self.log = string(v),
            (b"message", v) => self.message = string(v),
            (b"host" | b"hostname", Value::Str(_)) => self.host = name(v),
            (b"level" | b"log.level" | b"logger" | b"logger_name" | b"level_value", v) => {
                self.states(string(v));
            }
            (b"host", Value::Object(o)) => self.host = inner(o, b"name").or(inner(o, b"hostname")),
            (b"event", Value::Object(o)) => self.original = inner(o, b"original"),
            (b"log", Value::Object(o)) => match inner(o, b"level") {
                None => {}
                level => self.states(level),
            },
            (b"service", Value::Object(o)) => self.service = inner(o, b"name"),
            (b"kubernetes", Value::Object(o)) => {
                self.in_pod = true;
                self.pod = inner(o, b"pod_name").or_else(|| nested(o, b"pod", b"name"));
                self.service = self
                    .service
                    .take()
                    .or_else(|| inner(o, b"container_name"))
                    .or_else(|| nested(o, b"container", b"name"));
            }
            _ => {}
        }
    }

    fn states(&mut self, level: Option<Text<'_>>) {
        self.level += 1;
        self.info += u8::from(level.is_some_and(|l| l.eq_ignore_ascii_case(b"info")));
    }
}

fn inner<'a>(object: &'a [u8], wanted: &[u8]) -> Option<Text<'a>> {
    let mut found = None;
    fields(object, |k, v| {
        if k == wanted {
            found = string(v).filter(|t| !t.is_empty());
        }
        found.is_none()
    });
    found
}

fn nested<'a>(object: &'a [u8], outer: &[u8], wanted: &[u8]) -> Option<Text<'a>> {
    let mut found = None;
    fields(object, |k, v| {
        if let (true, Value::Object(o)) = (k == outer, v) {
            found = inner(o, wanted);
        }
        found.is_none()
    });
    found
}
