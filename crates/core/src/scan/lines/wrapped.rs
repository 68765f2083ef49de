//! Lines with wrappers: all lines of a block are taken out of them first, what a wrapper has cut is joined, then the texts,
//! which lie behind each other like lines of a block, are read like those. Inputs without wrappers never come here.

use crate::plan::trim_line;
use crate::scan::Scanner;
use crate::scan::fast::{Give, ReadLine, RunState};
use crate::scan::lines::OpenRecord;
use crate::scan::lines::unwrapped::{STRETCH, Unwrapped, UnwrappedLine};
use crate::summary::{LineAt, Pos};
use coroner_lines::fast::wrapper;
use coroner_lines::format::Framing;
use coroner_lines::format::app::stack;
use coroner_lines::format::envelope::{
    Inside, Outer, is_innermost, peel, peel_joined, peel_to, worth_reading,
};
use coroner_lines::record::{Kind, Record};
use std::collections::BTreeMap;

/// The beginning of a line whose rest comes later.
#[derive(Clone)]
struct UnfinishedLine {
    text: Vec<u8>,
    pos: Pos,
    /// Too long to be kept whole.
    overlong: bool,
}

/// Joins what wrappers have cut, by stream.
#[derive(Clone, Default)]
pub struct Joiner {
    begun: BTreeMap<u64, UnfinishedLine>,
    /// The wrapper and time of the last part, for one whose rest never comes.
    last: Option<(usize, Outer<'static>)>,
}

/// Streams whose parts wait at the same time.
const STREAMS: usize = 64;

impl Scanner<'_> {
    /// Reads whole lines of which some have wrappers.
    pub(in crate::scan) fn wrapped_lines(
        &mut self,
        block: &[u8],
        offset: impl Fn(usize) -> u64,
        is_cut: impl Fn(usize) -> bool,
    ) {
        let mut pieces = Unwrapped::with_room(block.len());
        let mut from = 0;
        let last = (block.last() != Some(&b'\n') && !block.is_empty()).then_some(block.len());
        for nl in memchr::memchr_iter(b'\n', block).chain(last) {
            self.lines += 1;
            let pos = Pos {
                offset: self.end + offset(from),
                line: self.lines,
            };
            let raw = &block[from..nl];
            let mut line = trim_line(raw);
            if self.input.dirty {
                // what was taken out left blanks at the end
                line = line.trim_ascii_end();
            }
            let start = from + (line.as_ptr() as usize - raw.as_ptr() as usize);
            if is_cut(nl) || line.len() > self.config.max_line {
                // whether it goes on with something is not known: nothing goes on behind it
                self.read_unwrapped(block, std::mem::take(&mut pieces));
                self.end_of_joining();
                self.overlong(block, start, pos);
            } else {
                let at = LineAt::new(block, (start, start + line.len()), pos);
                let apart = pieces.texts.len() >= STRETCH
                    && self.joiner.begun.is_empty()
                    && self.input.begins(line);
                let mut before = None;
                if apart {
                    let room = Unwrapped::with_room(block.len() - from);
                    before = Some(std::mem::replace(&mut pieces, room));
                }
                self.take_off(at, &mut pieces);
                match before {
                    // it begins a record, and nothing that was cut waits: what comes before it ends
                    Some(before) if !pieces.lines.is_empty() => self.read_unwrapped(block, before),
                    Some(before) => pieces = before,
                    None => {}
                }
            }
            from = nl + 1;
        }
        self.read_unwrapped(block, pieces);
    }

    /// Reads lines of a block.
    fn read_unwrapped(&mut self, block: &[u8], mut pieces: Unwrapped<'_>) {
        pieces.finish();
        self.texts(block, &pieces);
        self.fold.flush(block);
    }

