//! Harm of an incident: requests and failures by seconds, and their breakdowns by ten-second steps.

use crate::cause::Dim;
use crate::detect::{Counts, DetectedIncident, Detection, Run};
use crate::infer::InferConfig;
use crate::infer::lanes::{ByName, TEN, View, ceil, floor};
use crate::model::{BreakdownRow, GIVEN_UP, Impact, Lane, Risen, Series};
use coroner_core::summary::{ClientSet, touching, version_of};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a breakdown before the rest becomes `(other)`.
const ROWS: usize = 20;

/// Harm between two instants; `p0` is the usual failing share.
pub(crate) fn impact(
    view: &View<'_>,
    counts: &Counts,
    (from, to): (Instant, Instant),
    p0: f64,
    config: &InferConfig,
) -> Impact {
    // where no second has a request there is nothing to break down, whatever the steps around the edges hold
    let (requests, failed) = view.requests(from, to);
    let silent = (requests, failed) == (0, 0);
    if view.edge().next().is_none() {
        return Impact::default();
    }
    let steps = whole_steps(from, to);
    let (start, end) = steps.unwrap_or((from, to));
    let inside = match steps {
        Some(_) => view.requests(start, end),
        None => (requests, failed),
    };
    let left_out = |dim| config.brief && !matches!(dim, Dim::Host | Dim::Service);
    let by = |dim, stretch| match silent || left_out(dim) {
        true => BTreeMap::new(),
        false => within(view, dim, stretch),
    };
    let rows = |dim| breakdown(plain(dim, by(dim, (start, end))), Some(inside));
    // of which only the shares are shown
    let by_status = by(Dim::Status, (from, to));
    let hour = (Instant(from.0 - HOUR), from);
    let known = view.requests(hour.0, hour.1).0;
    let risen = risen(&by_status, requests, (&by(Dim::Status, hour), known));
    let (hit, error) = addresses(view, from, to);
    // they are counted by minutes, in which more may have failed before and after it; twice the error is what is told
    let minutes = view.requests(floor(from, MINUTE), ceil(to, MINUTE)).1;
    let beside = minutes.saturating_sub(failed).min(hit) as f64;
    let error = error.max(beside / (2 * hit.max(1)) as f64);
    // what is everybody's trouble and comes from one address came through a proxy
    let hit = hit.min(failed);
    let hit = if hit == 1 && failed >= MANY { 0 } else { hit };
    let by_endpoint = rows(Dim::Endpoint);
    let before = by(Dim::Endpoint, hour);
    let as_before = by_endpoint.iter().filter(|r| failed_before(r, &before));
    let as_before = as_before.map(|r| r.name.clone()).collect();
    Impact {
        requests: Some(requests),
        failed: Some(failed),
        expected_requests: None,
        expected_failed: Some((p0 * requests as f64).round() as u64),
        addresses_hit: (hit > 0).then_some(hit),
        addresses_error: (hit > 0).then_some(error),
        peak: peak(counts, floor(from, MINUTE), ceil(to, MINUTE)),
        error_budget: config.slo.and_then(|o| budget(view, o, failed)),
        counted: steps,
        by_status: breakdown(by_status, Some((requests, failed))),
        by_endpoint,
        as_before,
        risen,
        by_host: rows(Dim::Host),
        by_service: rows(Dim::Service),
        by_version: rows(Dim::Version),
        by_upstream: breakdown(by(Dim::Upstream, (start, end)), None),
    }
}

/// Statuses of refusals that one request in twenty gets, without being counted as failed, of which there were hardly any before. What a
/// limit refuses and what clients give up is told apart from them.
fn risen(now: &ByName, requests: u64, (before, known): (&ByName, u64)) -> Vec<Risen> {
    let refusal = |s: &str| s.starts_with('4') && s != "429" && !GIVEN_UP.contains(&s);
    let rises = |(status, (n, k)): (&Vec<u8>, &(u64, u64))| {
        let status = LogText::name(status);
        let during = n.saturating_sub(*k);
        let before = before.get(status.for_json().as_bytes()).map_or(0, |b| b.0);
        let many = during >= MANY && during * 20 >= requests && known >= MANY * 3;
        // against as many requests as came meanwhile
        let anew = u128::from(during) * u128::from(known)
            >= 10 * u128::from(before) * u128::from(requests);
        (refusal(status.for_json()) && many && anew).then_some(Risen {
            status,
            during,
            before,
        })
    };
    now.iter().filter_map(rises).collect()
}

