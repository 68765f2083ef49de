//! Messages that were found to state nothing: services say few things often, and most of what is new in them are numbers.
//! Whole texts are compared, so that what is remembered never changes an answer.

use crate::summary::hash64;
use coroner_lines::record::Kind;
use coroner_lines::text::statuses;

const SLOTS: usize = 1024;
/// Longer texts are not kept.
const LONGEST: usize = 256;

/// A text that was learnt, and its lines of which nothing but their number is counted.
#[derive(Debug)]
pub(in crate::summary) struct Known {
    pub(in crate::summary) scope: Option<Kind>,
    pub(in crate::summary) text: Vec<u8>,
    /// The time behind which lines need but be counted.
    behind: i64,
    pub(in crate::summary) n: u64,
}

impl Known {
    const NONE: Known = Known {
        scope: None,
        text: Vec::new(),
        behind: i64::MAX,
        n: 0,
    };
}

/// Texts of one kind of likeness.
#[derive(Debug, Default)]
struct Texts(Vec<Known>);

impl Texts {
    fn slot(text: &[u8]) -> usize {
        hash64(text, 0) as usize % SLOTS
    }

    #[inline]
    fn know(&self, text: &[u8], scope: Kind) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let slot = Self::slot(text);
        let known = self.0.get(slot)?;
        (known.scope == Some(scope) && known.text == text).then_some(slot)
    }

    /// The place of a text that was not known, and what was counted there of another one.
    fn learn(&mut self, text: &[u8], scope: Kind) -> (usize, Option<Known>) {
        self.0.resize_with(SLOTS, || Known::NONE);
        let slot = Self::slot(text);
        let known = &mut self.0[slot];
        let before = (known.n > 0).then(|| std::mem::replace(known, Known::NONE));
        known.behind = i64::MAX;
        known.scope = Some(scope);
        known.text.clear();
        known.text.extend_from_slice(text);
        (slot, before)
    }
}

/// Messages that state nothing, by the scope of their records.
#[derive(Debug, Default)]
pub(in crate::summary) struct Quiet {
    /// Texts as they stand, then texts with zeros for digits: whatever digits stand there, they state nothing.
    texts: [Texts; 2],
    /// The text that was asked for last.
    masked: Masked,
}

/// Where a text is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::summary) struct TextPlace {
    blind: bool,
    slot: usize,
}

/// What is known of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::summary) enum Heard {
    /// Its text states nothing, and it was counted.
    Counted,
    /// Its text states nothing.
    Known(TextPlace),
    /// Nothing.
    New,
}

/// A text with zeros for all digits but those of statuses, which say what became of a call.
#[derive(Debug)]
struct Masked {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Default for Masked {
    fn default() -> Self {
        Masked {
            bytes: [0; LONGEST],
            len: 0,
        }
    }
}

impl Masked {
    /// Masks another text, unless it is too long.
    #[inline]
    fn fill(&mut self, text: &[u8]) -> Option<&[u8]> {
        let bytes = self.bytes.get_mut(..text.len())?;
        self.len = text.len();
        bytes.copy_from_slice(text);
        for c in bytes.iter_mut() {
            *c = if c.is_ascii_digit() { b'0' } else { *c };
        }
        for status in statuses(text) {
            bytes[status.clone()].copy_from_slice(&text[status]);
        }
        Some(self.text())
    }

