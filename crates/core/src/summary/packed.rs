//! The first and the last line of many seconds as bytes, each known by how far it lies behind the one before it, and in packed form
//! where texts are kept and others came since: there may be as many as seconds of a long outage, or of a watch's day. Only what comes
//! in order is taken; what the lines say is known elsewhere.

use super::step_counts::digits::{NumberWriter, number};
use super::{Few, Pos, step_list};
use crate::summary::citable::{CitableLine, FirstLast, LineText};
use coroner_lines::time::SECOND;
use std::borrow::Cow;
use std::sync::Arc;

/// Rows from which another chunk begins: so many are read for one second that is asked for.
const CHUNK: usize = 128;

/// Chunks that stay as they are, an hour of an outage, which are looked at again and again while it is new; and bytes from which
/// others are packed: those of texts.
const PLAIN: usize = 32;
const LARGE: usize = CHUNK * 64;

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
    rows: usize,
    /// Copies of a chunk share them.
    bytes: Arc<Vec<u8>>,
    /// How many bytes are packed in these, where they are.
    packed: Option<usize>,
    /// What the next row is coded from.
    behind: Behind,
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
        self.recent.put(second, lines, FirstLast::join);
        if self.recent.len() <= RECENT {
            return None;
        }
        let (second, lines) = self.recent.pop_first()?;
        self.write(second, &lines);
        None
    }

    fn write(&mut self, second: i64, lines: &FirstLast) {
        if self.chunks.last().is_none_or(|c| c.rows >= CHUNK) {
            self.chunks.push(Chunk {
                from: second,
                rows: 0,
                bytes: Arc::default(),
                packed: None,
                behind: Behind::default(),
            });
            self.pack();
        }
        let Some(chunk) = self.chunks.last_mut() else {
            return;
        };
        let mut bytes = Vec::new();
        chunk.behind.write(second, lines, &mut bytes);
        let written = Arc::make_mut(&mut chunk.bytes);
        step_list::make_room(written, bytes.len());
        written.extend(bytes);
        chunk.rows += 1;
    }

    /// Packs the chunks before the last ones.
    fn pack(&mut self) {
        let old = self.chunks.len().saturating_sub(PLAIN);
        self.chunks[..old].iter_mut().for_each(Chunk::pack);
    }

    /// Adds all seconds of another, which lie behind these; gives back what it cannot take so.
    pub(super) fn append(&mut self, mut other: Packed) -> Option<Packed> {
        let last = self.recent.keys().next_back().copied();
        let last = last.max(self.chunks.last().map(|c| c.behind.second));
        if other.chunks.first().is_none_or(|c| Some(c.from) <= last) {
            return Some(other);
        }
        while let Some((second, lines)) = self.recent.pop_first() {
            self.write(second, &lines);
        }
        self.chunks.append(&mut other.chunks);
        self.recent = other.recent;
        self.pack();
        None
    }

    /// The lines of a second.
    pub(super) fn get(&self, second: i64) -> Option<FirstLast> {
        if let Some(lines) = self.recent.get(&second) {
            return Some(lines.clone());
        }
        let behind = self.chunks.partition_point(|c| c.from <= second);
        let chunk = self.chunks[..behind].last()?;
        let known = second <= chunk.behind.second;
        let mut rows = known.then(|| chunk.rows())?;
        rows.find(|x| x.0 == second).map(|x| x.1)
    }

    /// All seconds and their lines, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, FirstLast)> {
        let rows = self.chunks.iter().flat_map(Chunk::rows);
        rows.chain(self.recent.iter().map(|(s, l)| (*s, l.clone())))
    }
}

impl Chunk {
    fn pack(&mut self) {
        if self.packed.is_none()
            && self.bytes.len() >= LARGE
            && let Ok(packed) = zstd::bulk::compress(&self.bytes, 1)
        {
            self.packed = Some(self.bytes.len());
            self.bytes = packed.as_slice().to_vec().into();
        }
    }

    fn rows(&self) -> impl Iterator<Item = (i64, FirstLast)> {
        // unpacks, since the bytes are those that were packed
        let bytes = self.packed.map(|n| zstd::bulk::decompress(&self.bytes, n));
        let bytes = bytes.map_or(Cow::from(&*self.bytes), |b| b.unwrap_or_default().into());
        let (mut behind, mut at) = (Behind::default(), 0);
        std::iter::from_fn(move || {
            // ends at the end, since the bytes are those that were written
            let mut left = &bytes[at..];
            let row = behind.read(&mut left);
            at = bytes.len() - left.len();
            row
        })
    }
}

