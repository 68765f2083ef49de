//! What the rule of one cause finds in a case. A value only: what it is worth beside the others is for the ranking.

use crate::model::{Cited, Claim, Culprit, Sentence};

/// What a fault may be worth at most of which no line names what failed: of four that were held for sure when their logs were first
/// seen, pools, locks and routes that clients complained of, none was what broke.
pub(super) const UNNAMED: f64 = 0.79;

/// Without a claim of this weight, in nats, nothing is established.
pub(super) const LEAST: f64 = 0.5;

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
    /// What is done against it, around what is named.
    pub remedy: [&'static str; 2],
    /// What to ask so that it does not happen again.
    pub question: &'static str,
    /// The change (or fault) event it rests on, by event id, for `lead` durations.
    pub change: Option<String>,
    /// The change that may have brought it about, likewise: then it is how that shows.
    pub brought_by: Option<String>,
    /// The lines state the fault itself: it holds whether a change shows that brought it about or not.
    pub stated: bool,
    /// The score may not exceed this (0–1), whatever the sum: nothing but nearness in time speaks for it.
    pub cap: Option<f64>,
    /// It is called by none of the names that are likely to be of what broke.
    pub doubted: bool,
}

impl Weighed {
    /// Whether it is how a change shows, and no rival of it.
    pub(super) fn shows(&self, change: &Weighed) -> bool {
        change.change.is_some() && self.change.is_none() && self.brought_by == change.change
    }

    /// Adds a claim, where there is something to cite and it weighs anything.
    pub(super) fn claim(&mut self, weight: f64, text: Sentence, cited: Option<Cited>) {
        self.claims
            .extend(cited.filter(|_| weight != 0.0).map(|cited| Claim {
                text,
                weight,
                cited,
                denies: None,
            }));
    }

    /// It may not score more than this.
    pub(super) fn hold(&mut self, most: f64) {
        self.cap = Some(self.cap.map_or(most, |cap| cap.min(most)));
    }
}
