//! The first and the last line of many seconds as bytes, each known by how far it lies behind the one before it: there may be as
//! many as seconds of a long outage. Only what comes in order is taken; what the lines say is known elsewhere.

use super::{Few, Pos, step_list};
use crate::summary::citable::{CitableLine, FirstLast, LineText};
use coroner_lines::time::SECOND;
use serde::{Deserialize, Serialize};

/// Bytes from which another chunk begins: so many are read for one second that is asked for.
const CHUNK: usize = 4096;

/// Seconds that more lines may join: logs that write a request when it ended, with the time at which it began, go back as far
/// as requests take.
const RECENT: usize = 64;

/// Seconds in order, and the first and the last line of each.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    chunks: Vec<Chunk>,
    /// The last seconds, behind all that are written.
    recent: Few<i64, FirstLast>,
}

/// Rows of seconds, the first of which is coded from [`Behind::default`].
#[derive(Clone, Debug)]
struct Chunk {
    /// The first second.
    from: i64,
    bytes: Vec<u8>,
    /// What the next row is coded from.
    behind: Behind,
}

/// A second as it is written. Numbers are differences that wrap around, so that none is too large.
#[derive(Serialize, Deserialize)]
struct PackedSecond {
    seconds: i64,
    first: PackedLine,
    other: Option<PackedLine>,
}

/// A line as it is written.
#[derive(Serialize, Deserialize)]
struct PackedLine {
    /// From the beginning of the second.
    us: i64,
    offset: i64,
    lines: i64,
    line: LineText,
}

/// The second and the line before, from which the next ones are coded.
#[derive(Clone, Copy, Debug, Default)]
struct Behind {
    second: i64,
    pos: Pos,
}

impl Packed {
    /// Adds lines of a second, and gives back what is left over: those of a second that cannot be joined any more.
    #[must_use]
    pub(super) fn push(&mut self, second: i64, lines: FirstLast) -> Option<(i64, FirstLast)> {
        let last = self.chunks.last().map(|c| c.behind.second);
        if last.is_some_and(|last| second <= last) {
            return Some((second, lines));
        }
        match self.recent.get_mut(&second) {
            Some(known) => known.join(lines),
            None => {
                self.recent.at_or(second, || lines);
            }
        }
        if self.recent.len() <= RECENT {
            return None;
        }
        let (second, lines) = self.recent.pop_first()?;
        self.write(second, lines)
    }

    fn write(&mut self, second: i64, lines: FirstLast) -> Option<(i64, FirstLast)> {
        if self.chunks.last().is_none_or(|c| c.bytes.len() >= CHUNK) {
            let (bytes, behind) = (Vec::new(), Behind::default());
            let from = second;
            self.chunks.push(Chunk {
                from,
                bytes,
                behind,
            });
        }
        let chunk = self.chunks.last_mut()?;
        let mut behind = chunk.behind;
        // not a thing that happens to numbers and bytes; but if it did, the lines would not be lost
        let Ok(bytes) = postcard::to_allocvec(&behind.row(second, &lines)) else {
            return Some((second, lines));
        };
        step_list::make_room(&mut chunk.bytes, bytes.len());
        chunk.bytes.extend(bytes);
        chunk.behind = behind;
        None
    }

    /// The lines of a second.
    pub(super) fn get(&self, second: i64) -> Option<FirstLast> {
        if let Some(lines) = self.recent.get(&second) {
            return Some(lines.clone());
        }
        let behind = self.chunks.partition_point(|c| c.from <= second);
        let mut rows = self.chunks[..behind].last()?.rows();
        rows.find(|x| x.0 == second).map(|x| x.1)
    }

    /// All seconds and their lines, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, FirstLast)> {
        let rows = self.chunks.iter().flat_map(Chunk::rows);
        rows.chain(self.recent.iter().map(|(s, l)| (*s, l.clone())))
    }
}

impl Chunk {
    fn rows(&self) -> impl Iterator<Item = (i64, FirstLast)> {
        let (mut behind, mut bytes) = (Behind::default(), &self.bytes[..]);
        std::iter::from_fn(move || {
            // ends at the end, since the bytes are those that were written
            let (row, rest) = postcard::take_from_bytes(bytes).ok()?;
            bytes = rest;
            Some(behind.lines(row))
        })
    }
}

