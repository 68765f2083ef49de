//! Blocks of lines that look alike: each is tried against what lines before it have shown. Which of them have been
//! learnt depends on where a worker began, so nothing but speed may depend on it.

use crate::plan::{PlanInput, trim_line};
use crate::scan::fast::access_runs::RunState;
use crate::scan::lines::unwrapped::UnwrappedLine;
use crate::scan::lines::{NEAR, OpenRecord, Scanner};
use crate::summary::{LineAt, Pos};
use coroner_lines::fast::brief::{Brief, PathSpan};
use coroner_lines::fast::clf::Layout;
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
    /// The lines of each writer, and which format they are of: of the most frequent ones first.
    templates: Vec<(Box<LineTemplate>, usize)>,
    /// Lines that were like none of them, and may be learnt.
    misses: u64,
    /// Where the quotes of a line close or open something.
    closing: Vec<u32>,
    memo: Memo,
}

impl Alike {
    /// Learns from a line that was like none, if it is sure that no format that is asked earlier would take a line like it: from the
    /// first ones, then from fewer and fewer.
    pub(super) fn miss(&mut self, input: &PlanInput, ways: &[Option<Way>], line: &[u8]) {
        let number = self.templates.len();
        let Some(first) = line.first().filter(|_| number < WRITERS) else {
            return;
        };
        let format = input.formats.iter().position(|f| f.may_begin(*first));
        let way = format.and_then(|n| Some((n, ways.get(n)?.as_ref()?)));
        let Some((format, way)) = way else { return };
        // of access lines there is nothing more to learn
        if matches!(way, Way::Access(_)) && self.templates.iter().any(|t| t.1 == format) {
            return;
        }
        self.misses += 1;
        if (self.misses <= 64 || self.misses.is_multiple_of(64))
            && let Some(template) = way.learn(line)
        {
            self.templates
                .push((Box::new(template.numbered(number)), format));
        }
    }
}

/// A line whose text is read.
#[derive(Clone, Copy)]
pub(in crate::scan) enum ReadLine<'b> {
    /// One that is its text, and where in the block it begins and ends.
    Bare(usize, usize),
    /// One that is out of its wrapper.
    Unwrapped(&'b UnwrappedLine<'b>),
}

impl<'b> ReadLine<'b> {
    /// What stands around the text.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn outer(self) -> Option<&'b Outer<'b>> {
        match self {
            ReadLine::Bare(..) => None,
            ReadLine::Unwrapped(line) => line.outer.as_ref().map(|o| &o.1),
        }
    }
}

/// Gives a line of a format to the fold.
pub(in crate::scan) struct Give<'s, 'p, 'b> {
    pub(in crate::scan) scanner: &'s mut Scanner<'p>,
    pub(in crate::scan) state: &'s mut RunState<'b>,
    pub(in crate::scan) line: ReadLine<'b>,
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

    #[cfg_attr(not(debug_assertions), inline(always))]
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

impl<'b> Take<'b> for Give<'_, '_, 'b> {
    #[cfg_attr(not(debug_assertions), inline(always))]
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
#[cfg_attr(not(debug_assertions), inline(always))]
fn newline(piece: &[u8], marks: &[u32]) -> Option<usize> {
    marks
        .iter()
        .position(|m| piece.get(*m as usize) == Some(&b'\n'))
}

