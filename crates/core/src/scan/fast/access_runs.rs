//! Blocks of an input whose first format has plain lines: these are read with little more than one pass over the marks of
//! a piece that lies in a near cache. Every other line goes the general way; both give the same.

use crate::scan::fast::learnt_lines::{ReadLine, WaitingLine};
use crate::scan::lines::unwrapped::{Unwrapped, UnwrappedLine};
use crate::scan::lines::{NEAR, OpenRecord, Scanner};
use crate::summary::{AccessRun, LineAt, Pos};
use coroner_lines::fast::Way;
use coroner_lines::fast::clf::{self, Head, Layout};
use coroner_lines::record::Kind;
use coroner_lines::vector::Work;

/// What waits between the lines of a block.
pub(in crate::scan) struct RunState<'b> {
    pub(super) block: &'b [u8],
    /// The lines that follow, where they are out of their wrappers.
    pub(super) ahead: &'b [UnwrappedLine<'b>],
    pub(in crate::scan) open: Option<OpenRecord<'b>>,
    /// A message in short, in place of an open record.
    pub(super) held: Option<WaitingLine<'b>>,
    pub(super) may_continue: bool,
    /// The plain lines before the one at hand, and what stands between user and request in all of them.
    pub(super) run: AccessRun,
    head: Head,
}

impl<'b> RunState<'b> {
    /// At the start of a block, in which lines may continue the record before it.
    pub(super) fn at_start(block: &'b [u8], may_continue: bool, kind: Kind) -> Self {
        RunState {
            block,
            ahead: &[],
            open: None,
            held: None,
            may_continue,
            run: AccessRun::none(kind),
            head: Head::default(),
        }
    }

    /// The next line, which begins there if it is its text.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next(&self, start: usize) -> ReadLine<'b> {
        match self.ahead.first() {
            Some(line) => ReadLine::Unwrapped(line),
            None => ReadLine::Bare(start, start),
        }
    }
}

/// The lines of a block, of which no byte is missing: as they stand, or all of them out of their wrappers.
pub(super) struct QuickLines<'s, 'p, 'b> {
    pub(super) scanner: &'s mut Scanner<'p>,
    pub(super) block: &'b [u8],
    pub(super) unwrapped: Option<&'b Unwrapped<'b>>,
    pub(super) continues: bool,
    pub(super) sum: bool,
}

impl Work for QuickLines<'_, '_, '_> {
    type Out = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        let (block, unwrapped) = (self.block, self.unwrapped);
        self.scanner
            .quick_lines(block, unwrapped, self.continues, self.sum);
    }
}

impl Scanner<'_> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn quick_lines<'b>(
        &mut self,
        block: &'b [u8],
        unwrapped: Option<&'b Unwrapped<'b>>,
        continues: bool,
        sum: bool,
    ) {
        let mut marks = std::mem::take(&mut self.fast.marks);
        let mut state = RunState::at_start(block, continues, self.kinds[0].1);
        let (mut text, mut end, mut layout) = (block, block.len(), None);
        if let Some(all) = unwrapped {
            (text, state.ahead) = (&all.texts, &all.lines);
            // behind the last text there are bytes for who looks at many at once
            end = state.ahead.last().map_or(0, |l| l.text.1 + 1);
        } else if let Some(Some(Way::Access(plain))) = self.fast.ways.first() {
            layout = Some(*plain);
        }
        let mut from = 0;
        while from < end {
            let piece = &text[from..end.min(from + NEAR)];
            let marks = marks.find(piece);
            let mut read = self.piece(text, from, (piece, marks), &mut state, layout);
            if read == 0 {
                // a line longer than a piece, or the last one
                let line = state.next(from);
                let nl = match line {
                    ReadLine::Bare(..) => memchr::memchr(b'\n', &text[from..]).map(|n| from + n),
                    ReadLine::Unwrapped(l) => Some(l.text.1),
                };
                let nl = nl.unwrap_or(end);
                self.other(text, line, (from, nl), &mut state);
                state.ahead = state.ahead.get(1..).unwrap_or_default();
                read = (nl + 1).min(end) - from;
            }
            // what was just read is still near, so that the checksum waits for no memory
            if sum {
                self.crc.update(&block[from..from + read]);
            }
            from += read;
        }
        self.end_run(&mut state);
        self.settle(&mut state);
        self.close(&mut state.open);
        self.fast.marks = marks;
    }

    /// Reads a line of a piece if it is a plain access line, so that it belongs to a run; gives the number of its marks.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of_run<'b>(
        &mut self,
        layout: Layout,
        at: (usize, usize),
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        match layout.quotes {
            2 => self.plain::<2>(layout, at, piece, marks, state),
            8 => self.plain::<8>(layout, at, piece, marks, state),
            _ => self.plain::<6>(layout, at, piece, marks, state),
        }
    }

    /// The same for lines of so many quotes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain<'b, const Q: usize>(
        &mut self,
        layout: Layout,
        (base, from): (usize, usize),
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        let (block, (marks, rest)) = (state.block, marks.split_first_chunk::<Q>()?);
        let nl = *rest.first()? as usize;
        let line = piece.get(from..=nl)?;
        let quotes = marks.map(|m| (m as usize).wrapping_sub(from));
        if line.last() != Some(&b'\n')
            || line.len() - 1 > self.config.max_line
            || matches!(line[0], 0 | 0xef | b'{')
        {
            return None;
        }
        let (front, head) = clf::head(line, quotes[0])?;
        let a = clf::access(line, front, &quotes, layout)?;
        let here = base + from..base + nl;
        if state.run.n == 0 || state.head != *head {
            self.end_run(state);
            let stamp = clf::stamp(head)?;
            self.settle(state);
            self.close(&mut state.open);
            state.may_continue = false;
            state.run.inside = self.fold.begin_run(stamp);
            state.head = *head;
            state.run.stamp = stamp;
        }
        self.lines += 1;
        let pos = Pos {
            offset: self.end + here.start as u64,
            line: self.lines,
        };
        if state.run.n == 0 {
            state.run.first = (pos, here.clone());
        }
        state.run.n += 1;
        state.run.last = (pos, here.clone());
        if state.run.inside {
            self.fold
                .access(LineAt::new(block, (here.start, here.end), pos), &a);
        }
        Some(Q)
    }

    /// Reads a line of any kind, of which the text stands there.
    #[inline(never)]
    pub(super) fn other<'b>(
        &mut self,
        text: &'b [u8],
        line: ReadLine<'b>,
        (from, nl): (usize, usize),
        state: &mut RunState<'b>,
    ) {
        if let ReadLine::Unwrapped(line) = line {
            return self.taken_out(line, &text[from..line.text.1], state);
        }
        let block = state.block;
        self.settle(state);
        if nl == from && self.fast.skips_empty(self.input) {
            self.lines += 1;
            return self.fold.continuation();
        }
        self.end_run(state);
        self.lines += 1;
        let pos = Pos {
            offset: self.end + from as u64,
            line: self.lines,
        };
        self.line(
            (block, block),
            from,
            nl,
            pos,
            &mut state.open,
            &mut state.may_continue,
        );
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end_run(&mut self, state: &mut RunState<'_>) {
        if state.run.n > 0 {
            self.fold.end_run(state.block, &state.run);
            state.run.n = 0;
        }
    }
}
