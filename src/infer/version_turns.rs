//! Changes of version that no tool states: from one moment on the requests of a service carry another version.
//! Canaries and pools that run side by side are no change until one of them has most of the requests.

use super::raw::cite;
use crate::clock::Clocks;
use crate::model::{Basis, Event, Piece, Sentence};
use crate::record::MarkerKind;
use crate::summary::{KeySeries, Part, Track, version_of};
use crate::text::LogText;
use crate::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// Ten seconds in microseconds.
const STEP: i64 = 10 * SECOND;
/// Requests before and after that show which version was at work.
const ENOUGH: u64 = 3;
/// How far back the version before is looked for.
const BEFORE: i64 = 30 * MINUTE;
/// Changes of one service to one version within this are one, whichever logs show it.
const SAME: i64 = 60 * SECOND;

/// Versions of one service and their requests.
type Versions<'a> = Vec<(&'a [u8], &'a KeySeries)>;

/// A change that one input shows.
struct Turn {
    event: Event,
    service: Option<Vec<u8>>,
    version: Vec<u8>,
}

/// The rows of all changes of version, by time.
pub(super) fn version_turns(part: &Part, clocks: &Clocks) -> Vec<Event> {
    let mut turns: Vec<Turn> = Vec::new();
    for (&input, p) in &part.inputs {
        for (axis, t) in p.tracks() {
            of_track(t, input, &|us| clocks.instant(input, axis, us), &mut turns);
        }
    }
    turns.sort_by_key(|t| (t.event.time, t.event.evidence[0].input));
    let mut out: Vec<Turn> = Vec::new();
    for t in turns {
        let same = |o: &&mut Turn| {
            let near =
                matches!((o.event.time, t.event.time), (Some(a), Some(b)) if b.0 - a.0 <= SAME);
            near && o.version == t.version
                && (o.service == t.service || o.service.is_none() || t.service.is_none())
        };
        match out.iter_mut().rev().find(same) {
            Some(o) => o.event.evidence.extend(t.event.evidence),
            None => out.push(t),
        }
    }
    out.into_iter().map(|t| t.event).collect()
}

fn of_track(t: &Track, input: u32, at: &dyn Fn(i64) -> Instant, out: &mut Vec<Turn>) {
    let mut services: BTreeMap<Option<&[u8]>, Versions<'_>> = BTreeMap::new();
    for (name, series) in t.by_version.sorted() {
        let (service, version) = version_of(name);
        services.entry(service).or_default().push((version, series));
    }
    for (name, runs) in t.turns.iter() {
        let (service, version) = version_of(name);
        let Some(all) = services.get(&service).filter(|all| all.len() > 1) else {
            continue;
        };
        for (start, run) in runs {
            let (from, to) = (start * STEP, (run.end + 1) * STEP);
            let Some(old) = at_work_before(all, from) else {
                continue;
            };
            if old == version || !most(all, version, from, to) {
                continue;
            }
            let name = |b: &[u8]| LogText::name(b);
            let mut text = Sentence::words("Version");
            if let Some(s) = service {
                text = text.w(" of ").p(Piece::Name(name(s)));
            }
            let text = text
                .w(" changes from ")
                .p(Piece::Name(name(old)))
                .w(" to ")
                .p(Piece::Name(name(version)));
            out.push(Turn {
                service: service.map(<[u8]>::to_vec),
                version: version.to_vec(),
                event: Event {
                    id: String::new(),
                    letter: None,
                    time: Some(at(run.first.us)),
                    after: None,
                    before: None,
                    place: None,
                    interval: None,
                    kind: MarkerKind::VersionChange,
                    text,
                    basis: Basis::Measured,
                    confidence: 70,
                    evidence: vec![cite(input, &run.first)],
                    class: None,
                    host: None,
                    service: service.map(name),
                    version: Some(name(version)),
                    upstream: None,
                    group: None,
                    actors: Vec::new(),
                    method: None,
                },
            });
        }
    }
}

/// The version with the most requests in the last steps before `from`: as few steps as hold enough requests.
fn at_work_before<'a>(all: &[(&'a [u8], &'a KeySeries)], from: i64) -> Option<&'a [u8]> {
    let of = |(i, (_, series)): (usize, &(_, &'a KeySeries))| {
        let held = series.n.within(from - BEFORE, from);
        held.map(move |(us, n)| (us, i, u64::from(n)))
    };
    let mut held: Vec<(i64, usize, u64)> = all.iter().enumerate().flat_map(of).collect();
    held.sort_unstable_by_key(|x| std::cmp::Reverse(x.0));
    let mut sums = vec![0u64; all.len()];
    for step in held.chunk_by(|a, b| a.0 == b.0) {
        step.iter().for_each(|(_, i, n)| sums[*i] += n);
        if sums.iter().sum::<u64>() >= ENOUGH {
            let top = (0..all.len()).max_by_key(|i| (sums[*i], std::cmp::Reverse(*i)))?;
            return Some(all[top].0);
        }
    }
    None
}

/// Whether a version has more than half of the requests from `from` to `to`, and enough of them.
fn most(all: &[(&[u8], &KeySeries)], version: &[u8], from: i64, to: i64) -> bool {
    let sum = |s: &KeySeries| s.n.sum(from, to);
    let total: u64 = all.iter().map(|(_, s)| sum(s)).sum();
    let own: u64 = all
        .iter()
        .filter(|(v, _)| *v == version)
        .map(|(_, s)| sum(s))
        .sum();
    own >= ENOUGH && own * 2 > total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{LineAt, Pos};

    /// Requests of versions at seconds, as one track of service `shop`.
    fn track(requests: &[(&str, i64)]) -> Track {
        let mut t = Track::default();
        for (i, (version, s)) in requests.iter().enumerate() {
            let (us, name) = (s * SECOND, [b"shop\x1f", version.as_bytes()].concat());
            let slot = t.by_version.slot(&name);
            t.by_version.at(slot).n.add(us, 1);
            let pos = Pos {
                offset: i as u64,
                line: i as u64 + 1,
            };
            let at = LineAt::new(b"x", (0, 1), pos);
            let hash = crate::hash::hash64(&name, 0);
            t.turns.note((hash, || name.clone()), (us, s / 10), at);
        }
        t
    }

    fn changes(requests: &[(&str, i64)]) -> Vec<(i64, String)> {
        let mut out = Vec::new();
        of_track(&track(requests), 0, &Instant, &mut out);
        out.sort_by_key(|t| t.event.time);
        out.into_iter()
            .map(|t| {
                let version = String::from_utf8_lossy(&t.version).into_owned();
                (t.event.time.unwrap().second(), version)
            })
            .collect()
    }

    #[test]
    fn there_and_back() {
        let mut r: Vec<(&str, i64)> = (0..60).map(|s| ("1.0", s)).collect();
        r.extend((61..120).map(|s| ("2.0", s)));
        r.extend((121..180).map(|s| ("1.0", s)));
        assert_eq!(changes(&r), [(61, "2.0".into()), (121, "1.0".into())]);
    }

    #[test]
    fn a_canary_and_a_single_version_are_no_change() {
        let canary: Vec<(&str, i64)> = (0..300)
            .map(|s| (if s % 10 == 3 { "2.0" } else { "1.0" }, s))
            .collect();
        assert_eq!(changes(&canary), []);
        let single: Vec<(&str, i64)> = (0..30).map(|i| ("1.0", i * 100)).collect();
        assert_eq!(changes(&single), []);
    }
}