impl Scanner<'_> {
    /// What is held becomes a record like those of the general way, to which lines may be added.
    #[cfg_attr(not(debug_assertions), inline(always))]
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

    /// Goes to a line: where it lies.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn begin<'b>(&mut self, line: ReadLine<'b>, state: &mut RunState<'b>) -> LineAt<'b> {
        self.end_run(state);
        self.close(&mut state.open);
        state.may_continue = false;
        match line {
            ReadLine::Bare(start, end) => {
                self.lines += 1;
                let pos = Pos {
                    offset: self.end + start as u64,
                    line: self.lines,
                };
                LineAt::new(state.block, (start, end), pos)
            }
            ReadLine::Unwrapped(line) => line.at,
        }
    }

    /// Reads the whole lines of a piece of the text, which begins at `base`; gives the bytes read. Plain access lines have that layout.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn piece<'b>(
        &mut self,
        text: &'b [u8],
        base: usize,
        (piece, marks): (&'b [u8], &[u32]),
        state: &mut RunState<'b>,
        layout: Option<Layout>,
    ) -> usize {
        let mut alike = std::mem::take(&mut self.fast.alike);
        let (mut from, mut k) = (0, 0);
        loop {
            let here = marks.get(k..).unwrap_or_default();
            let line = state.next(base + from);
            let mut found = None;
            if let Some(layout) = layout {
                found = self.of_run(layout, (base, from), piece, here, state);
            }
            let is_line = match line {
                ReadLine::Bare(..) => true,
                ReadLine::Unwrapped(l) => l.is_line(text),
            };
            if found.is_none() && is_line {
                let after = text.get(base + from..).unwrap_or_default();
                found = self.learnt(&mut alike, (after, from), (piece, here), line, state);
            }
            let n = match found {
                Some(n) => n,
                None => {
                    let n = match line {
                        ReadLine::Bare(..) => newline(piece, here),
                        ReadLine::Unwrapped(l) => {
                            here.iter().position(|m| base + *m as usize >= l.text.1)
                        }
                    };
                    let Some(n) = n else { break };
                    let nl = here[n] as usize;
                    self.other(text, line, (base + from, base + nl), state);
                    alike.miss(self.input, &self.fast.ways, trim_line(&piece[from..nl]));
                    n
                }
            };
            state.ahead = state.ahead.get(1..).unwrap_or_default();
            let next = here[n] as usize + 1;
            let long = next - from > 256;
            (from, k) = (next, k + n + 1);
            // while this piece is understood, the next one comes near
            soon(text, base + from + NEAR);
            if long {
                soon(text, base + from + NEAR + 256);
            }
        }
        self.fast.alike = alike;
        from
    }

    /// Reads a line of a piece if it is like others; gives the number of its marks. `after` is the text from the line on, which begins
    /// at `from` in the piece.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn learnt<'b>(
        &mut self,
        alike: &mut Alike,
        (after, from): (&'b [u8], usize),
        (piece, ahead): (&[u8], &[u32]),
        line: ReadLine<'b>,
        state: &mut RunState<'b>,
    ) -> Option<usize> {
        let first = *after.first()?;
        let Alike {
            templates,
            closing,
            memo,
            ..
        } = alike;
        // of a line that is like none: its marks, whether some stand behind a backslash, and whether its keys may stand in any order
        let (mut all, mut escaped, mut by_keys) = (None, false, false);
        // one place where a line is read and given away, whatever it is: all of it is inlined there
        loop {
            let marks = if escaped { &closing[..] } else { ahead };
            for i in 0..templates.len() {
                let (t, format) = &templates[i];
                let n = match t.quotes() {
                    _ if escaped && first != b'{' && !matches!(**t, LineTemplate::Plain(_)) => {
                        continue;
                    }
                    _ if escaped => marks.len() - 1,
                    _ if by_keys => all?,
                    Some(n) => n,
                    None if !t.may_begin(first) => continue,
                    None => newline(piece, marks)?,
                };
                let Some(nl) = marks.get(n).map(|m| *m as usize) else {
                    continue;
                };
                // a line that goes on behind the piece is none of these
                let len = nl.wrapping_sub(from);
                if piece.get(nl) != Some(&b'\n') || len > self.config.max_line {
                    continue;
                }
                let give = Give {
                    scanner: &mut *self,
                    state: &mut *state,
                    line: match line {
                        ReadLine::Bare(start, _) => ReadLine::Bare(start, start + len),
                        line => line,
                    },
                    format: *format,
                };
                let here = (marks.get(..=n)?, from);
                if t.read((after, len), here, by_keys, memo, give).is_some() {
                    // the more frequent the sooner asked
                    if i > 0 && !by_keys {
                        templates.swap(i - 1, i);
                    }
                    return Some(all.unwrap_or(n));
                }
            }
            if by_keys || templates.is_empty() {
                return None;
            }
            let again = all.is_some();
            if !again {
                let n = newline(piece, ahead)?;
                all = Some(n);
                let here = ahead.get(..n)?;
                let end = *ahead.get(n)? as usize;
                if memchr::memchr(b'\\', piece.get(from..end)?).is_some() {
                    closing.clear();
                    closing.extend(here.iter().filter(|q| closes(piece, **q)));
                    escaped = closing.len() < n;
                    closing.push(end as u32);
                }
            }
            by_keys = again || !escaped;
            if by_keys && first != b'{' {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
