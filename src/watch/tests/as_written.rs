//! Inputs whose lines come as they are written, second by second: what is reported of them, and when.

use super::{TEN, line, watch_of};
use crate::analysis::Settings;
use crate::watch::{Hours, Watch};
use coroner_lines::time::{SECOND, civil_from_days};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Lines by the second in which they come, each of an input.
pub(super) type Script = BTreeMap<i64, Vec<(usize, String)>>;

/// What a clock in UTC shows at a second.
pub(super) fn clock(second: i64) -> String {
    let (y, m, d) = civil_from_days((TEN + second).div_euclid(86_400));
    let s = (TEN + second).rem_euclid(86_400);
    let (h, min, s) = (s / 3600, s / 60 % 60, s % 60);
    format!("{y}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}")
}

/// Another input, of lines without a zone.
fn stamped(second: i64, east_min: i64, text: &str) -> String {
    let local = clock(second + east_min * 60);
    let local = local.replace('-', "/").replace('T', " ");
    format!("{local} [error] 7#7: *1 {text}\n")
}

/// Two requests in each second, of which those fail that `fails` says.
pub(super) fn requests(script: &mut Script, from: i64, to: i64, fails: impl Fn(i64) -> bool) {
    for n in from * 2..to * 2 {
        let status = if fails(n) { 502 } else { 200 };
        script.entry(n / 2).or_default().push((0, line(n, status)));
    }
}

/// What is reported of a script until a second, with the second on the wall in which it was; `stops` are restarts.
pub(super) fn events_live(
    names: &[&str],
    script: &Script,
    end: i64,
    stops: &[i64],
) -> Vec<(i64, Value)> {
    let stops: Vec<_> = stops.iter().map(|s| (*s, *s)).collect();
    events_stopped(names, script, end, &stops)
}

/// The same with watches that are killed: the second of what they left, and that in which the next one begins.
fn events_stopped(
    names: &[&str],
    script: &Script,
    end: i64,
    stops: &[(i64, i64)],
) -> Vec<(i64, Value)> {
    let mut w = watch_of(names);
    let (mut all, mut left) = (Vec::new(), None);
    for s in 0..end {
        if stops.iter().any(|(from, to)| (*from + 1..*to).contains(&s)) {
            continue;
        }
        w.tick((TEN + s) * SECOND).unwrap();
        for (f, text) in script.get(&s).into_iter().flatten() {
            w.push(*f, text.as_bytes()).unwrap();
        }
        w.tick((TEN + s) * SECOND + SECOND / 10).unwrap();
        all.extend(w.events().into_iter().map(|e| (s, e)));
        if let Some((from, to)) = stops.iter().find(|t| t.0 == s) {
            left = w.state(from == to).unwrap();
        }
        if stops.iter().any(|t| t.1 == s)
            && let Some((part, value)) = left.take()
        {
            w = Watch::new(Settings::default(), (TEN + s) * SECOND).unwrap();
            w.restore(part, &value).unwrap();
            for n in names {
                w.named(n).unwrap_or_else(|| w.add(n, None));
            }
        }
    }
    w.end().unwrap();
    all.extend(w.events().into_iter().map(|e| (end, e)));
    all
}

/// The same of an access log of which those requests fail that `fails` says.
fn events_of(end: i64, fails: impl Fn(i64) -> bool) -> Vec<(i64, Value)> {
    let mut script = Script::new();
    requests(&mut script, 0, end, fails);
    events_live(&["access.log"], &script, end, &[])
}

/// The events of incidents: which, of which incident, and when.
pub(super) fn incidents(all: &[(i64, Value)]) -> Vec<(String, i64)> {
    let all = all.iter().filter(|(_, e)| {
        let word = e["event"].as_str().unwrap();
        word.starts_with("incident") && word != "incident_update" || word == "retraction"
    });
    all.map(|(s, e)| (e["event"].as_str().unwrap().to_owned(), *s))
        .collect()
}

fn at(all: &[(String, i64)], event: &str) -> i64 {
    let found = all.iter().find(|e| e.0 == event);
    found.unwrap_or_else(|| panic!("no {event}: {all:?}")).1
}

/// Checks that an event came within those seconds.
fn within(all: &[(String, i64)], event: &str, seconds: RangeInclusive<i64>) {
    let at = at(all, event);
    assert!(seconds.contains(&at), "{event} at {at}: {all:?}");
}

