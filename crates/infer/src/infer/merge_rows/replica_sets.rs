//! Sets of replicas that shrink and grow as a service goes over from one to the other: part of its release, no change of how many
//! there are, and its hash is another name of what is released, as a commit is.

use super::drop_marked;
use super::joined::absorb;
use super::releases::STEP;
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::time::{Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// In which input a service begins to go over to another set, and when.
type Begun = (u32, Option<Vec<u8>>, Instant);

/// Whether a version is the name of a commit or of a replica set, in which no number is stated, or that of a task, which only counts
/// (`shop:212`).
pub(super) fn is_opaque(version: &[u8]) -> bool {
    let digit = version.iter().any(u8::is_ascii_digit);
    let word = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let counted = version.rsplitn(2, |c| *c == b':').collect::<Vec<_>>();
    let task =
        matches!(counted[..], [n, name] if !name.is_empty() && n.iter().all(u8::is_ascii_digit));
    task || digit && version.len() >= 7 && version.iter().all(word)
}

/// Drops the sets that shrink after another set of the same service has begun to grow in the same log, and how that grows on.
pub(super) fn steps_of_sets(rows: &mut Vec<StatedMarker>) {
    let mut begun: BTreeMap<Begun, Option<Vec<u8>>> = BTreeMap::new();
    for r in rows.iter() {
        if let (K::DeployStart | K::RollbackStart | K::Restart, Some(t)) = (r.kind, r.time) {
            begun.insert((r.input, r.service.clone(), t), r.version.clone());
        }
    }
    let is_step = |r: &StatedMarker| {
        let shrinks = || memchr::memmem::find(&r.text, b"Scaled down replica set ").is_some();
        let set = r.typed && r.version.as_deref().map_or_else(shrinks, is_opaque);
        let at = |us: i64| Some((r.input, r.service.clone(), Instant(r.time?.0 - us)));
        let (Some(from), Some(to), true) = (at(STEP), at(0), set && r.kind == K::Scale) else {
            return false;
        };
        let last = begun.range(from..=to).next_back();
        let grows = memchr::memmem::find(&r.text, b"Scaled up ").is_some();
        last.is_some_and(|(_, new)| *new != r.version || grows)
    };
    let gone: Vec<bool> = rows.iter().map(is_step).collect();
    drop_marked(rows, &gone);
}

/// Drops the sets that grow, and the deployments of no version that a platform reports, because somebody has their service started
/// anew: the same program runs in them.
pub(super) fn restarted_sets(rows: &mut Vec<StatedMarker>) {
    const AT_ONCE: i64 = 5 * SECOND;
    let key = |r: &StatedMarker| Some((r.service.clone()?, r.time?));
    let restarts = rows.iter().filter(|r| r.kind == K::Restart && r.typed);
    let restarts: BTreeSet<_> = restarts.filter_map(key).collect();
    let is_new = |r: &StatedMarker| {
        let set = r.typed && r.version.as_deref().is_none_or(is_opaque);
        let (service, t) = key(r).filter(|_| set && r.kind == K::DeployStart)?;
        let at = |us: i64| (service.clone(), Instant(t.0 + us));
        restarts.range(at(-AT_ONCE)..=at(AT_ONCE)).next()
    };
    let gone: Vec<bool> = rows.iter().map(|r| is_new(r).is_some()).collect();
    drop_marked(rows, &gone);
}

/// Tools that call a release by its commit or by the hash of its set name the one that another calls by its number as near; so does
/// what says that a service is released, and not which version.
pub(super) fn named_by_number(rows: &mut Vec<StatedMarker>) {
    const NEAR: i64 = MINUTE;
    use K::{DeployFinish, DeployStart, RollbackFinish, RollbackStart};
    let begins = |r: &StatedMarker| matches!(r.kind, DeployStart | RollbackStart);
    let ends = |r: &StatedMarker| matches!(r.kind, DeployFinish | RollbackFinish);
    let key = |r: &StatedMarker| Some((r.kind, r.service.clone(), r.time?));
    let opaque = |r: &StatedMarker| match &r.version {
        Some(v) => (begins(r) || ends(r)).then(|| is_opaque(v)),
        None => (ends(r) && r.service.is_some() && !r.is_said()).then_some(true),
    };
    let all = || (0..rows.len()).filter(|i| opaque(&rows[*i]) == Some(false));
    let numbered: BTreeMap<_, usize> = all().filter_map(|i| Some((key(&rows[i])?, i))).collect();
    let mut gone = vec![false; rows.len()];
    for i in 0..rows.len() {
        let (Some((kind, service, t)), Some(true)) = (key(&rows[i]), opaque(&rows[i])) else {
            continue;
        };
        // who names the number need not name the service
        let near = |of: Option<Vec<u8>>| {
            let at = |us: i64| (kind, of.clone(), Instant(t.0 + us));
            numbered.range(at(-NEAR)..=at(NEAR)).next().map(|x| *x.1)
        };
        let named = service.is_some().then(|| near(service)).flatten();
        let other = |to: &usize| rows[i].version.is_some() || rows[*to].input != rows[i].input;
        let Some(to) = named.or_else(|| near(None)).filter(other) else {
            continue;
        };
        gone[i] = true;
        let mut other = rows[i].clone();
        if begins(&other) && other.time < rows[to].time {
            rows[to].time = other.time;
        }
        absorb(&mut rows[to], &mut other);
    }
    drop_marked(rows, &gone);
    rows.sort_list_by_key(StatedMarker::order);
}
