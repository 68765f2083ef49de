//! Blocks of JSON access lines that look alike: each is tried against what lines before it have shown. Which of them have been
//! learnt hangs on where a worker began, so nothing but speed may hang on it.

use super::lines::{NEAR, Scanner};
use super::quick::State;
use crate::format::web::json_template::JsonTemplate;
use crate::plan::trim_line;
use crate::summary::{LineAt, Pos};
use crate::vector;

/// Writers of one input that are remembered.
const WRITERS: usize = 4;

/// What lines have shown.
#[derive(Default)]
pub(super) struct Alike {
    templates: Vec<JsonTemplate>,
    /// Lines that were like none of them.
    misses: u64,
}

impl Alike {
    /// Learns from a line that was like none: from the first ones, then from fewer and fewer.
    fn miss(&mut self, line: &[u8]) {
        self.misses += 1;
        if (self.misses > 64 && !self.misses.is_multiple_of(64)) || self.templates.len() >= WRITERS
        {
            return;
        }
        self.templates.extend(JsonTemplate::learn(line));
    }
}

impl Scanner<'_> {
    /// Reads the whole lines of a piece of the block, which begins at `base`; gives the bytes read.
    pub(super) fn alike<'b>(
        &mut self,
        block: &'b [u8],
        base: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut State<'b>,
    ) -> usize {
        let mut alike = std::mem::take(&mut self.alike);
        let (mut from, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            let n = match self.templated(&alike, block, base, from, piece, here, state) {
                Some(n) => n,
                None => {
                    let newline = |m: &u32| piece.get(*m as usize) == Some(&b'\n');
                    let Some(n) = here.iter().position(newline) else {
                        break;
                    };
                    let nl = here[n] as usize;
                    self.other(block, base + from, base + nl, state);
                    alike.miss(trim_line(&piece[from..nl]));
                    n
                }
            };
            (from, k) = (here[n] as usize + 1, k + n + 1);
            // while this piece is understood, the next one comes near
            vector::soon(block, base + from + NEAR);
            vector::soon(block, base + from + NEAR + 256);
        }
        self.alike = alike;
        from
    }

    /// Reads a line of a piece if it is like others; gives the number of its quotes.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one call per line")]
    fn templated<'b>(
        &mut self,
        alike: &Alike,
        block: &'b [u8],
        base: usize,
        from: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut State<'b>,
    ) -> Option<usize> {
        for t in &alike.templates {
            let n = t.quotes();
            let Some(nl) = marks.get(n).map(|m| *m as usize) else {
                continue;
            };
            if piece.get(nl) != Some(&b'\n') || nl - from > self.config.max_line {
                continue;
            }
            let after = piece.get(from..)?;
            let Some(rec) = t.read(after, nl - from, marks.get(..n)?, from) else {
                continue;
            };
            self.close(&mut state.open);
            state.may_continue = false;
            self.lines += 1;
            let pos = Pos {
                offset: self.end + (base + from) as u64,
                line: self.lines,
            };
            let at = LineAt {
                block,
                start: base + from,
                end: base + nl,
                pos,
                more: 0,
            };
            self.fold.record(at, &rec, 0, state.run.kind, None);
            return Some(n);
        }
        None
    }
}
