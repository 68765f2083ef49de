//! What the lines of one writer have in common: the same keys in the same order with the same text between the values. Such a
//! line is checked against that text, and its values are cut out by the marks of its quotes. What they mean is for the formats.

use crate::fast::closes;
use crate::fast::literal::{Between, LONGEST};
use crate::fast::value::{Near, find_blank};
use crate::vector::WINDOW;
use std::ops::Range;

/// Where a value ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueEnd {
    /// It is a text, which ends at the next quote.
    Quote,
    /// It is a number, and the next mark stands a known distance behind it.
    Number,
    /// At a blank.
    Blank,
}

/// A value, and the text in front of it.
#[derive(Clone, Debug)]
struct Slot<T> {
    text: Between,
    ends: ValueEnd,
    /// Marks of the line in front of its end.
    mark: usize,
    /// From the end of a number to the next mark.
    before: usize,
    what: T,
}

/// The lines of one writer. `T` is what is known of each value.
#[derive(Clone, Debug)]
pub(super) struct Shape<T> {
    slots: Vec<Slot<T>>,
    /// What stands behind the last value.
    end: Between,
    /// Quotes in a line.
    quotes: usize,
    /// Where its keys may stand in any order.
    keys: Option<KeyTable>,
}

/// What has been seen of a line so far.
pub(super) struct Learning<'l, T> {
    line: &'l [u8],
    slots: Vec<Slot<T>>,
    from: usize,
    good: bool,
}

impl<'l, T> Learning<'l, T> {
    /// Nothing yet.
    pub(super) fn of(line: &'l [u8]) -> Self {
        Learning {
            line,
            slots: Vec::new(),
            from: 0,
            good: true,
        }
    }

    /// Takes the next value, which is a part of the line. Says whether the line can be learnt so far.
    pub(super) fn value(&mut self, value: &[u8], ends: ValueEnd, what: T) -> bool {
        let at = (value.as_ptr() as usize).wrapping_sub(self.line.as_ptr() as usize);
        let text = self.line.get(self.from..at).and_then(Between::new);
        self.good &= text.is_some();
        self.slots.extend(text.map(|text| Slot {
            text,
            ends,
            mark: 0,
            before: 0,
            what,
        }));
        self.from = at.wrapping_add(value.len());
        self.good
    }

    /// The line cannot be learnt.
    pub(super) fn refuse(&mut self) -> bool {
        self.good = false;
        false
    }

    /// The shape of the line; `None` where quotes stand within its values.
    pub(super) fn done(mut self) -> Option<Shape<T>> {
        let end = Between::new(self.line.get(self.from..)?)?;
        let mut quotes = 0;
        for s in &mut self.slots {
            quotes += s.text.quotes;
            s.mark = quotes;
        }
        let mut next = end.clone();
        for s in self.slots.iter_mut().rev() {
            s.before = next.before_quote();
            next = s.text.clone();
        }
        quotes += end.quotes;
        let all = memchr::memchr_iter(b'"', self.line);
        let all = all.filter(|q| closes(self.line, *q as u32)).count();
        let good = self.good && self.slots.len() <= MOST;
        (good && all == quotes && !self.slots.is_empty()).then_some(Shape {
            slots: self.slots,
            end,
            quotes,
            keys: None,
        })
    }
}

/// Values in a line; one with more is not learnt.
pub(super) const MOST: usize = 48;

/// Where the values of the last line stand: from the first index to the second, counted from its first byte.
#[derive(Clone, Debug)]
pub struct Spans([(u32, u32); MOST]);

impl Default for Spans {
    fn default() -> Self {
        Spans([(0, 0); MOST])
    }
}

