//! Rows of one act: several lines, often of several inputs, that state the same thing become one row with all lines as
//! evidence; starts and finishes are paired. Works on markers sorted by time.

use super::raw::Raw;
use crate::record::MarkerKind as K;
use crate::time::SECOND;
use std::collections::BTreeMap;

/// Collapses and pairs; the result is sorted again.
pub(crate) fn acts(mut rows: Vec<Raw>) -> Vec<Raw> {
    recaps(&mut rows);
    pair(&mut rows);
    let mut rows = resends(rows);
    starts_are_no_changes(&mut rows);
    let mut out: Vec<Raw> = Vec::new();
    for r in std::mem::take(&mut rows) {
        match out.iter_mut().rev().take(400).find(|o| same_act(o, &r)) {
            Some(o) => absorb(o, r),
            None => out.push(r),
        }
    }
    drop_echoes(&mut out);
    out.sort_by_key(Raw::order);
    out
}

fn gap(a: &Raw, b: &Raw) -> Option<i64> {
    Some(b.time?.0 - a.last.or(a.time)?.0)
}

fn agree(a: &Option<Vec<u8>>, b: &Option<Vec<u8>>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// Whether a later marker is another line of the act that an earlier row stands for.
fn same_act(a: &Raw, b: &Raw) -> bool {
    if a.kind != b.kind || a.class != b.class {
        return false;
    }
    let Some(gap) = gap(a, b) else { return false };
    let near = |s: i64| gap <= s * SECOND;
    let same_place = agree(&a.host, &b.host) && agree(&a.service, &b.service);
    match a.kind {
        K::DeployStart
        | K::RollbackStart
        | K::DeployFinish
        | K::RollbackFinish
        | K::DeployFail
        | K::RollbackFail => {
            let one_package = a.typed && b.typed && a.input == b.input && near(60);
            let one_run = a.input == b.input
                && near(5)
                && agree(&a.version, &b.version)
                && agree(&a.service, &b.service);
            let one_echo = a.input != b.input
                && near(5)
                && agree(&a.version, &b.version)
                && agree(&a.service, &b.service);
            one_package || one_run || one_echo
        }
        K::ConfigChange => near(5) && (a.input != b.input || same_place),
        K::ServiceStop | K::ServiceStart => {
            same_place && a.host == b.host && near(90) && a.service == b.service
        }
        K::Crash => same_place && a.host == b.host && near(10),
        K::Fault => a.input == b.input && same_place && near(2),
        K::BackendDown | K::BackendUp => same_place && a.input == b.input && near(300),
        K::MitigationStart | K::MitigationFinish | K::Restart => {
            same_place && a.input == b.input && near(5)
        }
        K::AlertFired | K::AlertAcknowledged | K::AlertResolved | K::AlertEscalated => {
            a.group.is_some() && a.group == b.group && a.input != b.input && near(120)
        }
        _ => a.input == b.input && same_place && near(1) && a.text == b.text,
    }
}

fn absorb(a: &mut Raw, b: Raw) {
    a.last = a.last.max(b.last).max(b.time).max(a.time);
    a.confidence = a.confidence.max(b.confidence);
    a.version = a.version.take().or(b.version);
    a.service = a.service.take().or(b.service);
    a.host = a.host.take().or(b.host);
    a.actor = a.actor.take().or(b.actor);
    // cite a few lines of an act, count the rest
    if a.evidence.len() < 6 {
        a.evidence.extend(b.evidence);
    } else if let Some(e) = a.evidence.last_mut() {
        e.count = Some(e.count.unwrap_or(1) + b.evidence.len() as u64);
    }
}

/// A finish (or failure) while a rollback is open in the same source is the rollback's: tools use the same words for both.
fn pair(rows: &mut [Raw]) {
    let mut open: BTreeMap<(u32, Option<Vec<u8>>), K> = BTreeMap::new();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|i| (rows[*i].input, rows[*i].offset, rows[*i].time));
    for i in order {
        let r = &mut rows[i];
        let service = if r.typed { r.group.clone() } else { None };
        let key = (r.input, service);
        match r.kind {
            K::DeployStart | K::RollbackStart => {
                open.insert(key, r.kind);
            }
            K::DeployFinish if open.get(&key) == Some(&K::RollbackStart) => {
                r.kind = K::RollbackFinish
            }
            K::DeployFail if open.get(&key) == Some(&K::RollbackStart) => r.kind = K::RollbackFail,
            _ => {}
        }
    }
}

/// What a play of Ansible counts per host when it ends says of a deploy only that the play was one, and a host that failed
/// speaks for all. The play is the source's last start, up to its first recap.
fn recaps(rows: &mut Vec<Raw>) {
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
        }
    }
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        !gone[i - 1]
    });
}

/// An alert that is sent again before it is resolved is the same alert.
fn resends(rows: Vec<Raw>) -> Vec<Raw> {
    let mut open: BTreeMap<(u32, Vec<u8>, K), usize> = BTreeMap::new();
    let mut out: Vec<Raw> = Vec::new();
    for r in rows {
        let (Some(g), true) = (r.group.clone(), r.typed) else {
            out.push(r);
            continue;
        };
        match r.kind {
            K::AlertFired => {
                let key = (r.input, g.clone(), K::AlertFired);
                open.remove(&(r.input, g, K::AlertResolved));
                if let Some(&i) = open.get(&key) {
                    absorb(&mut out[i], r);
                    continue;
                }
                open.insert(key, out.len());
            }
            K::AlertResolved => {
                let key = (r.input, g.clone(), K::AlertResolved);
                open.remove(&(r.input, g, K::AlertFired));
                if let Some(&i) = open.get(&key) {
                    absorb(&mut out[i], r);
                    continue;
                }
                open.insert(key, out.len());
            }
            _ => {}
        }
        out.push(r);
    }
    out
}

