//! What goes on all the time and belongs to no incident: changes that users make, units that a manager of services starts and
//! stops when they are needed. Leaves such rows out; what remains is judged elsewhere.

use super::StatedMarker;
use coroner_lines::marker::typed;
use coroner_lines::record::{MarkerKind, Notice};
use coroner_lines::time::MINUTE;
use std::collections::{BTreeMap, BTreeSet};

/// Stretches of equal length that the time is cut into.
const PARTS: usize = 10;
/// How far apart what happens often is on average, at most.
const OFTEN: i64 = 10 * MINUTE;

/// Leaves out what is said of changes as often as users work, every few minutes from first to last: the same words, names and
/// numbers aside, say it of their work. So with commands that programs give: what monitoring runs, nobody typed.
pub(super) fn of_users(rows: &mut Vec<StatedMarker>) {
    const MOST: usize = 40;
    use MarkerKind::{DeployFinish, DeployStart};
    let key = |r: &StatedMarker| {
        let said = match r.kind {
            MarkerKind::ConfigChange | MarkerKind::FeatureFlag => Some(words(&r.text)),
            // a job that is called after what it lets go of: `release_expired succeeded`
            DeployStart | DeployFinish if r.version.is_none() => Some(words(&r.text)),
            MarkerKind::HumanNote => typed(&r.text)
                .and_then(|t| t.split(u8::is_ascii_whitespace).next())
                .map(<[u8]>::to_vec),
            _ => None,
        };
        said.map(|said| (r.kind, said))
    };
    leave_out(rows, key, |times| {
        let busy = |n: &&usize| **n > 0;
        let parts = span(times).map(|s| tenths(times, s));
        times.len() > MOST
            && is_often(times)
            && parts.is_some_and(|p| p.iter().filter(busy).count() + 1 >= PARTS)
    });
}

/// Leaves out alerts that fire from first to last and are never resolved: what shows that alerts come through, or nobody minds.
pub(super) fn of_alerts(rows: &mut Vec<StatedMarker>) {
    const MOST: usize = 10;
    let all: Vec<i64> = rows.iter().filter_map(|r| Some(r.time?.0)).collect();
    let Some(whole) = span(&all) else { return };
    let of = |r: &StatedMarker| (r.input, words(&r.text));
    let resolved = rows.iter().filter(|r| r.kind == MarkerKind::AlertResolved);
    let resolved: BTreeSet<_> = resolved.map(of).collect();
    let key = |r: &StatedMarker| {
        let fires = r.kind == MarkerKind::AlertFired;
        fires.then(|| of(r)).filter(|of| !resolved.contains(of))
    };
    leave_out(rows, key, |times| {
        let busy = tenths(times, whole).iter().filter(|n| **n > 0).count();
        times.len() >= MOST && busy + 1 >= PARTS
    });
}

/// Leaves out acts that no word of ours names where their log holds more of them than people do to production: it is of users' work.
pub(super) fn of_any_acts(rows: &mut Vec<StatedMarker>) {
    const MOST: usize = 12;
    let key = |r: &StatedMarker| (r.confidence == Notice::ANY_ACT).then_some(r.input);
    leave_out(rows, key, |times| times.len() > MOST && is_often(times));
}

/// Leaves out what a server in Java puts in place as it starts, which it does in its main thread: that is no release.
pub(super) fn of_starts(rows: &mut Vec<StatedMarker>) {
    let main = |r: &StatedMarker| {
        let line = r.evidence.first().and_then(|e| e.excerpt.as_ref());
        line.is_some_and(|t| t.for_json().contains(" [main] "))
    };
    rows.retain(|r| {
        let released = matches!(r.kind, MarkerKind::DeployStart | MarkerKind::DeployFinish);
        !(released && r.version.is_none() && main(r))
    });
}

