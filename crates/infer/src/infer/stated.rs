//! Stated markers on one clock: gathered from all inputs, mapped to UTC, sorted. No collapsing and no wording here.

pub(in crate::infer) mod job_logs;
pub(in crate::infer) mod proxy_reloads;
pub(in crate::infer) mod runs;
pub(in crate::infer) mod untimed_rows;

use crate::clock::Clocks;
use crate::infer::citing::{cite, cite_many};
use crate::infer::lanes::View;
use crate::infer::stated::job_logs::job;
use crate::infer::stated::proxy_reloads::reloads;
use crate::infer::stated::runs::same_versions_are_restarts;
use crate::infer::stated::untimed_rows::written_time;
use crate::model::Evidence;
use coroner_core::summary::{CitableLine, Track};
use coroner_lines::marker;
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeMap;

/// One stated marker with its time in UTC.
#[derive(Clone, Debug)]
pub(crate) struct StatedMarker {
    pub time: Option<Instant>,
    pub after: Option<Instant>,
    pub before: Option<Instant>,
    /// Where an untimed one stands among the others; `None`: apart from them.
    pub place: Option<Instant>,
    pub input: u32,
    /// The first of the inputs that one tool writes, a file for each run or day.
    pub log: u32,
    pub offset: u64,
    pub kind: MarkerKind,
    pub class: Option<CauseClass>,
    pub confidence: u8,
    pub text: Vec<u8>,
    pub group: Option<Vec<u8>>,
    /// Who acted, or was notified.
    pub actors: Vec<Vec<u8>>,
    pub host: Option<Vec<u8>>,
    pub service: Option<Vec<u8>>,
    pub version: Option<Vec<u8>>,
    pub typed: bool,
    /// What a package manager did.
    pub package: bool,
    pub evidence: Vec<Evidence>,
    /// Last line of a repeated marker.
    pub last: Option<Instant>,
}

impl StatedMarker {
    /// Whether it is what a person wrote to others of an act: nothing was done by that.
    pub fn is_said(&self) -> bool {
        let act = !matches!(
            self.kind,
            MarkerKind::RecoveryClaimed | MarkerKind::HumanNote
        );
        act && !self.typed && self.confidence <= marker::SAID
    }

    /// Order of rows: time (untimed ones where they are placed, else last), input, place.
    pub fn order(&self) -> (Instant, u32, u64) {
        (
            self.time.or(self.place).unwrap_or(Instant(i64::MAX)),
            self.input,
            self.offset,
        )
    }
}

/// An untimed line stands where the stamped lines around it stand, if these are no further apart.
const CLOSE: i64 = MINUTE;

/// All stated markers of a part, by time.
pub(crate) fn gather(view: &View<'_>) -> Vec<StatedMarker> {
    let (part, clocks) = (view.part, view.clocks);
    let mut out = Vec::new();
    let mut logs = BTreeMap::new();
    for (&input, p) in &part.inputs {
        let host = p.meta.host.as_ref().map(|h| h.clone().into_bytes());
        let from = out.len();
        for (axis, t) in p.tracks() {
            let at = |us: i64, byte: u64| clocks.at(input, axis, us, byte);
            let reloaded = reloads(t);
            out.extend(t.markers.iter().map(|m| StatedMarker {
                time: Some(at(m.seen.us, m.seen.pos.offset)),
                after: None,
                before: None,
                place: None,
                input,
                log: input,
                offset: m.seen.pos.offset,
                kind: if reloaded.contains(&m.seen.pos.offset) {
                    MarkerKind::ConfigChange
                } else {
                    m.kind
                },
                class: m.class,
                confidence: m.confidence,
                text: m.text.clone(),
                group: m.group.clone(),
                actors: m.actor.iter().cloned().collect(),
                host: m.host.clone().or_else(|| host.clone()),
                service: m.service.clone(),
                version: m.version.clone(),
                typed: m.typed,
                package: m.package,
                evidence: vec![cite(input, &m.seen)],
                last: None,
            }));
            repeats(&mut out, input, t, &host, &at);
        }
        untimed(&mut out, input, p, clocks);
        job(&mut out, from, input, p, view);
        if from < out.len() {
            let log = *logs.entry(written_by(&p.meta)).or_insert(input);
            out[from..].iter_mut().for_each(|r| r.log = log);
        }
    }
    of_every_day(&mut out);
    out.sort_list_by_key(StatedMarker::order);
    same_versions_are_restarts(&mut out, part, clocks);
    out
}

/// What one tool on one host writes, a file for each run or day: the folder, the name without its numbers, the host.
fn written_by(meta: &coroner_core::plan::InputMeta) -> (String, Option<String>) {
    let (folder, file) = meta.name.rsplit_once('/').unwrap_or(("", &meta.name));
    let file = file.replace(|c: char| c.is_ascii_digit(), "");
    (format!("{folder}/{file}"), meta.host.clone())
}

