//! What a watch hands on while it runs: to a command, into its report files, to machines.

use crate::running::{Running, nowhere};
use crate::watch::minutes;
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