/// Leaves out what a manager of services starts and stops at all times of the logs, but not again and again: Windows' installer,
/// a job of every hour. Such a manager names many units; what one program says of itself, somebody brought about.
pub(super) fn of_units(rows: &mut Vec<StatedMarker>) {
    const UNITS: usize = 5;
    const TURNS: usize = 5;
    let is_life =
        |r: &StatedMarker| matches!(r.kind, MarkerKind::ServiceStart | MarkerKind::ServiceStop);
    let mut units: BTreeMap<u32, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for r in rows.iter().filter(|r| is_life(r)) {
        units.entry(r.input).or_default().insert(words(&r.text));
    }
    let managers: BTreeSet<u32> = units
        .into_iter()
        .filter(|(_, u)| u.len() >= UNITS)
        .map(|(input, _)| input)
        .collect();
    let all: Vec<i64> = rows.iter().filter_map(|r| Some(r.time?.0)).collect();
    let Some(whole) = span(&all) else { return };
    let key = |r: &StatedMarker| {
        let managed = is_life(r) && managers.contains(&r.input);
        managed.then(|| (r.kind, r.host.clone(), words(&r.text)))
    };
    leave_out(rows, key, |times| {
        let parts = tenths(times, whole);
        let turns = parts.iter().filter(|n| **n > 0).count();
        !is_often(times) && turns >= TURNS && parts.iter().all(|n| n * 2 < times.len())
    });
}

/// Leaves out what Windows starts when it is needed and what stops by itself soon after, each time: who restarts a service stops it
/// first (event 7036 of its Service Control Manager, which has no other name for either). So is what is only ever started, three times or
/// more on all hosts together, and did not fall.
pub(super) fn on_demand(rows: &mut Vec<StatedMarker>) {
    const SOON: i64 = 15 * MINUTE;
    let unit = |r: &StatedMarker| {
        let at = memchr::memmem::find(&r.text, b" service entered the ")?;
        Some((r.input, r.text[..at].to_vec()))
    };
    let mut turns: BTreeMap<_, Vec<(i64, MarkerKind)>> = BTreeMap::new();
    for r in rows.iter() {
        if let Some((unit, t)) = unit(r).zip(r.time) {
            turns.entry(unit).or_default().push((t.0, r.kind));
        }
    }
    turns.retain(|_, all| {
        all.sort_unstable_by_key(|t| t.0);
        all.chunks(2).all(|turn| match turn {
            [
                (from, MarkerKind::ServiceStart),
                (to, MarkerKind::ServiceStop),
            ] => to - from <= SOON,
            _ => false,
        })
    });
    let mut starts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.kind == MarkerKind::ServiceStart) {
        *starts.entry(unit(r).unwrap_or_default().1).or_default() += 1;
    }
    let ends = |r: &&StatedMarker| matches!(r.kind, MarkerKind::ServiceStop | MarkerKind::Crash);
    let named = |r: &StatedMarker, u: &[u8]| memchr::memmem::find(&r.text, u).is_some();
    let fell = |u: &[u8]| rows.iter().filter(ends).any(|r| named(r, u));
    starts.retain(|u, n| *n >= ONLY_STARTS && !u.is_empty() && !fell(u));
    rows.retain(|r| unit(r).is_none_or(|u| !turns.contains_key(&u) && !starts.contains_key(&u.1)));
}

/// Starts without a stop from which they are no restarts.
const ONLY_STARTS: usize = 3;

/// Leaves out what systemd starts for one connection each time (a socket with `Accept=yes`, systemd.socket(5)), which it names by its number
/// and its ends: `sshd@12-10.0.0.1:22-10.0.0.9:41234`, `systemd-coredump@0-41562-0`.
pub(super) fn of_connections(rows: &mut Vec<StatedMarker>) {
    let of_one = |r: &StatedMarker| {
        let name = r.service.as_deref().unwrap_or_default();
        let at = memchr::memchr(b'@', name).map(|at| &name[at + 1..]);
        let sign = |c: &u8| c.is_ascii_hexdigit() || b"-.:".contains(c);
        at.is_some_and(|id| {
            id.first().is_some_and(u8::is_ascii_digit) && id.contains(&b'-') && id.iter().all(sign)
        })
    };
    rows.retain(|r| !of_one(r));
}

/// Leaves out the rows of each key whose times, in microseconds, are those of a routine.
fn leave_out<K: Ord>(
    rows: &mut Vec<StatedMarker>,
    key: impl Fn(&StatedMarker) -> Option<K>,
    is_routine: impl Fn(&[i64]) -> bool,
) {
    let mut all: BTreeMap<K, Vec<i64>> = BTreeMap::new();
    for r in rows.iter() {
        if let Some(k) = key(r) {
            all.entry(k).or_default().extend(r.time.map(|t| t.0));
        }
    }
    all.retain(|_, times| is_routine(times));
    rows.retain(|r| key(r).is_none_or(|k| !all.contains_key(&k)));
}

