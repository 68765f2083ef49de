//! One stretch of one input, line by line: each line to the first format that accepts it, continuation lines to their record.
//! No reading and no threads here.

use crate::format::Framing;
use crate::format::app::stack;
use crate::plan::{Plan, PlanInput, trim_line};
use crate::record::{Body, Kind, Record};
use crate::source::Block;
use crate::summary::{Coverage, Fold, LineAt, Part, Pos, Stretch};

/// Settings of a scan. None of them changes the result.
#[derive(Clone, Copy, Debug)]
pub struct ScanConfig {
    /// Longer lines are counted, not read.
    pub max_line: usize,
}

impl Default for ScanConfig {
    fn default() -> Self {
        ScanConfig { max_line: 1 << 20 }
    }
}

/// Bytes that are read before they are summed; they should fit a near cache.
const NEAR: usize = 32 << 10;

/// A record that waits for its continuation lines.
struct Open<'b> {
    at: LineAt<'b>,
    rec: Record<'b>,
    format: usize,
    kind: Kind,
    exception: Option<&'b [u8]>,
}

/// Scans one stretch of one input: blocks of whole lines, in order, without a hole.
pub struct Scanner<'p> {
    input: &'p PlanInput,
    id: u32,
    plan: u64,
    names: Vec<String>,
    /// Framing and kind by format.
    kinds: Vec<(Framing, Kind)>,
    config: ScanConfig,
    fold: Fold,
    crc: crc32fast::Hasher,
    start: u64,
    end: u64,
    lines: u64,
}

impl<'p> Scanner<'p> {
    /// A scanner for the stretch of input `id` that begins at byte `start`.
    pub fn new(plan: &'p Plan, id: u32, start: u64, config: ScanConfig) -> Self {
        let input = &plan.inputs[id as usize];
        Scanner {
            input,
            id,
            plan: plan.digest,
            names: input.format_names(),
            kinds: input
                .formats
                .iter()
                .map(|f| (f.framing(), f.kind()))
                .collect(),
            config,
            fold: Fold::new(input.meta.clone(), plan.year_reference),
            crc: crc32fast::Hasher::new(),
            start,
            end: start,
            lines: 0,
        }
    }

    /// Reads the next bytes of the input. They begin at the first byte of a line and, where records have continuation lines,
    /// of a record.
    pub fn block(&mut self, block: &[u8]) {
        self.lines_of(block, false, |from| from as u64, |_| false, true);
        self.end += block.len() as u64;
    }

    /// Reads the next block of a stream, in which the ends of overlong lines may be missing.
    pub fn stream_block(&mut self, block: &Block) {
        self.crc.combine(&block.crc32());
        let base = block.offset;
        self.lines_of(
            &block.bytes,
            block.continues,
            |from| block.offset_of(from) - base,
            |end| block.is_cut(end),
            false,
        );
        self.end += block.length();
    }

    fn lines_of(
        &mut self,
        block: &[u8],
        continues: bool,
        offset: impl Fn(usize) -> u64,
        is_cut: impl Fn(usize) -> bool,
        sum: bool,
    ) {
        let mut summed = 0;
        let mut open: Option<Open<'_>> = None;
        let mut may_continue = continues;
        let mut from = 0;
        let last = (block.last() != Some(&b'\n') && !block.is_empty()).then_some(block.len());
        for nl in memchr::memchr_iter(b'\n', block).chain(last) {
            self.lines += 1;
            let pos = Pos {
                offset: self.end + offset(from),
                line: self.lines,
            };
            if is_cut(nl) {
                self.close(&mut open);
                may_continue = false;
                self.overlong(block, from, pos);
            } else {
                self.line(block, from, nl, pos, &mut open, &mut may_continue);
            }
            from = nl + 1;
            // what was just read is still near, so that the checksum waits for no memory
            if sum && from - summed >= NEAR {
                let end = from.min(block.len());
                self.crc.update(&block[summed..end]);
                summed = end;
            }
        }
        if sum {
            self.crc.update(&block[summed..]);
        }
        self.close(&mut open);
        self.fold.flush(block);
    }

    fn overlong(&mut self, block: &[u8], from: usize, pos: Pos) {
        self.fold.unparsed(
            LineAt {
                block,
                start: from,
                end: (from + 200).min(block.len()),
                pos,
            },
            true,
        );
    }

    #[inline]
    fn line<'b>(
        &mut self,
        block: &'b [u8],
        from: usize,
        to: usize,
        pos: Pos,
        open: &mut Option<Open<'b>>,
        may_continue: &mut bool,
    ) {
        let raw = &block[from..to];
        let line = trim_line(raw);
        let start = from + (line.as_ptr() as usize - raw.as_ptr() as usize);
        let at = LineAt {
            block,
            start,
            end: start + line.len(),
            pos,
        };
        if line.len() > self.config.max_line {
            self.close(open);
            *may_continue = false;
            return self.overlong(block, start, pos);
        }
        // The first that accepts a line has it. The plan fixes the order, so that the answer hangs on the line alone.
        for (format, f) in self.input.formats.iter().enumerate() {
            // Borrowed where it lies: a record is too large to be moved for each line.
            let found = f.parse(line);
            let Some(rec) = &found else { continue };
            self.close(open);
            let (framing, kind) = self.kinds[format];
            *may_continue = framing == Framing::Head;
            if !*may_continue || !matches!(rec.body, Body::Message(_)) {
                return self.fold.record(at, rec, format, kind, None);
            }
            *open = found.map(|rec| Open {
                at,
                rec,
                format,
                kind,
                exception: None,
            });
            return;
        }
        if line.is_empty() {
            return self.fold.continuation();
        }
        if *may_continue {
            if let (Some(o), Some(e)) = (open.as_mut(), stack::exception(line)) {
                o.exception = Some(e);
            }
            return self.fold.continuation();
        }
        self.close(open);
        match self.input.untimed(line) {
            Some(rec) => self
                .fold
                .record(at, &rec, self.names.len() - 1, Kind::Deploy, None),
            None => self.fold.unparsed(at, false),
        }
    }

    fn close(&mut self, open: &mut Option<Open<'_>>) {
        if let Some(o) = open.take() {
            self.fold
                .record(o.at, &o.rec, o.format, o.kind, o.exception);
        }
    }

    /// Adds a sentence about trouble while reading.
    pub fn note(&mut self, note: String) {
        self.fold.note(note);
    }

    /// The part of what was read.
    pub fn finish(self) -> Part {
        let stretch = Stretch {
            end: self.end,
            lines: self.lines,
            crc32: self.crc.finalize(),
        };
        let input = if self.end == self.start {
            let mut p = self.fold.finish(self.start, stretch, &self.names);
            p.coverage = Coverage::default();
            p
        } else {
            self.fold.finish(self.start, stretch, &self.names)
        };
        Part {
            plan: self.plan,
            inputs: [(self.id, input)].into(),
        }
    }
}
