//! Clocks that run ahead or behind by seconds or minutes, estimated by host and taken off its stamps: from request ids that
//! two inputs share, or from bursts of errors that happen at once. A host is moved only where its own lines say so.

use crate::clock::backward_step::set_back;
use crate::clock::burst_offset::{self, Series};
use crate::clock::estimate::host;
use crate::clock::piecewise::{self, ClockStretch, Cut, Moment};
use crate::clock::step_time::{Channel, Setting, Side, on_both_sides, setting};
use crate::clock::{Clocks, Shift, stated_waits};
use coroner_core::summary::{Axis, InputPart, Part, Track};
use coroner_lines::record::Kind;
use coroner_lines::time::SECOND;
use std::collections::{BTreeMap, BTreeSet};

/// Clocks that agree within so many seconds agree.
const AGREE_S: i64 = 2;
/// Stretches of different offsets may overlap for so long, in seconds: when a clock was set is not known better.
const AGREE_FOR_S: i64 = 180;
/// Longest time that a request is waited for, in seconds: errors alone do not distinguish it from a clock that is off by as much.
const WAITED_S: i64 = 120;
/// Pairs of lines with the same request id that show an offset.
const PAIRS: usize = 3;
/// Largest offset that a few request ids are believed for, in seconds: beyond, they are other requests.
const FARTHEST_S: i64 = 3600;
/// The same where both sides of a moment at which the clock was set say the same again and again.
const REACH_S: i64 = 12 * 3600;
/// Share of the pairs that must agree within a second.
const MODE: f64 = 0.6;

/// What an input shows of its clock: stretches of one offset each, their margin in seconds, and why.
#[derive(Clone, Debug, PartialEq)]
struct Estimate {
    stretches: Vec<ClockStretch>,
    margin: i64,
    basis: &'static str,
}

/// Sets what the clocks of hosts run ahead of the edge's. `edge` are the inputs whose requests count.
pub fn shifts(part: &Part, edge: &BTreeSet<u32>, clocks: &mut Clocks) {
    if part.inputs.keys().all(|id| edge.contains(id)) {
        return;
    }
    let reference = Reference::new(part, edge, clocks);
    let (mut by_host, mut own) = (BTreeMap::new(), BTreeMap::new());
    let mut of_edge: BTreeSet<String> = BTreeSet::new();
    for (id, p) in &part.inputs {
        if edge.contains(id) {
            of_edge.extend(host(p));
            continue;
        }
        let found = p
            .tracks()
            .find_map(|(axis, t)| reference.estimate(*id, axis, t, clocks));
        if let Some(e) = found {
            if let Some(h) = host(p) {
                by_host.entry(h).or_insert_with(Vec::new).push(e.clone());
            }
            own.insert(*id, e);
        }
    }
    let mut set = Vec::new();
    for (id, p) in &part.inputs {
        if edge.contains(id) || p.meta.scope == Kind::Pager {
            continue;
        }
        let hosts = host(p).filter(|h| !of_edge.contains(h));
        let shared = hosts.and_then(|h| agreed(by_host.get(&h)?));
        // an input's own lines say more than those of its neighbours
        if let Some(e) = own.get(id).or(shared) {
            set.extend(pieces(*id, p, e, clocks).map(|v| (*id, v)));
        }
    }
    for (id, v) in set {
        clocks.set_shift(id, v);
    }
}

/// The pieces of an input's clock; `None` where it is right all the time, or where its lines do not show when it was set.
fn pieces(id: u32, p: &InputPart, e: &Estimate, clocks: &Clocks) -> Option<Vec<Shift>> {
    let (axis, t) = p.tracks().find(|(_, t)| t.span.is_some())?;
    let clock = |us: i64| clocks.instant(id, axis, us).0;
    let mut out = Vec::new();
    for (i, s) in e.stretches.iter().enumerate() {
        let seconds = (s.ahead + SECOND / 2).div_euclid(SECOND);
        let Cut { from, at } = match i {
            0 => Cut {
                from: i64::MIN,
                at: None,
            },
            _ => piecewise::cut(t, clock, e.stretches[i - 1], *s)?,
        };
        let seconds = if seconds.abs() > AGREE_S { seconds } else { 0 };
        out.push(Shift {
            from,
            at,
            ahead_us: seconds * SECOND,
            margin_us: e.margin * SECOND,
            basis: e.basis,
        });
    }
    out.iter().any(|s| s.ahead_us != 0).then_some(out)
}

