//! Files that are followed: the end is the report on them, and nothing is lost when they are rotated while they are written.

use crate::common::{files, folder, repo, run, unpacked};
use crate::running::{Running, nowhere};
use crate::watch::{minutes, of, outage, parsed};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// Ends a watch; what it said, and what it wrote to `r.json`.
fn ended(w: Running) -> (Vec<serde_json::Value>, String) {
    let path = w.path("r.json");
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    w.until("its report", |_| path.exists());
    let dir = w.dir.path().to_owned();
    let report = fs::read_to_string(dir.join("r.json")).unwrap();
    let (code, out, err) = w.end();
    assert_eq!(code, Some(0), "{err}");
    (parsed(&out), report)
}

#[test]
fn the_end_of_a_file_and_of_a_folder_is_their_report() {
    let dir = nowhere();
    let logs = dir.path().join("logs");
    let from = repo("tests/data/drills/auth-upgrade/logs");
    for file in files(&from) {
        let to = logs
            .join(file.strip_prefix(&from).unwrap())
            .with_extension("log");
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, unpacked(&file)).unwrap();
    }
    let edge = logs.join("edge-1/access.log.log");
    let edge = if edge.exists() {
        edge
    } else {
        logs.join("edge-1/access.log")
    };
    for path in [edge.to_str().unwrap(), logs.to_str().unwrap()] {
        let w = Running::start(&[path, "--json", "-o", "r.json"], nowhere());
        w.until("a start", |w| w.out().contains("\"start\""));
        let (all, report) = ended(w);
        assert!(report == run(&[path]).json, "{path}");
        // what was over before is reported at once, as what it is
        assert!(of(&all, "incident_suspected").is_empty(), "{path}");
        let close = of(&all, "incident_close");
        assert_eq!(close.len(), 1, "{path}");
        assert_eq!(close[0]["backfill"], true, "{path}");
    }
}

/// Writes numbered lines as fast as it can; after each tenth of them `turn` is done. How many there were.
fn written(path: &Path, lines: u32, mut turn: impl FnMut(u32, &File) -> bool) {
    let open = || {
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .unwrap()
    };
    let mut file = open();
    for n in 0..lines {
        let line = format!(
            "198.51.100.{} - - [10/Mar/2026:10:{:02}:{:02} +0000] \"GET /n/{n:08} HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n",
            n % 250,
            n / 60_000 % 60,
            n / 1000 % 60,
        );
        file.write_all(line.as_bytes()).unwrap();
        if (n + 1) % (lines / 10) == 0 && turn(n / (lines / 10), &file) {
            file = open();
        }
    }
}

fn shift(path: &Path) {
    let name = |n: u32| path.with_extension(format!("log.{n}"));
    for n in (1..12).rev() {
        if name(n).exists() {
            fs::rename(name(n), name(n + 1)).unwrap();
        }
    }
}

#[test]
fn five_renames_and_five_copies_at_full_speed_lose_nothing() {
    const LINES: u32 = 40_000;
    let dir = nowhere();
    let path = dir.path().join("a.log");
    let w = Running::start(&["a.log", "--json", "-o", "r.json"], dir);
    w.until("a start", |w| w.out().contains("\"start\""));
    written(&path, LINES, |turn, file| {
        let first = path.with_extension("log.1");
        shift(&path);
        if turn % 2 == 0 {
            fs::rename(&path, &first).unwrap();
            return true;
        }
        fs::copy(&path, &first).unwrap();
        file.set_len(0).unwrap();
        false
    });
    let (all, report) = ended(w);
    let end = all.last().unwrap();
    assert_eq!(
        (&end["lines"], &end["unparsed"]),
        (&LINES.into(), &0.into())
    );
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["inputs"][0]["requests"], LINES);
    assert!(of(&all, "gap").is_empty(), "{all:?}");
}

#[test]
fn files_that_come_later_are_read_and_rotated_ones_are_not_read_twice() {
    let dir = folder(&[
        ("logs/a.log", &minutes(0, 10, 0)),
        ("logs/b.log", &minutes(0, 1, 0)),
    ]);
    let w = Running::start(&["logs", "late.log", "--json", "-o", "r.json"], dir);
    w.until("a start", |w| w.out().contains("\"start\""));
    fs::rename(w.path("logs/a.log"), w.path("logs/a.log.1")).unwrap();
    fs::write(w.path("logs/a.log"), minutes(10, 11, 0)).unwrap();
    fs::write(w.path("logs/c.log"), minutes(20, 22, 0)).unwrap();
    fs::write(w.path("late.log"), minutes(30, 31, 0)).unwrap();
    w.until("the new file", |w| w.out().contains("\"event\":\"input\""));
    let (all, report) = ended(w);
    assert_eq!(
        of(&all, "start")[0]["inputs"],
        serde_json::json!(["a.log", "b.log", "late.log"])
    );
    assert_eq!(of(&all, "input")[0]["name"], "c.log");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let lines = |n: usize| report["inputs"][n]["lines"].as_u64().unwrap();
    assert_eq!(
        [lines(0), lines(1), lines(2), lines(3)],
        [1320, 120, 240, 120]
    );
}

