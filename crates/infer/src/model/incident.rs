//! One incident: its edges, durations, phases and everything that was found about it.
//! Plain data only.

use super::{
    Cause, CauseVerdict, Component, Event, Impact, Missing, NewTemplate, Piece, Prompt, Sentence,
    Series, Signal, Unexplained, VersionSeen,
};
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use serde::Serialize;

/// One incident.
#[derive(Clone, Debug)]
pub struct Incident {
    /// `2023-05-01T1305-checkout-api`.
    pub id: String,
    /// Headline.
    pub title: Sentence,
    /// Service, where one is named.
    pub service: Option<LogText>,
    /// Whether it is over.
    pub state: State,
    /// Start.
    pub onset: Instant,
    /// 95 % interval of the start.
    pub onset_interval: Option<(Instant, Instant)>,
    /// The archive begins inside the incident.
    pub onset_precedes_log: bool,
    /// End; `None` when truncated.
    pub recovery: Option<Instant>,
    /// 95 % interval of the end.
    pub recovery_interval: Option<(Instant, Instant)>,
    /// Calm microseconds after recovery in the logs.
    pub held_us: Option<i64>,
    /// Durations in microseconds.
    pub durations: Durations,
    /// Where the time went.
    pub phases: Vec<Phase>,
    /// Harm.
    pub impact: Impact,
    /// Parts it was joined from.
    pub components: Vec<Component>,
    /// Rows, by time.
    pub timeline: Vec<Event>,
    /// How far the cause is known.
    pub cause_verdict: CauseVerdict,
    /// What the logs would need to show a cause.
    pub missing: Vec<Missing>,
    /// Ranked suspects.
    pub causes: Vec<Cause>,
    /// Contributing signals.
    pub signals: Vec<Signal>,
    /// Message templates never seen before the onset.
    pub new_templates: Vec<NewTemplate>,
    /// Rare messages around the onset of which nothing was made, by time.
    pub unexplained: Vec<Unexplained>,
    /// Versions seen running or being rolled out.
    pub versions: Vec<VersionSeen>,
    /// Questions for a person.
    pub prompts: Vec<Prompt>,
    /// Requests and failures over time.
    pub series: Option<Series>,
    /// The same around the onset, in steps of ten seconds.
    pub near: Option<Series>,
    /// What failed after a rollback was reported done.
    pub kept_failing: Option<KeptFailing>,
}

/// Requests from the moment that a rollback was reported done to the next restart or the recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFailing {
    /// When the rollback was reported done.
    pub from: Instant,
    /// The restart, or the recovery.
    pub until: Instant,
    /// Requests.
    pub requests: u64,
    /// Failed ones, a tenth at least.
    pub failed: u64,
}

impl KeptFailing {
    /// Appends the figure with its window to what says that the rollback was done.
    pub fn sentence(&self, done: Sentence) -> Sentence {
        let span = Piece::Span(self.until.0 - self.from.0);
        if self.failed == self.requests {
            return done.w(", but every request failed for the next ").p(span);
        }
        done.w(", but ")
            .p(Piece::Share(self.failed as f64 / self.requests as f64))
            .w(" of requests kept failing for the next ")
            .p(span)
    }
}

/// How the title of an incident ends that fails until the logs end.
pub const GOES_ON: &str = ", still going on";

/// Whether an incident is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Calm for ≥ 600 s.
    Recovered,
    /// Calm for 60–599 s.
    RecoveredUnconfirmed,
    /// The logs end sooner, or still failing.
    Truncated,
}

/// Durations in microseconds; `None` when a needed marker is absent, never 0 for unknown, never negative.
#[derive(Clone, Debug, Default)]
pub struct Durations {
    /// Onset to first alert.
    pub detect: Option<i64>,
    /// That alert to its acknowledgement.
    pub acknowledge: Option<i64>,
    /// Acknowledgement to the first thing that was done, whether it helped or not.
    pub decide: Option<i64>,
    /// Onset to end of the first mitigation step after which the failed share stays ≥ 10 points lower.
    pub mitigate: Option<i64>,
    /// Rollback start to finish.
    pub rollback: Option<i64>,
    /// Rollback finish to recovery.
    pub after_rollback: Option<i64>,
    /// Onset to recovery.
    pub recover: Option<i64>,
    /// Suspected change to onset.
    pub lead: Option<i64>,
}

/// One stretch between two markers of the incident.
#[derive(Clone, Debug)]
pub struct Phase {
    /// `detect`, `acknowledge`, `decide`, `rollback`, `mitigate`, `still_failing`, `restart`, `recover`.
    pub phase: &'static str,
    /// Event id.
    pub from: String,
    /// Event id.
    pub to: String,
    /// Microseconds.
    pub us: i64,
}
