//! Watches that go on for days: parts that are closed, and what goes on over their ends.

use super::{TEN, watch};
use crate::analysis::Settings;
use crate::watch::account::Account;
use crate::watch::{RollOver, Watch};
use coroner_infer::model::Report;
use coroner_lines::time::{SECOND, civil_from_days};
use coroner_report::report::json;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 86_400;

/// A request each ten seconds for so many hours, of which those fail that `fails` says, by the hour since the log began.
fn log(hours: i64, fails: impl Fn(f64) -> bool) -> String {
    const MONTHS: [&str; 2] = ["Mar", "Apr"];
    let one = |s: i64| {
        let at = TEN + s;
        let (y, m, d) = civil_from_days(at.div_euclid(DAY_S));
        let t = at.rem_euclid(DAY_S);
        let status = if fails(s as f64 / 3600.0) { 502 } else { 200 };
        format!(
            "198.51.100.{} - - [{d:02}/{}/{y}:{:02}:{:02}:{:02} +0000] \"GET /cart/{} HTTP/1.1\" {status} 512 \"-\" \"Mozilla/5.0\"\n",
            s / 10 % 200,
            MONTHS[m as usize - 3],
            t / 3600,
            t / 60 % 60,
            t % 60,
            s / 10 % 7,
        )
    };
    (0..hours * HOUR_S).step_by(10).map(one).collect()
}

/// What is reported of a log, and the parts with their names, the last one without.
struct Told {
    events: Vec<Value>,
    parts: Vec<(String, Report)>,
    /// How large the state was after each piece.
    states: Vec<usize>,
}

/// Reads a log in pieces of so many bytes; the watch ends and goes on after so many pieces each.
fn told(log: &str, when: RollOver, piece: usize, restarts: usize) -> Told {
    let mut w = watch();
    w.roll(Some(when));
    let (mut events, mut parts, mut states) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = log.as_bytes();
    let mut n = 0;
    while !rest.is_empty() {
        let mut to = piece.min(rest.len());
        // of what a process was given that ends only whole lines are kept
        if restarts > 0 && to < rest.len() {
            to = memchr::memrchr(b'\n', &rest[..to]).unwrap() + 1;
        }
        let (bytes, after) = rest.split_at(to);
        rest = after;
        w.push(0, bytes).unwrap();
        w.tick(TEN * SECOND).unwrap();
        events.extend(w.events());
        parts.extend(w.rolled());
        n += 1;
        if restarts > 0 && n % restarts == 0 {
            let (part, value) = w.state(true).unwrap().unwrap();
            let of = |v: &Value| serde_json::to_string(v).unwrap().len();
            let kept: serde_json::Value = part
                .inputs
                .values()
                .map(|p| serde_json::to_value(p).unwrap())
                .collect();
            states.push(of(&value) + of(&kept));
            w = Watch::new(Settings::default(), TEN * SECOND).unwrap();
            w.roll(Some(when));
            w.restore(part, &value).unwrap();
        }
    }
    let last = w.end().unwrap().unwrap();
    events.extend(w.events());
    parts.push((String::new(), last));
    Told {
        events,
        parts,
        states,
    }
}

/// The events of each incident.
fn incidents(events: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for e in events.iter().filter(|e| e["event"] != "marker") {
        if let Some(id) = e["incident"].as_str() {
            let event = e["event"].as_str().unwrap().to_owned();
            all.entry(id.to_owned()).or_default().push(event);
        }
    }
    all
}

/// An hour that fails over the third midnight, and one at noon of the sixth day.
fn week() -> String {
    log(7 * 24, |h| {
        (61.75..62.75).contains(&h) || (122.0..123.0).contains(&h)
    })
}