/// The first and the last of some times.
fn span(times: &[i64]) -> Option<(i64, i64)> {
    Some((*times.iter().min()?, *times.iter().max()?))
}

fn is_often(times: &[i64]) -> bool {
    span(times).is_some_and(|(first, last)| (last - first) / OFTEN < times.len() as i64)
}

/// How many times lie in each tenth of a stretch that holds them all.
fn tenths(times: &[i64], (from, to): (i64, i64)) -> [usize; PARTS] {
    let part = (to - from) / PARTS as i64 + 1;
    let mut all = [0; PARTS];
    for t in times {
        all[((t - from) / part) as usize] += 1;
    }
    all
}

/// The words of a text that are no names: without signs of numbers and paths.
fn words(text: &[u8]) -> Vec<u8> {
    let is_name = |w: &&[u8]| w.iter().any(|c| c.is_ascii_digit() || *c == b'/');
    let words = text.split(u8::is_ascii_whitespace);
    let words: Vec<&[u8]> = words.filter(|w| !is_name(w)).collect();
    words.join(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::merge_rows::tests::row;
    use coroner_lines::text::LogText;
    use coroner_lines::time::{Instant, SECOND};

    #[test]
    fn what_is_started_for_a_connection_is_no_service() {
        let kept = |service: &str| {
            let mut rows = vec![row(0, 0, 0, MarkerKind::ServiceStart, service)];
            of_connections(&mut rows);
            rows.len() == 1
        };
        for unit in [
            "sshd@12-10.0.0.1:22-10.0.0.9:41234",
            "systemd-coredump@0-41562-0",
        ] {
            assert!(!kept(unit), "{unit}");
        }
        for unit in ["postgresql@16-main", "worker@3", "shop", "redis@6379"] {
            assert!(kept(unit), "{unit}");
        }
    }

    #[test]
    fn what_a_server_puts_in_place_as_it_starts_is_no_release() {
        let deployed = |thread: &str| {
            let mut r = row(0, 0, 0, MarkerKind::DeployStart, "");
            let line =
                format!("10-Mar-2026 13:05:00.1 INFO [{thread}] HostConfig.deployWAR Deploying");
            for e in &mut r.evidence {
                e.excerpt = Some(LogText::new(line.as_bytes()));
            }
            let mut rows = vec![r];
            assert!(!rows[0].evidence.is_empty());
            of_starts(&mut rows);
            rows.len()
        };
        assert_eq!(deployed("main"), 0);
        assert_eq!(deployed("Catalina-utility-2"), 1);
    }

    #[test]
    fn a_log_of_many_acts_is_of_users_work() {
        let left = |n: i64, every: i64| {
            let act = |i| StatedMarker {
                confidence: Notice::ANY_ACT,
                ..row(i * every, 0, i as u64, MarkerKind::ConfigChange, "")
            };
            let mut rows: Vec<_> = (0..n).map(act).collect();
            of_any_acts(&mut rows);
            rows.len()
        };
        assert_eq!(left(12, 60), 12);
        assert_eq!(left(13, 60), 0);
        assert_eq!(left(13, 3600), 13, "one an hour");
    }

    #[test]
    fn an_alert_that_fires_from_first_to_last_is_none() {
        let left = |from: i64, n: i64, resolved: bool| {
            let alert = |i: i64, kind, text: &str| StatedMarker {
                text: text.into(),
                ..row(i * 60, 0, i as u64, kind, "")
            };
            let mut rows = vec![
                alert(0, MarkerKind::HumanNote, "a"),
                alert(60, MarkerKind::HumanNote, "b"),
            ];
            rows.extend((from..from + n).map(|i| alert(i, MarkerKind::AlertFired, "Watchdog")));
            if resolved {
                rows.push(alert(30, MarkerKind::AlertResolved, "Watchdog"));
            }
            of_alerts(&mut rows);
            rows.iter()
                .filter(|r| r.kind == MarkerKind::AlertFired)
                .count()
        };
        assert_eq!(left(0, 60, false), 0);
        assert_eq!(left(0, 60, true), 60, "it ended");
        assert_eq!(left(30, 30, false), 30, "it began");
        assert_eq!(left(0, 3, false), 3, "few");
    }

    #[test]
    fn changes_as_often_as_users_work_are_theirs() {
        let says = |s, text: &str| StatedMarker {
            text: text.into(),
            ..row(s, 0, s as u64, MarkerKind::ConfigChange, "")
        };
        let all = |n: i64, every: i64, text: &str| -> Vec<_> {
            let said = |i: i64| says(i * every, &text.replace('#', &i.to_string()));
            (0..n).map(said).collect()
        };
        let left = |mut rows: Vec<StatedMarker>| {
            of_users(&mut rows);
            of_units(&mut rows);
            rows.len()
        };
        assert_eq!(
            left(all(60, 30, "options of cart #77 changed by user u#")),
            0
        );
        assert_eq!(left(all(60, 30, "PUT /api/flags/u#")), 0);
        // what monitoring runs, and what a person types
        let run = |n: i64, every: i64, text: &str| -> Vec<_> {
            let note = |r: StatedMarker| StatedMarker {
                kind: MarkerKind::HumanNote,
                ..r
            };
            all(n, every, text).into_iter().map(note).collect()
        };
        let check = "agent : PWD=/ ; USER=root ; COMMAND=/usr/lib/checks/check_apt -t #";
        assert_eq!(left(run(60, 60, check)), 0);
        assert_eq!(left(run(12, 60, check)), 12);
        // a day of few changes, and hosts that get one after the other
        assert_eq!(left(all(60, 1440, "option pool_#x changed by kim")), 60);
        let mut rolled = all(60, 1, "limits.conf on web-# changed by puppet");
        rolled.extend(
            all(60, 1, "limits.conf on web-# changed by puppet")
                .into_iter()
                .map(|r| StatedMarker {
                    time: r.time.map(|t| Instant(t.0 + 3600 * SECOND)),
                    ..r
                }),
        );
        assert_eq!(left(rolled), 120);
        // a unit that is called now and then, one that falls again and again, one that was started five times in one stretch
        let starts = |n: i64, every: i64, from: i64| -> Vec<_> {
            let at = |i: i64| row(from + i * every, 0, i as u64, MarkerKind::ServiceStart, "");
            let mut rows: Vec<_> = (0..n).map(at).collect();
            // other units of the same log, which start once
            let other = |i: i64| StatedMarker {
                text: format!("unit {} starts", ["a", "b", "c", "d"][i as usize]).into(),
                ..row(60 + i, 0, 900 + i as u64, MarkerKind::ServiceStart, "")
            };
            rows.extend((0..4).map(other));
            rows.extend([
                row(0, 1, 1, MarkerKind::AlertFired, ""),
                row(18_000, 1, 2, MarkerKind::AlertFired, ""),
            ]);
            rows
        };
        assert_eq!(left(starts(8, 2200, 300)), 6);
        assert_eq!(left(starts(100, 180, 0)), 106);
        assert_eq!(left(starts(5, 900, 6000)), 11);
        // started when it is needed, and restarted by somebody
        let turn = |s: i64, kind, state: &str| StatedMarker {
            text: format!("The Updates service entered the {state} state.").into(),
            ..row(s, 0, s as u64, kind, "")
        };
        let start = |s| turn(s, MarkerKind::ServiceStart, "running");
        let stop = |s| turn(s, MarkerKind::ServiceStop, "stopped");
        let demanded = |mut rows: Vec<StatedMarker>| {
            on_demand(&mut rows);
            rows.len()
        };
        assert_eq!(
            demanded(vec![start(0), stop(400), start(5000), stop(5100)]),
            0
        );
        assert_eq!(demanded(vec![stop(0), start(40)]), 2);
        assert_eq!(demanded(vec![start(0), stop(4000)]), 2);
        // what is only ever started, and what fell
        let only = || vec![start(0), start(900), start(5000)];
        assert_eq!(demanded(only()), 0);
        assert_eq!(demanded(vec![start(0), start(900)]), 2);
        let fell = StatedMarker {
            text: "The Updates service terminated unexpectedly.".into(),
            ..row(890, 0, 7, MarkerKind::Crash, "")
        };
        assert_eq!(demanded(only().into_iter().chain([fell]).collect()), 4);
        // one program that somebody stops and starts
        let lone = |i: i64| row(300 + i * 2200, 0, i as u64, MarkerKind::ServiceStop, "");
        assert_eq!(left((0..8).map(lone).collect()), 8);
    }
}
