//! `--since` and `--until`: which lines count, whatever zone they are written in, and what is said of the others.

use crate::common::Piped;
use crate::common::{coroner, folder, path_str, report_on};
use serde_json::Value;

/// One request a second for ten minutes from 12:00:00 UTC, in the zone of the log: each answered with 200.
fn access(hour: u32, offset: &str) -> String {
    (0..600)
        .map(|s| {
            let (m, s) = (s / 60, s % 60);
            format!("192.0.2.1 - - [01/May/2023:{hour:02}:{m:02}:{s:02} {offset}] \"GET / HTTP/1.1\" 200 5 \"-\" \"x\"\n")
        })
        .collect()
}

/// An error a minute for ten minutes on the same clock, whose lines write no zone.
fn errors(hour: u32) -> String {
    (0..10)
        .map(|m| {
            format!("2023/05/01 {hour:02}:{m:02}:30 [error] 7#7: *{m} upstream timed out (110: Connection timed out) while reading response header from upstream, client: 192.0.2.1, server: _, request: \"GET / HTTP/1.1\", upstream: \"http://127.0.0.1:8000/\", host: \"a\"\n")
        })
        .collect()
}

fn numbers(report: &Value, input: usize) -> [u64; 4] {
    let i = &report["inputs"][input];
    let of = |key: &str| i[key].as_u64().unwrap();
    let all = of("parsed") + of("continuation") + of("unparsed") + of("out_of_range");
    assert_eq!(of("lines"), all, "{i}");
    [
        of("lines"),
        of("parsed"),
        of("requests"),
        of("out_of_range"),
    ]
}

#[test]
fn lines_outside_are_counted_and_not_looked_at() {
    let dir = folder(&[("access.log", &access(14, "+0200"))]);
    let log = dir.path().join("access.log");
    // 12:02:00 to 12:04:59 are 180 requests, the first one inside, the one at the end not
    for (since, until) in [
        ("2023-05-01T12:02:00Z", "2023-05-01T12:05:00Z"),
        ("2023-05-01T14:02:00+02:00", "2023-05-01 14:05"),
        ("14:02", "14:05"),
    ] {
        let r = report_on(&[path_str(&log), "--since", since, "--until", until]);
        assert_eq!(numbers(&r, 0), [600, 180, 180, 420], "{since}");
        assert_eq!(r["run"]["settings"]["since"], "2023-05-01T14:02:00+02:00");
        assert_eq!(r["run"]["settings"]["until"], "2023-05-01T14:05:00+02:00");
        assert_eq!(r["inputs"][0]["first"], "2023-05-01T14:02:00+02:00");
        assert_eq!(r["inputs"][0]["last"], "2023-05-01T14:04:59+02:00");
    }
    // the logs end at 12:09:59; two minutes before that is 12:07:59
    let r = report_on(&[path_str(&log), "--since", "-2m"]);
    assert_eq!(numbers(&r, 0), [600, 121, 121, 479]);
    assert!(r["run"]["settings"].get("until").is_none());
}

#[test]
fn a_log_without_a_zone_is_cut_on_its_own_clock() {
    let dir = folder(&[
        ("web/access.log", &access(12, "+0000")),
        ("web/error.log", &errors(14)),
    ]);
    let args = [
        "--since",
        "2023-05-01T12:02:00Z",
        "--until",
        "2023-05-01T12:05:00Z",
    ];
    let r = report_on(&[&[path_str(dir.path())], &args[..]].concat());
    assert_eq!(numbers(&r, 0), [600, 180, 180, 420]);
    // that it fits into the time of the other log shows no zone: UTC is assumed, and two hours later nothing is asked for
    assert_eq!(r["inputs"][1]["zone"]["source"], "assumed");
    assert_eq!(numbers(&r, 1), [10, 0, 0, 10]);
    let zone = ["--assume-tz", "*error.log=+02:00"];
    let r = report_on(&[&[path_str(dir.path())], &args[..], &zone].concat());
    assert_eq!(numbers(&r, 1), [10, 3, 0, 7]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let dir = folder(&[("access.log", &access(12, "+0000"))]);
    let say = |args: &[&str], input: &str| {
        let mut c = coroner();
        let out = c
            .current_dir(dir.path())
            .args(args)
            .write_stdin(input)
            .output()
            .unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, err) = say(&["access.log", "--since", "1/5/23"], "");
    assert_eq!(code, Some(2));
    assert!(err.contains("can be 1 May or 5 January"), "{err}");
    let (code, err) = say(
        &[
            "access.log",
            "--since",
            "12:05",
            "--until",
            "2023-05-01T12:00:00Z",
        ],
        "",
    );
    assert_eq!(code, Some(2));
    assert!(err.contains("nothing lies between these"), "{err}");
    let (code, err) = say(&["access.log", "--since", "2024-01-01"], "");
    assert_eq!(code, Some(2));
    let there = "these logs run from 2023-05-01 12:00:00 to 2023-05-01 12:09:59";
    assert!(
        err.contains("no line lies there") && err.contains(there),
        "{err}"
    );
    let (code, err) = say(&["-", "--since", "-3h"], &access(12, "+0000"));
    assert_eq!(code, Some(2));
    assert!(err.contains("can be read only once"), "{err}");
    let (code, err) = say(
        &["-q", "-", "--since", "2023-05-01T12:02:00Z"],
        &access(12, "+0000"),
    );
    assert_eq!(code, Some(0), "{err}");
}
