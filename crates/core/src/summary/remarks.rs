//! What people wrote to each other: in chats, in comments, in the notes of tickets. Each is kept as it was written; what it says of an
//! outage is judged when the report is made.

use super::change::LineChange;
use super::{Empty, Seen};
use coroner_lines::hash::hash64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One message of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remark {
    /// The line.
    pub seen: Seen,
    /// Who wrote it; empty where no name is known.
    #[serde(with = "super::wire::bytes")]
    pub author: Vec<u8>,
    /// The words, at most [`Remark::KEEP`] bytes.
    #[serde(with = "super::wire::bytes")]
    pub text: Vec<u8>,
}

impl Remark {
    /// Bytes of the words that are kept: a long message of a chat.
    pub const KEEP: usize = 600;
}

/// The remarks of one track, the earliest where there are too many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Remarks(BTreeSet<Remark>);

/// Remarks kept of one track: some weeks of a busy channel.
const MOST: usize = 12_000;

/// Remarks from which on it shows whether they are those of people.
const MANY: usize = 50;

impl Empty for Remarks {
    fn empty() -> &'static Remarks {
        static EMPTY: LazyLock<Remarks> = LazyLock::new(Remarks::default);
        &EMPTY
    }
}

impl Remarks {
    /// Keeps a remark.
    pub(super) fn add(&mut self, r: Remark) {
        self.0.insert(r);
        while self.0.len() > MOST {
            self.0.pop_last();
        }
    }

    /// Adds those of another stretch.
    pub(super) fn merge(&mut self, other: Remarks) {
        other.0.into_iter().for_each(|r| self.add(r));
    }

    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order of their times.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Remark> {
        self.0.iter()
    }

    /// The same; none where they are what a program writes behind a name in brackets, which says the same
    /// again and again but for figures.
    pub fn of_people(&self) -> impl Iterator<Item = &Remark> {
        let words = |r: &Remark| {
            let letters = r.text.iter().filter(|c| !c.is_ascii_digit());
            hash64(&letters.copied().collect::<Vec<u8>>(), 0)
        };
        let said: BTreeSet<u64> = self.0.iter().map(words).collect();
        let talk = self.0.len() < MANY || said.len() * 2 >= self.0.len();
        self.0.iter().filter(move |_| talk)
    }

    /// Keeps those whose time is one that is asked for.
    pub(super) fn retain(&mut self, holds: impl Fn(i64) -> bool) {
        self.0.retain(|r| holds(r.seen.us));
    }

    /// Goes through every line, and every text from them.
    pub(super) fn change(&mut self, c: &mut LineChange<'_>) {
        let change = |mut r: Remark| {
            c.seen(&mut r.seen);
            c.text(&mut r.author);
            c.text(&mut r.text);
            r
        };
        self.0 = std::mem::take(&mut self.0)
            .into_iter()
            .map(change)
            .collect();
    }
}
