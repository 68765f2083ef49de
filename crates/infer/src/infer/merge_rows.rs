//! Rows of one act: several lines, often of several inputs, that state the same thing become one row with all lines as
//! evidence; starts and finishes are paired. Works on markers sorted by time.

use crate::infer::rollback_inference::{
    begun_as_ended, lower_ones, named_once, newest_first, returns,
};
use crate::infer::stated::proxy_reloads::{stopped_between, was_ordered};
use crate::infer::stated::runs::runs_are_no_starts;
use crate::infer::stated::{StatedMarker, untimed_rows};
use coroner_lines::marker;
use coroner_lines::record::{MarkerKind as K, Notice};
use coroner_lines::sorting::SortList;
use coroner_lines::time::SECOND;
use std::collections::{BTreeMap, BTreeSet};

mod alike;
mod applied;
mod crash_loops;
mod figures;
mod joined;
mod nobodys;
mod plays;
mod releases;
mod replica_sets;
mod resends;
mod restarts;
mod said;
mod set_back;

pub(super) use alike::subject;
use alike::{
    ends_what_begun, is_short, of_two_hands, one_command, one_of_several, one_version, tells_of,
    turned,
};
use applied::of_objects;
pub(super) use crash_loops::LOOP;
use crash_loops::crash_loops;
use joined::{absorb, take_names};
use nobodys::{drop_asked, drop_echoes, drop_listed_ends, drop_triggered};
use plays::plays;
use releases::ends_a_command;
pub(super) use releases::is_reload;
use releases::{named_by_others, parts_of_releases, steps};
use replica_sets::is_opaque;
use resends::{called_by_number, is_passed_on, resends};
use restarts::stops_of_restarts;
use said::remarks;
use set_back::acts_of_their_own;

/// Collapses and pairs; the result is sorted again.
pub(crate) fn acts(mut rows: Vec<StatedMarker>) -> Vec<StatedMarker> {
    plays(&mut rows);
    remarks(&mut rows);
    named_once(&mut rows);
    of_objects(&mut rows);
    returns(&mut rows);
    steps(&mut rows);
    replica_sets::steps_of_sets(&mut rows);
    replica_sets::restarted_sets(&mut rows);
    pair(&mut rows);
    named_by_others(&mut rows);
    parts_of_releases(&mut rows);
    replica_sets::named_by_number(&mut rows);
    called_by_number(&mut rows);
    resends(&mut rows);
    let own: BTreeMap<(u32, u64), String> = acts_of_their_own(&rows)
        .into_iter()
        .map(|(at, of)| (at, of.to_owned()))
        .collect();
    let own = |r: &StatedMarker| own.get(&(r.input, r.offset));
    let is_one = |r: &StatedMarker| own(r).is_some();
    starts_are_no_changes(&mut rows, is_one);
    runs_are_no_starts(&mut rows);
    keep_each(&mut rows, |acts, r| {
        let apart = |a: &StatedMarker| own(a) != own(r);
        let Some(i) = act_of(acts, r, apart) else {
            return true;
        };
        // people are notified when it is sent, and what they answer names the pager's number; and of two stamps the finer one counts
        if is_passed_on(&acts[i], r) || acts[i].by_minute && !r.by_minute {
            std::mem::swap(&mut acts[i], r);
        }
        absorb(&mut acts[i], r);
        false
    });
    begun_as_ended(&mut rows);
    lower_ones(&mut rows);
    drop_echoes(&mut rows);
    drop_listed_ends(&mut rows);
    drop_triggered(&mut rows);
    untimed_rows::drop_steps(&mut rows);
    for (i, j) in untimed_rows::place(&mut rows).into_iter().rev() {
        let mut row = rows[i].clone();
        absorb(&mut rows[j], &mut row);
        rows[i].evidence.clear();
    }
    drop_asked(&mut rows);
    rows.retain(|r| !r.evidence.is_empty());
    rows.sort_list_by_key(StatedMarker::order);
    stops_of_restarts(&mut rows);
    crash_loops(&mut rows);
    rows
}

/// Keeps the rows of which `keep` says so, asked in their order with those that are kept before; in their place, since there
/// may be very many.
fn keep_each(
    rows: &mut Vec<StatedMarker>,
    mut keep: impl FnMut(&mut [StatedMarker], &mut StatedMarker) -> bool,
) {
    let mut kept = 0;
    for i in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(i);
        if keep(&mut before[..kept], &mut rest[0]) {
            rows.swap(kept, i);
            kept += 1;
        }
    }
    rows.truncate(kept);
}

