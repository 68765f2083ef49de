//! Bytes that come piece by piece to blocks of whole lines and records: what [`crate::source::Blocks`] does for what it reads itself,
//! and what a live stream is pushed into. Reads nothing.

use crate::source::block::{Block, BlockConfig, CutLine, FAR, Pool};
use memchr::{memchr, memrchr};
use std::ops::Range;

/// Whether a record begins with the line at that index of what was pushed and not handed on.
pub type IsHead<'h> = &'h dyn Fn(&[u8], usize) -> bool;

/// What was pushed and not handed on.
#[derive(Default)]
pub struct Cutter {
    config: BlockConfig,
    pool: Pool,
    /// The bytes, and behind them what is left of earlier ones: a buffer that is filled again need not be cleared before.
    buf: Vec<u8>,
    /// How many of them were pushed and not handed on.
    filled: usize,
    /// Unpacked offset of the first of them.
    pub(super) offset: u64,
    /// Lines cut in it, with index in `buf`.
    pub(super) cuts: Vec<CutLine>,
    /// Where the line that is not complete yet begins in `buf`.
    tail: usize,
    /// Whether the end of that line is being dropped; it is then the last of `cuts`.
    dropping: bool,
    /// Line starts before this were seen to be no heads.
    checked: usize,
    continues: bool,
    pub(super) ended: bool,
}

impl Cutter {
    /// Nothing pushed yet.
    pub fn new(config: BlockConfig) -> Cutter {
        Cutter {
            config: BlockConfig {
                target: config.target.max(1),
                max_line: config.max_line.max(1),
            },
            ..Cutter::default()
        }
    }

    /// The same for a stream whose first byte lies at `offset` of the input.
    pub fn starting_at(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Bytes of a line that are kept.
    pub fn max_line(&self) -> usize {
        self.config.max_line
    }

    /// All that was pushed and not handed on.
    pub fn pushed(&self) -> &[u8] {
        &self.buf[..self.filled]
    }

    /// Bytes of a block from which it is handed on.
    pub(super) fn target(&self) -> usize {
        self.config.target
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        // small against `max_line`, so that long lines are noticed in passing
        for some in bytes.chunks(256 << 10) {
            self.room(some.len()).copy_from_slice(some);
            self.pushed_into(some.len());
        }
    }

    /// Room for the next bytes; what is in it now says nothing.
    pub(super) fn room(&mut self, most: usize) -> &mut [u8] {
        let end = self.filled + most;
        if self.buf.len() < end {
            self.buf.resize(end, 0);
        }
        &mut self.buf[self.filled..end]
    }

    /// So many bytes of the room were filled.
    pub(super) fn pushed_into(&mut self, n: usize) {
        let before = self.filled;
        self.filled += n;
        self.absorb(before);
    }

    /// The stream is at its end.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Offset behind the last byte that was pushed.
    pub fn reached(&self) -> u64 {
        self.offset + self.filled as u64 + self.cuts.iter().map(|c| c.dropped).sum::<u64>()
    }

    /// Offset of the first byte that was not handed on.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The lines that are complete and were not handed on, because the record that they are of may go on.
    pub fn waiting(&self) -> &[u8] {
        &self.buf[..self.tail]
    }

    /// The next block, if enough is there for one that ends where a record does (`None`: where a line does).
    pub fn next(&mut self, is_head: Option<IsHead<'_>>) -> Option<Block> {
        if self.is_done() {
            return None;
        }
        let end = self.boundary(is_head).filter(|&end| end > 0)?;
        Some(self.emit(end, is_head.is_some()))
    }

    /// Memory that is held for what was pushed, in bytes.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buf.capacity()
    }

    /// Whether nothing is there and nothing comes.
    pub(super) fn is_done(&self) -> bool {
        self.ended && self.filled == 0
    }

    /// Takes note of line ends in the bytes from `new` on, and drops what is over in long lines.
    fn absorb(&mut self, new: usize) {
        if !self.dropping && self.filled - self.tail <= self.config.max_line {
            if let Some(last) = memrchr(b'\n', &self.buf[new..self.filled]) {
                self.tail = new + last + 1;
            }
            return;
        }
        // Rare: some line may be too long. Lines are moved down over what is dropped.
        let (mut read, mut write) = (new, new);
        while read < self.filled {
            let rest = &self.buf[read..self.filled];
            let newline = memchr(b'\n', rest);
            let text = newline.unwrap_or(rest.len());
            let room = (self.tail + self.config.max_line).saturating_sub(write);
            let keep = text.min(if self.dropping { 0 } else { room });
            if keep < text {
                self.drop_bytes(write + keep, read + keep..read + text);
            }
            self.buf.copy_within(read..read + keep, write);
            (read, write) = (read + text, write + keep);
            if newline.is_some() {
                self.buf.copy_within(read..read + 1, write);
                (read, write) = (read + 1, write + 1);
                self.tail = write;
                self.dropping = false;
            }
        }
        self.filled = write;
    }

    fn drop_bytes(&mut self, at: usize, range: Range<usize>) {
        if !self.dropping {
            self.cuts.push(CutLine {
                at,
                dropped: 0,
                crc: crc32fast::Hasher::new(),
            });
            self.dropping = true;
        }
        if let Some(c) = self.cuts.last_mut() {
            c.dropped += range.len() as u64;
            c.crc.update(&self.buf[range]);
        }
    }

    /// Where the block that is ready ends; `None` when more must be read.
    fn boundary(&mut self, is_head: Option<IsHead<'_>>) -> Option<usize> {
        if self.ended {
            return Some(self.filled);
        }
        if self.tail == 0 || self.filled < self.config.target {
            return None;
        }
        let Some(is_head) = is_head else {
            return Some(self.tail);
        };
        // The last head among the complete lines, so that little is carried over.
        let mut end = self.tail;
        while end > self.checked.max(1) {
            let start = memrchr(b'\n', &self.buf[..end - 1]).map_or(0, |n| n + 1);
            if start > 0 && start >= self.checked && is_head(self.pushed(), start) {
                return Some(start);
            }
            end = start;
        }
        self.checked = self.tail;
        (self.filled >= FAR.max(self.config.target)).then_some(self.tail)
    }

    /// Hands on everything before `end`.
    fn emit(&mut self, end: usize, heads: bool) -> Block {
        let mut next = self.pool.take();
        let over = &self.buf[end..self.filled];
        if next.len() < over.len() {
            next.resize(over.len(), 0);
        }
        next[..over.len()].copy_from_slice(over);
        self.filled = over.len();
        self.buf.truncate(end);
        // A cut at `end` itself belongs to the line that ends there: at the end of the stream, without a newline.
        let later = self.cuts.partition_point(|c| c.at < end || self.ended);
        let mut rest = self.cuts.split_off(later);
        rest.iter_mut().for_each(|c| c.at -= end);
        let continues = heads && self.tail == end && !self.ended;
        let block = Block {
            bytes: std::mem::replace(&mut self.buf, next),
            offset: self.offset,
            cuts: std::mem::replace(&mut self.cuts, rest),
            continues: self.continues,
            pool: self.pool.clone(),
        };
        self.continues = continues;
        self.offset += block.length();
        self.tail -= end.min(self.tail);
        self.checked = 0;
        block
    }
}
