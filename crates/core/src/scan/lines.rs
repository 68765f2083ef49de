//! One stretch of one input, line by line: each line to the first format that accepts it, continuation lines to their record.
//! No reading and no threads here.

pub(in crate::scan) mod framed;
mod unknown;
pub(in crate::scan) mod unwrapped;
pub(in crate::scan) mod wrapped;

use crate::plan::{Plan, PlanInput, clean, trim_line};
use crate::scan::dispatch::Tries;
use crate::scan::fast::Fast;
use crate::scan::lines::framed::Framed;
use crate::scan::lines::wrapped::Joiner;
use crate::source::Block;
use crate::summary::{Coverage, Fold, LineAt, Part, Pos, Scratch, Stretch};
use coroner_lines::format::app::stack;
use coroner_lines::format::envelope::ENVELOPES;
use coroner_lines::format::{Framing, Reader};
use coroner_lines::record::{Body, Kind, Level, Record};
use coroner_lines::time::Stamp;
use std::borrow::Cow;

/// Settings of a scan. None of them changes the result.
#[derive(Clone, Copy, Debug)]
pub struct ScanConfig {
    /// Longer lines are counted, not read.
    pub max_line: usize,
    /// Whether lines of files will be read again where they are cited ([`crate::source::Again`]): then fewer are kept.
    pub again: bool,
    /// Whether each line is read by the grammar of its format, though there may be a faster way.
    pub plain: bool,
}

impl Default for ScanConfig {
    fn default() -> Self {
        ScanConfig {
            max_line: 1 << 20,
            again: false,
            plain: false,
        }
    }
}

/// Bytes that are read before they are summed; they should fit a near cache.
pub(super) const NEAR: usize = 32 << 10;

/// A record that waits for its continuation lines.
pub(super) struct OpenRecord<'b> {
    pub(super) at: LineAt<'b>,
    pub(super) rec: Record<'b>,
    pub(super) format: usize,
    pub(super) kind: Kind,
    pub(super) exception: Option<&'b [u8]>,
    /// How far in a traceback below it stands, where it is set in as a whole.
    traced: Option<usize>,
}

impl<'b> OpenRecord<'b> {
    /// Takes the exception that a line below it names, if it does.
    pub(super) fn continues(&mut self, line: &'b [u8]) {
        let inner = line.trim_ascii_start();
        let indent = line.len() - inner.len();
        if stack::opens_a_traceback(inner) {
            self.traced = Some(indent);
        }
        // most lines below a record stand in none, and are looked at once
        let line = if self.traced == Some(indent) {
            inner
        } else {
            line
        };
        self.exception = stack::exception(line).or(self.exception);
    }

    /// Whether lines below such a record may add to it: to a message, and to a failed request that a program reports.
    pub(super) fn may_be(body: &Body<'_>) -> bool {
        match body {
            Body::Message(_) => true,
            Body::Request(r) => r.message.as_ref().is_some_and(|m| m.level >= Level::Error),
            _ => false,
        }
    }

    /// A record of which no line has come but the first.
    pub(super) fn of(at: LineAt<'b>, rec: Record<'b>, format: usize, kind: Kind) -> Self {
        OpenRecord {
            at,
            rec,
            format,
            kind,
            exception: None,
            traced: None,
        }
    }
}

/// Scans one stretch of one input: blocks of whole lines, in order, without a hole.
pub struct Scanner<'p> {
    pub(super) input: &'p PlanInput,
    id: u32,
    plan: u64,
    pub(super) names: Vec<String>,
    /// Framing and kind by format, as they are named.
    pub(super) kinds: Vec<(Framing, Kind)>,
    /// By format: what reads its lines where they need earlier ones. Empty for inputs of which lines are read alone.
    pub(super) readers: Vec<Option<Box<dyn Reader>>>,
    pub(super) config: ScanConfig,
    pub(super) fold: Fold,
    pub(super) crc: crc32fast::Hasher,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Number of the last line that was read, and of the last one of the input before these.
    pub(super) lines: u64,
    before: u64,
    /// What takes wrappers off and joins what they cut.
    pub(super) joiner: Joiner,
    /// What puts records together that are more than lines.
    pub(super) framing: Option<Framed>,
    pub(super) fast: Fast,
    /// Which formats lines are tried with.
    pub(super) tries: Tries,
    pub(super) block: Option<DatedBlock>,
}

/// Lines of a tool's output below a time that stands alone: how far in, that time, and the last of them so far.
#[derive(Clone, Copy)]
pub(super) struct DatedBlock {
    pub(super) indent: usize,
    pub(super) stamp: Stamp,
    pub(super) line: u64,
}