/// Whether at least half as great a share of an endpoint's requests failed before.
fn failed_before(now: &BreakdownRow, before: &ByName) -> bool {
    let of = before.get(now.name.for_json().as_bytes());
    let (n, k) = of.copied().unwrap_or_default();
    let share = |k: u64, n: u64| k as f64 / n.max(1) as f64;
    k > 0 && n >= LEAST && 2.0 * share(k, n) >= share(now.failed, now.requests)
}

/// Requests before it by which an endpoint is judged.
const LEAST: u64 = 5;

/// Shorter incidents have too few whole steps.
const SHORT: i64 = 2 * MINUTE;

/// The whole ten-second steps between two instants, where they are nearly all of it.
fn whole_steps(from: Instant, to: Instant) -> Option<(Instant, Instant)> {
    (to.0 - from.0 >= SHORT).then(|| (ceil(from, TEN), floor(to, TEN)))
}

/// Requests and failed ones by the values of a dimension between two instants. They are counted by steps: of a step that reaches beyond,
/// as great a part of the good requests of each is left out as of all.
fn within(view: &View<'_>, dim: Dim, (from, to): (Instant, Instant)) -> ByName {
    let whole = (floor(from, TEN), ceil(to, TEN));
    let mut all = view.by(dim, whole.0, whole.1);
    let mut edges = vec![whole.0, Instant(whole.1.0 - TEN)];
    edges.dedup();
    for step in edges {
        let end = Instant(step.0 + TEN);
        let good = |(n, k): (u64, u64)| n.saturating_sub(k);
        let of_step = good(view.requests(step, end));
        let inside = good(view.requests(step.max(from), end.min(to)));
        let beyond = of_step.saturating_sub(inside);
        if beyond == 0 {
            continue;
        }
        for (name, of) in view.by(dim, step, end) {
            let out = u128::from(good(of)) * u128::from(beyond) / u128::from(of_step);
            if let Some(kept) = all.get_mut(&name) {
                kept.0 -= u64::try_from(out).unwrap_or(u64::MAX).min(good(*kept));
            }
        }
    }
    all
}

/// Failed requests from which on one address that sent them all is no one's own.
const MANY: u64 = 20;

/// Requests that would have come between two instants at the rate of the time before: as long before, but an hour at least,
/// as far as the logs reach.
pub(crate) fn usual_requests(view: &View<'_>, from: Instant, to: Instant) -> Option<u64> {
    let long = (to.0 - from.0).max(HOUR);
    let since = view.request_span()?.0.max(Instant(from.0 - long));
    let known = from.0 - since.0;
    let (n, _) = view.requests(since, from);
    let would = i128::from(n) * i128::from(to.0 - from.0) / i128::from(known.max(1));
    (known >= 10 * MINUTE).then_some(u64::try_from(would).unwrap_or(u64::MAX))
}

/// Versions as people read them: with their service where there are several.
fn plain(dim: Dim, values: ByName) -> ByName {
    if dim != Dim::Version {
        return values;
    }
    let services: BTreeSet<Option<&[u8]>> = values.keys().map(|n| version_of(n).0).collect();
    let several = services.len() > 1;
    values
        .iter()
        .map(|(n, v)| match version_of(n) {
            (Some(s), version) if several => ([s, version].join(&b' '), *v),
            (_, version) => (version.to_vec(), *v),
        })
        .collect()
}

/// Rows by failed, then name; with totals given, a last row `(other)` holds what is not listed or not known.
fn breakdown(values: ByName, whole: Option<(u64, u64)>) -> Vec<BreakdownRow> {
    if values.is_empty() {
        return Vec::new();
    }
    let mut v: Vec<(Vec<u8>, (u64, u64))> = values.into_iter().collect();
    v.sort_list_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(&b.0)));
    let row = |name: &[u8], (requests, failed)| BreakdownRow {
        name: LogText::name(name),
        requests,
        failed,
    };
    let sum = |of: &[(Vec<u8>, (u64, u64))]| {
        let counts = of.iter().map(|x| x.1);
        counts.fold((0, 0), |s, x| (s.0 + x.0, s.1 + x.1))
    };
    let listed = &v[..v.len().min(ROWS)];
    let mut rows: Vec<BreakdownRow> = listed.iter().map(|(n, of)| row(n, *of)).collect();
    let (all, listed) = (whole.unwrap_or_else(|| sum(&v)), sum(listed));
    if all.0 > listed.0 || all.1 > listed.1 {
        let rest = (
            all.0.saturating_sub(listed.0),
            all.1.saturating_sub(listed.1),
        );
        rows.push(row(b"(other)", rest));
    }
    rows
}

