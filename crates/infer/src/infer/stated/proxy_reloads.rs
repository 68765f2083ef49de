//! Proxies that stop while another process of theirs goes on answering were reloaded, not stopped. HAProxy writes no other trace
//! of a reload. Decided on one track of one input. Beside it: what distinguishes a reload from the steps of a start.

use crate::infer::stated::StatedMarker;
use coroner_core::summary::{Marker, Track};
use coroner_lines::marker::typed;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::table::phrases;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Proxies stop together within this.
const TOGETHER: i64 = 2 * SECOND;
/// For how long afterwards answers are looked for.
const AFTER: i64 = 5 * MINUTE;

/// Offsets of the lines on which proxies stop that were reloaded.
pub(in crate::infer) fn reloads(t: &Track) -> BTreeSet<u64> {
    let mut stops: Vec<(&Marker, &[u8])> = t
        .markers
        .iter()
        .filter_map(|m| Some((m, stopped_proxy(m)?)))
        .collect();
    stops.sort_list_by_key(|(m, _)| m.seen.order());
    let mut out = BTreeSet::new();
    for group in stops.chunk_by(|(a, _), (b, _)| b.seen.us - a.seen.us <= TOGETHER) {
        let last = group.last().map_or(0, |(m, _)| m.seen.us);
        if group.iter().any(|(_, name)| goes_on(t, name, last)) {
            out.extend(group.iter().map(|(m, _)| m.seen.pos.offset));
        }
    }
    out
}

/// The proxy that a marker says has stopped.
fn stopped_proxy(m: &Marker) -> Option<&[u8]> {
    if m.kind != MarkerKind::ServiceStop || !m.typed {
        return None;
    }
    let rest = m.text.strip_prefix(b"Proxy ")?;
    let end = memchr::memmem::find(rest, b" stopped (")?;
    Some(&rest[..end])
}

/// Whether a backend answers after it has stopped, or its servers are still watched.
fn goes_on(t: &Track, name: &[u8], last: i64) -> bool {
    // counts are by ten seconds: the next ten are the first that hold nothing from before
    let from = (last.div_euclid(10 * SECOND) + 1) * 10 * SECOND;
    let answers = t
        .by_service
        .sorted()
        .into_iter()
        .any(|(n, s)| n == name && s.n.sum(from, from + AFTER) > 0);
    let watched = || {
        t.markers.iter().any(|m| {
            matches!(m.kind, MarkerKind::BackendDown | MarkerKind::BackendUp)
                && m.service.as_deref() == Some(name)
                && (last + 1..last + AFTER).contains(&m.seen.us)
        })
    };
    answers || watched()
}

/// Whether a reload was tried and refused, so that what ran before runs on.
pub(in crate::infer) fn is_failed_reload(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"Reload failed").is_some()
}

/// Whether a start was ordered, or is on its way, as systemd says it: that something is up it says in other words.
fn only_begins(r: &StatedMarker) -> bool {
    is_order(r) || r.text.starts_with(b"Starting ") && r.text.ends_with(b"...")
}

