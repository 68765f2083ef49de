//! Onset and recovery by what failing requests say and ask for: the incident begins at the first of them and ends at the last, a little
//! before or after the change points of their share. Finds no incidents.

use crate::cause::Dim;
use crate::detect::{Breakdown, Counts, DetectedIncident, Run, RunKind};
use crate::infer::channels::KeyList;
use crate::infer::lanes::View;
use crate::infer::lines::{first_failing, last_failing};
use crate::infer::measured_rows::onset_run;
use crate::infer::message_history::{BASELINE, Message, Past, count};
use coroner_lines::record::{Kind, Level};
use coroner_lines::text::only_reports_a_request;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// How far back the first line may stand: a canary, or a first server of several.
const REACH: i64 = 30 * MINUTE;
/// A request that fails and the line that says why stand within so much of each other.
const TOGETHER: i64 = 10 * SECOND;
/// Lines of the message before the change point: one alone may be another's.
const LEAST: u64 = 3;
/// How long after the end of the failures as counted its last line may stand: a few requests that still fail are few among many.
const TAIL: i64 = 2 * MINUTE;

/// Whether a message is one of a program or a proxy that complains, and no mere report of a request.
fn complains(m: &Message<'_>) -> bool {
    let program = matches!(m.lane.part.kind(), Kind::App | Kind::Web) && m.key.level >= Level::Warn;
    program && !only_reports_a_request(&m.key.text)
}

/// The incident with its onset moved back to the first request that failed with the message that accounts for a quarter of the
/// failures or more, if that is earlier than what the counts say.
pub(super) fn moved_back(
    view: &View<'_>,
    counts: &Counts,
    past: &Past<'_>,
    f: &DetectedIncident,
) -> Option<DetectedIncident> {
    let run = onset_run(f).filter(|r| matches!(r.kind, RunKind::Error | RunKind::Key))?;
    let (onset, end) = f.moments();
    let failed = view.failed(onset, end);
    let from = Instant(onset.0 - REACH);
    let mut began: Option<Instant> = None;
    for uses in past.forms() {
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
            (t.0 - first.0 <= TOGETHER && !counts.fails_as_always(t.second())).then_some(t)
        });
        began = at.into_iter().chain(began).min();
    }
    let start = began?.second();
    (start < f.start).then(|| starting(f, run, start))
}

/// The incident with its onset at the first request that fails with the messages, else of the endpoints, that account for nearly
/// all failures, where at most two requests, as fail now and then, failed within the minute before it.
pub(super) fn moved_up(
    view: &View<'_>,
    past: &Past<'_>,
    keys: &KeyList<'_, '_>,
    f: &DetectedIncident,
) -> Option<DetectedIncident> {
    let run = onset_run(f).filter(|r| matches!(r.kind, RunKind::Error | RunKind::Key))?;
    let (onset, end) = f.moments();
    let failed = view.failed(onset, end);
    let began = |all: &mut dyn Iterator<Item = (u64, Instant)>| {
        let came = |(n, first): &(u64, Instant)| *first > onset && n * 10 >= failed;
        let (all, began) = all
            .filter(came)
            .fold((0, None), |(all, began), (n, first)| {
                (all + n, began.into_iter().chain([first]).min())
            });
        began.filter(|_| all * 10 >= failed * 9)
    };
    // in all logs that say it
    let mut said: BTreeMap<&[u8], (u64, Instant)> = BTreeMap::new();
    for uses in past.forms() {
        let Some(m) = uses.iter().filter(|m| complains(m)).min_by_key(|m| m.first) else {
            continue;
        };
        let (n, first) = said.entry(&m.form).or_insert((0, m.first));
        (*n, *first) = (*n + count(uses, onset, end), m.first.min(*first));
    }
    let said = began(&mut said.into_values()).map(|t| Instant(t.0 - TOGETHER));
    let since = said.or_else(|| began(&mut asked(keys, onset, end)))?;
    let strays = view.failed(onset, since);
    let few = (1..=2).contains(&strays) && strays * 20 <= failed && since.0 - onset.0 <= MINUTE;
    let with = |(t, _): &(Instant, _)| few && t.0 - since.0 <= 2 * TOGETHER;
    let (at, _) = first_failing(view, since, end).filter(with)?;
    Some(starting(f, run, at.second()))
}

/// How many requests of each endpoint failed in a stretch, and the begin of the first step in which one did.
fn asked<'k>(
    keys: &'k KeyList<'_, '_>,
    onset: Instant,
    end: Instant,
) -> impl Iterator<Item = (u64, Instant)> + 'k {
    // the step that holds the onset, too
    let from = onset.second() - onset.second().rem_euclid(10);
    let endpoints = (0..)
        .zip(&keys.names)
        .filter(|(_, k)| k.dim == Dim::Endpoint);
    endpoints.filter_map(move |(key, _)| {
        let first = keys.first_failed(key, from)?;
        let n = keys.failed(key, from, end.second());
        Some((n, Instant::from_second(first)))
    })
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

/// The incident with its end moved on to the last request that failed with a message that came with it and accounts for a quarter of
/// the failures or more, if that is soon after what the counts say.
pub(super) fn moved_on(
    view: &View<'_>,
    counts: &Counts,
    past: &Past<'_>,
    f: &DetectedIncident,
) -> Option<DetectedIncident> {
    let is_last = |r: &Run| r.end == f.end && matches!(r.kind, RunKind::Error | RunKind::Key);
    if f.ongoing_at_end || !f.runs.iter().any(is_last) {
        return None;
    }
    let (onset, end) = f.moments();
    let failed = view.failed(onset, end);
    let brought = |m: &Message<'_>| complains(m) && m.first.0 >= onset.0 - TOGETHER;
    let last = past.forms().filter_map(|uses| {
        let is = uses.iter().all(brought) && count(uses, onset, end) * 4 >= failed;
        let last = uses.iter().map(|m| m.lane.utc(m.used.last().us)).max()?;
        (is && (1..=TAIL).contains(&(last.0 - end.0))).then_some(last)
    });
    let last = last.max()?;
    let (at, _) = last_failing(view, end, Instant(last.0 + TOGETHER))?;
    let end = at.second() + 1;
    if end <= f.end || counts.fails_as_always(at.second()) || last.0 - at.0 > TOGETHER {
        return None;
    }
    let mut moved = f.clone();
    moved.end = end;
    for r in moved.runs.iter_mut().filter(|r| is_last(r)) {
        (r.end, r.end_interval) = (end, (end, end));
    }
    Some(moved)
}
