//! What the detector looks at beside the totals: slow requests, and requests by key, in steps of ten seconds.
//! Only sums of the edge; what is unusual in them is judged in `detect`.

use crate::cause::Dim;
use crate::detect::{BUCKETS, Breakdown, Step};
use crate::infer::lanes::{Lane, TEN, View, named_keys};
use crate::model::Sentence;
use coroner_core::summary::{
    CountByStep, KeySeries, latency_bucket, latency_bucket_floor_us, version_of,
};
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{DAY, Instant, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Keys with fewer failures say nothing.
const MIN_FAILED: u64 = 8;
/// Answers faster than this are not slow, whatever is usual, in microseconds.
const SLOW_FROM_US: i64 = 100_000;
/// Buckets over the usual 99th percentile from which a request is slow: 1.4 times.
const BEYOND: usize = 2;
/// Blocks of ten minutes whose 99th percentiles show the usual one, and which of them is taken: a long incident must not
/// make its own slowness usual.
const BLOCK: i64 = 600 * SECOND;
const USUAL: f64 = 0.4;
/// Requests with a latency below which nothing is usual.
const MIN_REQUESTS: u64 = 500;

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyName {
    pub dim: Dim,
    pub name: Vec<u8>,
}

impl KeyName {
    /// How people call it.
    pub fn label(&self) -> LogText {
        match (self.dim, version_of(&self.name)) {
            (Dim::Version, (Some(s), v)) => LogText::name(&[s, v].join(&b' ')),
            _ => LogText::name(&self.name),
        }
    }
}

/// Keys with enough failures to be looked at, and where their requests are counted.
pub(crate) struct KeyList<'v, 'a> {
    view: &'v View<'a>,
    pub names: Vec<KeyName>,
    /// What is counted of each, by lane.
    of: Vec<Vec<(&'v Lane<'a>, &'a KeySeries)>>,
}

impl<'v, 'a> KeyList<'v, 'a> {
    /// The first second of the first step from a second on in which a request of a key failed.
    pub fn first_failed(&self, key: u32, from: i64) -> Option<i64> {
        let of = self.of.get(key as usize).into_iter().flatten();
        let steps = of.flat_map(|(l, s)| failing(l, s));
        let at = steps.filter(|s| s.bad > 0 && s.at >= from).map(|s| s.at);
        at.min()
    }

    /// Clients only.
    pub fn none(view: &'v View<'a>) -> Self {
        KeyList {
            view,
            names: Vec::new(),
            of: Vec::new(),
        }
    }
}

impl Breakdown for KeyList<'_, '_> {
    fn keys(&self) -> u32 {
        self.of.len() as u32
    }

    fn steps(&self, key: u32) -> Vec<Step> {
        let mut all = Vec::new();
        for (l, s) in self.of.get(key as usize).into_iter().flatten() {
            // both are in order: so need not be sorted what comes of them
            let mut bad = failing(l, s).peekable();
            for (us, n) in s.n.iter() {
                let here = Step { n, ..step(l, us) };
                while let Some(before) = bad.next_if(|b| b.at < here.at) {
                    all.push(before);
                }
                let bad = bad.next_if(|b| b.at == here.at).map_or(0, |b| b.bad);
                all.push(Step { bad, ..here });
            }
            all.extend(bad);
        }
        summed(all)
    }

    fn failed(&self, key: u32, from: i64, to: i64) -> u64 {
        let of = self.of.get(key as usize).into_iter().flatten();
        let steps = of.flat_map(|(l, s)| failing(l, s));
        let inside = steps.filter(|s| (from..to).contains(&s.at));
        inside.map(|s| u64::from(s.bad)).sum()
    }

    fn by_client(&self, from: i64, to: i64) -> [u64; BUCKETS] {
        let (from, to) = (Instant::from_second(from), Instant::from_second(to));
        self.view.by_client(from, to)
    }
}

/// The failed requests of a key in a lane.
fn failing<'s>(l: &'s Lane<'_>, s: &'s KeySeries) -> impl Iterator<Item = Step> {
    let bad = s.failed.counts();
    bad.map(|(ten, n)| Step {
        bad: n,
        ..step(l, ten * TEN)
    })
}

/// The keys of the edge, by dimension and name.
pub(crate) fn keys<'v, 'a>(view: &'v View<'a>) -> KeyList<'v, 'a> {
    let mut list = KeyList::none(view);
    for dim in Dim::KEYS {
        let mut failed: BTreeMap<&[u8], u64> = BTreeMap::new();
        for (_, name, s) in series(view, dim) {
            *failed.entry(name).or_default() +=
                s.failed.counts().map(|x| u64::from(x.1)).sum::<u64>();
        }
        // one value is all requests, and the totals count
        if failed.len() < 2 {
            continue;
        }
        let mut of: BTreeMap<&[u8], Vec<(&Lane<'_>, &KeySeries)>> = BTreeMap::new();
        for (l, name, s) in series(view, dim).filter(|x| failed[x.1] >= MIN_FAILED) {
            of.entry(name).or_default().push((l, s));
        }
        for (name, of) in of {
            let name = name.to_vec();
            list.names.push(KeyName { dim, name });
            list.of.push(of);
        }
    }
    list
}

/// The empty step of a time of a lane.
fn step(l: &Lane<'_>, us: i64) -> Step {
    Step {
        at: l.utc(us).second().div_euclid(10) * 10,
        ..Step::default()
    }
}

/// Steps in order, each once.
fn summed(mut all: Vec<Step>) -> Vec<Step> {
    all.sort_list_by_key(|s| s.at);
    all.dedup_by(|later, kept| {
        let same = later.at == kept.at;
        if same {
            kept.n = kept.n.saturating_add(later.n);
            kept.bad = kept.bad.saturating_add(later.bad);
        }
        same
    });
    all.shrink_to_fit();
    all
}

/// All series of a dimension at the edge: lane, name, counts. Client errors go to one name per method and are no key.
fn series<'v, 'a>(
    view: &'v View<'a>,
    dim: Dim,
) -> impl Iterator<Item = (&'v Lane<'a>, &'a [u8], &'a KeySeries)> {
    view.edge().flat_map(move |l| {
        named_keys(l, dim)
            .filter(|(n, _)| !n.ends_with(b" (4xx)"))
            .map(move |(n, s)| (l, n, s))
    })
}

/// Requests of an endpoint from which it is known to fail always, the share of them that may not, and the share of the log in
/// which its first one lies, each as one of so many.
const ALWAYS: (u64, u64, i64) = (5, 20, 4);

/// The failed requests of endpoints that fail whenever they are asked for, from early in the log on, by 10-second bin. None where
/// such endpoints are a tenth of what is asked for: then that is what is wrong.
pub(crate) fn always_failing(view: &View<'_>) -> CountByStep {
    let mut failed = CountByStep::default();
    let Some((from, to)) = view.request_span() else {
        return failed;
    };
    let early = Instant(from.0 + (to.0 - from.0) / ALWAYS.2);
    let mut of: BTreeMap<&[u8], (u64, u64, Instant)> = BTreeMap::new();
    for (l, name, s) in series(view, Dim::Endpoint) {
        let first = s.n.iter().next().map_or(to, |(us, _)| l.utc(us));
        let (n, bad, since) = of.entry(name).or_insert((0, 0, to));
        *n += s.n.iter().map(|x| u64::from(x.1)).sum::<u64>();
        *bad += s.failed.sum_of_all();
        *since = first.min(*since);
    }
    let all: u64 = of.values().map(|x| x.0).sum();
    of.retain(|_, (n, bad, since)| {
        *n >= ALWAYS.0 && (*n - *bad.min(n)) * ALWAYS.1 <= *n && *since <= early
    });
    if of.values().map(|x| x.0).sum::<u64>() * 10 < all {
        let such = series(view, Dim::Endpoint).filter(|x| of.contains_key(x.1));
        for s in such.flat_map(|(l, _, s)| failing(l, s)) {
            failed.count(s.at.div_euclid(10), s.bad);
        }
    }
    failed
}

/// The share of slow requests from which many are, how many times as often an endpoint is asked for then if it is one of a batch, and
/// the share of all others which come as before; and seconds of that.
const BATCH: (f64, f64, f64) = (0.2, 10.0, 0.8);
const BEFORE_BATCH: i64 = 600;

/// Requests with a latency and those of them that are slow; empty where latency is not logged or too little to judge.
pub(crate) fn slow(view: &View<'_>) -> Vec<Step> {
    let Some(limit) = slow_bucket(view) else {
        return Vec::new();
    };
    let mut all: Vec<Step> = Vec::new();
    for l in view.edge() {
        let q = &l.track.requests;
        for (us, counts) in q.latency.within(l.body.0, l.body.1 + SECOND) {
            let mut s = step(l, us);
            for (bucket, n) in counts.iter() {
                s.n = s.n.saturating_add(n);
                if usize::from(bucket) >= limit {
                    s.bad = s.bad.saturating_add(n);
                }
            }
            all.push(s);
        }
        // who gives up waiting has waited too long
        let gone = q.gone.counts();
        all.extend(gone.map(|(ten, n)| Step {
            bad: n,
            ..step(l, ten * TEN)
        }));
    }
    let mut all = summed(all);
    without_batches(view, &mut all);
    all.iter_mut().for_each(|s| s.bad = s.bad.min(s.n));
    all
}

/// Takes out the requests of endpoints that are asked for many times as often while many are slow, where all others come as before: a batch
/// that takes its time beside everybody's answers.
fn without_batches(view: &View<'_>, all: &mut [Step]) {
    let is_slow = |s: &Step| s.n > 0 && f64::from(s.bad) >= BATCH.0 * f64::from(s.n);
    let slow: BTreeSet<i64> = all.iter().filter(|s| is_slow(s)).map(|s| s.at).collect();
    if slow.is_empty() {
        return;
    }
    let mut of: BTreeMap<&[u8], (u32, u32, Vec<Step>)> = BTreeMap::new();
    for (l, name, s) in series(view, Dim::Endpoint) {
        let (n, inside, steps) = of.entry(name).or_default();
        for here in s.n.iter().map(|(us, n)| Step { n, ..step(l, us) }) {
            *n += here.n;
            if slow.contains(&here.at) {
                *inside += here.n;
                steps.push(here);
            }
        }
    }
    let apart = all.len().saturating_sub(slow.len()).max(1) as f64;
    of.retain(|_, (n, inside, _)| {
        let often = f64::from(*inside) / slow.len() as f64;
        let else_often = f64::from(*n - *inside) / apart;
        u64::from(*n) >= ALWAYS.0 * 4 && often >= BATCH.1 * else_often
    });
    let batches = summed(of.into_values().flat_map(|x| x.2).collect());
    for stretch in batches.chunk_by(|a, b| b.at - a.at <= 60) {
        let (from, to) = (stretch[0].at, stretch[stretch.len() - 1].at);
        let place = |at: i64| all.partition_point(|s| s.at < at);
        let mean = |from: i64, to: i64| {
            let n: u32 = all[place(from)..place(to)].iter().map(|s| s.n).sum();
            f64::from(n) / ((to - from) / 10) as f64
        };
        let batch: u32 = stretch.iter().map(|s| s.n).sum();
        let others = mean(from, to + 10) - f64::from(batch) / ((to - from) / 10 + 1) as f64;
        let before = mean(from - BEFORE_BATCH, from);
        if before <= 0.0 || others < BATCH.2 * before {
            continue;
        }
        let inside = place(from)..place(to + 10);
        for s in &mut all[inside] {
            let of = stretch.binary_search_by_key(&s.at, |b| b.at);
            let n = of.map_or(0, |at| stretch[at].n);
            (s.n, s.bad) = (s.n.saturating_sub(n), s.bad.saturating_sub(n));
        }
    }
}

/// The bucket from which a request is slow: above the 99th percentile that is usual over the log.
fn slow_bucket(view: &View<'_>) -> Option<usize> {
    // all of each lane, also where its clock is set back
    let (from, to) = view.span?;
    let (from, to) = (Instant(from.0 - DAY), Instant(to.0 + DAY));
    let blocks = latencies(view, from, to, BLOCK);
    let total: u64 = blocks.values().flatten().sum();
    if total < MIN_REQUESTS {
        return None;
    }
    let judged = blocks.values().filter(|b| b.iter().sum::<u64>() >= 50);
    let mut limits: Vec<usize> = judged.map(|b| percentile(b, 100)).collect();
    limits.sort_unstable();
    let usual = *limits.get((limits.len() as f64 * USUAL) as usize)?;
    let limit = (usual + BEYOND).max(latency_bucket(SLOW_FROM_US));
    (limit < 64 && latency_bucket_floor_us(limit) > 0).then_some(limit)
}

/// That responses become slow, and from what to what in the first two minutes, where enough of them show how long they took.
pub(crate) fn slowing(view: &View<'_>, onset: Instant, end: Instant) -> Sentence {
    let p95 = |from: Instant, to: Instant| {
        let all = latencies(view, from, to, i64::MAX).into_values();
        let counts = all.reduce(|a, b| std::array::from_fn(|i| a[i] + b[i]))?;
        let enough = counts.iter().sum::<u64>() >= MIN_REQUESTS / 4;
        // known by buckets, of which the middle is off by a tenth at most
        let middle = |b| (latency_bucket_floor_us(b) + latency_bucket_floor_us(b + 1)) / 2000;
        enough.then(|| percentile(&counts, 20)).map(middle)
    };
    let s = Sentence::words("Responses become slow");
    let before = p95(Instant(onset.0 - 3600 * SECOND), onset);
    match before.zip(p95(onset, end.min(Instant(onset.0 + 120 * SECOND)))) {
        Some((a, b)) if a < b => s.w(format!(
            ": 95th percentile from about {a} ms to about {b} ms"
        )),
        _ => s,
    }
}

/// Requests of the edge by the number of their step since 1970 and bucket of their latency, over `[from, to)`.
pub(super) fn latencies(
    view: &View<'_>,
    from: Instant,
    to: Instant,
    step: i64,
) -> BTreeMap<i64, [u64; 64]> {
    let mut steps: BTreeMap<i64, [u64; 64]> = BTreeMap::new();
    for l in view.edge() {
        let latency = &l.track.requests.latency;
        let within = latency.within(l.on_axis(from), l.on_axis(to));
        let mut within = within
            .map(|(us, counts)| (l.utc(us).0.div_euclid(step), counts))
            .peekable();
        while let Some(at) = within.peek().map(|x| x.0) {
            let cell = steps.entry(at).or_insert_with(|| [0; 64]);
            while let Some((_, counts)) = within.next_if(|x| x.0 == at) {
                for (bucket, n) in counts.iter() {
                    cell[usize::from(bucket) & 63] += u64::from(n);
                }
            }
        }
    }
    steps
}

/// The bucket above which one in so many requests is.
pub(super) fn percentile(counts: &[u64; 64], one_in: u64) -> usize {
    let total: u64 = counts.iter().sum();
    let mut above = 0;
    (0..64)
        .rev()
        .find(|b| {
            above += counts[*b];
            above * one_in > total
        })
        .unwrap_or(0)
}
