//! Streams to blocks of whole lines, in bounded memory however long a line is ([`super::cut`] does it for mapped bytes).
//! Lines go through untouched: carriage returns, NUL bytes and invalid UTF-8 are the reader's business.
//!
//! A stream keeps only the first `max_line` bytes of a longer line in memory, mapped bytes are all there; who counts a
//! line longer than that as not understood gets the same result from both.

use super::cut::{HeadTest, line_at};
use super::note::{Note, Notes};
use memchr::{memchr, memrchr};
use std::io::Read;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// How streams are cut.
#[derive(Clone, Copy, Debug)]
pub struct BlockConfig {
    /// Bytes of a block from which it is handed on.
    pub target: usize,
    /// Bytes of a line that are kept, its end not counted; at least 1.
    pub max_line: usize,
}

impl Default for BlockConfig {
    fn default() -> Self {
        BlockConfig {
            target: 4 << 20,
            max_line: 1 << 20,
        }
    }
}

/// A line whose end was dropped because it is longer than `max_line`.
#[derive(Clone, Debug)]
pub struct CutLine {
    /// Index in [`Block::bytes`] at which bytes are missing: that of the line's newline, or the end of the block.
    pub at: usize,
    /// How many are missing.
    pub dropped: u64,
    /// Their CRC-32.
    crc: crc32fast::Hasher,
}

/// Whole lines of a stream. Its buffer goes back to be used again when it is dropped.
#[derive(Debug)]
pub struct Block {
    /// The lines; the last line of the stream may lack its newline.
    pub bytes: Vec<u8>,
    /// Offset of the first byte in the unpacked stream.
    pub offset: u64,
    /// Lines that are here in part, by position.
    pub cuts: Vec<CutLine>,
    /// Whether the block before it ended where no head was found, because none came for [`FAR`] bytes: lines here
    /// before the first head belong to the record that the block before ends with.
    pub continues: bool,
    pool: Pool,
}

impl Block {
    /// Offset in the unpacked stream of the byte at index `at`.
    pub fn offset_of(&self, at: usize) -> u64 {
        let missing = self.cuts.iter().take_while(|c| c.at <= at);
        self.offset + at as u64 + missing.map(|c| c.dropped).sum::<u64>()
    }

    /// Bytes of the stream that the block stands for, with those that were dropped.
    pub fn length(&self) -> u64 {
        self.bytes.len() as u64 + self.cuts.iter().map(|c| c.dropped).sum::<u64>()
    }

    /// Whether a line that ends (before its newline) at index `end` is here in part.
    pub fn is_cut(&self, end: usize) -> bool {
        self.cuts.binary_search_by_key(&end, |c| c.at).is_ok()
    }

    /// CRC-32 of the bytes of the stream that the block stands for; combine in order with `Hasher::combine`.
    pub fn crc32(&self) -> crc32fast::Hasher {
        let mut hasher = crc32fast::Hasher::new();
        let mut from = 0;
        for c in &self.cuts {
            hasher.update(self.bytes.get(from..c.at).unwrap_or_default());
            hasher.combine(&c.crc);
            from = c.at;
        }
        hasher.update(self.bytes.get(from..).unwrap_or_default());
        hasher
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.pool.give(std::mem::take(&mut self.bytes));
    }
}

/// Buffers that wait to be used again.
#[derive(Clone, Debug, Default)]
struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// More than this many are not kept.
    const MOST: usize = 16;
    /// Larger ones are not kept either.
    const LARGEST: usize = 4 << 20;

    fn take(&self) -> Vec<u8> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.pop().unwrap_or_default()
    }

    fn give(&self, mut buffer: Vec<u8>) {
        // A record that went on and on made it large: that is not what the next block needs.
        if buffer.capacity() > Self::LARGEST {
            return;
        }
        buffer.clear();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < Self::MOST {
            all.push(buffer);
        }
    }
}

/// Bytes without a head after which a block ends all the same, so that memory stays bounded.
pub const FAR: usize = 8 << 20;

/// Most bytes asked of the stream at once; small against `max_line`, so that long lines are noticed in passing.
const READ: usize = 256 << 10;

