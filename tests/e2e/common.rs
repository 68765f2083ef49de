//! Runs of the program for tests. Whole reports of folders of the repository are made once and shared.

pub use crate::as_written::unpacked;
pub use crate::piped::Piped;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Folders of logs whose reports are held against themselves.
pub const FOLDERS: [&str; 11] = [
    "sample-logs/auth-upgrade",
    "sample-logs/evening-upgrade",
    "sample-logs/mixed-clocks",
    "sample-logs/power-overload",
    "sample-logs/quick-rollback",
    "sample-logs/quiet-day",
    "sample-logs/upgrade-outage",
    "tests/data/drills/auth-upgrade/logs",
    "tests/data/drills/bot-burst-quiet/logs",
    "tests/data/drills/pool-leak/logs",
    "tests/data/drills/two-incidents/logs",
];

/// A path of the repository.
pub fn repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a run gives.
pub struct Run {
    pub json: String,
    pub md: String,
}

impl Run {
    pub fn report(&self) -> Value {
        serde_json::from_str(&self.json).unwrap()
    }
}

/// The main job.
pub fn run<S: AsRef<str>>(args: &[S]) -> Run {
    let out = tempfile::tempdir().unwrap();
    let (json, md) = (out.path().join("r.json"), out.path().join("r.md"));
    let mut c = coroner();
    c.args(["-q", "--json", path_str(&json), "--md", path_str(&md)]);
    let done = c.args(args.iter().map(AsRef::as_ref)).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    Run {
        json: fs::read_to_string(json).unwrap(),
        md: fs::read_to_string(md).unwrap(),
    }
}

/// The report on some operands and options.
pub fn report_on<S: AsRef<str>>(args: &[S]) -> Value {
    run(args).report()
}

/// The report on a folder of the repository, made once.
pub fn report(folder: &str) -> Arc<Value> {
    type Cell = Arc<OnceLock<Arc<Value>>>;
    static ALL: Mutex<BTreeMap<String, Cell>> = Mutex::new(BTreeMap::new());
    let cell = ALL
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(folder.to_owned())
        .or_default()
        .clone();
    let make = || Arc::new(report_on(&[path_str(&repo(folder))]));
    cell.get_or_init(make).clone()
}

pub fn path_str(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The program as a process.
pub fn coroner() -> std::process::Command {
    let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_coroner"));
    for name in [
        "COLUMNS",
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "LC_ALL",
        "LC_CTYPE",
    ] {
        c.env_remove(name);
    }
    c.env("LANG", "C.UTF-8");
    c
}

/// A run in a folder: exit code, standard output, standard error.
pub fn say(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let out = coroner().current_dir(dir).args(args).output().unwrap();
    let text = |b: Vec<u8>| String::from_utf8(b).unwrap();
    (
        out.status.code().unwrap(),
        text(out.stdout),
        text(out.stderr),
    )
}

/// Every regular file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// A folder with files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// The members of an array.
pub fn list(v: &Value) -> &[Value] {
    v.as_array().map_or(&[], Vec::as_slice)
}

/// Every object below a value that cites a line, with the path to it.
pub fn citations<'a>(v: &'a Value, path: String, out: &mut Vec<(String, &'a Value)>) {
    match v {
        Value::Object(m) => {
            if m.contains_key("input") && m.contains_key("byte") {
                out.push((path.clone(), v));
            }
            for (k, x) in m {
                citations(x, format!("{path}/{k}"), out);
            }
        }
        Value::Array(a) => {
            for (n, x) in a.iter().enumerate() {
                citations(x, format!("{path}/{n}"), out);
            }
        }
        _ => {}
    }
}

/// Seconds since 1970 of a time that the report writes.
pub fn epoch(v: &Value) -> Option<f64> {
    let t = chrono::DateTime::parse_from_rfc3339(v.as_str()?).unwrap();
    Some(t.timestamp_micros() as f64 / 1e6)
}
