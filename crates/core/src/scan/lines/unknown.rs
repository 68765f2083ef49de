//! Lines that no format takes: what of them belongs to the record before, and what is damage and counted. Which format takes a line is
//! not decided here.

use crate::plan::{behind_hole, may_be_unread};
use crate::scan::lines::{DatedBlock, OpenRecord, Scanner};
use crate::summary::{LineAt, Pos};
use coroner_lines::format::app::stack::{self, Continuation};
use coroner_lines::format::app::{diff, message};
use coroner_lines::format::columns::is_request;
use coroner_lines::marker;
use coroner_lines::record::{Body, Kind, Level, Record};
use coroner_lines::time::stamp;

impl Scanner<'_> {
    /// Reads a line that no format takes.
    pub(super) fn unknown_line<'b>(
        &mut self,
        (block, text): (&'b [u8], &'b [u8]),
        (from, line, to): (usize, &'b [u8], usize),
        at: LineAt<'b>,
        open: &mut Option<OpenRecord<'b>>,
        may_continue: &mut bool,
    ) {
        let (start, pos) = (at.start, at.pos);
        if line.is_empty() {
            return self.fold.continuation();
        }
        // Zero bytes that no sample showed: what comes behind them is a line of its own.
        if let Some(behind) = behind_hole(line) {
            let behind = start + behind;
            let rest = Pos {
                offset: pos.offset + (behind - from) as u64,
                ..pos
            };
            return self.line((block, text), behind, to, rest, open, may_continue);
        }
        self.look(line, None);
        if self.dated_block(line, at, open, *may_continue) {
            return;
        }
        let begins = *may_continue && self.input.beginnings.are_of(line);
        if *may_continue && !begins {
            if open.as_mut().is_some_and(|o| diff::adds(&mut o.rec, line)) {
                return self.fold.continuation();
            }
            if let Some(o) = open.as_mut() {
                o.continues(line);
            }
            // what chats and jobs print below a time is said then; stacks and what is indented belong to the record
            if stack::continuation(line).is_none_or(|c| c == Continuation::Exception) {
                self.fold.stated_by_unknown(at, true);
            }
            return self.fold.continuation();
        }
        if self.is_indented(line) {
            return self.fold.continuation();
        }
        self.close(open);
        match self.input.untimed(line).filter(|_| !begins) {
            Some(rec) => {
                let name = self.input.formats.len();
                self.fold.record(at, &rec, name, Kind::Deploy, None);
            }
            None => {
                self.fold.unparsed(at, false);
                // a command stands above the first record of what it prints
                let typed = marker::behind_prompt(line).is_some();
                if typed || !self.input.heads {
                    self.fold.stated_by_unknown(at, typed);
                }
            }
        }
    }

    /// Reads an indented line that holds nothing but a time, or one of those right below it that stand as far in: they say what was
    /// so then. What the block ends with is known by its place, whichever way the records between are read.
    fn dated_block<'b>(
        &mut self,
        line: &'b [u8],
        at: LineAt<'b>,
        open: &mut Option<OpenRecord<'b>>,
        may_continue: bool,
    ) -> bool {
        let indent = line.iter().take_while(|c| **c == b' ').count();
        if indent == 0 || !may_continue {
            return false;
        }
        let inner = &line[indent..];
        let above = self
            .block
            .filter(|b| (b.indent, b.line + 1) == (indent, at.pos.line));
        let (stamp, body) = match (stamp::dated_alone(inner), above) {
            (Some(stamp), _) => (stamp, Body::Nothing),
            (None, Some(above)) => (above.stamp, message::body(Level::Info, inner)),
            (None, None) => return false,
        };
        self.block = Some(DatedBlock {
            indent,
            stamp,
            line: at.pos.line,
        });
        self.close(open);
        let name = self.input.formats.len();
        let rec = Record::new(Some(stamp), body);
        self.fold.record(at, &rec, name, Kind::Deploy, None);
        true
    }

    /// Whether a line that no format takes is more of a message, as a journal shows it below its first line. A request has no second
    /// line: what looks so is damage.
    pub(super) fn is_indented(&self, line: &[u8]) -> bool {
        let blank = line.first().is_some_and(u8::is_ascii_whitespace);
        blank && self.input.heads && self.input.meta.scope != Kind::Web
    }

    /// Counts a line that looks like a request and is none to the format that took it, or to all of them.
    pub(super) fn look(&mut self, line: &[u8], found: Option<(Kind, &Record<'_>)>) {
        if self.input.unread && may_be_unread(found) && is_request(line) {
            self.fold.unread_request();
        }
    }
}
