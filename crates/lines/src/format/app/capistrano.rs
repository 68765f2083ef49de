//! Capistrano's log (a `START` line with the only stamp and the command, then steps, which carry none) and its `revisions.log`.
//! Lines without a time are untimed messages; what bounds them is not decided here.

use crate::format::leaf::find;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{At, Body, Level, Message, Record};
use crate::time::{Stamp, stamp};

/// The log of Capistrano (SSHKit's pretty and plain formatters write the same heads).
pub struct Capistrano;

/// `  INFO ` or ` DEBUG `: the level, right-aligned to six columns (to five by older versions), and the rest.
fn level(line: &[u8]) -> Option<(Level, &[u8])> {
    let t = line.trim_ascii_start();
    let n = t.iter().take(6).position(|c| *c == b' ')?;
    let l = match &t[..n] {
        b"TRACE" => Level::Trace,
        b"DEBUG" => Level::Debug,
        b"INFO" => Level::Info,
        b"WARN" => Level::Warn,
        b"ERROR" => Level::Error,
        b"FATAL" => Level::Fatal,
        _ => return None,
    };
    matches!(line.len() - t.len() + n, 5 | 6).then_some((l, &t[n + 1..]))
}

/// `[01b8d526] …`: the text after the step's id.
fn step(t: &[u8]) -> Option<&[u8]> {
    let inner = t.strip_prefix(b"[")?;
    let hex = inner.get(..8)?;
    hex.iter()
        .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
        .then(|| inner[8..].strip_prefix(b"] "))?
        .map(<[u8]>::trim_ascii_start)
}

/// A line of `revisions.log`. A release is named after its start in UTC; a rollback names the release it returns to, and no time.
fn revision(line: &[u8]) -> Option<Record<'_>> {
    let message = |s| {
        Record::new(
            s,
            Body::Message(Message::new(Level::Info, line.trim_ascii_end())),
        )
    };
    if line.starts_with(b"Branch ") {
        let at = find(line, b") deployed as release ")? + 22;
        let id = line.get(at..at + 14)?;
        return Some(Record {
            stamped: At::Start,
            ..message(Some(release_time(id)?))
        });
    }
    // one word, and who it is
    let who = memchr::memchr(b' ', line)?;
    let id = line[who..].strip_prefix(b" rolled back to release ")?;
    release_time(id.trim_ascii_end()).map(|_| message(None))
}

/// The time of a release id (`20261120063321`), which is UTC.
fn release_time(id: &[u8]) -> Option<Stamp> {
    if id.len() != 14 {
        return None;
    }
    let mut iso = *b"0000-00-00T00:00:00Z";
    for (to, from) in [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
        .into_iter()
        .zip(id)
    {
        iso[to] = *from;
    }
    stamp::whole(&iso)
}

impl Format for Capistrano {
    fn meta(&self) -> Meta<'_> {
        Meta::deploy(
            "Capistrano",
            "Capistrano log: START lines with a time, steps without",
        )
        .begins(b" D-FT", Signs::NONE)
        .begins(b"\0-\x1f!-,.-CG-SU-\xff-", Signs::DIGIT | Signs::NO_CLIENT)
        .sample("  INFO START 2026-03-10 14:00:00 +0100 cap production deploy")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let Some((level, text)) = level(line) else {
            return revision(line);
        };
        if let Some(after) = text.strip_prefix(b"START ") {
            let (rest, s) = stamp::iso(after).ok()?;
            return Some(Record::new(
                Some(s),
                Body::Message(Message::new(level, rest.trim_ascii_start())),
            ));
        }
        if text.len() >= 8 && text.iter().all(|c| *c == b'-') {
            return Some(Record::new(None, Body::Nothing));
        }
        Some(Record::new(
            None,
            Body::Message(Message::new(level, step(text)?)),
        ))
    }
}
