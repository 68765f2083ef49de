//! What a new user meets: the report on the samples as snapshots.
//! After a wanted change: `INSTA_UPDATE=always cargo test --test look` writes them again; they are then read as a diff.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

/// The report on a sample, which is read once.
fn report(case: &str, args: &[&str]) -> String {
    static READ: LazyLock<Mutex<BTreeMap<String, PathBuf>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap();
    let part = read.entry(case.to_owned()).or_insert_with(|| {
        let part = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("look-{case}.part"));
        let to = part.to_str().unwrap();
        coroner(&["summarize", &of(case), "-o", to, "--force"]);
        part
    });
    let part = part.clone();
    drop(read);
    coroner(&[&["report", part.to_str().unwrap()], args].concat())
}

fn of(case: &str) -> String {
    format!("sample-logs/{case}")
}

fn coroner(args: &[&str]) -> String {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"));
    c.current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .env("LC_ALL", "C.UTF-8")
        .args(args);
    let out = c.output().unwrap();
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).unwrap()
}

fn cases() -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn phases_begin_and_end_at_rows_with_a_letter_and_fill_the_outage() {
    for case in cases() {
        let v: Value = serde_json::from_str(&report(&case, &["--json", "-"])).unwrap();
        for i in v["incidents"].as_array().unwrap() {
            let lettered = |id: &Value| {
                i["timeline"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|e| e["id"] == *id && e["letter"].is_string())
            };
            let phases = i["phases"].as_array().unwrap();
            for p in phases {
                assert!(lettered(&p["from"]) && lettered(&p["to"]), "{case}: {p}");
            }
            let sum: f64 = phases.iter().map(|p| p["seconds"].as_f64().unwrap()).sum();
            let all = i["durations"]["recover_s"].as_f64().unwrap();
            assert!((sum - all).abs() < 1e-6, "{case}: {sum} of {all}");
        }
    }
}

#[test]
fn a_draft_is_read_at_a_glance() {
    for case in cases() {
        let lines = report(&case, &["--md", "-"]).lines().count();
        assert!(lines <= 120, "{case}: {lines} lines");
        for width in ["60", "80", "200"] {
            let screen = report(&case, &["--width", width]);
            let head = screen.split("\n\n").next().unwrap_or_default();
            assert!(head.lines().count() <= 6, "{head}");
            let lines = screen.lines().count();
            assert!(lines <= 64 || width == "60", "{case}: {lines} lines");
        }
    }
}

#[test]
fn what_goes_on_says_so_and_what_to_do() {
    let until = |case: &str, t: &str| coroner(&[&of(case), "--width", "80", "--until", t]);
    for (case, t, next) in [
        ("upgrade-outage", "13:30", "roll back 4.12.0"),
        (
            "mixed-clocks",
            "14:25",
            "free space or replace the disk: pg_wal on db-blr",
        ),
    ] {
        let screen = until(case, t);
        let head = screen.split("\n\n").next().unwrap_or_default();
        assert!(head.lines().count() <= 6, "{head}");
        assert!(head.contains(", still going on\n"), "{head}");
        assert!(
            head.contains("AT END    still failing when the logs end ("),
            "{head}"
        );
        assert!(head.contains(&format!("NEXT      {next}")), "{head}");
    }
}

#[test]
fn no_line_is_wider_than_the_screen_but_for_its_citation() {
    let citation = regex::Regex::new(r"[\w.]:\d+").unwrap();
    for case in ["mixed-clocks", "power-overload"] {
        for width in [60, 80] {
            for l in report(case, &["--width", &width.to_string()]).lines() {
                let cites = citation.is_match(l);
                assert!(l.chars().count() <= width || cites, "{case}: {l}");
            }
        }
    }
}

#[test]
fn the_samples_look_as_reviewed() {
    for case in ["upgrade-outage", "power-overload", "quiet-day"] {
        let name = |form: &str| format!("{case}_{form}");
        insta::assert_snapshot!(name("80"), report(case, &["--width", "80"]));
        insta::assert_snapshot!(name("120"), report(case, &["--width", "120"]));
        insta::assert_snapshot!(name("ascii"), report(case, &["--width", "80", "--ascii"]));
        insta::assert_snapshot!(name("md"), report(case, &["--md", "-"]));
    }
}
