//! Which alert an acknowledgement answers. No duration is measured here.

use crate::infer::phases::PhaseMarkers;
use crate::model::Event;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::Instant;

/// When the alert fired that the acknowledgement answers.
pub(super) fn answered(rows: &[Event], k: &PhaseMarkers) -> Option<Instant> {
    rows[answered_alert(rows, k)?].time
}

/// The alert that the acknowledgement answers: the last of its group before it, else the first of the incident.
pub(super) fn answered_alert(rows: &[Event], k: &PhaseMarkers) -> Option<usize> {
    let first = k.alert?;
    let ack = k.ack.map(|i| &rows[i]).filter(|a| a.group.is_some());
    let of = |a: &Event| {
        let before = |e: &Event| e.time.is_some() && e.time <= a.time;
        let same = |i: &usize| {
            let e = &rows[*i];
            e.kind == K::AlertFired && e.group == a.group && before(e)
        };
        (0..rows.len()).filter(same).max_by_key(|i| rows[*i].time)
    };
    ack.and_then(of).or(Some(first))
}
