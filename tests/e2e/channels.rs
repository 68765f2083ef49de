//! What is found where the share of failing requests of the whole site does not tell: keys, latency, retried failures,
//! error messages without requests, planned work, silences of all sources.

use crate::common::{coroner, folder, path_str, report_on};
use serde_json::Value;

/// Seconds of a log as `HH:MM:SS` from ten o'clock on.
fn clock(s: u32) -> String {
    format!("{:02}:{:02}:{:02}", 10 + s / 3600, s / 60 % 60, s % 60)
}

/// One access line; `client` and `route` differ from line to line.
fn line(s: u32, client: u32, route: &str, status: u16, time: f64, upstream: &str) -> String {
    format!(
        "192.0.2.{} - - [01/May/2023:{} +0000] \"GET {route} HTTP/1.1\" {status} 5 \"-\" \"x\" rt={time:.3} ua=\"10.0.0.1:80, 10.0.0.2:80\" us=\"{upstream}\" urt=\"{time:.3}\"\n",
        1 + client % 200,
        clock(s)
    )
}

/// An hour of two requests a second; `of` tells status, seconds taken and upstream statuses of the n-th request of a second.
fn hour(of: impl Fn(u32, u32) -> (u16, f64, &'static str)) -> String {
    (0..7200)
        .map(|i| {
            let (s, n) = (i / 2, i % 2);
            let (status, time, upstream) = of(s, n);
            let route = if s % 10 == 0 { "/pay" } else { "/list" };
            line(s, i, route, status, time, upstream)
        })
        .collect()
}

fn only(files: &[(&str, &str)]) -> Value {
    let dir = folder(files);
    report_on(&[path_str(dir.path())])
}

fn incidents(r: &Value) -> &Vec<Value> {
    r["incidents"].as_array().unwrap()
}

#[test]
fn slow_answers_are_an_incident_without_a_failure() {
    let slow = |s: u32| (1500..2100).contains(&s);
    let log = hour(|s, n| {
        let time = if slow(s) && n == 0 { 4.0 } else { 0.03 };
        (200, time, "200")
    });
    let r = only(&[("access.log", &log)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let i = &incidents(&r)[0];
    assert_eq!(i["components"][0]["kind"], "latency");
    assert_eq!(i["onset"], "2023-05-01T10:25:00+00:00");
    assert_eq!(i["recovery"], "2023-05-01T10:35:00+00:00");
}

#[test]
fn a_retried_failure_is_a_row_and_no_incident() {
    let hidden = |s: u32, n: u32| s == 1800 && n == 1;
    let log = hour(|s, n| (200, 0.03, if hidden(s, n) { "502, 200" } else { "200" }));
    let r = only(&[("access.log", &log)]);
    assert!(incidents(&r).is_empty());
    let rows: Vec<&Value> = r["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["kind"] == "masked_failover")
        .collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["time"], "2023-05-01T10:30:00+00:00");
    // two lines a second: the second one of second 1,800
    assert_eq!(rows[0]["evidence"][0]["line"], 3602);
    let dir = folder(&[("access.log", &log)]);
    let show = |kind: &str, width: &str| {
        let args = ["access.log", "--as", kind, "--width", width];
        let out = coroner()
            .current_dir(dir.path())
            .args(args)
            .output()
            .unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (kind, width) in [("text", "80"), ("text", "20"), ("md", "80"), ("html", "80")] {
        let text = show(kind, width);
        assert!(
            text.contains("client-visible 5xx meanwhile: 0"),
            "{kind}: {text}"
        );
        assert!(
            text.contains("10:30:00") && text.contains("access.log:3602"),
            "{kind}: {text}"
        );
    }
}

#[test]
fn error_messages_count_where_no_request_is_logged() {
    let app: String = (0..3600)
        .step_by(5)
        .map(|s| {
            let text = if (1800..2400).contains(&s) {
                "ERROR worker: cannot open the ledger"
            } else {
                "INFO worker: job done"
            };
            format!("2023-05-01T{}Z {text}\n", clock(s))
        })
        .collect();
    let r = only(&[("worker.log", &app)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let i = &incidents(&r)[0];
    assert_eq!(i["components"][0]["kind"], "log_errors");
    assert_eq!(i["onset"], "2023-05-01T10:30:00+00:00");
    // the same message all along is how the service is
    let noise = app.replace(
        "INFO worker: job done",
        "ERROR worker: cannot open the ledger",
    );
    assert!(incidents(&only(&[("worker.log", &noise)])).is_empty());
}

#[test]
fn a_silence_of_all_sources_is_one_pair_of_rows_and_blames_nobody() {
    let quiet = |s: &u32| !(1800..3000).contains(s);
    let of = |name: &str| -> String {
        (0..5400)
            .step_by(7)
            .filter(quiet)
            .map(|s| format!("2023-05-01T{}Z INFO {name}: alive\n", clock(s)))
            .collect()
    };
    let r = only(&[
        ("a.log", &of("a")),
        ("b.log", &of("b")),
        ("c.log", &of("c")),
    ]);
    assert!(incidents(&r).is_empty(), "{r:#}");
    let of_kind = |k: &str| {
        let rows = r["timeline"].as_array().unwrap().iter();
        rows.filter(|e| e["kind"] == k)
            .map(|e| e["time"].clone())
            .collect::<Vec<_>>()
    };
    // every seventh second: the last before 1,800 is 1,799, the first from 3,000 on is 3,003
    assert_eq!(of_kind("silence_start"), ["2023-05-01T10:29:59+00:00"]);
    assert_eq!(of_kind("silence_finish"), ["2023-05-01T10:50:03+00:00"]);
}
