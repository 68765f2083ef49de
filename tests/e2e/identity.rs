//! Same input, same bytes: nothing of the machine, the call or the way of reading shows in any form of the report.

use crate::common::Piped;
use crate::common::{coroner, files, folder, path_str, repo, unpacked};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const DRILLS: [&str; 4] = [
    "auth-upgrade",
    "bot-burst-quiet",
    "pool-leak",
    "two-incidents",
];

/// JSON, Markdown and screen view of one run.
#[derive(PartialEq)]
struct Forms([String; 3]);

fn forms_of(mut c: std::process::Command) -> Forms {
    let out = tempfile::tempdir().unwrap();
    let (json, md) = (out.path().join("r.json"), out.path().join("r.md"));
    let got = c
        .args(["--json", path_str(&json), "--md", path_str(&md)])
        .output()
        .unwrap();
    assert_eq!(
        got.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&got.stderr)
    );
    let screen = String::from_utf8(got.stdout).unwrap();
    assert!(screen.len() > 200, "{screen}");
    Forms([
        fs::read_to_string(json).unwrap(),
        fs::read_to_string(md).unwrap(),
        screen,
    ])
}

fn forms<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Forms {
    let mut c = coroner();
    c.args(args);
    forms_of(c)
}

/// Fails with the first line that differs.
fn same(a: &Forms, b: &Forms, what: &str) {
    for (form, (x, y)) in ["JSON", "Markdown", "screen"]
        .iter()
        .zip(a.0.iter().zip(&b.0))
    {
        if let Some((n, (l, r))) = x
            .lines()
            .zip(y.lines())
            .enumerate()
            .find(|(_, (l, r))| l != r)
        {
            panic!("{what}: line {} of the {form} differs:\n{l}\n{r}", n + 1);
        }
        assert!(x == y, "{what}: {form}: one is longer");
    }
}

fn logs_of(drill: &str) -> PathBuf {
    repo(&format!("tests/data/drills/{drill}/logs"))
}

/// A copy of a folder whose files went through `change`, which gets what they hold unpacked.
fn copy(from: &Path, change: impl Fn(&Path, Vec<u8>) -> Vec<u8>) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in files(from) {
        let name = file.strip_prefix(from).unwrap();
        let path = to.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, change(name, unpacked(&file))).unwrap();
    }
    to
}

#[test]
fn threads_blocks_and_mapping_do_not_show() {
    let folder = logs_of("auth-upgrade");
    let plain = copy(&folder, |_, bytes| bytes);
    for folder in [&folder, plain.path()] {
        let base = forms(&[folder]);
        same(&base, &forms(&[folder]), "the same again");
        for (jobs, block, mmap) in [
            ("1", "4KiB", "always"),
            ("2", "64KiB", "never"),
            ("4", "4KiB", "never"),
            ("4", "64KiB", "always"),
            ("1", "4MiB", "never"),
            ("2", "4MiB", "always"),
        ] {
            let args = [
                "-j",
                jobs,
                "--block",
                block,
                "--mmap",
                mmap,
                path_str(folder),
            ];
            same(&base, &forms(&args), &format!("{args:?}"));
        }
    }
}

#[test]
fn threads_and_blocks_do_not_show_in_other_kinds_of_logs() {
    for drill in &DRILLS[1..] {
        let plain = copy(&logs_of(drill), |_, bytes| bytes);
        let at = path_str(plain.path());
        let small = forms(&["-j4", "--block", "4KiB", "--mmap", "always", at]);
        let large = forms(&["-j1", "--block", "4MiB", "--mmap", "never", at]);
        same(&small, &large, drill);
    }
}

#[test]
fn threads_and_blocks_do_not_show_in_the_samples() {
    for case in ["upgrade-outage", "mixed-clocks", "quiet-day"] {
        let at = repo(&format!("sample-logs/{case}"));
        let small = forms(&["-j4", "--block", "4KiB", path_str(&at)]);
        let large = forms(&["-j1", "--block", "4MiB", path_str(&at)]);
        same(&small, &large, case);
    }
}

#[test]
fn the_order_of_operands_does_not_show() {
    let mut all = files(&logs_of("auth-upgrade"));
    let sorted = forms(&all);
    all.reverse();
    same(&sorted, &forms(&all), "backwards");
    all.rotate_left(5);
    all.swap(0, 3);
    same(&sorted, &forms(&all), "shuffled");
    let (a, b) = (logs_of("auth-upgrade"), logs_of("pool-leak"));
    same(&forms(&[&a, &b]), &forms(&[&b, &a]), "two folders");
}

#[test]
fn where_the_logs_lie_and_who_asks_does_not_show() {
    let logs = logs_of("auth-upgrade");
    let base = forms(&[&logs]);
    let moved = copy(&logs, |name, _| fs::read(logs.join(name)).unwrap());
    same(&base, &forms(&[moved.path()]), "another place");
    let mut c = coroner();
    c.current_dir(&logs)
        .arg(".")
        .env("TZ", "Asia/Tokyo")
        .env("LANG", "de_DE.UTF-8");
    same(&base, &forms_of(c), "from within, elsewhere in the world");
}

#[test]
fn packing_does_not_show() {
    let gz = |_: &Path, bytes: Vec<u8>| {
        let mut z = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        z.write_all(&bytes).unwrap();
        z.finish().unwrap()
    };
    let logs = logs_of("auth-upgrade");
    let plain = forms(&[copy(&logs, |_, bytes| bytes).path()]);
    same(&plain, &forms(&[copy(&logs, gz).path()]), "gz");
    let zst = |_: &Path, bytes: Vec<u8>| zstd::encode_all(&bytes[..], 1).unwrap();
    same(&plain, &forms(&[copy(&logs, zst).path()]), "zst");
}

#[test]
fn a_pipe_reads_like_a_file() {
    let text = unpacked(&logs_of("auth-upgrade").join("edge-1/access.log.gz"));
    let dir = folder(&[("stdin", std::str::from_utf8(&text).unwrap())]);
    let file = forms(&[dir.path().join("stdin")]);
    let mut c = coroner();
    c.arg("-").write_stdin(text.clone());
    same(&file, &forms_of(c), "-");
    let mut c = coroner();
    c.write_stdin(text);
    same(&file, &forms_of(c), "no operand");
}

/// Syslog lines have no year; other inputs of the drill do, so that the files' times are not asked.
#[test]
fn file_times_do_not_show() {
    let logs = logs_of("auth-upgrade");
    let base = forms(&[&logs]);
    assert!(files(&logs).iter().any(|f| f.ends_with("syslog")));
    let year = Duration::from_secs(365 * 86_400);
    let now = SystemTime::now();
    for (what, at) in [
        ("old", now - 20 * year),
        ("young", now),
        ("of the future", now + year),
    ] {
        let again = copy(&logs, |name, _| fs::read(logs.join(name)).unwrap());
        for (n, path) in files(again.path()).iter().enumerate() {
            let file = File::options().append(true).open(path).unwrap();
            file.set_modified(at + Duration::from_secs(n as u64 * 7_777))
                .unwrap();
        }
        same(&base, &forms(&[again.path()]), what);
    }
}