#[test]
fn the_zone_of_lines_without_one_changes_nothing() {
    let incidents_at = |east: i64| {
        let mut script = Script::new();
        requests(&mut script, 0, 2400, |n| (2400..3200).contains(&n));
        for s in (300..2400).filter(|s| s % 97 == 0 || (1200..1600).contains(s)) {
            let text = stamped(
                s,
                east,
                "connect() failed (111: Connection refused) while connecting to upstream, client: 198.51.100.7, server: _, request: \"GET /cart HTTP/1.1\", upstream: \"http://127.0.0.1:8000/cart\"",
            );
            script.entry(s).or_default().push((1, text));
        }
        incidents(&events_live(
            &["access.log", "error.log"],
            &script,
            2400,
            &[],
        ))
    };
    let utc = incidents_at(0);
    within(&utc, "incident_suspected", 1200..=1220);
    within(&utc, "incident_open", 1260..=1275);
    within(&utc, "incident_close", 2200..=2240);
    for east in [-11 * 60, 345, 13 * 60] {
        assert_eq!(incidents_at(east), utc, "{east} min east");
    }
}

#[test]
fn what_is_there_at_the_start_is_reported_at_once_to_its_last_line() {
    let now = (TEN + 7200) * SECOND;
    let mut w = Watch::new(Settings::default(), now).unwrap();
    let requests: String = (0..1200).map(|n| line(n, 200)).collect();
    let deploy = "2026-03-10T10:01:00Z INFO deployctl: quota checked
2026-03-10T10:02:00Z INFO deployctl: rollout start service=cart version=4.12.0\n";
    for name in ["access.log", "deploy.log"] {
        let f = w.add(name, None);
        w.behind(f, true);
    }
    w.start();
    for (f, text) in [requests.as_str(), deploy].into_iter().enumerate() {
        w.push(f, text.as_bytes()).unwrap();
        w.behind(f, false);
    }
    w.tick(now).unwrap();
    let all = w.events();
    let begun = all.iter().find(|e| e["kind"] == "deploy_start");
    assert_eq!(begun.unwrap()["backfill"], true);
}

#[test]
fn lines_beside_a_busy_input_are_reported_with_what_they_caused() {
    a_release_is_reported(&[(795, "start")]);
    a_release_is_reported(&[(795, "start"), (801, "end")]);
}

fn a_release_is_reported(lines: &[(i64, &str)]) {
    let mut script = Script::new();
    requests(&mut script, 0, 1000, |n| n >= 1610);
    for (s, what) in lines {
        let text = format!(
            "{}Z INFO deployctl: rollout {what} service=cart version=4.12.0\n",
            clock(*s)
        );
        script.entry(*s).or_default().push((1, text));
    }
    let all = events_live(&["access.log", "deploy.log"], &script, 1000, &[]);
    let first = |key: &str, value: &str| all.iter().find(|(_, e)| e[key] == value).unwrap();
    let row = first("kind", "deploy_start");
    assert!((795..=806).contains(&row.0), "{row:?}");
    let (s, open) = first("event", "incident_open");
    assert!((865..=875).contains(s), "{open}");
    let mut changes = open["changes"].as_array().unwrap().iter();
    assert!(changes.any(|c| c["kind"] == "deploy_start"), "{open}");
    assert!(open["text"].as_str().unwrap().contains("failed"), "{open}");
    assert!(
        open["severity"].as_str().unwrap().starts_with("SEV-"),
        "{open}"
    );
}

#[test]
fn a_dead_edge_is_suspected_and_opened_while_others_speak() {
    let mut script = Script::new();
    requests(&mut script, 0, 900, |_| false);
    requests(&mut script, 1200, 2400, |_| false);
    for s in (0..2400).step_by(10) {
        let text = format!("{}Z INFO cron: job {s} is done\n", clock(s));
        script.entry(s).or_default().push((1, text));
    }
    let all = events_live(&["access.log", "cron.log"], &script, 2400, &[]);
    let is_suspected = |e: &&(i64, Value)| e.1["event"] == "incident_suspected";
    let suspected = all.iter().find(is_suspected).unwrap();
    assert_eq!(suspected.1["kind"], "silence");
    let events = incidents(&all);
    within(&events, "incident_suspected", 929..=934);
    within(&events, "incident_open", 958..=972);
    within(&events, "incident_close", 1790..=1870);
    assert_eq!(events.len(), 3, "{events:?}");
}

#[test]
fn a_restart_makes_nobody_blind_for_silence() {
    let mut script = Script::new();
    requests(&mut script, 0, 900, |_| false);
    for s in (0..1000).step_by(10) {
        let text = format!("{}Z INFO cron: done\n", clock(s));
        script.entry(s).or_default().push((1, text));
    }
    for stop in [(850, 850), (700, 860), (890, 899)] {
        let all = events_stopped(&["access.log", "cron.log"], &script, 1000, &[stop]);
        let events = incidents(&all);
        within(&events, "incident_suspected", 929..=941);
        within(&events, "incident_open", 958..=972);
    }
}

