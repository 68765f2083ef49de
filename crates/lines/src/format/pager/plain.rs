//! Plain-text pager lines: a stamp, then words that only a pager begins a message with. They become messages of the pager
//! scope, on which the text rules run; application lines about alerts begin otherwise and are left alone.

use crate::record::{Kind, Level, Record};
use crate::table::{byte_words, rows};
use crate::time::stamp;
use std::sync::LazyLock;

/// Tags of programs that page people.
const TAGS: [&[u8]; 9] =
    byte_words("pager oncall on-call paging pagerduty opsgenie alerting sms smsd");
/// Words that begin a pager's message, and what must follow them.
static WORDS: LazyLock<Vec<[&str; 2]>> =
    LazyLock::new(|| rows(include_str!("words.tsv")).collect());

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let open = line.strip_prefix(b"[").unwrap_or(line);
    // Cheap no: every pager line names itself in its first bytes after the stamp.
    let (rest, at) = stamp::any_shape(open).ok()?;
    let rest = rest.strip_prefix(b"]").unwrap_or(rest);
    let (rest, offset) = zone(rest);
    let text = message(rest.trim_ascii_start())?;
    let at = match offset {
        Some(o) if at.offset_min.is_none() => at.at_offset(Some(o)),
        _ => at,
    };
    Some(Record::said(Some(at), Level::Info, text).in_scope(Kind::Pager))
}

/// A zone abbreviation after a blank (`UTC`).
fn zone(rest: &[u8]) -> (&[u8], Option<i16>) {
    let Some(word) = rest.strip_prefix(b" ") else {
        return (rest, None);
    };
    match crate::time::zone::abbreviation(word) {
        Some((o, n)) if word.get(n) == Some(&b' ') => (&word[n..], o),
        _ => (rest, None),
    }
}

/// The message of a pager, without its tag; `None` when it does not begin like one.
fn message(rest: &[u8]) -> Option<&[u8]> {
    if let Some(said) = tagged(rest) {
        return Some(said);
    }
    // A syslog host may stand in front of the tag.
    let host = rest.iter().take(64).position(|&c| c == b' ');
    if let Some(said) = host.and_then(|n| tagged(&rest[n + 1..])) {
        return Some(said);
    }
    let begins = WORDS.iter().any(|[word, next]| {
        let behind = rest.strip_prefix(word.as_bytes()).and_then(<[u8]>::first);
        behind.is_some_and(|c| next.as_bytes().contains(c))
    });
    (begins || is_note(rest) || is_by_hand(rest)).then_some(rest)
}

/// What follows `pager: ` or `pager[812]: `.
fn tagged(rest: &[u8]) -> Option<&[u8]> {
    let colon = rest.iter().take(32).position(|&c| c == b':')?;
    if rest.get(colon + 1) != Some(&b' ') {
        return None;
    }
    let tag = rest[..colon]
        .split(|&c| c == b'[' || c == b'.')
        .next()
        .unwrap_or_default();
    let sends = TAGS.iter().any(|t| t.eq_ignore_ascii_case(tag));
    sends.then(|| sent(rest[colon + 2..].trim_ascii_start()))
}

/// What was sent, where a script logs it under a key with whom it went to.
fn sent(text: &[u8]) -> &[u8] {
    const KEYS: [&[u8]; 4] = [b"msg=\"", b"message=\"", b"text=\"", b"body=\""];
    let found = KEYS
        .iter()
        .find_map(|k| Some(memchr::memmem::find(text, k)? + k.len()));
    let Some(at) = found else {
        return text;
    };
    let end = memchr::memrchr(b'"', text).filter(|e| *e > at);
    &text[at..end.unwrap_or(text.len())]
}

/// `NOTE alice: …`: a person's note in a pager's log.
fn is_note(rest: &[u8]) -> bool {
    let Some(name) = rest.strip_prefix(b"NOTE ") else {
        return false;
    };
    let n = name
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || b"._-".contains(c))
        .count();
    n > 0 && name[n..].starts_with(b": ")
}

/// Timelines kept by hand: `Pagers alerted on-call team`, `On-call team acknowledgement`.
fn is_by_hand(rest: &[u8]) -> bool {
    let starts = |p: &str| {
        rest.get(..p.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(p.as_bytes()))
    };
    starts("pagers alerted")
        || starts("pager alerted")
        || starts("on-call ack")
        || starts("on-call team ack")
}
