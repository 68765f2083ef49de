//! What the logs say of the incident that a document is about: which incident it is, and where each of its rows is in them.
//! Made from the same report that `analyse` writes; nothing is read again.

use super::case::Case;
use super::story::TimedRow;
use super::words::{Family, family};
use coroner_infer::model::{Event, Incident, Report};
use coroner_lines::record::MarkerKind as M;
use coroner_lines::time::{Instant, SECOND};

/// A row of the document and where it is in the logs.
#[derive(Clone, Debug)]
pub struct LocatedRow<'c> {
    /// The row.
    pub row: &'c TimedRow,
    /// Its instant by the document's zone.
    pub at: Instant,
    /// What kind of event it is.
    pub family: Family,
    /// The nearest such event in the logs, and how far it may be from where it is put, in seconds.
    pub found: Option<(Instant, i64)>,
    /// Whether the logs reach its time.
    pub covered: bool,
}

impl LocatedRow<'_> {
    /// Seconds from the event in the logs to the row: positive where the document is late.
    pub fn off(&self) -> Option<i64> {
        self.found.map(|(t, _)| (self.at.0 - t.0) / SECOND)
    }
}

/// A document beside the logs.
#[derive(Debug)]
pub struct Beside<'c> {
    /// The report.
    pub report: &'c Report,
    /// The incident that the document is about: the one nearest to its onset.
    pub incident: Option<&'c Incident>,
    /// Rows that report an event that logs show.
    pub rows: Vec<LocatedRow<'c>>,
}

impl<'c> Beside<'c> {
    /// Holds a document beside the logs; `None` where there are none, or the document says no times.
    pub fn of(case: &'c Case<'c>) -> Option<Beside<'c>> {
        let report = case.logs?;
        let at = |t: &TimedRow| instant(case, report, t.at);
        let m = &case.story.markers;
        let zero = case
            .row(m.onset)
            .or_else(|| case.story.rows.first())
            .and_then(at);
        let near = |i: &&Incident| zero.map_or(0, |z| (i.onset.0 - z.0).abs());
        let incident = report.incidents.iter().min_by_key(near);
        let mut b = Beside {
            report,
            incident,
            rows: Vec::new(),
        };
        let span = coverage(report);
        for (n, row) in case.story.rows.iter().enumerate() {
            let f = family(row.kind());
            if matches!(f, Family::Other) {
                continue;
            }
            let Some(at) = at(row) else { continue };
            let covered =
                span.is_some_and(|(a, z)| at.0 >= a.0 - 60 * SECOND && at.0 <= z.0 + 60 * SECOND);
            let edge = m.is_marker(n);
            let found = b.nearest(row.kind(), f, at, edge);
            b.rows.push(LocatedRow {
                row,
                at,
                family: f,
                found,
                covered,
            });
        }
        Some(b)
    }

    /// The event of a family that is nearest to an instant, with the half-width of its interval in seconds.
    fn nearest(&self, kind: M, f: Family, at: Instant, marker: bool) -> Option<(Instant, i64)> {
        let incident = self.incident;
        if matches!(f, Family::Onset | Family::Recovery) {
            let i = incident.filter(|_| marker)?;
            return match f {
                Family::Onset => Some((i.onset, wide(i.onset_interval))),
                _ => Some((i.recovery?, wide(i.recovery_interval))),
            };
        }
        let same = |e: &&Event| {
            let near = family(e.kind) == f || by_another_name(f, e.kind);
            let sided = side(kind).is_none_or(|s| side(e.kind).is_none_or(|x| x == s));
            near && sided
        };
        let all = self.events().filter(same);
        let all = all.filter_map(|e| Some((e.time?, wide(e.interval))));
        all.min_by_key(|(t, _)| (t.0 - at.0).abs())
    }

    /// Every row of the report, the incident's own first.
    pub fn events(&self) -> impl Iterator<Item = &'c Event> {
        let own = self.incident.map_or(&[][..], |i| &i.timeline[..]);
        own.iter().chain(&self.report.timeline)
    }
}

/// Half of an interval, in seconds.
pub fn wide(interval: Option<(Instant, Instant)>) -> i64 {
    interval.map_or(0, |(a, b)| (b.0 - a.0) / 2 / SECOND)
}

/// Events of the logs that people call by the name of a family.
fn by_another_name(f: Family, kind: M) -> bool {
    match f {
        Family::Fault => matches!(kind, M::Crash | M::BackendDown | M::SilenceStart),
        Family::Restart => matches!(kind, M::ServiceStart | M::ServiceStop),
        _ => false,
    }
}

/// Whether a kind is the begin or the end of something that has both.
fn side(kind: M) -> Option<bool> {
    match kind {
        M::RollbackStart | M::DeployStart | M::MigrationStart => Some(true),
        M::RollbackFinish | M::DeployFinish | M::MigrationFinish => Some(false),
        _ => None,
    }
}

/// First and last stamp of the logs.
pub fn coverage(report: &Report) -> Option<(Instant, Instant)> {
    let spans = || report.inputs.iter().filter_map(|i| i.span);
    Some((spans().map(|s| s.0).min()?, spans().map(|s| s.1).max()?))
}

/// The instant of wall seconds of the document: in its own zone, else in that of the report; a document without a date is
/// about the day of the incident.
fn instant(case: &Case, report: &Report, wall: i64) -> Option<Instant> {
    let zone = case.zones.main.as_ref();
    let zone = zone.map_or(report.settings.zone, |z| z.0);
    let dated = case.story.date.is_some() || wall >= 86_400 * 3650;
    let wall = match dated {
        true => wall,
        false => {
            let onset = report.incidents.first().map(|i| i.onset);
            let near = onset.or_else(|| Some(coverage(report)?.0))?;
            let local = near.0 / SECOND + i64::from(zone.offset_at(near)) * 60;
            local.div_euclid(86_400) * 86_400 + wall
        }
    };
    Some(zone.instant_of(wall.saturating_mul(SECOND), false))
}
