//! An incident as it was told so far: what later inferences are held against.
//! Plain data.

use coroner_core::model::{Incident, State};
use coroner_lines::time::{Instant, MINUTE, SECOND};
use serde::{Deserialize, Serialize};

/// Incidents that are at most this far apart are one.
const NEAR: i64 = 5 * MINUTE;

/// An incident as it was told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Tracked {
    /// The same in all of its events.
    pub id: String,
    /// Onset as it was told last.
    pub onset: Instant,
    /// Recovery as it was told last.
    pub recovery: Option<Instant>,
    /// Number of the event that told of the suspicion.
    pub suspected: Option<u64>,
    /// Of that which opened it.
    pub opened: Option<u64>,
    /// Of that which closed it.
    pub closed: Option<u64>,
    /// It was retracted.
    pub gone: bool,
    /// How sure the suspicion was.
    pub score: f64,
    /// Failed requests that the suspicion rests on.
    pub failed: u64,
    /// Failed requests, recovery and cause, as they were told last.
    pub said: (u64, Option<Instant>, String),
    /// When it was told of last.
    pub told: Instant,
}

impl Tracked {
    /// Told of as an incident, not over yet.
    pub fn is_open(&self) -> bool {
        self.opened.is_some() && self.closed.is_none() && !self.gone
    }

    /// Whether an incident of a report on logs up to `now` is this one.
    pub fn is(&self, i: &Incident, now: Instant) -> bool {
        let end = |r: Option<Instant>| r.unwrap_or(now).0.saturating_add(NEAR);
        !self.gone && self.onset.0 <= end(i.recovery) && i.onset.0 <= end(self.recovery)
    }
}

/// For how long an incident lasted until `now`.
pub(super) fn lasted(i: &Incident, now: Instant) -> i64 {
    let end = match i.state {
        State::Truncated => now.max(i.onset),
        _ => i.recovery.unwrap_or(now),
    };
    end.0 - i.onset.0
}

/// Whether two times differ by a second or more.
pub(super) fn differ(a: Option<Instant>, b: Option<Instant>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a.0 - b.0).abs() >= SECOND,
        (a, b) => a != b,
    }
}
