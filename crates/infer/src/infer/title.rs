//! The title of an incident: what failed, of whom, for how long, and its established cause. What is
//! established is decided elsewhere (the ranking of causes).

use crate::cause;
use crate::detect::{DetectedIncident, RunKind};
use crate::infer::measured_rows::onset_run;
use crate::model::{Cause, Culprit, Event, GOES_ON, Piece, Sentence};
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// A span as a headline has it, in microseconds: whole minutes, the nearest, where that is off by a tenth at most.
fn in_minutes(us: i64) -> i64 {
    match us < 5 * MINUTE {
        true => us,
        false => us.saturating_add(MINUTE / 2) / MINUTE * MINUTE,
    }
}

/// The headline: the service or the site where one is named, what failed, whether in waves, how long, and the established cause.
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
        s = s.name(x).w(": ");
    }
    let what = match onset_run(f).map(|r| r.kind) {
        Some(RunKind::Silence) => "no requests",
        Some(RunKind::TrafficDrop) => "far fewer requests",
        Some(RunKind::Latency) if f.runs.iter().any(|r| r.kind == RunKind::Error) => {
            "slow responses and 5xx"
        }
        Some(RunKind::Latency) => "slow responses",
        Some(RunKind::Refused) => "clients refused",
        Some(RunKind::LogErrors) => "error messages",
        Some(RunKind::RestartLoop) => "restart loop",
        _ => "5xx",
    };
    s = s.w(what);
    if let (None, Some(x)) = (service, site) {
        s = s.w(" on ").name(x);
    }
    if waves {
        s = s.w(" in waves");
    }
    if let Some(r) = recovery {
        s = s.w(" for ").p(Piece::Span(in_minutes(r.0 - onset.0)));
    }
    // only an established cause stands in a headline
    let known = ranking.verdict == crate::model::CauseVerdict::Established;
    let s = match ranking.causes.first().filter(|_| known) {
        Some(c) => because(s, c, service, after),
        None => s,
    };
    match recovery {
        Some(_) => s,
        None if f.ongoing_at_end => s.w(GOES_ON),
        None => s.w(", end not in the logs"),
    }
}

/// Whether a row quotes or cites a line that names a thing.
fn says(row: &Event, name: &str) -> bool {
    let cited = row.evidence.iter().filter_map(|v| v.excerpt.as_ref());
    let mut lines = cited.map(LogText::for_json).chain(row.quoted());
    lines.any(|line| line.contains(name))
}

/// The established cause: a change of a row as what came before, anything else as its own title says it.
fn because(s: Sentence, c: &Cause, service: Option<&LogText>, after: Option<&Event>) -> Sentence {
    let named = |kind| c.culprit.as_ref().filter(|x| x.kind == kind);
    // a file that is refused may be none that was changed
    let said = |file: &&Culprit| after.is_some_and(|row| says(row, file.name.for_json()));
    match after.map(|row| row.kind) {
        Some(K::DeployStart | K::DeployFinish | K::VersionChange) => match named("version") {
            Some(v) => match v.service.as_ref().filter(|x| Some(*x) != service) {
                None => s.w(" after the upgrade to "),
                Some(x) => s.w(" after the upgrade of ").name(x).w(" to "),
            }
            .name(&v.name),
            None => match after.and_then(|row| row.service.as_ref().filter(|_| row.package)) {
                Some(package) => s.w(" after the package change of ").name(package),
                None => s.w(" after a deploy"),
            },
        },
        Some(K::ConfigChange) => match named("upstream").or(named("file").filter(said)) {
            Some(x) => s.w(" after a configuration change (").name(&x.name).w(")"),
            None => s.w(" after a configuration change"),
        },
        Some(K::MigrationStart | K::MigrationFinish) => match named("migration") {
            Some(m) => s.w(" after the migration ").name(&m.name),
            None => s.w(" after a migration"),
        },
        Some(K::FeatureFlag) => match named("flag") {
            Some(f) => s.w(" after a change of the flag ").name(&f.name),
            None => s.w(" after a flag change"),
        },
        _ => {
            let mut s = s.w(", ");
            s.0.extend(c.title.small().0);
            s
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;
    use crate::infer::rows;

    #[test]
    fn a_row_names_what_its_lines_say() {
        let mut r = row(0, 0, 0, K::ConfigChange, "");
        r.text = b"TASK [mariadb : template /etc/mysql/shop.cnf]".to_vec();
        let rows = rows::rows(vec![r]);
        let [told] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert!(says(told, "/etc/mysql/shop.cnf") && !says(told, "/data/invoices/2026"));
    }
}
