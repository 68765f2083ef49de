//! What was read of one input before its last stretch, as inferences look at it. Plain data; what is left behind when is not decided
//! here.

use coroner_core::error::Result;
use coroner_core::summary::{InputPart, Track};
use coroner_lines::time::Instant;

/// What an inference looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LookedAt {
    /// What is not left behind.
    Recent,
    /// All that was read.
    All,
    /// The same, and nothing comes behind it.
    Last,
}

/// What was read of an input before its last stretch.
#[derive(Debug, Default)]
pub(super) struct LeftBehind {
    /// Looked at by no inference but that on all.
    pub old: Option<InputPart>,
    /// Stretches that are looked at beside the last one.
    pub stretches: Vec<Stretch>,
    /// Bytes that were judged when something was left behind.
    pub judged: u64,
}

/// What was read of an input while the logs came to a moment.
#[derive(Debug)]
pub(super) struct Stretch {
    pub part: InputPart,
    /// What an inference costs that looks at it.
    pub cost: u64,
    /// How far the logs had come at its end.
    pub end: Instant,
}

impl Stretch {
    /// Whether all of its lines are requests of which nothing is known but whether they failed: of what these show an incident is
    /// suspected without an inference.
    pub fn is_plain(&self) -> bool {
        let n = &self.part.accounting;
        let slow = |t: &Track| {
            t.requests
                .latency
                .within(i64::MIN, i64::MAX)
                .next()
                .is_some()
        };
        n.requests == n.lines && !self.part.tracks().any(|(_, t)| slow(t))
    }
}

impl LeftBehind {
    pub fn is_empty(&self) -> bool {
        self.old.is_none() && self.stretches.is_empty()
    }

    /// What it holds, from the oldest on.
    pub fn parts(&self) -> impl Iterator<Item = &InputPart> {
        let stretches = self.stretches.iter().map(|s| &s.part);
        self.old.iter().chain(stretches)
    }

    /// The same, to be changed.
    pub fn parts_mut(&mut self) -> impl Iterator<Item = &mut InputPart> {
        let stretches = self.stretches.iter_mut().map(|s| &mut s.part);
        self.old.iter_mut().chain(stretches)
    }

    /// What an inference costs that looks at what lies behind a moment.
    pub fn cost(&self, left: Option<Instant>) -> u64 {
        let rest = self.stretches.iter().filter(|s| Some(s.end) > left);
        rest.map(|s| s.cost).sum()
    }
}

/// Parts of one input, in one.
pub(super) fn joined(mut parts: impl Iterator<Item = InputPart>) -> Result<Option<InputPart>> {
    let first = parts.next();
    let Some(first) = first else { return Ok(None) };
    parts.try_fold(first, InputPart::merge).map(Some)
}
