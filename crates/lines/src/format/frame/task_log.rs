//! Logs of single tasks of Octopus Deploy (`ServerTasks-1234.log.txt`): a head that says when the task started, what it is, then lines
//! with a time of day. A line becomes its full time, a tab, its level, a tab, and its words.

use super::timetable::Day;
use super::{LineJoiner, Units};
use crate::format::pager::value;
use crate::marker;
use crate::record::{Kind, Level, MarkerKind, Notice, Record};
use crate::text::environment::may_be_production;
use crate::time::{stamp, written};
use std::borrow::Cow;

const STARTED: &[u8] = b"Task started:";
const COMPLETED: &[u8] = b"Task completed:";
const STATUS: &[u8] = b"Task status:";

/// Whether an input begins so.
pub(super) fn claims(head: &[u8]) -> bool {
    let mut lines = head.split(|c| *c == b'\n').take(12);
    head.starts_with(b"Task ID:") && lines.any(|l| l.starts_with(STARTED))
}

/// The full time that a line of the head states, its offset and number.
type HeadTime = (String, u64, u64);

/// Where a log stands.
#[derive(Debug, Default)]
pub(super) struct Task {
    day: Day,
    /// What became of it.
    status: Vec<u8>,
    /// The lines that say when it started and when it was over, until its title is read.
    started: Option<HeadTime>,
    completed: Option<HeadTime>,
    /// The time of the last line.
    last: String,
}

impl LineJoiner for Task {
    fn line(&mut self, line: &[u8], offset: u64, number: u64, out: &mut Units) {
        let line = line.trim_ascii();
        let turn = [STARTED, COMPLETED].iter().find(|t| line.starts_with(t));
        if let Some(turn) = turn
            && self.day.head(line)
        {
            // `1:04:30 PM +00:00`
            let mut begins = memchr::memchr_iter(b' ', line).map(|at| at + 1);
            let second = begins.find_map(|at| {
                let (second, rest) = written::clock(&line[at..])?;
                (rest.is_empty() || rest.starts_with(b" ")).then_some(second)
            });
            let at = second.and_then(|s| self.day.stamp(s)).unwrap_or_default();
            if *turn == COMPLETED {
                self.completed = Some((at, offset, number));
                return;
            }
            self.last.clone_from(&at);
            self.started = Some((at, offset, number));
            return;
        }
        if let Some(status) = line.strip_prefix(STATUS) {
            self.status = status.trim_ascii().to_vec();
        }
        let Some(bar) = memchr::memchr(b'|', line) else {
            return;
        };
        let (head, text) = (&line[..bar], line[bar + 1..].trim_ascii());
        if let Some((second, level)) = written::clock(head) {
            self.last = self.day.stamp(second).unwrap_or_default();
            if deployed(text).is_some() {
                self.task(None, text, out);
            }
            let level = level.trim_ascii();
            out.add(
                offset,
                (number, number),
                &[self.last.as_bytes(), level, b"\t", text],
            );
        } else if let Some((outcome, title)) = title(text) {
            self.task(Some(outcome), title, out);
        }
    }
}

impl Task {
    /// Says what the task is; the first that a log has is its own title.
    fn task(&mut self, outcome: Option<&[u8]>, title: &[u8], out: &mut Units) {
        let Some((at, from, first)) = self.started.take() else {
            return;
        };
        out.add(from, (first, first), &[at.as_bytes(), b"Task\t", title]);
        if let Some((at, from, last)) = self.completed.take() {
            let parts = [at.as_bytes(), outcome.unwrap_or(&self.status), b"\t", title];
            out.add(from, (last, last), &parts);
        }
    }
}

/// What became of a section, and what it is called: `== Success: Deploy Shop release 4.18.0 to Production ==`, also without these marks.
fn title(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = text.strip_prefix(b"== ").unwrap_or(text);
    let inner = inner.strip_suffix(b" ==").unwrap_or(inner);
    let at = memchr::memmem::find(inner, b": ")?;
    let outcome = &inner[..at];
    let word = outcome.iter().all(u8::is_ascii_alphabetic);
    word.then(|| (outcome, &inner[at + 2..]))
}

/// Reads one of the frame's own lines.
pub(super) fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (rest, at) = stamp::iso(line).ok()?;
    let rest = rest.strip_prefix(b"\t")?;
    let tab = memchr::memchr(b'\t', rest)?;
    let (level, text) = (&rest[..tab], &rest[tab + 1..]);
    if level == b"Task" {
        return Some(value::record(
            Some(at),
            deployed(text).into_iter().collect(),
        ));
    }
    let over = match level {
        b"Success" => Some(MarkerKind::DeployFinish),
        b"Failed" | b"TimedOut" | b"Canceled" => Some(MarkerKind::DeployFail),
        _ => None,
    };
    if let Some(kind) = over {
        let ended = deployed(text).map(|n| Notice { kind, ..n });
        return Some(value::record(Some(at), ended.into_iter().collect()));
    }
    let level = Level::from_word(level).unwrap_or(Level::Info);
    // steps of the task are no acts of their own, but for what they do to a database
    if level < Level::Warn && !migrates(text) {
        let ended = ended(text).map(|kind| Notice::new(kind, text));
        return Some(value::record(Some(at), ended.into_iter().collect()));
    }
    Some(Record::said(Some(at), level, text).in_scope(Kind::Deploy))
}

/// Whether a step states a migration.
fn migrates(text: &[u8]) -> bool {
    use MarkerKind::{MigrationFinish, MigrationRollback, MigrationStart};
    let mut hits = Vec::new();
    marker::find(text, Kind::Deploy, &mut hits);
    let is = |k: MarkerKind| matches!(k, MigrationStart | MigrationFinish | MigrationRollback);
    hits.iter().any(|h| is(h.kind))
}

/// How a task says that its deploy is over.
fn ended(text: &[u8]) -> Option<MarkerKind> {
    let said = text.strip_prefix(b"The deployment ")?;
    match said {
        _ if said.starts_with(b"completed successfully") => Some(MarkerKind::DeployFinish),
        _ if said.starts_with(b"failed") => Some(MarkerKind::DeployFail),
        _ => None,
    }
}

/// The deploy that a task is: `Deploy Shop release 4.18.0 to Production`.
fn deployed(title: &[u8]) -> Option<Notice<'_>> {
    let said = title.strip_prefix(b"Deploy ")?;
    let at = memchr::memmem::find(said, b" release ")?;
    let (project, rest) = (&said[..at], &said[at + 9..]);
    let to = memchr::memmem::find(rest, b" to ")?;
    let (version, environment) = (&rest[..to], &rest[to + 4..]);
    may_be_production(&String::from_utf8_lossy(environment)).then(|| {
        let mut n = Notice::new(MarkerKind::DeployStart, title);
        n.service = Some(Cow::Borrowed(project));
        n.version = Some(Cow::Borrowed(version));
        n
    })
}
