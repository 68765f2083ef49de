//! What the rule of one cause finds in a case. A value only: what it is worth beside the others is for the ranking.

use crate::model::{Claim, Culprit, Sentence};

/// What a rule found.
#[derive(Clone, Debug, Default)]
pub struct Weighed {
    /// Title of the suspicion.
    pub title: Sentence,
    /// Claims; positive weights speak for it, negative against.
    pub claims: Vec<Claim>,
    /// What is named.
    pub culprit: Option<Culprit>,
    /// What would settle it.
    pub settle: Option<Sentence>,
    /// The change (or fault) event it rests on, by event id, for `lead` durations.
    pub change: Option<String>,
    /// The lines state the fault itself: it holds whether a change shows that brought it about or not.
    pub stated: bool,
    /// The score may not exceed this (0–1), whatever the sum: nothing but nearness in time speaks for it.
    pub cap: Option<f64>,
}
