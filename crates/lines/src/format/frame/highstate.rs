//! What Salt prints of a state that it applied: a heading with the day, then for each minion blocks of `Key: value`, one for each state.
//! A block that changed something becomes one record: its time, a tab, the minion, and what the block says; all others are understood.

use super::timetable::Day;
use super::{LineJoiner, Units};
use crate::format::pager::value;
use crate::record::{Level, MarkerKind, Notice, Record};
use crate::time::{Dated, Stamp, stamp, written};

/// Whether an input begins with blocks of states, and holds hardly anything else: of what stands around them nothing is read.
pub(super) fn claims(start: &[u8]) -> bool {
    let mut before: &[u8] = b"";
    let (mut blocks, mut others) = (0, 0);
    for line in start.split(|c| *c == b'\n') {
        let text = line.trim_ascii();
        let function = text.strip_prefix(b"Function: ");
        let function = function.is_some_and(|f| f.contains(&b'.'));
        blocks += usize::from(function && before.starts_with(b"ID: "));
        let own = line.starts_with(b" ") || is_rule(text) || minion(text).is_some();
        others += usize::from(!own);
        before = text;
    }
    // a heading above the states of a run, and below them what they add up to
    blocks > 0 && others <= 8 * blocks
}

/// A line that is drawn, or empty.
fn is_rule(text: &[u8]) -> bool {
    text.iter().all(|c| *c == b'-')
}

/// The minion that a line heads the states of.
fn minion(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b":").filter(|m| !m.contains(&b' '))
}

/// What is known of one state.
#[derive(Debug, Default)]
struct State {
    at: Option<(u64, u64)>,
    id: Vec<u8>,
    function: Vec<u8>,
    name: Vec<u8>,
    /// `True`, `False`, or `None` for what was only tried out.
    result: Vec<u8>,
    comment: Vec<u8>,
    started: Option<u32>,
    /// How long it took, in whole milliseconds.
    took: Vec<u8>,
    /// Whether its changes begin, whether there are any, and what stands behind `new:` among them.
    in_changes: bool,
    changed: bool,
    new: Option<Vec<u8>>,
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
            match minion(text) {
                Some(minion) => self.minion = minion.to_vec(),
                None => self.heading(text),
            }
            return;
        }
        let s = &mut self.state;
        if s.in_changes {
            if s.new.as_ref().is_some_and(Vec::is_empty) {
                s.new = Some(text.to_vec());
            } else if text == b"new:" && s.new.is_none() {
                s.new = Some(Vec::new());
            }
            s.changed |= !is_rule(text);
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
            b"Result" => s.result = value.to_vec(),
            b"Comment" => s.comment = value.to_vec(),
            b"Started" => s.started = written::clock(value).map(|c| c.0),
            b"Duration" => {
                s.took = value
                    .split(|c| b". ".contains(c))
                    .next()
                    .unwrap_or_default()
                    .to_vec()
            }
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
        let how: &[u8] = match &s.result[..] {
            b"False" => b"failed",
            b"True" if s.changed => b"changed",
            _ => return,
        };
        let name = if s.name.is_empty() { &s.id } else { &s.name };
        let new = s.new.unwrap_or_default();
        let parts: [&[u8]; 13] = [
            stamp.as_bytes(),
            how,
            b"\t",
            &self.minion,
            b"\t",
            &s.function,
            b"\t",
            name,
            b"\t",
            &new,
            b"\t",
            &s.took,
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
        // as `date` prints it
        if let Some(time) = stamp::whole(text).filter(|t| t.dated == Dated::Full) {
            self.day.at(time);
        }
    }
}

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line).ok()?;
    let mut parts = rest.strip_prefix(b"\t")?.splitn(7, |c| *c == b'\t');
    let mut part = || parts.next();
    let (how, minion, function) = (part()?, part()?, part()?);
    let (name, new, took, comment) = (part()?, part()?, part()?, part()?);
    let host = Some(minion).filter(|m| !m.is_empty());
    if how == b"failed" {
        let text = [name, b": ", comment].concat();
        return Some(Record::said(Some(at), Level::Error, text).at_host(host));
    }
    let module = function.split(|c| *c == b'.').next().unwrap_or_default();
    let kind = match module {
        b"pkg" => MarkerKind::DeployFinish,
        // the manager of services says when
        b"service" => return Some(value::record(Some(at), Vec::new())),
        _ => MarkerKind::ConfigChange,
    };
    let notice = |kind| Notice::new(kind, [name, b": ", comment].concat());
    if kind == MarkerKind::ConfigChange {
        return Some(value::record(Some(at), vec![notice(kind)]).at_host(host));
    }
    let took: i64 = std::str::from_utf8(took)
        .ok()
        .and_then(|t| t.parse().ok())
        .unwrap_or_default();
    let end = Stamp {
        wall_us: at.wall_us.saturating_add(took.saturating_mul(1000)),
        ..at
    };
    let ends = [(MarkerKind::DeployStart, at), (kind, end)].map(|(kind, at)| {
        let mut n = notice(kind);
        n.stamp = Some(at);
        n.service = Some(name.into());
        n.version = Some(new.into()).filter(|_| !new.is_empty());
        n.package = true;
        n
    });
    Some(value::record(Some(at), ends.into()).at_host(host))
}
