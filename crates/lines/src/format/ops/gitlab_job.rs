//! Raw traces of GitLab's runner: `section_start:EPOCH:name` and `section_end:EPOCH:name`, a carriage return, then what the
//! section shows. Other lines of a trace carry no time unless the runner was set to write one.

use crate::format::leaf::{Parser, alt, tag, value};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::stamp::epoch;
use std::borrow::Cow;

/// Sections of a GitLab job.
pub struct GitLabJob;

impl Format for GitLabJob {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy("GitLab job", "sections in the trace of a GitLab runner")
            .begins(b"s", Signs::NONE)
            .sample("section_start:1773147900:step_script\r\u{1b}[0KExecuting \"step_script\" stage of the job script")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let begins = alt((value(true, tag("start:")), value(false, tag("end:"))));
        let (rest, (_, starts, stamp, _)) = (tag("section_"), begins, epoch, tag(":"))
            .parse(line)
            .ok()?;
        let name = rest
            .iter()
            .position(|c| matches!(c, b'\r' | b'[' | 0x1b))
            .unwrap_or(rest.len());
        let shown = memchr::memchr(b'\r', rest).map_or(&rest[name..], |n| &rest[n + 1..]);
        // the escape may have been taken out already, its letter left
        let shown = crate::format::app::message::plain(shown);
        let text = match shown.trim_ascii() {
            b"" if starts => &rest[..name],
            t => t,
        };
        let body = match text {
            b"" => Body::Nothing,
            _ => Body::Message(Message {
                text: Cow::Owned(text.to_vec()),
                ..Message::new(Level::Info, b"")
            }),
        };
        Some(Record::new(Some(stamp), body))
    }
}