    #[inline]
    fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Quiet {
    /// Whether a text is known to state nothing.
    #[inline(always)]
    pub(in crate::summary) fn knows(&mut self, text: &[u8], scope: Kind) -> bool {
        self.find(text, scope).is_some()
    }

    /// Counts a line whose text is known to state nothing, if its number is all that is counted of it.
    #[inline(always)]
    pub(in crate::summary) fn count(&mut self, text: &[u8], scope: Kind, us: i64) -> Heard {
        let Some(place) = self.find(text, scope) else {
            return Heard::New;
        };
        match self.at(place) {
            Some(known) if us > known.behind => {
                known.n += 1;
                Heard::Counted
            }
            _ => Heard::Known(place),
        }
    }

    /// Says behind which time lines of a text need but be counted.
    pub(in crate::summary) fn counts_behind(&mut self, place: TextPlace, behind: i64) {
        if let Some(known) = self.at(place) {
            known.behind = behind;
        }
    }

    /// All that was counted.
    pub(in crate::summary) fn counted(&mut self) -> impl Iterator<Item = Known> {
        let all = self.texts.iter_mut().flat_map(|t| std::mem::take(&mut t.0));
        all.filter(|known| known.n > 0)
    }

    #[inline(always)]
    fn at(&mut self, place: TextPlace) -> Option<&mut Known> {
        self.texts[usize::from(place.blind)].0.get_mut(place.slot)
    }

    #[inline(always)]
    fn find(&mut self, text: &[u8], scope: Kind) -> Option<TextPlace> {
        let masked = self.masked.fill(text)?;
        let [exact, blind] = &self.texts;
        let place = |blind| move |slot| TextPlace { blind, slot };
        let found = blind.know(masked, scope).map(place(true));
        found.or_else(|| exact.know(text, scope).map(place(false)))
    }

    /// Remembers the text that was asked for last, which states nothing; `blind` if nor do those that differ from it in nothing
    /// but which digits stand where digits stand. Gives its place, unless it is too long to be remembered, and what was counted
    /// of the text that is forgotten for it.
    pub(in crate::summary) fn learn(
        &mut self,
        text: &[u8],
        scope: Kind,
        blind: bool,
    ) -> Option<(TextPlace, Option<Known>)> {
        if text.len() > LONGEST {
            return None;
        }
        debug_assert_eq!(Masked::default().fill(text), Some(self.masked.text()));
        let text = if blind { self.masked.text() } else { text };
        let (slot, before) = self.texts[usize::from(blind)].learn(text, scope);
        Some((TextPlace { blind, slot }, before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn learn(q: &mut Quiet, text: &[u8], blind: bool) {
        q.knows(text, Kind::App);
        q.learn(text, Kind::App, blind);
    }

    #[test]
    fn digits_may_differ_where_they_say_nothing() {
        let mut q = Quiet::default();
        learn(&mut q, b"order 17 sent", true);
        learn(&mut q, b"exit code 0", false);
        for (text, scope, known) in [
            (&b"order 17 sent"[..], Kind::App, true),
            (b"order 98 sent", Kind::App, true),
            (b"order 981 sent", Kind::App, false),
            (b"order xy sent", Kind::App, false),
            (b"order 17 sent", Kind::System, false),
            (b"exit code 0", Kind::App, true),
            (b"exit code 1", Kind::App, false),
        ] {
            assert_eq!(q.knows(text, scope), known);
        }
        // another text of the same slot takes its place
        let other = (0u32..)
            .map(|i| format!("{:b}", i).replace('0', "a").replace('1', "b"))
            .find(|t| Texts::slot(t.as_bytes()) == Texts::slot(b"order 00 sent"))
            .unwrap();
        learn(&mut q, other.as_bytes(), true);
        assert!(q.knows(other.as_bytes(), Kind::App) && !q.knows(b"order 17 sent", Kind::App));
        learn(&mut q, &[b'a'; LONGEST + 1], true);
        assert!(!q.knows(&[b'a'; LONGEST + 1], Kind::App));
    }

    proptest! {
        /// A text is known only if it was learnt, or one that differs in digits which do not matter.
        #[test]
        fn what_is_known_was_learnt(
            texts in proptest::collection::vec(("[a-c0-9 ]{0,20}|[ab0-9]{30,140}", any::<bool>()), 1..6),
            asked in proptest::collection::vec("[a-c0-9 ]{0,20}", 0..30),
        ) {
            let mut q = Quiet::default();
            for (t, blind) in &texts {
                learn(&mut q, t.as_bytes(), *blind);
            }
            let zeros = |t: &str| t.replace(|c: char| c.is_ascii_digit(), "0");
            for a in asked.iter().chain(texts.iter().map(|t| &t.0)) {
                let learnt = texts.iter().any(|(t, blind)| t == a || *blind && zeros(t) == zeros(a));
                prop_assert!(learnt || !q.knows(a.as_bytes(), Kind::App));
            }
            prop_assert!(q.knows(texts[texts.len() - 1].0.as_bytes(), Kind::App));
        }
    }
}