#[test]
fn each_day_of_a_week_has_its_report_and_no_incident_is_cut() {
    let log = week();
    let all = told(&log, RollOver::Daily, 64 << 10, 0);
    let names = all.parts.iter().map(|p| p.0.clone());
    let days = (10..17).map(|d| format!("2026-03-{d}"));
    assert!(names.eq(days.chain([String::new()])));
    // each line is in one part, and cited by its place in the log
    let totals: Vec<u64> = all.parts.iter().map(|p| p.1.totals.requests).collect();
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(totals.iter().sum::<u64>(), lines.len() as u64, "{totals:?}");
    let found: Vec<usize> = all.parts.iter().map(|p| p.1.incidents.len()).collect();
    assert_eq!(found, [0, 0, 1, 0, 0, 1, 0, 0]);
    for (_, report) in &all.parts {
        for i in &report.incidents {
            assert_eq!(i.impact.failed, Some(360), "whole");
            assert!(i.recovery.is_some());
            let first = i.timeline.iter().flat_map(|e| &e.evidence).next().unwrap();
            let cited = lines[first.line as usize - 1];
            assert!(cited.contains(" 502 "), "{first:?}");
            assert!(log[first.byte as usize..].starts_with(cited));
        }
    }
    let ids = incidents(&all.events);
    assert_eq!(ids.len(), 2, "{ids:?}");
    for events in ids.values() {
        let opens = events.iter().filter(|e| *e == "incident_open").count();
        let last = events.last().unwrap().as_str();
        assert_eq!((opens, last), (1, "incident_close"), "{events:?}");
    }
    // what is usual is known from the day before: its first failure is no news of every day
    let closed = all.events.iter().filter(|e| e["event"] == "roll_over");
    assert_eq!(closed.count(), 7);
}

#[test]
fn how_a_rolled_log_comes_and_restarts_change_nothing_of_it() {
    let log = week();
    let all = told(&log, RollOver::Daily, 64 << 10, 0);
    let parts = |t: &Told| -> Vec<(String, String)> {
        let of = |p: &(String, Report)| (p.0.clone(), json::to_string(&p.1));
        t.parts.iter().map(of).collect()
    };
    // how often it is reported on the way depends on what may be spent on that
    let words = |t: &Told| {
        let mut all = incidents(&t.events);
        all.values_mut()
            .for_each(|e| e.retain(|word| word != "incident_update"));
        all
    };
    for (piece, restarts) in [(7001, 0), (64 << 10, 20)] {
        let other = told(&log, RollOver::Daily, piece, restarts);
        assert!(parts(&all) == parts(&other), "{piece} {restarts}");
        assert_eq!(words(&all), words(&other), "{piece} {restarts}");
        if restarts == 0 {
            assert_eq!(all.events, other.events, "{piece}");
        }
    }
}

