//! The stretch of a structured line that shows its level, service and host where these follow each other: the same bytes as in
//! a line before show the same again, and no value of them is looked at. Whole stretches are compared.

use crate::fast::le_words::{are, known};
use crate::fast::line_shape::Shape;
use crate::fast::template::Numbers;
use crate::format::app::keys::Meaning;
use crate::record::Level;
use std::ops::Range;

/// Longest stretch, in bytes.
const LONGEST: usize = 96;
/// Stretches that are remembered.
const SLOTS: usize = 512;
/// Unknown stretches that may be remembered, and how many known ones make up for one of them.
const PATIENCE: u32 = 1024;
const PRICE: u32 = 4;

/// Where the stretch of a writer lies.
#[derive(Clone, Debug)]
pub(in crate::fast) struct NameRun {
    /// Values in it, by number. The next one is a quoted text.
    pub(in crate::fast) values: Range<usize>,
    /// Bytes in front of its first value, and in front of the next one.
    lead: usize,
    tail: usize,
}

impl NameRun {
    /// The stretch in which all that lines state of level, service and host stands, if there is one.
    pub(in crate::fast) fn of(shape: &Shape<Meaning>) -> Option<NameRun> {
        let is = |m: &Meaning| {
            matches!(
                m,
                Meaning::Level | Meaning::Service(_) | Meaning::Logger | Meaning::Host(_)
            )
        };
        let first = shape.whats().position(is)?;
        let n = shape.whats().skip(first).take_while(|m| is(m)).count();
        let all = shape.whats().filter(|m| is(m)).count();
        let next = first + n;
        let good = n == all && n <= 4 && shape.is_quoted(next);
        good.then_some(NameRun {
            values: first..next,
            lead: shape.before(first),
            tail: shape.before(next),
        })
    }
}

/// What a stretch shows. Places are counted from its first byte.
#[derive(Clone, Copy, Debug)]
pub(in crate::fast) struct SpanValues {
    pub(in crate::fast) level: Level,
    pub(in crate::fast) service: Option<(usize, usize)>,
    pub(in crate::fast) host: Option<(usize, usize)>,
    /// The number of these names.
    pub(in crate::fast) names: u32,
    /// The values.
    pub(in crate::fast) spans: [(usize, usize); 4],
}

/// A stretch that was read.
#[derive(Clone, Debug)]
struct KnownSpan {
    /// Number of the writer.
    of: u32,
    words: [u64; LONGEST / 8],
    keep: [u64; LONGEST / 8],
    len: usize,
    values: SpanValues,
}

/// The stretches of one input that were read lately.
#[derive(Clone, Debug)]
pub struct Stretches {
    slots: Vec<Option<KnownSpan>>,
    patience: u32,
}

impl Default for Stretches {
    fn default() -> Self {
        Stretches {
            slots: Vec::new(),
            patience: PATIENCE,
        }
    }
}

impl Stretches {
    /// Where a stretch of a writer is remembered: by its length and the ends of its values.
    #[inline(always)]
    fn place(
        (of, run): (u32, &NameRun),
        after: &[u8],
        (from, to): (usize, usize),
    ) -> Option<usize> {
        let word = |at: usize| Some(u64::from_le_bytes(*after.get(at..)?.first_chunk()?));
        let len = to.checked_sub(from)?;
        let last = to.checked_sub(run.tail + 8)?;
        let sum = word(from + run.lead)?
            ^ word(from + len / 2)?.rotate_left(23)
            ^ word(last)?.rotate_left(41)
            ^ (u64::from(of) << 32 | len as u64);
        Some((sum.wrapping_mul(0xA076_1D64_78BD_642F) >> 55) as usize % SLOTS)
    }

    /// The place of what the bytes from `from` to `to` show as the stretch of that writer, if they were read before.
    #[inline(always)]
    pub(in crate::fast) fn find(
        &mut self,
        (of, run): (u32, &NameRun),
        after: &[u8],
        (from, to): (usize, usize),
    ) -> Option<usize> {
        let at = Self::place((of, run), after, (from, to))?;
        let bytes: &[u8; LONGEST] = after.get(from..)?.first_chunk()?;
        let is = |at: &usize| {
            let known = self.slots.get(*at).and_then(Option::as_ref);
            known.is_some_and(|k| k.len == to - from && k.of == of && are(bytes, &k.words, &k.keep))
        };
        let at = [at, at ^ 1].into_iter().find(is)?;
        self.patience = (self.patience + 1).min(PATIENCE);
        Some(at)
    }

    /// What the stretch at a place shows.
    #[inline(always)]
    pub(in crate::fast) fn at(&self, place: usize) -> Option<&SpanValues> {
        Some(&self.slots.get(place)?.as_ref()?.values)
    }

    /// Remembers what a stretch shows.
    #[inline(never)]
    pub(in crate::fast) fn learn(
        &mut self,
        (of, run): (u32, &NameRun),
        after: &[u8],
        (from, to): (usize, usize),
        values: SpanValues,
        numbers: &mut Numbers,
    ) -> Option<()> {
        self.patience = self.patience.saturating_sub(PRICE);
        if self.patience < PRICE {
            return None;
        }
        let (words, keep) = known(after.get(from..to)?)?;
        let at = Self::place((of, run), after, (from, to))?;
        let known = KnownSpan {
            of,
            words,
            keep,
            len: to - from,
            values: SpanValues {
                names: numbers.next(),
                ..values
            },
        };
        self.slots.resize(SLOTS, None);
        // the one that was there goes to the other place
        self.slots.swap(at, at ^ 1);
        self.slots[at] = Some(known);
        Some(())
    }
}
