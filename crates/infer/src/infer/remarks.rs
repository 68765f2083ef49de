//! What people wrote during an incident, on one clock, and the rows of what they found. Which suspect a remark names is for the causes.

use crate::cause::RemarkFact;
use crate::infer::citing::cite;
use crate::infer::lanes::View;
use crate::infer::measured_rows::measured;
use crate::model::{Basis, Event, Piece, Sentence};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeSet;

/// How long after the end people still write what it was.
const AFTERWARDS: i64 = 30 * MINUTE;

/// Remarks that are weighed, the latest: each is held against every change.
const MOST: usize = 1_000;

/// How long before the onset people write what they are about to do.
const BEFORE: i64 = 60 * MINUTE;

/// The remarks from an hour before the onset until half an hour after the end, by time.
pub(super) fn around(view: &View<'_>, onset: Instant, end: Instant) -> Vec<RemarkFact> {
    let (from, to) = (
        Instant(onset.0 - BEFORE),
        Instant(end.0.saturating_add(AFTERWARDS)),
    );
    let mut out = Vec::new();
    for lane in &view.lanes {
        let by_minute = lane.track.is_by_minute();
        for r in lane.track.remarks.of_people() {
            let time = lane.utc(r.seen.us);
            if (from..=to).contains(&time) {
                out.push(RemarkFact {
                    time,
                    by_minute,
                    text: LogText::new(&r.text),
                    author: LogText::name(&r.author),
                    evidence: cite(lane.input, &r.seen),
                    names: BTreeSet::new(),
                    ties: BTreeSet::new(),
                    tells: false,
                    worth: 0,
                });
            }
        }
    }
    out.sort_list_by(|a, b| (a.time, &a.evidence).cmp(&(b.time, &b.evidence)));
    out.drain(..out.len().saturating_sub(MOST));
    out
}

/// The row of a remark.
pub(super) fn row(r: &RemarkFact) -> Event {
    let text = Sentence::words("Note: ").p(Piece::Log(r.text.clone()));
    let lines = vec![r.evidence.clone()];
    Event {
        basis: Basis::Stated,
        confidence: coroner_lines::marker::SAID,
        actors: vec![r.author.clone()],
        interval: r
            .by_minute
            .then_some((r.time, Instant(r.time.0 + MINUTE - 1))),
        method: None,
        ..measured(MarkerKind::Finding, r.time, text, lines, "")
    }
}
