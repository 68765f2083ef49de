//! Work that is shared: whatever way logs are split, read and merged, the report is that of one machine; and what does not
//! fit together is refused by name.

use crate::common::{coroner, files, path_str, repo, say, surroundings, unpacked};
use clap::Parser;
use coroner::cli::{Cli, Exit};
use coroner::plan::row::Row;
use coroner::scan::{ReadConfig, RowFrom, read_row};
use coroner::source::{Encoding, Limits, Meter, MmapMode, OpenConfig};
use coroner::summary::wire::file::{Parts, Planned, RowDone};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Runs the program in a folder and expects it to end well.
fn done(dir: &Path, args: &[&str]) -> String {
    let (code, out, err) = say(dir, args);
    assert_eq!(code, 0, "{args:?}: {err}");
    out
}

/// A folder with logs of every framing: lines, stack traces over many lines, CRLF, no newline at the end, empty files,
/// nothing but newlines, a whole JSON document, an archive, a packed file.
fn logs(dir: &Path) -> PathBuf {
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
fn old(file: &Path) {
    let then = SystemTime::now() - std::time::Duration::from_secs(3600);
    let file = fs::File::options().append(true).open(file).unwrap();
    file.set_modified(then).unwrap();
}

/// JSON, Markdown, HTML of a report.
fn forms(dir: &Path, command: &[&str]) -> Vec<String> {
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
        let row: Row = serde_json::from_str(line).unwrap();
        let bytes = fs::read(&row.uri).unwrap();
        assert!(Path::new(&row.uri).starts_with(logs.canonicalize().unwrap()));
        let from = (row.off as usize).saturating_sub(1);
        let out = coroner()
            .args(["summarize", "--plan-row", line, "-"])
            // more than the row asks for, as an engine gives it
            .write_stdin(bytes[from..].to_vec())
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
fn part_of(row: &Row) -> Parts {
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
        let rows = |split: u64| -> Vec<Row> {
            let (log, to) = (dir.path().join("app.log"), dir.path().join("plan"));
            let split = split.to_string();
            let args = ["coroner", "plan", path_str(&log), "--no-config", "--split", &split, "-o", path_str(&to)];
            let outcome = Cli::try_parse_from(args).unwrap().command.unwrap().run(&surroundings());
            assert_eq!(outcome.exit, Exit::Done, "{:?}", outcome.complaints);
            let plan = fs::read_to_string(to).unwrap();
            plan.lines().map(|l| Row::parse(l, "x").unwrap()).collect()
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

/// A folder with the access log of an outage, and the parts of its splits by row.
fn in_parts(dir: &Path) -> Vec<PathBuf> {
    let packed = repo("tests/data/drills/auth-upgrade/logs/edge-1/access.log.gz");
    fs::create_dir(dir.join("logs")).unwrap();
    fs::write(dir.join("logs/access.log"), unpacked(&packed)).unwrap();
    let log = "logs/access.log";
    done(
        dir,
        &["plan", log, "--split", "100KB", "-o", "plan", "--no-config"],
    );
    done(dir, &["summarize", "--plan", "plan", "-o", "parts"]);
    let all = files(&dir.join("parts"));
    assert!(all.len() > 4);
    all
}

#[test]
fn a_missing_part_is_a_gap_and_lines_behind_it_have_no_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = in_parts(dir);
    for missing in [2, parts.len() - 1] {
        let mut args = vec!["report"];
        let left = parts.iter().enumerate().filter(|(i, _)| *i != missing);
        args.extend(left.map(|(_, p)| path_str(p)));
        args.extend(["-q", "--no-config", "--json", "gap.json"]);
        let (code, _, err) = say(dir, &args);
        assert_eq!(code, 2, "{err}");
        assert!(
            err.contains("rows of the plan") && err.contains("access.log: bytes "),
            "{err}"
        );
        let json = fs::read_to_string(dir.join("gap.json")).unwrap();
        let report: Value = serde_json::from_str(&json).unwrap();
        let gaps = report["gaps"].to_string();
        assert!(gaps.contains("are in no part"), "{gaps}");
        let cited = json.matches("\"line\": null").count();
        assert_eq!(cited > 0, missing == 2, "{cited} citations by byte");
        args.push("--allow-gaps");
        assert_eq!(say(dir, &args).0, 0);
    }
    // an input of which no part is there is not forgotten either
    let (code, _, err) = say(dir, &["merge", path_str(&parts[0]), "-o", "some.cor"]);
    assert!(code == 2 && err.contains("--allow-gaps"), "{err}");
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let parts = in_parts(dir);
    let refused = |args: &[&str], why: &[&str]| {
        let (code, _, err) = say(dir, args);
        assert_eq!(code, 2, "{err}");
        why.iter()
            .for_each(|w| assert!(err.contains(w), "{w}: {err}"));
    };
    // overlap of which neither holds the other
    let of = |i: usize| path_str(&parts[i]);
    done(dir, &["merge", of(0), of(1), "-o", "a.cor", "--allow-gaps"]);
    done(dir, &["merge", of(1), of(2), "-o", "b.cor", "--allow-gaps"]);
    refused(&["merge", "a.cor", "b.cor"], &["overlap on access.log"]);
    // damaged, cut short, nothing, no part at all
    let text = fs::read_to_string(&parts[0]).unwrap();
    fs::write(
        dir.join("edited.cor"),
        text.replacen("checkout", "chekcout", 1),
    )
    .unwrap();
    refused(
        &["report", "edited.cor"],
        &["edited.cor line 1", "checksum"],
    );
    fs::write(dir.join("short.cor"), &text[..text.len() / 2]).unwrap();
    refused(&["report", "short.cor"], &["short.cor line 1", "cut short"]);
    fs::write(dir.join("empty.cor"), "").unwrap();
    refused(&["report", "empty.cor"], &["empty.cor holds no part"]);
    refused(
        &["merge", "logs/access.log"],
        &["logs/access.log line 1", "no part"],
    );
    refused(&["report", "nowhere.cor"], &["nowhere.cor"]);
    // a byte of the input changes between two attempts at one row
    let log = fs::read_to_string(dir.join("logs/access.log")).unwrap();
    let at = log.rfind("GET /").unwrap();
    fs::write(
        dir.join("logs/access.log"),
        format!("{}PUT /{}", &log[..at], &log[at + 5..]),
    )
    .unwrap();
    let last = (parts.len() - 1).to_string();
    done(
        dir,
        &["summarize", "--plan", "plan", "--row", &last, "-o", "again"],
    );
    let again = fs::read_dir(dir.join("again"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    refused(
        &["merge", of(parts.len() - 1), path_str(&again)],
        &["access.log has changed, bytes"],
    );
    // the file is another one, or shorter
    fs::write(dir.join("logs/access.log"), format!("x{log}")).unwrap();
    refused(
        &["summarize", "--plan", "plan", "-o", "p2"],
        &["access.log has changed", "other bytes"],
    );
    fs::write(dir.join("logs/access.log"), &log[..log.len() - 9]).unwrap();
    refused(
        &["summarize", "--plan", "plan", "-o", "p2"],
        &["access.log has changed", "shorter"],
    );
}

#[test]
fn parts_of_two_plans_are_joined_if_they_ask_for_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    logs(dir);
    done(
        dir,
        &["summarize", "logs/app.log", "-o", "a.cor", "--no-config"],
    );
    done(
        dir,
        &[
            "summarize",
            "logs/newlines.log",
            "-o",
            "b.cor",
            "--no-config",
        ],
    );
    let both = forms(dir, &["report", "b.cor", "a.cor"]);
    assert!(both == forms(dir, &["analyse", "logs/app.log", "logs/newlines.log"]));
    done(
        dir,
        &[
            "summarize",
            "logs/newlines.log",
            "-o",
            "c.cor",
            "--slo",
            "99%",
            "--no-config",
        ],
    );
    let (code, _, err) = say(dir, &["report", "a.cor", "c.cor"]);
    assert!(code == 2 && err.contains("different settings"), "{err}");
    fs::create_dir(dir.join("other")).unwrap();
    fs::copy(dir.join("logs/newlines.log"), dir.join("other/app.log")).unwrap();
    done(
        dir,
        &["summarize", "other/app.log", "-o", "d.cor", "--no-config"],
    );
    let (code, _, err) = say(dir, &["report", "a.cor", "d.cor"]);
    assert!(
        code == 2 && err.contains("app.log") && err.contains("--name-root"),
        "{err}"
    );
}

#[test]
fn parts_that_travel_hold_no_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let line = "2026-05-01 12:00:01,120 ERROR [main] c.e.Shop - login of ada@example.org failed password=hunter22 user=grace\n";
    fs::write(dir.join("a.log"), line.repeat(30)).unwrap();
    done(
        dir,
        &["summarize", "a.log", "-o", "open.cor", "--no-config"],
    );
    done(
        dir,
        &[
            "summarize",
            "a.log",
            "-o",
            "shut.cor",
            "--redact",
            "--no-config",
        ],
    );
    let read = |n: &str| fs::read_to_string(dir.join(n)).unwrap();
    assert!(
        read("open.cor").contains("hunter22"),
        "a part is as secret as its logs"
    );
    let shut = read("shut.cor");
    let gone = ["hunter22", "ada@", "grace"];
    assert!(gone.iter().all(|w| !shut.contains(w)));
    assert!(shut.contains("«person-"));
    for option in ["--no-redact", "--show-names", "--raw-evidence"] {
        let (code, _, err) = say(dir, &["report", "shut.cor", option]);
        assert!(
            code == 2 && err.contains(option) && err.contains("--redact"),
            "{err}"
        );
    }
    done(dir, &["report", "shut.cor"]);
    #[cfg(unix)]
    for name in ["open.cor", "shut.cor"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(dir.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn rows_that_cannot_be_read_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    logs(dir);
    let plan = done(dir, &["plan", "logs/app.log", "--no-config"]);
    fs::write(dir.join("plan"), &plan).unwrap();
    let refused = |args: &[&str], why: &str| {
        let (code, _, err) = say(dir, args);
        assert!(code == 2 && err.contains(why), "{err}");
    };
    refused(
        &["summarize", "--plan", "plan", "--row", "9", "-o", "p"],
        "the plan has 1 rows",
    );
    refused(&["summarize", "--plan", "plan"], "add -o DIR");
    refused(
        &["summarize", "--plan", "plan", "--shard", "8/8", "-o", "p"],
        "0/8",
    );
    let other = plan.replace(
        concat!("\"coroner\":\"", env!("CARGO_PKG_VERSION")),
        "\"coroner\":\"0.0.9",
    );
    refused(&["summarize", "--plan-row", &other], "coroner 0.0.9");
    refused(&["summarize", "--plan-row", "{}"], "is no row of a plan");
    let inside_out = plan.replace("\"off\":0", "\"off\":99999999");
    refused(
        &["summarize", "--plan-row", &inside_out],
        "contradicts itself",
    );
    refused(&["plan", "logs", "--since", "-3h"], "2023-05-01T12:30:00Z");
}

#[test]
fn a_stretch_of_time_is_planned_too() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let drill = repo("tests/data/drills/auth-upgrade");
    let logs = path_str(&drill);
    let whole: Value = serde_json::from_str(&forms(dir, &["analyse", logs])[0]).unwrap();
    let onset = whole["incidents"][0]["onset"].as_str().unwrap();
    // lines without a zone have to be told theirs: nobody can look at them first
    let (code, _, err) = say(dir, &["plan", logs, "--since", onset, "--no-config"]);
    assert!(code == 2 && err.contains("--assume-tz"), "{err}");
    let scope = [logs, "--since", onset, "--assume-tz", "+01:00"];
    let one = forms(dir, &[&["analyse"], &scope[..]].concat());
    let split = ["--split", "30KB", "-o", "plan", "--no-config"];
    done(dir, &[&["plan"], &scope[..], &split].concat());
    done(dir, &["summarize", "--plan", "plan", "-o", "parts"]);
    let parts: Vec<String> = files(&dir.join("parts"))
        .iter()
        .map(|p| path_str(p).to_owned())
        .collect();
    let mut args: Vec<&str> = vec!["report"];
    args.extend(parts.iter().map(String::as_str));
    let shared = forms(dir, &args);
    let differs = one[0].lines().zip(shared[0].lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None);
    assert!(one == shared);
}

/// Access and application lines of some minutes of one hour, one request a second, of which one in `fails` is answered with
/// 502; every failure is told by the application, and every ten seconds it tells of a slow query.
fn hour(hour: u32, minutes: u32, fails: u32) -> (String, String) {
    let (mut access, mut app) = (String::new(), String::new());
    for s in 0..minutes * 60 {
        let (m, sec, client) = (s / 60, s % 60, s % 61);
        let bad = s % fails == fails / 2;
        let status = if bad { 502 } else { 200 };
        access.push_str(&format!(
            "10.0.1.{client} - - [01/May/2026:{hour:02}:{m:02}:{sec:02} +0000] \"GET / HTTP/1.1\" {status} 12 \"-\" \"c\"\n"
        ));
        let line = format!("2026-05-01T{hour:02}:{m:02}:{sec:02}.000Z");
        if bad {
            app.push_str(&format!("{line} ERROR backend went away\n"));
        }
        if s % 10 == 0 {
            app.push_str(&format!("{line} WARN slow query took {s} ms\n"));
        }
    }
    (access, app)
}

#[test]
fn an_earlier_part_tells_what_is_usual() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for (name, (access, app)) in [("quiet", hour(9, 60, 900)), ("bad", hour(10, 12, 2))] {
        fs::create_dir(dir.join(name)).unwrap();
        fs::write(dir.join(name).join("access.log"), access).unwrap();
        fs::write(dir.join(name).join("app.log"), app).unwrap();
    }
    done(
        dir,
        &["summarize", "quiet", "-o", "quiet.cor", "--no-config"],
    );
    let report = |args: &[&str]| -> Value {
        serde_json::from_str(&forms(dir, &[&["analyse", "bad"], args].concat())[0]).unwrap()
    };
    let gap = |r: &Value, kind: &str| {
        let gaps = r["gaps"].as_array().unwrap();
        gaps.iter().any(|g| g["kind"] == kind)
    };
    // twelve minutes of failures and nothing else: half of the requests may be usual
    let alone = report(&[]);
    assert!(gap(&alone, "no_baseline"), "{}", alone["gaps"]);
    let known = report(&["--baseline", "quiet.cor"]);
    assert_eq!(known["verdict"], "incident");
    assert!(!gap(&known, "no_baseline"), "{}", known["gaps"]);
    let expected = known["incidents"][0]["impact"]["expected_failed"]
        .as_f64()
        .unwrap();
    // 720 requests, of which one in 900 fails when nothing is wrong
    assert!((0.0..=2.0).contains(&expected), "{expected}");
    let crc = known["run"]["settings"]["baseline"].as_str().unwrap();
    let file = fs::read(dir.join("quiet.cor")).unwrap();
    assert_eq!(crc, format!("{:08x}", crc32fast::hash(&file)));
    assert!(
        !known
            .to_string()
            .contains("\"New error message, never seen before: “slow query")
    );
    // the same from a part, and never kept in one
    done(dir, &["summarize", "bad", "-o", "bad.cor", "--no-config"]);
    let part = ["report", "bad.cor", "--baseline", "quiet.cor"];
    assert!(forms(dir, &part) == forms(dir, &["analyse", "bad", "--baseline", "quiet.cor"]));
    let (code, _, err) = say(dir, &["summarize", "bad", "--baseline", "quiet.cor"]);
    assert!(code == 2 && err.contains("coroner report"), "{err}");
    let (code, _, err) = say(dir, &["bad", "--baseline", "bad/app.log"]);
    assert!(code == 2 && err.contains("no part"), "{err}");
}

#[test]
fn splits_outside_a_stretch_of_time_are_only_counted() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    fs::create_dir(dir.join("logs")).unwrap();
    // three hours, the second of them bad for ten minutes
    let log: String = [hour(9, 60, 900).0, hour(10, 10, 2).0, hour(11, 60, 900).0].concat();
    let log = log.replace("\"c\"", "\"a client with a name that is rather long\"");
    assert!(log.len() > 768 << 10);
    fs::write(dir.join("logs/access.log"), &log).unwrap();
    old(&dir.join("logs/access.log"));
    let scope = [
        "logs",
        "--since",
        "2026-05-01T09:55:00Z",
        "--until",
        "2026-05-01T10:15:00Z",
    ];
    let plan = |more: &[&str]| {
        let words = ["--split", "40KB", "-o", "plan", "--no-config"];
        done(dir, &[&["plan"], &scope[..], more, &words].concat());
        let text = fs::read_to_string(dir.join("plan")).unwrap();
        let rows: Vec<Row> = text.lines().map(|l| Row::parse(l, "x").unwrap()).collect();
        let _ = fs::remove_dir_all(dir.join("parts"));
        done(dir, &["summarize", "--plan", "plan", "-o", "parts"]);
        let parts = files(&dir.join("parts"));
        let mut args = vec!["report"];
        args.extend(parts.iter().map(|p| path_str(p)));
        (rows, forms(dir, &args))
    };
    let one = forms(dir, &[&["analyse"], &scope[..]].concat());
    let (all, plain) = plan(&[]);
    let (probed, looked) = plan(&["--probe"]);
    let passed = probed.iter().filter(|r| r.pass).count();
    assert!(
        all.iter().all(|r| !r.pass) && passed * 2 > probed.len(),
        "{passed} of {}",
        probed.len()
    );
    assert!(plain == one && looked == one);
    // without numbers they need not be read at all
    let (few, unnumbered) = plan(&["--probe", "--no-line-numbers"]);
    assert_eq!(few.len() + passed, all.len());
    let onset = |forms: &[String]| -> Value {
        let report: Value = serde_json::from_str(&forms[0]).unwrap();
        report["incidents"][0]["onset"].clone()
    };
    assert!(onset(&one).is_string());
    assert_eq!(onset(&unnumbered), onset(&one));
    assert!(unnumbered[0].contains("was read in part only"));
}
