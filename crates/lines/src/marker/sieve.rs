//! Whether a text may hold one of some literals at all, at half the cost of finding which. For lines that no format knows, of
//! which nothing but faults counts. Derived from the rules' patterns; a list of its own is only what ordinary
//! text is full of.

use super::gate::LOOKED_AT;
use super::prefilter::{commonness, is_alike};
use super::rules::{Rule, Scopes, rules};
use crate::record::MarkerKind;
use crate::text::literals::{literals_of, parsed};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Length of a gram in bytes.
const GRAM: usize = 3;
/// Every second gram of a text is looked at: each literal has two that follow each other.
const STEP: usize = 2;
/// Bits of the table.
const BITS: u32 = 15;
/// Grams that are looked at together, and the bytes that they take.
const GRAMS: usize = 8;
const LOOK: usize = GRAMS * STEP + 2;

static FAULTS: LazyLock<Sieve> = LazyLock::new(|| {
    let fault = |r: &&Rule| r.kind == MarkerKind::Fault && r.scopes.meets(Scopes::APP);
    Sieve::of(rules().filter(fault))
});

/// False only where [`super::find`] gives no fault for the message of an application.
pub fn may_state_fault(text: &[u8]) -> bool {
    FAULTS.may_hold(&text[..text.len().min(LOOKED_AT)])
}

/// The literals of some rules.
struct Sieve {
    /// Which slots any gram falls into.
    table: Box<[u64; 1 << (BITS - 6)]>,
    /// The literals that hold a gram, in small letters, and where it stands in them.
    literals: HashMap<u32, Vec<(Vec<u8>, usize)>, foldhash::fast::FixedState>,
    /// Whether a rule has no useful literals, so that any text may be meant.
    open: bool,
}

/// Bit 5 is set, which makes small letters of letters, and the fourth byte is left out.
#[inline(always)]
fn gram(four: u32) -> u32 {
    (four & 0x00FF_FFFF) | 0x0020_2020
}

