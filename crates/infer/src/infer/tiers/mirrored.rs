//! Which logs show requests that another one shows, too, known by how the numbers of their requests go up and down together, and by
//! the paths that they share. Which of the two stands in front is decided elsewhere.

use coroner_core::summary::{Axis, InputPart, Track};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{MINUTE, SECOND};
use std::collections::BTreeMap;

/// Microseconds of a step.
const STEP: i64 = 10 * SECOND;
/// Steps on either side whose mean a step is held against, so that nothing but chance is left: not the hours of the day.
const AROUND: usize = 15;
/// Steps with a request, of two logs, at least: the error of the correlation is below a twentieth. And steps at most.
const LEAST: usize = 300;
const MOST: i64 = 10_000;
/// Correlation from which two logs show the same requests. That of two that share a load is near none; that of a log with one that
/// shows its requests beside as many others is .7.
const SAME: f64 = 0.5;
/// The part of the requests whose paths the other log knows.
const KNOWN: f64 = 0.5;
/// The part from which all are meant.
const NEARLY_ALL: f64 = 0.9;
/// Parts of a path that are looked at, behind the method.
const DEPTH: usize = 3;

/// The requests of a place.
pub(super) struct Traffic<'p> {
    /// By UTC, and by the clock on the wall: each log, and what its times lack of that clock.
    clocks: [Vec<(&'p Track, i64)>; 2],
    paths: BTreeMap<&'p [u8], u64>,
}

impl<'p> Traffic<'p> {
    /// Of the inputs of a place.
    pub fn of(inputs: impl Iterator<Item = &'p InputPart>) -> Traffic<'p> {
        let (mut utc, mut wall) = (Vec::new(), Vec::new());
        let mut paths = BTreeMap::new();
        for p in inputs {
            for (axis, t) in p.tracks() {
                match axis {
                    Axis::Utc => {
                        utc.push((t, 0));
                        wall.extend(offset(p).map(|o| (t, o)));
                    }
                    Axis::Wall => wall.push((t, 0)),
                }
                for (name, series) in t.by_endpoint.sorted() {
                    *paths.entry(begins(name)).or_default() += series.n.total();
                }
            }
        }
        Traffic {
            clocks: [utc, wall],
            paths,
        }
    }

    /// Whether the other log shows these requests.
    pub fn is_shown_by(&self, other: &Traffic<'p>) -> bool {
        self.known_to(other) >= KNOWN && self.correlation(other).is_some_and(|c| c >= SAME)
    }

    /// The part of the requests whose paths the other log knows.
    fn known_to(&self, other: &Traffic<'p>) -> f64 {
        let all: u64 = self.paths.values().sum();
        let paths = self.paths.iter();
        let known = paths.filter(|(p, _)| other.paths.contains_key(*p));
        let known: u64 = known.map(|(_, n)| n).sum();
        known as f64 / all.max(1) as f64
    }

    /// The paths of the other log, where they are a part of those here: else all requests are meant, which costs less.
    fn among<'o>(&self, other: &'o Traffic<'p>) -> Option<&'o BTreeMap<&'p [u8], u64>> {
        (self.known_to(other) < NEARLY_ALL).then_some(&other.paths)
    }

    /// How the numbers of both, less their means around, go together, from when both are written: by UTC, else by the clock on the
    /// wall, which machines of one place share.
    fn correlation(&self, other: &Traffic<'p>) -> Option<f64> {
        let by = |clock: usize| {
            let (own, theirs) = (&self.clocks[clock], &other.clocks[clock]);
            let (a, b) = (span(own)?, span(theirs)?);
            let from = a.0.max(b.0).div_euclid(STEP);
            let to = a.1.min(b.1).div_euclid(STEP);
            let steps = to.saturating_sub(from).min(MOST);
            let steps = usize::try_from(steps).ok().filter(|n| *n >= LEAST)?;
            let own = left(own, self.among(other), (from, steps))?;
            let theirs = left(theirs, other.among(self), (from, steps))?;
            // neither a few steps alone nor all but these
            let held = correlated(&held(&own), &held(&theirs))?;
            Some(held.min(correlated(&own, &theirs)?))
        };
        by(0).or_else(|| by(1))
    }
}

/// From when to when logs have requests, by their clock.
fn span(logs: &[(&Track, i64)]) -> Option<(i64, i64)> {
    let spans = || {
        logs.iter()
            .filter_map(|(t, o)| t.span.map(|s| (s.0 + o, s.1 + o)))
    };
    Some((spans().map(|s| s.0).min()?, spans().map(|s| s.1).max()?))
}

/// The only offset that an input writes, in microseconds.
fn offset(p: &InputPart) -> Option<i64> {
    let mut all = p.accounting.offsets.iter();
    let (minutes, _) = all.next()?;
    all.next().is_none().then(|| i64::from(*minutes) * MINUTE)
}

/// What each of so many steps has more than those around it on average, of all requests or of those to some paths; `None` where few
/// have any.
fn left(
    logs: &[(&Track, i64)],
    known: Option<&BTreeMap<&[u8], u64>>,
    (from, steps): (i64, usize),
) -> Option<Vec<f64>> {
    let mut counts = vec![0.0; steps];
    let end = from + steps as i64;
    let mut add = |us: i64, n: u32| {
        let step = usize::try_from(us.div_euclid(STEP) - from).unwrap_or(steps);
        if let Some(c) = counts.get_mut(step) {
            *c += f64::from(n);
        }
    };
    for (track, offset) in logs {
        let (a, b) = (from * STEP - offset, end * STEP - offset);
        let Some(known) = known else {
            let all = track.requests.n.within(a, b);
            all.for_each(|(us, n)| add(us + offset, n));
            continue;
        };
        let all = track.by_endpoint.sorted();
        let some = all
            .iter()
            .filter(|(name, _)| known.contains_key(begins(name)));
        let within = some.flat_map(|(_, s)| s.n.within(a, b));
        within.for_each(|(us, n)| add(us + offset, n));
    }
    if counts.iter().filter(|c| **c > 0.0).count() < LEAST {
        return None;
    }
    // sums up to each step
    let mut until = vec![0.0];
    for c in &counts {
        until.push(until[until.len() - 1] + c);
    }
    let less = |n: usize| {
        let (a, b) = (n.saturating_sub(AROUND), (n + AROUND + 1).min(steps));
        counts[n] - (until[b] - until[a]) / (b - a) as f64
    };
    Some((0..steps).map(less).collect())
}

/// What a step may have more or less, in medians of what steps have: clients that all come back at once do so at every server that
/// shares their load.
const BURST: f64 = 3.0;

/// Steps held to what one of them may have more or less.
fn held(less: &[f64]) -> Vec<f64> {
    let mut sizes: Vec<f64> = less.iter().map(|x| x.abs()).collect();
    sizes.sort_list_by(f64::total_cmp);
    let most = BURST * sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    less.iter().map(|x| x.clamp(-most, most)).collect()
}

/// How two rows of numbers without a mean go together; `None` where one of them is all alike.
fn correlated(a: &[f64], b: &[f64]) -> Option<f64> {
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let spread = sum(a, a) * sum(b, b);
    (spread > 0.0).then(|| sum(a, b) / spread.sqrt())
}

/// The method and the first parts of the path of an endpoint.
fn begins(endpoint: &[u8]) -> &[u8] {
    let mut slashes = memchr::memchr_iter(b'/', endpoint);
    let end = slashes.nth(DEPTH - 1).unwrap_or(endpoint.len());
    &endpoint[..end]
}