/// Blocks of a stream, in order. Ends at the end of the stream or at the first error, which is noted.
pub struct Blocks<'h> {
    from: Box<dyn Read + 'h>,
    config: BlockConfig,
    is_head: Option<HeadTest<'h>>,
    notes: Notes,
    pool: Pool,
    /// What was read and not handed on.
    buf: Vec<u8>,
    /// Unpacked offset of its first byte.
    offset: u64,
    /// Lines cut in it, with index in `buf`.
    cuts: Vec<CutLine>,
    /// Where the line that is not complete yet begins in `buf`.
    tail: usize,
    /// Whether the end of that line is being dropped; it is then the last of `cuts`.
    dropping: bool,
    /// Line starts before this were seen to be no heads.
    checked: usize,
    continues: bool,
    ended: bool,
}

impl<'h> Blocks<'h> {
    /// Cuts `from` into blocks, each beginning with a line for which `is_head` is true (`None`: any line).
    pub fn new(
        from: Box<dyn Read + 'h>,
        config: BlockConfig,
        is_head: Option<HeadTest<'h>>,
        notes: Notes,
    ) -> Self {
        Blocks {
            from,
            config: BlockConfig {
                target: config.target.max(1),
                max_line: config.max_line.max(1),
            },
            is_head,
            notes,
            pool: Pool::default(),
            buf: Vec::new(),
            offset: 0,
            cuts: Vec::new(),
            tail: 0,
            dropping: false,
            checked: 0,
            continues: false,
            ended: false,
        }
    }

    /// The same for a stream whose first byte lies at `offset` of the input.
    pub fn starting_at(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Reads some more.
    fn read(&mut self) {
        let (before, most) = (self.buf.len(), READ.min(self.config.target.max(512)));
        self.buf.reserve(most);
        let read = self
            .from
            .by_ref()
            .take(most as u64)
            .read_to_end(&mut self.buf);
        if let Err(e) = &read {
            let known = self.cuts.iter().map(|c| c.dropped).sum::<u64>();
            self.notes.add(Note::ReadFailed {
                byte: self.offset + known + self.buf.len() as u64,
                reason: e.to_string(),
            });
        }
        self.ended = !read.is_ok_and(|n| n == most);
        self.absorb(before);
    }

    /// Takes note of line ends in the bytes from `new` on, and drops what is over in long lines.
    fn absorb(&mut self, new: usize) {
        if !self.dropping && self.buf.len() - self.tail <= self.config.max_line {
            if let Some(last) = memrchr(b'\n', &self.buf[new..]) {
                self.tail = new + last + 1;
            }
            return;
        }
        // Rare: some line may be too long. Lines are moved down over what is dropped.
        let (mut read, mut write) = (new, new);
        while read < self.buf.len() {
            let rest = &self.buf[read..];
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
        self.buf.truncate(write);
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
    fn boundary(&mut self) -> Option<usize> {
        if self.ended {
            return Some(self.buf.len());
        }
        if self.tail == 0 || self.buf.len() < self.config.target {
            return None;
        }
        let Some(is_head) = &self.is_head else {
            return Some(self.tail);
        };
        // The last head among the complete lines, so that little is carried over.
        let mut end = self.tail;
        while end > self.checked.max(1) {
            let start = memrchr(b'\n', &self.buf[..end - 1]).map_or(0, |n| n + 1);
            if start > 0 && start >= self.checked && is_head(line_at(&self.buf, start)) {
                return Some(start);
            }
            end = start;
        }
        self.checked = self.tail;
        (self.buf.len() >= FAR.max(self.config.target)).then_some(self.tail)
    }

    /// Hands on everything before `end`.
    fn emit(&mut self, end: usize) -> Block {
        let mut next = self.pool.take();
        next.extend_from_slice(&self.buf[end..]);
        self.buf.truncate(end);
        // A cut at `end` itself belongs to the line that ends there: at the end of the stream, without a newline.
        let later = self.cuts.partition_point(|c| c.at < end || self.ended);
        let mut rest = self.cuts.split_off(later);
        rest.iter_mut().for_each(|c| c.at -= end);
        let continues = self.is_head.is_some() && self.tail == end && !self.ended;
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

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        loop {
            if self.ended && self.buf.is_empty() {
                return None;
            }
            if let Some(end) = self.boundary().filter(|&end| end > 0) {
                return Some(self.emit(end));
            }
            if !self.ended {
                self.read();
            }
        }
    }
}

#[cfg(test)]
mod tests;
