//! Releases that no deploy log tells of: a version that the lines of a service begin to name after another one.
//! Only the row; whether it broke anything is weighed in `cause`.

use crate::infer::lanes::View;
use crate::infer::measured_rows::measured;
use crate::infer::services::versions;
use crate::model::{Event, Sentence, VersionSeen};
use coroner_lines::record::MarkerKind;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};

/// A stated release or rollback so near tells it already, in microseconds before and after.
const TOLD: (i64, i64) = (20 * MINUTE, 5 * MINUTE);
/// A version seen so soon after the archive begins may have run all along.
const BEGINS: i64 = 2 * MINUTE;
/// Most rows.
const ROWS: usize = 40;

/// One row per version that appears after another one of its service, unless a marker tells of it.
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
        (follows && named && t.0 - begin.0 >= BEGINS && !told(stated, v, t)).then(|| row(v, t))
    });
    new.take(ROWS).collect()
}

/// Whether a marker tells of the version, or of a release of its service just before. The first line of a version that a
/// marker names may come much later, with a restart.
fn told(stated: &[Event], v: &VersionSeen, t: Instant) -> bool {
    use MarkerKind as K;
    stated.iter().any(|e| {
        let is = matches!(
            e.kind,
            K::DeployStart
                | K::DeployFinish
                | K::DeployFail
                | K::RollbackStart
                | K::RollbackFinish
                | K::VersionChange
        );
        let named = e.version.as_ref() == Some(&v.name);
        let near = e
            .time
            .is_some_and(|x| (named || t.0 - x.0 <= TOLD.0) && x.0 - t.0 <= TOLD.1);
        let same = |a: &Option<LogText>, b: &LogText| a.as_ref().is_none_or(|a| a == b);
        is && near
            && v.service
                .as_ref()
                .is_none_or(|s| same(&e.service, s) || same(&e.version, &v.name))
    })
}

fn row(v: &VersionSeen, t: Instant) -> Event {
    let mut text = Sentence::words("Version ").name(&v.name);
    if let Some(s) = &v.service {
        text = text.w(" of ").name(s);
    }
    let mut e = measured(
        MarkerKind::VersionChange,
        t,
        text.w(" appears in the lines"),
        v.evidence.iter().take(1).cloned().collect(),
        "first line that names the version, after lines that name another one of the same service",
    );
    e.confidence = 80;
    e.service = v.service.clone();
    e.version = Some(v.name.clone());
    e
}
