//! What Salt prints of a state that it applied: a heading with the day, then for each minion blocks of `Key: value`, one for each state.
//! A block that changed something becomes one record: its time, a tab, the minion, and what the block says; all others are understood.

use super::timetable::Day;
use super::{LineJoiner, Units};
use crate::format::pager::value;
use crate::record::{Level, MarkerKind, Notice, Record};
use crate::time::{stamp, written};

/// Whether a block of a state stands where an input begins.
pub(super) fn claims(start: &[u8]) -> bool {
    let mut lines = start.split(|c| *c == b'\n').map(<[u8]>::trim_ascii);
    let mut before: &[u8] = b"";
    lines.any(|l| {
        let function = l
            .strip_prefix(b"Function: ")
            .is_some_and(|f| f.contains(&b'.'));
        let block = function && before.starts_with(b"ID: ");
        before = l;
        block
    })
}

/// What is known of one state.
#[derive(Debug, Default)]
struct State {
    at: Option<(u64, u64)>,
    id: Vec<u8>,
    function: Vec<u8>,
    name: Vec<u8>,
    failed: bool,
    comment: Vec<u8>,
    started: Option<u32>,
    /// Whether its changes begin, and their lines, without blanks around them.
    in_changes: bool,
    changes: Vec<Vec<u8>>,
}

/// Where an output stands.
#[derive(Debug, Default)]
pub(super) struct Highstate {
    day: Day,
    minion: Vec<u8>,
    state: State,
}

impl LineJoiner for Highstate {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let (indented, text) = (line.starts_with(b" "), line.trim_ascii());
        if !indented {
            self.end(out);
            match text.strip_suffix(b":").filter(|m| !m.contains(&b' ')) {
                Some(minion) => self.minion = minion.to_vec(),
                None => self.heading(text),
            }
            return;
        }
        let s = &mut self.state;
        if s.in_changes {
            if !text.is_empty() && !text.iter().all(|c| *c == b'-') {
                s.changes.push(text.to_vec());
            }
            return;
        }
        let Some(at) = memchr::memmem::find(text, b":") else {
            return;
        };
        let value = text[at + 1..].trim_ascii();
        match &text[..at] {
            b"ID" => (s.at, s.id) = (Some((offset, number)), value.to_vec()),
            b"Function" => s.function = value.to_vec(),
            b"Name" => s.name = value.to_vec(),
            b"Result" => s.failed = value == b"False",
            b"Comment" => s.comment = value.to_vec(),
            b"Started" => s.started = written::clock(value).map(|c| c.0),
            b"Changes" => s.in_changes = true,
            _ => {}
        }
    }

    fn end(&mut self, out: &mut Units) {
        let s = std::mem::take(&mut self.state);
        let stamp = s.started.and_then(|second| self.day.stamp(second));
        let (Some((offset, number)), Some(stamp)) = (s.at, stamp) else {
            return;
        };
        if s.changes.is_empty() && !s.failed {
            return;
        }
        let name = if s.name.is_empty() { &s.id } else { &s.name };
        let how: &[u8] = if s.failed { b"failed" } else { b"changed" };
        let new = s.changes.windows(2).find(|w| w[0] == b"new:");
        let new = new.map_or(&b""[..], |w| &w[1]);
        let parts: [&[u8]; 11] = [
            stamp.as_bytes(),
            how,
            b"\t",
            &self.minion,
            b"\t",
            &s.function,
            b"\t",
            name,
            b"\t",
            new,
            b"\t",
        ];
        out.add(offset, (number, number), &[&parts.concat()[..], &s.comment]);
    }
}

impl Highstate {
    /// A line that may name the day, in words or in the number of the job (`jid 20250502174750000000`).
    fn heading(&mut self, text: &[u8]) {
        let number = text.split(|c| !c.is_ascii_digit()).find(|w| w.len() == 20);
        match number {
            Some(n) => self
                .day
                .head(&[&n[..4], b"-", &n[4..6], b"-", &n[6..8]].concat()),
            None => self.day.head(text),
        };
    }
}

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line).ok()?;
    let mut parts = rest.strip_prefix(b"\t")?.splitn(6, |c| *c == b'\t');
    let mut part = || parts.next();
    let (how, minion, function) = (part()?, part()?, part()?);
    let (name, new, comment) = (part()?, part()?, part()?);
    if how == b"failed" {
        let text = [name, b": ", comment].concat();
        return Some(Record::said(Some(at), Level::Error, text).at_host(Some(minion)));
    }
    let module = function.split(|c| *c == b'.').next().unwrap_or_default();
    let kind = match module {
        b"pkg" => MarkerKind::DeployFinish,
        // the manager of services says when
        b"service" => return Some(value::record(Some(at), Vec::new())),
        _ => MarkerKind::ConfigChange,
    };
    let mut n = Notice::new(kind, [name, b": ", comment].concat());
    if kind == MarkerKind::DeployFinish {
        n.service = Some(name.into());
        n.version = Some(new.into()).filter(|_| !new.is_empty());
        n.package = true;
    }
    Some(value::record(Some(at), vec![n]).at_host(Some(minion)))
}
