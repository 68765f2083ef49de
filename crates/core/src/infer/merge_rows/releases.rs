//! What of the rows of releases is a part of one: recaps of plays, other names of the same act, reloads while it goes out.

use super::{gap, is_release};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// What a play of Ansible counts per host when it ends says of a deploy only that the play was one, and a host that failed
/// speaks for all. The play is the source's last start, up to its first recap.
pub(super) fn recaps(rows: &mut Vec<StatedMarker>) {
    let is_recap = |r: &StatedMarker| {
        matches!(r.kind, K::DeployFinish | K::DeployFail)
            && memchr::memmem::find(&r.text, b" unreachable=").is_some()
    };
    let near = |a: &StatedMarker, b: &StatedMarker| {
        a.input == b.input && gap(a, b).is_some_and(|g| g.abs() <= 5 * SECOND)
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| (rows[*i].input, rows[*i].offset, rows[*i].time));
    // the rows of one recap, each with whether a deploy or rollback was open before the first
    let mut groups: Vec<(Vec<usize>, bool)> = Vec::new();
    let mut open: Option<u32> = None;
    for i in order {
        let r = &rows[i];
        if matches!(r.kind, K::DeployStart | K::RollbackStart) {
            open = Some(r.input);
        } else if is_recap(r) {
            match groups.last_mut() {
                Some((g, _)) if g.last().is_some_and(|l| near(&rows[*l], r)) => g.push(i),
                _ => groups.push((vec![i], open.take() == Some(r.input))),
            }
        }
    }
    let mut gone = vec![false; rows.len()];
    for (group, of_deploy) in groups {
        let failed = group.iter().any(|i| rows[*i].kind == K::DeployFail);
        for i in group {
            gone[i] = !of_deploy || (failed && rows[i].kind == K::DeployFinish);
            let unchanged = memchr::memmem::find(&rows[i].text, b"changed=0").is_some();
            if !of_deploy && !unchanged {
                // what a play changed that is no release is how a host is set up
                rows[i].kind = K::ConfigChange;
                gone[i] = false;
            }
        }
    }
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        !gone[i - 1]
    });
}

/// What one log calls a deploy while another calls it a rollback of the same service is that: who rolls back deploys, too.
pub(super) fn named_by_others(rows: &mut [StatedMarker]) {
    let back: BTreeSet<(K, Vec<u8>, Instant, u32)> = rows
        .iter()
        .filter(|r| matches!(r.kind, K::RollbackStart | K::RollbackFinish))
        .filter_map(|r| Some((r.kind, r.service.clone()?, r.last.or(r.time)?, r.input)))
        .collect();
    for r in rows.iter_mut() {
        let kind = match r.kind {
            K::DeployStart => K::RollbackStart,
            K::DeployFinish => K::RollbackFinish,
            _ => continue,
        };
        let (Some(t), Some(service)) = (r.time, &r.service) else {
            continue;
        };
        let at = |us: i64, input: u32| (kind, service.clone(), Instant(t.0 + us), input);
        let mut near = back.range(at(-5 * SECOND, 0)..=at(5 * SECOND, u32::MAX));
        if near.any(|b| b.3 != r.input) {
            r.kind = kind;
        }
    }
}

/// What is loaded anew while a release goes out is a part of it: workers take up the new code. A start that names nothing, and
/// long after which the same log tells what it is that begins, is that of a job that had to prepare it first; and what a server
/// deploys while it starts is no release.
pub(super) fn parts_of_releases(rows: &mut Vec<StatedMarker>) {
    let mut open: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut during: Vec<(Instant, Instant)> = Vec::new();
    // releases with a version and services that begin, by input, and when
    let mut releases: BTreeSet<(u32, K, Instant)> = BTreeSet::new();
    let mut starts: BTreeSet<(u32, Instant)> = BTreeSet::new();
    for r in rows.iter() {
        let Some(t) = r.time else { continue };
        if r.version.is_some() {
            releases.insert((r.input, r.kind, t));
        }
        match r.kind {
            K::DeployStart | K::RollbackStart if !r.is_said() => {
                open.insert(r.input, t);
            }
            K::ServiceStart if r.text.ends_with(b"starting") => {
                starts.insert((r.input, r.last.unwrap_or(t)));
            }
            k if is_release(k) => {
                during.extend(open.remove(&r.input).map(|begun| (begun, t)));
            }
            _ => {}
        }
    }
    during.sort_unstable();
    // apart from each other, so that the last that began is the one to ask
    during.dedup_by(|b, a| {
        let meet = b.0 <= a.1;
        if meet {
            a.1 = a.1.max(b.1);
        }
        meet
    });
    let goes_out = |t: Instant| {
        let begun = during.partition_point(|d| d.0 <= t);
        begun > 0 && t <= during[begun - 1].1
    };
    let ahead = |r: &StatedMarker, t: Instant| {
        let at = |us: i64| (r.input, r.kind, Instant(t.0 + us));
        releases.range(at(MINUTE / 2)..=at(HOUR)).next().is_some()
    };
    let starting = |r: &StatedMarker, t: Instant| {
        let since = Instant(t.0 - 2 * MINUTE);
        starts
            .range((r.input, since)..=(r.input, t))
            .next()
            .is_some()
    };
    let is_part = |r: &StatedMarker, t: Instant| match r.kind {
        K::ConfigChange if !r.typed && is_reload(&r.text) => goes_out(t),
        K::DeployStart | K::RollbackStart if r.version.is_none() && !r.typed => {
            ahead(r, t) || starting(r, t)
        }
        K::DeployStart | K::DeployFinish if !r.typed => starting(r, t),
        _ => false,
    };
    let gone: Vec<bool> = rows
        .iter()
        .map(|r| r.time.is_some_and(|t| is_part(r, t)))
        .collect();
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        !gone[i - 1]
    });
}

/// Whether a line tells that a program or its workers were made to load what they run on anew, and not what has changed.
fn is_reload(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    let words: [&[u8]; 3] = [b"reload", b"sighup", b": hup"];
    words
        .iter()
        .any(|w| memchr::memmem::find(&text, w).is_some())
}
