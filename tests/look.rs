//! What a new user meets: the report on the samples as snapshots, and a README that says what the program says.
//! After a wanted change: `COR_UPDATE=1 cargo test --test look` writes the README's report and format table again,
//! `INSTA_UPDATE=always` the snapshots; both are then read as diffs.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of tests that cannot go on may end the test"
)]

use coroner::format::FORMATS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// The output of `coroner sample-logs/CASE ARGS`.
fn report(case: &str, args: &[&str]) -> String {
    let mut c = assert_cmd::Command::cargo_bin("coroner").unwrap();
    c.current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        .env("LC_ALL", "C.UTF-8")
        .arg(format!("sample-logs/{case}"))
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

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// What stands between two marks of the README, and the README with `new` in its place.
fn between(text: &str, start: &str, end: &str, new: &str) -> (String, String) {
    let from = text.find(start).expect(start) + start.len();
    let to = from + text[from..].find(end).expect(end);
    (
        text[from..to].to_owned(),
        format!("{}{new}{}", &text[..from], &text[to..]),
    )
}

/// Compares a part of the README, or writes it where the environment asks for it.
fn part_of_readme(start: &str, end: &str, want: &str) {
    let (got, updated) = between(&readme(), start, end, want);
    if std::env::var_os("COR_UPDATE").is_some() {
        std::fs::write(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"),
            updated,
        )
        .unwrap();
    } else {
        assert_eq!(got, want, "COR_UPDATE=1 cargo test --test look");
    }
}

#[test]
fn the_readme_agrees_with_the_program() {
    // One test, since both parts may write the file.
    part_of_readme(
        "<!-- report: coroner sample-logs/upgrade-outage -->\n```text\n",
        "```\n",
        &report("upgrade-outage", &["--width", "80"]),
    );
    let rows: String = FORMATS
        .iter()
        .map(|f| format!("| {} | {} |\n", f.name(), f.about().replace('|', "\\|")))
        .collect();
    part_of_readme(
        "<!-- formats -->\n| name | is |\n|---|---|\n",
        "\nAnything else",
        &rows,
    );
}

#[test]
fn the_readme_lists_the_options_of_the_help() {
    let out = assert_cmd::Command::cargo_bin("coroner")
        .unwrap()
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(out.stdout).unwrap();
    let option = regex::Regex::new(r"(?m)^ {2,6}(-\w)?(?:, )?(--[a-z0-9-]+)?[ .]").unwrap();
    let mut said: BTreeSet<String> = option
        .captures_iter(&help)
        .filter_map(|c| c.get(2).or(c.get(1)))
        .map(|m| m.as_str().to_owned())
        .collect();
    for own in ["--help", "--version"] {
        assert!(said.remove(own), "{own}");
    }
    let (table, _) = between(&readme(), "| option | meaning |\n|---|---|\n", "\n\n", "");
    let row = regex::Regex::new(r"(?m)^\| (?:`-\w[^`]*`, )?`(--?[a-z0-9-]+)").unwrap();
    let listed: BTreeSet<String> = row.captures_iter(&table).map(|c| c[1].to_owned()).collect();
    assert_eq!(listed, said);
}

#[test]
fn the_readme_lists_the_samples() {
    let text = readme();
    let (table, _) = between(&text, "| folder | what happened |\n|---|---|\n", "\n\n", "");
    let mut listed: Vec<&str> = table
        .lines()
        .filter_map(|l| l.strip_prefix("| `")?.split('`').next())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, cases());
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