/// Leaves out what goes on all the time. What is said of changes as often as users work is said of their work: the same words,
/// names and numbers aside, every few minutes from first to last. And what starts and stops at all times of the log, but not
/// again and again, is called when it is needed, as Windows' installer or a job of every hour.
fn of_every_day(rows: &mut Vec<StatedMarker>) {
    const MOST: usize = 40;
    const OFTEN: i64 = 10 * MINUTE;
    const PARTS: i64 = 10;
    const TURNS: usize = 5;
    let span = |times: &mut dyn Iterator<Item = i64>| {
        times.fold(None, |s: Option<(i64, i64)>, t| {
            Some(s.map_or((t, t), |s| (s.0.min(t), s.1.max(t))))
        })
    };
    let Some(whole) = span(&mut rows.iter().filter_map(|r| Some(r.time?.0))) else {
        return;
    };
    // a manager of services names many of them; what one program says of itself it was told by somebody
    let is_life =
        |r: &StatedMarker| matches!(r.kind, MarkerKind::ServiceStart | MarkerKind::ServiceStop);
    let mut units: BTreeMap<u32, std::collections::BTreeSet<Vec<u8>>> = BTreeMap::new();
    for r in rows.iter().filter(|r| is_life(r)) {
        units.entry(r.input).or_default().insert(words(&r.text));
    }
    let manages = |r: &StatedMarker| units.get(&r.input).is_some_and(|u| u.len() >= TURNS);
    let key = |r: &StatedMarker| match r.kind {
        MarkerKind::ConfigChange | MarkerKind::FeatureFlag => Some((r.kind, None, words(&r.text))),
        MarkerKind::ServiceStart | MarkerKind::ServiceStop if manages(r) => {
            Some((r.kind, r.host.clone(), words(&r.text)))
        }
        _ => None,
    };
    let mut all: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for r in rows.iter() {
        if let Some(k) = key(r) {
            all.entry(k).or_default().extend(r.time.map(|t| t.0));
        }
    }
    all.retain(|(kind, ..), times| {
        let Some((first, last)) = span(&mut times.iter().copied()) else {
            return false;
        };
        let is_change = matches!(kind, MarkerKind::ConfigChange | MarkerKind::FeatureFlag);
        let often = (last - first) / OFTEN < times.len() as i64;
        let (from, to) = if is_change { (first, last) } else { whole };
        let part = (to - from) / PARTS + 1;
        let mut parts: BTreeMap<i64, usize> = BTreeMap::new();
        times
            .iter()
            .for_each(|t| *parts.entry((t - from) / part).or_default() += 1);
        match is_change {
            true => times.len() > MOST && often && parts.len() as i64 + 1 >= PARTS,
            false => !often && parts.len() >= TURNS && parts.values().all(|n| n * 2 < times.len()),
        }
    });
    rows.retain(|r| key(r).is_none_or(|k| !all.contains_key(&k)));
}

/// The words of a text that are no names: without signs of numbers and paths.
fn words(text: &[u8]) -> Vec<u8> {
    let is_name = |w: &&[u8]| w.iter().any(|c| c.is_ascii_digit() || *c == b'/');
    let words = text.split(u8::is_ascii_whitespace);
    let words: Vec<&[u8]> = words.filter(|w| !is_name(w)).collect();
    words.join(&b' ')
}

/// Repeated markers: minutes that follow each other within five minutes are one row with a count.
fn repeats(
    out: &mut Vec<StatedMarker>,
    input: u32,
    t: &Track,
    host: &Option<Vec<u8>>,
    at: &dyn Fn(i64, u64) -> Instant,
) {
    type Key<'a> = (
        MarkerKind,
        Option<CauseClass>,
        &'a Option<Vec<u8>>,
        &'a Option<Vec<u8>>,
    );
    let mut open: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for (k, r) in &t.repeats {
        let key = (k.kind, k.class, &k.host, &k.service);
        if let Some(&i) = open.get(&key) {
            let row: &mut StatedMarker = &mut out[i];
            if row
                .last
                .is_some_and(|l| at(r.first.us, r.first.pos.offset).0 - l.0 <= 5 * MINUTE)
            {
                row.last = Some(at(r.last_us, r.first.pos.offset));
                let e = &mut row.evidence[0];
                e.count = Some(e.count.unwrap_or(1) + r.count);
                continue;
            }
        }
        open.insert(key, out.len());
        out.push(StatedMarker {
            time: Some(at(r.first.us, r.first.pos.offset)),
            after: None,
            before: None,
            place: None,
            input,
            log: input,
            offset: r.first.pos.offset,
            kind: k.kind,
            class: k.class,
            confidence: r.confidence,
            text: r.text.clone(),
            group: None,
            actors: Vec::new(),
            host: k.host.clone().or_else(|| host.clone()),
            service: k.service.clone(),
            version: None,
            typed: false,
            package: false,
            evidence: vec![cite_many(input, &r.first, r.count)],
            last: Some(at(r.last_us, r.first.pos.offset)),
        });
    }
}