/// Distinct clients with a failed request in the minutes that a stretch touches, and the relative error of that number.
pub(super) fn addresses(view: &View<'_>, from: Instant, to: Instant) -> (u64, f64) {
    let mut set = ClientSet::default();
    for l in view.edge() {
        let minutes = touching(MINUTE, l.on_axis(from), l.on_axis(to));
        let clients = l.track.requests.failed_clients.range(minutes);
        clients.for_each(|(_, of)| set.merge(&of.sets().all));
    }
    set.count()
}

/// Requests of a minute whose share says something, however many others have.
const TELLING: u64 = 10;

/// The whole minute with the highest failing share, of those with at least a quarter of the usual requests or as many as say something;
/// then the one with more failures, then the first.
fn peak(counts: &Counts, from: Instant, to: Instant) -> Option<(Instant, u64, u64)> {
    let held = counts.windows(from.second(), to.second(), 60);
    let minute = |m: i64| from.0 / MINUTE + m;
    let minutes: Vec<(i64, u64, u64)> = held.map(|(m, (n, k))| (minute(m), n, k)).collect();
    let mut sizes: Vec<u64> = minutes.iter().map(|m| m.1).collect();
    sizes.sort_unstable();
    let floor = TELLING.min(sizes.get(sizes.len() / 2)? / 4);
    let judged = minutes.into_iter().filter(|m| m.1 >= floor.max(1));
    let worst = judged.max_by(|a, b| {
        let share = |m: &(i64, u64, u64)| m.2 as f64 / m.1 as f64;
        let shares = share(a).total_cmp(&share(b));
        shares.then(a.2.cmp(&b.2)).then(b.0.cmp(&a.0))
    });
    worst.map(|(m, n, k)| (Instant(m * MINUTE), n, k))
}

/// Objective and the share of a 30-day error budget that these failures use, from the traffic of the archive.
fn budget(view: &View<'_>, objective: f64, failed: u64) -> Option<(f64, f64)> {
    let (a, b) = view.request_span()?;
    let (n, _) = view.requests(a, Instant(b.0 + 1));
    let seconds = b.seconds_since(a).max(1.0);
    let month = n as f64 / seconds * 30.0 * 86_400.0;
    let allowed = month * (1.0 - objective);
    (allowed > 0.0).then(|| (objective, failed as f64 / allowed))
}

/// Names of a dimension that get a series of their own.
const LANES: usize = 12;

/// Steps of a picture, the finest first: the first that needs no more than [`BUCKETS`], and has requests enough in each.
const STEPS: [i64; 3] = [10 * SECOND, 30 * SECOND, MINUTE];
const BUCKETS: i64 = 120;
/// Requests in a bucket, below which its share says little.
const ENOUGH: i64 = 20;

/// The finest step that a span is worth.
fn fine_step(view: &View<'_>, (from, to): (Instant, Instant)) -> i64 {
    let span = (to.0 - from.0).max(1);
    let requests = || view.requests(from, to).0 as i64;
    let fits = |s: &i64| span <= BUCKETS * s && requests() >= ENOUGH * (span / s);
    STEPS.into_iter().find(fits).unwrap_or(MINUTE)
}

/// Requests and failures around an incident, in buckets of a minute, or finer where that is short; the names of `harm` apart.
pub(crate) fn series(
    view: &View<'_>,
    counts: &Counts,
    onset: Instant,
    end: Instant,
    harm: &Impact,
) -> Option<Series> {
    let around = (end.0 - onset.0).clamp(30 * MINUTE, 120 * MINUTE);
    let span = (Instant(onset.0 - around), Instant(end.0 + around));
    over((view, counts), span, None, harm)
}

/// The same around the onset, in steps of ten seconds.
pub(crate) fn near(
    view: &View<'_>,
    counts: &Counts,
    onset: Instant,
    harm: &Impact,
) -> Option<Series> {
    let (from, to) = (
        Instant(onset.0 - 5 * MINUTE),
        Instant(onset.0 + 11 * MINUTE),
    );
    over((view, counts), (from, to), Some(TEN), harm)
}

/// The same over the whole archive.
pub(crate) fn whole(view: &View<'_>, counts: &Counts) -> Option<Series> {
    over((view, counts), view.span?, None, &Impact::default())
}

