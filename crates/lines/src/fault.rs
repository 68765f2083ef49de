//! What a message states of what broke: one vocabulary, one interpreter. Markers read the phrases that state a fault outright,
//! causes read all of them as evidence, and audits read what people call a fault in their documents. How a phrase is found
//! stands in [`crate::text::words`].

mod codes;
mod no_fault;
mod vocabulary;

use crate::record::{CauseClass, Kind};
use crate::text::words::{Phrases, SearchedText, find};
pub use codes::coded;
use std::ops::Range;
use std::sync::LazyLock;
pub use vocabulary::VOCABULARY;

/// What a message states: the class that it speaks for, and in which sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    class: CauseClass,
    /// What else of it counts.
    pub sense: Sense,
}

/// In which sense a message speaks for a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// Something broke.
    Broken,
    /// The program does not fit what it talks to: protocol, version, method.
    Misfit,
    /// The server says of itself that it stops, died or recovers.
    ByServer,
    /// Words that no entry knows, which come with the failures: the program says in its own way that it fails.
    Unnamed,
}

impl Fault {
    /// Refused, reset, timed out: what almost every cause brings about, so that it speaks for none.
    pub const SYMPTOM: Fault = Fault::of(CauseClass::Unknown);

    /// The program does not fit what it talks to.
    pub const MISFIT: Fault = Fault {
        class: CauseClass::Deploy,
        sense: Sense::Misfit,
    };

    /// A message of a program whose words no entry knows. Only its place among the failures makes it one.
    pub const UNNAMED: Fault = Fault {
        class: CauseClass::Deploy,
        sense: Sense::Unnamed,
    };

    /// A plain fault of a class.
    pub const fn of(class: CauseClass) -> Fault {
        Fault {
            class,
            sense: Sense::Broken,
        }
    }

    /// What a row that states a fault of a class says: what the first entry of the class does.
    pub fn stated(class: CauseClass) -> Option<Fault> {
        let mut all = VOCABULARY.iter().flat_map(|part| part.iter());
        let of = all.find(|e| e.fault.is_of(class));
        of.map(|e| e.fault)
    }

    /// The class that it speaks for; `None` for symptoms.
    pub fn class(self) -> Option<CauseClass> {
        (self != Fault::SYMPTOM).then_some(self.class)
    }

    /// Whether it speaks for a class, in whichever sense.
    pub fn is_of(self, class: CauseClass) -> bool {
        self.class() == Some(class)
    }
}

/// Phrases of one fault, in small letters, ` | ` between them and ` .. ` between parts that follow each other. An innocent
/// message may hold none of them.
#[derive(Debug)]
pub struct Entry {
    /// What they state.
    pub fault: Fault,
    /// Phrases that state it outright: a row of the timeline where one stands in a log of these kinds.
    pub outright: &'static str,
    /// Kinds of logs in which a phrase states it outright.
    pub logs: Vec<Kind>,
    /// How sure such a row is, 0–100.
    pub confidence: u8,
    /// Further phrases, which are evidence only.
    pub words: &'static str,
    /// Where these are, one of them stands in the message as well.
    pub beside: Vec<&'static str>,
    /// What people call such a fault.
    pub called: &'static str,
    /// A message that states it.
    pub example: &'static str,
    /// A message that looks alike and does not.
    pub not: &'static str,
}

/// The phrases of a list.
pub fn phrases(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(" | ").filter(|p| !p.is_empty())
}

/// An entry as messages are asked for it.
struct AskedEntry {
    fault: Fault,
    states: Phrases,
    beside: Vec<Phrases>,
}

impl AskedEntry {
    fn of(e: &Entry) -> AskedEntry {
        let beside = e.beside.iter().map(|b| Phrases::of(phrases(b)));
        AskedEntry {
            fault: e.fault,
            states: Phrases::of(phrases(e.outright).chain(phrases(e.words))),
            beside: beside.collect(),
        }
    }

    /// Whether a message states it.
    fn holds(&self, message: &SearchedText<'_>) -> bool {
        let beside = || self.beside.iter().any(|b| b.any_in(message));
        self.states.any_in(message) && (self.beside.is_empty() || beside())
    }
}

static ASKED: LazyLock<[Vec<AskedEntry>; 2]> =
    LazyLock::new(|| [0, 1].map(|n| VOCABULARY[n].iter().map(AskedEntry::of).collect()));
static INNOCENT: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(phrases(no_fault::INNOCENT)));
static ERRORS: LazyLock<Phrases> = LazyLock::new(|| {
    let ends = |e| ["error", "exception"].map(|end| [e, end].concat());
    Phrases::of(phrases(no_fault::ERRORS).flat_map(ends))
});

/// The first entry that a message states: of those that are plain, or of those that are asked for `otherwise`.
pub fn stated(message: &SearchedText<'_>, otherwise: bool) -> Option<Fault> {
    let mut entries = ASKED[usize::from(otherwise)].iter();
    entries.find(|e| e.holds(message)).map(|e| e.fault)
}

/// Whether a message states no more than a symptom, or that beside something else.
pub fn is_broken(message: &SearchedText<'_>) -> bool {
    let symptom = |e: &&AskedEntry| e.fault == Fault::SYMPTOM;
    let entry = ASKED[1].iter().find(symptom);
    entry.is_some_and(|e| e.holds(message))
}

/// Whether a message reports the end of a trouble, or what is not supported of the things that clients choose.
pub fn is_innocent(message: &SearchedText<'_>) -> bool {
    INNOCENT.any_in(message)
}

/// Whether a message names an error that a program raises against itself: `KeyError`, `NullPointerException`.
pub fn is_program_error(message: &SearchedText<'_>) -> bool {
    ERRORS.any_in(message)
}

/// Classes of faults that people name in a text, with the bytes of the first name of each, in the order of the text.
pub fn called(text: &str) -> Vec<(CauseClass, Range<usize>)> {
    let mut all: Vec<(CauseClass, Range<usize>)> = Vec::new();
    for e in VOCABULARY.iter().flat_map(|part| part.iter()) {
        let names = phrases(e.called).chain(phrases(e.outright));
        let first = names.filter_map(|p| first(text.as_bytes(), p));
        all.extend(first.min_by_key(|r| r.start).map(|r| (e.fault.class, r)));
    }
    all.retain(|(c, _)| *c != CauseClass::Unknown);
    all.sort_by_key(|(_, r)| r.start);
    let mut seen = Vec::new();
    all.retain(|(c, _)| {
        !seen.contains(c) && {
            seen.push(*c);
            true
        }
    });
    all
}

/// Where the parts of a phrase stand first, one behind the other and no more than a few words apart.
fn first(text: &[u8], phrase: &str) -> Option<Range<usize>> {
    /// Bytes between two parts of what people call something.
    const APART: usize = 25;
    let mut from = 0;
    loop {
        let (head, rest) = phrase.split_once(" .. ").unwrap_or((phrase, ""));
        let start = find(text, head, from)?;
        let mut end = start.end;
        let near = rest.is_empty()
            || rest.split(" .. ").all(|part| {
                let found = find(text, part, end).filter(|f| f.start <= end + APART);
                end = found.as_ref().map_or(end, |f| f.end);
                found.is_some()
            });
        if near {
            return Some(start.start..end);
        }
        from = start.end;
    }
}

#[cfg(test)]
mod tests;
