//! A file that shrinks while it is mapped ends the process with a sentence and exit code 74.
//! The process that dies is this test binary, started again by the test.

#![cfg(unix)]

use coroner::source::{Content, Input, Limits, MmapMode, OpenConfig, walk};
use std::process::Command;
use std::time::SystemTime;

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
