//! Plain text whose time stands anywhere near the start of the line (`=== ship 2026-03-10 13:05:00 shop 4.2.0`), as scripts of a
//! house write it. Sentences hold times too, so this is no format of the registry: a plan gives it to an input that no other
//! format explains, and whose own lines show it.

use super::head::head;
use super::label_first::find;
use super::stack::continuation;
use super::text::with_zone;
use super::{late_level, message};
use crate::record::{Level, Record};
use std::borrow::Cow;

/// Reads one line.
pub fn parse<'a>(line: &'a [u8]) -> Option<Record<'a>> {
    if matches!(line.first()?, b' ' | b'\t') || continuation(line).is_some() {
        return None;
    }
    let (at, stamp, rest) = find(line)?;
    let blank = usize::from(rest.first() == Some(&b' '));
    let (stamp, zone) = with_zone(stamp, &rest[blank..]);
    let rest = if zone > 0 {
        &rest[blank + zone..]
    } else {
        rest
    };
    let (front, behind) = (words(&line[..at]), head(words(rest)));
    let rest = words(behind.text);
    // what stands around the time is one sentence
    let text: Cow<'a, [u8]> = match (front.is_empty(), rest.is_empty()) {
        (true, _) => Cow::Borrowed(rest),
        (_, true) => Cow::Borrowed(front),
        _ => Cow::Owned([front, b" ", rest].concat()),
    };
    let text = match text {
        Cow::Borrowed(text) => message::plain(text),
        owned => owned,
    };
    let level = behind.level.or_else(|| late_level::level_of(&text));
    let level = level.unwrap_or(Level::Info);
    Some(Record::said(Some(stamp), level, text))
}

/// Without the marks around words.
fn words(b: &[u8]) -> &[u8] {
    let mark = |c: &u8| b" \t=-*#|:,;<>[](".contains(c);
    let from = b.iter().position(|c| !mark(c) && *c != b'"');
    let b = &b[from.unwrap_or(b.len())..];
    let end = b.iter().rposition(|c| !mark(c));
    &b[..end.map_or(0, |n| n + 1)]
}
