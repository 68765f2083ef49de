//! How the records of an input begin: what stands in front of their time, and how that is written. A line that begins so and is
//! of no format is a record that nobody understands, and no part of the one before it.

use coroner_lines::time::{Dated, Stamp, stamp};
use serde::{Deserialize, Serialize};

/// Bytes of a line within which the time of a record is looked for.
const REACH: usize = 64;
/// Beginnings that are kept.
const MOST: usize = 8;

/// The beginnings of records, as far as a sample shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Beginnings(Vec<String>);

impl Beginnings {
    /// Learns how a record begins.
    pub(super) fn learn(&mut self, line: &[u8], time: Stamp) {
        if self.0.len() == MOST || self.fit(line) {
            return;
        }
        let near = &line[..line.len().min(REACH)];
        self.0.reserve_exact(1);
        let begins = |at: &usize| *at == 0 || !near[at - 1].is_ascii_alphanumeric();
        let end = (0..near.len()).filter(begins).find_map(|at| {
            let (rest, s) = stamp::any_shape(&line[at..]).ok()?;
            (s.wall_us == time.wall_us).then_some(line.len() - rest.len())
        });
        self.0.extend(end.map(|end| {
            let mark = line[end..].first().filter(|c| !c.is_ascii_alphanumeric());
            codes(&line[..end + usize::from(mark.is_some())]).collect()
        }));
    }

    /// Whether a line begins as records do: with a date and a clock, or as those of the sample.
    pub fn are_of(&self, line: &[u8]) -> bool {
        dated(line.strip_prefix(b"[").unwrap_or(line)) || self.fit(line)
    }

    fn fit(&self, line: &[u8]) -> bool {
        let fits = |s: &String| {
            let mut codes = codes(line);
            s.chars().all(|c| codes.next() == Some(c))
        };
        self.0.iter().any(fits)
    }

    /// Whether nothing is known of them.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a text begins with a date and a clock. A number is none, though it may be one of seconds.
fn dated(b: &[u8]) -> bool {
    let digits = b.iter().take(10).take_while(|c| c.is_ascii_digit()).count();
    digits < 10 && stamp::any_shape(b).is_ok_and(|(_, s)| s.dated != Dated::NoDate)
}

/// A text as its runs: of letters, of digits by how many there are, of blanks; every other byte stays. Numbers of up to three
/// digits are alike, since clocks and days need not be padded.
fn codes(b: &[u8]) -> impl Iterator<Item = char> {
    let mut rest = b;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let kind = kind(first);
        let n = match kind {
            b'a' | b'0' | b' ' => rest.iter().take_while(|c| self::kind(**c) == kind).count(),
            _ => 1,
        };
        rest = &rest[n..];
        Some(char::from(match (kind, n) {
            (b'0', ..=3) => b'0',
            (b'0', ..=7) => b'4',
            (b'0', _) => b'A' + n.min(25) as u8,
            (kind, _) => kind,
        }))
    })
}

fn kind(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => b'0',
        b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => b'a',
        b' ' | b'\t' => b' ',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, tried};

    fn learnt(lines: &[&str]) -> Beginnings {
        let mut all = Beginnings::default();
        for line in lines {
            let times = (0..line.len()).filter_map(|at| line.get(at..));
            let time = times
                .filter_map(|t| stamp::any_shape(t.as_bytes()).ok())
                .next();
            all.learn(line.as_bytes(), time.unwrap().1);
        }
        all
    }

    #[test]
    fn what_begins_like_a_record_is_none_of_another() {
        for [record, alike, other] in tried("begin of a record") {
            let b = learnt(&[&record]);
            assert!(b.fit(record.as_bytes()), "{record}");
            assert!(b.are_of(alike.as_bytes()), "{alike}");
            assert!(!b.are_of(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn dates_with_clocks_begin_records_of_any_input() {
        let none = Beginnings::default();
        holds("begins a record of any input", |l| {
            none.are_of(l.as_bytes())
        });
    }
}