#[inline(always)]
fn slot(g: u32) -> usize {
    (g.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// Three letters that ordinary text is full of, as it is of ends of words.
const USUAL: &str = "ain all and are ati ava com con der ear eld ell ent era ere ers est ete eve fer for gen has hat her ice \
    ies iet igh ile ill ime ine ing int ion ist ith ive jav kno les man mar men nce nde not now off oft ome one oth our out ove own \
    ock abo per pla por pre pro que ran rec res row rom ser sou sta ste ter tha the tic tim tio tor und use ven ver wer wit wor you";

/// Where two grams of a literal begin that follow each other and ordinary text does not hold.
fn rarest(literal: &[u8]) -> usize {
    let usual =
        |g: &[u8]| g.contains(&b' ') || USUAL.as_bytes().chunks(GRAM + 1).any(|u| u.starts_with(g));
    let places = literal.windows(GRAM + STEP - 1).enumerate();
    let rank = |w: &[u8]| {
        let grams = w.windows(GRAM).filter(|g| usual(g)).count() as u32;
        (grams, w.iter().map(|b| commonness(*b)).sum::<u32>())
    };
    places.min_by_key(|(_, w)| rank(w)).map_or(0, |(n, _)| n)
}

impl Sieve {
    /// For texts that some rules may hold for.
    fn of<'r>(rules: impl Iterator<Item = &'r Rule>) -> Sieve {
        let mut s = Sieve {
            table: Box::new([0; 1 << (BITS - 6)]),
            literals: HashMap::default(),
            open: false,
        };
        for r in rules {
            match parsed(r.pattern).as_ref().and_then(literals_of) {
                Some(all) if all.iter().all(|l| l.len() >= GRAM + STEP - 1) => {
                    all.iter().for_each(|l| s.add(l));
                }
                _ => s.open = true,
            }
        }
        s
    }

    fn add(&mut self, literal: &[u8]) {
        let from = rarest(literal);
        for at in from..from + STEP {
            let Some([a, b, c]) = literal.get(at..at + GRAM) else {
                continue;
            };
            let g = gram(u32::from_le_bytes([*a, *b, *c, 0]));
            let n = slot(g);
            self.table[n >> 6] |= 1 << (n & 63);
            let known = self.literals.entry(g).or_default();
            if !known.iter().any(|(l, _)| l == literal) {
                known.push((literal.to_vec(), at));
            }
        }
    }

    /// False only where none of the rules holds for the text.
    fn may_hold(&self, text: &[u8]) -> bool {
        if self.open {
            return true;
        }
        let Some(last) = text.last_chunk() else {
            // what is filled up stands in no literal's place, since those are looked for in the text
            let mut short = [0; LOOK];
            short[..text.len()].copy_from_slice(text);
            return self.any(text, 0, &short);
        };
        let mut at = 0;
        while let Some(near) = text.get(at..).and_then(|t| t.first_chunk()) {
            if self.any(text, at, near) {
                return true;
            }
            at += GRAMS * STEP;
        }
        // begins before that place, so that of two grams one is looked at there too
        self.any(text, text.len() - LOOK, last)
    }

    /// Whether a literal stands around one of the grams that are looked at together from a place on.
    #[inline(always)]
    fn any(&self, text: &[u8], at: usize, near: &[u8; LOOK]) -> bool {
        let mut hits = 0;
        // a loop, since a closure may become a function of its own; the four bytes are one load
        for n in 0..GRAMS {
            if let Some(four) = near[n * STEP..].first_chunk() {
                hits |= self.known(gram(u32::from_le_bytes(*four))) << n;
            }
        }
        hits != 0 && self.any_of(text, at, hits)
    }

    /// Whether a gram may be known: 0 or 1.
    #[inline(always)]
    fn known(&self, g: u32) -> u64 {
        let n = slot(g);
        self.table[n >> 6] >> (n & 63) & 1
    }

    /// Whether the gram at a place may be known.
    fn knows(&self, text: &[u8], at: usize) -> bool {
        let three = text.get(at..at + GRAM);
        three.is_some_and(|g| self.known(gram(u32::from_le_bytes([g[0], g[1], g[2], 0]))) == 1)
    }

    /// Whether a literal stands around one of the grams whose bits are set.
    #[inline(never)]
    fn any_of(&self, text: &[u8], at: usize, mut hits: u64) -> bool {
        while hits != 0 {
            let from = at + hits.trailing_zeros() as usize * STEP;
            hits &= hits - 1;
            // of a literal that is there the other gram is too, before this one or behind it
            let other = [from.checked_sub(1), Some(from + 1)];
            if !other.into_iter().flatten().any(|at| self.knows(text, at)) {
                continue;
            }
            if let Some(&[a, b, c]) = text.get(from..from + GRAM)
                && self.is_there(text, from, gram(u32::from_le_bytes([a, b, c, 0])))
            {
                return true;
            }
        }
        false
    }

    /// Whether a literal stands around a gram.
    fn is_there(&self, text: &[u8], gram_at: usize, g: u32) -> bool {
        let known = self.literals.get(&g).into_iter().flatten();
        known
            .filter_map(|(l, at)| {
                let from = gram_at.checked_sub(*at)?;
                Some((text.get(from..from + l.len())?, l))
            })
            .any(|(t, l)| is_alike(t, l))
    }
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;
    use crate::record::Kind;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static ALL: LazyLock<Vec<(Vec<Vec<u8>>, Sieve)>> = LazyLock::new(|| {
        let each = rules().filter_map(|r| {
            let literals = parsed(r.pattern).as_ref().and_then(literals_of)?;
            Some((literals, Sieve::of([r].into_iter())))
        });
        each.collect()
    });

    #[test]
    fn every_literal_is_found_at_every_place() {
        let mut open = 0;
        for (literals, sieve) in ALL.iter() {
            open += usize::from(sieve.open);
            for l in literals {
                for before in 0..4 {
                    for behind in 0..3 {
                        let text =
                            [&b"   "[..before], &l.to_ascii_uppercase(), &b"  "[..behind]].concat();
                        assert!(sieve.may_hold(&text), "{}", String::from_utf8_lossy(&text));
                    }
                }
            }
            assert!(sieve.open || !sieve.may_hold(b"what is said here"));
        }
        assert!(open < 5 && ALL.len() > 50, "{open} {}", ALL.len());
    }

    proptest! {
        #[test]
        fn what_holds_a_literal_may_hold(which in any::<prop::sample::Index>(), n in any::<prop::sample::Index>(), front in ".{0,9}", back in ".{0,9}") {
            let (literals, sieve) = which.get(&ALL);
            let text = [front.as_bytes(), n.get(literals.as_slice()).as_slice(), back.as_bytes()].concat();
            prop_assert!(sieve.may_hold(&text));
        }

        /// Who says that no fault is stated is right.
        #[test]
        fn no_fault_where_none_may_be(words in proptest::collection::vec(prop_oneof![
            Just("No space left"), Just("on device"), Just("IERR"), Just("Out of memory: Killed process 7"), Just("EDAC MC0: 1 CE"), Just("EMFILE"),
            Just("deadlock detected"), Just("restarted"), Just("no"), Just("sudo: a : USER=root ; COMMAND=x"), Just("too many open files"), Just("-"),
        ], 0..5), glue in "[ .:]{1,2}") {
            let text = words.join(&glue);
            let mut out = Vec::new();
            find(text.as_bytes(), Kind::App, &mut out);
            prop_assert!(may_state_fault(text.as_bytes()) || out.iter().all(|h| h.kind != MarkerKind::Fault));
        }
    }
}