#[test]
fn what_an_inference_looks_at_does_not_grow_and_the_end_is_of_all() {
    let fails = |h: f64| {
        [30.0, 200.0, 330.0]
            .iter()
            .any(|a| (*a..a + 0.5).contains(&h))
    };
    let log = log(14 * 24, fails);
    let mut w = watch();
    let (mut events, mut after, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    let pieces = log.as_bytes().chunks(16 << 10);
    for (n, piece) in pieces.enumerate() {
        w.push(0, piece).unwrap();
        w.tick(TEN * SECOND).unwrap();
        let feed = &w.feeds[0];
        let cost = feed.cost + feed.behind.cost(None);
        let looked_at = cost / Account::of_second(1);
        let new = w.events();
        if new.iter().any(|e| e["event"] == "incident_close") {
            after.push(looked_at);
        }
        if new.iter().any(|e| e["event"] == "incident_open") {
            opened.push(looked_at);
        }
        events.extend(new);
        if n == 700 {
            // of the whole lines the last waits for the next
            let read = log[..701 * (16 << 10)].matches('\n').count() as u64 - 1;
            let so_far = w.report().unwrap().unwrap();
            assert_eq!(so_far.totals.requests, read, "asked for, it is of all");
        }
    }
    let lines: Vec<&str> = log.lines().collect();
    // what was judged at an incident is left behind, but for what shows what is usual
    assert!(
        after.iter().all(|n| *n < 25_000),
        "{after:?} of {}",
        lines.len()
    );
    // requests alone show no more than the score of them did
    assert!(opened.iter().all(|n| *n < 8_000), "{opened:?}");
    let report = w.end().unwrap().unwrap();
    assert!(json::to_string(&report) == super::in_one_go(log.as_bytes()));
    events.extend(w.events());
    let ids = incidents(&events);
    let each = ["incident_suspected", "incident_open", "incident_close"];
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert!(ids.values().all(|of| {
        each.iter()
            .all(|e| of.iter().filter(|x| x == e).count() == 1)
    }));
    for e in events.iter().filter(|e| e["event"] == "incident_open") {
        let line = e["evidence"][0]["line"].as_u64().unwrap() as usize;
        let cited = lines[line - 1];
        let failed = |line: &str| line.contains(" 502 ");
        assert!(failed(cited) && !failed(lines[line - 2]), "{cited}");
    }
    let firsts = events.iter().filter(|e| e["kind"] == "first_5xx").count();
    assert_eq!(firsts, 1, "only one is the first of all");
}

#[test]
fn what_a_watch_holds_does_not_grow_with_its_age() {
    let log = log(21 * 24, |h| h % 24.0 < 0.5);
    let all = told(&log, RollOver::Daily, log.len() / 84 + 1, 1);
    let week = |n: usize| all.states[n * 28..(n + 1) * 28].iter().max().unwrap();
    assert!(week(2) * 10 <= week(0) * 12, "{} {}", week(0), week(2));
    let ids = incidents(&all.events);
    assert_eq!(ids.len(), 21, "each has an id of its own");
}

#[test]
fn a_change_before_midnight_stands_with_what_it_breaks_after_it() {
    let day = log(30, |h| (14.1..14.5).contains(&h));
    let deploy = "2026-03-10T23:58:11Z INFO deployctl: rollout start service=cart version=4.12.0\n";
    let at = day.find("10/Mar/2026:23:58:20").unwrap();
    let at = day[..at].rfind('\n').unwrap() + 1;
    let log = [&day[..at], deploy, &day[at..]].concat();
    let all = told(&log, RollOver::Daily, 64 << 10, 0);
    let open = all.events.iter().find(|e| e["event"] == "incident_open");
    let changes = open.unwrap()["changes"].to_string();
    assert!(changes.contains("deploy_start"), "{changes}");
    assert_eq!(all.parts.len(), 2);
    let first = &all.parts[0].1.incidents;
    assert_eq!(
        first.len(),
        1,
        "the change and the incident are in one report"
    );
}

#[test]
fn what_goes_on_for_days_keeps_its_id_and_its_onset_and_holds_no_part_open_for_ever() {
    let log = log(8 * 24, |h| h >= 30.0 && (h * 360.0) as i64 % 2 == 0);
    let all = told(&log, RollOver::Daily, 64 << 10, 0);
    // after a day of waiting each
    assert_eq!(
        all.parts.len(),
        5,
        "{:?}",
        all.parts.iter().map(|p| &p.0).collect::<Vec<_>>()
    );
    let ids = incidents(&all.events);
    assert_eq!(ids.len(), 1, "{ids:?}");
    let onsets: BTreeSet<&str> = all
        .events
        .iter()
        .filter(|e| {
            e["event"] == "incident_open"
                || e["event"] == "correction"
                || e["event"] == "incident_close"
        })
        .filter_map(|e| e["onset"].as_str())
        .collect();
    assert_eq!(onsets.len(), 1, "{onsets:?}");
    let bytes = told(&log, RollOver::Bytes(1 << 20), 64 << 10, 0);
    let most = bytes
        .parts
        .iter()
        .map(|p| p.1.totals.requests)
        .max()
        .unwrap();
    assert!(most * 110 < (3 << 20), "{most}");
}
