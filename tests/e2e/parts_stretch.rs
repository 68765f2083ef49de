//! Parts of a stretch of time, and of the time before it.

use crate::common::{files, path_str, repo, say};
use crate::parts::{done, forms, old};
use coroner_core::plan::row::PlanRow;
use serde_json::Value;
use std::fs;

#[test]
fn a_stretch_of_time_is_planned_too() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let drill = repo("tests/data/drills/auth-upgrade");
    let logs = path_str(&drill);
    let whole: Value = serde_json::from_str(&forms(dir, &["analyse", logs])[0]).unwrap();
    let onset = whole["incidents"][0]["onset"].as_str().unwrap();
    // lines without a zone need one from an option: nobody can look at them first
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
/// 502; every failure is reported by the application, and every ten seconds it reports a slow query.
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
fn an_earlier_part_shows_what_is_usual() {
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
    assert!(!known.to_string().contains("before: “slow query"));
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
        let rows: Vec<PlanRow> = text
            .lines()
            .map(|l| PlanRow::parse(l, "x").unwrap())
            .collect();
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
