//! What changes the lines that are kept: their places, where stretches are joined, or their texts, where these are redacted. What
//! holds lines goes through them in one way for both.

use super::{CitableLine, Marker, Pos, Seen};
use std::collections::BTreeSet;

/// What is changed of lines that are kept.
pub(super) enum LineChange<'f> {
    /// Where they lie.
    Places(&'f mut dyn FnMut(&mut Pos)),
    /// What they say, and the texts from them by which something is known.
    Texts(&'f mut dyn FnMut(&mut Vec<u8>)),
}

impl LineChange<'_> {
    pub(super) fn seen(&mut self, line: &mut Seen) {
        match self {
            LineChange::Places(f) => f(&mut line.pos),
            LineChange::Texts(f) => f(&mut line.raw),
        }
    }

    pub(super) fn line(&mut self, line: &mut CitableLine) {
        match self {
            LineChange::Places(f) => f(&mut line.pos),
            LineChange::Texts(f) => line.text(f),
        }
    }

    pub(super) fn text(&mut self, text: &mut Vec<u8>) {
        if let LineChange::Texts(f) = self {
            f(text);
        }
    }

    pub(super) fn markers(&mut self, set: &mut BTreeSet<Marker>) {
        let change = |mut m: Marker| {
            self.seen(&mut m.seen);
            self.text(&mut m.text);
            let people = m.actor.iter_mut().chain(&mut m.group);
            people.for_each(|t| self.text(t));
            m
        };
        *set = std::mem::take(set).into_iter().map(change).collect();
    }
}
