//! `--sha256`: the checksum of an input is that of its unpacked bytes, however they came and however much of them was asked for.

use crate::common::Piped;
use crate::common::{coroner, path_str, report_on};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

fn lines() -> String {
    (0..20_000).fold(String::new(), |mut text, s| {
        let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
        let _ = writeln!(
            text,
            "2024-05-01T{h:02}:{m:02}:{s:02}Z INFO order {} was placed",
            h * 7 + s
        );
        text
    })
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn of(report: &Value) -> Vec<&Value> {
    let inputs = report["inputs"].as_array().unwrap();
    inputs.iter().map(|i| &i["sha256"]).collect()
}

#[test]
fn a_checksum_is_that_of_the_unpacked_bytes() {
    let (text, dir) = (lines(), tempfile::tempdir().unwrap());
    let path = |name: &str| dir.path().join(name);
    fs::write(path("a.log"), &text).unwrap();
    let gz = fs::File::create(path("a.log.gz")).unwrap();
    let mut gz = flate2::write::GzEncoder::new(gz, flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    gz.finish().unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(path("a.zip")).unwrap());
    zip.start_file("a.log", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap();
    for name in ["a.log", "a.log.gz", "a.zip"] {
        for more in [
            &["--mmap", "always"][..],
            &["--mmap", "never"],
            &["-j1", "--block", "4KiB"],
            &["--since", "2024-05-01T05:00:00Z"],
        ] {
            let report = report_on(&[&[path_str(&path(name)), "--sha256"], more].concat());
            assert_eq!(of(&report), [&hex(&text)], "{name} {more:?}");
        }
    }
    let without = report_on(&[path_str(&path("a.log"))]);
    assert_eq!(of(&without), [&Value::Null]);
}

#[test]
fn a_pipe_has_one_too_and_the_postmortem_shows_it() {
    let text = lines();
    let out = coroner()
        .args(["-", "--sha256", "--md", "-"])
        .write_stdin(text.clone())
        .output()
        .unwrap();
    let shown = String::from_utf8(out.stdout).unwrap();
    assert!(
        shown.contains(&format!("- `stdin` `{}`", hex(&text))),
        "{shown}"
    );
}

#[test]
fn what_is_not_read_has_no_checksum() {
    let out = coroner()
        .args(["x.log", "--sha256", "--no-line-numbers"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
    let err = String::from_utf8(out.stderr).unwrap();
    assert!(err.contains("--no-line-numbers"), "{err}");
}
