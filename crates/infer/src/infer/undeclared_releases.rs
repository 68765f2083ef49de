//! Releases that no deploy log reports: a version that the lines of a service begin to name after another one.
//! Only the row; whether it broke anything is weighed in `cause`.

use crate::infer::lanes::View;
use crate::infer::measured_rows::measured;
use crate::infer::services::versions;
use crate::model::{Event, Sentence, VersionSeen};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// A stated release or rollback so near states it already, in microseconds before and after.
const DECLARED: (i64, i64) = (20 * MINUTE, 5 * MINUTE);
/// A version seen so soon after the archive begins may have run all along.
const BEGINS: i64 = 2 * MINUTE;
/// How such a row is found.
const NAMED: &str =
    "first line that names the version, after lines that name another one of the same service";
/// Most rows.
const ROWS: usize = 40;

/// One row per version that appears after another one of its service, unless a marker reports it.
pub(super) fn rows(view: &View<'_>, stated: &[Event]) -> Vec<Event> {
    let Some((begin, end)) = view.span else {
        return Vec::new();
    };
    let all = versions(view, end);
    let new = all.iter().filter_map(|v| {
        let t = v.first?;
        let follows = all
            .iter()
            .any(|o| o.service == v.service && o.name != v.name && o.first.is_some_and(|f| f < t));
        let named = v.service.is_some();
        (follows && named && t.0 - begin.0 >= BEGINS && !is_declared(stated, v, t))
            .then(|| row(v, t, NAMED))
    });
    new.take(ROWS).collect()
}

/// Whether a marker reports the version, or a release of its service just before. The first line of a version that a
/// marker names may come much later, with a restart.
fn is_declared(stated: &[Event], v: &VersionSeen, t: Instant) -> bool {
    use MarkerKind::*;
    const RELEASES: [MarkerKind; 6] = [
        DeployStart,
        DeployFinish,
        DeployFail,
        RollbackStart,
        RollbackFinish,
        VersionChange,
    ];
    stated.iter().any(|e| {
        let named = e.version.as_ref() == Some(&v.name);
        let near = |x: Instant| (named || t.0 - x.0 <= DECLARED.0) && x.0 - t.0 <= DECLARED.1;
        let same = |a: &Option<LogText>, b: &LogText| a.as_ref().is_none_or(|a| a == b);
        let of_it = |s: &LogText| same(&e.service, s) || same(&e.version, &v.name);
        RELEASES.contains(&e.kind)
            && e.time.is_some_and(near)
            && v.service.as_ref().is_none_or(of_it)
    })
}

fn row(v: &VersionSeen, t: Instant, method: &'static str) -> Event {
    let text = Sentence::words("First line from ");
    let text = match &v.service {
        Some(s) => text.name(s).w(" "),
        None => text.w("version "),
    };
    let (kind, lines) = (MarkerKind::VersionChange, v.evidence.iter().take(1));
    Event {
        confidence: 80,
        service: v.service.clone(),
        version: Some(v.name.clone()),
        ..measured(
            kind,
            t,
            text.name(&v.name),
            lines.cloned().collect(),
            method,
        )
    }
}
