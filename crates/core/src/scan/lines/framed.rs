//! An input whose records are more than lines: its frame puts their texts together, which are then read like lines. One worker
//! reads such an input, so that nothing here depends on where it is cut.

use crate::scan::Scanner;
use crate::summary::{LineAt, Pos};
use coroner_lines::format::frame::{Frame, Framer, Units};

/// The state of a framed input.
pub struct Framed {
    framer: Box<dyn Framer>,
    units: Units,
    /// Line of the record that was counted last.
    counted: u64,
    /// Lines that records were counted for.
    taken: u64,
    /// Where its first stretch begins in the input: its first byte, and the lines before it.
    pub(in crate::scan) start: Pos,
    /// Whether the last byte was a newline, or nothing was read.
    at_line_start: bool,
}

impl Framed {
    /// For one input, from a byte of it on.
    pub(in crate::scan) fn new(frame: &'static Frame, offset: u64) -> Framed {
        Framed {
            framer: (frame.start)(),
            units: Units::default(),
            counted: 0,
            taken: 0,
            start: Pos { offset, line: 0 },
            at_line_start: true,
        }
    }
}

impl Scanner<'_> {
    /// Reads the next bytes of an input that has a frame; they may begin and end anywhere.
    pub fn stretch(&mut self, bytes: &[u8]) {
        let Some(mut f) = self.framing.take() else {
            return;
        };
        self.crc.update(bytes);
        self.end += bytes.len() as u64;
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = bytes.last() {
            f.at_line_start = *last == b'\n';
        }
        f.framer.feed(bytes, &mut f.units);
        self.units(&mut f);
        self.framing = Some(f);
    }

    /// The input is at its end: its last record, and the lines between records.
    pub(in crate::scan) fn end_of_framing(&mut self) {
        let Some(mut f) = self.framing.take() else {
            return;
        };
        f.framer.finish(&mut f.units);
        self.units(&mut f);
        self.lines += u64::from(!f.at_line_start);
        let all = self.lines - f.start.line;
        self.fold.continuations(all.saturating_sub(f.taken));
    }

    fn units(&mut self, f: &mut Framed) {
        let units = std::mem::take(&mut f.units);
        for u in &units.list {
            let pos = Pos {
                offset: f.start.offset + u.offset,
                line: f.start.line + u.line,
            };
            let mut at = LineAt::new(&units.bytes, (u.text.start, u.text.end), pos);
            at.more = u32::try_from(u.end - u.line).unwrap_or(u32::MAX);
            let before = self.fold.counted();
            self.unit(at);
            if u.line == f.counted {
                self.fold.same_line(before);
            } else {
                f.taken += 1;
                f.counted = u.line;
            }
        }
        self.fold.flush(&units.bytes);
        f.units = units;
        f.units.clear();
    }
}
