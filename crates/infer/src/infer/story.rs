//! Which of the rows that lines state belong to the story of an incident. Each row of an alert or of an act stands with one
//! incident only; changes and faults stand with every one that they may have led to.

use super::acknowledgement::answered_alert;
use super::incident::Maker;
use super::phases;
use crate::model::{Cause, Event, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::LogText;
use coroner_lines::time::{HOUR, Instant, MINUTE};
use std::collections::BTreeMap;

impl Maker<'_> {
    /// Stated rows that belong to the story: changes of the day before, everything from ten minutes before the onset to half
    /// an hour after the end.
    pub fn stated_rows(&self, onset: Instant, end: Instant) -> Vec<Event> {
        let change = |k: K| CHANGES.contains(&k);
        // what another incident has of alerts and acts is not reported here too
        let others = || {
            let others = self.found.incidents.iter();
            let others = others.filter(|o| o.start != onset.second());
            others.map(|o| (Instant::from_second(o.start - 60), o.moments().1))
        };
        let next = others().map(|o| o.0).find(|t| *t >= onset);
        let before: Vec<(Instant, Instant)> = others().filter(|o| o.1 <= onset).collect();
        let upper = Instant(end.0 + 30 * MINUTE);
        let alerts = Alerts::of(self.stated);
        let keep = |e: &&Event| {
            let Some(t) = e.time.or(e.place).or(e.after) else {
                return e.time.is_none()
                    && e.before.is_none_or(|b| b >= Instant(onset.0 - 24 * HOUR));
            };
            let answered = alerts.answered_by(e);
            // what answers an alert of before the incident, or of nobody knows what before it, is not reported of this one
            if answers(e) && answered.unwrap_or(t) < Instant(onset.0 - MINUTE) {
                return false;
            }
            let own = answered.unwrap_or(t);
            let of_earlier = before.iter().any(|(a, b)| *a <= own && own <= *b);
            let of_later = next.is_some_and(|n| own > n.max(end));
            if t > upper || of_later || of_earlier && !change(e.kind) {
                return false;
            }
            let near = own >= Instant(onset.0 - 10 * MINUTE);
            let cause = t >= Instant(onset.0 - HOUR) && (e.kind == K::Fault || e.kind == K::Crash);
            near || cause || (change(e.kind) && t >= Instant(onset.0 - 24 * HOUR))
        };
        self.stated
            .iter()
            .filter(keep)
            .enumerate()
            .map(|(i, e)| Event {
                id: format!("s{i}"),
                ..e.clone()
            })
            .collect()
    }
}

/// Changes of which those of the day before an incident belong to its story.
const CHANGES: [K; 9] = [
    K::DeployStart,
    K::DeployFinish,
    K::DeployFail,
    K::RollbackStart,
    K::RollbackFinish,
    K::ConfigChange,
    K::FeatureFlag,
    K::MigrationStart,
    K::MigrationFinish,
];

/// Whether a row answers an alert.
fn answers(e: &Event) -> bool {
    matches!(
        e.kind,
        K::AlertAcknowledged | K::AlertEscalated | K::AlertResolved
    )
}

/// When alerts fired, by their group, and all of them; each list sorted.
#[derive(Default)]
struct Alerts<'a> {
    by_group: BTreeMap<&'a LogText, Vec<Instant>>,
    all: Vec<Instant>,
}

impl<'a> Alerts<'a> {
    fn of(stated: &'a [Event]) -> Alerts<'a> {
        let mut out = Alerts::default();
        let fired = stated.iter().filter(|e| e.kind == K::AlertFired);
        for (e, t) in fired.filter_map(|e| Some((e, e.time?))) {
            out.all.push(t);
            if let Some(g) = &e.group {
                out.by_group.entry(g).or_default().push(t);
            }
        }
        out.all.sort_unstable();
        out.by_group.values_mut().for_each(|l| l.sort_unstable());
        out
    }

    /// When the alert fired that an acknowledgement, escalation or resolution answers: the last one before it of its group,
    /// or where it names none, of any.
    fn answered_by(&self, e: &Event) -> Option<Instant> {
        let at = e.time.filter(|_| answers(e))?;
        let fired = match &e.group {
            Some(g) => self.by_group.get(g)?,
            None => &self.all,
        };
        let n = fired.partition_point(|t| *t <= at);
        fired[..n].last().copied()
    }
}

/// A release whose line names neither service nor version is of that version which its cause names.
pub(super) fn name_release(rows: &mut [Event], change: Option<&str>, cause: Option<&Cause>) {
    let version = cause.and_then(|c| c.culprit.as_ref().filter(|x| x.kind == "version"));
    let row = rows.iter_mut().find(|e| Some(e.id.as_str()) == change);
    if let (Some(v), Some(e)) = (version, row)
        && let [Piece::Words(what), Piece::Words(state)] = e.text.0.as_slice()
        && what == "Deploy"
    {
        let state = state.clone();
        e.text = Sentence::words("Deploy of ").name(&v.name).w(state);
    }
}

/// Letters for the rows that the chart shows: the key markers, by time, at most 26.
pub(super) fn letters(rows: &mut [Event], k: &phases::PhaseMarkers, change: Option<&str>) {
    let mut wanted: Vec<usize> = [
        k.alert,
        k.ack.and_then(|_| answered_alert(rows, k)),
        k.ack,
        k.first_act,
        k.rollback_start,
        k.rollback_finish,
        k.mitigation_start,
        k.restart,
        k.recovery,
    ]
    .into_iter()
    .flatten()
    .collect();
    wanted.extend(rows.iter().position(|e| e.kind == K::Onset));
    wanted.extend(change.and_then(|c| rows.iter().position(|e| e.id == c)));
    wanted.sort_unstable();
    wanted.dedup();
    for (n, i) in wanted.into_iter().take(26).enumerate() {
        rows[i].letter = char::from_u32('A' as u32 + n as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::measured_rows::measured;
    use crate::model::Sentence;

    fn row(kind: K, s: i64, group: Option<&str>) -> Event {
        let mut e = measured(
            kind,
            Instant::from_second(s),
            Sentence::default(),
            Vec::new(),
            "",
        );
        e.group = group.map(|g| LogText::name(g.as_bytes()));
        e
    }

    #[test]
    fn an_answer_stands_with_its_alert() {
        let fired = [
            row(K::AlertFired, 100, Some("#1")),
            row(K::AlertFired, 500, Some("#2")),
            row(K::AlertFired, 900, Some("#1")),
        ];
        let alerts = Alerts::of(&fired);
        let of = |e: &Event| alerts.answered_by(e).map(Instant::second);
        assert_eq!(of(&row(K::AlertResolved, 600, Some("#1"))), Some(100));
        assert_eq!(of(&row(K::AlertResolved, 950, Some("#1"))), Some(900));
        assert_eq!(
            of(&row(K::AlertAcknowledged, 600, None)),
            Some(500),
            "the nearest"
        );
        assert_eq!(of(&row(K::AlertAcknowledged, 50, Some("#1"))), None);
        assert_eq!(of(&row(K::Restart, 600, Some("#1"))), None);
    }
}
