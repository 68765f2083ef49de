//! A stretch of time out of a sorted file: what lies well outside is passed over, and the report is the one that reading every
//! line gives. A packed file, of which every line is read, is what plain ones are held against.

use crate::common::{folder, list, path_str, report_on};
use serde_json::Value;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// One line every five seconds of a day, those from 12:00 to 12:08 failing.
fn access() -> String {
    (0..86_400)
        .step_by(5)
        .map(|s| {
            let (h, m, status) = (s / 3600, s / 60 % 60, if (43_200..43_680).contains(&s) { 502 } else { 200 });
            format!("192.0.2.{} - - [01/May/2023:{h:02}:{m:02}:{:02} +0000] \"GET /a/{} HTTP/1.1\" {status} 5 \"-\" \"x\"\n", s % 250, s % 60, s % 7)
        })
        .collect()
}

/// An application log without zones: lines that no format knows at its head and further down, traces of several lines.
fn app() -> String {
    let mut text = String::from("this is no log line\nnor is this one\n");
    for s in (0..86_400).step_by(7) {
        let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
        let _ = writeln!(
            text,
            "2023-05-01 {h:02}:{m:02}:{s:02},123 INFO  [main] a.b.Service - order {} was placed by somebody",
            h * s
        );
        if s == 14 {
            let _ = writeln!(
                text,
                "2023-05-01 {h:02}:{m:02}:{s:02},456 ERROR [main] a.b.Service - order failed\njava.lang.IllegalStateException: no\n\tat a.b.Service.run(Service.java:12)\n\tat a.b.Main.main(Main.java:3)"
            );
        }
        if s == 28 {
            text += "\n";
        }
    }
    text
}

fn packed(name: &str, text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(dir.path().join(name)).unwrap();
    let mut e = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    e.write_all(text.as_bytes()).unwrap();
    e.finish().unwrap();
    dir
}

fn report(file: &Path, window: &[&str], more: &[&str]) -> Value {
    report_on(&[&[path_str(file)], window, more].concat())
}

const MIDDAY: &[&str] = &[
    "--since",
    "2023-05-01T11:59:00Z",
    "--until",
    "2023-05-01T12:09:00Z",
];

/// Whether a report says that a file was read in part, and how many bytes.
fn in_part(r: &Value) -> Option<u64> {
    let said =
        r.to_string().contains("passed over") || r.to_string().contains("was read from byte");
    said.then(|| r["inputs"][0]["bytes"].as_u64().unwrap())
}

#[test]
fn a_sorted_file_is_read_where_the_stretch_lies_and_shows_the_same() {
    for (name, text, window) in [
        ("access.log", access(), MIDDAY),
        (
            "access.log",
            access().trim_end().to_owned(),
            &["--until", "2023-05-01T03:00:00Z"][..],
        ),
        (
            "access.log",
            access(),
            &["--since", "2023-05-01T22:00:00Z"][..],
        ),
        (
            "app.log",
            app(),
            &[
                "--assume-tz",
                "+00:00",
                "--since",
                "2023-05-01T11:59:00Z",
                "--until",
                "2023-05-01T12:09:00Z",
            ][..],
        ),
        (
            "app.log",
            app(),
            &[
                "--since",
                "2023-05-01T11:59:00Z",
                "--until",
                "2023-05-01T12:09:00Z",
            ][..],
        ),
    ] {
        let dir = folder(&[(name, &text)]);
        let gz = packed(name, &text);
        let whole = report(&gz.path().join(name), window, &[]);
        let file = dir.path().join(name);
        for more in [
            &["--mmap", "always", "-j", "1"][..],
            &["--mmap", "always", "-j", "4", "--block", "70000"],
            &["--mmap", "never", "-j", "1", "--block", "3000"],
            &["--mmap", "never", "-j", "3", "--block", "500000"],
        ] {
            assert_eq!(
                report(&file, window, more),
                whole,
                "{name} {window:?} {more:?}"
            );
        }
        let lines = whole["inputs"][0]["lines"].as_u64().unwrap();
        assert_eq!(lines, text.lines().count() as u64);
        assert_eq!(in_part(&whole), None);
    }
}

