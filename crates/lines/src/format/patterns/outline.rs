//! What every line of a pattern shows, read off the pattern: the bytes at its first places, and a text that it holds. A look at
//! these costs a hundredth of asking the pattern, which is not even made before a line has passed.

use crate::format::leaf::find;
use crate::text::literals::{held, parsed};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Places that are looked at.
const PLACES: u32 = 16;

/// Texts of which one is looked for; of more, asking the pattern costs no more.
const TEXTS: usize = 4;

/// A set of bytes.
type Bytes = [bool; 256];

/// What lines must show to be of a pattern.
#[derive(Default)]
pub(super) struct Outline {
    begins: Vec<Bytes>,
    /// One of them stands in each line, if there are any.
    holds: Vec<Vec<u8>>,
}

impl Outline {
    pub(super) fn of(pattern: &str) -> Outline {
        let Some(hir) = parsed(pattern) else {
            return Outline::default();
        };
        let anchored = match hir.kind() {
            HirKind::Concat(parts) => matches!(parts[0].kind(), HirKind::Look(Look::Start)),
            _ => false,
        };
        let mut begins = vec![[false; 256]; if anchored { PLACES as usize } else { 0 }];
        let ends = behind(&hir, 1, &mut begins);
        // where it may end, anything may follow
        begins.truncate(ends.trailing_zeros() as usize);
        let holds = held(&hir).filter(|texts| texts.len() <= TEXTS);
        Outline {
            begins,
            holds: holds.unwrap_or_default(),
        }
    }

    /// Whether a line may match.
    pub(super) fn fits(&self, line: &[u8]) -> bool {
        let mut places = self.begins.iter().zip(line);
        line.len() >= self.begins.len()
            && places.all(|(may, b)| may[usize::from(*b)])
            && (self.holds.is_empty() || self.holds.iter().any(|text| find(line, text).is_some()))
    }
}

/// Notes the bytes that a part of a pattern may have at each place where it begins at one of the places `at`, one bit for each;
/// gives the places that may follow.
fn behind(hir: &Hir, at: u32, begins: &mut [Bytes]) -> u32 {
    let mut one = |at: u32, ranges: &mut dyn Iterator<Item = (u8, u8)>| {
        for (from, to) in ranges {
            let here = begins.iter_mut().enumerate();
            for (_, may) in here.filter(|(i, _)| at >> i & 1 == 1) {
                may[usize::from(from)..=usize::from(to)].fill(true);
            }
        }
        at << 1 & ((1 << PLACES) - 1)
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => at,
        HirKind::Literal(l) => (l.0.iter()).fold(at, |at, b| one(at, &mut [(*b, *b)].into_iter())),
        HirKind::Class(Class::Bytes(c)) => one(at, &mut c.iter().map(|r| (r.start(), r.end()))),
        HirKind::Class(Class::Unicode(c)) => match c.to_byte_class() {
            Some(c) => one(at, &mut c.iter().map(|r| (r.start(), r.end()))),
            // of any length
            None => (0..4).fold(at, |at, _| at | one(at, &mut [(0, 255)].into_iter())),
        },
        HirKind::Capture(c) => behind(&c.sub, at, begins),
        HirKind::Concat(parts) => parts.iter().fold(at, |at, p| behind(p, at, begins)),
        HirKind::Alternation(parts) => parts.iter().fold(0, |all, p| all | behind(p, at, begins)),
        HirKind::Repetition(r) => {
            let least = r.min.min(PLACES);
            let mut all = (0..least).fold(at, |at, _| behind(&r.sub, at, begins));
            for _ in least..r.max.unwrap_or(u32::MAX).min(least + PLACES) {
                all |= behind(&r.sub, all, begins);
            }
            all
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PATTERNS;
    use super::*;
    use crate::format::FORMATS;
    use proptest::prelude::*;

    #[test]
    fn an_outline_is_what_all_lines_of_a_pattern_share() {
        let o = Outline::of(r"(?s-u)^\[?\d{2,3}:(?:M|S)? (?<message>.*) ms$");
        for line in ["12:M x ms", "[123: x ms", "[12:  ms", "123:S  ms "] {
            assert!(o.fits(line.as_bytes()), "{line}");
        }
        for line in ["1:M x ms", "12:X x ms", "[[12:M x ms", "12:M x m", "12", ""] {
            assert!(!o.fits(line.as_bytes()), "{line}");
        }
        let either = Outline::of("^a|b");
        assert!(either.begins.is_empty(), "b may stand anywhere");
        assert!(Outline::of("(").fits(b""));
    }

    /// Lines like those that patterns read: pieces of samples, one behind the other.
    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let samples: Vec<&'static str> = FORMATS.iter().map(|f| f.meta().sample).collect();
        let piece = (
            prop::sample::select(samples),
            any::<(prop::sample::Index, prop::sample::Index)>(),
        );
        let piece = piece.prop_map(|(s, (a, b))| {
            let (a, b) = (a.index(s.len() + 1), b.index(s.len() + 1));
            s.as_bytes()[a.min(b)..a.max(b)].to_vec()
        });
        prop::collection::vec(piece, 1..3).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn what_an_outline_refuses_its_pattern_refuses(torn in lines(), n in any::<prop::sample::Index>()) {
            let samples: Vec<_> = FORMATS.iter().map(|f| f.meta().sample).collect();
            let whole = samples[n.index(samples.len())].as_bytes();
            for line in [&torn[..], whole] {
                for row in PATTERNS.iter().flat_map(|p| &p.rows).filter(|r| !r.may_take(line)) {
                    let made = row.made().expect("each is made");
                    prop_assert!(crate::format::Format::parse(made, line).is_none());
                }
            }
        }
    }
}
