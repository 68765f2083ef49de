//! The onset by what failing requests say: where the message that accounts for the failures has its first line before the change
//! point of their share, and requests fail from that line on, the incident began there. Finds no incidents.

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

/// The incident with its onset moved back to the first request that failed with the message that accounts for a quarter of the
/// failures or more, if that is earlier than what the counts say.
pub(super) fn moved_back(
    view: &View<'_>,
    past: &Past<'_>,
    f: &DetectedIncident,
) -> Option<DetectedIncident> {
    let run = onset_run(f).filter(|r| matches!(r.kind, RunKind::Error | RunKind::Key))?;
    let (onset, end) = (Instant::from_second(f.start), Instant::from_second(f.end));
    let failed = view.requests(onset, end).1;
    let from = Instant(onset.0 - REACH);
    let mut began: Option<Instant> = None;
    for uses in past.texts() {
        let complains = |m: &&Message<'_>| {
            m.lane.part.kind() == Kind::App
                && m.key.level >= Level::Warn
                && (from..onset).contains(&m.first)
                && !only_reports_a_request(&m.key.text)
        };
        let Some(Message { lane, first, .. }) = uses.iter().find(complains) else {
            continue;
        };
        let known_for = first.0 - past.since(lane, *first).0;
        let accounts = count(uses, onset, end).max(LEAST) * 4 >= failed;
        if known_for < BASELINE || !accounts || count(uses, *first, onset) < LEAST {
            continue;
        }
        // a request that takes long is stamped well before the line that says why it failed
        let at = [SECOND, TOGETHER].into_iter().find_map(|back| {
            let (t, _) = first_failing(view, Instant(first.0 - back), onset)?;
            (t.0 - first.0 <= TOGETHER).then_some(t)
        });
        began = at.into_iter().chain(began).min();
    }
    let start = began?.second();
    let runs = f.runs.iter().map(|r| match r == run {
        true => Run {
            start,
            start_interval: (start, start),
            ..r.clone()
        },
        false => r.clone(),
    });
    (start < f.start).then(|| DetectedIncident {
        start,
        runs: runs.collect(),
        ..f.clone()
    })
}
