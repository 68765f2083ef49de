//! Lines that may be cited, of which there may be one for each second of a long outage, though few of them ever are: those that
//! can be read again are kept as their place, length and hash only.

use crate::summary::{Pos, Seen};
use coroner_lines::hash::hash_of_line;
use serde::{Deserialize, Serialize};

/// A line that may be cited: when, where, and its first [`Seen::KEEP`] bytes or how to know them again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitableLine {
    /// Microseconds on the track's axis.
    pub us: i64,
    /// Where.
    pub pos: Pos,
    pub(super) line: LineText,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum LineText {
    /// Its bytes.
    Here(Box<[u8]>),
    /// How many bytes to read again, and half of their hash.
    There { len: u32, hash: [u8; 4] },
}

impl CitableLine {
    /// Keeps a line; with `again` only what is needed to read it once more.
    pub fn new(us: i64, pos: Pos, line: &[u8], again: bool) -> Self {
        let line = &line[..line.len().min(Seen::KEEP)];
        let line = match again {
            true => LineText::There {
                len: line.len() as u32,
                hash: half(line),
            },
            false => LineText::Here(line.into()),
        };
        CitableLine { us, pos, line }
    }

    pub(super) fn text(&mut self, f: &mut dyn FnMut(&mut Vec<u8>)) {
        if let LineText::Here(raw) = &mut self.line {
            let mut text = std::mem::take(raw).into_vec();
            f(&mut text);
            *raw = text.into();
        }
    }

    /// The bytes of the line, where they are kept and not only how to know them again.
    pub(super) fn here(&self) -> Option<&[u8]> {
        match &self.line {
            LineText::Here(raw) => Some(raw),
            LineText::There { .. } => None,
        }
    }

    /// Order of occurrence: time, then place.
    pub fn order(&self) -> (i64, u64) {
        (self.us, self.pos.offset)
    }

    /// The line; `read` gives bytes of the input from an offset on. `None` if they cannot be read, or are others now.
    pub fn seen(&self, read: impl FnOnce(u64, usize) -> Option<Vec<u8>>) -> Option<Seen> {
        let raw = match &self.line {
            LineText::Here(raw) => raw.to_vec(),
            LineText::There { len, hash } => {
                let raw = read(self.pos.offset, *len as usize)?;
                (raw.len() == *len as usize && half(&raw) == *hash).then_some(raw)?
            }
        };
        Some(Seen::new(self.us, self.pos, &raw))
    }
}

/// Half of the hash of a line: enough to see that a file was written anew.
fn half(line: &[u8]) -> [u8; 4] {
    (hash_of_line(line) as u32).to_le_bytes()
}

/// The first and the last of some lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstLast {
    /// The first line.
    pub first: CitableLine,
    /// The last line, where it is another one.
    pub(super) other: Option<CitableLine>,
}

impl FirstLast {
    /// The first line, and the last where it is another one.
    pub(super) fn new(first: CitableLine, other: Option<CitableLine>) -> Self {
        FirstLast { first, other }
    }

    /// The last line.
    pub fn last(&self) -> &CitableLine {
        self.other.as_ref().unwrap_or(&self.first)
    }

    /// Adds those of more lines.
    pub(super) fn join(&mut self, o: FirstLast) {
        for line in [Some(o.first), o.other].into_iter().flatten() {
            self.meet(line);
        }
    }

    /// Adds one line.
    pub(super) fn meet(&mut self, line: CitableLine) {
        if line.order() < self.first.order() {
            let first = std::mem::replace(&mut self.first, line);
            self.other.get_or_insert(first);
        } else if line.order() > self.last().order() {
            self.other = Some(line);
        }
    }

    /// Both lines, to be changed.
    pub(super) fn each(&mut self) -> impl Iterator<Item = &mut CitableLine> {
        std::iter::once(&mut self.first).chain(&mut self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_again_only_if_it_is_still_the_same() {
        let line = |again| {
            let pos = Pos { offset: 7, line: 1 };
            CitableLine::new(5, pos, b"line 7", again)
        };
        let kept = line(true);
        let seen = kept.seen(|at, n| Some(b"line 7 and more"[..n].to_vec()).filter(|_| at == 7));
        assert_eq!(seen.unwrap().raw, b"line 7");
        assert_eq!(
            kept.seen(|_, n| Some(b"line 8 and more"[..n].to_vec())),
            None
        );
        assert_eq!(kept.seen(|_, _| Some(b"line".to_vec())), None);
        assert_eq!(kept.seen(|_, _| None), None);
        let seen = line(false).seen(|_, _| None).unwrap();
        assert_eq!((seen.us, &seen.raw[..]), (5, &b"line 7"[..]));
    }
}