/// Buckets of whole steps, at most 1,440 of them. Nothing where no request is logged at all.
fn over(
    (view, counts): (&View<'_>, &Counts),
    (from, to): (Instant, Instant),
    step: Option<i64>,
    harm: &Impact,
) -> Option<Series> {
    let (a, b) = view.span?;
    // before the first request that is logged nothing is known of them
    let a = counts.first().map_or(a, |s| a.max(Instant::from_second(s)));
    let start = floor(from.max(a), MINUTE);
    let stop = to.min(b);
    let step = step.unwrap_or_else(|| fine_step(view, (start, stop)));
    let steps = ((stop.0 - start.0) / step + 1).max(1);
    let width = (steps + 1439) / 1440 * step;
    // none where the stretch lies outside the archive
    let columns = ((stop.0 - start.0).div_euclid(width) + 1).max(0);
    let (first, s) = (start.second(), width / SECOND);
    let (mut requests, mut failed) = (vec![0; columns as usize], vec![0; columns as usize]);
    for (column, (n, k)) in counts.windows(first, first + columns * s, s) {
        (requests[column as usize], failed[column as usize]) = (n, k);
    }
    let len = requests.len();
    let lanes = |dim, rows| lanes(view, dim, rows, (start, width, len));
    // none for an incident that only messages report
    requests.iter().any(|n| *n > 0).then(|| Series {
        start,
        bucket_s: (width / SECOND) as u32,
        by_host: lanes(Dim::Host, &harm.by_host),
        by_endpoint: lanes(Dim::Endpoint, &harm.by_endpoint),
        by_upstream: lanes(Dim::Upstream, &harm.by_upstream),
        requests,
        failed,
    })
}

/// The share of failed requests in the hour before an incident, as counted, from the end of the one before on; `None` where it holds
/// too few requests. What failed in a burst of its own, as in a restart, is not usual.
pub(crate) fn usual_before(
    found: &Detection,
    counts: &Counts,
    f: &DetectedIncident,
) -> Option<f64> {
    let ends = found.incidents.iter().map(|o| o.end);
    let free = ends.filter(|end| *end <= f.start).max().unwrap_or(i64::MIN);
    let from = free.max(f.start - 3600);
    let (mut n, mut k) = counts.sum(from, f.start);
    let apart = |r: &&Run| r.start >= from && r.end <= f.start;
    for r in found.blips.iter().filter(apart) {
        let (of_it, failed) = counts.sum(r.start, r.end);
        (n, k) = (n.saturating_sub(of_it), k.saturating_sub(failed));
    }
    (n >= FEW).then(|| k as f64 / n as f64)
}

/// Requests below which their failing share says nothing.
const FEW: u64 = 60;

/// The first rows of a breakdown over time, in so many steps.
fn lanes(
    view: &View<'_>,
    dim: Dim,
    rows: &[BreakdownRow],
    (start, step, len): (Instant, i64, usize),
) -> Vec<Lane> {
    if rows.len() < 2 {
        return Vec::new();
    }
    let wanted: Vec<&LogText> = rows.iter().take(LANES).map(|r| &r.name).collect();
    let mut all = view.over_time(dim, &wanted, start, step, len);
    let named = wanted.into_iter().filter_map(|name| {
        let (requests, failed) = all.remove(name)?;
        Some(Lane {
            name: name.clone(),
            requests,
            failed,
        })
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_failed_half_as_often_before_fails_as_before() {
        let now = |requests, failed| BreakdownRow {
            name: LogText::name(b"GET /labels"),
            requests,
            failed,
        };
        let before = |n, k| ByName::from([(b"GET /labels".to_vec(), (n, k))]);
        assert!(failed_before(&now(100, 100), &before(84, 84)));
        assert!(failed_before(&now(100, 90), &before(100, 45)));
        assert!(!failed_before(&now(100, 90), &before(100, 44)));
        // too few to say, none that failed, none that came
        assert!(!failed_before(&now(100, 90), &before(4, 4)));
        assert!(!failed_before(&now(100, 0), &before(100, 0)));
        assert!(!failed_before(&now(100, 90), &ByName::new()));
    }

    #[test]
    fn a_status_rises_where_one_request_in_twenty_gets_it_and_hardly_any_did() {
        let counts = |of: &[(&str, u64, u64)]| -> ByName {
            let named = of.iter().map(|(s, n, k)| (s.as_bytes().to_vec(), (*n, *k)));
            named.collect()
        };
        let rises = |status, during, failed, before| {
            let now = counts(&[("200", 500, 0), (status, during, failed)]);
            let before = counts(&[("200", 900, 0), (status, before, 0)]);
            let risen = risen(&now, 1_000, (&before, 1_000));
            risen.iter().map(|r| (r.during, r.before)).next()
        };
        assert_eq!(rises("404", 400, 0, 18), Some((400, 18)));
        assert_eq!(rises("404", 400, 0, 41), None, "a tenth of it is usual");
        assert_eq!(rises("404", 49, 0, 0), None, "too few");
        assert_eq!(rises("404", 400, 400, 0), None, "counted as failed");
        assert_eq!(rises("429", 400, 0, 0), None, "told as refused by a limit");
        assert_eq!(rises("499", 400, 0, 0), None, "told as given up");
        assert_eq!(rises("301", 400, 0, 0), None, "no refusal");
    }
}
