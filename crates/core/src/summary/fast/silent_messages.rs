//! Messages that were found to state nothing: services say few things often, and most of what is new in them are numbers.
//! Whole texts are compared, so that what is remembered never changes an answer.

use crate::summary::hash64;
use coroner_lines::record::Kind;

const SLOTS: usize = 1024;
/// Longer texts are not kept.
const LONGEST: usize = 256;

/// A text that was learnt, and its lines of which nothing but their number is to be told.
#[derive(Debug)]
pub(in crate::summary) struct Known {
    pub(in crate::summary) scope: Option<Kind>,
    pub(in crate::summary) text: Vec<u8>,
    /// How many texts were learnt in this place.
    turn: u32,
    /// The time behind which lines need but be counted.
    behind: i64,
    pub(in crate::summary) n: u64,
}

impl Known {
    const NONE: Known = Known {
        scope: None,
        text: Vec::new(),
        turn: 0,
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
        let turn = known.turn.wrapping_add(1);
        let before = (known.n > 0).then(|| std::mem::replace(known, Known::NONE));
        (known.turn, known.behind) = (turn, i64::MAX);
        known.scope = Some(scope);
        known.text.clear();
        known.text.extend_from_slice(text);
        (slot, before)
    }
}

/// Messages that state nothing, by the scope of their records.
#[derive(Debug, Default)]
pub(in crate::summary) struct Quiet {
    /// Texts as they stand, then texts with zeros for all digits: whatever digits stand there, they state nothing.
    texts: [Texts; 2],
    /// Those of them that were met last, by a few of their bytes. Empty before the first.
    met: Vec<Met>,
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

/// Texts that were met last.
const MET: usize = 256;
/// Longer ones, and those shorter than a word, are not among them.
const LONGEST_MET: usize = 128;

/// A text that was met, compared whole as well.
#[derive(Clone, Debug)]
struct Met {
    /// `None`: no text.
    scope: Option<Kind>,
    /// Where it is known, if another text is not known there by now. The digits of one that is blind are zeros, and those of
    /// what is compared count as such.
    place: TextPlace,
    turn: u32,
    len: usize,
    text: [u8; LONGEST_MET],
}

/// Eight bytes with zeros for all digits.
#[inline(always)]
fn without_digits(w: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    const ZEROS: u64 = ONES * b'0' as u64;
    let x = w ^ ZEROS;
    // the high bit of each byte that is a digit: no carry leaves a byte
    let digit = !((x & !HIGH).wrapping_add(ONES * 0x76) | x) & HIGH;
    let bytes = digit | digit.wrapping_sub(digit >> 7);
    w & !bytes | ZEROS & bytes
}

/// Eight bytes of a text from `at`, with zeros for all digits.
#[inline(always)]
fn word(text: &[u8], at: usize) -> Option<u64> {
    let w = text.get(at..)?.first_chunk()?;
    Some(without_digits(u64::from_le_bytes(*w)))
}

/// Whether two texts of one length of at least eight bytes are the same, digits of the first one taken for zeros if `blind`.
#[inline(always)]
pub(in crate::summary) fn is_same(text: &[u8], known: &[u8], blind: bool) -> bool {
    let (Some(a), Some(b)) = (text.last_chunk::<32>(), known.last_chunk()) else {
        return match blind {
            true => same(text, known, without_digits),
            false => same(text, known, |w| w),
        };
    };
    // most digits: none, or all of them
    let most = if blind { 10 } else { 0 };
    let mut all = [0; 32];
    differences(a, b, most, &mut all);
    for (a, b) in text
        .as_chunks::<32>()
        .0
        .iter()
        .zip(known.as_chunks::<32>().0)
    {
        differences(a, b, most, &mut all);
    }
    all == [0; 32]
}

/// Notes which of 32 bytes differ, those of the first text that are less than `most` above a zero taken for one.
#[inline(always)]
fn differences(a: &[u8; 32], b: &[u8; 32], most: u8, all: &mut [u8; 32]) {
    for i in 0..32 {
        let c = if a[i].wrapping_sub(b'0') < most {
            b'0'
        } else {
            a[i]
        };
        all[i] |= c ^ b[i];
    }
}

/// The same for shorter ones, digits of the first one as `mask` makes them.
#[inline(always)]
fn same(text: &[u8], known: &[u8], mask: impl Fn(u64) -> u64) -> bool {
    let differ = |a: &[u8; 8], b: &[u8; 8]| mask(u64::from_le_bytes(*a)) ^ u64::from_le_bytes(*b);
    let (Some(a), Some(b)) = (text.last_chunk(), known.last_chunk()) else {
        return false;
    };
    let mut all = differ(a, b);
    for (a, b) in text.as_chunks::<8>().0.iter().zip(known.as_chunks::<8>().0) {
        all |= differ(a, b);
    }
    all == 0
}

/// A number that is the same for texts of one length that differ in no more than which digits they hold: of three of their
/// words. `None` for a text that is too short or too long.
#[inline(always)]
pub(in crate::summary) fn likeness(text: &[u8]) -> Option<u64> {
    let last = text.len().checked_sub(8)?;
    if text.len() > LONGEST_MET {
        return None;
    }
    let (a, b, c) = (word(text, 0)?, word(text, last / 2)?, word(text, last)?);
    Some(a ^ b.rotate_left(23) ^ c.rotate_left(41) ^ text.len() as u64)
}

impl Met {
    const NONE: Met = Met {
        scope: None,
        place: TextPlace {
            blind: false,
            slot: 0,
        },
        turn: 0,
        len: 0,
        text: [0; LONGEST_MET],
    };

