//! Heads of lines of plain text, from the time to the text, that were read before: the same bytes show the same again. What
//! lines are is not decided here.

use crate::fast::le_words::are;
use crate::fast::template::Numbers;
use crate::fast::template::text_template::{TextTemplate, zero};
use crate::format::app::head::head;
use crate::format::app::message::service_of_logger;
use crate::format::app::text::{LineStart, foreign, stamped};
use crate::record::Level;

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
#[derive(Clone, Debug)]
pub(in crate::fast) struct KnownHead {
    /// Behind which times it was read.
    of: TextTemplate,
    /// Whether any digits may stand where it has some.
    blind: bool,
    /// Its bytes, zeros for digits if any may stand there, and which ones of the words are its own.
    words: [u64; LONGEST / 8],
    keep: [u64; LONGEST / 8],
    pub(in crate::fast) len: usize,
    pub(in crate::fast) level: Level,
    /// The number of what it names.
    pub(in crate::fast) names: u32,
    /// Host and service: from where to where in the head.
    pub(in crate::fast) host: Option<(usize, usize)>,
    pub(in crate::fast) service: Option<(usize, usize)>,
}

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
    /// The head at a place.
    #[inline(always)]
    pub(in crate::fast) fn at(&mut self, place: usize) -> Option<&KnownHead> {
        // one that is known makes up for a part of one that was not
        self.patience = (self.patience + 1).min(PATIENCE);
        self.slots.get(place)?.as_ref()
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

    /// The place of the head of a line, given from behind its time to whatever follows; there are `len` bytes to its end.
    #[inline(always)]
    pub(in crate::fast) fn find(&self, of: TextTemplate, rest: &[u8], len: usize) -> Option<usize> {
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

    /// Reads the head of a line and remembers it, if it is one that may be; gives its place.
    #[inline(never)]
    pub(in crate::fast) fn learn(
        &mut self,
        of: TextTemplate,
        after: &[u8],
        line: &[u8],
        numbers: &mut Numbers,
    ) -> Option<usize> {
        self.patience = self.patience.saturating_sub(PRICE);
        if self.patience < PRICE {
            return None;
        }
        let known = KnownHead {
            names: numbers.next(),
            ..KnownHead::of(of, line)?
        };
        let rest = after.get(of.time..)?.first_chunk()?;
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

    /// The head of a line like those of a writer.
    fn of(of: TextTemplate, line: &[u8]) -> Option<KnownHead> {
        let LineStart { level, rest, .. } = stamped(line)?;
        if level.is_some() || rest.len() + of.time != line.len() {
            return None;
        }
        let h = head(rest);
        let text = rest.len() - h.text.len();
        let bytes = rest
            .get(..text)
            .filter(|b| !b.is_empty() && b.len() <= LONGEST)?;
        // the same head before a text that is certainly none of it
        let other = [bytes, b"a b"].concat();
        let o = head(&other);
        let same = (o.level, o.bracketed, o.host, o.logger, o.scope, o.text)
            == (h.level, h.bracketed, h.host, h.logger, None, b"a b");
        if !same || foreign(&o, &other) {
            return None;
        }
        let place = |part: Option<&[u8]>| {
            let part = part?;
            let from = (part.as_ptr() as usize).checked_sub(rest.as_ptr() as usize)?;
            Some((from, from + part.len())).filter(|(_, to)| *to <= text)
        };
        let service = h.logger.and_then(service_of_logger);
        let (host, at) = (place(h.host), place(service));
        // a level may be a word with a number, and a name is another one with another number
        let blind = !is_numbered(bytes)
            && !h
                .logger
                .into_iter()
                .chain(h.host)
                .flatten()
                .any(u8::is_ascii_digit);
        let mut known = KnownHead {
            of,
            blind,
            words: [0; LONGEST / 8],
            keep: [0; LONGEST / 8],
            len: text,
            level: h.level?,
            names: 0,
            host,
            service: at,
        };
        if host.is_some() != h.host.is_some() || at.is_some() != service.is_some() {
            return None;
        }
        for (i, c) in bytes.iter().enumerate() {
            let c = if blind { zero(*c) } else { *c };
            *known.words.get_mut(i / 8)? |= u64::from(c) << (8 * (i % 8));
            *known.keep.get_mut(i / 8)? |= 0xFF << (8 * (i % 8));
        }
        Some(known)
    }
}

/// Whether a level may be known by its number: `debug5`.
fn is_numbered(head: &[u8]) -> bool {
    let mut all = head.array_windows();
    all.any(|w: &[u8; 6]| w[..5].eq_ignore_ascii_case(b"debug") && w[5].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// A line with other digits.
    fn other(line: &str, digits: &[u8]) -> String {
        let mut digits = digits.iter().cycle();
        let digit = |c: char| {
            if c.is_ascii_digit() {
                digits.next().map_or(c, |d| char::from(*d))
            } else {
                c
            }
        };
        line.chars().map(digit).collect()
    }

    proptest! {
        /// A head that is one of many reads as all of them do.
        #[test]
        fn heads_that_differ_in_digits_read_the_same(
            head in proptest::collection::vec(prop_oneof![3 => select(vec![
                "INFO", "[main]", "DEBUG5", "debug1:", "[nio-8080-exec-7]", "[12]", "---", "1", "[7]", "-", ":", "|", "p=4", "u=a2", "n=ansible",
                "<Error>", "{a.py:12}", "com.shop.Pay", "app-7", "web2:", "module", "1234567890", "id=3", "[warn]", "[System]", "[MY-1]", "E!", "W",
                "a7.b:", "core/ERROR/7", "log4j.x", "[pid 7]", "[a:b]", "tid=x7", "ERROR", "shop.pay:7", "#12", "fail:", "00000000-0000-0000-0000-000000000000\t",
            ]).prop_map(String::from), 1 => "[a-zA-Z0-9._:<>\\[\\]-]{1,9}"], 1..8),
            digits in proptest::collection::vec(b'0'..=b'9', 40),
        ) {
            const TIME: &str = "2024-03-05 08:00:00 ";
            let head = head.join(" ");
            let read = |head: &str| {
                let line = format!("{TIME}{head} order sent");
                let of = TextTemplate::learn(line.as_bytes())?;
                let k = KnownHead::of(of, line.as_bytes())?;
                Some((k.blind, k.words, k.len, k.level, k.host, k.service))
            };
            if let Some(one) = read(&head).filter(|k| k.0) {
                prop_assert_eq!(read(&other(&head, &digits)), Some(one), "{}", head);
            }
        }
    }
}
