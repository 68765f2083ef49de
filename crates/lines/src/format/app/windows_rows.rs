//! Events of Windows as the Event Viewer saves them to CSV or text: `Error,3/10/2026 1:05:00 PM,Service Control Manager,7031,None,"…"`,
//! with or without the line that names the columns. The message may go on in further lines up to its closing quote.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader, is_any};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp;
use memchr::memchr;
use std::borrow::Cow;

/// Rows of the Event Viewer.
pub struct WindowsRows;

impl Format for WindowsRows {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "Windows event CSV",
            "events of Windows as the Event Viewer saves them to CSV or text",
        )
        .stateful()
        .begins(b"KL\xef", Signs::NONE)
        .begins(b"ACEIVW", Signs::CLOCK)
        .sample("Error,3/10/2026 1:05:00 PM,Service Control Manager,7031,None,\"The Shop service terminated unexpectedly.\"")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if is_header(line) {
            return Some(Record::new(None, Body::Nothing));
        }
        row(line).map(|r| r.0)
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(WindowsRowsReader::default()))
    }
}

/// The line that names the columns.
fn is_header(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    [&b","[..], b"\t"].iter().any(|mark| {
        [&b"Level"[..], b"Keywords"].iter().any(|first| {
            let rest = line
                .strip_prefix(*first)
                .and_then(|l| l.strip_prefix(*mark));
            rest.is_some_and(|l| l.starts_with(b"Date and Time"))
        })
    })
}

/// The words of the first column.
fn level_of(w: &[u8]) -> Option<Level> {
    Some(match w {
        b"Critical" => Level::Fatal,
        b"Error" => Level::Error,
        b"Warning" => Level::Warn,
        b"Information" | b"Audit Success" | b"Audit Failure" => Level::Info,
        b"Verbose" => Level::Debug,
        _ => return None,
    })
}

/// A row, and whether its message goes on in the next line.
fn row(line: &[u8]) -> Option<(Record<'_>, bool)> {
    let mark = line.iter().take(16).find(|c| matches!(c, b',' | b'\t'))?;
    let cell = |b: &'_ [u8]| memchr(*mark, &b[..b.len().min(160)]);
    let cut = |b| {
        let n = cell(b)?;
        Some((&b[..n], &b[n + 1..]))
    };
    let (word, rest) = cut(line)?;
    let level = level_of(word)?;
    let (time, rest) = cut(rest)?;
    let (source, rest) = cut(rest)?;
    let (id, rest) = cut(rest)?;
    let (_task, said) = cut(rest).unwrap_or((rest, b""));
    leaf::uint(id)?;
    let stamp = when(time)?;
    let (said, open) = match said.strip_prefix(b"\"") {
        Some(inner) => match inner.strip_suffix(b"\"") {
            Some(whole) => (whole, false),
            None => (inner, true),
        },
        None => (said, false),
    };
    // the same words as an event in XML gives
    let text = [source, b" ", id, b": ", said.trim_ascii()].concat();
    let m = Message {
        text: Cow::Owned(text),
        ..Message::new(level, b"")
    };
    Some((Record::new(Some(stamp), Body::Message(m)), open))
}

/// A date in numbers as the user's settings write it, with or without the half of the day.
fn when(b: &[u8]) -> Option<Stamp> {
    let (rest, s) = stamp::half_day(stamp::numeric(b).or_else(|_| stamp::iso_loose(b))).ok()?;
    rest.is_empty().then_some(s)
}

/// Longest line of a message that goes on, in bytes.
const LONGEST: usize = 8192;

/// The lines of one input.
#[derive(Default)]
struct WindowsRowsReader {
    /// A message has no closing quote yet.
    open: bool,
}

impl Reader for WindowsRowsReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((r, open)) = row(line) {
            self.open = open;
            return Some(r);
        }
        if is_header(line) {
            self.open = false;
            return Some(Record::new(None, Body::Nothing));
        }
        // a message that lost its quote must not swallow what others wrote
        self.open = self.open && line.len() <= LONGEST && !is_any(line);
        let more = self.open.then(|| Record::new(None, Body::Nothing));
        self.open &= !line.ends_with(b"\"");
        more
    }
}
