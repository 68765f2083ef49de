//! A stretch of counts by step as bytes.

use super::digits::{NumberWriter, number, number_before};
use std::ops::Range;

/// Bytes from which a chunk takes no more steps at its end: so many are read for one that is asked for.
pub(super) const CHUNK: usize = 256;

/// Bytes that a step takes at most.
pub(super) const MOST_BYTES: usize = 15;

/// Steps that follow each other: the count of the first, then how far the next one lies behind it, its count, and so on, each
/// in base 128 with the lowest digit first, in which all digits but the last have the highest bit (LEB128).
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    pub first: i64,
    pub last: i64,
    pub bytes: Vec<u8>,
}

/// How far a step lies behind another, which may be a whole calendar.
pub(super) fn behind(step: i64, before: i64) -> u64 {
    step.wrapping_sub(before) as u64
}

/// Where a step lies in a chunk.
pub(super) enum ReadingPoint {
    /// Where its count is written, and the count.
    Held(Range<usize>, u32),
    /// The steps around it, and where it is written how far they lie apart.
    Between(i64, Range<usize>, i64),
}

impl Chunk {
    pub fn new(step: i64, n: u32) -> Chunk {
        Chunk {
            first: step,
            last: step,
            bytes: NumberWriter::of(&[u64::from(n)]).bytes().to_vec(),
        }
    }

    pub fn of(entries: &[(i64, u32)]) -> Option<Chunk> {
        let (first, rest) = entries.split_first()?;
        let mut made = Chunk::new(first.0, first.1);
        rest.iter().for_each(|(step, n)| made.push(*step, *n));
        Some(made)
    }

    /// Whether it takes more steps at its end.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.bytes.len() < CHUNK
    }

    /// Adds a step behind all others.
    pub fn push(&mut self, step: i64, n: u32) {
        let apart = behind(step, self.last);
        self.last = step;
        self.put(NumberWriter::of(&[apart, u64::from(n)]).bytes());
    }

    /// The same where it takes three bytes at most, and there is room for them; whether it does. Byte by byte: so few are written
    /// sooner than a copy of them is called.
    #[inline(always)]
    pub fn push_near(&mut self, step: i64, n: u32) -> bool {
        let apart = behind(step, self.last);
        let near = apart < 1 << 14 && n < 128 && self.bytes.len() + 3 <= self.bytes.capacity();
        if near {
            self.last = step;
            match apart < 128 {
                true => self.bytes.push(apart as u8),
                false => {
                    self.bytes.push(apart as u8 | 128);
                    self.bytes.push((apart >> 7) as u8);
                }
            }
            self.bytes.push(n as u8);
        }
        near
    }

    /// The sum of all counts.
    pub fn sum(&self) -> u64 {
        let (mut sum, mut at) = (0, 0);
        while at < self.bytes.len() {
            sum += number(&self.bytes, &mut at);
            number(&self.bytes, &mut at);
        }
        sum
    }

    fn put(&mut self, new: &[u8]) {
        if self.bytes.capacity() - self.bytes.len() < new.len() {
            self.grow(new.len());
        }
        self.bytes.extend_from_slice(new);
    }

    #[cold]
    fn grow(&mut self, more: usize) {
        self.bytes.reserve_exact(more.max(self.bytes.len()));
    }

    /// Adds to the last count.
    pub fn add_to_last(&mut self, n: u32) {
        let mut before = &self.bytes[..];
        let last = number_before(&mut before).unwrap_or_default() as u32;
        let (kept, sum) = (before.len(), last.saturating_add(n));
        self.bytes.truncate(kept);
        self.bytes
            .extend_from_slice(NumberWriter::of(&[u64::from(sum)]).bytes());
    }

    /// The place of a step that lies neither before nor behind all of them.
    pub fn place(&self, step: i64) -> ReadingPoint {
        let (mut at, mut here) = (0, self.first);
        loop {
            let from = at;
            let n = number(&self.bytes, &mut at) as u32;
            if here >= step {
                return ReadingPoint::Held(from..at, n);
            }
            let from = at;
            let next = here.wrapping_add(number(&self.bytes, &mut at) as i64);
            if next > step {
                return ReadingPoint::Between(here, from..at, next);
            }
            here = next;
        }
    }

    /// Writes other numbers in place of some.
    pub fn write(&mut self, place: Range<usize>, numbers: &[u64]) {
        let new = NumberWriter::of(numbers);
        self.bytes.splice(place, new.bytes().iter().copied());
    }

    pub fn entries(&self) -> StepsLeft<'_> {
        StepsLeft {
            bytes: &self.bytes,
            first: self.first,
            last: self.last,
        }
    }
}

/// The steps of a chunk that are left, read where they are written.
pub(super) struct StepsLeft<'c> {
    bytes: &'c [u8],
    first: i64,
    last: i64,
}

impl Iterator for StepsLeft<'_> {
    type Item = (i64, u32);

    #[inline]
    fn next(&mut self) -> Option<(i64, u32)> {
        let mut at = 0;
        let n = (!self.bytes.is_empty()).then(|| number(self.bytes, &mut at))?;
        let step = self.first;
        if at < self.bytes.len() {
            self.first = step.wrapping_add(number(self.bytes, &mut at) as i64);
        }
        self.bytes = &self.bytes[at..];
        Some((step, n as u32))
    }

    /// All of them at once: most that are read are, and nothing is written down between two.
    #[inline]
    fn fold<B, F: FnMut(B, (i64, u32)) -> B>(self, first: B, mut f: F) -> B {
        let (mut folded, mut at, mut step) = (first, 0, self.first);
        while at < self.bytes.len() {
            let n = number(self.bytes, &mut at) as u32;
            folded = f(folded, (step, n));
            if at < self.bytes.len() {
                step = step.wrapping_add(number(self.bytes, &mut at) as i64);
            }
        }
        folded
    }
}

impl DoubleEndedIterator for StepsLeft<'_> {
    fn next_back(&mut self) -> Option<(i64, u32)> {
        let n = number_before(&mut self.bytes)?;
        let step = self.last;
        if let Some(apart) = number_before(&mut self.bytes) {
            self.last = step.wrapping_sub(apart as i64);
        }
        Some((step, n as u32))
    }
}
