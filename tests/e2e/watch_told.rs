//! What a watch hands on while it runs: to a command, into its report files, to machines.

use crate::running::{Running, nowhere};
use crate::watch::{minutes, of, parsed};
use serde_json::Value;
use std::fs;

#[test]
fn an_input_that_is_not_understood_is_handed_to_the_command() {
    let mut w = Running::start(&["-", "-q", "--exec", "cat >> got"], nowhere());
    let lines = minutes(0, 30, 0);
    let wrapped = lines.lines().map(|l| format!("{{\"line\":{l:?}}}\n"));
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
