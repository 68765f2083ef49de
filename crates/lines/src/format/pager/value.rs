//! Reading JSON pager bodies: wrappers, texts and times by key. Pager lines are few, so whole values are parsed here;
//! each format tests cheap needles first, since every JSON line of a big file may be offered to it.

use crate::record::{Author, Body, Level, MarkerKind, Message, Notice, Record};
use crate::table::words;
use crate::time::{DAY, Stamp, stamp};
use memchr::memmem::Finder;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::OnceLock;

/// A parsed line: the time at which it was received, where it says so, and the body inside its wrapper.
pub(in crate::format) struct Opened {
    pub(in crate::format) received: Option<Stamp>,
    pub(in crate::format) body: Value,
}

const RECEIVED: [&str; 6] = words("received_at receivedAt received ts timestamp time");

/// Parses a line that is one JSON object and peels one wrapper `{"received_at": …, "payload": {…}}` (also `body`, `data`;
/// an inner body may be a string that holds JSON).
pub(in crate::format) fn open(line: &[u8]) -> Option<Opened> {
    let line = line.trim_ascii();
    if line.first() != Some(&b'{') || line.last() != Some(&b'}') {
        return None;
    }
    let mut body: Value = serde_json::from_slice(line).ok()?;
    let received = RECEIVED.iter().find_map(|k| time(&body, k));
    if received.is_some() {
        for key in ["payload", "body", "data"] {
            let inner = match body.get_mut(key) {
                Some(v @ Value::Object(_)) => Some(v.take()),
                Some(Value::String(s)) if s.starts_with('{') => serde_json::from_str(s).ok(),
                _ => None,
            };
            if let Some(inner) = inner {
                return Some(Opened {
                    received,
                    body: inner,
                });
            }
        }
    }
    // what SNS sends holds the message as a text
    if let Some(Value::String(inner)) = body.get("Message")
        && let Ok(inner @ Value::Object(_)) = serde_json::from_str(inner)
    {
        return Some(Opened {
            received,
            body: inner,
        });
    }
    // Without a wrapper only a key that says "received" is a delivery; the other times are the body's own.
    let received = RECEIVED[..3].iter().find_map(|k| time(&body, k));
    Some(Opened { received, body })
}

/// Texts to look for in many lines; the searchers are made once.
pub(in crate::format) struct Needles {
    texts: &'static [&'static str],
    made: OnceLock<Vec<Finder<'static>>>,
}

impl Needles {
    /// Searchers of some texts, made at the first use.
    pub(in crate::format) const fn new(texts: &'static [&'static str]) -> Needles {
        let made = OnceLock::new();
        Needles { texts, made }
    }
    fn finders(&self) -> std::slice::Iter<'_, Finder<'static>> {
        let made = || self.texts.iter().map(Finder::new).collect();
        self.made.get_or_init(made).iter()
    }
    /// Whether a line is an object and holds all of them.
    pub(in crate::format) fn all(&self, line: &[u8]) -> bool {
        is_object(line) && self.finders().all(|n| n.find(line).is_some())
    }
    /// Whether a line is an object and holds any of them.
    pub(in crate::format) fn any(&self, line: &[u8]) -> bool {
        is_object(line) && self.finders().any(|n| n.find(line).is_some())
    }
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().first() == Some(&b'{')
}

/// The value at a path of keys.
pub(in crate::format) fn at<'v>(v: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(v, |v, k| v.get(k))
}

/// A text or number at a path of keys, as text; empty texts are none.
pub(in crate::format) fn text(v: &Value, path: &[&str]) -> Option<String> {
    match at(v, path)? {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// The first of several keys that holds a text or number.
pub(in crate::format) fn first_text(v: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|k| text(v, &[k]))
}

/// The key of a time in MongoDB's extended JSON.
const DATE: &str = "$date";

/// A time under a key: any written form or epoch unit. Sentinels (year 1, 1970-01-01) are none.
pub(in crate::format) fn time(v: &Value, key: &str) -> Option<Stamp> {
    let s = match v.get(key)? {
        Value::String(s) => stamp::whole(s.as_bytes()),
        Value::Number(n) => stamp::whole(n.to_string().as_bytes()),
        // as MongoDB exports it
        inner @ Value::Object(_) if key != DATE => return time(inner, DATE),
        _ => None,
    }?;
    (s.wall_us >= DAY).then_some(s)
}

/// What a person notes at an alert is written to others, as in a chat.
fn written<'a>(n: &mut Notice<'a>) -> Option<Message<'a>> {
    if n.kind != MarkerKind::HumanNote || n.title.is_empty() {
        return None;
    }
    let author = n.actor.take()?;
    let mut m = Message::new(Level::Info, std::mem::take(&mut n.title));
    m.author = Some(Author::of(&author));
    Some(m)
}

/// Owned bytes of an optional text.
pub(in crate::format) fn owned<'a>(s: Option<String>) -> Option<Cow<'a, [u8]>> {
    s.map(|s| Cow::Owned(s.into_bytes()))
}

/// A record of one event about which there is more than one thing to state.
pub(in crate::format) fn event<'a>(
    stamp: Option<Stamp>,
    mut notices: Vec<Notice<'a>>,
) -> Record<'a> {
    notices.iter_mut().skip(1).for_each(|n| n.more = true);
    record(stamp, notices)
}

/// A record of notices, stamped like its first; a line that was understood but states nothing has none.
pub(in crate::format) fn record<'a>(
    stamp: Option<Stamp>,
    mut notices: Vec<Notice<'a>>,
) -> Record<'a> {
    let stamp = stamp.or_else(|| notices.iter().find_map(|n| n.stamp));
    if let [n] = &mut notices[..]
        && let Some(note) = written(n)
    {
        return Record::new(stamp, Body::Message(note));
    }
    for n in &mut notices {
        if n.stamp == stamp {
            n.stamp = None;
        }
    }
    Record::new(stamp, Body::Notices(notices))
}

/// UTC microseconds of an RFC 3339 time.
#[cfg(test)]
pub(in crate::format) fn utc(s: &str) -> Option<i64> {
    Some(
        chrono::DateTime::parse_from_rfc3339(s)
            .unwrap()
            .timestamp_micros(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_are_peeled() {
        let o = open(br#"{"received_at":"2024-06-18T08:06:48.640Z","payload":{"a":1}}"#).unwrap();
        assert_eq!(
            o.received.and_then(|s| s.instant()).map(|i| i.0),
            utc("2024-06-18T08:06:48.640Z")
        );
        assert_eq!(text(&o.body, &["a"]).as_deref(), Some("1"));
        let o = open(br#"{"ts":1718698008,"body":"{\"a\":\"b\"}"}"#).unwrap();
        assert_eq!(text(&o.body, &["a"]).as_deref(), Some("b"));
        let o = open(br#"{"data":{"a":1}}"#).unwrap();
        assert!(o.received.is_none() && o.body.get("data").is_some());
        assert!(open(b"[1]").is_none() && open(b"{\"a\":").is_none());
    }

    #[test]
    fn sentinels_are_no_time() {
        let v: Value = serde_json::json!({"a": "0001-01-01T00:00:00Z", "b": 0, "c": "1970-01-01T00:00:00Z", "d": 1773148030166002000u64,
            "e": {"$date": "2026-03-10T13:07:10Z"}});
        assert!(time(&v, "a").is_none() && time(&v, "b").is_none() && time(&v, "c").is_none());
        assert!(time(&v, "e").is_some());
        assert_eq!(
            time(&v, "d").and_then(|s| s.instant()).map(|i| i.0),
            utc("2026-03-10T13:07:10.166002Z")
        );
    }
}
