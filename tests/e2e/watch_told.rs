//! What a watch hands on while it runs: to a command, into its report files, to machines.

use crate::running::{Running, nowhere};
use crate::watch::{minutes, of, parsed};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::time::SystemTime;

#[test]
fn an_input_that_is_not_understood_is_handed_to_the_command() {
    let mut w = Running::start(&["-", "-q", "--exec", "cat >> got"], nowhere());
    let lines = minutes(0, 30, 0);
    let wrapped = lines.lines().map(|l| format!("[\"nginx\",{l:?}]\n"));
    w.say(&wrapped.collect::<String>());
    drop(w.child.stdin.take());
    let dir = w.leave();
    let got = fs::read_to_string(dir.path().join("got")).unwrap();
    assert!(got.contains("\"kind\":\"not_understood\""), "{got}");
}

#[test]
fn the_report_is_there_when_it_is_asked_for_and_when_an_incident_is_over() {
    let args = ["-", "--json", "-o", "r.json", "--md", "r.md", "--force"];
    let mut w = Running::start(&args, nowhere());
    w.say(&minutes(0, 30, 0));
    w.say(&minutes(30, 32, 1));
    w.until("an incident", |w| w.out().contains("incident_open"));
    assert!(!w.path("r.md").exists());
    let read = |w: &Running, name| fs::read_to_string(w.path(name)).unwrap_or_default();
    w.signal("USR1");
    w.until("a report", |w| read(w, "r.md").contains("10:30"));
    assert!(read(&w, "r.json").contains("\"truncated\""));
    w.say(&minutes(32, 50, 0));
    w.until("its end", |w| w.out().contains("incident_close"));
    w.until("a report", |w| read(w, "r.json").contains("\"recovered\""));
    w.signal("TERM");
    w.leave();
}

#[test]
fn each_part_has_its_report_in_every_form_and_the_last_one_at_the_end() {
    let args = [
        "-", "--json", "-o", "r.json", "--md", "r.md", "--state", "s.cor", "--roll", "300KiB",
    ];
    let mut w = Running::start(&args, nowhere());
    w.say(&(minutes(0, 30, 0) + &minutes(30, 40, 1) + &minutes(40, 60, 0)));
    drop(w.child.stdin.take());
    let dir = w.leave();
    let dir = dir.path();
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files
        .filter(|n| n.starts_with('r') && n.ends_with("json"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(names[0], "r-2026-03-10T100000.json");
    let read = |name: &String| -> Value {
        assert!(dir.join(name.replace(".json", ".md")).exists(), "{name}");
        serde_json::from_str(&fs::read_to_string(dir.join(name)).unwrap()).unwrap()
    };
    let all: Vec<Value> = names.iter().map(read).collect();
    let lines = |r: &Value| r["inputs"][0]["lines"].as_u64().unwrap();
    assert_eq!(all.iter().map(lines).sum::<u64>(), 7200);
    let failed = |r: &Value| r["incidents"][0]["impact"]["failed"].as_u64();
    let failed: Vec<_> = all.iter().filter_map(failed).collect();
    assert_eq!(failed, [1200], "in one of them, whole");
    let told = parsed(&fs::read(dir.join("out")).unwrap());
    let rolled = of(&told, "roll_over");
    assert_eq!(rolled.len(), 2, "{rolled:?}");
    assert_eq!(rolled[0]["name"], "2026-03-10T100000");
}

#[test]
fn lines_from_now_on_are_read_without_those_that_are_there() {
    for all in [
        &["log", "--json", "--from-end"][..],
        &["log", "--json", "-n", "0"],
    ] {
        let dir = nowhere();
        fs::write(dir.path().join("log"), minutes(0, 40, 1)).unwrap();
        let w = Running::start(all, dir);
        w.until("its start", |w| w.out().contains("\"start\""));
        std::thread::sleep(std::time::Duration::from_millis(300));
        w.signal("TERM");
        let (code, out, err) = w.end();
        assert_eq!(code, Some(0), "{err}");
        let events: Vec<_> = parsed(&out).iter().map(|e| e["event"].clone()).collect();
        assert_eq!(events, ["start", "end"], "{err}");
    }
}

/// A request in a second, of minutes before `now`, of which those in the second stretch fail.
fn ago(now: i64, minutes: Range<i64>, fail: Range<i64>) -> String {
    let line = |s: i64| {
        let time = chrono::DateTime::from_timestamp(now + s, 0).unwrap();
        let time = time.format("%d/%b/%Y:%H:%M:%S +0000");
        let status = if fail.contains(&s.div_euclid(60)) {
            502
        } else {
            200
        };
        format!("198.51.100.7 - - [{time}] \"GET /cart HTTP/1.1\" {status} 512 \"-\" \"-\"\n")
    };
    (minutes.start * 60..minutes.end * 60).map(line).collect()
}

#[test]
fn what_came_while_no_watch_ran_is_reported_at_once_and_ends_what_was_reported_before() {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = since.unwrap().as_secs() as i64;
    let dir = nowhere();
    let log = dir.path().join("log");
    fs::write(&log, ago(now, -80..-58, -63..-58)).unwrap();
    let args = ["log", "--json", "--state", "s.cor", "--exec", "cat >> got"];
    let w = Running::start(&args, dir);
    w.until("an incident", |w| w.out().contains("incident_open"));
    w.signal("TERM");
    let dir = w.leave();
    let path = dir.path().to_owned();
    let read = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(path.join(name)).unwrap();
        text.lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    assert_eq!(of(&read("got"), "incident_open").len(), 1);
    let mut file = fs::OpenOptions::new().append(true).open(&log).unwrap();
    file.write_all(ago(now, -58..0, -20..-14).as_bytes())
        .unwrap();
    let w = Running::start(&args, dir);
    w.until("both ends", |w| {
        w.out().matches("incident_close").count() == 2
    });
    w.signal("TERM");
    let _dir = w.leave();
    let (told, got) = (read("out"), read("got"));
    let closed = of(&told, "incident_close");
    let old: Vec<_> = closed.iter().map(|e| e["backfill"] == true).collect();
    assert_eq!(old, [false, true], "{told:#?}");
    let handed = |event: &str| of(&got, event).len();
    assert_eq!(
        (handed("incident_open"), handed("incident_close")),
        (1, 1),
        "{got:#?}"
    );
}
