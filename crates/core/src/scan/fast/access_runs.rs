//! Blocks of an input whose first format has plain lines: these are read with little more than one pass over the marks of
//! a piece that lies in a near cache. Every other line goes the general way; both give the same.

use crate::scan::fast::learnt_lines::WaitingLine;
use crate::scan::lines::{NEAR, OpenRecord, Scanner};
use crate::summary::{AccessRun, LineAt, Pos};
use coroner_lines::fast::clf::{self, Head, Layout};
use coroner_lines::fast::{Way, closes};
use coroner_lines::record::Kind;
use coroner_lines::vector::Work;
use coroner_lines::vector::soon;

/// What waits between the lines of a block.
pub(in crate::scan) struct RunState<'b> {
    pub(super) block: &'b [u8],
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
            open: None,
            held: None,
            may_continue,
            run: AccessRun::none(kind),
            head: Head::default(),
        }
    }
}

/// The lines of a block, of which no byte is missing.
pub(super) struct QuickLines<'s, 'p, 'b> {
    pub(super) scanner: &'s mut Scanner<'p>,
    pub(super) way: Way,
    pub(super) block: &'b [u8],
    pub(super) continues: bool,
    pub(super) sum: bool,
}

impl Work for QuickLines<'_, '_, '_> {
    type Out = ();
    #[inline(always)]
    fn run(self) {
        self.scanner
            .quick_lines(self.way, self.block, self.continues, self.sum);
    }
}

/// The quotes of a line that close or open something, if there are `Q` of them.
#[inline(always)]
fn unescaped<const Q: usize>(piece: &[u8], quotes: &[u32]) -> Option<[u32; Q]> {
    let (mut all, mut n) = ([0; Q], 0);
    for q in quotes {
        if closes(piece, *q) {
            *all.get_mut(n)? = *q;
            n += 1;
        }
    }
    (n == Q).then_some(all)
}

impl Scanner<'_> {
    #[inline(always)]
    fn quick_lines(&mut self, way: Way, block: &[u8], continues: bool, sum: bool) {
        let mut marks = std::mem::take(&mut self.fast.marks);
        let mut state = RunState::at_start(block, continues, self.kinds[0].1);
        let mut from = 0;
        while from < block.len() {
            let piece = &block[from..block.len().min(from + NEAR)];
            let marks = marks.find(piece);
            let mut read = match way {
                Way::Access(l @ Layout { quotes: 2, .. }) => {
                    self.piece::<2>(block, from, piece, marks, &mut state, l)
                }
                Way::Access(l @ Layout { quotes: 8, .. }) => {
                    self.piece::<8>(block, from, piece, marks, &mut state, l)
                }
                Way::Access(l) => self.piece::<6>(block, from, piece, marks, &mut state, l),
                Way::Alike(_) => self.alike(from, piece, marks, &mut state),
            };
            if read == 0 {
                // a line longer than a piece, or the last one
                let nl = memchr::memchr(b'\n', &block[from..]).map_or(block.len(), |n| from + n);
                self.other(from, nl, &mut state);
                read = (nl + 1).min(block.len()) - from;
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
        self.fold.flush(block);
        self.fast.marks = marks;
    }

    /// Reads the whole lines of a piece of the block, which begins at `base`; gives the bytes read. `Q` is the number of
    /// quotes in a plain line.
    #[inline(always)]
    fn piece<'b, const Q: usize>(
        &mut self,
        block: &'b [u8],
        base: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
        layout: Layout,
    ) -> usize {
        let (mut from, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            if let Some((nl, quotes)) = here.split_first_chunk().map(|(q, rest)| (rest.first(), q))
                && let Some(nl) = nl
                && self.plain::<Q>(
                    (block, base, layout),
                    (from, *nl as usize),
                    piece,
                    quotes,
                    state,
                )
            {
                (from, k) = (*nl as usize + 1, k + Q + 1);
                // while this piece is understood, the next one comes near
                soon(block, base + from + NEAR);
                continue;
            }
            let newline = |m: &u32| piece.get(*m as usize) == Some(&b'\n');
            let empty = |x: &(&u32, usize)| *x.0 as usize == x.1 && newline(x.0);
            let lines = here.iter().zip(from..).take_while(empty).count();
            if lines > 0 && self.fast.skips_empty(self.input) {
                self.lines += lines as u64;
                self.fold.continuations_here(lines as u64);
                (from, k) = (from + lines, k + lines);
                continue;
            }
            let Some(n) = here.iter().position(newline) else {
                return from;
            };
            let nl = here[n] as usize;
            let taken = n > Q
                && unescaped::<Q>(piece, &here[..n]).is_some_and(|q| {
                    self.plain::<Q>((block, base, layout), (from, nl), piece, &q, state)
                });
            if !taken {
                self.other(base + from, base + nl, state);
            }
            (from, k) = (nl + 1, k + n + 1);
        }
    }

    /// Reads a line of a piece if it is a plain one.
    #[inline(always)]
    fn plain<'b, const Q: usize>(
        &mut self,
        (block, base, layout): (&'b [u8], usize, Layout),
        (from, nl): (usize, usize),
        piece: &'b [u8],
        marks: &[u32; Q],
        state: &mut RunState<'b>,
    ) -> bool {
        let Some(line) = piece.get(from..=nl) else {
            return false;
        };
        let quotes = marks.map(|m| (m as usize).wrapping_sub(from));
        if line.last() != Some(&b'\n')
            || line.len() - 1 > self.config.max_line
            || matches!(line[0], 0 | 0xef | b'{')
        {
            return false;
        }
        let Some((front, head)) = clf::head(line, quotes[0]) else {
            return false;
        };
        let Some(a) = clf::access(line, front, &quotes, layout) else {
            return false;
        };
        let here = base + from..base + nl;
        if state.run.n == 0 || state.head != head {
            self.end_run(state);
            let Some(stamp) = clf::stamp(&head) else {
                return false;
            };
            self.close(&mut state.open);
            state.may_continue = false;
            state.run.inside = self.fold.begin_run(stamp);
            state.head = head;
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
        true
    }

    /// Reads a line of any kind.
    #[inline(never)]
    pub(super) fn other<'b>(&mut self, from: usize, nl: usize, state: &mut RunState<'b>) {
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

    fn end_run(&mut self, state: &mut RunState<'_>) {
        if state.run.n > 0 {
            self.fold.end_run(state.block, &state.run);
            state.run.n = 0;
        }
    }
}