    /// The place of a text.
    #[inline(always)]
    fn place(text: &[u8]) -> Option<usize> {
        let sum = likeness(text)?;
        Some((sum.wrapping_mul(0xA076_1D64_78BD_642F) >> 56) as usize % MET)
    }

    #[inline(always)]
    fn is(&self, text: &[u8], scope: Kind) -> bool {
        let Some(known) = self.text.get(..self.len) else {
            return false;
        };
        self.scope == Some(scope)
            && known.len() == text.len()
            && is_same(text, known, self.place.blind)
    }
}

/// A text with zeros for all digits.
struct Masked {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Masked {
    #[inline]
    fn of(text: &[u8]) -> Option<Masked> {
        let mut m = Masked {
            bytes: [0; LONGEST],
            len: text.len(),
        };
        for (m, c) in m.bytes.get_mut(..text.len())?.iter_mut().zip(text) {
            *m = if c.is_ascii_digit() { b'0' } else { *c };
        }
        Some(m)
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

    /// Counts a line whose text is known to state nothing, if its number is all that is to be told of it.
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
        if let Some(at) = Met::place(text)
            && let Some(met) = self.met.get(at)
            && met.is(text, scope)
        {
            let (place, turn) = (met.place, met.turn);
            if self.at(place).is_some_and(|known| known.turn == turn) {
                return Some(place);
            }
        }
        self.knew(text, scope)
    }

    /// The same for a text that was not met lately.
    #[inline(never)]
    fn knew(&mut self, text: &[u8], scope: Kind) -> Option<TextPlace> {
        let masked = Masked::of(text)?;
        let [exact, blind] = &self.texts;
        let (place, known) = match blind.know(masked.text(), scope) {
            Some(slot) => (TextPlace { blind: true, slot }, masked.text()),
            None => {
                let slot = exact.know(text, scope)?;
                (TextPlace { blind: false, slot }, text)
            }
        };
        let turn = self.at(place)?.turn;
        if let Some(at) = Met::place(text) {
            self.met.resize(MET, Met::NONE);
            let m = &mut self.met[at];
            (m.scope, m.place, m.turn, m.len) = (Some(scope), place, turn, text.len());
            m.text[..text.len()].copy_from_slice(known);
        }
        Some(place)
    }

