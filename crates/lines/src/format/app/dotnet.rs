//! .NET's console logger: `fail: Category[1]` and the text on lines behind it, indented by six blanks. No time, unless one is
//! configured to stand in front.

use crate::format::leaf::{Parser, alt, digit1, eof, opt, past_last, tag, value, verify};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, Level, Message, Record};
use std::borrow::Cow;

/// The console log of .NET.
pub struct Dotnet;

impl Format for Dotnet {
    fn meta(&self) -> Meta<'_> {
        Meta::app(
            ".NET console",
            "console log of .NET: level, category, text on the next line",
        )
        .stateful()
        .begins(b"cdfitw", Signs::NONE)
        .sample("fail: Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware[1]")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        head(line).map(|_| Record::new(None, Body::Nothing))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(DotnetReader::default()))
    }
}

/// `fail: Category[1]`: level and category.
fn head(line: &[u8]) -> Option<(Level, &[u8])> {
    let level = alt((
        value(Level::Trace, tag("trce: ")),
        value(Level::Debug, tag("dbug: ")),
        value(Level::Info, tag("info: ")),
        value(Level::Warn, tag("warn: ")),
        value(Level::Error, tag("fail: ")),
        value(Level::Fatal, tag("crit: ")),
    ));
    let category = verify(past_last("["), |c: &[u8]| {
        !c.is_empty() && c.iter().all(u8::is_ascii_graphic)
    });
    let id = (opt(tag("-")), digit1, tag("]"), eof);
    let (_, (level, category, _)) = (level, category, id).parse(line).ok()?;
    Some((level, category))
}

/// First parts of categories that name the framework and no service.
const FRAMEWORK: [&[u8]; 3] = [b"Microsoft", b"System", b"Grpc"];

/// The lines of one input.
#[derive(Default)]
struct DotnetReader {
    /// The head whose text is awaited: its level and the root of its category.
    awaited: Option<(Level, Vec<u8>)>,
    /// Inside of a text.
    open: bool,
}

impl Reader for DotnetReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let nothing = Some(Record::new(None, Body::Nothing));
        if let Some((level, category)) = head(line) {
            let root = category.split(|&c| c == b'.').next().unwrap_or_default();
            let root = if FRAMEWORK.contains(&root) { b"" } else { root };
            self.awaited = Some((level, root[..root.len().min(64)].to_vec()));
            self.open = true;
            return nothing;
        }
        if !self.open || !line.starts_with(b"      ") {
            self.open = false;
            return None;
        }
        let Some((level, root)) = self.awaited.take() else {
            return nothing;
        };
        let mut r = Record::new(None, Body::Message(Message::new(level, line.trim_ascii())));
        r.service = (!root.is_empty()).then_some(Cow::Owned(root));
        Some(r)
    }
}