#[test]
fn a_folder_that_is_rotated_while_it_is_watched_stopped_and_killed_is_counted_once() {
    let dir = folder(&[("in/a.log.1", &minutes(0, 5, 0)), ("in/a.log", "")]);
    let mut dir = Some(dir);
    let (mut from, path) = (5, |dir: &Path, n: u32| dir.join(format!("in/a.log.{n}")));
    for turn in 0..4 {
        let held = dir.take().unwrap();
        let at = held.path().to_owned();
        let log = at.join("in/a.log");
        let args = ["in", "--json", "--state", "s.cor", "-o", "r.json"];
        let w = Running::start(&args, held);
        w.until("a start", |w| w.out().contains("\"start\""));
        for round in 0..3 {
            let text = minutes(from, from + 2, 0);
            from += 2;
            let mut file = File::options()
                .create(true)
                .append(true)
                .open(&log)
                .unwrap();
            file.write_all(text.as_bytes()).unwrap();
            (1..9).rev().for_each(|n| {
                let _ = fs::rename(path(&at, n), path(&at, n + 1));
            });
            if (turn + round) % 2 == 0 {
                fs::rename(&log, path(&at, 1)).unwrap();
            } else {
                fs::copy(&log, path(&at, 1)).unwrap();
                file.set_len(0).unwrap();
            }
        }
        if turn % 2 == 0 {
            // its state is of an earlier time, or none
            w.signal("KILL");
        } else {
            w.signal("TERM");
        }
        dir = Some(w.leave());
    }
    let w = Running::start(
        &["in", "--json", "--state", "s.cor", "-o", "r.json"],
        dir.unwrap(),
    );
    w.until("a start", |w| w.out().contains("\"start\""));
    let path = w.path("r.json");
    let _ = fs::remove_file(&path);
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    w.until("its report", |_| path.exists());
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let inputs = report["inputs"].as_array().unwrap();
    let lines: u64 = inputs.iter().map(|i| i["lines"].as_u64().unwrap()).sum();
    assert_eq!(lines, 120 * u64::from(from), "{inputs:?}");
}

#[test]
fn a_file_that_is_cut_off_without_a_copy_is_reported() {
    let log = outage();
    let dir = folder(&[("a.log", &log)]);
    let path = dir.path().join("a.log");
    let w = Running::start(&["a.log", "--json", "-o", "r.json"], dir);
    w.until("the incident", |w| w.out().contains("incident_open"));
    fs::write(&path, minutes(60, 61, 0)).unwrap();
    w.until("a gap", |w| {
        w.out().contains("was cut off or removed after")
    });
    let (all, _) = ended(w);
    let gaps = of(&all, "gap");
    let texts = gaps.iter().filter_map(|g| g["text"].as_str());
    let text = { texts }.find(|t| t.contains("cut off")).unwrap();
    let bytes: usize = text.split(' ').find_map(|word| word.parse().ok()).unwrap();
    // the line that it was cut off in counts too
    let read = log[..bytes].lines().count() as u64;
    assert_eq!(all.last().unwrap()["lines"], read + 120);
}

#[test]
fn a_file_that_vanishes_and_comes_back_is_read_on() {
    let dir = folder(&[("a.log", &outage()), ("b.log", &minutes(0, 60, 0))]);
    let path = dir.path().join("a.log");
    let w = Running::start(&["a.log", "b.log", "--json", "-o", "r.json"], dir);
    w.until("the incident", |w| w.out().contains("incident_open"));
    fs::remove_file(&path).unwrap();
    // what is gone is looked for each second
    std::thread::sleep(Duration::from_millis(1500));
    fs::write(&path, minutes(60, 70, 0)).unwrap();
    // what is there when a watch is asked to end is read
    let (all, _) = ended(w);
    assert_eq!(all.last().unwrap()["lines"], 7200 + 7200 + 1200);
    assert!(of(&all, "input").is_empty(), "it is the same input");
}

#[test]
fn packed_files_are_refused_and_the_others_watched() {
    let dir = folder(&[("a.log", &outage())]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(b"a line\n").unwrap();
    fs::write(dir.path().join("b.gz"), gz.finish().unwrap()).unwrap();
    let w = Running::start(&["a.log", "b.gz", "--json"], dir);
    w.until("the incident", |w| w.out().contains("incident_open"));
    w.signal("TERM");
    w.until("its end", |w| w.out().contains("\"event\":\"end\""));
    let (code, _, err) = w.end();
    assert_eq!(code, Some(2));
    assert!(err.contains("b.gz is packed"), "{err}");
}
