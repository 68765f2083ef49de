//! Failed requests by second, with the first and the last line of each. Lines that can be read again are kept as their place,
//! length and hash only: there may be one for each second of a long outage, and few of them are ever cited.

use super::{ByStep, Pos, Seen, hash64, starting, touching};
use crate::time::SECOND;

/// A line that may be cited: when, where, and its first [`Seen::KEEP`] bytes or how to know them again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Microseconds on the track's axis.
    pub us: i64,
    /// Where.
    pub pos: Pos,
    line: Line,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Line {
    Here(Box<[u8]>),
    There { len: u32, hash: u32 },
}

impl Kept {
    /// Keeps a line; with `again` only what is needed to read it once more.
    pub fn new(us: i64, pos: Pos, line: &[u8], again: bool) -> Self {
        let line = &line[..line.len().min(Seen::KEEP)];
        let line = match again {
            true => Line::There {
                len: line.len() as u32,
                hash: hash64(line, 3) as u32,
            },
            false => Line::Here(line.into()),
        };
        Kept { us, pos, line }
    }

    fn text(&mut self, f: &mut dyn FnMut(&mut Vec<u8>)) {
        if let Line::Here(raw) = &mut self.line {
            let mut text = std::mem::take(raw).into_vec();
            f(&mut text);
            *raw = text.into();
        }
    }

    /// The bytes of the line, where they are kept and not only how to know them again.
    pub(super) fn here(&self) -> Option<&[u8]> {
        match &self.line {
            Line::Here(raw) => Some(raw),
            Line::There { .. } => None,
        }
    }

    fn order(&self) -> (i64, u64) {
        (self.us, self.pos.offset)
    }

    /// The line; `read` gives bytes of the input from an offset on. `None` if they cannot be read, or are others now.
    pub fn seen(&self, read: impl FnOnce(u64, usize) -> Option<Vec<u8>>) -> Option<Seen> {
        let raw = match &self.line {
            Line::Here(raw) => raw.to_vec(),
            Line::There { len, hash } => {
                let raw = read(self.pos.offset, *len as usize)?;
                (raw.len() == *len as usize && hash64(&raw, 3) as u32 == *hash).then_some(raw)?
            }
        };
        Some(Seen::new(self.us, self.pos, &raw))
    }
}

/// Failed requests of one second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Final status 5xx, health checks excluded.
    pub n: u32,
    /// First such line.
    pub first: Kept,
    /// Last such line, where it is another one.
    last: Option<Box<Kept>>,
}

impl Failed {
    /// So many requests of one second, with the first and the last line.
    pub(super) fn of(n: u32, first: Kept, last: Option<Kept>) -> Failed {
        Failed {
            n,
            first,
            last: last.map(Box::new),
        }
    }

    /// Last such line.
    pub fn last(&self) -> &Kept {
        self.last.as_deref().unwrap_or(&self.first)
    }

    /// Last such line, where it is another one than the first.
    pub(super) fn other(&self) -> Option<&Kept> {
        self.last.as_deref()
    }

    /// Adds what another count says of the same second.
    fn join(&mut self, o: Failed) {
        self.n = self.n.saturating_add(o.n);
        let (first, last) = (o.first, o.last.map(|l| *l));
        for line in [Some(first), last].into_iter().flatten() {
            self.meet(line);
        }
    }

    fn meet(&mut self, line: Kept) {
        if line.order() < self.first.order() {
            let first = std::mem::replace(&mut self.first, line);
            self.last.get_or_insert_with(|| Box::new(first));
        } else if line.order() > self.last().order() {
            match &mut self.last {
                Some(l) => **l = line,
                None => self.last = Some(Box::new(line)),
            }
        }
    }
}

/// Seconds with failed requests, by their number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FailedSeconds(ByStep<Failed>);

impl FailedSeconds {
    /// Counts a failed request.
    pub fn note(&mut self, second: i64, line: Kept) {
        self.add(second, Failed::of(1, line, None));
    }

    /// Counts failed requests of a second.
    pub(super) fn add(&mut self, second: i64, f: Failed) {
        self.0.put(second, f, Failed::join);
    }

    /// Sums two.
    pub fn merge(&mut self, o: FailedSeconds) {
        self.0.merge(o.0, Failed::join);
    }