impl<'p> Scanner<'p> {
    /// A scanner for the stretch of input `id` that begins at byte `start`.
    pub fn new(plan: &'p Plan, id: u32, start: u64, config: ScanConfig) -> Self {
        Scanner::knowing(plan, id, start, config, None)
    }

    /// The same with what another one has learnt from lines of the input.
    pub(super) fn knowing(
        plan: &'p Plan,
        id: u32,
        start: u64,
        config: ScanConfig,
        learnt: Option<(Fast, Scratch)>,
    ) -> Self {
        let input = &plan.inputs[id as usize];
        let fold = Fold::new(input.meta.clone(), input.calendar, plan.rules.clone());
        let alone = !input.wrapped && input.frame.is_none();
        let mut fold = match alone {
            true => fold.following().read_again(config.again && !input.dirty),
            false => fold,
        };
        let fast = match learnt {
            Some((fast, scratch)) => {
                fold.scratch = scratch;
                fast
            }
            None if config.plain => Fast::default(),
            None => Fast::of(input),
        };
        Scanner {
            input,
            id,
            plan: plan.digest,
            names: input.format_names(),
            kinds: input
                .formats
                .iter()
                .map(|f| (f.framing(), f.kind()))
                // untimed text, and texts of no format by their wrapper
                .chain([(Framing::Head, Kind::App)].repeat(1 + ENVELOPES.len()))
                .collect(),
            readers: if input.stateful {
                input.formats.iter().map(|f| f.reader()).collect()
            } else {
                Vec::new()
            },
            config,
            fold,
            crc: crc32fast::Hasher::new(),
            start,
            end: start,
            lines: 0,
            before: 0,
            joiner: Joiner::default(),
            framing: input.frame.map(|f| Framed::new(f, start)),
            fast,
            tries: Tries::new(input.stateful),
            block: None,
        }
    }

    /// The same where the input has so many lines before that byte: its lines are numbered on.
    pub(in crate::scan) fn behind(mut self, lines: u64) -> Self {
        (self.lines, self.before) = (lines, lines);
        if let Some(f) = &mut self.framing {
            f.start.line = lines;
        }
        self
    }

    /// Reads the next bytes of the input. They begin at the first byte of a line and, where records have continuation lines,
    /// of a record.
    pub fn block(&mut self, block: &[u8]) {
        if self.framing.is_some() {
            return self.stretch(block);
        }
        if self.input.wrapped {
            self.crc.update(block);
            self.wrapped_lines(&self.cleaned(block), |from| from as u64, |_| false);
            self.end += block.len() as u64;
            return;
        }
        if self.input.dirty {
            self.crc.update(block);
            let mut copy = block.to_vec();
            clean(&mut copy);
            self.lines_of(block, &copy, false, |from| from as u64, |_| false, false);
        } else if !self.quick(block, false, true) {
            self.lines_of(block, block, false, |from| from as u64, |_| false, true);
        }
        self.end += block.len() as u64;
    }

    /// Reads the next block of a stream, in which the ends of overlong lines may be missing.
    pub fn stream_block(&mut self, block: &Block) {
        // summed while it is near, if all of it is here
        let near = block.cuts.is_empty() && !self.input.wrapped;
        if !near {
            self.crc.combine(&block.crc32());
        }
        let base = block.offset;
        if self.input.wrapped {
            self.wrapped_lines(
                &self.cleaned(&block.bytes),
                |from| block.offset_of(from) - base,
                |end| block.is_cut(end),
            );
            self.end += block.length();
            return;
        }
        let quick = block.cuts.is_empty() && !self.input.dirty;
        if !quick || !self.quick(&block.bytes, block.continues, near) {
            let mut copy = Vec::new();
            let bytes = match self.input.dirty {
                true => {
                    copy.extend_from_slice(&block.bytes);
                    clean(&mut copy);
                    &copy
                }
                false => &block.bytes,
            };
            self.lines_of(
                &block.bytes,
                bytes,
                block.continues,
                |from| block.offset_of(from) - base,
                |end| block.is_cut(end),
                near,
            );
        }
        self.end += block.length();
    }

