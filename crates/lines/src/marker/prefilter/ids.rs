//! Ids in which no rule looks for anything. Derived from the literals of the rules: what a literal may have in common with a word is
//! all of it, or what stands in front of, behind or between its other signs.

use super::{GRAM, Prefilter};

/// What stands around a word where that is asked about.
const EDGE: [u8; GRAM - 1] = [1; GRAM - 1];
/// Bytes of a word with its edges, at most.
const FRAMED: usize = 64;

/// A word between its edges, with a zero for each run of digits, and how long that is; `None` where it is too long.
fn framed(word: &[u8]) -> Option<([u8; FRAMED], usize)> {
    let (mut out, mut n) = ([EDGE[0]; FRAMED], EDGE.len());
    for c in word {
        let c = if c.is_ascii_digit() { b'0' } else { *c };
        if c != b'0' || out[n - 1] != c {
            *out.get_mut(n)? = c;
            n += 1;
        }
    }
    (n + EDGE.len() <= FRAMED).then_some((out, n + EDGE.len()))
}

impl Prefilter {
    /// What says of words, by [`Prefilter::shares`], whether they have anything in common with a literal of some prefilters: all of
    /// it, or what stands in front of, behind or between its other signs.
    pub(in crate::marker) fn of_words(all: &[Prefilter]) -> Prefilter {
        let mut p = Prefilter::empty(0);
        let literals = all.iter().flat_map(|p| p.literals.values().flatten());
        for l in literals.map(|l| &l.bytes[..]) {
            let mut from = 0;
            for word in l.split(|c| !c.is_ascii_alphanumeric()) {
                let (begins, ends) = (from > 0, from + word.len() < l.len());
                from += word.len() + 1;
                if !word.is_empty() {
                    let Some((bytes, n)) = framed(word) else {
                        p.always = 1;
                        continue;
                    };
                    let from = if begins { 0 } else { EDGE.len() };
                    let to = if ends { n } else { n - EDGE.len() };
                    p.add_whole(&bytes[from..to], 1);
                }
            }
        }
        p
    }

    /// Whether a word has anything in common with a literal.
    pub(in crate::marker) fn shares(&self, word: &[u8]) -> bool {
        framed(word).is_none_or(|(bytes, n)| self.candidates(&bytes[..n]) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::EACH;
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    proptest! {
        /// Where nothing is read in an id, any other will do in its place.
        #[test]
        fn ids_in_which_nothing_is_read_change_no_candidates(
            before in "[ =a-z(\"]{0,6}(deploy of |rolling |timed |not |to |power |sigterm )?",
            behind in "( out| running| error|: ok|-over| started|ed|=off in |[ ,a-z)\"]{0,6}){0,2}",
            ids in proptest::collection::vec(
                "[0-9A-Za-z]{8,20}|[0-9]?[a-z]{0,5}(error|Deploy|timed|fail|rolled|is|o|to)[0-9]{0,3}(down|out|ed|[a-z]{3})?", 2),
            edge in select(vec!["", "-", "_", "="]),
        ) {
            let of_words = Prefilter::of_words(&EACH);
            let text = |id: &str| format!("{before}{edge}{id}{edge}{behind}");
            let word = |id: &str| {
                let text = text(id);
                let fits = |c: char| c.is_ascii_alphanumeric();
                let found = text.split(|c| !fits(c)).find(|w| w.contains(id));
                found.map(str::to_string).filter(|w| *w == *id)
            };
            if ids.iter().all(|id| word(id).is_some_and(|w| !of_words.shares(w.as_bytes()))) {
                for p in EACH.iter() {
                    let [a, b] = [0, 1].map(|n| p.candidates(text(&ids[n]).as_bytes()));
                    prop_assert_eq!(a, b, "{} {}", text(&ids[0]), text(&ids[1]));
                }
            }
        }

        #[test]
        fn whatever_holds_a_literal_is_read(word in select(vec!["deploy", "rollback", "refused", "sigterm"]), front in "[a-zA-Z0-9]{0,6}") {
            let of_words = Prefilter::of_words(&EACH);
            let id = format!("{front}{word}7x");
            prop_assert!(of_words.shares(id.as_bytes()));
        }
    }
}
