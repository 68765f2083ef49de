//! Logs of CUPS: `error_log` with the level as a letter in front of the time, `page_log` with printer, user and job in front of it.

use super::message;
use crate::format::leaf::{
    Leaf, Parser, alt, blank, bracketed, digit1, one_of, peek, preceded, rest, tag, value, verify,
    word,
};
use crate::format::line_features::Signs;
use crate::format::{ANY, Format, Meta};
use crate::record::{Level, Record};
use crate::time::Stamp;
use crate::time::stamp::clf;
use std::borrow::Cow;

/// Logs of CUPS.
pub struct Cups;

impl Format for Cups {
    fn meta(&self) -> Meta<'_> {
        Meta::app("CUPS", "error_log and page_log of the printing system CUPS")
            .begins(ANY, Signs::OPEN | Signs::CLOSE | Signs::CLOCK | Signs::PATH)
            .sample("E [10/Mar/2026:13:05:00 +0100] [Job 12] Unable to open print file")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (_, (stamp, level, text)) = alt((error, page)).parse(line).ok()?;
        let mut r = Record::new(Some(stamp), message::body(level, text));
        r.service = Some(Cow::Borrowed(b"cups"));
        Some(r)
    }
}

type LeveledText<'a> = (Stamp, Level, &'a [u8]);

/// `E [10/Mar/2026:13:05:00 +0100] text`.
fn error(i: &[u8]) -> Leaf<'_, LeveledText<'_>> {
    let level = alt((
        value(Level::Fatal, one_of("XAC")),
        value(Level::Error, tag("E")),
        value(Level::Warn, tag("W")),
        value(Level::Info, one_of("NI")),
        value(Level::Debug, one_of("Dd")),
    ));
    (level, blank(bracketed(clf)), blank(rest))
        .map(|(level, stamp, text)| (stamp, level, text))
        .parse(i)
}

/// `printer ops 12 [10/Mar/2026:13:05:00 +0100] 1 2 - localhost report.pdf - -`, or `total 3` for page and copies; old ones have
/// the job in front of the user.
fn page(i: &[u8]) -> Leaf<'_, LeveledText<'_>> {
    let digits = |w: &[u8]| w.iter().all(u8::is_ascii_digit);
    let named = |(a, b): &(&[u8], &[u8])| (digits(a) || digits(b)) && *a != b"-" && *b != b"-";
    let job = verify((blank(word), blank(word)), named);
    let pages = (alt((tag("total"), digit1)), blank(digit1), tag(" "));
    (
        word,
        job,
        blank(bracketed(clf)),
        blank(preceded(peek(pages), rest)),
    )
        .map(|(_, _, stamp, text)| (stamp, Level::Info, text))
        .parse(i)
}