impl Spans {
    /// The value of that number, if there is one so high.
    #[inline(always)]
    pub(super) fn near<'a>(&self, after: &'a [u8], n: usize) -> Option<Near<'a>> {
        let (from, to) = *self.0.get(n)?;
        Near::new(after, from as usize, to as usize)
    }

    /// Notes where the value of that number stands.
    pub(super) fn set(&mut self, n: usize, (from, to): (usize, usize)) {
        if let Some(s) = self.0.get_mut(n) {
            *s = (from as u32, to as u32);
        }
    }

    /// Where the value of that number stands.
    #[inline(always)]
    pub(super) fn place(&self, n: usize) -> (usize, usize) {
        let (from, to) = self.0.get(n).copied().unwrap_or_default();
        (from as usize, to as usize)
    }
}

impl<T> Shape<T> {
    /// Quotes in a line.
    #[inline(always)]
    pub(super) fn quotes(&self) -> usize {
        self.quotes
    }

    /// What is known of the values, in order.
    pub(super) fn whats(&self) -> impl ExactSizeIterator<Item = &T> {
        self.slots.iter().map(|s| &s.what)
    }

    /// Bytes in front of the value of that number.
    pub(super) fn before(&self, n: usize) -> usize {
        self.slots.get(n).map_or(0, |s| s.text.len)
    }

    /// Whether the value of that number stands between quotes.
    pub(super) fn is_quoted(&self, n: usize) -> bool {
        self.slots.get(n).is_some_and(|s| s.ends == ValueEnd::Quote)
    }

    /// Finds the values of a line; `None` where it is not like those of the writer. `marks` are the positions of its quotes
    /// and of its end, counted from `base` before its first byte; `after` begins with the line and goes on behind it.
    #[inline(always)]
    pub(super) fn cut(
        &self,
        after: &[u8],
        marks: (&[u32], usize),
        spans: &mut Spans,
    ) -> Option<()> {
        let at = self.cut_some(0..self.slots.len(), (after, 0), marks, spans)?;
        self.ends((after, at), marks)
    }

    /// Finds some of the values, of which the text in front of the first one begins `at` so many bytes; gives the end of the
    /// last one.
    #[inline(always)]
    pub(super) fn cut_some(
        &self,
        which: Range<usize>,
        (after, mut at): (&[u8], usize),
        marks: (&[u32], usize),
        spans: &mut Spans,
    ) -> Option<usize> {
        let spans = spans.0.get_mut(which.clone())?;
        for (s, span) in self.slots.get(which)?.iter().zip(spans) {
            if !s.text.is(after.get(at..)?.first_chunk()?) {
                return None;
            }
            let from = at + s.text.len;
            at = s.end(after, from, marks)?;
            *span = (from as u32, at as u32);
        }
        Some(at)
    }

    /// Where the value of that number begins, behind its quote.
    #[inline(always)]
    pub(super) fn opened(&self, n: usize, (marks, base): (&[u32], usize)) -> Option<usize> {
        let quote = self.slots.get(n)?.mark.checked_sub(1)?;
        Some((*marks.get(quote)? as usize).wrapping_sub(base) + 1)
    }

    /// Finds the value of that number, which begins there; gives its end.
    #[inline(always)]
    pub(super) fn cut_opened(
        &self,
        n: usize,
        (after, from): (&[u8], usize),
        marks: (&[u32], usize),
        spans: &mut Spans,
    ) -> Option<usize> {
        let at = self.slots.get(n)?.end(after, from, marks)?;
        *spans.0.get_mut(n)? = (from as u32, at as u32);
        Some(at)
    }

    /// Whether nothing but the end of the line stands behind the last value.
    #[inline(always)]
    pub(super) fn ends(
        &self,
        (after, at): (&[u8], usize),
        (marks, base): (&[u32], usize),
    ) -> Option<()> {
        let end = (*marks.get(self.quotes)? as usize).wrapping_sub(base);
        let behind: &[u8; LONGEST] = after.get(at..)?.first_chunk()?;
        (at + self.end.len == end && self.end.is(behind)).then_some(())
    }
}

/// The keys of a writer, by which the values of an object are found that has them in another order, or not all of them.
#[derive(Clone, Debug)]
struct KeyTable {
    keys: Vec<[u64; WINDOW / 8]>,
    /// Values that each line has, and those of which it has one, as bits.
    needed: u64,
    any: u64,
}

