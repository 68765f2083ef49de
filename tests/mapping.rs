//! A file that shrinks while it is mapped ends the process with a sentence and exit code 74, whenever that happens.
//! The process that dies is this test binary, started again by the test.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use coroner::source::{Content, Input, Limits, MmapMode, OpenConfig, walk};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

const FILE: &str = "SHRINKING_FILE";

/// Not a test by itself: what the other one starts.
#[test]
fn child() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    coroner::source::say_when_a_mapped_file_shrinks();
    let config = OpenConfig {
        mmap: MmapMode::Always,
        now: SystemTime::now(),
        limits: Limits::default(),
        encoding: coroner::source::Encoding::Auto,
        spool: std::env::temp_dir(),
        meter: Default::default(),
    };
    let input = Input::new(walk(&[&path]).found.remove(0));
    let Content::Mapped(mapped) = input.open(&config).unwrap().content else {
        panic!("not mapped");
    };
    std::fs::write(&path, "short\n").unwrap();
    let sum: u64 = mapped.iter().map(|&b| u64::from(b)).sum();
    println!("read on, {sum}");
}

#[test]
fn a_mapped_file_that_shrinks_is_74() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.log");
    std::fs::write(&path, vec![b'\n'; 1 << 20]).unwrap();
    let out = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(FILE, &path)
        .output()
        .unwrap();
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(74), "{err}");
    assert!(err.contains("error: a file shrank"), "{err}");
    assert!(err.contains("help: copy it first"), "{err}");
}

/// A run of the program over a file that is cut to nothing after a while.
fn cut_short(
    dir: &std::path::Path,
    run: u32,
    after: Duration,
    text: &[u8],
) -> std::process::Output {
    let path = dir.join(format!("{run}.log"));
    std::fs::write(&path, text).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["--mmap", "always", "--json", "-", "-j", "2"])
        .arg(&path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(u64::from(run % 3) * 4096).unwrap();
    let out = child.wait_with_output().unwrap();
    std::fs::remove_file(&path).unwrap();
    out
}

#[test]
fn a_file_that_is_cut_short_never_kills_a_run() {
    const RUNS: u32 = 200;
    let dir = tempfile::tempdir().unwrap();
    let text: String = (0..3000)
        .map(|i| format!("192.0.2.{} - - [01/May/2023:12:{:02}:{:02} +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"an agent of some length\"\n", i % 250, i / 60, i % 60))
        .collect();
    // cuts are spread over the time that a run takes
    let path = dir.path().join("whole.log");
    std::fs::write(&path, &text).unwrap();
    let begin = Instant::now();
    let whole = Command::new(env!("CARGO_BIN_EXE_coroner"))
        .args(["--mmap", "always", "-q", "--json", "-"])
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(whole.status.code(), Some(0));
    let step = begin.elapsed().min(Duration::from_millis(100)) / 50;
    let mut ends = std::collections::BTreeMap::new();
    for run in 0..RUNS {
        let out = cut_short(dir.path(), run, step * (run % 50), text.as_bytes());
        let err = String::from_utf8(out.stderr).unwrap();
        let code = out.status.code();
        match code {
            Some(74) => assert!(err.contains("error: "), "run {run}: {err}"),
            // done, or there was nothing to read
            Some(0 | 2) => {}
            _ => panic!("run {run}: {:?}: {err}", out.status),
        }
        *ends.entry(code).or_insert(0) += 1;
    }
    println!("{ends:?}");
}
