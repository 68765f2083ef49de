//! Developer traces of SAP's kernel (`dev_w0`, `dev_disp`): the time stands on a line of its own behind the letter of a component,
//! messages follow it without one; `*** ERROR =>` and `*** WARNING =>` tell levels.

use crate::format::leaf::{Parser, blank, eof, take_while_m_n};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp::ctime;
use std::borrow::Cow;

/// Developer traces of SAP.
pub struct SapTrace;

impl Format for SapTrace {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            "SAP trace",
            "developer traces of SAP's kernel: a time on a line of its own, messages below it",
        )
        .stateful()
        .begins(b"A-Z", Signs::CLOCK)
        .sample("M Tue Mar 10 13:05:00 2026")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        time(line).map(|s| Record::new(Some(s), Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(SapTraceReader::default()))
    }
}

/// `M Tue Mar 10 13:05:00:123 2026`, alone on its line.
fn time(line: &[u8]) -> Option<Stamp> {
    let component = take_while_m_n(1, 1, |c: u8| c.is_ascii_uppercase());
    let (_, (_, stamp, _)) = (component, blank(ctime), eof).parse(line).ok()?;
    Some(stamp)
}

/// The lines of one input.
#[derive(Default)]
struct SapTraceReader {
    last: Option<Stamp>,
}

impl Reader for SapTraceReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some(stamp) = time(line) {
            self.last = Some(stamp);
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        let stamp = self.last?;
        // the letter of the component, its blanks, the text
        let text = match line {
            [] => return Some(Record::new(None, Body::Nothing)),
            [b'A'..=b'Z', b' ', b' ', text @ ..] => text.trim_ascii(),
            [b'A'..=b'Z', b' ', text @ ..] if text.starts_with(b"***") => text,
            [b'A'..=b'Z'] => return Some(Record::new(None, Body::Nothing)),
            _ => return None,
        };
        let level = match text {
            t if t.starts_with(b"*** ERROR") => Level::Error,
            t if t.starts_with(b"*** WARN") => Level::Warn,
            _ => Level::Info,
        };
        let mut r = Record::new(Some(stamp), Body::Message(Message::new(level, text)));
        r.service = Some(Cow::Borrowed(b"sap"));
        Some(r)
    }
}
