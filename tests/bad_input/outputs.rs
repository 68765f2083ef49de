//! Outputs that cannot be written: told with the next step, and nothing that a person wrote is lost.

use super::{LINE, folder, run};
use std::fs;
use std::io::Read;
use std::process::Stdio;

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_on_the_disk_is_74() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md", "--html"] {
        let (code, _, err) = run(dir.path(), &["a.log", flag, "/dev/full"]);
        assert_eq!(code, 74, "{err}");
        assert!(err.contains("error: cannot write /dev/full: "), "{err}");
        assert!(err.contains("free space"), "{err}");
    }
}

#[test]
fn a_missing_folder_for_the_report_is_told_before_reading() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md", "--html"] {
        let (code, out, err) = run(dir.path(), &["a.log", flag, "missing/report"]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(
            err.contains("error: cannot write missing/report: "),
            "{err}"
        );
        assert!(!dir.path().join("missing").exists());
    }
}

#[test]
fn markdown_that_was_edited_is_kept() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    let path = dir.path().join("pm.md");
    let write = |more: &[&str]| run(dir.path(), &[&["a.log", "--md", "pm.md"], more].concat());
    assert_eq!(write(&[]).0, 0);
    assert_eq!(write(&[]).0, 0, "untouched, it is written again");
    let edited = format!("a thought\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, &edited).unwrap();
    let (code, _, err) = write(&[]);
    assert_eq!(code, 2);
    assert!(err.contains("pm.md") && err.contains("was edited"), "{err}");
    assert!(err.contains("--force"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), edited);
    assert_eq!(write(&["--force"]).0, 0);
    assert_ne!(fs::read_to_string(&path).unwrap(), edited);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}

#[test]
fn a_reader_that_goes_away_in_the_middle_is_no_error() {
    let text = "lorem ipsum\n".repeat(1000) + &LINE.repeat(5000);
    let dir = folder(&[("a.log", text.as_bytes())]);
    for form in [&["--json", "-"][..], &["--md", "-"], &["--html", "-"], &[]] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("coroner"))
            .arg("a.log")
            .args(form)
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 1];
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut first).unwrap();
        drop(out);
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0));
        let err = String::from_utf8(done.stderr).unwrap();
        assert!(!err.contains("error: cannot write"), "{err}");
    }
}

#[test]
fn a_screen_of_twenty_columns_is_enough() {
    let mut log = String::new();
    for s in 0..5400 {
        let status = if (1800..3000).contains(&s) { 502 } else { 200 };
        let (h, m, s) = (8 + s / 3600, s / 60 % 60, s % 60);
        log.push_str(&format!(
            "203.0.113.7 - - [04/Mar/2024:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 9 \"-\" \"m\"\n"
        ));
    }
    let dir = folder(&[("a.log", log.as_bytes())]);
    let (code, out, err) = run(dir.path(), &["a.log", "--width", "20"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("INCIDENT") && out.contains("a.log:1801"),
        "{out}"
    );
    for l in out.lines().filter(|l| !l.contains("a.log")) {
        assert!(l.chars().count() <= 20, "{l}");
    }
    assert_eq!(run(dir.path(), &["a.log", "--width", "19"]).0, 2);
}

#[test]
fn several_incidents_have_an_index_and_a_section_each() {
    let mut log = String::new();
    for s in 0..12 * 3600 {
        let status = if (1800..2400).contains(&(s % 3600)) {
            502
        } else {
            200
        };
        let (h, m, s) = (8 + s / 3600, s / 60 % 60, s % 60);
        log.push_str(&format!(
            "203.0.113.7 - - [04/Mar/2024:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 9 \"-\" \"m\"\n"
        ));
    }
    let dir = folder(&[("a.log", log.as_bytes())]);
    let (code, html, err) = run(dir.path(), &["a.log", "--html", "-"]);
    assert_eq!(code, 0, "{err}");
    assert!(html.contains("<h1 id=\"incidents\">12 incidents</h1>"));
    for n in 1..=12 {
        assert!(html.contains(&format!("href=\"#i{n}\"")), "{n}");
        assert!(
            html.contains(&format!("<article class=\"one\" id=\"i{n}\"")),
            "{n}"
        );
    }
    assert!(html.len() < 2_000_000);
}
