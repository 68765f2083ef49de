//! Proxies that stop while another process of theirs goes on answering were reloaded, not stopped. HAProxy writes no other trace
//! of a reload. Decided on one track of one input. Beside it: what distinguishes a reload from the steps of a start.

use crate::infer::stated::StatedMarker;
use coroner_core::summary::{Marker, Track};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::table::phrases;
use coroner_lines::time::{MINUTE, SECOND};
use std::collections::BTreeSet;

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

/// Whether a process stops between a reload and a start.
pub(in crate::infer) fn stopped_between(
    stop: &StatedMarker,
    reload: &StatedMarker,
    start: &StatedMarker,
) -> bool {
    stop.kind == MarkerKind::ServiceStop
        && stop.input == start.input
        && (reload.offset..start.offset).contains(&stop.offset)
        && stop.service == start.service
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
