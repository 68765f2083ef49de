//! Lines that read like the start of a service or of a release where none began: a server that is promoted while it runs, the
//! runs of a job that a timer starts, new pods of the version that ran. Needs the lives of services in the order of their times.

use crate::clock::Clocks;
use crate::infer::stated::StatedMarker;
use coroner_core::summary::Part;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Lines of one start follow each other within this.
const ONE: i64 = 90 * SECOND;

/// When each host named each version first.
type FirstNamed<'a> = BTreeMap<&'a [u8], BTreeMap<&'a [u8], Instant>>;

/// Turns releases into restarts where the lines of what they started name the version that others named before: a replica set
/// of its own is no other version.
pub(in crate::infer) fn same_versions_are_restarts(
    rows: &mut [StatedMarker],
    part: &Part,
    clocks: &Clocks,
) {
    let starts = rows.iter().filter(|r| r.kind == K::DeployStart && r.typed);
    if starts.clone().next().is_none() {
        return;
    }
    let mut seen = FirstNamed::new();
    for (&input, p) in &part.inputs {
        for (axis, t) in p.tracks() {
            for (k, v) in &t.versions {
                let at = clocks.at(input, axis, v.first.us, v.first.pos.offset);
                let host = k.host.as_deref().unwrap_or_default();
                let first = seen
                    .entry(&k.version)
                    .or_default()
                    .entry(host)
                    .or_insert(at);
                *first = at.min(*first);
            }
        }
    }
    restarts(rows, &seen);
}

fn restarts(rows: &mut [StatedMarker], seen: &FirstNamed<'_>) {
    for r in rows
        .iter_mut()
        .filter(|r| r.kind == K::DeployStart && r.typed)
    {
        let (Some(service), Some(set), Some(t)) = (&r.service, &r.version, r.time) else {
            continue;
        };
        let pods = [service, &b"-"[..], set, b"-"].concat();
        let own = |hosts: &&BTreeMap<&[u8], Instant>| hosts.keys().any(|h| h.starts_with(&pods));
        let before = |hosts: &BTreeMap<&[u8], Instant>| {
            let mut others = hosts.iter().filter(|(h, _)| !h.starts_with(&pods));
            others.any(|(_, first)| *first < t)
        };
        let mut named = seen.values().filter(own).peekable();
        if named.peek().is_some() && named.all(before) {
            r.kind = K::Restart;
        }
    }
}

/// Drops such lines from rows that are sorted by time.
pub(in crate::infer) fn runs_are_no_starts(rows: &mut Vec<StatedMarker>) {
    let jobs = jobs(rows);
    let mut promoted = BTreeMap::new();
    rows.retain(|r| {
        let place = (r.input, r.host.clone());
        match r.kind {
            K::Failover => drop(promoted.insert(place, r.time)),
            K::ServiceStop | K::Crash | K::Restart => drop(promoted.remove(&place)),
            K::ServiceStart => {
                let since = promoted.get(&place).copied().flatten();
                let ran = matches!((since, r.time), (Some(a), Some(b)) if b.0 - a.0 <= MINUTE);
                let job = || {
                    r.service
                        .as_ref()
                        .is_some_and(|s| jobs.contains(&(r.input, s.clone())))
                };
                return !(ran || job());
            }
            _ => {}
        }
        true
    });
}

/// Units that an init system starts again and again and whose end it never logs: they end by themselves. Of a service it
/// logs how it ended.
fn jobs(rows: &[StatedMarker]) -> BTreeSet<(u32, Vec<u8>)> {
    let mut running = BTreeMap::new();
    let (mut again, mut ended) = (BTreeSet::new(), BTreeSet::new());
    for r in rows {
        let (Some(unit), Some(t)) = (&r.service, r.time) else {
            continue;
        };
        let key = (r.input, unit.clone());
        match r.kind {
            K::ServiceStart if r.text.starts_with(b"Started ") => {
                if let Some(before) = running.insert((key.clone(), r.host.clone()), t)
                    && t.0 - before.0 > ONE
                {
                    again.insert(key);
                }
            }
            K::ServiceStop | K::Crash | K::Restart => drop(ended.insert(key)),
            _ => {}
        }
    }
    again.difference(&ended).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;

    #[test]
    fn new_pods_of_the_version_that_ran_are_a_restart() {
        let at = Instant::from_second;
        let kind = |seen: &[(&'static str, &'static str, i64)]| {
            let mut named = FirstNamed::new();
            for (version, host, s) in seen {
                let hosts = named.entry(version.as_bytes()).or_default();
                hosts.insert(host.as_bytes(), at(*s));
            }
            let mut rows = [StatedMarker {
                typed: true,
                version: Some(b"74c96f5d4b".to_vec()),
                ..row(100, 0, 1, K::DeployStart, "shop")
            }];
            restarts(&mut rows, &named);
            rows[0].kind
        };
        let old = ("v2.14.0", "shop-6bb4d77c95-jnsdl", 10);
        let again = ("v2.14.0", "shop-74c96f5d4b-nk28q", 104);
        let new = ("v2.15.0", "shop-74c96f5d4b-nk28q", 104);
        assert_eq!(kind(&[old, again]), K::Restart);
        assert_eq!(kind(&[old, new]), K::DeployStart);
        assert_eq!(kind(&[old]), K::DeployStart, "its pods name no version");
    }
}
