//! Requests that are not read, or have no time, are never silence: the verdict says so in every form, and what was given is not
//! said to be missing.

use super::common::{coroner, folder, list, path_str};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The report in every form, the JSON apart.
fn forms(logs: &Path) -> (Value, Vec<(&'static str, String)>) {
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name);
    let (json, md, html) = (path("r.json"), path("r.md"), path("r.html"));
    let done = coroner()
        .arg(logs)
        .args(["--json", path_str(&json), "--md", path_str(&md)])
        .args(["--html", path_str(&html), "--width", "200"])
        .output()
        .unwrap();
    let read = |p: &Path| fs::read_to_string(p).unwrap();
    let screen = String::from_utf8(done.stdout).unwrap();
    let report = serde_json::from_str(&read(&json)).unwrap();
    let forms = vec![("md", read(&md)), ("html", read(&html)), ("screen", screen)];
    (report, forms)
}

/// That a gap of that kind is there and each form says its sentence, and that no access log is missed.
fn check(text: &str, kind: &str, sentence: &str) {
    let logs = folder(&[("calls.log", text)]);
    let (report, forms) = forms(&logs.path().join("calls.log"));
    let gaps: Vec<&Value> = list(&report["gaps"]).iter().collect();
    let found = gaps.iter().filter(|g| g["kind"] == kind);
    let found: Vec<_> = found.filter_map(|g| g["text"].as_str()).collect();
    assert_eq!(found.len(), 1, "{gaps:#?}");
    assert!(found[0].contains(sentence), "{}", found[0]);
    for (form, text) in forms {
        // an address of the file may stand between marks of the form
        let near = sentence.split("calls.log").last().unwrap();
        assert!(text.contains(near), "{form}: {text}");
        assert!(!text.contains("access log was recognised"), "{form}");
    }
    let missing = |g: &&&Value| g["kind"] == "missing_source";
    let missing: Vec<_> = gaps.iter().filter(missing).map(|g| &g["text"]).collect();
    assert!(
        missing.iter().all(|t| !t.to_string().contains("access")),
        "{missing:?}"
    );
}

#[test]
fn lines_that_look_like_requests_and_are_read_as_messages() {
    // with a level it may be the call of a client: nothing is guessed, and nothing is hidden
    let line = |n: u32| {
        format!(
            "2026-11-20T06:33:{:02}Z DEBUG pool: answer 200 after \"{} /a HTTP/1.1\" of it\n",
            n % 60,
            ["GET", "PATCH"][n as usize % 2]
        )
    };
    let text: String = (0..60).map(line).collect();
    check(
        &text,
        "unread_requests",
        "60 lines of calls.log look like requests and were not read as such: name their format with --format",
    );
}

#[test]
fn requests_without_any_time_are_called_that() {
    let line = |n: u32| format!("{{\"verb\": \"GET\", \"to\": \"/a/{n}\", \"result\": 200}}\n");
    let text: String = (0..60).map(line).collect();
    check(
        &text,
        "untimed_requests",
        "60 requests of calls.log carry no time and are not counted",
    );
}

#[test]
fn messages_that_name_a_path_are_no_requests() {
    let line = |n: u32| {
        format!(
            "2026-11-20T06:33:{:02}Z INFO app: will GET /a later, 7 of 9\n",
            n % 60
        )
    };
    let text: String = (0..60).map(line).collect();
    let logs = folder(&[("app.log", &text)]);
    let (report, _) = forms(logs.path());
    let kinds: Vec<_> = list(&report["gaps"]).iter().map(|g| &g["kind"]).collect();
    assert!(!kinds.iter().any(|k| *k == "unread_requests"), "{kinds:?}");
}
