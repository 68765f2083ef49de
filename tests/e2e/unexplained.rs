//! Rare messages around an onset of which the tool makes nothing: shown as they stand, whatever their words; routine is not.

use crate::common::{files, folder, list, path_str, report_on, say};
use crate::parts::{done, forms};
use serde_json::Value;

/// Twenty minutes in.
const ONSET: u32 = 1_200;
const WORDS: &str = "gromit parked beside the vermilion cabinet";

fn at(second: u32) -> String {
    format!("2026-03-10 14:{:02}:{:02}", second / 60, second % 60)
}

/// A proxy whose requests fail for eight minutes.
fn access() -> String {
    let line = |s: u32| {
        let status = if (ONSET..ONSET + 480).contains(&s) && s % 4 < 3 {
            502
        } else {
            200
        };
        format!(
            "198.51.100.{} - - [10/Mar/2026:14:{:02}:{:02} +0000] \"GET /cart HTTP/1.1\" {status} 12 \"-\" \"x\"\n",
            s % 200,
            s / 60,
            s % 60,
        )
    };
    (0..3_000).map(line).collect()
}

/// A worker that says the same all day, and once something else; `rare` are seconds and words.
fn worker(rare: &[(u32, &str)]) -> String {
    let mut log = String::new();
    for s in 0..3_000 {
        let now = at(s);
        log += &format!("{now} INFO worker: job {} done in {} ms\n", s * 7, s % 90);
        if s % 300 == 0 {
            log += &format!("{now} INFO worker: heartbeat, queue {} deep\n", s % 11);
        }
        for (_, words) in rare.iter().filter(|r| r.0 == s) {
            log += &format!("{now} INFO worker: {words}\n");
        }
    }
    log
}

fn on(rare: &[(u32, &str)]) -> Vec<Value> {
    let dir = folder(&[("access.log", &access()), ("worker.log", &worker(rare))]);
    let report = report_on(&[path_str(dir.path())]);
    list(&report["incidents"][0]["unexplained"]).to_vec()
}

#[test]
fn words_that_no_rule_knows_stand_in_every_form() {
    let log = worker(&[(ONSET - 20, WORDS)]);
    let dir = folder(&[("access.log", &access()), ("worker.log", &log)]);
    let line = 1 + log.lines().position(|l| l.contains(WORDS)).unwrap();
    let place = format!("worker.log:{line}");
    let [json, md, html] = forms(dir.path(), &["analyse", "."]).try_into().unwrap();
    let (_, screen, _) = say(dir.path(), &["--no-config", "access.log", "worker.log"]);
    for (form, text) in [("screen", &screen), ("Markdown", &md), ("HTML", &html)] {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let heading = flat.to_lowercase().replace("unexplained ", "unexplained, ");
        assert!(heading.contains("unexplained, around the onset"), "{form}");
        assert!(flat.contains(WORDS), "{form}: {text}");
        assert!(flat.contains(&place), "{form}: {text}");
        assert!(!flat.contains("heartbeat"), "{form}");
    }
    let report: Value = serde_json::from_str(&json).unwrap();
    let [one] = list(&report["incidents"][0]["unexplained"]) else {
        panic!("{}", report["incidents"][0]["unexplained"]);
    };
    assert_eq!(one["offset_s"].as_f64(), Some(-20.0));
    assert_eq!(
        (&one["lines"], &one["first"], &one["with"]),
        (&1.into(), &true.into(), &0.into())
    );
    assert_eq!(one["evidence"][0]["line"], line);
    assert!(
        one["evidence"][0]["excerpt"]
            .as_str()
            .unwrap()
            .contains(WORDS)
    );
}

#[test]
fn what_is_no_news_is_left_out() {
    assert!(on(&[]).is_empty());
    let words = "gromit took tea";
    // too far off, or said before again and again
    assert!(on(&[(ONSET - 300, words), (ONSET + 60, words)]).is_empty());
    let again: Vec<_> = (1..6).map(|n| (ONSET - 20 - n * 150, words)).collect();
    assert!(on(&[&again[..], &[(ONSET - 20, words)]].concat()).is_empty());
    // every ten minutes
    let even = [ONSET - 620, ONSET - 20, ONSET + 580].map(|s| (s, words));
    assert!(on(&even).is_empty());
    // the first of many is, if it comes well before the failures; what begins to say so as requests begin to wait is not
    let many = |from: u32| -> Vec<(u32, &str)> { (0..40).map(|n| (from + n * 9, words)).collect() };
    assert_eq!(on(&many(ONSET - 45))[0]["lines"], 40);
    for from in [ONSET - 15, ONSET + 5] {
        assert!(on(&many(from)).is_empty());
    }
}

#[test]
fn a_log_that_begins_then_or_says_something_new_all_the_time_says_nothing_by_it() {
    let names = ["ada", "bob", "cyd", "dee", "eve", "fay", "gus"];
    let said = names.map(|n| format!("{n} {n} {n} went home"));
    let all: Vec<(u32, &str)> = (0..7)
        .map(|n| (ONSET - 20 - 90 * n as u32, &*said[n]))
        .collect();
    assert!(on(&all).is_empty());
    let log = worker(&[(ONSET - 20, WORDS)]);
    let late: String = log
        .lines()
        .filter(|l| *l >= &*at(ONSET - 60))
        .map(|l| format!("{l}\n"))
        .collect();
    let dir = folder(&[("access.log", &access()), ("worker.log", &late)]);
    let report = report_on(&[path_str(dir.path())]);
    assert!(list(&report["incidents"][0]["unexplained"]).is_empty());
}

#[test]
fn the_nearest_five_are_reported_and_lines_at_once_are_one() {
    let words = [
        "a pot",
        "two cups",
        "some jam",
        "one scone",
        "no cake",
        "a saucer",
    ];
    let said = words.map(|w| format!("{w} of {w}"));
    let apart: Vec<(u32, &str)> = (0..6)
        .map(|n| (ONSET - 5 - 10 * n as u32, &*said[n]))
        .collect();
    let rows = on(&apart);
    let offsets: Vec<f64> = rows
        .iter()
        .map(|u| u["offset_s"].as_f64().unwrap())
        .collect();
    assert_eq!(offsets, [-45.0, -35.0, -25.0, -15.0, -5.0]);
    let at_once: Vec<(u32, &str)> = said.iter().map(|w| (ONSET - 20, &**w)).collect();
    let [one] = on(&at_once).try_into().unwrap();
    assert_eq!(one["with"], 5);
}

#[test]
fn parts_show_the_same() {
    let dir = folder(&[
        ("logs/access.log", &access()),
        (
            "logs/worker.log",
            &worker(&[(ONSET - 20, WORDS), (900, "gromit rests")]),
        ),
    ]);
    let dir = dir.path();
    let whole = forms(dir, &["analyse", "logs"]);
    assert!(whole.iter().all(|f| f.contains(WORDS)));
    done(dir, &["summarize", "logs", "-o", "one.cor", "--no-config"]);
    assert_eq!(forms(dir, &["report", "one.cor"]), whole);
    let plan = [
        "plan",
        "logs",
        "--split",
        "9KB",
        "-o",
        "plan",
        "--no-config",
    ];
    done(dir, &plan);
    for shard in ["1/2", "0/2"] {
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
            ],
        );
    }
    let parts = files(&dir.join("parts"));
    let mut report = vec!["report"];
    report.extend(parts.iter().rev().map(|p| path_str(p)));
    assert_eq!(forms(dir, &report), whole);
}