    /// Remembers a text that states nothing; `blind` if nor do those that differ from it in nothing but which digits stand
    /// where digits stand. Gives its place, unless it is too long to be remembered, and what was counted of the text that is
    /// forgotten for it.
    pub(in crate::summary) fn learn(
        &mut self,
        text: &[u8],
        scope: Kind,
        blind: bool,
    ) -> Option<(TextPlace, Option<Known>)> {
        let masked = Masked::of(text)?;
        let text = if blind { masked.text() } else { text };
        let (slot, before) = self.texts[usize::from(blind)].learn(text, scope);
        Some((TextPlace { blind, slot }, before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_may_differ_where_they_say_nothing() {
        let mut q = Quiet::default();
        q.learn(b"order 17 sent", Kind::App, true);
        q.learn(b"exit code 0", Kind::App, false);
        for (text, scope, known) in [
            (&b"order 17 sent"[..], Kind::App, true),
            (b"order 98 sent", Kind::App, true),
            (b"order 981 sent", Kind::App, false),
            (b"order xy sent", Kind::App, false),
            (b"order 17 sent", Kind::System, false),
            (b"exit code 0", Kind::App, true),
            (b"exit code 1", Kind::App, false),
        ] {
            // at first, and when it was met
            for _ in 0..2 {
                assert_eq!(q.knows(text, scope), known);
            }
        }
        // another text of the same slot takes its place
        let other = (0u32..)
            .map(|i| format!("{:b}", i).replace('0', "a").replace('1', "b"))
            .find(|t| Texts::slot(t.as_bytes()) == Texts::slot(b"order 00 sent"))
            .unwrap();
        q.learn(other.as_bytes(), Kind::App, true);
        assert!(q.knows(other.as_bytes(), Kind::App) && !q.knows(b"order 17 sent", Kind::App));
        q.learn(&[b'a'; LONGEST + 1], Kind::App, true);
        assert!(!q.knows(&[b'a'; LONGEST + 1], Kind::App));
    }

    proptest! {
        #[test]
        fn what_was_met_is_what_was_learnt(
            texts in proptest::collection::vec(("[a-c0-9 ]{0,20}|[ab0-9]{30,140}", any::<bool>()), 1..6),
            asked in proptest::collection::vec("[a-c0-9 ]{0,20}", 0..30),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[ab0-9/:]"), 0..9),
        ) {
            let changed = changes.iter().map(|(which, at, to)| {
                let mut t = which.get(&texts).0.clone();
                let at = at.index(t.len().max(1));
                t.replace_range(at..(at + 1).min(t.len()), to);
                t
            });
            let asked: Vec<String> = asked.into_iter().chain(changed).collect();
            let mut q = Quiet::default();
            for (t, blind) in &texts {
                q.learn(t.as_bytes(), Kind::App, *blind);
            }
            let zeros = |t: &str| t.replace(|c: char| c.is_ascii_digit(), "0");
            for a in asked.iter().chain(texts.iter().map(|t| &t.0)) {
                let lately = q.knows(a.as_bytes(), Kind::App);
                let mut anew = Quiet::default();
                for (t, blind) in &texts {
                    anew.learn(t.as_bytes(), Kind::App, *blind);
                }
                prop_assert_eq!(lately, anew.knew(a.as_bytes(), Kind::App).is_some());
                let learnt = texts.iter().any(|(t, blind)| t == a || *blind && zeros(t) == zeros(a));
                prop_assert!(learnt || !lately);
            }
        }

        #[test]
        fn digits_become_zeros(b in any::<[u8; 8]>(), digits in any::<[u8; 8]>()) {
            for b in [b, digits.map(|d| b'.' + d % 14)] {
                let plain = b.map(|c| if c.is_ascii_digit() { b'0' } else { c });
                prop_assert_eq!(without_digits(u64::from_le_bytes(b)).to_le_bytes(), plain);
            }
        }
    }
}