/// Writes a number, in as few bytes as it needs. Differences wrap around, so that none is too large.
fn put(out: &mut Vec<u8>, n: i64) {
    // the sign goes last, so that small numbers of both signs are short
    let signed = (n << 1 ^ n >> 63) as u64;
    out.extend_from_slice(NumberWriter::of(&[signed]).bytes());
}

/// Reads what [`put`] wrote.
fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut at = 0;
    let n = (!bytes.is_empty()).then(|| number(bytes, &mut at))?;
    *bytes = &bytes[at..];
    Some((n >> 1) as i64 ^ -((n & 1) as i64))
}

impl Behind {
    /// Writes the next second.
    fn write(&mut self, second: i64, lines: &FirstLast, out: &mut Vec<u8>) {
        put(out, second.wrapping_sub(self.second));
        self.second = second;
        self.write_line(&lines.first, out);
        put(out, i64::from(lines.other.is_some()));
        if let Some(other) = &lines.other {
            self.write_line(other, out);
        }
    }

    fn write_line(&mut self, line: &CitableLine, out: &mut Vec<u8>) {
        let before = std::mem::replace(&mut self.pos, line.pos);
        put(out, line.us.wrapping_sub(self.start()));
        put(out, line.pos.offset.wrapping_sub(before.offset) as i64);
        put(out, line.pos.line.wrapping_sub(before.line) as i64);
        match &line.line {
            LineText::Here(text) => {
                put(out, text.len() as i64);
                out.extend_from_slice(text);
            }
            // a length below nothing: of a line that is not here
            LineText::There { len, hash } => {
                put(out, -1 - i64::from(*len));
                out.extend_from_slice(hash);
            }
        }
    }

    /// What was written next.
    fn read(&mut self, bytes: &mut &[u8]) -> Option<(i64, FirstLast)> {
        self.second = self.second.wrapping_add(take(bytes)?);
        let first = self.read_line(bytes)?;
        let other = match take(bytes)? {
            0 => None,
            _ => Some(self.read_line(bytes)?),
        };
        Some((self.second, FirstLast::new(first, other)))
    }

    fn read_line(&mut self, bytes: &mut &[u8]) -> Option<CitableLine> {
        let us = self.start().wrapping_add(take(bytes)?);
        self.pos.offset = self.pos.offset.wrapping_add_signed(take(bytes)?);
        self.pos.line = self.pos.line.wrapping_add_signed(take(bytes)?);
        let len = take(bytes)?;
        let line = match u32::try_from(-1 - len) {
            Ok(len) => LineText::There {
                len,
                hash: *bytes.split_off(..4)?.first_chunk()?,
            },
            Err(_) => LineText::Here(bytes.split_off(..usize::try_from(len).ok()?)?.into()),
        };
        Some(CitableLine {
            us,
            pos: self.pos,
            line,
        })
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
    use std::ops::Range;

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
    fn what_lies_behind_is_added_as_it_is_and_old_texts_are_packed() {
        let row = |s: i64| {
            let text = format!(
                "198.51.100.{} \"GET /cart HTTP/1.1\" 502 {}",
                s % 250,
                s * 77
            );
            let pos = Pos {
                offset: s as u64 * 70,
                line: s as u64,
            };
            let line = CitableLine::new(s * SECOND, pos, text.repeat(2).as_bytes(), false);
            (s, FirstLast::new(line, None))
        };
        let of = |seconds: Range<i64>| {
            let mut made = Packed::default();
            let left = seconds.filter_map(|s| made.push(s, row(s).1));
            assert_eq!(left.count(), 0);
            made
        };
        let n = ((PLAIN + 3) * CHUNK) as i64;
        let mut all = of(0..n);
        assert!(all.append(of(n..2 * n)).is_none());
        assert!(all.append(of(n..2 * n)).is_some());
        assert!(all.iter().eq((0..2 * n).map(row)));
        assert_eq!(all.get(5), Some(row(5).1));
        let old = &all.chunks[..all.chunks.len() - PLAIN];
        assert!(
            old.len() > PLAIN
                && old
                    .iter()
                    .all(|c| c.bytes.len() * 3 < c.packed.unwrap_or(0))
        );
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
        assert!(packed.chunks.len() > 10);
        assert!(packed.recent.len() <= RECENT);
        assert_eq!(packed.iter().count(), 3600);
    }
}
