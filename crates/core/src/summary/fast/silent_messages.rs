//! Messages that were found to state nothing: services say few things often, and most of what is new in them is numbers and ids.
//! Keys and whole texts are compared, so that what is remembered never changes an answer.

use crate::summary::hash64;
use coroner_lines::marker::is_read;
use coroner_lines::record::Kind;
use coroner_lines::text::likeness::{LONGEST, Likeness};

const SLOTS: usize = 4096;

/// A text that was learnt, and its lines of which nothing but their number is counted.
#[derive(Debug)]
pub(in crate::summary) struct Known {
    pub(in crate::summary) scope: Option<Kind>,
    /// Whether this is the key of all texts that are meant.
    blind: bool,
    /// Whether they have words of trouble.
    pub(in crate::summary) is_trouble: bool,
    /// Whether they have words of acts.
    acts: bool,
    pub(in crate::summary) text: Vec<u8>,
    /// The time behind which lines need but be counted.
    behind: i64,
    pub(in crate::summary) n: u64,
}

impl Known {
    /// Forgets what was counted, of which so many lines were; the texts stay known.
    pub(in crate::summary) fn begin_anew(&mut self) {
        (self.n, self.behind) = (0, i64::MAX);
    }

    const NONE: Known = Known {
        scope: None,
        blind: false,
        is_trouble: false,
        acts: false,
        text: Vec::new(),
        behind: i64::MAX,
        n: 0,
    };
}

/// Messages that state nothing, by the scope of their records.
#[derive(Debug)]
pub(in crate::summary) struct Quiet {
    pub(in crate::summary) known: Vec<Known>,
    /// The key of the text that was asked for last.
    likeness: Likeness,
}

impl Default for Quiet {
    fn default() -> Self {
        Quiet {
            known: Vec::new(),
            likeness: Likeness::new(is_read),
        }
    }
}

/// What is known of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::summary) enum Heard {
    /// Its text states nothing, and it was counted.
    Counted,
    /// Its text states nothing, and is known at that place.
    Known(usize),
    /// Nothing.
    New,
}

/// The two places of a text.
#[inline(always)]
fn places(text: &[u8]) -> [usize; 2] {
    let slot = hash64(text, 0) as usize % SLOTS;
    [slot, slot ^ 1]
}

impl Quiet {
    /// Where a text is known, or its key.
    #[inline(always)]
    pub(in crate::summary) fn find(&mut self, text: &[u8], scope: Kind) -> Option<usize> {
        let key = self.likeness.fill(text)?;
        if self.known.is_empty() {
            return None;
        }
        let itself = key == text;
        for (text, blind) in [(key, true), (text, false)] {
            for at in places(text) {
                if let Some(k) = self.known.get(at)
                    && (itself || k.blind == blind)
                    && k.scope == Some(scope)
                    && k.text == text
                {
                    return Some(at);
                }
            }
            if itself {
                break;
            }
        }
        None
    }

    /// Counts a line whose text is known to state nothing, if its number is all that is counted of it.
    #[inline(always)]
    pub(in crate::summary) fn count(&mut self, text: &[u8], scope: Kind, us: i64) -> Heard {
        let Some(at) = self.find(text, scope) else {
            return Heard::New;
        };
        match self.known.get_mut(at) {
            Some(known) if us > known.behind => {
                known.n += 1;
                Heard::Counted
            }
            _ => Heard::Known(at),
        }
    }

    /// Whether a text that is known has words of trouble.
    pub(in crate::summary) fn is_trouble(&self, at: usize) -> bool {
        self.known.get(at).is_some_and(|k| k.is_trouble)
    }

    /// Whether a text that is known has words of acts.
    pub(in crate::summary) fn speaks_of_an_act(&self, at: usize) -> bool {
        self.known.get(at).is_none_or(|k| k.acts)
    }

    /// Says behind which time lines of a text need but be counted.
    pub(in crate::summary) fn counts_behind(&mut self, at: usize, behind: i64) {
        if let Some(known) = self.known.get_mut(at) {
            known.behind = behind;
        }
    }

