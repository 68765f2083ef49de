//! Logs of machines that were really broken on purpose, against what was done to them; and what holds for every report.

use crate::common::{epoch, list, repo, report};
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
    let schema: Value = serde_json::from_str(coroner::report::json::SCHEMA).unwrap();
    for folder in folders() {
        let errors = schema::errors(&schema, &report(&folder));
        assert!(errors.is_empty(), "{folder}: {errors:#?}");
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
                    assert_eq!(Some(sum), impact[key].as_u64(), "{folder}: {by} {key}");
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