#[test]
fn an_error_log_that_is_silent_because_all_is_well_is_no_gap() {
    let mut script = Script::new();
    requests(&mut script, 0, 1500, |n| (1200..2000).contains(&n));
    for s in 600..1000 {
        let text = stamped(s, 0, "upstream timed out");
        script.entry(s).or_default().push((1, text));
    }
    let all = events_live(&["access.log", "error.log"], &script, 1500, &[]);
    assert!(all.iter().all(|(_, e)| e["event"] != "gap"), "{all:?}");
}

#[test]
fn a_second_outage_is_one_of_its_own_and_found_as_fast() {
    let all = events_of(4200, |n| {
        (3600..3960).contains(&n) || (5400..5880).contains(&n)
    });
    let events = incidents(&all);
    let words: Vec<&str> = events.iter().map(|t| t.0.as_str()).collect();
    let one = ["incident_suspected", "incident_open", "incident_close"];
    assert_eq!(words, [one, one].concat(), "{events:?}");
    assert!(
        (1800..=1816).contains(&events[0].1) && (2700..=2716).contains(&events[3].1),
        "{events:?}"
    );
    // one that begins before the first is over is a relapse of it
    let all = events_of(3600, |n| {
        (3600..3960).contains(&n) || (4440..4800).contains(&n)
    });
    assert_eq!(incidents(&all).len(), 3, "{:?}", incidents(&all));
    let relapse = all.iter().find(|(_, e)| e["relapse"] == true).unwrap();
    assert!((2220..=2236).contains(&relapse.0), "{relapse:?}");
}

#[test]
fn what_fails_again_while_its_calm_is_young_is_never_taken_back() {
    // 40 s, and after five calm minutes for good; then 20 s alone
    let fails = |n: i64| (2400..2480).contains(&n) || (3080..3600).contains(&n);
    let events = incidents(&events_of(2700, fails));
    let words: Vec<&str> = events.iter().map(|t| t.0.as_str()).collect();
    let one = [
        "incident_suspected",
        "incident_suspected",
        "incident_open",
        "incident_close",
    ];
    assert_eq!(words, one, "{events:?}");
    assert!((1540..=1556).contains(&events[1].1), "{events:?}");
    assert!((1540..=1575).contains(&events[2].1), "{events:?}");
    let events = incidents(&events_of(2700, |n| (2400..2430).contains(&n)));
    let words: Vec<&str> = events.iter().map(|t| t.0.as_str()).collect();
    assert_eq!(words, ["incident_suspected", "retraction"], "{events:?}");
    assert!((1810..=1840).contains(&events[1].1), "{events:?}");
}

#[test]
fn an_outage_of_hours_is_reported_each_half_hour_and_after_a_maintenance_window() {
    let mut script = Script::new();
    requests(&mut script, 0, 9000, |n| n >= 2400);
    let mut w = Watch::new(Settings::default(), TEN * SECOND).unwrap();
    // 10:10 to 11:30
    w.maintain(vec![Hours::parse("10:10-11:30").unwrap()]);
    w.add("access.log", None);
    w.start();
    let mut told = Vec::new();
    for s in 0..9000 {
        for (_, text) in script.get(&s).into_iter().flatten() {
            w.push(0, text.as_bytes()).unwrap();
        }
        w.tick((TEN + s) * SECOND + SECOND / 10).unwrap();
        let all = w.events().into_iter();
        told.extend(all.filter(|e| e["incident"].is_string()).map(|e| (s, e)));
    }
    let at: Vec<i64> = told.iter().map(|e| e.0).collect();
    assert!(at.windows(2).all(|w| w[1] - w[0] <= 1810), "{at:?}");
    for (s, e) in &told {
        assert_eq!(e["maintenance"] == true, (600..5400).contains(s), "{s} {e}");
    }
    assert!(at.iter().any(|s| (5400..5415).contains(s)), "{at:?}");
}

#[test]
fn what_fails_is_no_suspicion_where_one_service_is_asked_for() {
    let mut script = Script::new();
    requests(&mut script, 0, 2400, |n| (2400..2800).contains(&n));
    let events = |service: Option<&str>| {
        let mut settings = Settings::default();
        settings.about.service = service.map(str::to_owned);
        let mut w = Watch::new(settings, TEN * SECOND).unwrap();
        w.add("access.log", None);
        w.start();
        for (s, lines) in &script {
            w.tick((TEN + s) * SECOND).unwrap();
            for (_, text) in lines {
                w.push(0, text.as_bytes()).unwrap();
            }
        }
        let all = w.events().into_iter().map(|e| (0, e)).collect::<Vec<_>>();
        let words = incidents(&all).into_iter().map(|e| e.0);
        words.collect::<Vec<_>>()
    };
    let all = ["incident_suspected", "incident_open", "incident_close"];
    assert_eq!(events(None), all);
    // of no service that is known, so that it may be of this one: only an inference says so
    assert_eq!(events(Some("elsewhere")), all[1..]);
}

