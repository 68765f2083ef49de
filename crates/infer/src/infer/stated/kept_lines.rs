//! The lines of a small log that are kept, in their order: the first and last of each minute, the first of each kind of message. What they
//! say is for those who ask.

use crate::infer::citing::cite;
use crate::infer::lanes::View;
use crate::model::Evidence;
use coroner_core::summary::InputPart;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use std::cell::OnceCell;

/// A line: when, where it stands, and what it says.
pub(super) struct KeptLine {
    pub at: Instant,
    pub line: Evidence,
    pub said: String,
    /// The whole line as it was read, which is not to be shown.
    pub raw: String,
}

/// The lines of one input, read when they are first asked for.
pub(super) struct KeptLines<'a> {
    input: u32,
    part: &'a InputPart,
    view: &'a View<'a>,
    lines: OnceCell<Vec<KeptLine>>,
}

impl<'a> KeptLines<'a> {
    pub(super) fn of(input: u32, part: &'a InputPart, view: &'a View<'a>) -> KeptLines<'a> {
        KeptLines {
            input,
            part,
            view,
            lines: OnceCell::new(),
        }
    }

    /// How many lines the input has, kept or not.
    pub(super) fn lines_of(&self) -> u64 {
        let stretches = self.part.coverage.stretches();
        stretches.map(|(_, s, _)| s.lines).sum()
    }

    /// Those that are kept.
    pub(super) fn all(&self) -> &[KeptLine] {
        self.lines.get_or_init(|| self.read())
    }

    fn read(&self) -> Vec<KeptLine> {
        let mut lines: Vec<KeptLine> = Vec::new();
        for (axis, track) in self.part.tracks() {
            let kept = track.shapes.iter().flat_map(|(_, shape)| &shape.lines);
            let mut all: Vec<_> = track.edges().chain(kept).collect();
            all.sort_list_by_key(|l| l.pos.offset);
            all.dedup_by_key(|l| l.pos.offset);
            let seen = all
                .into_iter()
                .filter_map(|l| self.view.seen(self.input, l));
            lines.extend(seen.map(|seen| {
                let offset = seen.pos.offset;
                let line = cite(self.input, &seen);
                let said = line.excerpt.as_ref().map(LogText::said);
                let said = said.map_or(String::new(), |t| t.for_json().to_owned());
                KeptLine {
                    at: self.view.clocks.at(self.input, axis, seen.us, offset),
                    said: without_stamp(&said).to_owned(),
                    raw: String::from_utf8_lossy(&seen.raw).into_owned(),
                    line,
                }
            }));
        }
        lines.sort_list_by(|a, b| (a.at, a.line.byte).cmp(&(b.at, b.line.byte)));
        lines
    }
}

/// A message without the pieces of a time in front of it, however that is written: `17:26:00 24.04.26 `.
fn without_stamp(mut said: &str) -> &str {
    let of_time = |c: char| c.is_ascii_digit() || ":.,-/+[]TZ".contains(c);
    while let Some((piece, rest)) = said.split_once(' ') {
        if piece.is_empty() || !piece.chars().all(of_time) {
            break;
        }
        said = rest;
    }
    said
}
