//! Changes of version that no tool states: from one moment on the requests of a service carry another version.
//! Versions that run side by side, as beside a canary, are no change: the one before must be alone at first, and cease soon.

use crate::clock::Clocks;
use crate::infer::citing::cite;
use crate::infer::measured_rows::measured;
use crate::model::{Event, Sentence};
use coroner_core::summary::{KeySeries, Part, Track, version_of};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// Ten seconds in microseconds.
const STEP: i64 = 10 * SECOND;
/// Requests that show which version was at work where no other answers any for as long as is looked at.
const FEW: u64 = 3;
/// Requests that one of two versions side by side does not answer alone by chance.
const ENOUGH: u64 = 7;
/// How far back and forth the versions at work are looked at.
const AROUND: i64 = 30 * MINUTE;
/// Longest that hosts one after another take to change.
const ROLLING: i64 = 10 * MINUTE;
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
    turns.sort_list_by_key(|t| (t.event.time, t.event.evidence[0].input));
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
            let Some(old) = replaced(all, version, start * STEP) else {
                continue;
            };
            let [old, new] = [old, version].map(LogText::name);
            let of = service.map(LogText::name);
            // a program may say before that it runs in another version: this is when its requests show it
            let text = Sentence::words("First request logged with ");
            let text = match &of {
                Some(s) => text.name(s).w(" "),
                None => text.w("version "),
            };
            let text = text.name(&new).w(" (").name(&old).w(" before)");
            let (kind, lines) = (MarkerKind::VersionChange, vec![cite(input, &run.first)]);
            out.push(Turn {
                service: service.map(<[u8]>::to_vec),
                version: version.to_vec(),
                event: Event {
                    confidence: 70,
                    service: of,
                    version: Some(new),
                    method: None,
                    ..measured(kind, at(run.first.us), text, lines, "")
                },
            });
        }
    }
}

/// The version that another one took the place of at a time: alone at work before it, and gone soon after.
fn replaced<'a>(all: &Versions<'a>, new: &[u8], from: i64) -> Option<&'a [u8]> {
    let others = all.iter().filter(|(v, _)| *v != new);
    let last = others.filter_map(|(v, s)| Some((*v, s.n.within(from - AROUND, from).last()?.0)));
    let (old, _) = last.max_by_key(|x| x.1)?;
    let of = |v: &[u8]| all.iter().find(|x| x.0 == v).map(|x| x.1);
    let (old_one, new_one) = (of(old)?, of(new)?);
    // steps with the requests of the old one and of the new one
    let steps = |a: i64, b: i64| {
        let mut steps: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for (us, n) in old_one.n.within(a, b) {
            steps.entry(us).or_default().0 += u64::from(n);
        }
        for (us, n) in new_one.n.within(a, b) {
            steps.entry(us).or_default().1 += u64::from(n);
        }
        steps
    };
    // alone right before; where the new one ran before that, it ended there
    let before = steps(from - AROUND, from);
    let since = before.iter().rev().find(|(_, n)| n.1 > 0).map(|x| *x.0);
    let alone = |a: i64| before.range(a..).map(|(_, n)| n.0).sum::<u64>();
    let was_alone = match since {
        Some(s) => alone(s + 1) >= FEW && alone(s) >= ENOUGH,
        None => alone(i64::MIN) >= FEW,
    };
    // gone soon after, and where it comes back, the new one goes
    let (mut gone, mut streak, mut back) = (from, 0, None);
    for (us, (old, new)) in steps(from, from + AROUND) {
        match back {
            Some(b) if new > 0 && us - b > MINUTE => return None,
            Some(_) => {}
            None if old == 0 => streak += new,
            None if streak >= FEW => back = Some(us),
            None => (gone, streak) = (us, 0),
        }
    }
    (was_alone && gone <= from + ROLLING && streak >= FEW).then_some(old)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::{LineAt, Pos};

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
            let hash = coroner_lines::hash::hash64(&name, 0);
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
        // it gets half of few requests and is given up: the version that went on does not begin then
        let half = [1, 2, 2, 1, 2, 1, 1, 2, 2, 2, 1, 1, 2];
        let few = (0..200).map(|i| {
            let beside = (50..120).contains(&i) && half[i as usize % half.len()] == 2;
            (if beside { "2.0" } else { "1.0" }, i * 15)
        });
        assert_eq!(changes(&few.collect::<Vec<_>>()), []);
        let single: Vec<(&str, i64)> = (0..30).map(|i| ("1.0", i * 100)).collect();
        assert_eq!(changes(&single), []);
    }
}
