//! What of the rows of releases is a part of one: recaps of plays, other names of the same act, reloads while it goes out.

use super::{gap, is_release};
use crate::infer::stated::Raw;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::collections::BTreeMap;

/// What a play of Ansible counts per host when it ends says of a deploy only that the play was one, and a host that failed
/// speaks for all. The play is the source's last start, up to its first recap.
pub(super) fn recaps(rows: &mut Vec<Raw>) {
    let is_recap = |r: &Raw| {
        matches!(r.kind, K::DeployFinish | K::DeployFail)
            && memchr::memmem::find(&r.text, b" unreachable=").is_some()
    };
    let near =
        |a: &Raw, b: &Raw| a.input == b.input && gap(a, b).is_some_and(|g| g.abs() <= 5 * SECOND);
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
pub(super) fn named_by_others(rows: &mut [Raw]) {
    let back: Vec<Raw> = rows
        .iter()
        .filter(|r| matches!(r.kind, K::RollbackStart | K::RollbackFinish) && r.service.is_some())
        .cloned()
        .collect();
    for r in rows.iter_mut() {
        let kind = match r.kind {
            K::DeployStart => K::RollbackStart,
            K::DeployFinish => K::RollbackFinish,
            _ => continue,
        };
        let same = |b: &Raw| {
            b.kind == kind
                && b.input != r.input
                && b.service == r.service
                && gap(b, r).is_some_and(|g| g.abs() <= 5 * SECOND)
        };
        if back.iter().any(same) {
            r.kind = kind;
        }
    }
}

/// What is loaded anew while a release goes out is a part of it: workers take up the new code. A start that names nothing, and
/// long after which the same log tells what it is that begins, is that of a job that had to prepare it first; and what a server
/// deploys while it starts is no release.
pub(super) fn parts_of_releases(rows: &mut Vec<Raw>) {
    let mut open: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut during: Vec<(Instant, Instant)> = Vec::new();
    for r in rows.iter() {
        let Some(t) = r.time else { continue };
        match r.kind {
            K::DeployStart | K::RollbackStart if !r.is_said() => {
                open.insert(r.input, t);
            }
            k if is_release(k) => {
                during.extend(open.remove(&r.input).map(|begun| (begun, t)));
            }
            _ => {}
        }
    }
    let ahead = |r: &Raw, s: &Raw| {
        s.input == r.input
            && s.kind == r.kind
            && s.version.is_some()
            && matches!((r.time, s.time), (Some(a), Some(b)) if (MINUTE / 2..=HOUR).contains(&(b.0 - a.0)))
    };
    let starting = |r: &Raw, s: &Raw| {
        let near = gap(s, r).is_some_and(|g| (0..=2 * MINUTE).contains(&g));
        s.input == r.input && s.kind == K::ServiceStart && near && s.text.ends_with(b"starting")
    };
    let gone: Vec<bool> = rows
        .iter()
        .map(|r| match r.kind {
            K::ConfigChange if !r.typed && is_reload(&r.text) => {
                let t = |d: &(Instant, Instant)| r.time.is_some_and(|t| d.0 <= t && t <= d.1);
                during.iter().any(t)
            }
            K::DeployStart | K::RollbackStart if r.version.is_none() && !r.typed => {
                rows.iter().any(|s| ahead(r, s)) || rows.iter().any(|s| starting(r, s))
            }
            K::DeployStart | K::DeployFinish if !r.typed => rows.iter().any(|s| starting(r, s)),
            _ => false,
        })
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
