//! The markers of an incident as a document shows them, and the spans between them.
//! Definitions are those of the report: detection is the first alert, recovery the first that no relapse follows.

use super::story::{Story, TimedRow};
use super::words::{Family, family};
use coroner_lines::record::MarkerKind as M;

/// Indices of the rows that show each marker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markers {
    /// The change nearest before the onset.
    pub change: Option<usize>,
    /// What broke before the onset.
    pub fault: Option<usize>,
    /// The start.
    pub onset: Option<usize>,
    /// First alert.
    pub alert: Option<usize>,
    /// First acknowledgement.
    pub ack: Option<usize>,
    /// Start of the first mitigation.
    pub mitigation: Option<usize>,
    /// Start of the rollback.
    pub rollback: Option<usize>,
    /// End of the rollback.
    pub rolled_back: Option<usize>,
    /// A rollback that failed.
    pub rollback_failed: Option<usize>,
    /// First restart.
    pub restart: Option<usize>,
    /// The end.
    pub recovery: Option<usize>,
}

/// Seconds between the markers; `None` where one is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Onset to recovery.
    pub outage: Option<i64>,
    /// Change or fault to recovery.
    pub from_change: Option<i64>,
    /// Onset to the start of the first mitigation.
    pub to_mitigation: Option<i64>,
    /// Onset to the first alert.
    pub detect: Option<i64>,
    /// Alert to acknowledgement.
    pub acknowledge: Option<i64>,
    /// Acknowledgement to the start of the first mitigation.
    pub decide: Option<i64>,
    /// Start of the first mitigation to the end of the rollback.
    pub mitigation: Option<i64>,
    /// Onset to the end of the rollback.
    pub mitigate: Option<i64>,
    /// End of the rollback to recovery.
    pub after_rollback: Option<i64>,
}

impl Markers {
    /// Finds the markers among the rows of a story.
    pub fn of(story: &Story) -> Markers {
        let rows = &story.rows;
        let first = |kind: M| rows.iter().position(|t| t.row.kinds.contains(&kind));
        let primary = |f: Family| rows.iter().position(|t| t.is(f));
        let any = |f: Family| rows.iter().position(|t| t.states(f));
        let onset = primary(Family::Onset).or_else(|| any(Family::Onset));
        let start = onset.map(|o| rows[o].at);
        let before = |t: &TimedRow| start.is_none_or(|s| t.at <= s);
        let change = rows.iter().rposition(|t| starts_change(t) && before(t));
        let stated = |t: &TimedRow| t.states(Family::Change) && before(t);
        let change = match onset {
            Some(_) => change.or_else(|| rows.iter().rposition(stated)),
            // where no start is reported, the first change is the one
            None => any(Family::Change),
        };
        let fault = rows.iter().rposition(|t| t.kind() == M::Fault && before(t));
        let after = |t: &TimedRow| start.is_none_or(|s| t.at >= s);
        let acts = [Family::Rollback, Family::Mitigation, Family::Restart];
        let acts = |t: &TimedRow| acts.contains(&family(t.kind())) && after(t);
        let restarts = |t: &TimedRow| t.kind() == M::Restart && after(t);
        Markers {
            change,
            fault,
            onset,
            alert: first(M::AlertFired),
            ack: first(M::AlertAcknowledged),
            mitigation: rows.iter().position(acts),
            rollback: first(M::RollbackStart),
            rolled_back: first(M::RollbackFinish),
            rollback_failed: first(M::RollbackFail),
            restart: rows.iter().position(restarts),
            recovery: recovery(rows, start),
        }
    }

    /// Every marker with the row that shows it, in order of the rows.
    pub fn is_marker(&self, row: usize) -> bool {
        [
            self.change,
            self.fault,
            self.onset,
            self.alert,
            self.ack,
            self.mitigation,
            self.rollback,
            self.rolled_back,
            self.restart,
            self.recovery,
        ]
        .contains(&Some(row))
    }
}

fn starts_change(t: &TimedRow) -> bool {
    t.row.kinds.iter().any(|k| {
        matches!(
            k,
            M::DeployStart
                | M::ConfigChange
                | M::FeatureFlag
                | M::MigrationStart
                | M::MaintenanceStart
        )
    })
}

/// The first recovery after the onset that no relapse follows; a row that is only that before one that is so by the way.
fn recovery(rows: &[TimedRow], start: Option<i64>) -> Option<usize> {
    let after = |t: &TimedRow| start.is_none_or(|s| t.at >= s);
    let relapse = rows.iter().rposition(|t| t.kind() == M::Relapse);
    let relapse = relapse.map_or(0, |n| n + 1);
    let found = |from: usize, f: &dyn Fn(&TimedRow) -> bool| {
        let found = rows[from..].iter().position(|t| f(t) && after(t));
        found.map(|n| n + from)
    };
    let primary = |t: &TimedRow| t.is(Family::Recovery);
    let any = |t: &TimedRow| t.states(Family::Recovery);
    found(relapse, &primary)
        .or_else(|| found(relapse, &any))
        .or_else(|| found(0, &any))
        // one before the onset is a contradiction that a check reports
        .or_else(|| rows.iter().position(primary))
}

impl Spans {
    /// The spans of a story.
    pub fn of(story: &Story) -> Spans {
        let m = &story.markers;
        let at = |i: Option<usize>| i.and_then(|i| story.rows.get(i)).map(|t| t.at);
        let between =
            |a: Option<usize>, b: Option<usize>| Some(at(b)? - at(a)?).filter(|s| *s >= 0);
        let cause = m.change.or(m.fault);
        let begins = [m.rollback, m.rollback_failed, m.mitigation]
            .into_iter()
            .flatten()
            .min_by_key(|i| story.rows[*i].at);
        Spans {
            outage: between(m.onset, m.recovery),
            from_change: between(cause, m.recovery),
            to_mitigation: between(m.onset, begins),
            detect: between(m.onset, m.alert),
            acknowledge: between(m.alert, m.ack),
            decide: between(m.ack, begins),
            mitigation: between(begins, m.rolled_back),
            mitigate: between(m.onset, m.rolled_back),
            after_rollback: between(m.rolled_back, m.recovery),
        }
    }

    /// The phases of the outage that are known, in order: what each is called and how long it took.
    pub fn phases(&self) -> Vec<(&'static str, i64)> {
        [
            ("outage -> alert", self.detect),
            ("alert -> acknowledgement", self.acknowledge),
            ("acknowledgement -> mitigation begins", self.decide),
            ("mitigation begins -> rollback done", self.mitigation),
            ("rollback done -> traffic back", self.after_rollback),
        ]
        .into_iter()
        .filter_map(|(n, s)| Some((n, s?)))
        .collect()
    }
}
