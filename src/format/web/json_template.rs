//! What the JSON access lines of one writer have in common: the same keys in the same order with the same punctuation. Such a
//! line is checked against that text and its values are cut out, without a walk and without a look-up of keys. A line that
//! is otherwise goes the general way, in `nginx_json`, which gives the same for those that are not.

use super::nginx_json::NginxJson;
use crate::format::Format;
use crate::format::flat_json::{Value, fields};
use crate::format::synonym::{Field, Taken, field, speaks_of_a_request};
use crate::record::{At, Record};

/// Bytes of the text between two values.
const TEXT: usize = 40;
const WORDS: usize = TEXT / 8;

/// Text that stands in front of a value in every line, and what the value is.
#[derive(Clone, Debug)]
struct Slot {
    text: [u64; WORDS],
    keep: [u64; WORDS],
    len: usize,
    /// Quotes in the text.
    quotes: usize,
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
}

impl Slot {
    fn new(text: &[u8], key: &[u8], string: bool) -> Option<Slot> {
        let field = field(key);
        if text.len() > TEXT || field == Some(Field::Level) {
            return None;
        }
        let (mut words, mut keep) = ([0; WORDS], [0; WORDS]);
        for (i, c) in text.iter().enumerate() {
            words[i / 8] |= u64::from(*c) << (8 * (i % 8));
            keep[i / 8] |= 0xFF << (8 * (i % 8));
        }
        Some(Slot {
            text: words,
            keep,
            len: text.len(),
            quotes: text.iter().filter(|c| **c == b'"').count(),
            string,
            field: field.filter(|f| !matches!(f, Field::Bytes | Field::Message)),
        })
    }

    /// Whether the text stands at the start of some bytes.
    #[inline(always)]
    fn begins(&self, b: &[u8]) -> bool {
        let Some(b) = b.first_chunk::<TEXT>() else {
            return false;
        };
        let words = b
            .as_chunks::<8>()
            .0
            .iter()
            .zip(self.text.iter().zip(self.keep));
        words.fold(0, |all, (b, (text, keep))| {
            all | ((u64::from_le_bytes(*b) & keep) ^ text)
        }) == 0
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
                Value::Num(v) if is_plain(v) => (v, false),
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
        let inner: usize = slots.iter().map(|s| s.quotes).sum();
        let quotes = inner + end.iter().filter(|c| **c == b'"').count();
        let all = memchr::memchr_iter(b'"', line).count();
        (good && all == quotes && !slots.is_empty()).then_some(JsonTemplate {
            slots,
            end,
            quotes,
            has_request,
        })
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.quotes
    }

    /// Reads a line that is followed by whatever stands in `after`. `marks` are the positions of its quotes, counted from
    /// `base` before its first byte. What is counted of the record is what [`NginxJson`] gives.
    #[inline]
    pub fn read<'a>(
        &self,
        after: &'a [u8],
        len: usize,
        marks: &[u32],
        base: usize,
    ) -> Option<Record<'a>> {
        let line = after.get(..len)?;
        let mut taken = Taken::default();
        taken.has_request = self.has_request;
        let (mut at, mut mark) = (0, 0);
        for (i, s) in self.slots.iter().enumerate() {
            if !s.begins(after.get(at..)?) {
                return None;
            }
            let from = at + s.len;
            mark += s.quotes;
            // the next quote ends a string; before a number's end it is the comma in front of the next key
            let next = marks
                .get(mark)
                .map_or(len, |m| (*m as usize).wrapping_sub(base));
            at = match (s.string, i + 1 == self.slots.len()) {
                (true, _) => next,
                (false, true) => len.checked_sub(self.end.len())?,
                (false, false) => next.checked_sub(self.gap(i + 1))?,
            };
            let value = line.get(from..at)?;
            let plain = match s.string {
                true => line[at - 1] != b'\\',
                false => is_plain(value),
            };
            if !plain {
                return None;
            }
            if let Some(f) = s.field {
                taken.take_as(f, value);
            }
        }
        let good = line.get(at..)? == self.end
            && taken.has_status
            && taken.has_request
            && taken.stamp.is_some();
        good.then(|| taken.into_record(At::End))
    }

    /// Bytes in front of the first quote of a slot's text.
    #[inline(always)]
    fn gap(&self, slot: usize) -> usize {
        self.slots[slot].before_quote()
    }
}

impl Slot {
    /// Bytes in front of the first quote of the text.
    #[inline(always)]
    fn before_quote(&self) -> usize {
        const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
        const ONES: u64 = u64::from_le_bytes([1; 8]);
        let x = self.text[0] ^ QUOTES;
        let hit = x.wrapping_sub(ONES) & !x & (ONES << 7);
        hit.trailing_zeros() as usize / 8
    }
}

/// A number of digits and points that begins with a digit.
#[inline(always)]
fn is_plain(v: &[u8]) -> bool {
    v.first().is_some_and(u8::is_ascii_digit)
        && v.iter()
            .fold(true, |all, c| all & matches!(c, b'0'..=b'9' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Body, Request};
    use proptest::prelude::*;

    /// What a template makes of a line, in a piece that goes on behind it.
    fn read<'a>(t: &JsonTemplate, piece: &'a [u8]) -> Option<Record<'a>> {
        let len = memchr::memchr(b'\n', piece)?;
        let marks: Vec<u32> = memchr::memchr_iter(b'"', &piece[..len])
            .map(|m| m as u32 + 7)
            .collect();
        (marks.len() == t.quotes()).then(|| t.read(piece, len, &marks, 7))?
    }

    fn piece(line: &str) -> Vec<u8> {
        format!("{}\n{}", line.replace('\n', " "), "x".repeat(TEXT)).into_bytes()
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
