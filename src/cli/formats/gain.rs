//! What a definition would win: the facts that lines state as they are read today, and as they would be read with it.

use super::guess::Guess;
use super::read::{Lines, Looked};
use coroner::program::format::compile;
use coroner::program::record::{Body, Level, Record};
use coroner::program::time::Dated;

/// What a line may show.
const FACTS: [&str; 9] = [
    "time", "date", "zone", "level", "message", "requests", "latency", "service", "events",
];

/// What a record states of these.
fn facts(rec: &Record<'_>) -> [bool; FACTS.len()] {
    let (said, request) = match &rec.body {
        Body::Request(r) => (r.message.as_ref(), Some(r)),
        Body::Message(m) | Body::Detail(m) => (Some(m), None),
        _ => (None, None),
    };
    [
        rec.stamp.is_some(),
        rec.stamp.is_some_and(|s| s.dated != Dated::NoDate),
        rec.stamp.is_some_and(|s| s.offset_min.is_some()),
        // who states no level is taken to say that all is well
        said.is_some_and(|m| m.level != Level::Info),
        said.is_some_and(|m| !m.text.is_empty()),
        request.is_some_and(|r| r.status > 0),
        request.is_some_and(|r| r.latency_us >= 0),
        rec.service.is_some() || rec.host.is_some(),
        said.is_none() && request.is_none(),
    ]
}

/// Lines by what is read of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FactCounts([usize; FACTS.len()]);

impl FactCounts {
    fn add(&mut self, facts: [bool; FACTS.len()]) {
        let all = self.0.iter_mut().zip(facts);
        all.for_each(|(n, is)| *n += usize::from(is));
    }

    /// Whether no fact is stated by fewer lines, and one of more.
    pub(super) fn beats(&self, other: &FactCounts) -> bool {
        self != other && self.0.iter().zip(other.0).all(|(a, b)| *a >= b)
    }

    /// The names of what any line states.
    pub(super) fn names(&self) -> String {
        let all = FACTS.iter().zip(self.0).filter(|f| f.1 > 0);
        all.map(|f| *f.0).collect::<Vec<_>>().join(", ")
    }
}

/// What the lines of an input show today, and what they would show with a definition.
pub(super) struct Gain {
    pub(super) today: FactCounts,
    pub(super) then: FactCounts,
}

/// Holds a definition against what reads an input today. Where all is understood, a line that belongs to the record before it
/// is none to be won.
pub(super) fn gain(looked: &Looked, guess: &Guess) -> Gain {
    let mut lines = Lines::of(&looked.input);
    let (mut today, mut then) = (FactCounts::default(), FactCounts::default());
    let format = compile(&guess.definition).ok();
    for line in &looked.lines {
        let known = lines.next(&line.bytes, |rec, _| facts(rec));
        known.into_iter().for_each(|f| today.add(f));
        let may = known.is_some() || looked.all.unparsed > 0;
        // a definition takes its lines before all others are asked
        let own = format
            .iter()
            .filter(|_| may)
            .find_map(|f| f.parse(&line.bytes));
        let new = own.map(|r| facts(&r)).or(known);
        new.into_iter().for_each(|f| then.add(f));
    }
    Gain { today, then }
}
