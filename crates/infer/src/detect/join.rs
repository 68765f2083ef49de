//! Joins runs into incidents: which belong together, and where each incident begins and ends. Finds no runs.

use super::{Breakdown, Counts, DetectedIncident, FLAP_GAP_S, MERGE_GAP_S, Run, RunKind};
use coroner_lines::sorting::SortList;

/// Runs whose shares differ by no more are alike.
const ALIKE: f64 = 0.15;
/// A key belongs to an incident of the totals when its share is so many times theirs: else it only shares the failures.
const STICKS_OUT: f64 = 1.5;
/// Failures of a key outside the edges of the totals from which it moves them.
const OUTSIDE: u64 = 10;
/// Keys named per incident.
const KEYS: usize = 6;

/// Joins runs into incidents: gaps up to five minutes always, up to fifteen when both sides look alike (flapping). Runs of
/// keys, the second of the two, go to the incident they overlap most; what is left of them makes incidents of its own.
pub(super) fn join(
    c: &Counts,
    by: &dyn Breakdown,
    (runs, keyed): (Vec<Run>, Vec<Run>),
) -> Vec<DetectedIncident> {
    let mut made = flapping(groups(runs));
    let (mut alone, mut of) = (Vec::new(), vec![Vec::new(); made.len()]);
    for k in keyed {
        let each = made.iter().enumerate().map(|(i, g)| (overlap(g, &k), i));
        let near = each.filter(|(o, _)| *o >= -MERGE_GAP_S);
        match near.max_by_key(|(o, i)| (*o, std::cmp::Reverse(*i))) {
            Some((_, i)) => of[i].push(k),
            None => alone.push(k),
        }
    }
    for (g, own) in made.iter_mut().zip(of) {
        let (n, k) = errors(g);
        let whole = k as f64 / (n as f64).max(1.0);
        let stands = |r: &Run| r.share() >= STICKS_OUT * whole;
        g.extend(worst(own.into_iter().filter(stands).collect()));
    }
    made.extend(flapping(groups(alone)).into_iter().map(worst));
    let found = made.into_iter().filter_map(|runs| found(c, by, runs));
    let mut out: Vec<DetectedIncident> = found.collect();
    out.sort_list_by_key(|f| (f.start, f.end));
    out
}

/// The keys with most failures, and those that reach furthest back.
fn worst(mut keys: Vec<Run>) -> Vec<Run> {
    keys.sort_list_by_key(|r| (std::cmp::Reverse(r.failed), r.start, r.key));
    let earliest = keys.iter().map(|r| (r.start, r.key)).min();
    let last = keys.iter().map(|r| (r.end, r.key)).max();
    let mut n = 0;
    keys.retain(|r| {
        n += 1;
        n <= KEYS || Some((r.start, r.key)) == earliest || Some((r.end, r.key)) == last
    });
    keys.sort_list_by_key(|r| (r.start, r.kind, r.end, r.key));
    keys
}

/// Seconds that a run shares with a group; negative: how far it is away.
fn overlap(g: &[Run], r: &Run) -> i64 {
    let start = g.iter().map(|x| x.start).min().unwrap_or(0);
    let end = g.iter().map(|x| x.end).max().unwrap_or(0);
    end.min(r.end) - start.max(r.start)
}

/// Joins groups that follow each other within a quarter of an hour and look alike.
fn flapping(near: Vec<Vec<Run>>) -> Vec<Vec<Run>> {
    let mut out: Vec<Vec<Run>> = Vec::new();
    for next in near {
        match out.last_mut() {
            Some(last) if gap(last, &next) <= FLAP_GAP_S && alike(last, &next) => {
                last.extend(next);
            }
            _ => out.push(next),
        }
    }
    out
}

/// Runs in groups with short gaps.
fn groups(mut runs: Vec<Run>) -> Vec<Vec<Run>> {
    runs.sort_list_by_key(|r| (r.start, r.kind, r.end, r.key));
    let mut out: Vec<Vec<Run>> = Vec::new();
    let mut end = i64::MIN / 2;
    for r in runs {
        let near = r.start - end <= MERGE_GAP_S;
        end = end.max(r.end);
        match out.last_mut() {
            Some(g) if near => g.push(r),
            _ => out.push(vec![r]),
        }
    }
    out
}

/// Seconds between the last end of `a` and the first start of `b`.
fn gap(a: &[Run], b: &[Run]) -> i64 {
    let end = a.iter().map(|r| r.end).max().unwrap_or(i64::MIN / 2);
    let start = b.iter().map(|r| r.start).min().unwrap_or(i64::MAX / 2);
    start - end
}

/// Requests and failures of the runs of the totals.
fn errors(g: &[Run]) -> (u64, u64) {
    let errors = g.iter().filter(|r| r.kind == RunKind::Error);
    errors.fold((0, 0), |(n, k), r| (n + r.requests, k + r.failed))
}

/// Whether the same fails in two groups, and nearly the same share of it. How slow it is meanwhile, and how much is asked for,
/// differs from wave to wave.
fn alike(a: &[Run], b: &[Run]) -> bool {
    let fails = |r: &&Run| !matches!(r.kind, RunKind::Latency | RunKind::TrafficDrop);
    let look = |g: &[Run]| {
        let some = g.iter().any(|r| fails(&r));
        let told = g.iter().filter(|r| !some || fails(r));
        let mut kinds: Vec<(RunKind, Option<u32>)> = told.map(|r| (r.kind, r.key)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let (n, k) = errors(g);
        (kinds, k as f64 / (n as f64).max(1.0))
    };
    let ((ka, pa), (kb, pb)) = (look(a), look(b));
    ka == kb && (pa - pb).abs() <= ALIKE
}

/// The kinds that date an incident, the first that it has.
const DATING: [&[RunKind]; 6] = [
    &[RunKind::Error, RunKind::Silence],
    &[RunKind::Key],
    &[RunKind::Refused],
    &[RunKind::LogErrors],
    &[RunKind::Latency],
    &[RunKind::TrafficDrop],
];

fn found(c: &Counts, by: &dyn Breakdown, runs: Vec<Run>) -> Option<DetectedIncident> {
    let dating = DATING
        .iter()
        .map(|kinds| runs.iter().filter(|r| kinds.contains(&r.kind)))
        .find(|some| some.clone().next().is_some())?;
    let mut onset = dating.clone().min_by_key(|r| (r.start, r.kind))?;
    let mut last = dating.max_by_key(|r| (r.end, r.kind))?;
    if !matches!(
        onset.kind,
        RunKind::Key | RunKind::Refused | RunKind::LogErrors
    ) {
        let (start, end) = (onset.start_interval.0, last.end_interval.1);
        let of_keys = || runs.iter().filter(|r| r.kind == RunKind::Key);
        let outside = |r: &Run, from, to| {
            let failed = r.key.map_or(0, |key| by.failed(key, from, to));
            failed >= OUTSIDE
        };
        let before = of_keys().filter(|r| r.start < start && outside(r, r.start, start));
        onset = before.min_by_key(|r| r.start).unwrap_or(onset);
        let after = of_keys().filter(|r| r.end > end && outside(r, end, r.end));
        last = after.max_by_key(|r| r.end).unwrap_or(last);
    }
    let first_s = c.seconds.first().map_or(i64::MIN / 8, |s| s.at);
    let last_s = c.seconds.last().map_or(i64::MAX / 8, |s| s.at + 1);
    Some(DetectedIncident {
        start: onset.start,
        end: last.end,
        ongoing_at_end: last.end_interval.1 >= last_s,
        precedes_log: onset.start_interval.0 <= first_s,
        runs,
    })
}
