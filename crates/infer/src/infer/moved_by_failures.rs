//! Onset by what failing requests say: the incident begins at the first of them, a little before the change point of their share. Finds
//! no incidents.

use crate::detect::{DetectedIncident, Run, RunKind};
use crate::infer::lanes::View;
use crate::infer::lines::first_failing;
use crate::infer::measured_rows::onset_run;
use crate::infer::message_history::{BASELINE, Message, Past, count};
use coroner_lines::record::{Kind, Level};
use coroner_lines::text::only_reports_a_request;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// How far back the first line may stand: a canary, or a first server of several.
const REACH: i64 = 30 * MINUTE;
/// A request that fails and the line that says why stand within so much of each other.
const TOGETHER: i64 = 10 * SECOND;
/// Lines of the message before the change point: one alone may be another's.
const LEAST: u64 = 3;

/// Whether a message is one of a program or a proxy that complains, and no mere report of a request.
fn complains(m: &Message<'_>) -> bool {
    let program = matches!(m.lane.part.kind(), Kind::App | Kind::Web) && m.key.level >= Level::Warn;
    program && !only_reports_a_request(&m.key.text)
}

/// The incident with its onset moved back to the first request that failed with the message that accounts for a quarter of the
/// failures or more, if that is earlier than what the counts say.
pub(super) fn moved_back(
    view: &View<'_>,
    past: &Past<'_>,
    f: &DetectedIncident,
) -> Option<DetectedIncident> {
    let run = onset_run(f).filter(|r| matches!(r.kind, RunKind::Error | RunKind::Key))?;
    let (onset, end) = f.moments();
    let failed = view.failed(onset, end);
    let from = Instant(onset.0 - REACH);
    let mut began: Option<Instant> = None;
    for uses in past.texts() {
        let before = |m: &&Message<'_>| complains(m) && (from..onset).contains(&m.first);
        let Some(Message { lane, first, .. }) = uses.iter().find(before) else {
            continue;
        };
        let known_for = first.0 - past.since(lane, *first).0;
        let accounts = count(uses, onset, end).max(LEAST) * 4 >= failed;
        // what was said a while before and then no more was another failure
        let half = Instant(first.0 + (onset.0 - first.0) / 2);
        let whole = Instant(onset.0 - onset.0.rem_euclid(MINUTE));
        let goes_on = half.0 + MINUTE > whole.0 || count(uses, half, whole) > 0;
        let enough = goes_on && count(uses, *first, onset) >= LEAST;
        if known_for < BASELINE || !accounts || !enough {
            continue;
        }
        // a request that takes long is stamped well before the line that says why it failed
        let at = [SECOND, TOGETHER, MINUTE].into_iter().find_map(|back| {
            let (t, _) = first_failing(view, Instant(first.0 - back), onset)?;
            (t.0 - first.0 <= TOGETHER).then_some(t)
        });
        began = at.into_iter().chain(began).min();
    }
    let start = began?.second();
    (start < f.start).then(|| starting(f, run, start))
}

/// The incident with another start.
fn starting(f: &DetectedIncident, run: &Run, start: i64) -> DetectedIncident {
    let mut moved = f.clone();
    moved.start = start;
    for r in moved.runs.iter_mut().filter(|r| *r == run) {
        (r.start, r.start_interval) = (start, (start, start));
    }
    moved
}
