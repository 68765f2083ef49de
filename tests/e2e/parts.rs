//! Work that is shared: whatever way logs are split, read and merged, the report is that of one machine.

use crate::common::Piped;
use crate::common::{coroner, files, path_str, repo, say};
use coroner_core::plan::row::PlanRow;
use coroner_core::scan::{ReadConfig, RowFrom, read_row};
use coroner_core::source::{Encoding, Limits, Meter, MmapMode, OpenConfig};
use coroner_core::summary::wire::file::{Parts, Planned, RowDone};
use proptest::prelude::*;
use proptest::sample::Index;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Runs the program in a folder and expects it to end well.
pub fn done(dir: &Path, args: &[&str]) -> String {
    let (code, out, err) = say(dir, args);
    assert_eq!(code, 0, "{args:?}: {err}");
    out
}

/// A folder with logs of every framing: lines, stack traces over many lines, CRLF, no newline at the end, empty files,
/// nothing but newlines, a whole JSON document, an archive, a packed file.
pub fn logs(dir: &Path) -> PathBuf {
    let logs = dir.join("logs");
    fs::create_dir_all(&logs).unwrap();
    let from = repo("sample-logs/mixed-clocks");
    for file in files(&from) {
        let to = logs.join(file.strip_prefix(&from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&file, to).unwrap();
    }
    let mut app = String::new();
    for i in 0..400 {
        let (m, s) = (i / 60, i % 60);
        app.push_str(&format!(
            "2026-05-01 12:{m:02}:{s:02},120 ERROR [main] c.e.Shop - order {i} failed\njava.io.IOException: \
             refused\n\tat c.e.Pay.charge(Pay.java:{i})\n\tat c.e.Shop.order(Shop.java:9)\n"
        ));
    }
    fs::write(logs.join("app.log"), &app).unwrap();
    let crlf = app.replace('\n', "\r\n");
    fs::write(logs.join("crlf.log"), crlf.trim_end()).unwrap();
    fs::write(logs.join("newlines.log"), "\n".repeat(700)).unwrap();
    let mut packed = flate2::write::GzEncoder::new(
        fs::File::create(logs.join("old.log.gz")).unwrap(),
        flate2::Compression::fast(),
    );
    std::io::Write::write_all(
        &mut packed,
        app.replace("2026-05-01 12", "2026-05-01 11").as_bytes(),
    )
    .unwrap();
    packed.finish().unwrap();
    let mut tar = tar::Builder::new(fs::File::create(logs.join("more.tar")).unwrap());
    let samples = repo("tests/data/formats");
    for name in ["pino.jsonl", "nginx_error.log", "postgresql_stderr.log"] {
        tar.append_path_with_name(samples.join(name), name).unwrap();
    }
    tar.finish().unwrap();
    for file in files(&logs) {
        old(&file);
    }
    logs
}

/// Makes a file look finished: it was last written an hour ago.
pub fn old(file: &Path) {
    let then = SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = fs::File::options().append(true).open(file).unwrap();
    file.set_modified(then).unwrap();
}

/// JSON, Markdown, HTML of a report.
pub fn forms(dir: &Path, command: &[&str]) -> Vec<String> {
    let names = ["r.json", "r.md", "r.html"];
    let mut args = command.to_vec();
    args.extend(["-q", "--no-config"]);
    for name in names {
        let _ = fs::remove_file(dir.join(name));
        args.extend(["-o", name]);
    }
    done(dir, &args);
    let read = |n| fs::read_to_string(dir.join(n)).unwrap();
    names.into_iter().map(read).collect()
}

#[test]
fn a_report_of_parts_has_the_bytes_of_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    logs(dir);
    let whole = forms(dir, &["analyse", "logs"]);
    for split in ["700", "50KB", "1GB"] {
        done(
            dir,
            &[
                "plan",
                "logs",
                "--split",
                split,
                "-o",
                "plan",
                "--no-config",
            ],
        );
        let _ = fs::remove_dir_all(dir.join("parts"));
        for shard in ["1/3", "0/3", "2/3"] {
            done(
                dir,
                &[
                    "summarize",
                    "--plan",
                    "plan",
                    "--shard",
                    shard,
                    "-o",
                    "parts",
                    "-j2",
                ],
            );
        }
        let mut parts: Vec<String> = fs::read_dir(dir.join("parts"))
            .unwrap()
            .map(|e| path_str(&e.unwrap().path()).to_owned())
            .collect();
        parts.sort();
        parts.reverse();
        // once as they are, once merged, with one of them twice
        let mut args: Vec<&str> = parts.iter().map(String::as_str).collect();
        args.insert(0, "report");
        assert!(forms(dir, &args) == whole, "parts of {split}");
        args[0] = "merge";
        args.extend([args[1], "-o", "all.cor"]);
        done(dir, &args);
        assert!(
            forms(dir, &["report", "all.cor"]) == whole,
            "merged parts of {split}"
        );
    }
    done(dir, &["summarize", "logs", "-o", "one.cor", "--no-config"]);
    assert!(
        forms(dir, &["report", "one.cor"]) == whole,
        "without a plan"
    );
}

