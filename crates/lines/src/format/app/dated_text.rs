//! Plain text whose time stands anywhere near the start of the line (`=== ship 2026-03-10 13:05:00 shop 4.2.0`), as scripts of a
//! house write it. Sentences hold times too, so this is no format of the registry: a plan gives it to an input that no other
//! format explains, and whose own lines show it.

use super::head::head;
use super::label_first::find;
use super::late_level;
use super::message;
use super::stack::continuation;
use super::text::with_zone;
use crate::format::line_features::Signs;
use crate::format::{ANY, Format, Meta};
use crate::record::{Body, Level, Message, Record};
use std::borrow::Cow;

/// Plain text with a time in it.
pub struct DatedText;

impl Format for DatedText {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "text with a time",
            "plain text with a date and a clock near the start of its lines, where no other format explains the file",
        )
        .heads()
        .begins(ANY, Signs::CLOCK)
        .sample("=== ship 2026-03-10 13:05:00 shop 4.2.0")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
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
        let message = Message {
            text,
            ..Message::new(level, b"")
        };
        Some(Record::new(Some(stamp), Body::Message(message)))
    }
}

/// Without the marks around words.
fn words(b: &[u8]) -> &[u8] {
    let mark = |c: &u8| b" \t=-*#|:,;<>[](".contains(c);
    let from = b.iter().position(|c| !mark(c) && *c != b'"');
    let b = &b[from.unwrap_or(b.len())..];
    let end = b.iter().rposition(|c| !mark(c));
    &b[..end.map_or(0, |n| n + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_taken_out_of_the_sentence() {
        let read = |l: &str| {
            let r = DatedText.parse(l.as_bytes())?;
            match r.body {
                Body::Message(m) => Some(String::from_utf8_lossy(&m.text).into_owned()),
                _ => None,
            }
        };
        for (line, text) in [
            (
                "=== ship 2026-03-10 13:05:00 ann shop 4.2.0 (was 4.1.9)",
                "ship ann shop 4.2.0 (was 4.1.9)",
            ),
            ("--- 2026-03-10 13:05:00 +0100 | begin", "begin"),
            (
                "[deploy] <2026-03-10T13:05:00Z> shop is up",
                "deploy shop is up",
            ),
        ] {
            assert_eq!(read(line).as_deref(), Some(text), "{line}");
        }
        let level = |l: &str| match DatedText.parse(l.as_bytes()).unwrap().body {
            Body::Message(m) => m.level,
            _ => Level::Trace,
        };
        let line = "<shop-1> 20.11.2026 06:33:18 | ERROR | payment failed";
        assert_eq!(level(line), Level::Error);
        assert_eq!(read(line).as_deref(), Some("shop-1 payment failed"));
        for line in [
            "  app1: unpack 2026-03-10 13:05:00",
            "no time",
            "at 13:05:00",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
