//! Outputs that cannot be written: told with the next step, and nothing that a person wrote is lost.

use super::{LINE, folder, run};
use std::fs;
use std::io::Read;
use std::process::Stdio;

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_does_not_fit_on_the_disk_is_74() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md"] {
        let (code, _, err) = run(dir.path(), &["a.log", flag, "/dev/full"]);
        assert_eq!(code, 74, "{err}");
        assert!(err.contains("error: cannot write /dev/full: "), "{err}");
        assert!(err.contains("free space"), "{err}");
    }
}

#[test]
fn a_missing_folder_for_the_report_is_told_before_reading() {
    let dir = folder(&[("a.log", LINE.as_bytes())]);
    for flag in ["--json", "--md"] {
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
    for form in [&["--json", "-"][..], &["--md", "-"], &[]] {
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