/// The estimate of a host whose inputs all say the same; of those that saw its clock set one that did. Inputs that say
/// different things of the same time have different clocks, whatever folder they lie in.
fn agreed(all: &[Estimate]) -> Option<&Estimate> {
    let near = |a: i64, b: i64| (a - b).abs() <= AGREE_S * SECOND;
    let best = all.iter().max_by_key(|e| e.stretches.len())?;
    let agrees = |s: &ClockStretch| {
        let (mut same, mut other) = (0, 0);
        for b in &best.stretches {
            let shared = (s.edge.1.min(b.edge.1) - s.edge.0.max(b.edge.0)).max(0) + 1;
            match near(b.ahead, s.ahead) {
                true => same += shared,
                false => other += shared - 1,
            }
        }
        // when exactly a clock was set is known to a minute or two
        same > 0 && other <= AGREE_FOR_S * SECOND
    };
    let fits = |e: &Estimate| e.stretches.iter().all(agrees);
    all.iter().all(fits).then_some(best)
}

/// First and last second of a track, by its clock.
fn seconds(id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<(i64, i64)> {
    let (a, b) = t.span?;
    let at = |us: i64| clocks.instant(id, axis, us).second();
    Some((at(a), at(b)))
}

/// Whether an estimate moves all lines by one offset. Where the times of an input fall once and for good, one cannot hold on
/// both sides: it would be wrong by the fall on one of them.
fn moves_all(e: &Estimate) -> bool {
    matches!(e.stretches[..], [ClockStretch { ahead, .. }] if ahead.abs() > AGREE_S * SECOND)
}

/// What the edge says, in UTC.
#[derive(Default)]
struct Reference {
    /// Second → failed requests.
    failed: Series,
    /// Second → requests.
    requests: Series,
    /// Hash of a request id → microseconds, of ids seen once.
    ids: BTreeMap<u64, i64>,
}

impl Reference {
    fn new(part: &Part, edge: &BTreeSet<u32>, clocks: &Clocks) -> Self {
        let mut r = Reference::default();
        let mut cover: Option<(i64, i64)> = None;
        for (id, p) in part.inputs.iter().filter(|x| edge.contains(x.0)) {
            for (axis, t) in p.tracks() {
                if let Some((a, b)) = seconds(*id, axis, t, clocks) {
                    cover = Some(cover.map_or((a, b), |(x, y)| (x.min(a), y.max(b))));
                }
                let add = |to: &mut Series, us: i64, n: u32| {
                    let at = clocks.instant(*id, axis, us).second();
                    let c = to.of.entry(at).or_default();
                    *c = c.saturating_add(n);
                };
                let failed = t.requests.failed.counts();
                failed.for_each(|(s, n)| add(&mut r.failed, s * SECOND, n));
                let all = t.requests.n.iter();
                all.for_each(|(us, n)| add(&mut r.requests, us, n));
                for (h, c) in t.ids.iter().filter(|x| x.1.count == 1) {
                    r.ids.insert(*h, clocks.instant(*id, axis, c.us).0);
                }
            }
        }
        r.failed.cover = cover.unwrap_or_default();
        r.requests.cover = r.failed.cover;
        r
    }

    fn estimate(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        self.by_ids(id, axis, t, clocks)
            .or_else(|| self.by_bursts(id, axis, t, clocks))
            .filter(|e| !moves_all(e) || set_back(t).is_none())
    }

    /// Stretches of one offset; where there are none the mode of the differences in whole seconds, then the median of those
    /// around it.
    fn by_ids(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        let own = t.ids.iter().filter(|x| x.1.count == 1);
        let moments: Vec<Moment> = own
            .filter_map(|(h, c)| Some((*self.ids.get(h)?, clocks.instant(id, axis, c.us).0)))
            .filter(|m| (m.1 - m.0).abs() <= REACH_S * SECOND)
            .collect();
        let estimate = |stretches| Estimate {
            stretches,
            margin: 1,
            basis: "request ids that it shares with the edge",
        };
        if let Some(found) = piecewise::stretches(moments.clone()).filter(|s| s.len() > 1) {
            return Some(estimate(found));
        }
        let of_edge = || moments.iter().map(|m| m.0);
        let edge = (of_edge().min()?, of_edge().max()?);
        let mut diffs: Vec<i64> = moments.iter().map(|m| m.1 - m.0).collect();
        diffs.retain(|d| d.abs() <= FARTHEST_S * SECOND);
        if diffs.len() < PAIRS {
            return None;
        }
        diffs.sort_unstable();
        let (a, b) = piecewise::mode(&diffs)?;
        let enough = b - a >= PAIRS && (b - a) as f64 >= MODE * diffs.len() as f64;
        let ahead = diffs[(a + b) / 2];
        enough.then(|| estimate(vec![ClockStretch { ahead, edge }]))
    }

    fn by_bursts(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        let second = |us: i64| clocks.instant(id, axis, us).second();
        let by_second = |(us, n): (i64, u32)| (second(us), n);
        let mut errors: BTreeMap<i64, u32> = t.errors.iter().map(by_second).collect();
        for (s, n) in t.requests.failed.counts() {
            let c = errors.entry(second(s * SECOND)).or_default();
            *c = (*c).max(n);
        }
        let requests: BTreeMap<i64, u32> = t.requests.n.iter().map(by_second).collect();
        let cover = seconds(id, axis, t, clocks)?;
        let series = |of| Series { of, cover };
        let jump = |ahead: i64| {
            let shown = |us: i64| clocks.instant(id, axis, us).0;
            let (at, ahead_before) = piecewise::jump(t, shown, ahead * SECOND)?;
            let at = at.div_euclid(SECOND);
            (!stated_waits::explain(t, ahead)).then_some(Setting { at, ahead_before })
        };
        let stretches = self.bursts(&series(errors), &series(requests), jump)?;
        // an error that says how long it waited may come that much later than the request, by the same clock
        if let [ClockStretch { ahead, .. }] = stretches[..]
            && ahead.abs() > AGREE_S * SECOND
            && stated_waits::explain(t, ahead / SECOND)
        {
            return None;
        }
        Some(Estimate {
            stretches,
            margin: 2,
            basis: "errors that line up with the edge's",
        })
    }

    /// The offset that bursts show: of all of them, or of those of a part of the time; where requests and errors show that
    /// the clock is right before or after, that too, above all at a `jump` of its lines by as much.
    fn bursts(
        &self,
        errors: &Series,
        requests: &Series,
        jump: impl Fn(i64) -> Option<Setting>,
    ) -> Option<Vec<ClockStretch>> {
        let stretch = |ahead: i64, from: i64, to: i64| ClockStretch {
            ahead: ahead * SECOND,
            edge: ((from - ahead) * SECOND, (to - ahead) * SECOND),
        };
        let times = || errors.of.keys().chain(requests.of.keys()).copied();
        let (first, last) = (times().min()?, times().max()?);
        let Some(ahead) = self.burst_offset(errors) else {
            let (ahead, _) = burst_offset::far(&self.failed, errors)?;
            return Some(vec![stretch(ahead, first, last)]);
        };
        let channels = [
            Channel::new(&self.failed, errors),
            Channel::new(&self.requests, requests),
        ];
        let shown = jump(ahead);
        let fits = shown.filter(|s| s.fits(&channels, ahead));
        // an error may come as long before or after that of the edge as somebody waits: requests wait for nobody
        let (followed, middle) = match ahead.abs() <= WAITED_S {
            true => (&channels[1..], &requests.of),
            false => (&channels[..], &errors.of),
        };
        let set = (ahead.abs() > AGREE_S)
            .then(|| fits.or_else(|| setting(followed, ahead)))
            .flatten();
        let Some(s) = set else {
            // lines that jump by as much are those of a clock that was set, unless both sides say the same
            let all = shown.is_none_or(|s| s.is_refuted(&channels, ahead));
            let whole = burst_offset::skew(&self.failed, errors).map(|x| x.0);
            let middle = middle.keys().nth(middle.len() / 2);
            let moved = || middle.is_some_and(|at| on_both_sides(followed, ahead, *at));
            let shown = all && whole == Some(ahead) && (ahead.abs() <= AGREE_S || moved());
            return shown.then(|| vec![stretch(ahead, first, last)]);
        };
        let [Side { own, other, .. }, _] = s.sides(ahead);
        let end = times().filter(|t| *t < s.at).max()?;
        // what it shows may come twice when it goes back: the edge's time does not
        let begin = s.at.max(end - own + other);
        Some(vec![
            stretch(own, first, end),
            stretch(other, begin, last.max(begin)),
        ])
    }

    /// The offset that the bursts of all of the time show, or of its first or last part.
    fn burst_offset(&self, errors: &Series) -> Option<i64> {
        let whole = burst_offset::skew(&self.failed, errors);
        let part = || {
            (2..=6).find_map(|eighth| {
                let middle = *errors.of.keys().nth(errors.of.len() * eighth / 8)?;
                let (mut left, mut right) = (errors.clone(), errors.clone());
                right.of = left.of.split_off(&middle);
                left.cover.1 = middle - 1;
                right.cover.0 = middle;
                let of = |x: &Series| {
                    burst_offset::skew(&self.failed, x).filter(|s| s.0.abs() > AGREE_S)
                };
                of(&left).or_else(|| of(&right))
            })
        };
        whole.or_else(part).map(|s| s.0)
    }
}

#[cfg(test)]
mod tests;
