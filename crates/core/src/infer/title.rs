//! The title of an incident: what failed, of whom, for how long, and the change that a row shows before it. What a title may
//! name is decided elsewhere (`consistency`, the ranking of causes).

use crate::cause;
use crate::detect::{DetectedIncident, RunKind};
use crate::infer::measured_rows::onset_run;
use crate::model::{Event, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// A span as a headline has it, in microseconds: whole minutes, the nearest; what is shorter than one, as it is.
fn in_minutes(us: i64) -> i64 {
    match us < MINUTE {
        true => us,
        false => us.saturating_add(MINUTE / 2) / MINUTE * MINUTE,
    }
}

/// The headline: the service or the site where one is named, what failed, whether in waves, how long, and the change of a row.
pub(super) fn title(
    f: &DetectedIncident,
    (service, site): (Option<&LogText>, Option<&LogText>),
    (onset, recovery): (Instant, Option<Instant>),
    waves: bool,
    ranking: &cause::Ranking,
    after: Option<&Event>,
) -> Sentence {
    let mut s = Sentence::default();
    if let Some(x) = service {
        s = s.p(Piece::Name(x.clone())).w(": ");
    }
    let what = match onset_run(f).map(|r| r.kind) {
        Some(RunKind::Silence) => "no requests",
        Some(RunKind::TrafficDrop) => "far fewer requests",
        Some(RunKind::Latency) => "slow answers",
        Some(RunKind::LogErrors) => "error messages",
        Some(RunKind::RestartLoop) => "restart loop",
        _ => "5xx",
    };
    s = s.w(what);
    if let (None, Some(x)) = (service, site) {
        s = s.w(" on requests to ").name(x);
    }
    if waves {
        s = s.w(" in waves");
    }
    s = match recovery {
        Some(r) => s.w(" for ").p(Piece::Span(in_minutes(r.0 - onset.0))),
        None => s.w(", not over when the logs end"),
    };
    // only what a row shows stands in a headline
    let cause = ranking.causes.first();
    let known = ranking.verdict != crate::model::CauseVerdict::NotEstablished;
    let (Some(c), Some(row)) = (cause.filter(|_| known), after) else {
        return s;
    };
    match row.kind {
        K::DeployStart | K::DeployFinish | K::VersionChange => {
            match c.culprit.as_ref().filter(|c| c.kind == "version") {
                Some(v) => match v.service.as_ref() {
                    None => s.w(" after the release of ").name(&v.name),
                    own if own == service => s.w(" after the upgrade to ").name(&v.name),
                    Some(x) => s
                        .w(" after the upgrade of ")
                        .name(x)
                        .w(" to ")
                        .name(&v.name),
                },
                None => s.w(" after a deploy"),
            }
        }
        K::ConfigChange => s.w(" after a configuration change"),
        K::MigrationStart | K::MigrationFinish => s.w(" after a migration"),
        K::FeatureFlag => s.w(" after a flag change"),
        _ => s,
    }
}
