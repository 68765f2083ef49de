//! Which alert an acknowledgement answers, and which stands before the alert that it answers. No duration is measured here.

use crate::infer::phases::PhaseMarkers;
use crate::model::Event;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE};

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

/// An acknowledgement that stands before the alert it answers: of the same group, or, where neither names one, of no other
/// alert of the hour before it.
pub(super) fn early_ack(rows: &[Event], k: &PhaseMarkers) -> Option<usize> {
    let alert = &rows[k.alert?];
    let due = alert.time?;
    if k.ack.is_some_and(|a| rows[a].group == alert.group) {
        return None;
    }
    let other = |at: Instant| {
        let fired = rows.iter().filter(|e| e.kind == K::AlertFired);
        let mut times = fired.filter_map(|e| e.time);
        times.any(|t| t <= at && t.0 > at.0 - 60 * MINUTE)
    };
    rows.iter().position(|e| {
        let early = |t: Instant| t < due && (e.group.is_some() || !other(t));
        e.kind == K::AlertAcknowledged && e.group == alert.group && e.time.is_some_and(early)
    })
}
