//! Traces of GitLab's runner: sections that begin and end with an epoch, and between them what the job shows, mostly without a time
//! (GitLab, "Custom collapsible sections"). A line becomes the time of its section or its own, a tab, and its words.

use super::{LineJoiner, Units};
use crate::format::app::message::plain;
use crate::format::pager::value;
use crate::record::{Kind, Level, MarkerKind, Notice, Record};
use crate::time::stamp;
use chrono::DateTime;

/// What stands in front of the epoch of a section.
const STARTS: &[u8] = b"section_start:";
const ENDS: &[u8] = b"section_end:";

/// Whether an input begins so: its runner says what it is before the first section.
pub(super) fn claims(head: &[u8]) -> bool {
    let mut lines = head.split(|c| *c == b'\n').take(24);
    lines.any(|l| section(bare(&plain(l))).is_some())
}

/// A text without terminal colours, also those whose escape was taken out on the way: `[36;1mGetting source[0;m`.
fn bare(text: &[u8]) -> &[u8] {
    let of_colour = |b: &u8| b.is_ascii_digit() || *b == b';';
    let mut text = text.trim_ascii();
    while let Some(rest) = text.strip_prefix(b"[") {
        let n = rest.iter().take_while(|b| of_colour(b)).count();
        match rest.get(n) {
            Some(b'K' | b'm') => text = rest[n + 1..].trim_ascii_start(),
            _ => break,
        }
    }
    let whole = text.strip_suffix(b"m").and_then(|t| {
        let n = t.iter().rev().take_while(|b| of_colour(b)).count();
        t[..t.len() - n].strip_suffix(b"[")
    });
    whole.unwrap_or(text)
}

/// What a line says of a section: when, and by which name where it begins.
fn section(line: &[u8]) -> Option<(String, &[u8])> {
    let starts = line.strip_prefix(STARTS);
    let rest = starts.or_else(|| line.strip_prefix(ENDS))?;
    let (epoch, name) = rest.split_at_checked(10)?;
    let name = name.strip_prefix(b":")?;
    let epoch: i64 = std::str::from_utf8(epoch).ok()?.parse().ok()?;
    let at = DateTime::from_timestamp(epoch, 0)?;
    // what is said to be folded is no part of its name
    let end = name.iter().position(|c| *c == b'[').unwrap_or(name.len());
    let name = starts.map_or(&name[..0], |_| &name[..end]);
    Some((at.format("%FT%TZ").to_string(), name))
}

/// Where a trace stands.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// The time of the section; empty before the first.
    at: String,
}

impl LineJoiner for Sections {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = plain(line);
        // what a section is called by stands behind its mark, where it is not shown by its name alone
        let (mut called, mut shown): (&[u8], &[u8]) = (b"", b"");
        for part in line.split(|c| *c == b'\r') {
            let part = bare(part);
            match section(part) {
                Some((at, name)) => (self.at, called) = (at, name),
                None => shown = part,
            }
        }
        let text = if shown.is_empty() { called } else { shown };
        if text.is_empty() || self.at.is_empty() {
            return;
        }
        let own = stamp::iso(text)
            .ok()
            .filter(|(_, at)| at.offset_min.is_some());
        let (at, text) = match own {
            Some((rest, _)) => text.split_at(text.len() - rest.len()),
            None => (self.at.as_bytes(), text),
        };
        out.add(offset, (number, number), &[at, b"\t", text.trim_ascii()]);
    }
}

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line).ok()?;
    let text = rest.strip_prefix(b"\t")?;
    let ended = match text {
        b"Job succeeded" => Some(MarkerKind::DeployFinish),
        _ if text.starts_with(b"ERROR: Job failed") => Some(MarkerKind::DeployFail),
        _ => None,
    };
    if let Some(kind) = ended {
        let mut n = Notice::new(kind, text);
        n.confidence = Notice::ALONE_NOTHING;
        return Some(value::record(Some(at), vec![n]));
    }
    Some(Record::said(Some(at), Level::Info, text).in_scope(Kind::Deploy))
}
