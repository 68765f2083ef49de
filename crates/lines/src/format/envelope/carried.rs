//! Objects of shippers and rows of exports around a line, whatever their keys are called: `{"date":1767225600.1,"log":"…"}` of
//! Fluent Bit, `{"log":"…"}` of its files, `{"timestamp":"…","raw":"…","host":"web-1"}` of Vector, rows of Azure's tables. The line is a third of the
//! object, or an object itself.

use super::beats::begins_a_line;
use super::{Inside, Outer, Peeled, name, time};
use crate::format::columns::is_request;
use crate::format::flat_json::{Value, decode, fields_nested};
use crate::record::At;
use crate::time::{Stamp, stamp};
use std::borrow::Cow;

/// The object is no longer than so many times the line.
const LONGER: usize = 3;

/// What shippers call a line that stands alone in their object.
const LINES: [&[u8]; 5] = [b"log", b"message", b"msg", b"line", b"raw"];

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let object = line.first() == Some(&b'{') && line.last() == Some(&b'}');
    // most objects have no such text, which their quotes show; an object in quotes may be shorter than what is said of where it ran
    let quotes_one = || memchr::memmem::find(line, b"\":\"{\\\"").is_some();
    if !object || !has_a_long_text(line) && !quotes_one() {
        return None;
    }
    let mut outer = Outer::new(None, Inside::Whole);
    outer.at = At::Read;
    let mut longest = &b""[..];
    let (mut own, mut called, mut told) = (false, false, false);
    fields_nested(line, |_, key, v| {
        let ends = |c: &u8| *c != b'_';
        let from = key.iter().position(ends).unwrap_or(key.len());
        let to = key.iter().rposition(ends).map_or(from, |n| n + 1);
        match (&key[from..to], v) {
            (k, _) if states_a_level(k) => own = true,
            (k, v) if outer.stamp.is_none() && is_of_time(k) => outer.stamp = time(v),
            (k, v) if is_one_of(k, &[b"host", b"hostname", b"computer", b"podname"]) => {
                outer.host = name(v)
            }
            (k, v) if is_one_of(k, &[b"service", b"containername"]) => outer.service = name(v),
            // what a program on Azure prints, beside names that may be longer
            (k, Value::Str(raw)) if is_one_of(k, &[b"resultdescription"]) => {
                (longest, told) = (raw, true);
            }
            (k, Value::Str(raw)) if !told && may_be_a_line(raw) && longest.len() < raw.len() => {
                (longest, called) = (raw, is_one_of(k, &LINES));
            }
            _ => {}
        }
        true
    });
    // without a time beside it a line is known by what it is called
    let known = outer.stamp.is_some() || called;
    let is_object = longest.starts_with(b"{\\\"");
    if !known || longest.len() * LONGER < line.len() && !told && !is_object {
        return None;
    }
    let text = decode(longest);
    let text = match text.ends_with(b"\n") {
        true => Cow::Owned(text.trim_ascii_end().to_vec()),
        false => text,
    };
    // what has a severity or a logger, or is more than the line, is an entry of a program, which may tell of a call, but for a line
    // of an access log
    let own = own && !told;
    let mostly = !own && outer.stamp.is_some() && longest.len() * 2 >= line.len();
    let inner = is_request(&text) && (mostly || has_a_time_in_brackets(&text))
        || !own && is_line(&text, outer.stamp);
    inner.then_some(Peeled {
        text,
        outer: outer.named_by_its_pod(),
    })
}

/// Whether a third of a line or more stands between two quotes: then they are on both sides of the end of a third.
fn has_a_long_text(line: &[u8]) -> bool {
    (1..LONGER).any(|n| {
        let (before, behind) = line.split_at(line.len() * n / LONGER);
        let ends = |at: &usize| line[..*at].last() != Some(&b'\\');
        let open = memchr::memrchr_iter(b'"', before).find(ends);
        let mut behind = memchr::memchr_iter(b'"', behind).map(|at| before.len() + at);
        let close = behind.find(ends);
        open.zip(close)
            .is_some_and(|(a, b)| (b - a) * LONGER >= line.len())
    })
}

/// Whether a key is that of a time: `Date`, `@timestamp`, `TimeGenerated`.
fn is_of_time(key: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b"time", b"date", b"timestamp"];
    let begins = |w: &&[u8]| {
        let start = key.get(..w.len());
        start.is_some_and(|s| s.eq_ignore_ascii_case(w))
    };
    is_one_of(key, &[b"ts", b"dt"]) || ends_in(key, &WORDS) || WORDS.iter().any(begins)
}

/// Whether a key is that of a severity or of a logger, whatever stands in front of it.
fn states_a_level(key: &[u8]) -> bool {
    ends_in(
        key,
        &[b"level", b"severity", b"lvl", b"levelname", b"logger"],
    )
}

/// Whether a text has blanks, or is an object in quotes.
fn may_be_a_line(raw: &[u8]) -> bool {
    raw.contains(&b' ') || raw.starts_with(b"{\\\"")
}

/// Whether a key is one of some words, whatever lines are drawn between its own: `container_name`, `containerName`.
fn is_one_of(key: &[u8], words: &[&[u8]]) -> bool {
    let same = |w: &[u8]| {
        let own = key.iter().filter(|c| **c != b'_');
        own.map(u8::to_ascii_lowercase).eq(w.iter().copied())
    };
    words.iter().any(|w| same(w))
}

fn ends_in(key: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|w| {
        let from = key.len().checked_sub(w.len());
        from.is_some_and(|from| key[from..].eq_ignore_ascii_case(w))
    })
}

/// Whether a time stands in brackets as access logs write it: `[10/Mar/2026:13:05:01 +0000]`.
fn has_a_time_in_brackets(text: &[u8]) -> bool {
    let at = memchr::memchr(b'[', text);
    at.is_some_and(|at| stamp::clf(&text[at + 1..]).is_ok())
}

/// Whether a text is a line of a log: an object, or what begins with a time, which is near that at which it was read, or a whole one.
fn is_line(text: &[u8], read: Option<Stamp>) -> bool {
    let object = text.starts_with(b"{") && text.ends_with(b"}");
    let whole = || stamp::any_shape(text).is_ok_and(|(_, s)| s.dated.is_whole());
    object || begins_a_line(text, read) && (read.is_some() || whole())
}
