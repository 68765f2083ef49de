//! What a time is of, by the words of its key: when the event was, when its state came, or a turn in the life of what it is
//! about. No value is read here.

use crate::table::{Meanings, meanings};
use serde::Deserialize;
use std::sync::LazyLock;

/// What a time is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeRole {
    /// When the line's event was.
    Own,
    /// When its state came.
    Changed,
    /// The life of what it is about.
    Turn(Turn),
    /// When something was written last.
    Updated,
}

/// Turns in the life of an alert, an incident, a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turn {
    Begun,
    Acknowledged,
    Escalated,
    Ended,
    /// Somebody wrote something down.
    Noted,
}

impl Turn {
    /// The turn that a word names.
    pub(super) fn of(word: &str) -> Option<Turn> {
        static TURNS: LazyLock<Meanings<Turn>> =
            LazyLock::new(|| meanings(include_str!("turns.tsv")));
        TURNS.get(word.as_bytes()).copied()
    }
}

/// What a time is of by its key; `None`: of what is planned, or of something else.
pub(super) fn when(key: &str) -> Option<TimeRole> {
    let (mut state, mut change, mut other, mut update, mut last) = Default::default();
    for w in key.split('_') {
        let said = match w {
            "status" | "state" => &mut state,
            "change" | "changed" | "transition" => &mut change,
            "due" | "next" | "planned" | "scheduled" | "schedule" | "expected" | "expires"
            | "expiry" | "until" | "requested" | "valid" | "not" | "modified" | "seen"
            | "first" | "response" | "duration" | "took" | "elapsed" => &mut other,
            "updated" | "update" => &mut update,
            "last" => &mut last,
            _ => continue,
        };
        *said = true;
    }
    match () {
        () if (state || last) && change => Some(TimeRole::Changed),
        () if other => None,
        () if update => Some(TimeRole::Updated),
        // when something was seen again is the time of no turn
        () if last => None,
        () => {
            let turn = key.split('_').find_map(Turn::of);
            Some(turn.map_or(TimeRole::Own, TimeRole::Turn))
        }
    }
}