impl Behind {
    /// How the next second is written.
    fn row(&mut self, second: i64, lines: &FirstLast) -> PackedSecond {
        let seconds = second.wrapping_sub(self.second);
        self.second = second;
        PackedSecond {
            seconds,
            first: self.place(&lines.first),
            other: lines.other.as_ref().map(|l| self.place(l)),
        }
    }

    fn place(&mut self, line: &CitableLine) -> PackedLine {
        let from = |now: u64, before: u64| now.wrapping_sub(before) as i64;
        let before = std::mem::replace(&mut self.pos, line.pos);
        PackedLine {
            us: line.us.wrapping_sub(self.start()),
            offset: from(line.pos.offset, before.offset),
            lines: from(line.pos.line, before.line),
            line: line.line.clone(),
        }
    }

    /// What was written. Inverse of [`Behind::row`].
    fn lines(&mut self, row: PackedSecond) -> (i64, FirstLast) {
        self.second = self.second.wrapping_add(row.seconds);
        let first = self.kept(row.first);
        let other = row.other.map(|l| self.kept(l));
        (self.second, FirstLast::new(first, other))
    }

    fn kept(&mut self, place: PackedLine) -> CitableLine {
        self.pos.offset = self.pos.offset.wrapping_add_signed(place.offset);
        self.pos.line = self.pos.line.wrapping_add_signed(place.lines);
        CitableLine {
            us: self.start().wrapping_add(place.us),
            pos: self.pos,
            line: place.line,
        }
    }

    /// The beginning of the second in microseconds.
    fn start(&self) -> i64 {
        self.second.wrapping_mul(SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn a_line()(us: i64, offset: u64, line: u64, raw: Vec<u8>, again: bool) -> CitableLine {
            CitableLine::new(us, Pos { offset, line }, &raw, again)
        }
    }

    proptest! {
        #[test]
        fn what_comes_in_order_comes_back(
            seconds in proptest::collection::btree_set(any::<i64>(), 1..RECENT + 30),
            lines in proptest::collection::vec((a_line(), proptest::option::of(a_line())), RECENT + 30),
            early in a_line(),
        ) {
            let mut packed = Packed::default();
            let all: Vec<(i64, FirstLast)> = seconds.into_iter()
                .zip(lines.into_iter().map(|(first, other)| FirstLast::new(first, other)))
                .collect();
            for (second, lines) in all.clone() {
                prop_assert_eq!(packed.push(second, lines), None);
            }
            prop_assert!(packed.iter().eq(all.iter().cloned()));
            for (second, lines) in &all {
                prop_assert_eq!(packed.get(*second), Some(lines.clone()));
            }
            let (second, lines) = &all[0];
            prop_assert_eq!(packed.get(second.wrapping_sub(1)), None);
            let early = FirstLast::new(early, None);
            let left = packed.push(*second, early.clone());
            let mut joined = lines.clone();
            joined.join(early.clone());
            let (left_over, known) = match all.len() > RECENT {
                true => (Some((*second, early)), lines.clone()),
                false => (None, joined),
            };
            prop_assert_eq!(left, left_over);
            prop_assert_eq!(packed.get(*second), Some(known));
        }
    }

    #[test]
    fn a_second_of_an_outage_takes_few_bytes() {
        let mut packed = Packed::default();
        for second in 1_700_000_000..1_700_003_600i64 {
            let at = (second - 1_700_000_000) as u64;
            let line = |i: u64| {
                let pos = Pos {
                    offset: (at * 60 + i) * 200,
                    line: at * 60 + i + 1,
                };
                CitableLine::new(second * SECOND + i as i64, pos, &[b'x'; 190], true)
            };
            let left = packed.push(second, FirstLast::new(line(1), Some(line(50))));
            assert_eq!(left, None);
        }
        let bytes: usize = packed.chunks.iter().map(|c| c.bytes.len()).sum();
        assert!(bytes <= 3600 * 34, "{bytes}");
        assert!(packed.chunks.len() > 20);
        assert!(packed.recent.len() <= RECENT);
        assert_eq!(packed.iter().count(), 3600);
    }
}
