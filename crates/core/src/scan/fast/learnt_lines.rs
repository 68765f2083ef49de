//! Blocks of lines that look alike: each is tried against what lines before it have shown. Which of them have been
//! learnt depends on where a worker began, so nothing but speed may depend on it.

use crate::plan::{PlanInput, trim_line};
use crate::scan::fast::access_runs::RunState;
use crate::scan::lines::{NEAR, OpenRecord, Scanner};
use crate::summary::{LineAt, Pos};
use coroner_lines::fast::brief::{Brief, PathSpan};
use coroner_lines::fast::template::{LineTemplate, Memo, Take};
use coroner_lines::fast::{Way, closes, wrapper};
use coroner_lines::format::Framing;
use coroner_lines::format::envelope::Outer;
use coroner_lines::record::{At, Level, Record};
use coroner_lines::time::Stamp;
use coroner_lines::vector::soon;

/// Shapes of lines of one input that are remembered.
const WRITERS: usize = 32;

/// What lines have shown.
#[derive(Default)]
pub(super) struct Alike {
    /// The lines of each writer, and which format they are of.
    templates: Vec<(LineTemplate, usize)>,
    /// The writers, that of the last line first.
    order: [u8; WRITERS],
    /// Lines that were like none of them.
    misses: u64,
    /// Where the quotes of a line close or open something.
    closing: Vec<u32>,
    memo: Memo,
}

impl Alike {
    /// Learns from a line that was like none: from the first ones, then from fewer and fewer.
    pub(super) fn miss(&mut self, input: &PlanInput, ways: &[Option<Way>], line: &[u8]) {
        self.misses += 1;
        if (self.misses > 64 && !self.misses.is_multiple_of(64)) || self.templates.len() >= WRITERS
        {
            return;
        }
        if let Some((template, format)) = learn(input, ways, line) {
            let n = self.templates.len();
            self.order[n] = n as u8;
            self.templates.push((template.numbered(n), format));
        }
    }
}

/// What a line shows, if it is sure that no format that is asked earlier would take a line like it.
fn learn(input: &PlanInput, ways: &[Option<Way>], line: &[u8]) -> Option<(LineTemplate, usize)> {
    let first = *line.first()?;
    let n = input.formats.iter().position(|f| f.may_begin(first))?;
    match ways.get(n)? {
        Some(Way::Alike(learn)) => Some((learn(line)?, n)),
        _ => None,
    }
}

/// A line whose text is read.
pub(in crate::scan) trait ReadLine<'b>: Copy {
    /// Goes to the line: where it lies.
    fn go(self, scanner: &mut Scanner<'_>) -> LineAt<'b>;
    /// What stands around the text.
    fn outer(self) -> Option<&'b Outer<'b>>;
}

/// A line that is its text.
#[derive(Clone, Copy)]
struct BareLine<'b> {
    block: &'b [u8],
    start: usize,
    end: usize,
}

impl<'b> ReadLine<'b> for BareLine<'b> {
    #[inline(always)]
    fn go(self, scanner: &mut Scanner<'_>) -> LineAt<'b> {
        scanner.lines += 1;
        let pos = Pos {
            offset: scanner.end + self.start as u64,
            line: scanner.lines,
        };
        LineAt::new(self.block, (self.start, self.end), pos)
    }

    #[inline(always)]
    fn outer(self) -> Option<&'b Outer<'b>> {
        None
    }
}

/// Gives a line of a format to the fold.
pub(in crate::scan) struct Give<'s, 'p, 'b, L> {
    pub(in crate::scan) scanner: &'s mut Scanner<'p>,
    pub(in crate::scan) state: &'s mut RunState<'b>,
    pub(in crate::scan) line: L,
    pub(in crate::scan) format: usize,
}

/// A usual message to which the lines that follow may belong. No more than what such messages state: it is written and read
/// back once per line.
pub(super) struct WaitingLine<'b> {
    line: (usize, usize),
    pos: Pos,
    stamp: Stamp,
    host: Option<&'b [u8]>,
    service: Option<&'b [u8]>,
    names: u32,
    said: (Level, &'b [u8], u16),
    format: usize,
}