/// Untimed markers are bounded by the stamped lines around them in the same input.
fn untimed(
    out: &mut Vec<StatedMarker>,
    input: u32,
    p: &coroner_core::summary::InputPart,
    clocks: &Clocks,
) {
    if p.untimed.is_empty() {
        return;
    }
    let mut known: Vec<(u64, Instant)> = Vec::new();
    for (axis, t) in p.tracks() {
        let place = |s: &CitableLine| (s.pos.offset, clocks.at(input, axis, s.us, s.pos.offset));
        known.extend(t.edges().map(place));
    }
    known.sort();
    // a fault that is stated line after line is one row with a count
    let mut open: Option<(usize, &coroner_core::summary::Marker)> = None;
    for m in &p.untimed {
        let i = known.partition_point(|k| k.0 < m.seen.pos.offset);
        let (after, before) = (
            i.checked_sub(1).map(|j| known[j].1),
            known.get(i).map(|k| k.1),
        );
        if let Some((at, first)) = open
            && m.kind == MarkerKind::Fault
            && (m.kind, m.class, &m.host, &m.service)
                == (first.kind, first.class, &first.host, &first.service)
            && (after, before) == (out[at].after, out[at].before)
        {
            let e = &mut out[at].evidence[0];
            e.count = Some(e.count.unwrap_or(1) + 1);
            continue;
        }
        open = Some((out.len(), m));
        let time = written_time(&m.seen.raw, m.kind);
        let unknown = |_: &Instant| time.is_none();
        out.push(StatedMarker {
            time,
            after: after.filter(unknown),
            before: before.filter(unknown),
            place: (after.zip(before))
                .filter(|(a, b)| time.is_none() && b.0 - a.0 <= CLOSE)
                .map(|(a, _)| a),
            input,
            log: input,
            offset: m.seen.pos.offset,
            kind: m.kind,
            class: m.class,
            confidence: m.confidence,
            text: m.text.clone(),
            group: m.group.clone(),
            actors: m.actor.iter().cloned().collect(),
            host: m.host.clone(),
            service: m.service.clone(),
            version: m.version.clone(),
            typed: m.typed,
            package: m.package,
            evidence: vec![cite(input, &m.seen)],
            last: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;

    #[test]
    fn changes_as_often_as_users_work_are_theirs() {
        let says = |s, text: &str| StatedMarker {
            text: text.into(),
            ..row(s, 0, s as u64, MarkerKind::ConfigChange, "")
        };
        let all = |n: i64, every: i64, text: &str| -> Vec<_> {
            let said = |i: i64| says(i * every, &text.replace('#', &i.to_string()));
            (0..n).map(said).collect()
        };
        let left = |mut rows: Vec<StatedMarker>| {
            of_every_day(&mut rows);
            rows.len()
        };
        assert_eq!(
            left(all(60, 30, "options of cart #77 changed by user u#")),
            0
        );
        assert_eq!(left(all(60, 30, "PUT /api/flags/u#")), 0);
        // a day of few changes, and hosts that get one after the other
        assert_eq!(left(all(60, 1440, "option pool_#x changed by kim")), 60);
        let mut rolled = all(60, 1, "limits.conf on web-# changed by puppet");
        rolled.extend(
            all(60, 1, "limits.conf on web-# changed by puppet")
                .into_iter()
                .map(|r| StatedMarker {
                    time: r
                        .time
                        .map(|t| Instant(t.0 + 3600 * coroner_lines::time::SECOND)),
                    ..r
                }),
        );
        assert_eq!(left(rolled), 120);
        // a unit that is called now and then, one that falls again and again, one that was started five times in one stretch
        let starts = |n: i64, every: i64, from: i64| -> Vec<_> {
            let at = |i: i64| row(from + i * every, 0, i as u64, MarkerKind::ServiceStart, "");
            let mut rows: Vec<_> = (0..n).map(at).collect();
            // other units of the same log, which start once
            let other = |i: i64| StatedMarker {
                text: format!("unit {} starts", ["a", "b", "c", "d"][i as usize]).into(),
                ..row(60 + i, 0, 900 + i as u64, MarkerKind::ServiceStart, "")
            };
            rows.extend((0..4).map(other));
            rows.extend([
                row(0, 1, 1, MarkerKind::AlertFired, ""),
                row(18_000, 1, 2, MarkerKind::AlertFired, ""),
            ]);
            rows
        };
        assert_eq!(left(starts(8, 2200, 300)), 6);
        assert_eq!(left(starts(100, 180, 0)), 106);
        assert_eq!(left(starts(5, 900, 6000)), 11);
        // one program that somebody stops and starts
        let lone = |i: i64| row(300 + i * 2200, 0, i as u64, MarkerKind::ServiceStop, "");
        assert_eq!(left((0..8).map(lone).collect()), 8);
    }
}
