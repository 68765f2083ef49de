//! Which of what the detector found is an incident to write about: planned work and small recurring failures are listed,
//! not reported at length. Ranks by harm; finds nothing.

use super::lines::{last_failing, run_lines};
use crate::detect::{Counts, DetectedIncident, Detection, RunKind};
use crate::infer::lanes::View;
use crate::model::{Event, Evidence, Piece, Sentence, Span};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::Instant;

/// An incident is large beside the largest from this share of its excess failures.
const BESIDE: f64 = 0.1;
/// Failing share of a minute from which an incident is large by itself.
const PEAK: f64 = 0.25;
/// Incidents from which small ones are recurring: fewer are reported one by one.
const RECURRING: usize = 3;

/// Found stretches by what becomes of them.
#[derive(Default)]
pub(super) struct Ranked {
    pub incidents: Vec<DetectedIncident>,
    pub planned: Vec<Span>,
    pub minor: Vec<Span>,
}

/// Sorts what was found. `stated` are the markers of the archive.
pub(super) fn ranked(
    view: &View<'_>,
    counts: &Counts,
    found: &Detection,
    stated: &[Event],
) -> Ranked {
    let p0 = found.p0;
    let mut out = Ranked::default();
    let windows = maintenance(stated, view);
    let inside = |f: &DetectedIncident| {
        let t = Instant::from_second(f.start);
        windows.iter().find(|(a, b, _)| *a <= t && t <= *b)
    };
    let mut left: Vec<&DetectedIncident> = Vec::new();
    for f in &found.incidents {
        match inside(f) {
            Some((_, _, line)) => out.planned.push(span(view, f, PLANNED, Some(line))),
            None => left.push(f),
        }
    }
    let largest = left.iter().map(|f| excess(f, p0)).fold(0.0, f64::max);
    let small = |f: &DetectedIncident| {
        only_errors(f)
            && excess(f, p0) < BESIDE * largest
            && peak(counts, f) < PEAK
            && !answered(f, stated)
    };
    let several = left.iter().filter(|f| small(f)).count() >= RECURRING;
    for f in left {
        if several && small(f) {
            out.minor.push(span(view, f, MINOR, None));
        } else {
            out.incidents.push(f.clone());
        }
    }
    out
}

const PLANNED: &str = " requests failed inside stated maintenance";
const MINOR: &str = " requests failed: one of several small failures beside a larger incident";

/// Stated maintenance of the edge, or of nothing in particular: from, to (the end of the archive where none is stated),
/// and its first line. Work on another machine explains no failure here, nor does what people say of anybody's.
fn maintenance(stated: &[Event], view: &View<'_>) -> Vec<(Instant, Instant, Evidence)> {
    let end = view.span.map_or(Instant(i64::MAX), |s| s.1);
    let of = |k: K| stated.iter().filter(move |e| e.kind == k);
    let edge: Vec<&str> = view
        .edge()
        .filter_map(|l| l.part.meta.host.as_deref())
        .collect();
    let here = |e: &&Event| {
        let host = e.host.as_ref();
        host.is_none_or(|h| edge.iter().any(|x| x.eq_ignore_ascii_case(h.for_json())))
    };
    of(K::MaintenanceStart)
        .filter(|e| here(e) && !e.text.is_remark())
        .filter_map(|e| {
            let from = e.time?;
            let mut ends = of(K::MaintenanceFinish).filter_map(|x| x.time);
            let to = ends.find(|t| *t >= from).unwrap_or(end);
            Some((from, to, e.evidence.first()?.clone()))
        })
        .collect()
}

fn only_errors(f: &DetectedIncident) -> bool {
    let of = |k: RunKind| matches!(k, RunKind::Error | RunKind::Key);
    f.runs.iter().all(|r| of(r.kind))
}

/// Failures beyond the usual ones.
fn excess(f: &DetectedIncident, p0: f64) -> f64 {
    let errors = f.runs.iter().filter(|r| r.kind == RunKind::Error);
    let of_keys = f.runs.iter().filter(|r| r.kind == RunKind::Key);
    let beyond = |n: u64, k: u64| k as f64 - p0 * n as f64;
    let totals: f64 = errors.map(|r| beyond(r.requests, r.failed)).sum();
    let keys = of_keys.map(|r| beyond(r.requests, r.failed));
    totals.max(keys.fold(0.0, f64::max))
}

/// The highest failing share of its minutes, of those with at least 20 requests.
fn peak(counts: &Counts, f: &DetectedIncident) -> f64 {
    let judged = counts.windows(f.start, f.end, 60).filter(|m| m.1.0 >= 20);
    judged
        .map(|(_, (n, k))| k as f64 / n as f64)
        .fold(0.0, f64::max)
}

/// Whether somebody was called or acted because of it.
fn answered(f: &DetectedIncident, stated: &[Event]) -> bool {
    let acts = [
        K::AlertFired,
        K::AlertAcknowledged,
        K::RollbackStart,
        K::RollbackFinish,
        K::MitigationStart,
        K::Failover,
    ];
    let (a, b) = (f.start - 60, f.end + 60);
    stated.iter().any(|e| {
        let inside = e.time.is_some_and(|t| (a..b).contains(&t.second()));
        acts.contains(&e.kind) && inside
    })
}

/// A found stretch as a footnote.
fn span(view: &View<'_>, f: &DetectedIncident, why: &'static str, also: Option<&Evidence>) -> Span {
    let (start, end) = f.moments();
    let first = f.runs.first().map(|r| run_lines(view, r));
    let counts = view.requests(start, end);
    let mut span = footnote(view, (start, end), counts, first.unwrap_or_default(), why);
    span.evidence.extend(also.cloned());
    span
}

/// A stretch of failures that is no incident, with its requests and failed ones, the lines that show its beginning, and why.
pub(super) fn footnote(
    view: &View<'_>,
    (start, end): (Instant, Instant),
    (n, k): (u64, u64),
    mut evidence: Vec<Evidence>,
    why: &'static str,
) -> Span {
    let last = last_failing(view, start, end).map(|x| x.1);
    evidence.extend(last.filter(|e| !evidence.contains(e)));
    Span {
        start,
        end: Some(end),
        service: None,
        requests: Some(n),
        failed: Some(k),
        text: Sentence::default()
            .p(Piece::Count(k))
            .w(" of ")
            .p(Piece::Count(n))
            .w(why),
        evidence,
    }
}
