//! Clocks that run ahead or behind by seconds or minutes, estimated by host and taken off its stamps: from request ids that
//! two inputs share, or from bursts of errors that happen at once. A host is moved only where its own lines say so.

use super::{Clocks, Shift, skew};
use crate::record::Kind;
use crate::summary::{Axis, InputPart, Part, Track};
use crate::time::SECOND;
use std::collections::{BTreeMap, BTreeSet};

/// Clocks that agree within so many seconds agree.
const AGREE_S: i64 = 2;
/// Pairs of lines with the same request id that tell an offset.
const PAIRS: usize = 3;
/// Largest offset that request ids are believed for, in seconds: beyond, they are other requests.
const FARTHEST_S: i64 = 3600;
/// Share of the pairs that must agree within a second.
const MODE: f64 = 0.6;

/// One estimate: seconds ahead of the edge, margin in seconds, why, and how many pairs or seconds it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Estimate {
    ahead: i64,
    margin: i64,
    basis: &'static str,
}

/// Sets what the clocks of hosts run ahead of the edge's. `edge` are the inputs whose requests count.
pub fn shifts(part: &Part, edge: &BTreeSet<u32>, clocks: &mut Clocks) {
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
            own.insert(*id, e);
            if let Some(h) = host(p) {
                by_host.entry(h).or_insert_with(Vec::new).push(e);
            }
        }
    }
    for (id, p) in &part.inputs {
        if edge.contains(id) || p.meta.scope == Kind::Pager {
            continue;
        }
        let hosts = host(p).filter(|h| !of_edge.contains(h));
        let shared = hosts.and_then(|h| agreed(by_host.get(&h)?));
        // an input's own lines say more than those of its neighbours
        let Some(e) = own.get(id).copied().or(shared) else {
            continue;
        };
        if e.ahead.abs() > AGREE_S {
            clocks.set_shift(
                *id,
                Shift {
                    ahead_us: e.ahead * SECOND,
                    margin_us: e.margin * SECOND,
                    basis: e.basis,
                },
            );
        }
    }
}

/// The host of an input: as the plan has it, else the folder.
fn host(p: &InputPart) -> Option<String> {
    p.meta
        .host
        .clone()
        .or_else(|| super::align::folder(&p.meta.name))
}

/// The estimate of a host whose inputs all say the same.
fn agreed(all: &[Estimate]) -> Option<Estimate> {
    let first = *all.first()?;
    all.iter()
        .all(|e| (e.ahead - first.ahead).abs() <= AGREE_S)
        .then_some(first)
}

/// What the edge says, in UTC.
struct Reference {
    /// Second → failed requests.
    failed: BTreeMap<i64, u32>,
    /// Hash of a request id → microseconds, of ids seen once.
    ids: BTreeMap<u64, i64>,
}

impl Reference {
    fn new(part: &Part, edge: &BTreeSet<u32>, clocks: &Clocks) -> Self {
        let mut r = Reference {
            failed: BTreeMap::new(),
            ids: BTreeMap::new(),
        };
        for (id, p) in part.inputs.iter().filter(|x| edge.contains(x.0)) {
            for (axis, t) in p.tracks() {
                for (s, f) in t.requests.failed.iter() {
                    let at = clocks.instant(*id, axis, s * SECOND).second();
                    let c = r.failed.entry(at).or_default();
                    *c = c.saturating_add(f.n);
                }
                for (h, c) in t.ids.iter().filter(|x| x.1.count == 1) {
                    r.ids.insert(*h, clocks.instant(*id, axis, c.us).0);
                }
            }
        }
        r
    }

    fn estimate(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        self.by_ids(id, axis, t, clocks)
            .or_else(|| self.by_bursts(id, axis, t, clocks))
    }

