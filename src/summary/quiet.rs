//! Messages that were found to state nothing: services say few things often, and most of what is new in them are numbers.
//! Whole texts are compared, so that what is remembered never changes an answer.

use super::hash64;
use crate::record::Kind;

const SLOTS: usize = 1024;
/// Longer texts are not kept.
const LONGEST: usize = 256;

/// Texts of one kind of likeness.
#[derive(Debug, Default)]
struct Texts(Vec<(Option<Kind>, Vec<u8>)>);

impl Texts {
    fn slot(text: &[u8]) -> usize {
        hash64(text, 0) as usize % SLOTS
    }

    #[inline]
    fn know(&self, text: &[u8], scope: Kind) -> bool {
        !self.0.is_empty()
            && self
                .0
                .get(Self::slot(text))
                .is_some_and(|(s, t)| *s == Some(scope) && t == text)
    }

    fn learn(&mut self, text: &[u8], scope: Kind) {
        self.0.resize_with(SLOTS, Default::default);
        let (s, t) = &mut self.0[Self::slot(text)];
        *s = Some(scope);
        t.clear();
        t.extend_from_slice(text);
    }
}

/// Messages that state nothing, by the scope of their records.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// Texts with zeros for all digits: whatever digits stand there, they state nothing.
    masked: Texts,
    /// Texts as they stand.
    exact: Texts,
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
    #[inline]
    pub(super) fn knows(&self, text: &[u8], scope: Kind) -> bool {
        let Some(masked) = Masked::of(text) else {
            return false;
        };
        self.masked.know(masked.text(), scope) || self.exact.know(text, scope)
    }

    /// Remembers a text that states nothing; `blind` if nor do those that differ from it in nothing but which digits stand
    /// where digits stand.
    pub(super) fn learn(&mut self, text: &[u8], scope: Kind, blind: bool) {
        match (Masked::of(text), blind) {
            (Some(masked), true) => self.masked.learn(masked.text(), scope),
            (Some(_), false) => self.exact.learn(text, scope),
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(q.knows(text, scope), known);
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
}
