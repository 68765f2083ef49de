//! Rows that are computed from many lines, and the run that dates an incident. What a row says is for those who make it.

use crate::detect::{DetectedIncident, Run};
use crate::model::{Basis, Event, Evidence, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::Instant;

/// A measured row.
pub(crate) fn measured(
    kind: K,
    t: Instant,
    text: Sentence,
    evidence: Vec<Evidence>,
    method: &'static str,
) -> Event {
    Event {
        id: String::new(),
        letter: None,
        time: Some(t),
        after: None,
        before: None,
        place: None,
        interval: None,
        kind,
        text,
        basis: Basis::Measured,
        confidence: 95,
        evidence,
        class: None,
        host: None,
        service: None,
        version: None,
        upstream: None,
        group: None,
        actors: Vec::new(),
        package: false,
        method: Some(method),
    }
}

/// The run that the onset is taken from.
pub(crate) fn onset_run(f: &DetectedIncident) -> Option<&Run> {
    f.runs
        .iter()
        .filter(|r| r.start == f.start)
        .min_by_key(|r| r.kind)
}
