//! `coroner explain`: what a row, a cause or a duration rests on, from an earlier report or from logs.

use crate::common::{coroner, path_str, repo};

fn explain(args: &[&str]) -> (String, String, i32) {
    let out = coroner().arg("explain").args(args).output().unwrap();
    let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
    let code = out.status.code().unwrap();
    (text(out.stdout), text(out.stderr), code)
}

#[test]
fn a_report_and_its_logs_explain_alike() {
    let logs = repo("sample-logs/auth-upgrade");
    let dir = tempfile::tempdir().unwrap();
    let json = dir.path().join("report.json");
    let made = coroner()
        .args([path_str(&logs), "-q", "--json", path_str(&json)])
        .output()
        .unwrap();
    assert!(made.status.success());
    for what in ["A", "ttr", "gap 1", "verdict"] {
        let (from_logs, _, code) = explain(&[what, path_str(&logs)]);
        let (from_json, _, _) = explain(&[what, path_str(&json)]);
        assert_eq!(code, 0, "{what}");
        assert_eq!(from_logs, from_json, "{what}");
        assert!(from_json.lines().count() > 4, "{from_json}");
    }
    // the rank may be a word of its own
    let (one, _, _) = explain(&["cause 1", path_str(&json)]);
    let (two, _, _) = explain(&["cause", "1", path_str(&json)]);
    assert_eq!(one, two);
    assert!(one.contains("prior: "), "{one}");
}

#[test]
fn without_a_report_it_shows_the_method() {
    let (out, _, code) = explain(&["ttm"]);
    assert_eq!(code, 0);
    assert!(out.contains("ten points lower"), "{out}");
    let (_, err, code) = explain(&["B"]);
    assert_eq!(code, 2);
    assert!(err.contains("name a REPORT.json or the logs"), "{err}");
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let logs = repo("sample-logs/quiet-day");
    let (out, err, code) = explain(&["cause 9", path_str(&logs)]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(
        err.contains("no such thing in this report") && err.contains("ttd"),
        "{err}"
    );
    let (_, err, code) = explain(&["B", path_str(&logs), "--incident", "7"]);
    assert_eq!(code, 2);
    assert!(err.contains("--incident 7"), "{err}");
}
