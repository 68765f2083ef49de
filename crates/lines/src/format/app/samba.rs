//! Logs of Samba: a head `[2026/03/10 13:05:00.123456,  0] ../../lib/util.c:332(read_fd)`, with the level as number behind the time, and
//! the text in indented lines below it. A record is cited at the first line of its text.

use super::message;
use crate::format::leaf::{
    Parser, all_consuming, alt, before, before_near, blank, digit1, multispace0, preceded, rest,
    tag, verify,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Record};
use crate::time::Stamp;
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Logs of Samba.
pub struct Samba;

impl Format for Samba {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "Samba",
            "logs of Samba: a time, a level and a place in the code, the text below",
        )
        .stateful()
        .begins(b"[", Signs::COMMA | Signs::CLOCK | Signs::CLOSE)
        .sample("[2026/03/10 13:05:00.123456,  0] ../../lib/util_sock.c:474(read_fd_with_timeout)")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (stamp, _) = head(line)?;
        Some(Record::new(Some(stamp), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(SambaReader::default()))
    }
}

/// Time and level of a head; behind it a file, a line of it and a function.
fn head(line: &[u8]) -> Option<(Stamp, Level)> {
    line.get(5).filter(|c| **c == b'/')?;
    let time = before(b',').and_then(all_consuming(iso));
    let level = preceded(multispace0, digit1).map_opt(level);
    let more = alt((tag("]"), preceded(tag(","), before_near(b']', 120))));
    let place = |b: &[u8]| b.contains(&b':') && b.contains(&b'(') && !b.contains(&b' ');
    let (_, (_, stamp, level, _, _)) = (tag("["), time, level, more, blank(verify(rest, place)))
        .parse(line)
        .ok()?;
    Some((stamp, level))
}

fn level(digits: &[u8]) -> Option<Level> {
    match digits {
        b"0" => Some(Level::Error),
        b"1" => Some(Level::Warn),
        b"2" | b"3" | b"4" => Some(Level::Info),
        [_] | [_, _] => Some(Level::Debug),
        _ => None,
    }
}

/// The lines of one input.
#[derive(Default)]
struct SambaReader {
    /// A head whose text is still to come.
    open: Option<(Stamp, Level)>,
    /// The line before was of an entry.
    inside: bool,
}

impl Reader for SambaReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some((stamp, level)) = head(line) {
            (self.open, self.inside) = (Some((stamp, level)), true);
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        if !self.inside || !line.starts_with(b"  ") {
            (self.open, self.inside) = (None, false);
            return None;
        }
        let Some((stamp, level)) = self.open.take() else {
            return Some(Record::new(None, Body::Nothing));
        };
        let mut r = Record::new(Some(stamp), message::body(level, line.trim_ascii()));
        r.service = Some(Cow::Borrowed(b"samba"));
        Some(r)
    }
}