    /// Whether nothing failed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Second numbers and what failed then, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &Failed)> {
        self.0.iter()
    }

    /// Those of which any microsecond lies in `[from, to)` microseconds.
    pub fn touching(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = (i64, &Failed)> {
        self.0.range(touching(SECOND, from, to))
    }

    /// Those that begin in `[from, to)` microseconds.
    pub fn starting(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = (i64, &Failed)> {
        self.0.range(starting(SECOND, from, to))
    }

    pub(super) fn texts(&mut self, f: &mut dyn FnMut(&mut Vec<u8>)) {
        for x in self.0.values_mut() {
            x.first.text(f);
            x.last.iter_mut().for_each(|l| l.text(f));
        }
    }

    pub(super) fn positions(&mut self, f: &mut dyn FnMut(&mut Pos)) {
        for x in self.0.values_mut() {
            f(&mut x.first.pos);
            x.last.iter_mut().for_each(|l| f(&mut l.pos));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(us: i64, offset: u64, again: bool) -> Kept {
        let pos = Pos { offset, line: 1 };
        Kept::new(us, pos, format!("line {offset}").as_bytes(), again)
    }

    fn of(lines: &[(i64, u64)]) -> FailedSeconds {
        let mut all = FailedSeconds::default();
        for (us, offset) in lines {
            all.note(us.div_euclid(1_000_000), line(*us, *offset, false));
        }
        all
    }

    #[test]
    fn a_line_is_read_again_only_if_it_is_still_the_same() {
        let kept = line(5, 7, true);
        let seen = kept.seen(|at, n| Some(b"line 7 and more"[..n].to_vec()).filter(|_| at == 7));
        assert_eq!(seen.unwrap().raw, b"line 7");
        assert_eq!(
            kept.seen(|_, n| Some(b"line 8 and more"[..n].to_vec())),
            None
        );
        assert_eq!(kept.seen(|_, _| Some(b"line".to_vec())), None);
        assert_eq!(kept.seen(|_, _| None), None);
        let seen = line(5, 7, false).seen(|_, _| None).unwrap();
        assert_eq!((seen.us, &seen.raw[..]), (5, &b"line 7"[..]));
    }

    #[test]
    fn seconds_are_found_by_when_they_are() {
        let s = 1_000_000;
        let all = of(&[
            (-s, 1),
            (59 * s, 2),
            (60 * s + 7, 3),
            (60 * s + 9, 4),
            (200 * s, 5),
        ]);
        let seconds = |i: &mut dyn Iterator<Item = (i64, &Failed)>| -> Vec<(i64, u32)> {
            i.map(|(s, f)| (s, f.n)).collect()
        };
        let [a, b, c, d] = [(-1, 1), (59, 1), (60, 2), (200, 1)];
        assert_eq!(seconds(&mut all.iter()), [a, b, c, d]);
        assert_eq!(seconds(&mut all.iter().rev()), [d, c, b, a]);
        assert_eq!(seconds(&mut all.touching(60 * s + 1, 200 * s)), [c]);
        assert_eq!(seconds(&mut all.starting(60 * s + 1, 200 * s + 1)), [d]);
        assert_eq!(seconds(&mut all.starting(9 * s, 5 * s)), []);
        let of_60 = all.touching(60 * s, 61 * s).next().unwrap().1;
        assert_eq!((of_60.first.pos.offset, of_60.last().pos.offset), (3, 4));
    }

    proptest! {
        #[test]
        fn the_order_and_the_splits_change_nothing(
            times in proptest::collection::vec(0i64..150_000_000, 1..40), cut in 0usize..40,
        ) {
            let lines: Vec<(i64, u64)> = times.iter().zip(0..).map(|(t, o)| (*t, o)).collect();
            let whole = of(&lines);
            let cut = cut.min(lines.len());
            let mut parts = of(&lines[cut..]);
            parts.merge(of(&lines[..cut]));
            prop_assert_eq!(&parts, &whole);
            let turned: Vec<_> = lines.iter().rev().copied().collect();
            prop_assert_eq!(&of(&turned), &whole);
            for (second, f) in whole.iter() {
                let here = lines.iter().filter(|l| l.0.div_euclid(1_000_000) == second);
                prop_assert_eq!(f.n as usize, here.clone().count());
                let first = here.clone().min().unwrap();
                prop_assert_eq!((f.first.us, f.first.pos.offset), *first);
                let last = here.max().unwrap();
                prop_assert_eq!((f.last().us, f.last().pos.offset), *last);
            }
        }
    }
}
