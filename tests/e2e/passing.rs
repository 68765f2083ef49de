//! Names that come with the failures and go with them, whatever the lines say that hold them.

use crate::common::{folder, list, path_str, report_on};
use crate::remarks::access;
use serde_json::Value;

/// What the first suspect of a proxy whose requests fail from 14:20 to 14:28 is called, where a log of jobs says so much, each with its time.
fn suspect(jobs: &[(&str, &str)]) -> String {
    let line = |(at, said): &(&str, &str)| format!("2026-03-10T14:{at}Z INFO scheduler: {said}\n");
    let jobs: String = jobs.iter().map(line).collect();
    let dir = folder(&[("access.log", &access()), ("jobs.log", &jobs)]);
    let r = report_on(&[path_str(dir.path())]);
    let incidents = list(&r["incidents"]);
    assert_eq!(incidents.len(), 1);
    let first: &Value = &list(&incidents[0]["causes"])[0];
    assert_eq!(incidents[0]["cause_verdict"], "not_established");
    let name = first["culprit"]["name"].as_str().unwrap_or("nobody");
    name.to_owned()
}

#[test]
fn a_name_that_lasts_as_long_as_the_failures_is_who_began() {
    let others = [
        ("05:00", "stock-sync is done"),
        ("40:00", "stock-sync is done"),
    ];
    let began = ("19:20", "month-close begins, 2 workers");
    let goes = ("27:58", "month-close taken out by an admin");
    let [before, after] = others;
    assert!(suspect(&[before, began, goes, after]).contains("month-close begins"));
    for (what, lines) in [
        (
            "known before",
            [
                ("02:00", "month-close begins, 1 worker"),
                began,
                goes,
                after,
            ],
        ),
        (
            "named after",
            [before, began, goes, ("45:00", "month-close is due")],
        ),
        (
            "begins with the errors",
            [before, ("20:30", "month-close begins"), goes, after],
        ),
        (
            "gone long before they end",
            [before, began, ("23:00", "month-close is over"), after],
        ),
        (
            "no name",
            [
                before,
                ("19:20", "closing begins"),
                ("27:58", "closing is over"),
                after,
            ],
        ),
    ] {
        assert_eq!(suspect(&lines), "nobody", "{what}");
    }
}

#[test]
fn a_log_that_is_written_as_long_as_the_failures_is_of_who_began() {
    let before = ("01:00", "recount is over");
    let run = [
        ("19:40", "recount, all of it"),
        ("22:10", "a quarter is counted"),
        ("25:30", "half is counted"),
        ("28:05", "the server has gone away"),
    ];
    let of = |lines: &[&[(&'static str, &'static str)]]| suspect(&lines.concat());
    assert!(of(&[&[before], &run]).contains("recount, all of it"));
    for (what, lines) in [
        (
            "written before",
            of(&[&[("15:00", "a tenth is counted")], &run]),
        ),
        (
            "written after",
            of(&[&[before], &run, &[("31:30", "all is counted")]]),
        ),
        ("begins with the errors", of(&[&[before], &run[1..]])),
        ("too few lines", of(&[&[before], &run[..1], &run[3..]])),
    ] {
        assert_eq!(lines, "nobody", "{what}");
    }
}
