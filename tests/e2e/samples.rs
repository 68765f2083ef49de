//! The sample logs against the written reports whose outages they retell, and against what their generator did.
//! Times of the reports are of the minute: `tests/data/seeds` holds their rows and the durations counted from them.

use crate::common::{citations, epoch, list, repo, report, unpacked};
use coroner_lines::text::LogText;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

const MARKERS: &str = include_str!("../data/seeds/markers.tsv");
const SPANS: &str = include_str!("../data/seeds/spans.tsv");

/// The written reports, by the number that their file begins with, and the folder that holds the logs.
const WRITTEN: [(&str, &str); 5] = [
    ("000", "evening-upgrade"),
    ("001", "upgrade-outage"),
    ("002", "quick-rollback"),
    ("003", "auth-upgrade"),
    ("004", "power-overload"),
];

const OTHERS: [&str; 2] = ["quiet-day", "mixed-clocks"];

fn every_case() -> impl Iterator<Item = &'static str> {
    WRITTEN.iter().map(|(_, case)| *case).chain(OTHERS)
}

fn of_case(case: &str) -> Arc<Value> {
    report(&format!("sample-logs/{case}"))
}

fn truth(case: &str) -> Value {
    let text = fs::read_to_string(repo(&format!("tests/data/samples/{case}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Seconds since 1970 of the rows of some kinds in an incident's timeline.
fn times(incident: &Value, kinds: &[&str]) -> Vec<f64> {
    let rows = list(&incident["timeline"]).iter();
    rows.filter(|e| kinds.contains(&e["kind"].as_str().unwrap()))
        .filter_map(|e| epoch(&e["time"]))
        .collect()
}

/// When a report's row is, by the name that the written reports give it. What is started again after the way back began
/// is the restart, whether a person, the service or the machine's start shows it.
fn measured(incident: &Value, row: &str) -> Option<f64> {
    let first = |kinds: &[&str]| times(incident, kinds).first().copied();
    match row {
        "restart" => {
            let back = first(&["rollback_start", "mitigation_start"])?;
            let again = times(incident, &["restart", "service_start", "host_start"]);
            again.into_iter().find(|t| *t >= back)
        }
        kind => first(&[kind]),
    }
}

fn minute(seconds: f64) -> i64 {
    (seconds / 60.0).floor() as i64
}

#[test]
fn the_timelines_agree_with_the_written_reports_to_the_minute() {
    let mut rows = 0;
    for line in MARKERS.lines().skip(1) {
        let cell: Vec<&str> = line.split('\t').collect();
        let (seed, row, time) = (&cell[0][..3], cell[2], cell[3]);
        let case = WRITTEN.iter().find(|(s, _)| *s == seed).unwrap().1;
        let report = of_case(case);
        let incident = &report["incidents"][0];
        let stated = epoch(&Value::from(time)).unwrap();
        let got = measured(incident, row).map(minute);
        assert_eq!(got, Some(minute(stated)), "{case}: {row} at {time}");
        rows += 1;
    }
    assert_eq!(rows, 40);
}

#[test]
fn the_durations_agree_with_the_written_reports_to_the_minute() {
    let head: Vec<&str> = SPANS.lines().next().unwrap().split('\t').collect();
    for line in SPANS.lines().skip(1) {
        let cell: Vec<&str> = line.split('\t').collect();
        let case = WRITTEN.iter().find(|(s, _)| *s == &cell[0][..3]).unwrap().1;
        let report = of_case(case);
        let incident = &report["incidents"][0];
        let minutes = |name: &str| {
            let at = head.iter().position(|h| h.starts_with(name)).unwrap();
            cell[at].parse::<f64>().unwrap()
        };
        let holds = |what: &str, seconds: Option<f64>, column: &str| {
            let got = seconds.map(|s| (s / 60.0).round());
            assert_eq!(got, Some(minutes(column)), "{case}: {what}");
        };
        let d = |key: &str| incident["durations"][key].as_f64();
        holds("detect", d("detect_s"), "ttd_min");
        holds("acknowledge", d("acknowledge_s"), "tta_min");
        holds("decide", d("decide_s"), "ack_to_mitigation_begin_min");
        holds(
            "after the rollback",
            d("after_rollback_s"),
            "after_rollback_min",
        );
        holds("recover", d("recover_s"), "ttr_min");
        let back = |to: &str, from: &str| Some(measured(incident, to)? - measured(incident, from)?);
        if case == "power-overload" {
            // what began the way back was a mitigation, so no line gives a rollback its start
            assert_eq!(d("rollback_s"), None);
            holds(
                "way back",
                back("rollback_finish", "mitigation_start"),
                "mitigation_min",
            );
            holds("fault before", back("onset", "fault"), "lead_min");
        } else {
            holds("rollback", d("rollback_s"), "mitigation_min");
            holds("mitigate", d("mitigate_s"), "ttm_min");
            holds("lead", d("lead_s"), "lead_min");
        }
    }
}

#[test]
fn one_incident_each_and_none_on_the_quiet_day() {
    for case in every_case() {
        let (report, truth) = (of_case(case), truth(case));
        let found = list(&report["incidents"]);
        let made = list(&truth["incidents"]);
        let verdict = if made.is_empty() { "none" } else { "incident" };
        assert_eq!(report["verdict"], verdict, "{case}");
        assert_eq!(found.len(), made.len(), "{case}");
        for (got, made) in found.iter().zip(made) {
            let off = |key: &str, truth: &str| {
                (epoch(&got[key]).unwrap() - made[truth].as_f64().unwrap()).abs()
            };
            assert!(
                off("onset", "onset_epoch") <= 2.0,
                "{case}: {}",
                got["onset"]
            );
            let end = off("recovery", "recovered_epoch");
            assert!(end <= 5.0, "{case}: {}", got["recovery"]);
            assert_eq!(got["state"], "recovered", "{case}");
        }
    }
}

/// Which causes a case may come out as, best first.
#[test]
fn the_causes() {
    for (_, case) in &WRITTEN[..4] {
        let report = of_case(case);
        let incident = &report["incidents"][0];
        assert_eq!(incident["causes"][0]["class"], "deploy", "{case}");
        assert_eq!(incident["cause_verdict"], "established", "{case}");
        let culprit = incident["causes"][0]["culprit"].to_string();
        let truth = truth(case);
        let names = list(&truth["incidents"][0]["culprit"]["any_of"]);
        assert!(
            names.iter().any(|n| culprit.contains(n.as_str().unwrap())),
            "{case}: {culprit}"
        );
    }
    let report = of_case("power-overload");
    let incident = &report["incidents"][0];
    assert_eq!(incident["causes"][0]["class"], "power");
    assert_eq!(times(incident, &["rollback_finish"]).len(), 1);
    let deploys = ["deploy_start", "deploy_finish", "deploy_fail"];
    assert_eq!(times(incident, &deploys), [0.0; 0]);
}

/// Names of the kinds in the generator's truth, and the kinds of rows that may show it.
fn kinds(of_truth: &str) -> &'static [&'static str] {
    match of_truth {
        "deploy_start" => &["deploy_start"],
        "deploy_end" => &["deploy_finish"],
        "rollback_start" => &["rollback_start"],
        "rollback_end" => &["rollback_finish"],
        "alert" => &["alert_fired"],
        "ack" => &["alert_acknowledged"],
        "resolved" => &["alert_resolved"],
        "restart" => &["restart", "service_start", "host_start"],
        "mitigation_start" => &["mitigation_start"],
        "infra_alarm" => &["fault"],
        other => panic!("kind {other}"),
    }
}

#[test]
fn every_marker_that_was_made_is_a_row_at_its_time_that_cites_its_file() {
    for case in every_case() {
        let (report, truth) = (of_case(case), truth(case));
        let names: Vec<&Value> = list(&report["inputs"]).iter().map(|i| &i["name"]).collect();
        for m in list(&truth["markers"])
            .iter()
            .filter(|m| m["optional"] != true)
        {
            let shows = |e: &Value| {
                let near = epoch(&e["time"])
                    .is_some_and(|t| (t - m["epoch"].as_f64().unwrap()).abs() <= 2.0);
                near && kinds(m["kind"].as_str().unwrap()).contains(&e["kind"].as_str().unwrap())
                    && list(&e["evidence"])
                        .iter()
                        .any(|v| *names[v["input"].as_u64().unwrap() as usize] == m["file"])
            };
            assert!(list(&report["timeline"]).iter().any(shows), "{case}: {m}");
        }
    }
}

/// Whether an excerpt is a line with nothing but names of people replaced. Of one that is cut, the first 400 characters:
/// where it is cut moves with what is replaced.
fn says(excerpt: &str, line: &str) -> bool {
    let person = regex::Regex::new("«(?:user|email)-[0-9]+»").unwrap();
    let cut = excerpt.contains("… (+");
    let kept: String = match cut {
        true => excerpt.chars().take(400).collect(),
        false => excerpt.to_owned(),
    };
    let parts: Vec<String> = person.split(&kept).map(regex::escape).collect();
    let end = if cut { "" } else { "$" };
    let like = format!("(?s)^{}{end}", parts.join("[^;,=\"]{3,40}"));
    regex::Regex::new(&like).unwrap().is_match(line)
}

#[test]
fn every_cited_line_exists_and_says_so() {
    for case in every_case() {
        let report = of_case(case);
        let mut all = Vec::new();
        citations(&report, String::new(), &mut all);
        let mut files: BTreeMap<u64, (Vec<u8>, Vec<usize>)> = BTreeMap::new();
        let mut quoted = 0;
        for (path, v) in &all {
            let input = v["input"].as_u64().unwrap();
            let (bytes, starts) = files.entry(input).or_insert_with(|| {
                let name = report["inputs"][input as usize]["name"].as_str().unwrap();
                let bytes = unpacked(&repo(&format!("sample-logs/{case}/{name}")));
                let ends = memchr::memchr_iter(b'\n', &bytes).map(|n| n + 1);
                let starts = std::iter::once(0).chain(ends).collect();
                (bytes, starts)
            });
            let line = v["line"].as_u64().unwrap() as usize;
            let start = starts.get(line - 1).copied();
            assert_eq!(
                start.map(|s| s as u64),
                v["byte"].as_u64(),
                "{case}{path}: {v}"
            );
            if let Some(last) = v["end_line"].as_u64() {
                assert!(
                    last as usize >= line && starts.len() >= last as usize,
                    "{case}{path}"
                );
            }
            let rest = &bytes[start.unwrap()..];
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            assert!(end > 0, "{case}{path}: cites an empty line");
            if let Some(excerpt) = v["excerpt"].as_str() {
                let line = LogText::new(&rest[..end]);
                assert!(says(excerpt, line.for_json()), "{case}{path}: {excerpt}");
                quoted += 1;
            }
        }
        assert!(quoted >= 3, "{case}: {quoted} of {} quote", all.len());
    }
}

#[test]
fn the_machine_whose_clock_is_ahead_is_moved_and_that_is_a_gap() {
    let report = of_case("mixed-clocks");
    let inputs = list(&report["inputs"]);
    let id = inputs
        .iter()
        .position(|i| i["name"] == "api-2/api.log.gz")
        .unwrap();
    assert_eq!(inputs[id]["clock"][0]["add_s"], -90, "not corrected");
    let gap = list(&report["gaps"])
        .iter()
        .find(|g| g["kind"] == "clock" && g["text"].as_str().unwrap().contains("api-2/api.log.gz"));
    let gap = gap.expect("a gap that names the file");
    assert!(
        gap["text"].as_str().unwrap().contains("1 min 30 s"),
        "{}",
        gap["text"]
    );
    let cited = &gap["evidence"][0];
    assert_eq!(cited["input"], id as u64);
    // the file's first line is stamped 90 s ahead of what it shows
    let own = unpacked(&repo("sample-logs/mixed-clocks/api-2/api.log.gz"));
    let first: Value = own
        .split(|b| *b == b'\n')
        .next()
        .map(|l| serde_json::from_slice(l).unwrap())
        .unwrap();
    let stamp = ["time", "ts", "timestamp"]
        .iter()
        .find_map(|k| epoch(&first[*k]))
        .unwrap();
    let span = epoch(&inputs[id]["first"]).unwrap();
    assert!((stamp - 90.0 - span).abs() < 0.001, "{span} {stamp}");
    // the other four agree on their zones: none has the same
    let zones: Vec<&str> = [
        "api-1/api.log.gz",
        "edge-ber/access.json.gz",
        "db-blr/syslog",
        "pager/pages.log",
    ]
    .iter()
    .map(|n| {
        inputs.iter().find(|i| i["name"] == *n).unwrap()["zone"]["offset"]
            .as_str()
            .unwrap()
    })
    .collect();
    assert_eq!(zones, ["+00:00", "+01:00", "+05:30", "-05:00"]);
}