/// Loading the configuration within 5 s of the start of the same process is the start; new workers right after a reload
/// belong to the reload.
fn starts_are_no_changes(rows: &mut Vec<Raw>) {
    let near = |a: &Raw, b: &Raw, s: i64| matches!((a.time, b.time), (Some(x), Some(y)) if (x.0 - y.0).abs() <= s * SECOND);
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
                && a.offset > b.offset
                && near(a, b, 3);
            let loading = a.kind == K::ConfigChange
                && b.kind == K::ServiceStart
                && b.offset < a.offset
                && near(a, b, 5);
            gone[i] |= worker || loading;
        }
    }
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        !gone[i - 1]
    });
}

/// Sessions that a server ends because it stops or crashed are no human action.
fn drop_echoes(rows: &mut Vec<Raw>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    fn row(s: i64, input: u32, offset: u64, kind: K, service: &str) -> Raw {
        Raw {
            time: Some(Instant::from_second(s)),
            after: None,
            before: None,
            input,
            offset,
            kind,
            class: None,
            confidence: 90,
            text: Vec::new(),
            group: None,
            actor: None,
            host: None,
            service: (!service.is_empty()).then(|| service.into()),
            version: None,
            typed: false,
            evidence: vec![crate::model::Evidence {
                input,
                line: offset,
                end_line: None,
                byte: offset,
                excerpt: None,
                count: None,
            }],
            last: None,
        }
    }

    #[test]
    fn a_finish_while_a_rollback_is_open_is_its_finish() {
        let got = acts(vec![
            row(0, 0, 1, K::DeployStart, "a"),
            row(60, 0, 2, K::DeployFinish, "a"),
            row(600, 0, 3, K::RollbackStart, "a"),
            row(660, 0, 4, K::DeployFinish, "a"),
        ]);
        assert_eq!(
            got.iter().map(|r| r.kind).collect::<Vec<_>>(),
            [
                K::DeployStart,
                K::DeployFinish,
                K::RollbackStart,
                K::RollbackFinish
            ]
        );
    }

    #[test]
    fn a_recap_ends_the_deploy_before_it_and_one_failed_host_fails_it() {
        let recap = |s, o, kind| Raw {
            text: b"web-1 : ok=6 changed=3 unreachable=0 failed=?".to_vec(),
            ..row(s, 0, o, kind, "")
        };
        let kinds = |rows| acts(rows).iter().map(|r| r.kind).collect::<Vec<_>>();
        let start = row(0, 0, 1, K::RollbackStart, "");
        let (done, failed) = (K::DeployFinish, K::DeployFail);
        assert_eq!(
            kinds(vec![start.clone(), recap(60, 2, done), recap(60, 3, done)]),
            [K::RollbackStart, K::RollbackFinish]
        );
        assert_eq!(
            kinds(vec![
                start.clone(),
                recap(60, 2, done),
                recap(60, 3, failed)
            ]),
            // a play that undoes a release and fails is a failed rollback, whatever words the recap has
            [K::RollbackStart, K::RollbackFail]
        );
        // the play of an hour later was no deploy
        assert_eq!(
            kinds(vec![start, recap(60, 2, done), recap(3660, 3, done)]),
            [K::RollbackStart, K::RollbackFinish]
        );
        assert_eq!(kinds(vec![recap(60, 2, done)]), []);
    }

    #[test]
    fn stopping_and_stopped_are_one_row_at_the_first_line() {
        let got = acts(vec![
            row(0, 0, 1, K::ServiceStop, "a"),
            row(3, 0, 2, K::ServiceStop, "a"),
            row(4, 0, 3, K::ServiceStop, "b"),
        ]);
        assert_eq!(got.len(), 2);
        assert_eq!(
            (got[0].time, got[0].evidence.len()),
            (Some(Instant::from_second(0)), 2)
        );
    }

    #[test]
    fn releases_of_two_services_in_one_log_are_two_rows() {
        let got = acts(vec![
            row(0, 0, 1, K::DeployStart, "a"),
            row(1, 0, 2, K::DeployStart, ""),
            row(3, 0, 3, K::DeployStart, "b"),
        ]);
        assert_eq!(got.len(), 2);
    }

    #[test]
    fn a_resent_alert_is_the_same_alert_until_it_is_resolved() {
        let alert = |s, o, k| Raw {
            typed: true,
            group: Some(b"g".to_vec()),
            ..row(s, 0, o, k, "")
        };
        let got = acts(vec![
            alert(0, 1, K::AlertFired),
            alert(300, 2, K::AlertFired),
            alert(600, 3, K::AlertResolved),
            alert(900, 4, K::AlertFired),
        ]);
        assert_eq!(
            got.iter().map(|r| r.kind).collect::<Vec<_>>(),
            [K::AlertFired, K::AlertResolved, K::AlertFired]
        );
    }
}