    /// The mode of the differences in whole seconds, then the median of those around it.
    fn by_ids(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        let mut diffs: Vec<i64> = t
            .ids
            .iter()
            .filter(|x| x.1.count == 1)
            .filter_map(|(h, c)| Some(clocks.instant(id, axis, c.us).0 - self.ids.get(h)?))
            .filter(|d| d.abs() <= FARTHEST_S * SECOND)
            .collect();
        if diffs.len() < PAIRS {
            return None;
        }
        diffs.sort_unstable();
        let near = |x: i64| {
            let a = diffs.partition_point(|d| *d < x - SECOND);
            let b = diffs.partition_point(|d| *d <= x + SECOND);
            (a, b)
        };
        let (a, b) = diffs
            .iter()
            .map(|d| near(*d))
            .max_by_key(|(a, b)| (b - a, usize::MAX - a))?;
        let enough = b - a >= PAIRS && (b - a) as f64 >= MODE * diffs.len() as f64;
        let median = diffs[(a + b) / 2];
        enough.then_some(Estimate {
            ahead: (median + SECOND / 2).div_euclid(SECOND),
            margin: 1,
            basis: "request ids that it shares with the edge",
        })
    }

    fn by_bursts(&self, id: u32, axis: Axis, t: &Track, clocks: &Clocks) -> Option<Estimate> {
        let mut errors: BTreeMap<i64, u32> = t
            .errors
            .iter()
            .map(|(us, n)| (clocks.instant(id, axis, us).second(), n))
            .collect();
        for (s, f) in t.requests.failed.iter() {
            let at = clocks.instant(id, axis, s * SECOND).second();
            let c = errors.entry(at).or_default();
            *c = (*c).max(f.n);
        }
        let (ahead, margin) = skew::skew(&self.failed, &errors)?;
        Some(Estimate {
            ahead,
            margin,
            basis: "errors that happen at the same moments as those of the edge",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{InputMeta, JoinCell, Pos, Seen};

    const T0: i64 = 1_700_000_000 * SECOND;

    fn input(name: &str) -> InputPart {
        let mut p = InputPart::new(InputMeta {
            member: None,
            doubts: Vec::new(),
            name: name.into(),
            domain: name.into(),
            service: None,
            host: None,
            scope: Kind::App,
            zone: None,
            edge: false,
            windows: Default::default(),
        });
        let line = Seen::new(T0, Pos::default(), b"x");
        p.utc.span = Some((T0, T0 + 900 * SECOND));
        p.utc.activity.insert(
            T0.div_euclid(60 * SECOND),
            crate::summary::Activity {
                n: 1,
                errors: 0,
                first: line.clone(),
                last: line,
            },
        );
        p
    }

    fn shifted(ids: impl Fn(u64) -> i64) -> Vec<Option<i64>> {
        let (mut edge, mut app) = (input("edge/access.log"), input("app-2/app.log"));
        let (system, other) = (input("app-2/syslog"), input("app-1/syslog"));
        for i in 0..20u64 {
            let us = T0 + i as i64 * 7 * SECOND;
            edge.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
            let us = us + ids(i);
            app.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
        }
        let part = Part {
            plan: 1,
            inputs: (0u32..).zip([edge, app, system, other]).collect(),
        };
        let mut clocks = Clocks::default();
        shifts(&part, &BTreeSet::from([0]), &mut clocks);
        (0..4)
            .map(|i| clocks.shift_of(i).map(|s| s.ahead_us / SECOND))
            .collect()
    }

    #[test]
    fn request_ids_tell_a_hosts_clock_and_outliers_do_not_matter() {
        let found = shifted(|i| (90 + if i % 6 == 0 { 40 } else { 0 }) * SECOND);
        assert_eq!(found, [None, Some(90), Some(90), None]);
    }

    #[test]
    fn a_clock_that_is_right_and_ids_that_disagree_move_nothing() {
        assert_eq!(shifted(|_| SECOND), [None; 4]);
        assert_eq!(shifted(|i| i as i64 * 20 * SECOND), [None; 4]);
    }
}