impl<T> Shape<T> {
    /// Learns the keys of the values in order, if none is long, empty or there twice: an object that has the `needed` ones and one of `any`
    /// is one of the writer, whatever their order.
    pub(super) fn learn_keys(&mut self, all: &[&[u8]], needed: u64, any: u64) -> Option<()> {
        let mut keys = Vec::new();
        for key in all {
            let padded = [key, &[0; WINDOW][..]].concat();
            let words = Near::new(&padded, 0, key.len())?.words()?;
            if key.is_empty() || keys.contains(&words) {
                return None;
            }
            keys.push(words);
        }
        self.keys = (keys.len() == self.slots.len()).then_some(KeyTable { keys, needed, any });
        Some(())
    }

    /// Finds the values of an object by its keys, each of them once at most and in any order, otherwise as [`Shape::cut`] does.
    #[inline(always)]
    pub(super) fn cut_by_keys(
        &self,
        after: &[u8],
        (marks, base): (&[u32], usize),
        spans: &mut Spans,
    ) -> Option<()> {
        let KeyTable { keys, needed, any } = self.keys.as_ref()?;
        let mark = |m: usize| Some((*marks.get(m)? as usize).wrapping_sub(base));
        let blank = |at: usize| usize::from(after.get(at) == Some(&b' '));
        // what is not there has no place
        spans.0[..self.slots.len()].fill((1, 0));
        let end = mark(marks.len() - 1)?;
        let (mut at, mut m, mut seen, mut next) = (0, 0, 0, 0);
        if after.first() != Some(&b'{') {
            return None;
        }
        loop {
            let open = at + 1 + blank(at + 1);
            let close = mark(m + 1)?;
            let key = Near::new(after, open + 1, close)?.words()?;
            // most often that of the value behind the last one
            let behind = keys.get(next..)?.iter().position(|k| *k == key);
            let n = match behind {
                Some(n) => next + n,
                None => keys.get(..next)?.iter().position(|k| *k == key)?,
            };
            next = n + 1;
            let slot = self.slots.get(n)?;
            let mut from = close + 2 + blank(close + 2);
            if mark(m)? != open || after.get(close + 1) != Some(&b':') || seen >> n & 1 == 1 {
                return None;
            }
            let to = match slot.ends {
                ValueEnd::Quote if mark(m + 2)? == from => {
                    from += 1;
                    m += 4;
                    let to = mark(m - 1)?;
                    at = to + 1;
                    (after.get(to - 1) != Some(&b'\\')).then_some(to)?
                }
                ValueEnd::Number => {
                    m += 2;
                    let next = mark(m)?.checked_sub(1)?;
                    at = next - blank(next);
                    Near::new(after, from, at)?
                        .is_plain_number()
                        .then_some(at)?
                }
                _ => return None,
            };
            seen |= 1 << n;
            spans.set(n, (from, to));
            match after.get(at)? {
                b',' => {}
                b'}' => {
                    let all = seen & needed == *needed && seen & any != 0;
                    return (at + 1 == end && all).then_some(());
                }
                _ => return None,
            }
        }
    }
}

impl<T> Slot<T> {
    /// Where a value ends that begins there.
    #[inline(always)]
    fn end(&self, after: &[u8], from: usize, (marks, base): (&[u32], usize)) -> Option<usize> {
        let next = (*marks.get(self.mark)? as usize).wrapping_sub(base);
        let (at, plain) = match self.ends {
            ValueEnd::Quote => (next, *after.get(next.wrapping_sub(1))? != b'\\'),
            ValueEnd::Number => {
                let to = next.wrapping_sub(self.before);
                (to, Near::new(after, from, to)?.is_plain_number())
            }
            // a quote in it would be one that the marks of later values take for theirs
            ValueEnd::Blank => {
                let to = find_blank(after, from)?;
                (to, to <= next)
            }
        };
        (plain && at >= from).then_some(at)
    }
}
