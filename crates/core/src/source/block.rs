//! Streams to blocks of whole lines, in bounded memory however long a line is ([`crate::source::ranges`] does it for mapped bytes).
//! Lines go through untouched: carriage returns, NUL bytes and invalid UTF-8 are the reader's business.
//!
//! A stream keeps only the first `max_line` bytes of a longer line in memory, mapped bytes are all there; who counts a
//! line longer than that as not understood gets the same result from both.

use super::note::{Note, Notes, locked};
use crate::source::line_blocks::{Cutter, IsHead};
use crate::source::ranges::HeadTest;
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Mutex};

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
    pub(super) crc: crc32fast::Hasher,
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
    pub(super) pool: Pool,
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

/// Buffers that wait to be used again, with what is left in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// More than this many are not kept.
    const MOST: usize = 16;
    /// Larger ones are not kept either.
    const LARGEST: usize = 4 << 20;

    pub(super) fn take(&self) -> Vec<u8> {
        let mut all = locked(&self.0);
        all.pop().unwrap_or_default()
    }

    fn give(&self, buffer: Vec<u8>) {
        // A record that went on and on made it large: that is not what the next block needs.
        if buffer.capacity() > Self::LARGEST {
            return;
        }
        let mut all = locked(&self.0);
        if all.len() < Self::MOST {
            all.push(buffer);
        }
    }
}

/// Bytes without a head after which a block ends all the same, so that memory stays bounded.
pub const FAR: usize = 8 << 20;

/// Most bytes asked of the stream at once; small against `max_line`, so that long lines are noticed in passing.
const READ: usize = 256 << 10;

/// Bytes that are asked for at first.
const FIRST: usize = 8 << 10;

/// Blocks of a stream, in order. Ends at the end of the stream or at the first error, which is noted.
pub struct Blocks<'h> {
    from: Box<dyn Read + 'h>,
    is_head: Option<HeadTest<'h>>,
    notes: Notes,
    cutter: Cutter,
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
            is_head,
            notes,
            cutter: Cutter::new(config),
        }
    }

    /// The same for a stream whose first byte lies at `offset` of the input.
    pub fn starting_at(mut self, offset: u64) -> Self {
        self.cutter = self.cutter.starting_at(offset);
        self
    }

    /// Reads some more.
    fn read(&mut self) {
        let cutter = &mut self.cutter;
        // a stream of a few lines asks for little: there may be very many of them
        let soon = FIRST.max(cutter.reached().min(READ as u64) as usize);
        let room = cutter.room(READ.min(cutter.target().max(512)).min(soon));
        let (mut n, mut failed) = (0, None);
        while n < room.len() {
            match self.from.read(&mut room[n..]) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => {
                    failed = Some(e);
                    break;
                }
            }
        }
        cutter.ended = n < room.len();
        cutter.pushed_into(n);
        if let Some(e) = failed {
            self.notes.add(Note::ReadFailed {
                byte: cutter.reached(),
                reason: e.to_string(),
            });
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        loop {
            if self.cutter.is_done() {
                return None;
            }
            let is_head = self.is_head.as_deref();
            if let Some(block) = self.cutter.next(is_head.map(|h| h as IsHead<'_>)) {
                return Some(block);
            }
            if !self.cutter.ended {
                self.read();
            }
        }
    }
}

#[cfg(test)]
mod tests;