/// From an earlier row to a later one, at least.
fn gap(a: &StatedMarker, b: &StatedMarker) -> Option<i64> {
    let from = a.latest()?.0.min(b.time?.0);
    Some(b.time?.0 - from.max(a.last.or(a.time)?.0))
}

pub(super) fn agree(a: &Option<Vec<u8>>, b: &Option<Vec<u8>>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// The row of the act that a marker is another line of: the last such row, unless its service has turned since (a start
/// between two stops).
fn act_of(
    rows: &[StatedMarker],
    r: &StatedMarker,
    apart: impl Fn(&StatedMarker) -> bool,
) -> Option<usize> {
    let near = rows.len().saturating_sub(400);
    let last = rows[near..]
        .iter()
        .rposition(|o| same_act(o, r) && !apart(o) || turned(o, r))?;
    same_act(&rows[near + last], r).then_some(near + last)
}

pub(super) fn is_release(kind: K) -> bool {
    matches!(
        kind,
        K::DeployStart
            | K::RollbackStart
            | K::DeployFinish
            | K::RollbackFinish
            | K::DeployFail
            | K::RollbackFail
    )
}

/// Whether a later marker is another line of the act that an earlier row stands for.
fn same_act(a: &StatedMarker, b: &StatedMarker) -> bool {
    // what is done as it is ordered is over with it
    let done = (a.kind, b.kind) == (K::MitigationStart, K::MitigationFinish) && a.input != b.input;
    if a.kind != b.kind && !done || a.class != b.class {
        return false;
    }
    if a.time.is_none() && b.time.is_none() {
        // steps of one run that has no times
        let steps = matches!(a.kind, K::MigrationStart | K::MigrationFinish);
        let steps = steps && a.typed && b.typed && a.group == b.group;
        // hosts that are named one after the other, in an input without times; and workers, processes and what else one service
        // logs as it starts or stops
        let version = a.version.is_some() && a.version == b.version;
        let life =
            matches!(a.kind, K::Restart | K::ServiceStart | K::ServiceStop) && a.host == b.host;
        let one = (a.after, a.before) == (b.after, b.before)
            && agree(&a.service, &b.service)
            && (life
                || a.text == b.text
                || is_release(a.kind) && version
                || a.kind == K::ConfigChange && one_of_several(a, b));
        return a.input == b.input && (steps || one);
    }
    let Some(gap) = gap(a, b) else { return false };
    // what is of two services or versions is two acts, however near; a pager has its own names for services
    // but the commit that one log releases is the replica set that another one starts
    let set = |r: &StatedMarker| r.service.is_some() && r.version.as_deref().is_some_and(is_opaque);
    let one_release = a.input != b.input && is_release(a.kind) && set(a) && set(b);
    if !(agree(&a.service, &b.service)
        || tells_of(a, b)
        || is_passed_on(a, b)
        || is_release(a.kind) && is_short(a, b))
        || !(one_version(a, b) || one_release)
    {
        return false;
    }
    let near = |s: i64| gap <= s * SECOND;
    let same_place = agree(&a.host, &b.host);
    match a.kind {
        k if is_release(k) => {
            // the steps of a tool take longer than the echo of a line elsewhere
            let steps = a.typed && b.typed && a.input == b.input;
            // and what is ordered in one log is begun in another
            let bare = |r: &StatedMarker| r.version.is_none() && r.service.is_none();
            // or one log names the service and the other one the version
            let halves = (a.service.is_some(), a.version.is_some())
                == (b.version.is_some(), b.service.is_some())
                && a.service.is_some() != b.service.is_some();
            let ordered = a.input != b.input && (bare(a) != bare(b) || halves);
            let begins = matches!(a.kind, K::DeployStart | K::RollbackStart);
            // what one log begins another one echoes by the same names
            let echoed = a.input != b.input
                && begins
                && a.service.is_some()
                && a.service == b.service
                && a.version.is_some();
            near(if steps || echoed || ordered && (begins || halves) {
                60
            } else {
                5
            })
        }
        K::ConfigChange => ends_what_begun(a, b) || near(5) && same_place && !of_two_hands(a, b),
        K::FeatureFlag => {
            near(5) && same_place && (a.input != b.input || agree(&a.group, &b.group))
        }
        K::ServiceStop | K::ServiceStart => {
            // the same words again are of another instance
            let near = near(if a.text == b.text { 5 } else { 90 });
            same_place && a.host == b.host && near && a.service == b.service
        }
        // one exit, one line: a supervisor logs each
        K::Crash if a.typed && b.typed => {
            same_place && a.input == b.input && a.text == b.text && gap == 0
        }
        K::Crash => same_place && a.host == b.host && near(10),
        // what a service writes to its own log stands in the journal, too
        K::Fault => (a.input == b.input || a.text == b.text) && same_place && near(2),
        // a server that goes down and a whole backend without any within the same second
        K::BackendDown | K::BackendUp => {
            let typed = a.typed && b.typed;
            let same_server = match (subject(a), subject(b)) {
                (Some(x), Some(y)) => x == y,
                (_, None) if typed => true,
                _ => a.text == b.text,
            };
            a.input == b.input && same_place && same_server && near(if typed { 1 } else { 300 })
        }
        K::MitigationStart | K::MitigationFinish | K::Restart => {
            same_place && near(5) && (a.input == b.input || one_command(&a.text, &b.text))
        }
        // a server says that it is asked and that it has
        K::Failover => same_place && a.input == b.input && near(1),
        K::AlertFired | K::AlertAcknowledged | K::AlertResolved | K::AlertEscalated => {
            let other = a.input != b.input;
            let one = a.group.is_some() && a.group == b.group;
            // an entry of an alert's own log need not say which it is; one that is sent again and again goes on beside others
            let first = a.time.zip(b.time).map(|(x, y)| y.0 - x.0);
            let at_once = first.is_some_and(|us| us <= 2 * SECOND);
            let same = other && a.group.is_none() != b.group.is_none() && at_once;
            // people are notified at once of what their own pager did
            same || one && near(2) || (one && other || is_passed_on(a, b)) && near(120)
        }
        // a tool's output stands in the log of the job that runs it, too
        K::MigrationStart | K::MigrationFinish if a.input != b.input => {
            a.text == b.text && near(60)
        }
        K::HumanNote if a.input != b.input => {
            same_place && near(5) && one_command(&a.text, &b.text)
        }
        // what one session alters, table by table
        K::MigrationStart if a.is_statement() && b.is_statement() => near(60),
        _ => a.input == b.input && same_place && near(1) && a.text == b.text,
    }
}

fn drop_marked(rows: &mut Vec<StatedMarker>, gone: &[bool]) {
    let mut gone = gone.iter();
    rows.retain(|_| gone.next() != Some(&true));
}

/// A service and its version.
pub(super) type Named = (Option<Vec<u8>>, Option<Vec<u8>>);

/// A finish (or failure) while a rollback is open in the same source is the rollback's: tools use the same words for both.
/// A finish that may be anything's is one only where its source has begun something.
fn pair(rows: &mut Vec<StatedMarker>) {
    let reversed = newest_first(rows);
    let mut open: BTreeMap<(u32, Option<Vec<u8>>), K> = BTreeMap::new();
    // what the run of a source began with, and what said that this failed
    let mut runs: BTreeMap<u32, (K, Option<usize>)> = BTreeMap::new();
    // what each run said that it does to what, and its end does not say again
    let mut about: BTreeMap<(u32, Option<Vec<u8>>), Named> = BTreeMap::new();
    // where the release that is open names no service, and the last line that may be its end
    let mut anonymous: BTreeSet<u32> = BTreeSet::new();
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    // what an operation said of its end before all of it was well
    let mut said: BTreeMap<(u32, Option<Vec<u8>>), usize> = BTreeMap::new();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_list_by_key(|i| {
        let r = &rows[*i];
        let place = if reversed.contains(&r.input) {
            0
        } else {
            r.offset
        };
        (r.input, place, r.time)
    });
    // the line that last said that a set of replicas shrinks, and which
    let mut shrunk: Option<(u32, u64, Option<Vec<u8>>)> = None;
    let mut gone = vec![false; rows.len()];
    for i in order {
        let r = &mut rows[i];
        let alone_nothing = (marker::SAID + 1..=Notice::ALONE_NOTHING).contains(&r.confidence);
        let service = if r.typed { r.group.clone() } else { None };
        let own = (r.input, r.service.clone());
        let bare = !r.typed && alone_nothing;
        // the end may name what the beginning did not
        let key = match bare {
            true if anonymous.contains(&r.input) => (r.input, None),
            true => own.clone(),
            false => (r.input, service),
        };
        match r.kind {
            K::DeployStart | K::RollbackStart => {
                runs.entry(r.input).or_insert((r.kind, None));
                match r.service {
                    None => anonymous.insert(r.input),
                    Some(_) => anonymous.remove(&r.input),
                };
                last.remove(&r.input);
                said.remove(&own);
                // what named nothing was of the one before
                said.remove(&(r.input, None));
                open.insert(own, r.kind);
                about.insert(key.clone(), (r.service.clone(), r.version.clone()));
                open.insert(key, r.kind);
                continue;
            }
            K::DeployFinish | K::DeployFail => {}
            K::Scale if r.typed => {
                shrunk = Some((r.input, r.offset, r.version.clone()));
                continue;
            }
            K::RollbackFinish | K::RollbackFail => {
                take_names(r, about.get(&key));
                continue;
            }
            _ => continue,
        }
        let mut was = open.get(&key).copied();
        // what it began itself is taken away, and it has not ended well
        let made = about.get(&key).and_then(|a| a.1.clone());
        if made.is_some() && shrunk == Some((r.input, r.offset, made)) {
            gone[i] = true;
            open.remove(&key);
            continue;
        }
        if !alone_nothing && let (K::DeployFail, Some(run)) = (r.kind, runs.get_mut(&r.input)) {
            run.1 = Some(i);
        }
        if !alone_nothing && r.kind == K::DeployFinish {
            said.insert(own, i);
        } else if let Some(earlier) = said.remove(&own).filter(|_| was.is_some() && !r.typed) {
            gone[earlier] = true;
            let earlier = rows[earlier].evidence.clone();
            rows[i].evidence.extend(earlier);
        }
        let r = &mut rows[i];
        take_names(r, about.get(&key));
        if alone_nothing {
            // a job may fail after what it deployed was up; one that took its deploy back failed with the deploy
            gone[i] = match r.fails_a_run().then(|| runs.remove(&r.input)) {
                Some(run) => {
                    was = run.map(|r| r.0);
                    run.is_none_or(|r| r.1.is_some())
                }
                None => was.is_none(),
            };
            if r.kind == K::DeployFinish && !bare || ends_a_command(&r.text) {
                open.remove(&key);
            }
            // what a tool says of each of its steps it says of the whole at last
            if bare
                && !gone[i]
                && let Some(step) = last.insert(r.input, i)
            {
                gone[step] = true;
            }
        }
        if was == Some(K::RollbackStart) {
            r.kind = match r.kind {
                K::DeployFail => K::RollbackFail,
                _ => K::RollbackFinish,
            };
            // some count a release that goes back as a new one
            let to = about.get(&key).and_then(|a| a.1.clone());
            r.version = to.or(r.version.take());
        }
    }
    drop_marked(rows, &gone);
}

/// Loading the configuration within 5 s of the start of the same process is the start; new workers right after a reload
/// belong to the reload; and what a line of a restart says of loading, or without times of what starts behind it, is the restart.
/// A setting that is `set` to a value, or changed by a command, is not loaded.
fn starts_are_no_changes(rows: &mut Vec<StatedMarker>, set: impl Fn(&StatedMarker) -> bool) {
    let near = |a: &StatedMarker, b: &StatedMarker, s: i64| match (a.time, b.time) {
        (Some(x), Some(y)) => (x.0 - y.0).abs() <= s * SECOND,
        (None, None) => (a.after, a.before) == (b.after, b.before),
        _ => false,
    };
    let ordered: Vec<bool> = rows.iter().map(|r| was_ordered(&r.text)).collect();
    let mut gone = vec![false; rows.len()];
    for i in 0..rows.len() {
        let lo = i.saturating_sub(60);
        let hi = (i + 60).min(rows.len());
        for j in lo..hi {
            if i == j || rows[i].input != rows[j].input {
                continue;
            }
            let (a, b) = (&rows[i], &rows[j]);
            let worker = a.kind == K::ServiceStart
                && b.kind == K::ConfigChange
                && ordered[j]
                && !rows[lo..hi].iter().any(|s| stopped_between(s, b, a))
                && a.offset > b.offset
                && near(a, b, 3);
            let loading = a.kind == K::ConfigChange
                && b.kind == K::ServiceStart
                && !(ordered[i] || set(a) || marker::typed(&a.text).is_some())
                && near(a, b, 5);
            let restarted = b.kind == K::Restart
                && match a.kind {
                    K::ConfigChange => a.offset == b.offset,
                    K::ServiceStart => a.time.is_none() && a.offset > b.offset && near(a, b, 0),
                    _ => false,
                };
            gone[i] |= worker || loading || restarted;
        }
    }
    drop_marked(rows, &gone);
}

#[cfg(test)]
pub(super) mod tests;
