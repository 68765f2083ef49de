//! What the inputs whose times are known say of those of the others: from when to when they go, which offsets they write, when requests
//! fail. What follows from it is for those who ask.

use super::estimate::hosts;
use super::evidence::{EDGE, MANY_MINUTES, bad_tens};
use crate::clock::dst::{AllShown, shown};
use crate::clock::shared_traffic::Traffic;
use coroner_core::summary::{InputPart, Part};
use coroner_lines::time::{Instant, MINUTE};
use std::collections::{BTreeMap, BTreeSet};

/// What inputs with known time say, in UTC.
#[derive(Default)]
pub(super) struct Reference {
    /// Ten-second numbers with errors or failed requests.
    pub(super) bad: BTreeSet<i64>,
    /// First and last microsecond.
    pub(super) span: Option<(i64, i64)>,
    /// First and last microsecond of each input with lines in many minutes.
    spans: Vec<(i64, i64)>,
    /// Written offsets by host, in minutes, other than UTC.
    pub(super) by_host: BTreeMap<String, BTreeSet<i64>>,
    /// Written offsets of all inputs, in minutes; later those that were found, too.
    pub(super) written: BTreeSet<i64>,
    /// Changes of offset that lines show.
    pub(super) shown: AllShown,
    /// The requests, where some others have no zone.
    pub(super) traffic: Traffic,
}

impl Reference {
    /// What they say.
    pub(super) fn of(part: &Part) -> Reference {
        let mut r = Reference::default();
        for p in part.inputs.values() {
            if let Some(s) = shown(p) {
                r.shown.add(hosts(p), s);
            }
            for (o, _) in &p.accounting.offsets {
                r.written.insert(i64::from(*o));
                for host in hosts(p) {
                    r.by_host.entry(host).or_default().insert(i64::from(*o));
                }
            }
            let t = &p.utc;
            if let Some(zone) = p.meta.zone.filter(|_| p.meta.zone_written) {
                let at = t.span.map_or(0, |(first, _)| first);
                let offset = i64::from(zone.offset_at(Instant(at)));
                r.written.insert(offset);
                for host in hosts(p) {
                    r.by_host.entry(host).or_default().insert(offset);
                }
            }
            r.reach(t.span);
            if p.utc.activity.len() >= MANY_MINUTES {
                r.spans.extend(t.span);
            }
            r.bad.extend(bad_tens(t));
        }
        r
    }

    /// From when to when most inputs have lines, which were collected together; `None` where they begin or end at several times.
    pub(super) fn collected(&self) -> Option<(i64, i64)> {
        let median = |mut all: Vec<i64>| {
            all.sort_unstable();
            all.get(all.len() / 2).copied()
        };
        let (firsts, lasts): (Vec<i64>, Vec<i64>) = self.spans.iter().copied().unzip();
        let (from, to) = (median(firsts)?, median(lasts)?);
        let is = |(a, b): &&(i64, i64)| (a - from).abs() <= EDGE && (b - to).abs() <= EDGE;
        let alike = self.spans.iter().filter(is).count();
        (alike > 2 && alike * 2 > self.spans.len()).then_some((from, to))
    }

    /// Takes in an input that writes no zone and whose offset was found, in minutes.
    pub(super) fn found(&mut self, p: &InputPart, offset: i64) {
        for host in hosts(p) {
            self.by_host.entry(host).or_default().insert(offset);
        }
        self.written.insert(offset);
        let utc = |us: i64| us - offset * MINUTE;
        self.reach(p.wall.span.map(|(a, b)| (utc(a), utc(b))));
    }

    /// Takes in from when to when one more input has lines.
    fn reach(&mut self, span: Option<(i64, i64)>) {
        let all = self.span.into_iter().chain(span);
        self.span = all.reduce(|(x, y), (a, b)| (x.min(a), y.max(b)));
    }
}
