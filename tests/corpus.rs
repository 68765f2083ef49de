//! Every input that fuzzing found worth keeping, through the target that it was found for: what held once holds on.
//! The inputs are `tests/fuzz/kept/TARGET.tar.zst`, written by `tests/fuzz/keep.sh`; new targets are named below.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on may end"
)]

// the command line belongs to the program: what reads settings is compiled once more here
#[expect(dead_code, reason = "only settings are read")]
#[path = "../src"]
mod program {
    pub mod cli;
}
use program::cli;
#[path = "fuzz/src/lib.rs"]
mod targets;

use std::fs::{self, File};
use std::io::Read;

/// Runs all kept inputs of a target; names the input whose assertion failed.
fn replay(name: &str, target: fn(&[u8])) {
    let path = format!(
        "{}/tests/fuzz/kept/{name}.tar.zst",
        env!("CARGO_MANIFEST_DIR")
    );
    let packed = File::open(path).unwrap();
    let mut archive = tar::Archive::new(zstd::Decoder::new(packed).unwrap());
    let mut tried = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let mut data = Vec::new();
        entry.read_to_end(&mut data).unwrap();
        let input = entry.path().unwrap().into_owned();
        let held = std::panic::catch_unwind(|| target(&data));
        assert!(held.is_ok(), "{name}: {}", input.display());
        tried += 1;
    }
    assert!(tried > 10, "{name}: {tried} inputs");
}

#[test]
fn settings() {
    replay("settings", |data| {
        if let Ok(text) = std::str::from_utf8(data) {
            let _ = cli::settings_in(text);
        }
    });
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name), targets::$name);
        })*

        /// A target that is built is also replayed.
        #[test]
        fn all_targets_are_replayed() {
            let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/fuzz_targets");
            let mut built: Vec<String> = fs::read_dir(dir)
                .unwrap()
                .map(|f| f.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            built.sort();
            built.retain(|t| t != "settings");
            assert_eq!(built, [$(stringify!($name)),*]);
        }
    };
}

targets!(
    app, archive, audit, custom, flat_json, job, log_text, marker, pager, parts, stamp, template,
    web, wrapped
);
