//! How the requests of the edge changed around an onset: statuses, surge, latency, ramp, the busiest client.

use crate::cause::{Dim, DimShare};
use crate::detect::{DetectedIncident, RunKind};
use crate::infer::channels::{latencies, percentile};
use crate::infer::lanes::{ByName, TEN, View, ceil, floor};
use crate::infer::lines::edge_lines;
use crate::infer::named;
use coroner_core::summary::{client_bucket, latency_bucket_floor_us, version_of};
use coroner_lines::text::LogText;
use coroner_lines::time::{HOUR, Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Requests by final status, over the whole steps that the impact counts; of statuses that may be failures (5xx, none at all)
/// those that are.
pub(super) fn statuses(view: &View<'_>, from: Instant, to: Instant) -> Vec<(u16, u64)> {
    let one = |(s, (n, failed)): (Vec<u8>, (u64, u64))| {
        let status = std::str::from_utf8(&s).ok()?.parse().ok()?;
        match status {
            0 | 500.. => Some((status, failed)).filter(|x| x.1 > 0),
            _ => Some((status, n)),
        }
    };
    let all = view.by(Dim::Status, floor(from, TEN), ceil(to, TEN));
    let mut v: Vec<(u16, u64)> = all.into_iter().filter_map(one).collect();
    v.sort_unstable();
    v
}

/// From so many times the usual rate on requests are no repetitions of those that failed.
const RISING: f64 = 3.0;

/// Requests per second just before the onset, over the hour before that; `None` below 60 requests. Of the five minutes before
/// it and the last two, whichever differ more: a surge may be minutes old. Where the first five of the failures bring three times
/// the usual and more than both, it is still rising.
pub(super) fn surge(view: &View<'_>, onset: Instant) -> Option<f64> {
    let start = view.request_span()?.0.max(Instant(onset.0 - HOUR));
    let five = Instant(onset.0 - 5 * MINUTE);
    let seconds = five.seconds_since(start);
    let (base, _) = view.requests(start, five);
    if base < 60 || seconds < 300.0 {
        return None;
    }
    // the first minute of the incident counts too: a surge often brings failures at once
    let (now, _) = view.requests(five, Instant(onset.0 + MINUTE));
    let (last, _) = view.requests(Instant(onset.0 - 2 * MINUTE), onset);
    let usual = base as f64 / seconds;
    let all = now as f64 / 360.0 / usual;
    let last = last as f64 / 120.0 / usual;
    let far = |x: f64| x.max(0.01).ln().abs();
    // in few requests two minutes show nothing
    let clear = usual * 120.0 >= 60.0 && far(last) > far(all);
    let before = if clear { last } else { all };
    let (rising, _) = view.requests(onset, Instant(onset.0 + 5 * MINUTE));
    let rising = rising as f64 / 300.0 / usual;
    Some(match rising >= RISING && rising > before {
        true => rising,
        false => before,
    })
}

/// The bucket that holds the 99th percentile of the minutes up to a quarter of an hour before the onset; `None` where
/// they hold too few requests to judge.
fn usual_limit(minutes: &BTreeMap<i64, [u64; 64]>, onset: Instant) -> Option<usize> {
    let mut quiet = [0u64; 64];
    minutes
        .range(..quiet_until(onset))
        .for_each(|(_, h)| quiet.iter_mut().zip(h).for_each(|(a, b)| *a += b));
    (quiet.iter().sum::<u64>() >= 200).then(|| percentile(&quiet, 100))
}

/// The minute since 1970 that ends the quiet time before an onset.
fn quiet_until(onset: Instant) -> i64 {
    onset.0.div_euclid(MINUTE) - 15
}

/// Share of the requests above a bucket, 0–1.
fn above(limit: usize, h: &[u64; 64]) -> f64 {
    h[limit + 1..].iter().sum::<u64>() as f64 / h.iter().sum::<u64>().max(1) as f64
}

/// Share of the requests of the incident that are slower than the usual 99th percentile; `None` where latency is not
/// logged or requests are too few.
pub(super) fn slow_share(view: &View<'_>, onset: Instant, end: Instant) -> Option<f64> {
    let hour = latencies(view, Instant(onset.0 - HOUR), onset, MINUTE);
    let limit = usual_limit(&hour, onset)?;
    let mut all = [0u64; 64];
    for h in latencies(view, onset, end, MINUTE).values() {
        all.iter_mut().zip(h).for_each(|(a, b)| *a += b);
    }
    (all.iter().sum::<u64>() >= 50).then(|| above(limit, &all))
}

/// Seconds before the onset from which requests were found to be slow; else those, in whole minutes, from which at least a tenth of them
/// was slower than the usual 99th percentile.
pub(super) fn latency_lead(view: &View<'_>, f: &DetectedIncident, onset: Instant) -> Option<f64> {
    let slow = f.runs.iter().filter(|r| r.kind == RunKind::Latency);
    let found = slow.map(|r| onset.second() - r.start).max();
    if let Some(s) = found.filter(|s| *s > 0) {
        return Some(s as f64);
    }
    let minutes = latencies(view, Instant(onset.0 - HOUR), onset, MINUTE);
    let limit = usual_limit(&minutes, onset)?;
    let late = minutes.range(quiet_until(onset)..).rev();
    let lead = late.take_while(|(_, h)| above(limit, h) >= 0.10).count();
    (lead >= 2 && latency_bucket_floor_us(limit) >= 0).then_some(lead as f64 * 60.0)
}

/// The failing share of the first two minutes stays below 0.4 of that of the whole stretch.
pub(super) fn ramp(view: &View<'_>, f: &DetectedIncident) -> bool {
    let Some(r) = crate::infer::measured_rows::onset_run(f)
        .filter(|r| r.kind == RunKind::Error && r.end - r.start >= 600)
    else {
        return false;
    };
    let share = |a: i64, b: i64| {
        let (n, k) = view.requests(Instant::from_second(a), Instant::from_second(b));
        if n == 0 { 0.0 } else { k as f64 / n as f64 }
    };
    share(r.start, r.start + 120) < 0.4 * share(r.start, r.end)
}

/// The share of the busiest client in the failed requests, where clients can be distinguished, and where that is most of them its
/// address, if lines show it.
pub(super) fn top_client(
    view: &View<'_>,
    from: Instant,
    to: Instant,
) -> Option<(f64, Option<LogText>)> {
    if !view.separates_clients() {
        return None;
    }
    let buckets = view.by_client(from, to);
    let total: u64 = buckets.iter().sum();
    let busiest = (0..buckets.len()).rev().max_by_key(|b| buckets[*b])?;
    let share = buckets[busiest] as f64 / total.max(1) as f64;
    let address = || address_of(view, busiest, from, to);
    (total >= 20).then(|| (share, (share >= 0.5).then(address).flatten()))
}

/// Lines of failed requests that are looked at for an address.
const LOOKED_AT: i64 = 20;

/// The address of the clients of a bucket, where the failed requests that are looked at bear no other one of it.
fn address_of(view: &View<'_>, bucket: usize, from: Instant, to: Instant) -> Option<LogText> {
    let step = (to.0 - from.0) / LOOKED_AT;
    let mut found: BTreeSet<String> = BTreeSet::new();
    for n in 0..LOOKED_AT {
        let at = Instant(from.0 + n * step);
        let failing = edge_lines(view, |l| {
            let failed = &l.track.requests.failed;
            failed.first_touching(l.on_axis(at), l.on_axis(to))
        });
        let first = failing.min_by_key(|x| (x.0, x.1));
        let Some(line) = first.and_then(|x| view.seen(x.1, &x.2)) else {
            continue;
        };
        let line = String::from_utf8_lossy(&line.raw);
        let mut words = line.split(|c: char| !(c.is_ascii_hexdigit() || ".:".contains(c)));
        let is_one = |w: &&str| w.parse::<IpAddr>().is_ok();
        let own = words.find(|w| is_one(w) && client_bucket(w.as_bytes()) == bucket);
        found.extend(own.map(str::to_owned));
    }
    let one = found.pop_first().filter(|_| found.is_empty());
    one.map(|address| LogText::new(address.as_bytes()))
}

fn asked(by: &ByName) -> u64 {
    by.values().map(|v| v.0).sum()
}

/// Requests by dimension, in the hour before an incident up to `quiet` and during it.
pub(super) fn shares(
    view: &View<'_>,
    hour: Instant,
    quiet: Instant,
    onset: Instant,
    end: Instant,
) -> Vec<DimShare> {
    let mut out = Vec::new();
    for dim in Dim::KEYS.into_iter().chain([Dim::Agent]) {
        let (mut before, mut during) = (view.by(dim, hour, quiet), view.by(dim, onset, end));
        if matches!(dim, Dim::Version | Dim::Agent) && during.is_empty() {
            // the edge knows none: the request lines of who stands behind it may
            before.clear();
            for l in &view.lanes {
                l.add_by(dim, (hour, quiet), &mut before);
                l.add_by(dim, (onset, end), &mut during);
            }
        }
        if dim == Dim::Agent && asked(&during) > view.requests(onset, end).0 {
            // who stands behind one another counted the same requests
            continue;
        }
        let names: BTreeSet<&Vec<u8>> = before.keys().chain(during.keys()).collect();
        for n in names {
            let get = |m: &ByName| m.get(n).copied().unwrap_or_default();
            let (service, bare) = match dim {
                Dim::Version => version_of(n),
                _ => (None, &n[..]),
            };
            out.push(DimShare {
                dim,
                name: LogText::name(bare),
                service: named(service),
                before: get(&before),
                during: get(&during),
            });
        }
    }
    out
}
