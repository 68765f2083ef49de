//! What the JSON access lines of one writer have in common: the same keys in the same order with the same punctuation. Such a
//! line is checked against that text and its values are cut out, without a walk and without a look-up of keys. A line that
//! is otherwise goes the general way, in `nginx_json`, which gives the same for those that are not.

use super::nginx_json::NginxJson;
use crate::format::Format;
use crate::format::between::{Between, TimeMemo, is_plain_number};
use crate::format::flat_json::{Value, fields};
use crate::format::synonym::{Field, Taken, field, speaks_of_a_request};
use crate::record::{Brief, Line};

/// What a value is, and the text that stands in front of it in every line.
#[derive(Clone, Debug)]
struct Slot {
    text: Between,
    /// Whether the value is a string; else it is a number.
    string: bool,
    /// What the value is counted for, if it is.
    field: Option<Field>,
}

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct JsonTemplate {
    slots: Vec<Slot>,
    /// What stands behind the last value.
    end: Vec<u8>,
    /// Quotes in a line.
    quotes: usize,
    /// Whether a key shows that lines are about requests.
    has_request: bool,
    /// Whether method and path are those of a request line.
    has_request_line: bool,
}

impl Slot {
    fn new(text: &[u8], key: &[u8], string: bool) -> Option<Slot> {
        let field = field(key);
        if field == Some(Field::Level) {
            return None;
        }
        Some(Slot {
            text: Between::new(text)?,
            string,
            field: field.filter(|f| !matches!(f, Field::Bytes | Field::Message)),
        })
    }
}

