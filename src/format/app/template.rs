//! What the structured lines of one application have in common: the same keys in the same order with the same text between
//! the values. Such a line is checked against that text and its values are cut out, without a walk and without a look-up of
//! keys. A line that is otherwise goes the general way, in `json` and `logfmt`, which gives the same for those that are not.

use super::fields::Fields;
use super::meaning::{Meaning, meaning};
use super::{json, logfmt};
use crate::format::Format;
use crate::format::between::{Between, TimeMemo, find_blank, is_plain_number};
use crate::format::flat_json::{Value, fields};
use crate::record::Line;

/// Values in a line; one with more is not learnt.
const MOST: usize = 48;

/// Where a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    /// At the next quote.
    Quote,
    /// It is a number, and the next quote is that of the next key.
    Number,
    /// At a blank.
    Blank,
}

#[derive(Clone, Debug)]
struct Slot {
    text: Between,
    ends: Ends,
    meaning: Meaning,
}

/// The lines of one writer.
#[derive(Clone, Debug)]
pub struct AppTemplate {
    slots: Vec<Slot>,
    /// What stands behind the last value.
    end: Vec<u8>,
    /// Quotes in a line.
    quotes: usize,
    /// Pairs of a line of logfmt.
    pairs: Option<usize>,
}

/// What has been seen of a line so far.
struct Learning<'l> {
    line: &'l [u8],
    slots: Vec<Slot>,
    from: usize,
    good: bool,
}

impl Learning<'_> {
    fn of(line: &[u8]) -> Learning<'_> {
        Learning {
            line,
            slots: Vec::new(),
            from: 0,
            good: true,
        }
    }

    fn value(&mut self, key: &[u8], value: &[u8], ends: Ends) {
        let at = (value.as_ptr() as usize).wrapping_sub(self.line.as_ptr() as usize);
        let text = self.line.get(self.from..at).and_then(Between::new);
        self.good &= text.is_some() && self.slots.len() < MOST;
        self.slots.extend(text.map(|text| Slot {
            text,
            ends,
            meaning: meaning(key),
        }));
        self.from = at.wrapping_add(value.len());
    }

    fn done(self, pairs: Option<usize>) -> Option<AppTemplate> {
        let end = self.line.get(self.from..)?.to_vec();
        let inner: usize = self.slots.iter().map(|s| s.text.quotes).sum();
        let quotes = inner + end.iter().filter(|c| **c == b'"').count();
        let all = memchr::memchr_iter(b'"', self.line).count();
        (self.good && all == quotes && !self.slots.is_empty()).then_some(AppTemplate {
            slots: self.slots,
            end,
            quotes,
            pairs,
        })
    }
}

impl AppTemplate {
    /// What a line of JSON shows of those like it; `None` where it holds objects, lists, or quotes within its texts.
    pub fn of_json(line: &[u8]) -> Option<AppTemplate> {
        json::Json.parse(line)?;
        let mut l = Learning::of(line);
        fields(line, |key, value| {
            match value {
                Value::Str(v) => l.value(key, v, Ends::Quote),
                Value::Num(v) if is_plain_number(v) => l.value(key, v, Ends::Number),
                // nobody takes them: the same in all lines, or another writer
                Value::Bool(_) | Value::Null | Value::Empty => {}
                Value::Num(_) | Value::Bare(_) | Value::Object(_) | Value::Array(_) => {
                    l.good = false;
                }
            }
            l.good
        })?;
        l.done(None)
    }

    /// The same for a line of logfmt.
    pub fn of_logfmt(line: &[u8]) -> Option<AppTemplate> {
        logfmt::Logfmt.parse(line)?;
        let mut l = Learning::of(line);
        let pairs = logfmt::pairs(line, |key, value, pair| {
            let ends = match pair.get(key.len() + 1) {
                Some(b'"') => Ends::Quote,
                _ => Ends::Blank,
            };
            l.value(key, value, ends);
        })?;
        l.done(Some(pairs))
    }

    /// Quotes in a line.
    #[inline(always)]
    pub fn quotes(&self) -> usize {
        self.quotes
    }

