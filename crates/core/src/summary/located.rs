//! Lines where they lie, and the few lines that are kept. No time zone is known here: `us` is on the track's own axis.

/// Where a line lies within one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pos {
    /// Offset of the first byte in the unpacked input.
    pub offset: u64,
    /// 1-based line, counted from the start of the covered stretch it lies in (of the input once that is whole).
    pub line: u64,
}

/// A line of a block.
#[derive(Clone, Copy, Debug)]
pub struct LineAt<'b> {
    /// The block.
    pub block: &'b [u8],
    /// First byte of the line in the block.
    pub start: usize,
    /// End of the line in the block, without newline and carriage return.
    pub end: usize,
    /// Where it lies in the input.
    pub pos: Pos,
    /// Lines after it that belong to it, where they are known.
    pub more: u32,
    /// Bytes before `start` that lie on the same line and are left out of it, so that it does not begin at `pos`.
    pub lead: usize,
}

impl<'b> LineAt<'b> {
    /// A line that is kept as it lies there, of which nothing more is known.
    #[inline]
    pub fn new(block: &'b [u8], (start, end): (usize, usize), pos: Pos) -> Self {
        LineAt {
            block,
            start,
            end,
            pos,
            more: 0,
            lead: 0,
        }
    }

    /// The line.
    #[inline]
    pub fn bytes(&self) -> &'b [u8] {
        &self.block[self.start..self.end]
    }

    /// Where some bytes lie in the block, if they are a part of it and no copy.
    #[inline(always)]
    pub fn place_of(&self, part: &[u8]) -> Option<std::ops::Range<usize>> {
        let from = (part.as_ptr() as usize).checked_sub(self.block.as_ptr() as usize)?;
        let to = from.checked_add(part.len())?;
        (to <= self.block.len()).then_some(from..to)
    }
}

/// A line that may be cited: when, where, and its bytes (at most [`Seen::KEEP`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Seen {
    /// Microseconds on the track's axis.
    pub us: i64,
    /// Where.
    pub pos: Pos,
    /// The line without its newline, cut at [`Seen::KEEP`] bytes.
    pub raw: Vec<u8>,
    /// Lines after this one that belong to it.
    pub more: u32,
}

impl Seen {
    /// Bytes of a line that are kept.
    pub const KEEP: usize = 1024;

    /// Keeps a line.
    pub fn new(us: i64, pos: Pos, line: &[u8]) -> Self {
        Seen {
            us,
            pos,
            raw: line[..line.len().min(Self::KEEP)].to_vec(),
            more: 0,
        }
    }

    /// The same with lines after it that belong to it.
    pub fn with_more(self, more: u32) -> Self {
        Seen { more, ..self }
    }

    /// Order of occurrence: time, then place.
    pub fn order(&self) -> (i64, u64) {
        (self.us, self.pos.offset)
    }

    /// Replaces `self`, reusing its buffer.
    pub fn set(&mut self, us: i64, pos: Pos, line: &[u8]) {
        self.us = us;
        self.pos = pos;
        self.more = 0;
        let line = &line[..line.len().min(Self::KEEP)];
        self.raw.clear();
        // one for each minute: room to grow would be most of what they hold
        self.raw.reserve_exact(line.len());
        self.raw.extend_from_slice(line);
    }

    /// Keeps the earlier of the two.
    pub fn earlier(self, other: Seen) -> Seen {
        if other.order() < self.order() {
            other
        } else {
            self
        }
    }

    /// Keeps the later of the two.
    pub fn later(self, other: Seen) -> Seen {
        if other.order() > self.order() {
            other
        } else {
            self
        }
    }
}