impl JsonTemplate {
    /// What a line shows of those like it; `None` when it is no access line or holds more than strings and numbers.
    pub fn learn(line: &[u8]) -> Option<JsonTemplate> {
        NginxJson.parse(line)?;
        let mut slots = Vec::new();
        let (mut from, mut has_request, mut good) = (0, false, true);
        fields(line, |key, value| {
            let (text, string) = match value {
                Value::Str(v) => (v, true),
                Value::Num(v) if is_plain_number(v) => (v, false),
                _ => (&line[..0], false),
            };
            let at = (text.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
            let slot = line.get(from..at).and_then(|t| Slot::new(t, key, string));
            good &= slot.is_some() && (string || !text.is_empty());
            has_request |= field(key).is_some_and(|f| speaks_of_a_request(f, key));
            slots.extend(slot);
            from = at.wrapping_add(text.len());
            good
        })?;
        let end = line.get(from..)?.to_vec();
        let inner: usize = slots.iter().map(|s| s.text.quotes).sum();
        let quotes = inner + end.iter().filter(|c| **c == b'"').count();
        let all = memchr::memchr_iter(b'"', line).count();
        let parts = |f: fn(&Field) -> bool| {
            let fields = slots.iter().filter_map(|s: &Slot| s.field.as_ref());
            fields.filter(|x| f(x)).count()
        };
        let has_request_line = parts(|f| matches!(f, Field::Request)) == 1
            && parts(|f| matches!(f, Field::Method | Field::Path)) == 0;
        (good && all == quotes && !slots.is_empty()).then_some(JsonTemplate {
            slots,
            end,
            quotes,
            has_request,
            has_request_line,
        })
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.quotes
    }

    /// Reads a line that is followed by whatever stands in `after`, and calls `f` with it. `marks` are the positions of its
    /// quotes, counted from `base` before its first byte. What is counted of the record is what [`NginxJson`] gives.
    #[inline(always)]
    pub fn read<'a, R>(
        &self,
        after: &'a [u8],
        len: usize,
        (marks, base): (&[u32], usize),
        memo: &mut TimeMemo,
        f: impl FnOnce(Line<'_, 'a>) -> R,
    ) -> Option<R> {
        let line = after.get(..len)?;
        let mut taken = Taken::default();
        taken.has_request = self.has_request;
        let (mut at, mut mark) = (0, 0);
        let mut request_line: (&[u8], usize, usize) = (b"", 0, 0);
        for (i, s) in self.slots.iter().enumerate() {
            if !s.text.begins(after.get(at..)?) {
                return None;
            }
            let from = at + s.text.len;
            mark += s.text.quotes;
            // the next quote ends a string; before a number's end it is the comma in front of the next key
            let next = marks
                .get(mark)
                .map_or(len, |m| (*m as usize).wrapping_sub(base));
            at = match (s.string, self.slots.get(i + 1)) {
                (true, _) => next,
                (false, None) => len.checked_sub(self.end.len())?,
                (false, Some(s)) => next.checked_sub(s.text.before_quote())?,
            };
            let value = line.get(from..at)?;
            let plain = match s.string {
                true => line[at - 1] != b'\\',
                false => is_plain_number(value),
            };
            if !plain {
                return None;
            }
            match s.field {
                None => {}
                Some(Field::Time) => taken.take_time(value, |_| memo.time(after, from, at)),
                Some(f) => {
                    if f == Field::Request && self.has_request_line {
                        request_line = (after, from, at);
                    }
                    taken.take_as(f, value);
                }
            }
        }
        let good = line.get(at..)? == self.end && taken.has_status && taken.has_request;
        let stamp = taken.stamp.filter(|_| good)?;
        Some(f(Line::Brief(Brief {
            stamp,
            host: None,
            service: taken.service,
            version: taken.version,
            request: Some(&taken.request),
            request_line,
            said: None,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Body, Record, Request};
    use proptest::prelude::*;

    /// What a template makes of a line, in a piece that goes on behind it.
    fn read<'a>(t: &JsonTemplate, piece: &'a [u8]) -> Option<Record<'a>> {
        let len = memchr::memchr(b'\n', piece)?;
        let marks: Vec<u32> = memchr::memchr_iter(b'"', &piece[..len])
            .map(|m| m as u32 + 7)
            .collect();
        let found = t.read(piece, len, (&marks, 7), &mut TimeMemo::default(), |l| {
            l.record()
        });
        (marks.len() == t.quotes()).then_some(found)?
    }

    fn piece(line: &str) -> Vec<u8> {
        format!("{}\n{}", line.replace('\n', " "), "x".repeat(40)).into_bytes()
    }

    /// The record as far as it is counted.
    fn counted(r: Record<'_>) -> String {
        let Body::Request(q) = &r.body else { panic!() };
        let q = Request {
            bytes: 0,
            ..q.clone()
        };
        format!(
            "{:?}",
            Record {
                body: Body::Request(q),
                ..r.clone()
            }
        )
    }

    const LINES: &[&str] = &[
        r#"{"time":"2026-11-20T06:33:18+00:00","remote_addr":"203.0.113.7","method":"GET","uri":"/cart?id=1","status":200,"bytes":1234,"request_time":0.002,"upstream_addr":"10.0.0.2:80","upstream_status":"200"}"#,
        r#"{"ts":1719497423.471,"client":"203.0.113.48","request":"GET /login?u=1 HTTP/1.1","status":"502","rt":"0.801","up":"-","host":"web","x":"y","id":"abc","ms":12}"#,
        r#"{ "ms": 7, "request": "POST /a HTTP/1.1", "time": "20/Nov/2026:06:33:18 +0100", "status": 404 }"#,
    ];

    #[test]
    fn lines_like_the_one_that_was_learnt() {
        for line in LINES {
            let t = JsonTemplate::learn(line.as_bytes()).unwrap();
            let p = piece(line);
            let found = read(&t, &p).unwrap();
            assert_eq!(
                counted(found),
                counted(NginxJson.parse(line.as_bytes()).unwrap())
            );
        }
        let t = JsonTemplate::learn(LINES[0].as_bytes()).unwrap();
        let other = LINES[0]
            .replace("200,", "503,")
            .replace("0.002", "12")
            .replace("GET", "");
        let p = piece(&other);
        let wanted = counted(NginxJson.parse(other.as_bytes()).unwrap());
        assert_eq!(counted(read(&t, &p).unwrap()), wanted);
        for (what, with) in [
            ("0.002", ""),
            ("0.002", "-"),
            ("0.002", "0.1, 0.2"),
            ("id=1", r"id=1\"),
            ("uri", "url"),
            ("}", ",\"a\":1}"),
            ("200,", "null,"),
        ] {
            assert!(
                read(&t, &piece(&LINES[0].replacen(what, with, 1))).is_none(),
                "{with}"
            );
        }
    }

    #[test]
    fn what_is_not_learnt() {
        for line in [
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"level":"info"}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":null}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET / HTTP/1.1","status":200,"a":{"b":1}}"#,
            r#"{"time":"2026-11-20T06:33:18Z","request":"GET /\" HTTP/1.1","status":200}"#,
            r#"{"time":"2026-11-20T06:33:18Z"}"#,
            "",
        ] {
            assert!(JsonTemplate::learn(line.as_bytes()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0..LINES.len(), from in 0usize..220, cut in 0usize..6, put in r#"["\\{},:.0-9a -]{0,5}"#,
        ) {
            let s = LINES[which];
            let t = JsonTemplate::learn(s.as_bytes()).unwrap();
            let from = from.min(s.len());
            let line = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
            let p = piece(&line);
            if let Some(r) = read(&t, &p) {
                let general = NginxJson.parse(line.as_bytes()).map(counted);
                prop_assert_eq!(Some(counted(r)), general);
            }
            let _ = JsonTemplate::learn(line.as_bytes());
        }
    }
}
