//! What of the rows of releases is a part of one: steps, other names of the same act, reloads while it goes out.

use super::joined::is_step_of_one;
use super::{absorb, agree, drop_marked, gap, is_release};
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::sorting::SortList;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{HOUR, Instant, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Longest pause between two steps of a release.
pub(super) const STEP: i64 = 15 * MINUTE;

/// What starts in words in a log that has reported the start of the same version, and not of its end, is a step of that: a host that
/// has its turn. Of a rollback, too. So is what names nothing. A tool may write the end of the whole above its steps.
pub(super) fn steps(rows: &mut Vec<StatedMarker>) {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_list_by_key(|i| (rows[*i].input, rows[*i].time, rows[*i].offset));
    let mut open: Option<usize> = None;
    let mut gone = vec![false; rows.len()];
    for i in order {
        let r = &rows[i];
        let is_start = matches!(r.kind, K::DeployStart | K::RollbackStart);
        if !is_start || r.is_said() {
            let ends = is_release(r.kind) && !is_start;
            open = open.filter(|o| !(ends && rows[*o].input == r.input));
            continue;
        }
        match open.filter(|o| is_step(&rows[*o], r)) {
            Some(o) => {
                gone[i] = true;
                let mut step = rows[i].clone();
                absorb(&mut rows[o], &mut step);
            }
            None => open = Some(i),
        }
    }
    drop_marked(rows, &gone);
}

fn is_step(start: &StatedMarker, r: &StatedMarker) -> bool {
    let bare = r.version.is_none() && r.service.is_none();
    // to take a release back is no step of it
    let bare = bare && (start.kind == r.kind || r.kind == K::DeployStart);
    start.input == r.input
        && !r.typed
        && start.version.is_some()
        && (bare || start.version == r.version)
        && agree(&start.service, &r.service)
        && gap(start, r).is_some_and(|us| (0..=STEP).contains(&us))
}

/// What one log calls a deploy while another calls it a rollback of the same service is that: who rolls back deploys, too. So is
/// the end that a platform reports of what a person or another tool began.
pub(super) fn named_by_others(rows: &mut [StatedMarker]) {
    let back: BTreeSet<(K, Vec<u8>, Instant, u32)> = rows
        .iter()
        .filter(|r| matches!(r.kind, K::RollbackStart | K::RollbackFinish))
        .filter_map(|r| Some((r.kind, r.service.clone()?, r.last.or(r.time)?, r.input)))
        .collect();
    // how a service was begun to be released last, and where that was said
    let mut begun: BTreeMap<Vec<u8>, (K, Instant, u32)> = BTreeMap::new();
    for r in rows.iter_mut() {
        let (Some(t), Some(service)) = (r.time, &r.service) else {
            continue;
        };
        let kind = match r.kind {
            K::DeployStart => K::RollbackStart,
            K::DeployFinish => K::RollbackFinish,
            K::RollbackStart => {
                begun.insert(service.clone(), (r.kind, t, r.input));
                continue;
            }
            _ => continue,
        };
        let at = |us: i64, input: u32| (kind, service.clone(), Instant(t.0 + us), input);
        let mut near = back.range(at(-5 * SECOND, 0)..=at(5 * SECOND, u32::MAX));
        let near = near.any(|b| b.3 != r.input);
        let ends = || {
            begun.get(service).is_some_and(|(open, since, input)| {
                let back = *open == K::RollbackStart && *input != r.input;
                back && (0..=HOUR).contains(&(t.0 - since.0))
            })
        };
        match r.kind {
            _ if near => {}
            K::DeployFinish if ends() => {}
            K::DeployStart => {
                begun.insert(service.clone(), (r.kind, t, r.input));
                continue;
            }
            _ => continue,
        }
        r.kind = kind;
    }
}

/// What is loaded anew while a release goes out is a part of it: workers take up the new code. So is a step that is counted. A start
/// that names nothing, and long after which the same log shows what it is that begins, is that of a job that had to prepare it first;
/// and what a server deploys while it starts is no release.
pub(super) fn parts_of_releases(rows: &mut Vec<StatedMarker>) {
    let mut open: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut during: Vec<(Instant, Instant)> = Vec::new();
    // releases with a version and services that begin, by input, and when
    let mut releases: BTreeSet<(u32, K, Instant)> = BTreeSet::new();
    let mut starts: BTreeSet<(u32, Instant)> = BTreeSet::new();
    let mut ends: BTreeSet<(u32, Instant)> = BTreeSet::new();
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
                ends.insert((r.input, t));
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
        begun > 0 && t.0 <= during[begun - 1].1.0 + 5 * SECOND
    };
    let ahead = |r: &StatedMarker, t: Instant| {
        let at = |us: i64| (r.input, r.kind, Instant(t.0 + us));
        let next = releases.range(at(5 * SECOND)..=at(STEP)).next();
        // what ended before that is another one
        let ended = |until| ends.range((r.input, t)..(r.input, until)).next().is_some();
        next.is_some_and(|(.., until)| !ended(*until))
    };
    let starting = |r: &StatedMarker, t: Instant| {
        let since = Instant(t.0 - 2 * MINUTE);
        starts
            .range((r.input, since)..=(r.input, t))
            .next()
            .is_some()
    };
    let is_part = |r: &StatedMarker, t: Instant| match r.kind {
        K::ConfigChange if !r.typed && is_step_of_one(&r.text) => goes_out(t),
        K::DeployStart | K::RollbackStart if r.version.is_none() && !r.typed => {
            ahead(r, t) || starting(r, t)
        }
        K::DeployStart | K::DeployFinish | K::RollbackStart | K::RollbackFinish if !r.typed => {
            starting(r, t)
        }
        _ => false,
    };
    let part = |r: &StatedMarker| r.time.is_some_and(|t| is_part(r, t));
    let gone: Vec<bool> = rows.iter().map(part).collect();
    drop_marked(rows, &gone);
}

/// Whether a line shows that a program or its workers were made to load what they run on anew, and not what has changed.
pub(in crate::infer) fn is_reload(text: &[u8]) -> bool {
    // an old process that hands over to a new one says that its proxies stop
    let said = "reload | reloads | reloaded | reloading | sighup | hup | graceful restart";
    holds_any(text, said) || memchr::memmem::find(text, b" stopped (cumulated").is_some()
}

/// Whether a line says that a command ended, and so that nothing more is of what it did.
pub(super) fn ends_a_command(text: &[u8]) -> bool {
    let word = |c: &u8| c.is_ascii_alphanumeric();
    let begins = text.iter().position(word).unwrap_or(text.len());
    text[begins..].starts_with(b"exit")
}