    /// The key of the text that was asked for last, if it has one.
    pub(in crate::summary) fn key(&self) -> Option<&[u8]> {
        self.likeness.key()
    }

    /// Remembers the text that was asked for last, which states nothing; `blind` if no text of its key does. Gives its place,
    /// unless it is too long to be remembered, and what was counted of the text that is forgotten for it.
    pub(in crate::summary) fn learn(
        &mut self,
        text: &[u8],
        scope: Kind,
        (blind, is_trouble, acts): (bool, bool, bool),
    ) -> Option<(usize, Option<Known>)> {
        if text.len() > LONGEST {
            return None;
        }
        let text = match blind {
            true => self.likeness.key().unwrap_or(text),
            false => text,
        };
        self.known.resize_with(SLOTS, || Known::NONE);
        // the one that was there goes to the other place
        let [at, other] = places(text);
        self.known.swap(at, other);
        let new = Known {
            scope: Some(scope),
            blind,
            is_trouble,
            acts,
            text: text.to_vec(),
            ..Known::NONE
        };
        let before = std::mem::replace(&mut self.known[at], new);
        Some((at, (before.n > 0).then_some(before)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn learn(q: &mut Quiet, text: &[u8], blind: bool) {
        q.find(text, Kind::App);
        q.learn(text, Kind::App, (blind, false, false));
    }

    fn key(text: &str) -> Vec<u8> {
        let mut likeness = Likeness::new(is_read);
        likeness.fill(text.as_bytes()).unwrap().to_vec()
    }

    #[test]
    fn numbers_may_differ_where_they_say_nothing() {
        let mut q = Quiet::default();
        learn(&mut q, b"order 17 sent", true);
        learn(&mut q, b"exit code 0", false);
        for (text, scope, known) in [
            (&b"order 17 sent"[..], Kind::App, true),
            (b"order 98 sent", Kind::App, true),
            (b"order 981 sent", Kind::App, true),
            (b"order xy sent", Kind::App, false),
            (b"order 17 sent", Kind::System, false),
            (b"exit code 0", Kind::App, true),
            (b"exit code 1", Kind::App, false),
        ] {
            assert_eq!(q.find(text, scope).is_some(), known);
        }
        // the third text of the same two places is one too many
        let taken = places(&key("order 17 sent"));
        let others = (0u32..).map(|i| format!("{i:b}").replace('0', "a").replace('1', "b"));
        let mut others = others.filter(|t| places(t.as_bytes())[0] == taken[0]);
        for known in [true, false] {
            let other = others.next().unwrap();
            learn(&mut q, other.as_bytes(), true);
            assert!(q.find(other.as_bytes(), Kind::App).is_some());
            assert_eq!(q.find(b"order 17 sent", Kind::App).is_some(), known);
        }
        learn(&mut q, &[b'a'; LONGEST + 1], true);
        assert!(q.find(&[b'a'; LONGEST + 1], Kind::App).is_none());
    }

    proptest! {
        /// A text is known only if it was learnt, or one that differs in numbers which do not matter.
        #[test]
        fn what_is_known_was_learnt(
            texts in proptest::collection::vec(("[a-c0-9 ]{0,20}|[abx0-9]{30,140}", any::<bool>()), 1..6),
            asked in proptest::collection::vec("[a-c0-9 ]{0,20}", 0..30),
        ) {
            let mut q = Quiet::default();
            for (t, blind) in &texts {
                learn(&mut q, t.as_bytes(), *blind);
            }
            for a in asked.iter().chain(texts.iter().map(|t| &t.0)) {
                let learnt = texts.iter().any(|(t, blind)| t == a || *blind && key(t) == key(a));
                prop_assert!(learnt || q.find(a.as_bytes(), Kind::App).is_none());
            }
            prop_assert!(q.find(texts[texts.len() - 1].0.as_bytes(), Kind::App).is_some());
        }
    }
}
