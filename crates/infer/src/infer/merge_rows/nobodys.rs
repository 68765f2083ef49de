//! Rows that are of nothing that was done here: answers to somebody who asks how things are, sessions that end with their server,
//! packages that only take notice of others, ends in a list of releases.

use super::agree;
use crate::infer::stated::StatedMarker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::time::{HOUR, Instant, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Ends of alerts in an input that are more than it has beginnings by this many are answers to somebody who asks how things are.
const ASKED: usize = 3;

/// Drops what an input says again and again to be well, where nothing of it was not: a rule is evaluated each minute.
pub(super) fn drop_asked(rows: &mut [StatedMarker]) {
    let mut open: BTreeMap<u32, usize> = BTreeMap::new();
    let mut more: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (n, r) in rows.iter().enumerate() {
        let open = open.entry(r.input).or_default();
        match r.kind {
            K::AlertFired => *open += 1,
            K::AlertResolved if *open == 0 => more.entry(r.input).or_default().push(n),
            K::AlertResolved => *open -= 1,
            _ => {}
        }
    }
    more.retain(|_, of| of.len() > ASKED);
    for n in more.into_values().flatten() {
        rows[n].evidence.clear();
    }
}

/// Sessions that a server ends because it stops or crashed are no human action.
pub(super) fn drop_echoes(rows: &mut Vec<StatedMarker>) {
    let stops: Vec<(Option<Vec<u8>>, u32, i64)> = rows
        .iter()
        .filter(|r| matches!(r.kind, K::ServiceStop | K::Crash | K::Restart))
        .filter_map(|r| Some((r.host.clone(), r.input, r.time?.0)))
        .collect();
    rows.retain(|r| {
        let session = r.kind == K::MitigationStart
            && memchr::memmem::find(&r.text, b"administrator command").is_some();
        !(session
            && stops.iter().any(|(host, input, t)| {
                (*input == r.input || (host.is_some() && *host == r.host))
                    && r.time.is_some_and(|x| (x.0 - t).abs() <= 10 * SECOND)
            }))
    });
}

/// Drops packages that are set up again beside those that are changed: what they are told by others changes nothing of them.
pub(super) fn drop_triggered(rows: &mut Vec<StatedMarker>) {
    let begins = |r: &&StatedMarker| r.package && r.kind != K::DeployFinish;
    let of = |r: &StatedMarker| (r.log, r.service.clone());
    let begun: BTreeSet<_> = rows.iter().filter(begins).map(of).collect();
    let within = |log: u32| begun.iter().any(|b| b.0 == log);
    let begun_too = |r: &StatedMarker| begun.contains(&of(r));
    rows.retain(|r| !(r.package && r.kind == K::DeployFinish && within(r.log) && !begun_too(r)));
}

/// Drops the end of a release that stands in the line of its beginning, as a list of releases is one line for each, where another log
/// shows that release to end later.
pub(super) fn drop_listed_ends(rows: &mut Vec<StatedMarker>) {
    let begins = |r: &&StatedMarker| r.kind == K::DeployStart;
    let cited = |r: &StatedMarker| r.evidence.iter().map(|e| (e.input, e.byte)).collect();
    let begun: Vec<Vec<(u32, u64)>> = rows.iter().filter(begins).map(cited).collect();
    let listed: BTreeSet<(u32, u64)> = begun.into_iter().flatten().collect();
    let of_list = |r: &StatedMarker| {
        let mut lines = r.evidence.iter().map(|e| (e.input, e.byte));
        r.kind == K::DeployFinish && lines.all(|l| listed.contains(&l))
    };
    let others: Vec<(u32, Option<Vec<u8>>, i64)> = rows
        .iter()
        .filter(|r| r.kind == K::DeployFinish && !of_list(r) && !r.is_said())
        .filter_map(|r| Some((r.input, r.version.clone(), r.time?.0)))
        .collect();
    rows.retain(|r| {
        let later = |(input, version, t): &(u32, Option<Vec<u8>>, i64)| {
            let after = |at: Instant| (SECOND..=HOUR).contains(&(t - at.0));
            *input != r.input && agree(version, &r.version) && r.time.is_some_and(after)
        };
        !(of_list(r) && others.iter().any(later))
    });
}
