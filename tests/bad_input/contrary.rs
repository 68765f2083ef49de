//! Logs that repeat, contradict or disorder each other: each line counts once, the order of lines in files changes nothing,
//! and what one log claims does not undo what another one shows.

use crate::{folder, report};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// An hour of two requests a second, of which those of ten minutes fail.
fn access() -> Vec<String> {
    let line = |i: usize| {
        let s = i / 2;
        let status = if (1800..2400).contains(&s) { 502 } else { 200 };
        let (client, time) = (i % 97, format!("{:02}:{:02}", s / 60, s % 60));
        format!(
            "10.0.1.{client} - - [01/May/2024:13:{time} +0000] \"GET /cart HTTP/1.1\" {status} 12 \"-\" \"c\"\n"
        )
    };
    (0..7200).map(line).collect()
}

fn report_of(dir: &Path) -> Value {
    let (code, r, err) = report(dir, &["."]);
    assert_eq!((code, err.as_str()), (0, ""));
    r
}

fn impact(r: &Value) -> (u64, u64) {
    let i = &r["incidents"][0]["impact"];
    (
        i["requests"].as_u64().unwrap(),
        i["failed"].as_u64().unwrap(),
    )
}

fn said(r: &Value) -> Vec<String> {
    let gaps = r["gaps"].as_array().unwrap().iter();
    gaps.map(|g| g["text"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_log_and_its_copies_count_once() {
    let text = access().concat();
    let dir = folder(&[("a/access.log", text.as_bytes())]);
    let alone = report_of(dir.path());
    assert_eq!(impact(&alone), (1200, 1200));
    // packed, under another name, and in a bundle that was collected twice
    let packed = {
        let file = fs::File::create(dir.path().join("access.log.1.gz")).unwrap();
        let mut e = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        std::io::Write::write_all(&mut e, text.as_bytes()).unwrap();
        e.finish()
    };
    packed.unwrap();
    fs::create_dir(dir.path().join("b")).unwrap();
    fs::write(dir.path().join("b/access.log"), &text).unwrap();
    let three = report_of(dir.path());
    assert_eq!(impact(&three), (1200, 1200));
    let notes: Vec<String> = said(&three)
        .into_iter()
        .filter(|g| g.contains("the same bytes"))
        .collect();
    assert_eq!(
        notes,
        [
            "access.log.1.gz holds the same bytes as a/access.log: counted once",
            "b/access.log holds the same bytes as a/access.log: counted once",
        ]
    );
    let lines = |i: usize| three["inputs"][i]["lines"].as_u64();
    assert_eq!([lines(0), lines(1), lines(2)], [Some(7200); 3]);
}

#[test]
fn a_few_lines_may_be_the_same_on_two_hosts() {
    let text = "2024-05-01T13:00:00Z INFO service web started\n";
    let dir = folder(&[
        ("web-1/app.log", text.as_bytes()),
        ("web-2/app.log", text.as_bytes()),
    ]);
    let r = report_of(dir.path());
    assert!(
        !said(&r).iter().any(|g| g.contains("the same bytes")),
        "{r:#}"
    );
}

#[test]
fn the_order_of_lines_in_a_file_changes_no_number() {
    let mut lines = access();
    let dir = folder(&[("access.log", lines.concat().as_bytes())]);
    let want = report_of(dir.path());
    // every line to another place, far from its own
    let n = lines.len();
    lines = (0..n).map(|i| lines[i * 2311 % n].clone()).collect();
    let dir = folder(&[("access.log", lines.concat().as_bytes())]);
    let got = report_of(dir.path());
    for key in ["onset", "recovery", "durations", "impact"] {
        assert_eq!(got["incidents"][0][key], want["incidents"][0][key], "{key}");
    }
}

#[test]
fn a_claim_that_all_is_well_does_not_end_what_the_requests_show() {
    let text = access().concat();
    let pager =
        "2024-05-01T13:30:40Z PAGE #7 site down\n2024-05-01T13:31:00Z RESOLVED #7 all good again\n";
    let dir = folder(&[
        ("access.log", text.as_bytes()),
        ("pager.log", pager.as_bytes()),
    ]);
    let r = report_of(dir.path());
    let i = &r["incidents"][0];
    // the last failure
    assert_eq!(i["recovery"], "2024-05-01T13:39:59+00:00");
    assert_eq!(i["durations"]["recover_s"], 599);
}

#[test]
fn words_of_the_vocabulary_in_what_clients_send_are_no_markers() {
    let hostile = [
        "/deploy?action=rollback%20finished",
        "/search?q=rolled+back+to+4.1.0",
        "/alert/acknowledged/PAGE",
    ];
    let mut lines = access();
    for (i, path) in hostile.iter().enumerate() {
        lines.insert(3000 + i * 500, format!("10.0.9.9 - - [01/May/2024:13:2{i}:00 +0000] \"GET {path} HTTP/1.1\" 200 12 \"http://x/restart nginx restarted\" \"deploy of shop 4.2.0 finished\"\n"));
    }
    let app = "2024-05-01T13:10:00Z INFO [shop] GET /rollback/finished 200 took 3 ms\n\
        2024-05-01T13:11:00Z INFO [shop] duration: 3.001 ms statement: ROLLBACK TO SAVEPOINT a\n\
        2024-05-01T13:12:00Z INFO [shop] user agent \"deploy of shop finished\" is a robot\n";
    let dir = folder(&[
        ("access.log", lines.concat().as_bytes()),
        ("app.log", app.as_bytes()),
    ]);
    let r = report_of(dir.path());
    let kinds: Vec<&str> = r["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .chain(r["incidents"][0]["timeline"].as_array().unwrap())
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    let ours = ["onset", "recovery", "first_5xx"];
    assert!(kinds.iter().all(|k| ours.contains(k)), "{kinds:?}");
}