impl<'b> WaitingLine<'b> {
    fn at(&self, block: &'b [u8]) -> LineAt<'b> {
        LineAt::new(block, self.line, self.pos)
    }

    #[inline(always)]
    fn brief(&self) -> Brief<'b, 'b> {
        Brief {
            stamp: self.stamp,
            stamped: At::End,
            host: self.host,
            service: self.service,
            scope: None,
            version: None,
            names: self.names,
            request: None,
            path_at: PathSpan::Nowhere,
            said: Some(self.said),
        }
    }
}

impl<'b, L: ReadLine<'b>> Take<'b> for Give<'_, '_, 'b, L> {
    #[inline(always)]
    fn brief(self, brief: &Brief<'_, 'b>) {
        let format = self.format;
        let (framing, kind) = self.scanner.kinds[format];
        // a failed request to which lines may belong is rare
        if framing == Framing::Head
            && brief.request.is_some()
            && brief.said.is_some_and(|s| s.0 >= Level::Error)
        {
            return self.record(brief.record());
        }
        let dressed;
        let brief = match self.line.outer() {
            None => brief,
            Some(outer) => match wrapper::dressed(brief, outer) {
                Some(brief) => {
                    dressed = brief;
                    &dressed
                }
                None => return self.record(brief.record()),
            },
        };
        let at = self.scanner.begin(self.line, self.state);
        self.state.may_continue = framing == Framing::Head;
        // where it lies: a copy would be waited for
        if let Some(held) = &self.state.held {
            let kind = self.scanner.kinds[held.format].1;
            let fold = &mut self.scanner.fold;
            fold.brief(held.at(at.block), &held.brief(), held.format, kind);
        }
        let said = match (framing, brief.request, brief.said) {
            (Framing::Head, None, Some(said)) => said,
            _ => {
                self.state.held = None;
                return self.scanner.fold.brief(at, brief, format, kind);
            }
        };
        self.state.held = Some(WaitingLine {
            line: (at.start, at.end),
            pos: at.pos,
            stamp: brief.stamp,
            host: brief.host,
            service: brief.service,
            names: brief.names,
            said,
            format,
        });
    }

