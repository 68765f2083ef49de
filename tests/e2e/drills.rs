//! Logs of machines that were really broken on purpose, against what was done to them; and what holds for every report.

use crate::common::{FOLDERS, epoch, files, list, path_str, repo, report, report_on};
use crate::schema;
use serde_json::Value;
use std::fs;

const DRILLS: [&str; 4] = [
    "auth-upgrade",
    "bot-burst-quiet",
    "pool-leak",
    "two-incidents",
];

/// Folders whose reports are made here or in the samples' tests.
fn folders() -> impl Iterator<Item = String> {
    let samples = [
        "auth-upgrade",
        "evening-upgrade",
        "mixed-clocks",
        "power-overload",
    ];
    let more = ["quick-rollback", "quiet-day", "upgrade-outage"];
    let samples = samples
        .into_iter()
        .chain(more)
        .map(|s| format!("sample-logs/{s}"));
    DRILLS
        .iter()
        .map(|d| format!("tests/data/drills/{d}/logs"))
        .chain(samples)
}

#[test]
fn what_was_broken_is_found_and_nothing_else() {
    for drill in DRILLS {
        let text =
            fs::read_to_string(repo(&format!("tests/data/drills/{drill}/truth.json"))).unwrap();
        let truth: Value = serde_json::from_str(&text).unwrap();
        let report = report(&format!("tests/data/drills/{drill}/logs"));
        let (found, made) = (list(&report["incidents"]), list(&truth["incidents"]));
        assert_eq!(found.len(), made.len(), "{drill}");
        for (got, made) in found.iter().zip(made) {
            let off = |key: &str, of_truth: &str| {
                let got = epoch(&got[key]).unwrap_or_else(|| panic!("{drill}: no {key}"));
                got - made[of_truth].as_f64().unwrap()
            };
            assert!(
                off("onset", "onset_epoch").abs() <= 5.0,
                "{drill}: onset {}",
                got["onset"]
            );
            let end = off("recovery", "recovered_epoch");
            assert!(end.abs() <= 30.0, "{drill}: recovery {}", got["recovery"]);
        }
        assert_eq!(report["verdict"] == "incident", !made.is_empty(), "{drill}");
    }
}

#[test]
fn every_report_satisfies_the_schema() {
    let schema: Value = serde_json::from_str(coroner_report::report::json::SCHEMA).unwrap();
    for folder in folders() {
        let errors = schema::errors(&schema, &report(&folder));
        assert!(errors.is_empty(), "{folder}: {errors:#?}");
    }
}

/// A clock that was not set, an overflow, a sentinel: one such line among many changes nothing but a gap.
#[test]
fn a_line_of_another_age_changes_nothing() {
    let dated = regex::bytes::Regex::new(r"(?m)^(.{0,40}?\b)20\d\d(-\d\d-\d\d[T ].*\n)").unwrap();
    let rows = |report: &Value| -> Vec<String> {
        let incidents = list(&report["incidents"]).iter();
        let rows = incidents.flat_map(|i| list(&i["timeline"]));
        let rows = rows.chain(list(&report["timeline"]));
        rows.map(|e| format!("{} {} {}", e["time"], e["kind"], e["text"]))
            .collect()
    };
    let far = |report: &Value| -> usize {
        let gaps = list(&report["gaps"]).iter();
        gaps.filter(|g| g["kind"] == "stray_stamps").count()
    };
    let years = ["9999", "1970", "2106", "0001"].iter().cycle();
    for (name, year) in FOLDERS.iter().zip(years) {
        let dir = tempfile::tempdir().unwrap();
        let mut odd = 0;
        for path in files(&repo(name)) {
            let (mut text, to) = (
                fs::read(&path).unwrap(),
                path.strip_prefix(repo(name)).unwrap(),
            );
            if odd == 0 && dated.is_match(&text) {
                let twice = format!("$0${{1}}{year}$2");
                text = dated.replace(&text, twice.as_bytes()).into_owned();
                odd += 1;
            }
            fs::create_dir_all(dir.path().join(to).parent().unwrap()).unwrap();
            fs::write(dir.path().join(to), text).unwrap();
        }
        let (got, want) = (report_on(&[path_str(dir.path())]), report(name));
        assert_eq!(rows(&got), rows(&want), "{name} {year}");
        // no year 0 and none before it: such a line is not read as one with a time in every format
        let moved = far(&got) - far(&want);
        assert!(moved == odd || *year == "0001", "{name} {year}: {moved}");
    }
}

#[test]
fn every_line_is_accounted_for() {
    for folder in folders() {
        let report = report(&folder);
        for i in list(&report["inputs"]) {
            let n = |key: &str| i[key].as_u64().unwrap();
            let kinds = ["parsed", "continuation", "unparsed", "out_of_range"];
            let sum: u64 = kinds.iter().map(|k| n(k)).sum();
            assert_eq!(sum, n("lines"), "{folder}: {i}");
            assert!(
                n("failed") <= n("requests") && n("requests") <= n("records"),
                "{folder}: {i}"
            );
        }
    }
}

#[test]
fn breakdowns_add_up_to_the_totals() {
    let mut rows = 0;
    for folder in folders() {
        let report = report(&folder);
        for incident in list(&report["incidents"]) {
            let impact = &incident["impact"];
            // upstreams count tries, of which a request may have several
            for by in [
                "by_status",
                "by_endpoint",
                "by_host",
                "by_service",
                "by_version",
            ] {
                let part = list(&impact[by]);
                if part.is_empty() {
                    continue;
                }
                for key in ["requests", "failed"] {
                    let sum: u64 = part.iter().map(|r| r[key].as_u64().unwrap()).sum();
                    let all = impact[key].as_u64().unwrap();
                    // whole ten-second steps lie within the incident; of a short one those that it touches are counted
                    let within = by != "by_status" && !impact["counted"].is_null();
                    let fits = if within { sum <= all } else { all <= sum };
                    assert!(fits, "{folder}: {by} {key}");
                    rows += 1;
                }
            }
            let phases: f64 = list(&incident["phases"])
                .iter()
                .map(|p| p["seconds"].as_f64().unwrap())
                .sum();
            let outage = incident["durations"]["recover_s"].as_f64().unwrap();
            assert!(
                (phases - outage).abs() < 0.001,
                "{folder}: {phases} {outage}"
            );
        }
    }
    assert!(rows > 20, "{rows}");
}
