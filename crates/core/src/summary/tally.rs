//! Counts lines: by what became of them, by format, by the offset that they write. Every line that is read comes by here once.
//! Nothing of what a line says is looked at.

use super::fold::Fold;
use super::{LineAt, OffsetUse, Seen, unknown};

impl Fold {
    /// Counts a line that belongs to the record before it.
    pub fn continuation(&mut self) {
        match self.beyond {
            true => self.out_of_range(1),
            false => self.continuations(1),
        }
    }

    /// Counts lines outside the stretch that is asked for.
    pub fn out_of_range(&mut self, lines: u64) {
        self.part.accounting.lines += lines;
        self.part.accounting.out_of_range += lines;
    }

    /// Counts lines that belong to records of several lines.
    pub fn continuations(&mut self, lines: u64) {
        self.part.accounting.lines += lines;
        self.part.accounting.continuation += lines;
    }

    /// Counts a line that looks like a request and is none to any format.
    pub fn unread_request(&mut self) {
        self.part.accounting.unread_requests += 1;
    }

    /// Lines counted so far: all, parsed, continuation, unparsed, out of range; for [`Fold::same_line`].
    pub fn counted(&self) -> [u64; 5] {
        let a = &self.part.accounting;
        [
            a.lines,
            a.parsed,
            a.continuation,
            a.unparsed,
            a.out_of_range,
        ]
    }

    /// What was counted since then lies on a line that had been counted before.
    pub fn same_line(&mut self, before: [u64; 5]) {
        let a = &mut self.part.accounting;
        [
            a.lines,
            a.parsed,
            a.continuation,
            a.unparsed,
            a.out_of_range,
        ] = before;
    }

    /// Counts a line that no format understands, and keeps the first three.
    pub fn unparsed(&mut self, at: LineAt<'_>, overlong: bool) {
        if self.beyond {
            return self.out_of_range(1);
        }
        let a = &mut self.part.accounting;
        a.lines += 1;
        a.unparsed += 1;
        a.overlong += u64::from(overlong);
        // not all come in order: what is joined, or around others, is complete after them
        let last = a.examples.keys().nth(2);
        if last.is_none_or(|last| at.pos.offset < *last) {
            a.examples
                .insert(at.pos.offset, Seen::new(0, at.pos, at.bytes()));
            if a.examples.len() > 3 {
                a.examples.pop_last();
            }
        }
    }

    /// Keeps what a line without a format states: below a record of its input, or in one without any known format.
    pub fn stated_by_unknown(&mut self, at: LineAt<'_>, below: bool) {
        unknown::stated(&mut self.part, &mut self.scratch, at, below);
    }

    /// Counts lines of the format of that index.
    #[inline(always)]
    pub(super) fn count_format(&mut self, format: usize, n: u64) {
        if self.formats.len() <= format {
            self.formats.resize(format + 1, 0);
        }
        self.formats[format] += n;
    }

    /// Counts lines of one instant by the offset that they write.
    #[inline(always)]
    pub(super) fn count_offset(&mut self, offset_min: Option<i16>, us: i64, n: u64) {
        if offset_min != self.offsets.0 {
            self.flush_offsets();
            self.offsets.0 = offset_min;
        }
        let w = &mut self.offsets.1;
        w.lines += n;
        if offset_min.is_some_and(|o| o != 0) {
            w.span = (w.span.0.min(us), w.span.1.max(us));
        }
    }

    pub(super) fn flush_offsets(&mut self) {
        let (offset, lines) = std::mem::take(&mut self.offsets);
        if let (Some(o), 1..) = (offset, lines.lines) {
            self.part
                .accounting
                .offsets
                .at_or(o, OffsetUse::default)
                .join(lines);
        }
    }
}