    #[inline(never)]
    fn record(self, mut r: Record<'b>) {
        let format = self.format;
        let (framing, kind) = self.scanner.kinds[format];
        self.scanner.settle(self.state);
        if let Some(outer) = self.line.outer() {
            outer.dress(&mut r);
        }
        let at = self.scanner.begin(self.line, self.state);
        if framing == Framing::Head {
            self.state.may_continue = true;
            let outside = self.scanner.meet(&r);
            if !outside && OpenRecord::may_be(&r.body) {
                self.state.open = Some(OpenRecord::of(at, r, format, kind));
                return;
            }
        }
        self.scanner.fold.record(at, &r, format, kind, None);
    }
}

/// Which of the marks is the next newline.
#[inline(always)]
fn newline(piece: &[u8], marks: &[u32]) -> Option<usize> {
    marks
        .iter()
        .position(|m| piece.get(*m as usize) == Some(&b'\n'))
}

impl Scanner<'_> {
    /// What is held becomes a record like those of the general way, to which lines may be added.
    #[inline(always)]
    pub(in crate::scan) fn settle<'b>(&mut self, state: &mut RunState<'b>) {
        if state.held.is_some() {
            self.settle_held(state);
        }
    }

    #[inline(never)]
    fn settle_held<'b>(&mut self, state: &mut RunState<'b>) {
        let Some(held) = state.held.take() else {
            return;
        };
        let rec = held.brief().record();
        let kind = self.kinds[held.format].1;
        let at = held.at(state.block);
        match self.meet(&rec) {
            true => self.fold.record(at, &rec, held.format, kind, None),
            false => state.open = Some(OpenRecord::of(at, rec, held.format, kind)),
        }
    }

    /// Whether a record is out of range, so that it need not wait for lines that belong to it. Of what has wrappers any may:
    /// which lines belong to it is not seen by its time.
    fn meet(&mut self, rec: &Record<'_>) -> bool {
        !self.input.wrapped && self.fold.meet(rec)
    }

    /// Goes to a line.
    #[inline(always)]
    fn begin<'b>(&mut self, line: impl ReadLine<'b>, state: &mut RunState<'b>) -> LineAt<'b> {
        self.close(&mut state.open);
        state.may_continue = false;
        line.go(self)
    }

    /// Reads the whole lines of a piece of the block, which begins at `base`; gives the bytes read.
    #[inline(always)]
    pub(super) fn alike<'b>(
        &mut self,
        base: usize,
        piece: &'b [u8],
        marks: &[u32],
        state: &mut RunState<'b>,
    ) -> usize {
        let block = state.block;
        let mut alike = std::mem::take(&mut self.fast.alike);
        let (mut from, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            let after = block.get(base + from..).unwrap_or_default();
            let line = |len: usize| BareLine {
                block,
                start: base + from,
                end: base + from + len,
            };
            let n = match self.learnt(&mut alike, (after, from), piece, here, line, state) {
                Some(n) => n,
                None => {
                    let Some(n) = newline(piece, here) else {
                        break;
                    };
                    let nl = here[n] as usize;
                    self.other(base + from, base + nl, state);
                    alike.miss(self.input, &self.fast.ways, trim_line(&piece[from..nl]));
                    n
                }
            };
            let next = here[n] as usize + 1;
            let long = next - from > 256;
            (from, k) = (next, k + n + 1);
            // while this piece is understood, the next one comes near
            soon(block, base + from + NEAR);
            if long {
                soon(block, base + from + NEAR + 256);
            }
        }
        self.fast.alike = alike;
        from
    }

    /// Reads a line of a piece if it is like others; gives the number of its marks. `after` is the text from the line on,
    /// which begins at `from` in the piece; `line` makes of the length what is given to the fold.
    #[inline(always)]
    pub(super) fn learnt<'b, L: ReadLine<'b>>(
        &mut self,
        alike: &mut Alike,
        (after, from): (&'b [u8], usize),
        piece: &[u8],
        marks: &[u32],
        line: impl Fn(usize) -> L,
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        let found = self.templated(alike, (after, from), piece, marks, &line, state);
        if found.is_some() || after.first() != Some(&b'{') {
            return found;
        }
        // the marks of an object without the quotes behind a backslash, where there are any
        let n = newline(piece, marks)?;
        let mut closing = std::mem::take(&mut alike.closing);
        closing.clear();
        closing.extend(marks.get(..n)?.iter().filter(|q| closes(piece, **q)));
        let mut found = None;
        // no closure: it would be compiled apart, without the vectors that its caller may use
        if closing.len() < n {
            closing.extend(marks.get(n));
            found = self.templated(alike, (after, from), piece, &closing, &line, state);
        }
        alike.closing = closing;
        found.map(|_| n)
    }

    /// Reads a line of a piece if it is like others by these marks; gives their number.
    #[inline(always)]
    fn templated<'b, L: ReadLine<'b>>(
        &mut self,
        alike: &mut Alike,
        (after, from): (&'b [u8], usize),
        piece: &[u8],
        marks: &[u32],
        line: impl Fn(usize) -> L,
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        let first = *after.first()?;
        // a line that goes on behind the piece is none of these
        for i in 0..alike.templates.len().min(WRITERS) {
            let which = usize::from(alike.order[i]);
            let Some((t, format)) = alike.templates.get(which) else {
                continue;
            };
            let n = match t.quotes() {
                Some(n) => n,
                None if !t.may_begin(first) => continue,
                None => newline(piece, marks)?,
            };
            let Some(nl) = marks.get(n).map(|m| *m as usize) else {
                continue;
            };
            if piece.get(nl) != Some(&b'\n') || nl - from > self.config.max_line {
                continue;
            }
            let quotes = (marks.get(..=n)?, from);
            let give = Give {
                scanner: self,
                state,
                line: line(nl - from),
                format: *format,
            };
            let read = t.read(after, nl - from, quotes, &mut alike.memo, give);
            if read.is_some() {
                if i > 0 {
                    alike.order.swap(0, i);
                }
                return Some(n);
            }
        }
        if alike.templates.is_empty() || first != b'{' {
            return None;
        }
        // none of them has this text between its values
        let n = newline(piece, marks)?;
        let nl = *marks.get(n)? as usize;
        let inside = |m: &u32| m.checked_sub(1).and_then(|m| piece.get(m as usize)) == Some(&b'\\');
        let escapes = memchr::memchr(b'\\', after.get(..nl - from)?).is_some();
        let long = nl - from > self.config.max_line;
        if long || escapes && marks.get(..n)?.iter().any(inside) {
            return None;
        }
        for i in 0..alike.templates.len().min(WRITERS) {
            let (t, format) = alike.templates.get(usize::from(alike.order[i]))?;
            let give = Give {
                scanner: self,
                state,
                line: line(nl - from),
                format: *format,
            };
            let quotes = (marks.get(..=n)?, from);
            let read = t.read_by_keys(after, quotes, &mut alike.memo, give);
            if read.is_some() {
                return Some(n);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