#[test]
fn without_line_numbers_the_rest_is_not_read_and_bytes_are_cited() {
    let text = access();
    let dir = folder(&[("access.log", &text)]);
    let file = dir.path().join("access.log");
    let numbered = report(&file, MIDDAY, &[]);
    for mmap in ["always", "never"] {
        let r = report(&file, MIDDAY, &["--no-line-numbers", "--mmap", mmap]);
        let read = in_part(&r).expect("read in part");
        assert!(read * 4 < text.len() as u64, "{read} of {}", text.len());
        let incident = &r["incidents"][0];
        assert_eq!(incident["onset"], numbered["incidents"][0]["onset"]);
        let (rows, same) = (
            list(&incident["timeline"]),
            list(&numbered["incidents"][0]["timeline"]),
        );
        assert_eq!(rows.len(), same.len());
        let mut cited = 0;
        for (a, b) in rows.iter().zip(same) {
            for (a, b) in list(&a["evidence"]).iter().zip(list(&b["evidence"])) {
                assert_eq!((&a["line"], &a["byte"]), (&Value::Null, &b["byte"]));
                assert!(b["line"].as_u64().unwrap() > 8000);
                cited += 1;
            }
        }
        assert!(cited > 0);
    }
    let md = crate::common::run(&[&[path_str(&file), "--no-line-numbers"], MIDDAY].concat()).md;
    assert!(md.contains("access.log@byte "), "{md}");
    assert!(!md.contains("access.log:8"), "{md}");
}

#[test]
fn a_file_that_is_not_sorted_is_read_whole() {
    let text = access();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let half = lines.len() / 2;
    // the day in two halves the wrong way round; every third line eleven minutes late; three hours in the middle twice
    let turned = [&lines[half..], &lines[..half]].concat().concat();
    let late: String = (0..lines.len())
        .map(|i| {
            if i % 3 == 0 {
                lines[i.saturating_sub(140)]
            } else {
                lines[i]
            }
        })
        .collect();
    let again = [&lines[..half], &lines[half - 3 * 720..]].concat().concat();
    for text in [turned, late, again] {
        let dir = folder(&[("access.log", &text)]);
        let gz = packed("access.log", &text);
        let whole = report(&gz.path().join("access.log"), MIDDAY, &[]);
        let file = dir.path().join("access.log");
        for more in [
            &["--mmap", "always"][..],
            &["--mmap", "never", "--no-line-numbers"],
        ] {
            let r = report(&file, MIDDAY, more);
            assert_eq!(in_part(&r), None);
            let (a, b) = (&r["inputs"][0], &whole["inputs"][0]);
            for key in [
                "lines",
                "parsed",
                "out_of_range",
                "requests",
                "failed",
                "bytes",
                "crc32",
            ] {
                assert_eq!(a[key], b[key], "{key}");
            }
        }
    }
}

#[test]
fn what_is_written_twice_between_two_places_is_counted_twice() {
    let text = access();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let half = lines.len() / 2;
    for again in [30, 120, 360, 720] {
        let text = [&lines[..half], &lines[half - again..]].concat().concat();
        let dir = folder(&[("access.log", &text)]);
        let gz = packed("access.log", &text);
        let whole = report(&gz.path().join("access.log"), MIDDAY, &[]);
        assert_eq!(whole["inputs"][0]["requests"], 120 + 12);
        assert_eq!(report(&dir.path().join("access.log"), MIDDAY, &[]), whole);
    }
}

#[test]
fn lines_that_come_a_little_late_are_not_lost() {
    // each request is logged up to eight minutes after the time it writes
    let text = access();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut at: Vec<(usize, usize)> = (0..lines.len()).map(|i| (i + i * 31 % 96, i)).collect();
    at.sort_unstable();
    let text: String = at.iter().map(|x| lines[x.1]).collect();
    let dir = folder(&[("access.log", &text)]);
    let gz = packed("access.log", &text);
    let whole = report(&gz.path().join("access.log"), MIDDAY, &[]);
    assert_eq!(report(&dir.path().join("access.log"), MIDDAY, &[]), whole);
    let some = report(
        &dir.path().join("access.log"),
        MIDDAY,
        &["--no-line-numbers"],
    );
    assert!(in_part(&some).is_some());
    assert_eq!(
        some["inputs"][0]["requests"],
        whole["inputs"][0]["requests"]
    );
    assert_eq!(some["inputs"][0]["requests"], 120);
}
