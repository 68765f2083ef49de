//! Which bytes of an input a part covers. Content follows from coverage, so that merging a part with itself changes nothing.

use crate::summary::clock_jumps::{Ends, Steps};

/// One covered stretch `[start, end)` of an input's unpacked bytes; the start is its key in [`Coverage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First byte behind it.
    pub end: u64,
    /// Lines in it (a last line without newline counts).
    pub lines: u64,
    /// Lines of the input before it, where these are counted in the numbers of its own.
    pub before: u64,
    /// CRC-32 of its bytes.
    pub crc32: u32,
}

/// Disjoint stretches in order, with their start and their first and last zone-less line; adjacent ones are joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(Vec<(u64, Stretch, Ends)>);

/// How two coverages lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// No byte in common.
    Disjoint,
    /// The left one holds all bytes of the right one (or both are the same).
    Contains,
    /// The right one holds all bytes of the left one.
    Within,
    /// They share bytes and neither holds the other; the first shared byte.
    Overlap(u64),
}

impl Coverage {
    /// One stretch.
    pub fn one(start: u64, stretch: Stretch, ends: Ends) -> Self {
        Coverage(vec![(start, stretch, ends)])
    }

    /// Stretches with their first byte, and the first and last zone-less line of each.
    pub fn stretches(&self) -> impl Iterator<Item = (u64, Stretch, Ends)> {
        self.0.iter().copied()
    }

    /// What the bytes behind all of these are joined to, so that their lines are numbered on. The checksum is theirs alone.
    pub(crate) fn before_the_next(&self) -> Coverage {
        let last = self.0.last().map(|(start, s, ends)| {
            let s = Stretch { crc32: 0, ..*s };
            (*start, s, *ends)
        });
        Coverage(last.into_iter().collect())
    }

    /// The last stretch that begins before a byte.
    fn before(&self, at: u64) -> Option<(u64, Stretch)> {
        let n = self.0.partition_point(|x| x.0 < at);
        self.0[..n].last().map(|(start, s, _)| (*start, *s))
    }

    /// CRC-32 of all covered bytes, one stretch behind the other.
    pub fn crc32(&self) -> u32 {
        let mut all = crc32fast::Hasher::new();
        for (start, s, _) in &self.0 {
            let len = s.end - start;
            all.combine(&crc32fast::Hasher::new_with_initial_len(s.crc32, len));
        }
        all.finalize()
    }

    pub(crate) fn holds_byte(&self, at: u64) -> bool {
        self.holds(at, at + 1)
    }

    fn holds(&self, start: u64, end: u64) -> bool {
        self.before(start.saturating_add(1))
            .is_some_and(|(_, s)| s.end >= end)
    }

    pub(crate) fn relation(&self, other: &Coverage) -> Relation {
        let shared = other.0.iter().find_map(|(start, s, _)| {
            let hit = self.before(s.end).filter(|(_, x)| x.end > *start)?;
            Some(hit.0.max(*start))
        });
        match shared {
            _ if other.0.iter().all(|(a, s, _)| self.holds(*a, s.end)) => Relation::Contains,
            _ if self.0.iter().all(|(a, s, _)| other.holds(*a, s.end)) => Relation::Within,
            None => Relation::Disjoint,
            Some(at) => Relation::Overlap(at),
        }
    }

    /// Union of disjoint coverages; joins neighbours and reports each joint as (first byte of the right side, the byte behind
    /// it, lines to add to what lies there), in order, but for those whose right side is numbered on.
    /// Jumps of the clock between neighbours are added to `steps`.
    pub(crate) fn union(&mut self, other: Coverage, steps: &mut Steps) -> Vec<(u64, u64, u64)> {
        self.0.extend(other.0);
        self.0.sort_by_key(|x| x.0);
        let mut shifts = Vec::new();
        let mut joined: Vec<(u64, Stretch, Ends)> = Vec::new();
        for (start, s, ends) in std::mem::take(&mut self.0) {
            match joined.last_mut() {
                Some((_, left, before)) if left.end == start => {
                    *before = steps.join(*before, ends);
                    let numbered = left.before.saturating_add(left.lines);
                    if s.before < numbered {
                        shifts.push((start, s.end, numbered - s.before));
                    }
                    let mut h = crc32fast::Hasher::new_with_initial(left.crc32);
                    h.combine(&crc32fast::Hasher::new_with_initial_len(
                        s.crc32,
                        s.end - start,
                    ));
                    *left = Stretch {
                        end: s.end,
                        lines: left.lines + s.lines,
                        before: left.before,
                        crc32: h.finalize(),
                    };
                }
                _ => joined.push((start, s, ends)),
            }
        }
        self.0 = joined;
        shifts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(data: &[u8], a: usize, b: usize) -> Coverage {
        let crc32 = crc32fast::hash(&data[a..b]);
        let lines = data[a..b].iter().filter(|c| **c == b'\n').count() as u64;
        Coverage::one(
            a as u64,
            Stretch {
                end: b as u64,
                lines,
                before: 0,
                crc32,
            },
            Ends::default(),
        )
    }

    #[test]
    fn neighbours_join_with_their_checksum() {
        let data = b"one\ntwo\nthree\nfour\n";
        let mut c = piece(data, 14, 19);
        let mut steps = Steps::default();
        assert!(c.union(piece(data, 0, 4), &mut steps).is_empty());
        assert_eq!(
            c.union(piece(data, 4, 14), &mut steps),
            [(4, 14, 1), (14, 19, 3)]
        );
        assert_eq!(c, piece(data, 0, 19));
        assert_eq!(c.crc32(), crc32fast::hash(data));
    }

    #[test]
    fn the_checksum_of_stretches_is_that_of_their_bytes() {
        let data = b"one\ntwo\nthree\nfour\n";
        let mut c = piece(data, 14, 19);
        c.union(piece(data, 0, 4), &mut Steps::default());
        assert_eq!(c.crc32(), crc32fast::hash(b"one\nfour\n"));
        assert_eq!(Coverage::default().crc32(), 0);
    }

    #[test]
    fn what_follows_a_part_is_numbered_on_and_has_its_own_checksum() {
        let data = b"one\ntwo\nthree\nfour\n";
        let mut c = piece(data, 0, 8).before_the_next();
        assert_eq!(
            c.union(piece(data, 8, 19), &mut Steps::default()),
            [(8, 19, 2)]
        );
        assert_eq!(c.crc32(), crc32fast::hash(&data[8..]));
        assert!(Coverage::default().before_the_next().0.is_empty());
    }

    #[test]
    fn relations() {
        let data = b"one\ntwo\nthree\nfour\n";
        let (whole, left, right) = (piece(data, 0, 19), piece(data, 0, 8), piece(data, 8, 19));
        assert_eq!(whole.relation(&left), Relation::Contains);
        assert_eq!(left.relation(&whole), Relation::Within);
        assert_eq!(left.relation(&right), Relation::Disjoint);
        assert_eq!(whole.relation(&whole), Relation::Contains);
        assert_eq!(left.relation(&piece(data, 4, 14)), Relation::Overlap(4));
    }
}