    /// Takes a line out of its wrapper; what is cut waits for its rest.
    fn take_off<'b>(&mut self, mut at: LineAt<'b>, pieces: &mut Unwrapped<'b>) {
        if let Some(outer) = self.quickly_off(at, &mut pieces.texts) {
            return pieces.end(at, Some(outer), true, false);
        }
        let known = |text: &[u8]| self.fast.is_of_none(text.trim_ascii_end());
        let Some((envelope, mut peeled, mut alone)) = peel_to(at.bytes(), known) else {
            return pieces.push(at, None, at.bytes(), false);
        };
        let begun = &mut self.joiner.begun;
        if let Some(stream) = peeled.outer.more
            && (begun.len() < STREAMS || begun.contains_key(&stream))
        {
            let b = begun.entry(stream).or_insert_with(|| UnfinishedLine {
                text: Vec::new(),
                pos: at.pos,
                overlong: false,
            });
            b.overlong |= b.text.len() + peeled.text.len() > self.config.max_line;
            if !b.overlong {
                b.text.extend_from_slice(&peeled.text);
            }
            // the line is counted with the record that it begins or continues
            self.fold.continuation();
            self.joiner.last = Some((envelope, Outer::new(peeled.outer.stamp, Inside::Bare)));
            return;
        }
        if let Some(b) = peeled.outer.stream.and_then(|s| begun.remove(&s)) {
            at.pos = b.pos;
            let mut text = b.text;
            if b.overlong || text.len() + peeled.text.len() > self.config.max_line {
                return self.fold.unparsed(at, true);
            }
            text.extend_from_slice(&peeled.text);
            peeled = peel_joined(peeled.outer, text);
            alone = false;
        }
        pieces.push(at, Some((envelope, peeled.outer)), &peeled.text, alone);
    }

    /// Takes off the wrapper of a line that has one only, and it one of a container runtime, if nothing of the line is cut; its text
    /// stands behind the texts then.
    fn quickly_off<'b>(
        &mut self,
        at: LineAt<'b>,
        texts: &mut Vec<u8>,
    ) -> Option<(usize, Outer<'b>)> {
        let (after, len) = (at.block.get(at.start..)?, at.end - at.start);
        let before = texts.len();
        let taken = self.fast.runtimes()?.take_off(after, len, texts);
        let whole = taken.filter(|(_, outer)| {
            let begun = &self.joiner.begun;
            let text = texts[before..].trim_ascii_end();
            (begun.is_empty() || outer.stream.is_none_or(|s| !begun.contains_key(&s)))
                && (self.fast.is_of_none(text) || is_innermost(text))
        });
        if whole.is_none() {
            texts.truncate(before);
        }
        whole
    }

    /// Parts whose rest does not come.
    pub(in crate::scan) fn end_of_joining(&mut self) {
        let joiner = std::mem::take(&mut self.joiner);
        let Some((envelope, outer)) = joiner.last else {
            return;
        };
        for b in joiner.begun.into_values() {
            let at = LineAt::new(&b.text, (0, b.text.len()), b.pos);
            let peeled = peel_joined(outer.clone(), b.text.clone());
            let before = self.fold.counted();
            self.read_unwrapped(&b.text, Unwrapped::one(at, Some((envelope, peeled))));
            // its lines were counted when they were read
            self.fold.same_line(before);
        }
    }

    /// Reads the text of a framed record, wrapped or not.
    pub(in crate::scan) fn unit(&mut self, at: LineAt<'_>) {
        if at.start == at.end {
            return self.fold.unparsed(at, true);
        }
        let mut piece = Unwrapped::one(at, peel(at.bytes()));
        piece.finish();
        self.texts(at.block, &piece);
    }

    /// Reads a line whose text is like none that was learnt.
    pub(in crate::scan) fn taken_out<'v>(
        &mut self,
        p: &'v UnwrappedLine<'v>,
        text: &'v [u8],
        state: &mut RunState<'v>,
    ) {
        let Some((envelope, outer)) = &p.outer else {
            self.settle(state);
            return self.bare(p, &mut state.open);
        };
        // a text like one that was a plain message
        let known = p.alone && outer.inside == Inside::Bare && self.fast.is_of_none(text);
        let read = !known && (outer.inside != Inside::Tagged || worth_reading(text));
        if read && let Some((rec, format)) = self.first(text, Some(outer)) {
            self.look(text, Some((self.kinds[format].1, &rec)));
            self.settle(state);
            return self.give(p.at, rec, format, &mut state.open);
        }
        if outer.inside != Inside::Whole {
            self.look(text, None);
        }
        let format = self.input.formats.len() + 1 + envelope;
        match outer.inside {
            Inside::Whole => {
                self.settle(state);
                self.bare(p, &mut state.open);
            }
            Inside::Tagged => {
                self.settle(state);
                self.close(&mut state.open);
                let Some(rec) = outer.plain(text) else { return };
                let kind = rec.scope.unwrap_or(Kind::App);
                self.fold.record(p.at, &rec, format, kind, None);
            }
            Inside::Bare => {
                let plain = known || self.is_plain(text, p.alone);
                let quick = plain && self.fast.runtimes().is_some();
                let give = Give {
                    scanner: self,
                    state,
                    line: ReadLine::Unwrapped(p),
                    format,
                };
                if !quick || wrapper::plain(outer, text, give).is_none() {
                    self.settle(state);
                    self.bare_text(p.at, (text, plain), format, outer, &mut state.open);
                }
            }
        }
    }

    /// A line as it stands, with its wrapper if it has one.
    fn bare<'v>(&mut self, p: &'v UnwrappedLine<'v>, open: &mut Option<OpenRecord<'v>>) {
        let line = p.at.bytes();
        if let Some((rec, format)) = self.first(line, None) {
            self.look(line, Some((self.kinds[format].1, &rec)));
            return self.give(p.at, rec, format, open);
        }
        if line.is_empty() {
            return self.fold.continuation();
        }
        if open.is_some() && self.continues(line, open) {
            return;
        }
        self.look(line, None);
        // what stands below a message and does not begin as records do is more of it; an object is a record that is damaged
        let object = line.first() == Some(&b'{');
        let below = open.is_some() && !object && !self.input.beginnings.are_of(line);
        if below || self.is_indented(line) {
            return self.fold.continuation();
        }
        self.close(open);
        match self.input.untimed(line) {
            Some(rec) => {
                let name = self.input.formats.len();
                self.fold.record(p.at, &rec, name, Kind::Deploy, None);
            }
            None => self.fold.unparsed(p.at, false),
        }
    }

    /// Whether a text that no format takes continues nothing and names no exception; remembers it, if nothing else was around it.
    fn is_plain(&mut self, text: &[u8], alone: bool) -> bool {
        // what names an exception continues a stack
        let plain = stack::continuation(text).is_none();
        if plain && alone {
            self.fast.learn_none(text);
        }
        plain
    }

    /// A plain text inside a wrapper, and whether it is a message whatever stands before it: else the next line of the record
    /// before it, or a message.
    fn bare_text<'v>(
        &mut self,
        at: LineAt<'v>,
        (text, plain): (&'v [u8], bool),
        format: usize,
        outer: &'v Outer<'v>,
        open: &mut Option<OpenRecord<'v>>,
    ) {
        let same = open.as_ref().is_some_and(|o| {
            let agrees = |a: Option<&[u8]>, b: Option<&[u8]>| b.is_none() || a == b;
            agrees(o.rec.host.as_deref(), outer.host.as_deref())
        });
        if same && !plain && self.continues(text, open) {
            return;
        }
        self.close(open);
        if text.is_empty() {
            return self.fold.continuation();
        }
        let Some(rec) = outer.plain(text) else { return };
        if !OpenRecord::may_be(&rec.body) {
            return self.fold.record(at, &rec, format, Kind::App, None);
        }
        let mut record = OpenRecord::of(at, rec, format, Kind::App);
        record.exception = stack::exception(text).filter(|_| !plain);
        *open = Some(record);
    }

    /// Whether a line looks like the continuation of the open record; counts it then.
    fn continues<'v>(&mut self, line: &'v [u8], open: &mut Option<OpenRecord<'v>>) -> bool {
        let (Some(o), true) = (open.as_mut(), stack::continuation(line).is_some()) else {
            return false;
        };
        o.continues(line);
        self.fold.continuation();
        true
    }

    /// The first format that accepts a text, and what it makes of it.
    fn first<'v>(
        &mut self,
        text: &'v [u8],
        outer: Option<&'v Outer<'v>>,
    ) -> Option<(Record<'v>, usize)> {
        let mut tries = self.tries.of(&self.input.formats, text);
        while let Some(format) = self.tries.next(&mut tries, text) {
            if let Some(mut rec) = self.parsed(format, text) {
                outer.inspect(|o| o.dress(&mut rec));
                return Some((rec, format));
            }
        }
        None
    }

    fn give<'v>(
        &mut self,
        at: LineAt<'v>,
        rec: Record<'v>,
        format: usize,
        open: &mut Option<OpenRecord<'v>>,
    ) {
        self.close(open);
        let (framing, kind) = self.kinds[format];
        if framing != Framing::Head || !OpenRecord::may_be(&rec.body) {
            return self.fold.record(at, &rec, format, kind, None);
        }
        *open = Some(OpenRecord::of(at, rec, format, kind));
    }
}
