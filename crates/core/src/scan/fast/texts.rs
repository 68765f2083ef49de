//! Texts that lines held in their wrappers, which lie behind each other like lines of a block: those that are like others are
//! read as such, all others by their formats.

use crate::scan::fast::access_runs::RunState;
use crate::scan::lines::unwrapped::Unwrapped;
use crate::scan::lines::{NEAR, Scanner};
use coroner_lines::vector::{Work, widely};

/// Lines of a block that are out of their wrappers.
struct Texts<'s, 'p, 'b> {
    scanner: &'s mut Scanner<'p>,
    block: &'b [u8],
    all: &'b Unwrapped<'b>,
}

impl Work for Texts<'_, '_, '_> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        self.scanner.each_text(self.block, self.all);
    }
}

impl Scanner<'_> {
    /// Reads all lines.
    pub(in crate::scan) fn texts<'b>(&mut self, block: &'b [u8], all: &'b Unwrapped<'b>) {
        widely(Texts {
            scanner: self,
            block,
            all,
        });
    }

    #[inline(always)]
    fn each_text<'b>(&mut self, block: &'b [u8], all: &'b Unwrapped<'b>) {
        let learns = !self.fast.ways.is_empty();
        let mut list = std::mem::take(&mut self.fast.marks);
        let mut alike = std::mem::take(&mut self.fast.alike);
        let mut state = RunState::at_start(block, false, self.kinds[0].1);
        let mut next = 0;
        while let Some(first) = all.lines.get(next) {
            let base = first.text.0;
            let piece = &all.texts[base..all.texts.len().min(base + NEAR)];
            let marks = if learns { list.find(piece) } else { &[] };
            let (begun, mut k) = (next, 0);
            while let Some(line) = all.lines.get(next) {
                let (from, end) = (line.text.0 - base, line.text.1 - base);
                if end >= piece.len() && next > begun {
                    break;
                }
                next += 1;
                let here = marks.get(k..).unwrap_or_default();
                let text = all.text(line);
                let after = &all.texts[line.text.0..];
                let found = match learns && line.is_line(text) {
                    true => {
                        self.learnt(&mut alike, (after, from), piece, here, |_| line, &mut state)
                    }
                    false => None,
                };
                if let Some(n) = found {
                    k += n + 1;
                    continue;
                }
                self.taken_out(line, text, &mut state);
                if learns {
                    alike.miss(self.input, &self.fast.ways, text);
                    let behind = here.iter().position(|m| *m as usize >= end);
                    k += behind.map_or(here.len(), |n| n + 1);
                }
            }
        }
        self.settle(&mut state);
        self.close(&mut state.open);
        self.fast.marks = list;
        self.fast.alike = alike;
    }
}
