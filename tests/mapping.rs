//! A file that is cut off while it is read costs what was cut off: whichever way files are read and whenever it happens, there
//! is a report of all inputs, and no line in it that was none. `RACES=1000 cargo test --test mapping` for more than a few.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use serde_json::Value;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

const LINES: usize = 3000;

fn text() -> String {
    let line = |i: usize| {
        format!(
            "192.0.2.{:03} - - [01/May/2023:12:{:02}:{:02} +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"an agent of some length\"\n",
            i % 250,
            i / 60,
            i % 60
        )
    };
    (0..LINES).map(line).collect()
}

/// A run over `cut.log`, whose length becomes `rest` after a while, and `whole.log`.
fn race(dir: &Path, mmap: &str, after: Duration, rest: usize, text: &str) -> (Value, String) {
    let path = dir.join("cut.log");
    std::fs::write(&path, text).unwrap();
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(120))
        .unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["--no-config", "--mmap", mmap, "--json", "-", "-j", "2"])
        .args(["cut.log", "whole.log"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    file.set_len(rest as u64).unwrap();
    let out = child.wait_with_output().unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(0), "{mmap}: {err}");
    (serde_json::from_slice(&out.stdout).unwrap(), err)
}

/// Lines and those that were understood, of an input; nothing where it is not there.
fn lines(report: &Value, name: &str) -> (u64, u64) {
    let inputs = report["inputs"].as_array().unwrap();
    let input = inputs.iter().find(|i| i["name"] == name);
    let n = |what: &str| input.map_or(0, |i| i[what].as_u64().unwrap());
    (n("lines"), n("parsed"))
}

#[test]
fn a_file_that_is_cut_off_costs_what_was_cut_off() {
    let races = std::env::var("RACES").map_or(24, |n| n.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let text = text();
    let each = text.len() / LINES;
    std::fs::write(dir.path().join("whole.log"), &text).unwrap();
    let begin = Instant::now();
    race(dir.path(), "never", Duration::ZERO, text.len(), &text);
    let took = begin.elapsed();
    let (mut reported, mut late) = (0, 0);
    for run in 0..races {
        let mmap = ["always", "auto", "never"][run % 3];
        // torn lines too: no length is a multiple of that of a line
        let rest = [0, 4096, text.len() / 2 + 11][run / 3 % 3];
        let after = took.mul_f64(run as f64 / races as f64);
        let (report, err) = race(dir.path(), mmap, after, rest, &text);
        let said = format!("run {run}, {mmap}, cut to {rest}: {err}{}", report["gaps"]);
        assert_eq!(lines(&report, "whole.log"), (3000, 3000), "{said}");
        let (n, understood) = lines(&report, "cut.log");
        let (left, whole) = (rest.div_ceil(each) as u64, LINES as u64);
        match mmap {
            "never" => assert!((left..=whole).contains(&n), "{n} lines, {said}"),
            _ => assert!(n == left || n == whole, "{n} lines, {said}"),
        }
        assert!(n - understood <= 1, "{understood} of {n}, {said}");
        let shrank = format!("cut.log shrank from {} to ", text.len());
        let named = report["gaps"].to_string().contains("cut.log");
        match err.contains(&shrank) {
            true => assert!(named, "{said}"),
            // before it was found, or when all was read
            false => assert!(n == left || n == whole, "{n} lines, {said}"),
        }
        reported += usize::from(err.contains(&shrank));
        late += usize::from(n == whole);
    }
    println!("{races} races: {reported} told of a cut, {late} were over before it");
}