#[test]
fn bytes_may_come_on_standard_input() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let logs = logs(dir);
    let plan = done(dir, &["plan", "logs", "--split", "20KB", "--no-config"]);
    let mut parts = Parts::default();
    for line in plan.lines() {
        let row: PlanRow = serde_json::from_str(line).unwrap();
        let bytes = fs::read(&row.uri).unwrap();
        assert!(Path::new(&row.uri).starts_with(logs.canonicalize().unwrap()));
        let from = (row.off as usize).saturating_sub(1);
        let out = coroner()
            .args(["summarize", "--plan-row", line, "-"])
            // more than the row asks for, as an engine gives it
            .write_stdin(&bytes[from..])
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        let text = String::from_utf8(out.stdout).unwrap();
        parts = parts.merge(Parts::parse(&text, "x").unwrap()).unwrap();
    }
    fs::write(dir.join("all.cor"), parts.text().unwrap()).unwrap();
    let fed = forms(dir, &["report", "all.cor"]);
    assert!(fed == forms(dir, &["analyse", "logs"]));
}

fn open() -> OpenConfig {
    OpenConfig {
        mmap: MmapMode::Never,
        now: SystemTime::UNIX_EPOCH,
        limits: Limits::default(),
        encoding: Encoding::Auto,
        spool: std::env::temp_dir(),
        meter: Arc::new(Meter::default()),
    }
}

/// The part of one row.
fn part_of(row: &PlanRow) -> Parts {
    let summary = read_row(
        row,
        RowFrom::Path(row.uri.clone().into()),
        &ReadConfig::of(open()),
    );
    let summary = summary.unwrap();
    let id = row.inputs[0].id;
    let done = RowDone {
        input: id,
        off: row.off,
        len: row.len,
        crc32: summary.part.inputs[&id].coverage.crc32(),
    };
    Parts::one(Planned {
        of: row.of,
        rows: [(row.row, done)].into(),
        settings: row.settings.clone(),
        part: summary.part,
        sha256: Default::default(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Splits of any size down to a few bytes, in lines, at their ends and in the middle of records; parts merged in any
    /// order and grouping, some of them more than once.
    #[test]
    fn any_splits_and_any_tree_of_merges_give_one_part(
        lines in proptest::collection::vec(proptest::sample::select(vec![
            "2026-05-01 12:00:01,120 ERROR [main] c.e.Shop - order 7 failed", "java.io.IOException: refused",
            "\tat c.e.Pay.charge(Pay.java:7)", "", "2026-05-01 12:00:09,120 INFO [main] c.e.Shop - ready", "?? noise",
            "2026-05-01 12:02:01,120 WARN [main] c.e.Shop - Deploying version 1.2.3 to production\r",
        ]), 1..60),
        newline in any::<bool>(), split in 1u64..900, at in proptest::collection::vec(any::<Index>(), 30..60),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut text = lines.join("\n");
        if newline || text.is_empty() {
            text.push('\n');
        }
        fs::write(dir.path().join("app.log"), &text).unwrap();
        let rows = |split: u64| -> Vec<PlanRow> {
            let plan = done(dir.path(), &["plan", path_str(&dir.path().join("app.log")), "--no-config", "--split", &split.to_string()]);
            plan.lines().map(|l| PlanRow::parse(l, "x").unwrap()).collect()
        };
        let mut parts: Vec<Parts> = rows(split).iter().map(part_of).collect();
        let whole = rows(1 << 30).iter().map(part_of).next().unwrap();
        let mut i = 0;
        let mut next = |n: usize| { i += 1; at[i % at.len()].index(n) };
        while parts.len() > 1 {
            let a = parts.swap_remove(next(parts.len()));
            let a = if next(3) == 0 { a.clone().merge(a).unwrap() } else { a };
            let b = parts.swap_remove(next(parts.len()));
            parts.push(a.merge(b).unwrap());
        }
        let (a, b) = (parts.pop().unwrap(), whole);
        let inputs = |p: &Parts| p.0.values().next().unwrap().part.inputs.clone();
        prop_assert_eq!(inputs(&a), inputs(&b));
    }
}