    /// The block, or a copy as long without what hides its text.
    fn cleaned<'b>(&self, block: &'b [u8]) -> Cow<'b, [u8]> {
        let mut block = Cow::Borrowed(block);
        if self.input.dirty {
            clean(block.to_mut());
        }
        block
    }

    /// `text` is what is read of the block: the block itself, or a copy without what hides the text, byte for byte as long.
    fn lines_of(
        &mut self,
        block: &[u8],
        text: &[u8],
        continues: bool,
        offset: impl Fn(usize) -> u64,
        is_cut: impl Fn(usize) -> bool,
        sum: bool,
    ) {
        let mut summed = 0;
        let mut open: Option<OpenRecord<'_>> = None;
        let mut may_continue = continues;
        let mut from = 0;
        let last = (block.last() != Some(&b'\n') && !block.is_empty()).then_some(block.len());
        for nl in memchr::memchr_iter(b'\n', block).chain(last) {
            self.lines += 1;
            if nl == from && self.fast.skips_empty(self.input) {
                self.fold.continuation();
                from = nl + 1;
                continue;
            }
            let pos = Pos {
                offset: self.end + offset(from),
                line: self.lines,
            };
            if is_cut(nl) {
                self.close(&mut open);
                may_continue = false;
                self.overlong(block, from, pos);
            } else {
                self.line((block, text), from, nl, pos, &mut open, &mut may_continue);
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

    pub(super) fn overlong(&mut self, block: &[u8], from: usize, pos: Pos) {
        self.fold.unparsed(
            LineAt::new(block, (from, (from + 200).min(block.len())), pos),
            true,
        );
    }

    #[inline]
    pub(super) fn line<'b>(
        &mut self,
        (block, text): (&'b [u8], &'b [u8]),
        from: usize,
        to: usize,
        pos: Pos,
        open: &mut Option<OpenRecord<'b>>,
        may_continue: &mut bool,
    ) {
        let raw = &text[from..to];
        let mut line = trim_line(raw);
        let start = from + (line.as_ptr() as usize - raw.as_ptr() as usize);
        let mut end = start + line.len();
        if self.input.dirty {
            line = line.trim_ascii_end();
            // what is quoted is the line as it lies there, which is longer than what was left of it
            end = block[start..to]
                .strip_suffix(b"\r")
                .map_or(to, |rest| start + rest.len());
        }
        let mut at = LineAt::new(block, (start, end), pos);
        at.lead = start - from;
        if line.len() > self.config.max_line {
            self.close(open);
            *may_continue = false;
            return self.overlong(block, start, pos);
        }
        if self.fast.is_of_none(line) {
            return self.unknown_line((block, text), (from, line, to), at, open, may_continue);
        }
        // The first that accepts a line has it. The plan fixes the order, so that the answer depends on the line alone.
        let mut tries = self.tries.of(&self.input.formats, line);
        while let Some(format) = self.tries.next(&mut tries, line) {
            // Borrowed where it lies: a record is too large to be moved for each line.
            let found = self.parsed(format, line);
            let Some(rec) = &found else { continue };
            self.close(open);
            let (framing, kind) = self.kinds[format];
            self.look(line, Some((kind, rec)));
            *may_continue = framing == Framing::Head;
            let outside = self.fold.meet(rec);
            if outside || !*may_continue || !OpenRecord::may_be(&rec.body) {
                return self.fold.record(at, rec, format, kind, None);
            }
            *open = found.map(|rec| OpenRecord::of(at, rec, format, kind));
            return;
        }
        self.fast.learn_none(line);
        self.unknown_line((block, text), (from, line, to), at, open, may_continue);
    }

    /// What a format makes of a line, or of what was inside one.
    #[inline(always)]
    fn parsed<'b>(&mut self, format: usize, line: &'b [u8]) -> Option<Record<'b>> {
        match self.readers.get_mut(format) {
            Some(Some(reader)) => reader.read(line),
            _ => self.input.formats[format].parse(line),
        }
    }

    #[inline(always)]
    pub(super) fn close(&mut self, open: &mut Option<OpenRecord<'_>>) {
        if open.is_some() {
            self.close_open(open);
        }
    }

    #[inline(never)]
    fn close_open(&mut self, open: &mut Option<OpenRecord<'_>>) {
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
    pub fn finish(mut self) -> Part {
        self.end_of_framing();
        self.end_of_joining();
        self.part()
    }

    /// The part of what was folded.
    pub(super) fn part(&mut self) -> Part {
        let stretch = Stretch {
            end: self.end,
            lines: self.lines - self.before,
            before: self.before,
            crc32: std::mem::take(&mut self.crc).finalize(),
        };
        let mut input = self.fold.finish(self.start, stretch, &self.names);
        if self.end == self.start {
            input.coverage = Coverage::default();
        }
        Part::of(self.plan, [(self.id, input)])
    }
}

#[cfg(test)]
mod tests;
