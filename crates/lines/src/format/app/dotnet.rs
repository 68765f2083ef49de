//! .NET's console logger: `fail: Category[1]` and the text on lines behind it, indented by six blanks. No time, unless one is
//! configured to stand in front.

use crate::format::Reader;
use crate::format::app::stack::exception;
use crate::format::app::text::stamped;
use crate::format::leaf::{Parser, before_near, blank, digit1, eof, opt, past_last, tag, verify};
use crate::record::{Body, Level, Record};
use crate::table::byte_words;
use crate::time::Stamp;
use std::borrow::Cow;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    head(line).map(|_| Record::new(None, Body::Nothing))
}

/// What stands above a text: when, if a time is written, how grave it is, and the category.
type Heading<'a> = (Option<Stamp>, Level, &'a [u8]);

const LEVELS: [&[u8]; 6] = byte_words("trce dbug info warn fail crit");

/// `fail: Category[1]`, behind a time or not.
fn head(line: &[u8]) -> Option<Heading<'_>> {
    let level = before_near(b':', 5).map_opt(|w| Level::listed(w, &LEVELS));
    let category = verify(past_last("["), |c: &[u8]| {
        !c.is_empty() && c.iter().all(u8::is_ascii_graphic)
    });
    let id = (opt(tag("-")), digit1, tag("]"), eof);
    let (stamp, line) = match line.first()? {
        b'a'..=b'z' => (None, line),
        _ if !line.ends_with(b"]") => return None,
        _ => stamped(line).map(|begun| (Some(begun.stamp), begun.rest.trim_ascii_start()))?,
    };
    let (_, (level, category, _)) = (level, blank(category), id).parse(line).ok()?;
    Some((stamp, level, category))
}

/// First parts of categories that name the framework and no service.
const FRAMEWORK: [&[u8]; 3] = [b"Microsoft", b"System", b"Grpc"];

/// How a text begins that says that something was thrown, and not what.
const UNCAUGHT: &[u8] = b"An unhandled exception ";

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct DotnetReader {
    /// The head whose text is awaited: its time, its level and the root of its category.
    awaited: Option<Heard>,
    /// The same of one whose text has come: right below that stands what was thrown.
    said: Option<Heard>,
    /// Inside of a text.
    open: bool,
}

/// What a head says of the text below it.
#[derive(Clone)]
struct Heard {
    stamp: Option<Stamp>,
    level: Level,
    root: Vec<u8>,
}

impl Heard {
    fn record(self, text: &[u8]) -> Record<'_> {
        let mut r = Record::said(self.stamp, self.level, text);
        r.service = (!self.root.is_empty()).then_some(Cow::Owned(self.root));
        r
    }
}

impl Reader for DotnetReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let nothing = Some(Record::new(None, Body::Nothing));
        if let Some((stamp, level, category)) = head(line) {
            let root = category.split(|&c| c == b'.').next().unwrap_or_default();
            let root = if FRAMEWORK.contains(&root) { b"" } else { root };
            let root = root[..root.len().min(64)].to_vec();
            self.awaited = Some(Heard { stamp, level, root });
            (self.said, self.open) = (None, true);
            return nothing;
        }
        if !self.open || !line.starts_with(b"      ") {
            self.open = false;
            return None;
        }
        let text = line.trim_ascii();
        if let Some(heard) = self.awaited.take() {
            // the framework says no more of what a program did not catch: what it was is on the next line
            if heard.level >= Level::Error && text.starts_with(UNCAUGHT) {
                self.awaited = Some(heard);
                return nothing;
            }
            self.said = Some(heard.clone()).filter(|h| h.level >= Level::Error);
            return Some(heard.record(text));
        }
        let thrown = self.said.take().filter(|_| exception(text).is_some());
        thrown.map(|heard| heard.record(text)).or(nothing)
    }
}
