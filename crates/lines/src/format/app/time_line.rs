//! Times on lines of their own, and messages without a time below them: Oracle's alert log and traces, reports of Erlang before 21
//! (`=ERROR REPORT==== 10-Mar-2026::13:05:00 ===`), output of scripts that call `date`, histories of shells (`#1773147900`), transcripts of PowerShell. A message has the time above it.

use super::message;
use super::stack::{Continuation, continuation};
use crate::format::leaf::find;
use crate::format::{Reader, is_any};
use crate::marker::{powershell, typed_by_hand};
use crate::record::{Body, Level, Notice, Record};
use crate::time::{DAY, Stamp, stamp};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (stamp, _) = alone(line)?;
    Some(Record::new(Some(stamp), Body::Nothing))
}

/// The time of a line that holds nothing else, and the level that it shows.
fn alone(line: &[u8]) -> Option<(Stamp, Level)> {
    let line = line.trim_ascii_end();
    // as Oracle's traces mark it
    let line = line.strip_prefix(b"*** ").unwrap_or(line);
    if let Some(seconds) = line.strip_prefix(b"#") {
        // bash writes the second alone, tcsh a plus in front of it
        let seconds = seconds.strip_prefix(b"+").unwrap_or(seconds);
        let at = stamp::whole(seconds).filter(|_| seconds.len() == 10)?;
        return Some((at, Level::Info));
    }
    if let Some(written) = line.strip_prefix(b"Command start time: ") {
        // PowerShell's transcripts, in the time of the machine
        let (_, at) = stamp::compact(written).ok()?;
        return Some((at, Level::Info));
    }
    if !(20..=64).contains(&line.len()) {
        return None;
    }
    match line[0] {
        b'0'..=b'9' => Some((stamp::dated_alone(line)?, Level::Info)),
        b'=' => report(line),
        b'F' | b'M' | b'S' | b'T' | b'W' => Some((stamp::whole(line)?, Level::Info)),
        _ => None,
    }
}

/// What a person typed: an act by the words of the command, else a message.
fn command(stamp: Stamp, typed: &[u8]) -> Record<'_> {
    let Some(kind) = typed_by_hand(typed) else {
        return Record::new(Some(stamp), message::body(Level::Info, typed));
    };
    let mut n = Notice::new(kind, typed);
    n.confidence = 60;
    Record::new(Some(stamp), Body::Notices(vec![n]))
}

/// `=ERROR REPORT==== 10-Mar-2026::13:05:00 ===`.
fn report(line: &[u8]) -> Option<(Stamp, Level)> {
    let rest = line.strip_prefix(b"=")?.strip_suffix(b" ===")?;
    let at = find(rest, b" REPORT==== ")?;
    let level = match &rest[..at] {
        b"INFO" | b"PROGRESS" => Level::Info,
        b"WARNING" => Level::Warn,
        b"ERROR" | b"CRASH" | b"SUPERVISOR" => Level::Error,
        _ => return None,
    };
    let written = &rest[at + 12..];
    let (day, clock) = written.split_at_checked(11)?;
    // an offset or fraction may follow
    let clock = clock.strip_prefix(b"::")?;
    Some((stamp::whole(&[day, b" ", clock].concat())?, level))
}

/// The microsecond of the day with which a line begins: what stands below it was so then. `[16:22:10] ops@bastion:~$ helm list`.
fn clock(line: &[u8]) -> Option<i64> {
    let bare = line.strip_prefix(b"[").unwrap_or(line);
    let (rest, at) = stamp::time_only(bare).ok()?;
    let apart = matches!(rest.first(), Some(b' ' | b']' | b'.' | b','));
    (apart && bare.len() - rest.len() >= 8).then_some(at.wall_us)
}

/// Bytes of a message at most.
const LONGEST: usize = 64 << 10;

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct TimeLineReader {
    above: Option<(Stamp, Level)>,
    /// Whether a shell wrote it, above what a person typed.
    typed: bool,
}

impl Reader for TimeLineReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        if let Some(found) = alone(line) {
            self.typed = line.starts_with(b"#");
            self.above = Some(found);
            return Some(Record::new(Some(found.0), Body::Nothing));
        }
        let (mut stamp, level) = self.above?;
        if let Some(clock) = clock(line) {
            let ahead = (clock - stamp.wall_us).rem_euclid(DAY);
            // what lies far ahead is a clock of something else
            if ahead < DAY / 2 {
                stamp.wall_us += ahead;
                self.above = Some((stamp, level));
            }
        }
        // so long a line is no message
        if line.is_empty() || line.len() > LONGEST || is_any(line) {
            return None;
        }
        if continuation(line)
            .is_some_and(|c| c != Continuation::Exception && c != Continuation::Cause)
        {
            return Some(Record::new(None, Body::Nothing));
        }
        if let Some(typed) = powershell(line).or(self.typed.then_some(line)) {
            return Some(command(stamp, typed));
        }
        let level = match level {
            Level::Info if line.starts_with(b"ORA-") || line.starts_with(b"Errors in file ") => {
                Level::Error
            }
            l => l,
        };
        Some(Record::new(Some(stamp), message::body(level, line)))
    }
}
