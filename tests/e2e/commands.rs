//! The smaller subcommands: what they print, and that what they print can be used.

use super::common::{coroner, list, path_str, repo, report_on};
use serde_json::Value;
use std::fs;

fn out(args: &[&str]) -> String {
    let done = coroner().args(args).output().unwrap();
    assert!(done.status.success(), "{args:?}: {done:?}");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn schemas_are_json_and_the_one_of_reports_is_that_of_the_tests() {
    for (name, title) in [("report", "report"), ("watch", "watch"), ("audit", "audit")] {
        let v: Value = serde_json::from_str(&out(&["schema", name])).unwrap();
        assert!(v["$schema"].as_str().unwrap().contains("2020-12"));
        assert!(v["title"].as_str().unwrap().contains(title));
    }
    assert_eq!(
        coroner()
            .args(["schema", "nope"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_template_that_is_shown_can_be_given_back() {
    let names: Vec<String> = out(&["template", "list"])
        .lines()
        .map(|l| l.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "default",
            "google",
            "pagerduty",
            "atlassian",
            "gitlab",
            "seed"
        ]
    );
    let dir = tempfile::tempdir().unwrap();
    let logs = repo("tests/data/drills/auth-upgrade/logs");
    for name in &names {
        let mine = dir.path().join("mine.md.j2");
        fs::write(&mine, out(&["template", "show", name])).unwrap();
        let by = |t: &str| out(&[path_str(&logs), "--md", "-", "--template", t]);
        assert_eq!(by(name), by(path_str(&mine)), "{name}");
    }
    let e = coroner()
        .args(["template", "show", "nope"])
        .output()
        .unwrap();
    assert_eq!(e.status.code(), Some(2));
    assert!(
        String::from_utf8(e.stderr)
            .unwrap()
            .contains("use one of default, google")
    );
}

#[test]
fn a_wrong_template_is_reported_before_the_logs_are_read_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (t, md) = (dir.path().join("t.j2"), dir.path().join("pm.md"));
    fs::write(&t, "# x\n{% if %}\n").unwrap();
    let done = coroner()
        .args([
            "/does/not/matter",
            "--md",
            path_str(&md),
            "--template",
            path_str(&t),
        ])
        .output()
        .unwrap();
    let err = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(err.contains("t.j2:2"), "{err}");
    assert!(!md.exists());
}

#[test]
fn completions_and_the_manual_know_every_subcommand() {
    let names = [
        "analyse",
        "timeline",
        "template",
        "schema",
        "demo",
        "init",
        "completions",
        "man",
    ];
    for shell in ["bash", "zsh", "fish", "elvish", "powershell", "nushell"] {
        let text = out(&["completions", shell]);
        for n in names {
            assert!(text.contains(n), "{shell}: {n}");
        }
    }
    let man = out(&["man"]);
    assert!(man.contains(".TH coroner 1"));
    for n in names {
        assert!(
            man.contains(&format!("COMMAND {}", n.to_uppercase())),
            "{n}"
        );
    }
}

#[test]
fn the_demo_unpacks_and_finds_the_incident_and_overwrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("first look");
    let text = out(&["demo", path_str(&to), "--width", "100"]);
    assert!(text.contains("INCIDENT  shop: 5xx for"), "{text}");
    let (_, next) = text.split_once("TRY NEXT\n").unwrap();
    assert!(
        next.contains("first look' --html report.html   a report"),
        "{next}"
    );
    assert!(next.ends_with("and now yours\n"), "{next}");
    // nothing that a newcomer would have to learn first
    let odd = [" >", "warning", "only", "> later", "Fault"];
    let (_, rows) = text.split_once("TIMELINE").unwrap();
    let (rows, _) = rows.split_once("SUSPECTED").unwrap();
    assert!(!odd.iter().any(|o| rows.contains(o)), "{rows}");
    assert!(text.contains(", calm for 11 min"), "{text}");
    assert!(to.join("edge-1/access.log.gz").is_file());
    let again = coroner().args(["demo", path_str(&to)]).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert!(
        String::from_utf8(again.stderr)
            .unwrap()
            .contains("the folder is not empty")
    );
}

#[test]
fn the_timeline_is_the_same_rows_in_every_kind() {
    let logs = repo("tests/data/drills/auth-upgrade/logs");
    let list = |kind: &str| out(&["timeline", path_str(&logs), "--as", kind]);
    let rows: Vec<Value> = list("jsonl")
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(rows.len() > 10);
    let times: Vec<&str> = rows.iter().filter_map(|r| r["time"].as_str()).collect();
    assert!(times.windows(2).all(|w| w[0] <= w[1]), "{times:?}");
    assert!(
        rows.iter()
            .any(|r| r["kind"] == "onset" && r["offset_s"] == 0)
    );
    assert!(
        rows.iter()
            .all(|r| !r["evidence"].as_array().unwrap().is_empty())
    );
    assert_eq!(list("csv").lines().count(), rows.len() + 1);
    assert_eq!(list("tsv").lines().count(), rows.len() + 1);
    assert_eq!(list("md").lines().count(), rows.len() + 2);
    assert!(list("csv").starts_with("\"time\",\"incident\",\"offset_s\",\"kind\""));
    assert!(list("table").contains("page"));
}

#[test]
fn formats_are_tried_on_what_is_inside_wrappers_and_frames() {
    let dir = tempfile::tempdir().unwrap();
    let tried = |name: &str, text: &str| -> Value {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        let shown = out(&["formats", "--try", path_str(&path), "--no-config", "--json"]);
        let v: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(v["inputs"][0]["unparsed"], 0, "{shown}");
        v["inputs"][0].clone()
    };
    let wrapped = tried(
        "a.log",
        "{\"log\":\"10.0.0.9 - - [10/Mar/2026:13:05:00 +0000] \\\"GET /a HTTP/1.1\\\" 502 1 \\\"-\\\" \\\"curl\\\"\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-10T13:05:00.1Z\"}\n{\"log\":\"only words\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-10T13:05:00.2Z\"}\n",
    );
    let first = &wrapped["first"][0];
    assert_eq!(first["format"], "nginx combined");
    assert_eq!(first["wrapper"], "docker json-file");
    assert_eq!(first["fields"]["status"], "502");
    assert_eq!(wrapped["wrapped"], true);
    assert_eq!(wrapped["formats"][0]["lines"], 1);
    assert_eq!(wrapped["first"][1]["fields"]["message"], "only words");
    let framed = tried(
        "b.xml",
        "<log>\n<record>\n<millis>1773147900123</millis>\n<level>SEVERE</level>\n<message>no</message>\n</record>\n</log>\n",
    );
    assert_eq!(framed["frame"], "XML events");
    assert_eq!(framed["first"][0]["fields"]["message"], "no");
}

#[test]
fn what_fits_a_file_is_what_a_report_reads() {
    let mut inputs = 0;
    for folder in ["tests/data/formats", "sample-logs", "tests/data/drills"] {
        let path = repo(folder);
        let tried: Value =
            serde_json::from_str(&out(&["formats", "--try", path_str(&path), "--json"])).unwrap();
        let report = report_on(&[path_str(&path)]);
        let (tried, read) = (list(&tried["inputs"]), list(&report["inputs"]));
        assert_eq!(tried.len(), read.len());
        for (t, r) in tried.iter().zip(read) {
            for key in [
                "name",
                "format",
                "lines",
                "parsed",
                "continuation",
                "unparsed",
            ] {
                assert_eq!(t[key], r[key], "{key} of {}", r["name"]);
            }
        }
        inputs += read.len();
    }
    assert!(inputs > 100, "{inputs}");
}

#[test]
fn a_definition_is_guessed_where_it_shows_more() {
    let dir = tempfile::tempdir().unwrap();
    let guessed = |text: &str| {
        let path = dir.path().join("shop.log");
        fs::write(&path, text).unwrap();
        out(&["formats", "--guess", path_str(&path), "--no-config"])
    };
    assert_eq!(
        guessed(
            "2026-03-10 13:05:00 +0100 INFO deploy: begins\n2026-03-10 13:05:01 +0100 ERROR deploy: fails\n"
        ),
        "# shop.log: text with a time already reads all of it (time, date, zone, level, message); nothing to define\n"
    );
    // what is printed can be pasted, and shows what was not read without it
    let toml = guessed(
        "<shop-1> 06:33:18 | ERROR | payment failed\n<shop-2> 06:33:19 | INFO | all is well\n",
    );
    let path = dir.path().join("coroner.toml");
    fs::write(&path, &toml).unwrap();
    let log = dir.path().join("shop.log");
    let shown = out(&[
        "formats",
        "--try",
        path_str(&log),
        "--json",
        "--config",
        path_str(&path),
    ]);
    let v: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(v["inputs"][0]["formats"][0]["lines"], 2, "{toml}\n{shown}");
    assert_eq!(
        v["inputs"][0]["first"][0]["fields"]["level"], "error",
        "{toml}"
    );
}