    /// Reads a line that is followed by whatever stands in `after`, and calls `f` with it. `marks` are the positions of its
    /// quotes, counted from `base` before its first byte. The line is what [`json::Json`] or [`logfmt::Logfmt`] gives.
    #[inline(always)]
    pub fn read<'a, R>(
        &self,
        after: &'a [u8],
        len: usize,
        marks: (&[u32], usize),
        memo: &mut TimeMemo,
        f: impl FnOnce(Line<'_, 'a>) -> R,
    ) -> Option<R> {
        let (marks, base) = marks;
        let line = after.get(..len)?;
        let mut fields = Fields::default();
        let (mut at, mut mark) = (0, 0);
        for (i, s) in self.slots.iter().enumerate() {
            if !s.text.begins(after.get(at..)?) {
                return None;
            }
            let from = at + s.text.len;
            mark += s.text.quotes;
            let next = marks.get(mark);
            let next = next.map_or(len, |m| (*m as usize).wrapping_sub(base));
            at = match s.ends {
                Ends::Quote => next,
                Ends::Number => match self.slots.get(i + 1) {
                    Some(s) => next.checked_sub(s.text.before_quote())?,
                    None => len.checked_sub(self.end.len())?,
                },
                // a quote in it would be one that the marks of later values take for theirs
                Ends::Blank => find_blank(after, from).filter(|n| *n <= next)?,
            };
            let value = line.get(from..at)?;
            let plain = match s.ends {
                Ends::Quote => line[at - 1] != b'\\',
                Ends::Number => is_plain_number(value),
                Ends::Blank => true,
            };
            if !plain {
                return None;
            }
            match s.meaning {
                Meaning::Nothing => {}
                Meaning::Time => fields.time_by(value, |_| memo.time(after, from, at)),
                m => {
                    fields.take_as(m, value);
                }
            }
        }
        let is_line = match self.pairs {
            Some(n) => logfmt::is_line(&fields, line, n) && fields.has_text(false),
            None => json::is_line(&fields, line),
        };
        (line.get(at..)? == self.end && is_line).then(|| fields.tell(f))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use proptest::prelude::*;

    const LINES: &[&str] = &[
        r#"{"time":"2026-11-20T06:33:18.250Z","level":"info","service":"orders","host":"app-4","msg":"request completed","path":"/a/1","status":200,"ms":182,"trace_id":"b788842b"}"#,
        r#"{"timestamp": "2026-11-20 06:33:18,250", "level": "INFO", "logger": "shop.web", "ok": true, "message": "cart of 7 kept", "n": 12 }"#,
        r#"{"level":30,"time":1795156624724,"pid":1,"hostname":"web01","msg":"GET /a 200 4ms"}"#,
        r#"{"ts":"2026-11-20T06:33:18Z","lvl":"warn","msg":"slow","err":"timeout after 3 s","status":504,"method":"GET","url":"/b?c=1","duration_ms":12.5}"#,
        r#"ts=2026-11-20T06:33:18.250Z level=info service=orders host=app-4 msg="request completed" path="/a/1" status=200 ms=182 trace_id=b788842b user=u1"#,
        r#"time="2026-11-20T06:33:18+01:00" level=error msg="no way" err="PoolError: none left" host=a"#,
        r#"level=info ts=2026-11-20T06:33:18.25Z caller=main.go:3 msg=started version=1.2.3 release=7"#,
        r#"at=info method=GET path=/a host=shop.example.net request_id=8601b555 fwd="203.0.113.7" status=200 bytes=13 ts=2026-11-20T06:33:18Z msg="ab c""#,
    ];

    fn learn(line: &str) -> Option<AppTemplate> {
        AppTemplate::of_json(line.as_bytes()).or_else(|| AppTemplate::of_logfmt(line.as_bytes()))
    }

    /// What a template makes of a line, in a piece that goes on behind it.
    fn read<'a>(t: &AppTemplate, piece: &'a [u8], memo: &mut TimeMemo) -> Option<Record<'a>> {
        let len = memchr::memchr(b'\n', piece)?;
        let marks = memchr::memchr_iter(b'"', &piece[..len]).map(|m| m as u32 + 7);
        let marks: Vec<u32> = marks.collect();
        let found = t.read(piece, len, (&marks, 7), memo, |l| l.record());
        (marks.len() == t.quotes()).then_some(found)?
    }

    fn piece(line: &str) -> Vec<u8> {
        format!("{}\n{}", line.replace('\n', " "), "x".repeat(40)).into_bytes()
    }

    fn generally(t: &AppTemplate, line: &str) -> String {
        let line = line.replace('\n', " ");
        let found = match t.pairs {
            Some(_) => logfmt::Logfmt.parse(line.as_bytes()),
            None => json::Json.parse(line.as_bytes()),
        };
        format!("{found:?}")
    }

    #[test]
    fn lines_like_the_one_that_was_learnt() {
        for line in LINES {
            let t = learn(line).unwrap();
            let mut memo = TimeMemo::default();
            for other in [
                line.to_string(),
                line.replace("2026", "2027").replace("info", "debug"),
                line.replace(".250", ".251"),
                line.replace("/a", "").replace("200", "503"),
            ] {
                let p = piece(&other);
                let found = read(&t, &p, &mut memo);
                assert!(found.is_some(), "{other}");
                assert_eq!(format!("{found:?}"), generally(&t, &other), "{other}");
            }
        }
    }

    #[test]
    fn what_is_not_learnt() {
        for line in [
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","o":{"b":1}}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","l":[1]}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a \"b\""}"#,
            r#"{"time":"2026-11-20T06:33:18Z","level":"info","msg":"a","n":-1}"#,
            r#"ts=2026-11-20T06:33:18Z level=info msg="a \"b\"""#,
            r#"{"a":1}"#,
            "a line",
            "",
        ] {
            assert!(learn(line).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0..LINES.len(), from in 0usize..190, cut in 0usize..6, put in r#"["\\{},:=.0-9a -]{0,5}|\t|\x1b\[1m"#,
        ) {
            let s = LINES[which];
            let t = learn(s).unwrap();
            let mut memo = TimeMemo::default();
            let _ = read(&t, &piece(s), &mut memo);
            let from = from.min(s.len());
            let line = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
            let p = piece(&line);
            if let Some(r) = read(&t, &p, &mut memo) {
                prop_assert_eq!(format!("{:?}", Some(r)), generally(&t, &line), "{}", line);
            }
            let _ = learn(&line);
        }
    }
}
