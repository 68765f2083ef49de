//! How bytes that were read are known again, wherever they lie and whatever they are called.

use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// Bytes at either end of what was read that are kept as they are.
const NEAR: usize = 256;
/// Ends of lines of which the checksum is kept: this many of the last ones, and of those before so many that none is missed
/// by more than an eighth of what lies before it.
const ENDS: usize = 32;
/// Of lines before the last ones one end is looked at in such a part of what lies before it.
const EACH: u64 = 64;
/// Bytes from which it is enough that all but the last eighth are known to be the same.
const ENOUGH: u64 = 4 << 10;

/// Bytes that were read: how many, the first and the last of them, and the checksum of all up to some ends of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub at: u64,
    pub head: Vec<u8>,
    pub tail: Vec<u8>,
    /// `None` where only the two ends were looked at.
    crc32: Option<u32>,
    ends: Vec<(u64, u32)>,
}

/// What another file has of the bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Has {
    All,
    /// It ends before they do.
    Some,
    Other,
}

impl Mark {
    /// Of no bytes.
    pub fn new() -> Mark {
        Mark {
            crc32: Some(0),
            ..Mark::default()
        }
    }

    /// Of a whole file of `len` bytes, of which only the two ends are read.
    pub fn of_ends(
        len: u64,
        mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
    ) -> io::Result<Mark> {
        let n = NEAR.min(usize::try_from(len).unwrap_or(NEAR));
        let mut mark = Mark::new();
        (mark.head, mark.tail) = (vec![0; n], vec![0; n]);
        for (into, at) in [(&mut mark.head, 0), (&mut mark.tail, len - n as u64)] {
            let read = read_at(into, at)?;
            into.truncate(read);
        }
        (mark.at, mark.crc32) = (len, None);
        Ok(mark)
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let last = memchr::memrchr_iter(b'\n', bytes).nth(ENDS).unwrap_or(0);
        let mut from = 0;
        while from < bytes.len() {
            // far from the last line not every end is needed
            let far = if self.at < ENOUGH { 0 } else { self.at / EACH };
            let far = from.saturating_add(usize::try_from(far).unwrap_or(usize::MAX));
            let at = far.min(last).max(from);
            let to = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n + 1);
            self.pass(&bytes[from..to]);
            if let (Some(crc), b'\n') = (self.crc32, bytes[to - 1]) {
                self.ends.push((self.at, crc));
            }
            from = to;
        }
        if self.ends.len() > 8 * ENDS {
            let (mut kept, sure) = (0, self.ends.len() - ENDS);
            let mut n = 0;
            self.ends.retain(|(at, _)| {
                n += 1;
                let keep = n > sure || *at > kept + kept / 8;
                kept = if keep { *at } else { kept };
                keep
            });
        }
    }

    fn pass(&mut self, bytes: &[u8]) {
        let room = (NEAR - self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        let new = &bytes[bytes.len().saturating_sub(NEAR)..];
        let over = (self.tail.len() + new.len()).saturating_sub(NEAR);
        self.tail.drain(..over);
        self.tail.extend_from_slice(new);
        self.at += bytes.len() as u64;
        if let Some(crc) = &mut self.crc32 {
            let mut all = crc32fast::Hasher::new_with_initial(*crc);
            all.update(bytes);
            *crc = all.finalize();
        }
    }

    /// Whether bytes that begin so can be those, or more, or fewer.
    pub fn may_begin(&self, head: &[u8]) -> bool {
        let n = self.head.len().min(head.len());
        self.head[..n] == head[..n]
    }

    /// What of these bytes a stream begins with; it is left behind the last of them.
    pub fn is_in(&self, from: &mut dyn Read) -> Has {
        let mut there = Mark::new();
        let mut same = 0;
        for (at, crc) in &self.ends {
            match there.fill(from, *at) {
                true if there.crc32 == Some(*crc) => same = *at,
                true => return Has::Other,
                false => {
                    let last = memchr::memrchr(b'\n', &there.tail);
                    let rest = last.map_or(there.at, |n| (there.tail.len() - n - 1) as u64);
                    let whole = there.at - rest;
                    let near = same >= ENOUGH && there.at - same <= same / 4;
                    return if same == whole || near {
                        Has::Some
                    } else {
                        Has::Other
                    };
                }
            }
        }
        let all = there.fill(from, self.at)
            && (self.crc32.is_none() || there.crc32 == self.crc32)
            && (&self.head, &self.tail) == (&there.head, &there.tail);
        if all { Has::All } else { Has::Other }
    }

    /// Reads on to a place. `false` where the stream ends before.
    fn fill(&mut self, from: &mut dyn Read, to: u64) -> bool {
        let mut buffer = [0; 16 << 10];
        while self.at < to {
            let most = usize::try_from(to - self.at).unwrap_or(usize::MAX);
            let most = most.min(buffer.len());
            match from.read(&mut buffer[..most]) {
                Ok(0) => return false,
                Ok(n) => self.pass(&buffer[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_known_however_large_the_pieces_were_that_were_read() {
        let line = |n| format!("line {n} of a log\n");
        let log: String = (0..3000).map(line).collect();
        for piece in [1 << 20, 64 << 10, 700] {
            let mut mark = Mark::new();
            log.as_bytes().chunks(piece).for_each(|c| mark.push(c));
            let has = |bytes: &[u8]| mark.is_in(&mut &bytes[..]);
            assert_eq!(has(log.as_bytes()), Has::All);
            assert!(mark.ends.len() <= 9 * ENDS, "{}", mark.ends.len());
            for sevenths in 1..7 {
                let begun = &log.as_bytes()[..log.len() * sevenths / 7];
                assert_eq!(has(begun), Has::Some, "{piece} {sevenths}");
                let mut other = begun.to_vec();
                other[5] = b'x';
                assert_eq!(has(&other), Has::Other);
            }
        }
    }
}
