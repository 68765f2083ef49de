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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Dated;

    #[test]
    fn rows_with_and_without_a_header() {
        let mut lines = WindowsRowsReader::default();
        assert!(
            lines
                .read(b"Level,Date and Time,Source,Event ID,Task Category")
                .is_some()
        );
        assert!(
            WindowsRows
                .parse(b"\xef\xbb\xbfKeywords\tDate and Time\tSource")
                .is_some()
        );
        let r = lines.read(WindowsRows.sample().as_bytes()).unwrap();
        let at = r.stamp.unwrap();
        assert_eq!(at.dated, Dated::LikelyMonthFirst);
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(m.level, Level::Error);
        assert_eq!(
            &*m.text,
            b"Service Control Manager 7031: The Shop service terminated unexpectedly."
        );
        // the 13th can only be a day
        let r = lines
            .read(b"Warning\t13/03/2026 13:05:00\tDisk\t51\tNone\tAn error was detected")
            .unwrap();
        assert_eq!(r.stamp.unwrap().wall_us, 1_773_407_100_000_000);
        let r = lines
            .read(b"Critical,13.03.2026 13:05:00,Kernel-Power,41,(63),\"The system has rebooted")
            .unwrap();
        let Body::Message(m) = r.body else { panic!() };
        assert_eq!(
            (m.level, &*m.text),
            (
                Level::Fatal,
                &b"Kernel-Power 41: The system has rebooted"[..]
            )
        );
        assert!(lines.read(b"without shutting down first.\"").is_some());
        assert!(lines.read(b"of somebody else").is_none());
    }

    #[test]
    fn a_message_without_its_quote_swallows_no_line_of_others() {
        let mut lines = WindowsRowsReader::default();
        let row = b"Error,13.03.2026 13:05:00,Disk,51,None,\"An error was";
        assert!(lines.read(row).is_some());
        assert!(lines.read(b"detected on device 1").is_some());
        assert!(
            lines
                .read(b"2026-03-13T13:05:01Z INFO deploy of shop 2.0 started")
                .is_none()
        );
        assert!(lines.read(b"of somebody else").is_none());
    }

    #[test]
    fn rows_of_others() {
        for line in [
            "Error,yesterday,a,1,None,x",
            "Error,3/10/2026 1:05:00 PM,a,b,None,x",
            "Severe,3/10/2026 1:05:00 PM,a,1,None,x",
            "Error,3/10/2026 1:05:00 PM",
            "Level,Date",
            "",
        ] {
            assert!(WindowsRows.parse(line.as_bytes()).is_none(), "{line}");
        }
    }
}
