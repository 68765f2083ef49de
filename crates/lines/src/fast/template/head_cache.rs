//! Heads of lines of plain text, from the time to the text, that were read before: the same bytes show the same again. What
//! lines are is not decided here.

use crate::fast::le_words::{are, known};
use crate::fast::template::Numbers;
use crate::fast::template::text_template::zero;
use crate::record::{Kind, Level};

/// Longest head, in bytes.
const LONGEST: usize = 96;
/// Heads that are remembered.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 9;
/// Bytes of a head by which it is found.
const SPAN: usize = 64;
/// Unknown heads that may be looked at, and how many known ones make up for one of them.
const PATIENCE: u32 = 1024;
const PRICE: u32 = 4;

/// What stands between a time and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fast) struct KnownHead {
    /// In which lines it was read.
    of: Lines,
    /// Whether any digits may stand where it has some.
    pub(in crate::fast) blind: bool,
    /// Its bytes, zeros for digits if any may stand there, and which ones of the words are its own.
    words: [u64; LONGEST / 8],
    keep: [u64; LONGEST / 8],
    pub(in crate::fast) len: usize,
    pub(in crate::fast) level: Level,
    pub(in crate::fast) scope: Option<Kind>,
    /// The number of what it names.
    pub(in crate::fast) names: u32,
    /// Host and service: from where to where in the head.
    pub(in crate::fast) host: Option<(usize, usize)>,
    pub(in crate::fast) service: Option<(usize, usize)>,
}

/// The lines of a writer: bytes of a time, and the byte with which they begin; a zero for any digit.
pub(in crate::fast) type Lines = (usize, u8);

/// The heads of one input that were read lately.
#[derive(Clone, Debug)]
pub struct Heads {
    slots: Vec<Option<KnownHead>>,
    /// Bytes of the shortest of them, [`SPAN`] at most: these show where one lies.
    span: usize,
    patience: u32,
}

impl Default for Heads {
    fn default() -> Self {
        Heads {
            slots: Vec::new(),
            span: SPAN,
            patience: PATIENCE,
        }
    }
}

impl Heads {
    /// The head of a line, given from behind its time to whatever follows; there are `len` bytes to its end. One that is not known
    /// is read.
    #[inline(always)]
    pub(in crate::fast) fn known(
        &mut self,
        of: Lines,
        rest: &[u8],
        len: usize,
        read: impl FnOnce() -> Option<KnownHead>,
        numbers: &mut Numbers,
    ) -> Option<&KnownHead> {
        let at = match self.find(of, rest, len) {
            Some(at) => at,
            None => self.learn(rest, read, numbers)?,
        };
        // one that is known makes up for a part of one that was not
        self.patience = (self.patience + 1).min(PATIENCE);
        self.slots.get(at)?.as_ref()
    }

    /// The two places of a head that begins so.
    #[inline(always)]
    fn places(&self, rest: &[u8; LONGEST]) -> Option<[usize; 2]> {
        let last = self.span.saturating_sub(8);
        let word = |at: usize| Some(u64::from_le_bytes(*rest.get(at..)?.first_chunk()?));
        // of one that is shorter than a word no more than it has
        let keep = u64::MAX >> (8 * 8usize.saturating_sub(self.span).min(7));
        let sum = (word(0)? & keep)
            ^ (word(last / 3)? & keep).rotate_left(17)
            ^ (word(last / 3 * 2)? & keep).rotate_left(31)
            ^ (word(last)? & keep).rotate_left(47);
        let at = (sum.wrapping_mul(0xA076_1D64_78BD_642F) >> (64 - SLOT_BITS)) as usize;
        Some([at, at ^ 1])
    }

    /// The place of a head that was read before.
    #[inline(always)]
    fn find(&self, of: Lines, rest: &[u8], len: usize) -> Option<usize> {
        let bytes: &[u8; LONGEST] = rest.first_chunk()?;
        let find = |bytes: &[u8; LONGEST], blind| {
            let is = |at: &usize| {
                let known = self.slots.get(*at).and_then(Option::as_ref);
                let is =
                    |k: &KnownHead| k.blind == blind && k.len < len && k.of == of && k.is(bytes);
                known.is_some_and(is)
            };
            self.places(bytes)?.into_iter().find(is)
        };
        find(&zeros(bytes), true).or_else(|| find(bytes, false))
    }

    /// Remembers the head that is read at the start of some bytes, if it is one that may be; gives its place.
    #[inline(never)]
    fn learn(
        &mut self,
        rest: &[u8],
        read: impl FnOnce() -> Option<KnownHead>,
        numbers: &mut Numbers,
    ) -> Option<usize> {
        self.patience = self.patience.saturating_sub(PRICE);
        if self.patience < PRICE {
            return None;
        }
        let known = KnownHead {
            names: numbers.next(),
            ..read()?
        };
        let rest = rest.first_chunk()?;
        if known.len.min(SPAN) < self.span || self.slots.is_empty() {
            self.span = known.len.min(self.span);
            self.slots.clear();
            self.slots.resize(SLOTS, None);
        }
        let [a, b] = match known.blind {
            true => self.places(&zeros(rest))?,
            false => self.places(rest)?,
        };
        let at = if self.slots[a].is_some() { b } else { a };
        self.slots[at] = Some(known);
        Some(at)
    }
}

/// Zeros for all digits.
#[inline(always)]
fn zeros(bytes: &[u8; LONGEST]) -> [u8; LONGEST] {
    let mut zeros = *bytes;
    for c in &mut zeros {
        *c = zero(*c);
    }
    zeros
}

impl KnownHead {
    /// Whether some bytes begin with the head.
    #[inline(always)]
    fn is(&self, bytes: &[u8; LONGEST]) -> bool {
        are(bytes, &self.words, &self.keep)
    }

    /// What the bytes in front of `len` others show, of which host and service are parts; `None` where they are none of it, or too many.
    pub(in crate::fast) fn new(
        (of, blind): (Lines, bool),
        bytes: &[u8],
        (level, scope): (Level, Option<Kind>),
        [host, service]: [Option<&[u8]>; 2],
    ) -> Option<KnownHead> {
        let zeros: Vec<u8> = bytes
            .iter()
            .map(|c| if blind { zero(*c) } else { *c })
            .collect();
        let (words, keep) = known(&zeros).filter(|_| !bytes.is_empty())?;
        let place = |part: Option<&[u8]>| match part {
            None => Some(None),
            Some(part) => {
                let from = (part.as_ptr() as usize).checked_sub(bytes.as_ptr() as usize)?;
                Some(Some((from, from + part.len()))).filter(|_| from + part.len() <= bytes.len())
            }
        };
        Some(KnownHead {
            of,
            blind,
            words,
            keep,
            len: bytes.len(),
            level,
            scope,
            names: 0,
            host: place(host)?,
            service: place(service)?,
        })
    }
}
