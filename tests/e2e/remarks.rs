//! What people write while an outage lasts, in whatever chat: quoted where it says what was found, and named where no line says more.

use crate::common::{folder, list, path_str, report_on};
use serde_json::Value;

const FOUND: &str = "pid 20988 (nightly_export) holds orders_2026 since 14:12";

/// A proxy whose requests fail for eight minutes from 14:20 on.
pub fn access() -> String {
    let line = |s: u32| {
        let fails = (1_200..1_680).contains(&s) && s % 4 < 3;
        let (minute, second) = (s / 60, s % 60);
        let status = if fails { 502 } else { 200 };
        format!(
            "198.51.100.{} - - [10/Mar/2026:14:{minute:02}:{second:02} +0000] \"GET /cart HTTP/1.1\" {status} 12 \"-\" \"x\"\n",
            s % 200
        )
    };
    (0..3_000).map(line).collect()
}

/// What two people and a program write: minute, author, words.
const SAID: [(u32, &str, &str); 4] = [
    (22, "Kim Lee", "carts fail, anyone?"),
    (23, "Grafana", "PROBLEM: carts failing on shop-1"),
    (26, "Ada Obi", FOUND),
    (40, "Kim Lee", "writing it up in RUN_17 and db_notes.md"),
];

fn report(name: &str, chat: &str) -> Value {
    let dir = folder(&[("access.log", &access()), (name, chat)]);
    report_on(&[path_str(dir.path()), "--assume-tz", "UTC"])
}

#[test]
fn what_was_found_is_quoted_and_names_what_no_line_says() {
    let teams = SAID.map(|(m, by, words)| {
        format!(
            r#"{{"id":"{m}","messageType":"message","createdDateTime":"2026-03-10T14:{m}:00Z","from":{{"user":{{"displayName":"{by}"}}}},"body":{{"contentType":"html","content":"<p>{words}</p>"}}}}"#
        )
    });
    let teams = format!("{{\"value\": [\n{}\n]}}\n", teams.join(",\n"));
    let discord = SAID.map(|(m, by, words)| format!("[10/03/2026 14:{m}] {by}\n{words}\n"));
    let phone = SAID.map(|(m, by, words)| format!("10/03/2026, 14:{m} - {by}: {words}\n"));
    let irc = SAID.map(|(m, by, words)| {
        let nick = by.split(' ').next().unwrap_or(by);
        format!("2026-03-10 14:{m}:00\t{nick}\t{words}\n")
    });
    for (name, chat, line) in [
        ("teams.json", teams, 4),
        ("ops.txt", discord.join("\n"), 7),
        ("WhatsApp Chat.txt", phone.concat(), 3),
        ("irc.weechatlog", irc.concat(), 3),
    ] {
        let r = report(name, &chat);
        let incident = &list(&r["incidents"])[0];
        let rows = list(&incident["timeline"]).iter();
        let found: Vec<&Value> = rows.filter(|e| e["kind"] == "finding").collect();
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        let text = found[0]["text"].as_str().unwrap();
        assert_eq!(text, format!("Note: “{FOUND}”"), "{name}");
        assert_eq!(found[0]["evidence"][0]["line"], line, "{name}");
        let first = &list(&incident["causes"])[0];
        assert_eq!(first["class"], "unknown", "{name}");
        assert_eq!(first["culprit"]["name"], FOUND, "{name}");
        assert_eq!(incident["cause_verdict"], "not_established", "{name}");
        assert!(first["score"].as_f64().unwrap() <= 0.79, "{name}");
    }
}

#[test]
fn what_programs_post_and_what_was_written_long_before_is_no_finding() {
    let irc = |by: &str, minute: u32| {
        format!(
            "2026-03-10 14:00:00\tkim\thello\n2026-03-10 14:{minute:02}:00\t{by}\t{FOUND}\n2026-03-10 14:45:00\tkim\tbye\n"
        )
    };
    for (by, minute) in [("zabbot", 26), ("deploy-bot", 26), ("kim", 5)] {
        let r = report("irc.weechatlog", &irc(by, minute));
        let rows = list(&r["incidents"][0]["timeline"]);
        assert!(rows.iter().all(|e| e["kind"] != "finding"), "{by} {minute}");
    }
    let r = report("irc.weechatlog", &irc("kim", 26));
    let rows = list(&r["incidents"][0]["timeline"]);
    assert!(rows.iter().any(|e| e["kind"] == "finding"));
}

#[test]
fn a_chat_without_a_zone_is_placed_by_when_people_wrote() {
    let (access, said) = (access(), SAID.map(|(m, by, words)| (m + 1, by, words)));
    let more = [
        (21, "Kim Lee", "is it only me?"),
        (29, "Ada Obi", "calmer now"),
    ];
    let mut all: Vec<_> = said.into_iter().chain(more).collect();
    all.sort();
    for (name, east) in [("Mumbai", 330), ("New York", -240), ("UTC", 0)] {
        let line = |(m, by, words): &(u32, &str, &str)| {
            let minute = 14 * 60 + *m as i32 + east;
            format!(
                "10/03/2026, {:02}:{:02} - {by}: {words}\n",
                minute / 60,
                minute % 60
            )
        };
        let chat: String = all.iter().map(line).collect();
        let dir = folder(&[("access.log", &access), ("WhatsApp Chat.txt", &chat)]);
        let r = report_on(&[path_str(dir.path())]);
        let rows = list(&r["incidents"][0]["timeline"]).iter();
        let found: Vec<&Value> = rows.filter(|e| e["kind"] == "finding").collect();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0]["time"], "2026-03-10T14:27:00+00:00", "{name}");
    }
}

#[test]
fn what_people_write_of_an_act_that_a_log_reports_is_chat_as_the_rest() {
    let irc = "2026-03-10 14:00:00\tkim\thello\n2026-03-10 14:19:00\tkim\tdeploying shop 4.2.0 now\n2026-03-10 14:45:00\tkim\tbye\n";
    let deploys = "2026-03-10T14:19:10Z INFO [deploy] deploy of shop 4.2.0 started\n2026-03-10T14:19:50Z INFO [deploy] deploy of shop 4.2.0 finished\n";
    let dir = folder(&[
        ("access.log", &access()),
        ("irc.weechatlog", irc),
        ("deploy.log", deploys),
    ]);
    let r = report_on(&[path_str(dir.path()), "--assume-tz", "UTC"]);
    let rows = list(&list(&r["incidents"])[0]["timeline"]).iter();
    let noted: Vec<&str> = rows
        .filter(|e| e["kind"] == "human_note")
        .map(|e| e["text"].as_str().unwrap())
        .collect();
    assert_eq!(noted, ["Note: “<kim> deploying shop 4.2.0 now”"]);
}