/// What was asked for and did not come about: a reload that fails is stated in the words of its failure, and a start that
/// fails is none.
pub(in crate::infer) fn failed_orders(rows: &mut Vec<StatedMarker>) {
    let mut outcomes: BTreeMap<_, Outcomes> = BTreeMap::new();
    for (i, r) in rows.iter().enumerate() {
        let o = outcomes.entry((r.input, r.host.clone())).or_default();
        // of failures that are counted in one row, the last may be the one that is asked about
        let at = r.last.or(r.time);
        match r.kind {
            MarkerKind::ConfigChange if is_failed_reload(&r.text) => o.refused.add(r, r.time, i),
            MarkerKind::Crash => o.fell.add(r, at, i),
            MarkerKind::ServiceStart if !only_begins(r) => o.up.add(r, at, i),
            _ => {}
        }
    }
    for o in outcomes.values_mut() {
        o.refused.sort();
        o.fell.sort();
        o.up.sort();
    }
    let refusal = |r: &StatedMarker, i: usize| {
        let refused = &outcomes.get(&(r.input, r.host.clone()))?.refused;
        let (t, row) = refused.first(r, (r.time?, i + 1))?;
        (t.0 - r.time?.0 <= 5 * SECOND).then_some(row)
    };
    let fails = |r: &StatedMarker| {
        let o = outcomes.get(&(r.input, r.host.clone()))?;
        let (fell, _) = o.fell.first(r, (r.time?, 0))?;
        let up = o.up.first(r, (r.time?, 0));
        let soon = fell.0 - r.time?.0 <= 90 * SECOND;
        (soon && up.is_none_or(|u| fell < u.0)).then_some(())
    };
    let mut refused = Vec::new();
    let mut failed = BTreeSet::new();
    for (i, r) in rows.iter().enumerate() {
        match r.kind {
            MarkerKind::ConfigChange => refused.extend(refusal(r, i).map(|by| (i, by))),
            MarkerKind::ServiceStart if only_begins(r) => failed.extend(fails(r).map(|()| i)),
            _ => {}
        }
    }
    for (i, by) in refused {
        rows[i].text = rows[by].text.clone();
    }
    let mut all = 0..rows.len();
    rows.retain(|_| all.next().is_none_or(|i| !failed.contains(&i)));
}

/// Whether a row is a command, not what came of it.
fn is_order(r: &StatedMarker) -> bool {
    typed(&r.text).is_some()
}

/// What became of orders, in one input of one host.
#[derive(Default)]
struct Outcomes {
    refused: Moments,
    fell: Moments,
    up: Moments,
}

/// Moments with their rows, by service.
#[derive(Default)]
struct Moments {
    of: BTreeMap<Option<Vec<u8>>, Vec<(Instant, usize)>>,
    all: Vec<(Instant, usize)>,
}

impl Moments {
    fn add(&mut self, r: &StatedMarker, at: Option<Instant>, row: usize) {
        let Some(at) = at else { return };
        self.of
            .entry(r.service.clone())
            .or_default()
            .push((at, row));
        self.all.push((at, row));
    }

    fn sort(&mut self) {
        self.all.sort_unstable();
        self.of.values_mut().for_each(|l| l.sort_unstable());
    }

    /// The first from a place on that may be of the service of a row: a row without a service may be of any.
    fn first(&self, r: &StatedMarker, from: (Instant, usize)) -> Option<(Instant, usize)> {
        let after = |l: &Vec<_>| l.get(l.partition_point(|m| *m < from)).copied();
        if r.service.is_none() {
            return after(&self.all);
        }
        let lists = [&r.service, &None].map(|s| self.of.get(s));
        lists.into_iter().flatten().filter_map(after).min()
    }
}

/// Whether a reload was ordered from outside (a signal, a command), which no process does to itself while it starts.
pub(in crate::infer) fn was_ordered(text: &[u8]) -> bool {
    const { phrases::<7>("SIGHUP|SIGUSR|: hup|Reload|gracefully killing|changed to|stopped (") }
        .iter()
        .any(|w| memchr::memmem::find(text, w.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::{Pos, Seen};

    fn stop(s: i64, offset: u64, proxy: &str) -> Marker {
        let text = format!("Proxy {proxy} stopped (cumulated conns: FE: 1, BE: 0).");
        let pos = Pos { offset, line: 1 };
        Marker {
            seen: Seen::new(s * SECOND, pos, text.as_bytes()),
            rank: 0,
            timed: true,
            kind: MarkerKind::ServiceStop,
            class: None,
            confidence: 90,
            text: text.into_bytes(),
            group: None,
            actor: None,
            host: None,
            service: None,
            version: None,
            typed: true,
            package: false,
        }
    }

    #[test]
    fn proxies_that_go_on_answering_were_reloaded() {
        let mut t = Track::default();
        t.markers.extend([stop(21, 1, "www"), stop(21, 2, "app")]);
        t.markers.extend([stop(81, 3, "www"), stop(81, 4, "app")]);
        let slot = t.by_service.slot(b"app");
        for s in [5, 20, 31, 80] {
            t.by_service.at(slot).n.add(s * SECOND, 1);
        }
        assert_eq!(reloads(&t), BTreeSet::from([1, 2]));
    }
}
