//! `audit` with logs beside the document: what these show is held against what it says.

use crate::audit::{findings, json};
use crate::common::*;
use serde_json::Value;
use std::fs;

/// What is said of one incident of the samples (onset 13:05:04, recovery 15:00:24 in UTC+01:00; 67.9 % of the requests failed, with 500).
fn postmortem(
    zone: &str,
    ack: &str,
    claim: &str,
    length: &str,
    status: &str,
    cause: &str,
    acts: &str,
) -> String {
    format!(
        "# Outage\n\n## Summary\n\nOn May 1st 2023 we had an outage which lasted for {length}. {claim} of requests failed with an HTTP {status} error.\n\n\
         ## Timeline (all times {zone})\n\n| Time | Event |\n|---|---|\n| 13:00 | Deploy of 4.12.0 begins |\n| 13:05 | Outage begins |\n| 13:10 | Pagers alerted the on-call team |\n| {ack} | On-call team acknowledgement |\n{acts}| 15:00 | Service restored |\n\n\
         ## Root cause\n\n{cause}\n\n## Preventive measures\n\n- Try it in staging (owner: Ada, due 2023-06-01)\n"
    )
}

/// What was done against it, as rows.
const ACTS: &str = "| 13:40 | Rollback begins |\n| 14:00 | Rollback completed |\n| 14:30 | Restart of the servers |\n";

/// The same as the logs have it, with the times of a zone.
fn true_postmortem(zone: &str) -> String {
    postmortem(
        zone,
        "13:15",
        "68 %",
        "1 hour and 55 minutes",
        "500",
        "The deploy of 4.12.0 broke the login.",
        ACTS,
    )
}

#[test]
fn the_logs_are_held_against_the_document() {
    let dir = tempfile::tempdir().unwrap();
    let logs = repo("sample-logs/upgrade-outage");
    let judged = |text: String| -> Vec<(String, String, u64)> {
        let md = dir.path().join("pm.md");
        fs::write(&md, text).unwrap();
        let v = json(&[path_str(&md), path_str(&logs)]);
        let text = |f: &Value, k: &str| f[k].as_str().unwrap().to_owned();
        let all = findings(&v).iter().map(|f| {
            (
                text(f, "id"),
                text(f, "severity"),
                f["line"].as_u64().unwrap(),
            )
        });
        all.filter(|f| f.0.starts_with("logs.")).collect()
    };
    assert_eq!(judged(true_postmortem("UTC+01:00")), []);
    // the same times with another zone are one finding, where the zone stands
    assert_eq!(
        judged(true_postmortem("UTC")),
        [("logs.zone-offset".to_owned(), "error".to_owned(), 7)]
    );
    let mut all = judged(postmortem(
        "UTC+01:00",
        "13:37",
        "100 %",
        "3 hours and 20 minutes",
        "503",
        "A power failure in the server room.",
        "| 03:00 | Backup of the database begins, deploy of the tools |\n",
    ));
    all.sort();
    let want = [
        ("logs.cause-unsupported", "warning", 20),
        ("logs.coverage", "note", 15),
        ("logs.duration-differs", "error", 5),
        ("logs.impact-differs", "error", 5),
        ("logs.status-differs", "warning", 5),
        ("logs.time-differs", "error", 14),
        ("logs.unlisted-event", "warning", 14),
        ("logs.unlisted-event", "warning", 15),
    ];
    let got: Vec<(&str, &str, u64)> = all
        .iter()
        .map(|f| (f.0.as_str(), f.1.as_str(), f.2))
        .collect();
    let ids = |l: &[(&str, &str, u64)]| {
        l.iter()
            .map(|f| (f.0.to_owned(), f.1.to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&got), ids(&want), "{got:?}");
    let line = |id: &str| got.iter().find(|f| f.0 == id).unwrap().2;
    assert_eq!(
        (line("logs.time-differs"), line("logs.impact-differs")),
        (14, 5)
    );
}

#[test]
fn a_row_that_rests_on_nothing_in_the_logs_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let sample = repo("sample-logs/upgrade-outage");
    let pages = fs::read_to_string(sample.join("pagerduty/webhooks.jsonl")).unwrap();
    // nobody acknowledges, in the log of the pager
    let kept = pages.lines().filter(|l| !l.contains("acknowledged"));
    let silent = dir.path().join("webhooks.jsonl");
    fs::write(&silent, kept.map(|l| format!("{l}\n")).collect::<String>()).unwrap();
    let others = ["edge-01", "deploy", "web-01"].map(|n| sample.join(n));
    let md = dir.path().join("pm.md");
    fs::write(&md, true_postmortem("UTC+01:00")).unwrap();
    let of = |pager: Option<&std::path::Path>| -> Vec<u64> {
        let logs = others.iter().map(|p| path_str(p));
        let args: Vec<&str> = [path_str(&md)]
            .into_iter()
            .chain(logs)
            .chain(pager.map(path_str))
            .collect();
        let v = json(&args);
        let all = findings(&v).iter();
        all.filter(|f| f["id"] == "logs.no-such-event")
            .map(|f| f["line"].as_u64().unwrap())
            .collect()
    };
    // the row of the acknowledgement, and only where the log of the pager lacks it
    assert_eq!(of(Some(&silent)), [14]);
    assert!(of(Some(&sample.join("pagerduty"))).is_empty());
    // without any log of a pager, its silence says nothing
    assert!(of(None).is_empty());
}
