//! Errors as MinIO prints them: a block of lines, of which one is `Time: 13:05:00 UTC 03/10/2026` (the month first), and one the error.

use crate::format::leaf::{Leaf, Parser, blank, eof, tag, take, terminated};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;
use crate::time::zone;
use std::borrow::Cow;

/// Error blocks of MinIO.
pub struct Minio;

impl Format for Minio {
    fn meta(&self) -> Meta<'_> {
        Meta::app("MinIO", "errors of MinIO, in blocks of lines")
            .stateful()
            .begins(b"T", Signs::CLOCK | Signs::PATH)
            .sample("Time: 13:05:00 UTC 03/10/2026")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        time(line).map(|s| Record::new(Some(s), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(MinioReader::default()))
    }
}

/// `Time: 13:05:00 UTC 03/10/2026`, nothing else on the line.
fn time(line: &[u8]) -> Option<Stamp> {
    let two = || terminated(take(2usize), tag("/"));
    let date = (two(), two(), take(4usize), eof);
    let (_, (_, clock, offset_min, (month, day, year, _))) =
        (tag("Time: "), take(8usize), blank(offset), blank(date))
            .parse(line)
            .ok()?;
    let mut written = *b"yyyy-mm-dd hh:mm:ss";
    written[..4].copy_from_slice(year);
    written[5..7].copy_from_slice(month);
    written[8..10].copy_from_slice(day);
    written[11..].copy_from_slice(clock);
    let (left, s) = iso(&written).ok()?;
    left.is_empty().then_some(Stamp { offset_min, ..s })
}

/// The offset of a zone's name.
fn offset(i: &[u8]) -> Leaf<'_, Option<i16>> {
    match zone::abbreviation(i) {
        Some((offset, n)) => Ok((&i[n..], offset)),
        None => Err(nom::Err::Error(())),
    }
}

/// The other lines of a block.
const PARTS: [&[u8]; 9] = [
    b"API: ",
    b"DeploymentID: ",
    b"RequestID: ",
    b"RemoteHost: ",
    b"Host: ",
    b"UserAgent: ",
    b"Client: ",
    b"Bucket: ",
    b"Object: ",
];

/// The lines of one input.
#[derive(Default)]
struct MinioReader {
    /// The time of the block, until its error is told.
    open: Option<Stamp>,
    /// MinIO wrote here.
    own: bool,
}

impl Reader for MinioReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let nothing = |own: bool| own.then(|| Record::new(None, Body::Nothing));
        if let Some(stamp) = time(line) {
            (self.open, self.own) = (Some(stamp), true);
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        if let Some(text) = line.strip_prefix(b"Error: ")
            && let Some(stamp) = self.open.take()
        {
            let mut r = Record::new(Some(stamp), Body::Message(Message::new(Level::Error, text)));
            r.service = Some(Cow::Borrowed(b"minio"));
            return Some(r);
        }
        if PARTS.iter().any(|p| line.starts_with(p)) {
            return nothing(self.own);
        }
        // frames: a number, a file, a line of it and a function
        let frame = line.trim_ascii_start();
        let n = frame.iter().take_while(|c| c.is_ascii_digit()).count();
        let is_frame = frame.len() + 4 < line.len() && n > 0 && frame[n..].starts_with(b": ");
        nothing(self.own && is_frame)
    }
}