#[test]
fn silence_of_all_is_a_gap_where_nothing_shows_it_from_the_end_of_a_copy() {
    let mut w = super::watch();
    let log: String = (0..4000).map(|n| line(n, 200)).collect();
    w.push(0, log.as_bytes()).unwrap();
    let mut gaps = Vec::new();
    for s in 0..90 {
        w.tick((TEN + s) * SECOND).unwrap();
        let all = w.events().into_iter();
        gaps.extend(all.filter(|e| e["event"] == "gap").map(|e| (s, e)));
    }
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0].1["kind"], "silence");
    assert_eq!(gaps[0].1["text"], "no line of stdin for 30 s");
    assert!((30..=33).contains(&gaps[0].0), "{gaps:?}");
}

/// What each incident may show: a suspicion, that it is open, how it goes on, and one end.
fn check(all: &[(i64, Value)]) -> Result<(), TestCaseError> {
    let mut by_id: BTreeMap<&str, Vec<(i64, &str)>> = BTreeMap::new();
    let mut gaps: BTreeMap<&str, &str> = BTreeMap::new();
    for (s, e) in all {
        let word = e["event"].as_str().unwrap();
        let told = word.starts_with("incident") || word == "retraction";
        if let Some(id) = e["incident"].as_str().filter(|_| told) {
            by_id.entry(id).or_default().push((*s, word));
        }
        if e["event"] == "gap" && e["kind"] == "silence" {
            // each silence of an input is reported once
            let from = e["time"].as_str().unwrap();
            let before = gaps.insert(e["text"].as_str().unwrap(), from);
            prop_assert!(before.is_none_or(|b| b < from), "{e}");
        }
        let time = |k: &str| e[k].as_str().map(|t| t[..19].to_owned());
        if let (Some(recovery), Some(seen)) = (time("recovery"), time("seen_at")) {
            prop_assert!(recovery <= seen, "{e}");
        }
        if let Some(seen) = time("seen_at") {
            prop_assert!(seen <= clock(*s + 1), "{s} {e}");
        }
    }
    for (id, events) in &by_id {
        let mut rest = events.as_slice();
        while rest.first().is_some_and(|e| e.1 == "incident_suspected") {
            rest = &rest[1..];
        }
        let opened = rest.first().filter(|e| e.1 == "incident_open").map(|e| e.0);
        if opened.is_some() {
            rest = &rest[1..];
            while rest.first().is_some_and(|e| e.1 == "incident_update") {
                rest = &rest[1..];
            }
        }
        let ends = ["retraction", "incident_close"];
        let ends = &ends[..1 + usize::from(opened.is_some())];
        prop_assert!(
            rest.len() == 1 && ends.contains(&rest[0].1),
            "{id}: {events:?}"
        );
        let last = all.last().map_or(0, |e| e.0);
        if rest[0].0 < last {
            prop_assert!(
                rest[0].0 - opened.unwrap_or(events[0].0) >= 50,
                "{id}: {events:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_incident_is_reported_in_order_and_ends_once(
        outages in prop::collection::vec((600..1400i64, 5..500i64, 1..5i64), 0..4),
        pauses in prop::collection::vec((600..1400i64, 20..300i64), 0..3),
        stops in prop::collection::vec(700..1400i64, 0..3),
        east in -44..52i64,
    ) {
        let mut script = Script::new();
        let fails = |n: i64| outages.iter().any(|(from, s, each)| (from * 2..(from + s) * 2).contains(&n) && n % each == 0);
        requests(&mut script, 0, 1500, fails);
        for (from, s) in &pauses {
            script.retain(|at, _| !(*from..from + s).contains(at));
        }
        for s in (0..1500).step_by(37) {
            script.entry(s).or_default().push((1, stamped(s, east * 15, "worker is alive")));
        }
        let all = events_live(&["access.log", "worker.log"], &script, 1500, &stops);
        check(&all)?;
        if stops.is_empty() {
            prop_assert_eq!(events_live(&["access.log", "worker.log"], &script, 1500, &[]), all);
        }
    }
}

#[test]
fn a_silence_before_an_outage_is_not_told_as_the_outage_again() {
    let mut script = Script::new();
    requests(&mut script, 0, 1500, |n| (641 * 2..715 * 2).contains(&n));
    script.retain(|at, _| !(600..629).contains(at));
    for s in (0..1500).step_by(37) {
        script
            .entry(s)
            .or_default()
            .push((1, stamped(s, 0, "worker is alive")));
    }
    let all = events_live(&["access.log", "worker.log"], &script, 1500, &[]);
    let opened = all.iter().filter(|(_, e)| e["event"] == "incident_open");
    assert_eq!(opened.count(), 1);
    check(&all).unwrap();
}
