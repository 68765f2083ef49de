//! The report as plain data: what was read, which incidents there were, and what every claim rests on.
//! No computing and no formatting here; `infer` fills it and the sinks in `report` write it.

mod cause;
mod event;
mod evidence;
#[cfg(any(test, feature = "fixture"))]
#[doc(hidden)]
#[path = "model/tests/fixture.rs"]
pub mod fixture;
mod group;
mod impact;
mod incident;
mod input;
mod walk;

pub use cause::{
    CULPRIT_KINDS, Cause, CauseVerdict, Claim, Culprit, Denial, Mechanism, Missing, NewTemplate,
    Prompt, Signal, Unexplained, VersionSeen,
};
pub use event::{Basis, Event, Gap, Span};
pub use evidence::{Cited, Evidence, Piece, Sentence};
pub use group::Group;
pub use impact::{BreakdownRow, Component, GIVEN_UP, Impact, Lane, Risen, Series};
pub use incident::{Durations, GOES_ON, Incident, KeptFailing, Phase, State};
pub use input::{
    About, ClockPiece, Input, InputZone, Sensitivity, Settings, Shown, Tier, ZoneSource,
};

use coroner_lines::time::Instant;
use serde::Serialize;

/// The whole report (JSON v1 is a rendering of it).
#[derive(Clone, Debug)]
pub struct Report {
    /// Settings of the analysis.
    pub settings: Settings,
    /// What the logs allow to say.
    pub verdict: Verdict,
    /// Inputs, sorted by name; the id is the index.
    pub inputs: Vec<Input>,
    /// Incidents by onset.
    pub incidents: Vec<Incident>,
    /// Failures too short to be an incident.
    pub blips: Vec<Span>,
    /// Failures inside stated maintenance.
    pub planned: Vec<Span>,
    /// Real but small failures.
    pub minor: Vec<Span>,
    /// Every marker in scope, by time.
    pub timeline: Vec<Event>,
    /// What the logs cannot show.
    pub gaps: Vec<Gap>,
    /// Requests and failures over the whole archive, where there is no incident: the proof that it was quiet.
    pub series: Option<Series>,
    /// Totals over the whole archive, for the "no incident" and "not enough data" sentences.
    pub totals: Totals,
}

/// What the logs allow to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one incident.
    Incident,
    /// Enough data, nothing found.
    None,
    /// Too little data to say either.
    Insufficient,
}

/// Totals of the edge tier over the whole archive.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Of these, final status 5xx.
    pub failed: u64,
    /// Of the failed, those of endpoints that fail whenever they are asked for.
    pub always_failed: u64,
    /// Health checks, which are no requests of users and in no figure.
    pub health: u64,
    /// First and last instant of the archive, microseconds UTC.
    pub span: Option<(Instant, Instant)>,
    /// Worst minute with at least one request: start, requests, failed.
    pub worst_minute: Option<(Instant, u64, u64)>,
    /// Sentences that were withdrawn because rows of the report refute them.
    pub withdrawn: u64,
}
