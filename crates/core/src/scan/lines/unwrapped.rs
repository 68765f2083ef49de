//! Lines out of their wrappers: their texts stand behind each other like lines of a block, and each knows where the whole line lies
//! and what its wrapper states.

use crate::summary::LineAt;
use coroner_lines::format::envelope::{Inside, Outer, Peeled, worth_reading};

/// Bytes of texts that are out of their wrappers before they are read; of more, up to the next line that begins a record.
pub(super) const STRETCH: usize = 96 << 10;

/// Bytes of a line in its wrapper: less than in most files.
const USUAL: usize = 96;

/// Bytes behind the last text, for who looks at many at once.
const BEHIND: usize = 256;

/// A line out of its wrapper.
pub(in crate::scan) struct UnwrappedLine<'b> {
    pub(in crate::scan) at: LineAt<'b>,
    /// Where its text begins and ends among the texts.
    pub(in crate::scan) text: (usize, usize),
    /// The wrapper and what it states; `None`: a line without one.
    pub(in crate::scan) outer: Option<(usize, Outer<'b>)>,
    /// Whether it had one wrapper only.
    pub(super) alone: bool,
    /// Whether there are newlines in the text.
    broken: bool,
}

impl UnwrappedLine<'_> {
    /// Whether its text, one of all these, is read like a line.
    pub(in crate::scan) fn is_line(&self, texts: &[u8]) -> bool {
        let inside = self.outer.as_ref().map(|o| o.1.inside);
        let worth = || worth_reading(&texts[self.text.0..self.text.1]);
        !self.broken && (inside != Some(Inside::Tagged) || worth())
    }
}

/// Lines out of their wrappers, in order.
#[derive(Default)]
pub(in crate::scan) struct Unwrapped<'b> {
    pub(in crate::scan) lines: Vec<UnwrappedLine<'b>>,
    /// Their texts, a newline behind each.
    pub(in crate::scan) texts: Vec<u8>,
}

impl<'b> Unwrapped<'b> {
    /// With room for the lines of that many bytes, as far as they are read together.
    pub(super) fn with_room(bytes: usize) -> Self {
        let bytes = bytes.min(STRETCH + STRETCH / 2);
        Unwrapped {
            lines: Vec::with_capacity(bytes / USUAL),
            texts: Vec::with_capacity(bytes + BEHIND),
        }
    }

    /// A line and its text.
    pub(super) fn push(
        &mut self,
        at: LineAt<'b>,
        outer: Option<(usize, Outer<'b>)>,
        text: &[u8],
        alone: bool,
    ) {
        self.texts.extend_from_slice(text);
        let broken = memchr::memchr(b'\n', text.trim_ascii_end()).is_some();
        self.end(at, outer, alone, broken);
    }

    /// A line whose text stands behind the texts.
    #[inline]
    pub(super) fn end(
        &mut self,
        at: LineAt<'b>,
        outer: Option<(usize, Outer<'b>)>,
        alone: bool,
        broken: bool,
    ) {
        let from = self.lines.last().map_or(0, |l| l.text.1 + 1);
        let end = from + self.texts[from..].trim_ascii_end().len();
        self.texts.truncate(end);
        self.texts.push(b'\n');
        self.lines.push(UnwrappedLine {
            at,
            text: (from, end),
            outer,
            alone,
            broken,
        });
    }

    /// A line that is alone.
    pub(super) fn one(at: LineAt<'b>, peeled: Option<(usize, Peeled<'b>)>) -> Self {
        let mut all = Unwrapped::default();
        match peeled {
            Some((e, p)) => all.push(at, Some((e, p.outer)), &p.text, false),
            None => all.push(at, None, at.bytes(), false),
        }
        all
    }

    /// No line comes behind these.
    pub(super) fn finish(&mut self) {
        self.texts.extend_from_slice(&[0; BEHIND]);
    }
}
