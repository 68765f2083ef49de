//! What is found where the share of failing requests of the whole site does not show: keys, latency, retried failures,
//! error messages without requests, planned work, silences of all sources.

use crate::common::{coroner, folder, path_str, report_on, say};
use serde_json::Value;

/// Seconds of a log as `HH:MM:SS` from ten o'clock on.
fn clock(s: u32) -> String {
    format!("{:02}:{:02}:{:02}", 10 + s / 3600, s / 60 % 60, s % 60)
}

/// One access line; `client` and `route` differ from line to line.
fn line(s: u32, client: u32, route: &str, status: u16, time: f64, upstream: &str) -> String {
    format!(
        "192.0.2.{} - - [01/May/2023:{} +0000] \"GET {route} HTTP/1.1\" {status} 5 \"-\" \"x\" rt={time:.3} ua=\"10.0.0.1:80, 10.0.0.2:80\" us=\"{upstream}\" urt=\"{time:.3}\"\n",
        1 + client % 200,
        clock(s)
    )
}

/// An hour of two requests a second; `of` shows status, seconds taken and upstream statuses of the n-th request of a second.
fn hour(of: impl Fn(u32, u32) -> (u16, f64, &'static str)) -> String {
    (0..7200)
        .map(|i| {
            let (s, n) = (i / 2, i % 2);
            let (status, time, upstream) = of(s, n);
            let route = if s % 10 == 0 { "/pay" } else { "/list" };
            line(s, i, route, status, time, upstream)
        })
        .collect()
}

fn only(files: &[(&str, &str)]) -> Value {
    let dir = folder(files);
    report_on(&[path_str(dir.path())])
}

fn incidents(r: &Value) -> &Vec<Value> {
    r["incidents"].as_array().unwrap()
}

#[test]
fn slow_answers_are_an_incident_without_a_failure() {
    let slow = |s: u32| (1500..2100).contains(&s);
    let log = hour(|s, n| {
        let time = if slow(s) && n == 0 { 4.0 } else { 0.03 };
        (200, time, "200")
    });
    let r = only(&[("access.log", &log)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let i = &incidents(&r)[0];
    assert_eq!(i["components"][0]["kind"], "latency");
    assert_eq!(i["onset"], "2023-05-01T10:25:00+00:00");
    assert_eq!(i["recovery"], "2023-05-01T10:35:00+00:00");
}

#[test]
fn a_retried_failure_is_a_row_and_no_incident() {
    let hidden = |s: u32, n: u32| s == 1800 && n == 1;
    let log = hour(|s, n| (200, 0.03, if hidden(s, n) { "502, 200" } else { "200" }));
    let r = only(&[("access.log", &log)]);
    assert!(incidents(&r).is_empty());
    let rows: Vec<&Value> = r["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["kind"] == "masked_failover")
        .collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["time"], "2023-05-01T10:30:00+00:00");
    // two lines a second: the second one of second 1,800
    assert_eq!(rows[0]["evidence"][0]["line"], 3602);
    let dir = folder(&[("access.log", &log)]);
    let show = |kind: &str, width: &str| {
        let args = ["access.log", "--as", kind, "--width", width];
        let out = coroner()
            .current_dir(dir.path())
            .args(args)
            .output()
            .unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (kind, width) in [("text", "80"), ("text", "20"), ("md", "80"), ("html", "80")] {
        let text = show(kind, width);
        assert!(
            text.contains("clients saw no 5xx meanwhile"),
            "{kind}: {text}"
        );
        assert!(
            text.contains("10:30:00") && text.contains("access.log:3602"),
            "{kind}: {text}"
        );
    }
    for layout in ["google", "pagerduty", "atlassian", "gitlab", "seed"] {
        let (_, text, _) = say(
            dir.path(),
            &["access.log", "--as", "md", "--template", layout],
        );
        let (_, part) = text
            .split_once("## Failed, then succeeded on retry\n\n- ")
            .unwrap_or_else(|| panic!("{layout}: {text}"));
        let row = part.lines().next().unwrap();
        assert!(
            row.contains("10:30:00") && row.contains("`access.log:3602`"),
            "{layout}: {row}"
        );
    }
}

#[test]
fn error_messages_count_where_no_request_is_logged() {
    let app: String = (0..3600)
        .step_by(5)
        .map(|s| {
            let text = if (1800..2400).contains(&s) {
                "ERROR worker: cannot open the ledger"
            } else {
                "INFO worker: job done"
            };
            format!("2023-05-01T{}Z {text}\n", clock(s))
        })
        .collect();
    let r = only(&[("worker.log", &app)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let i = &incidents(&r)[0];
    assert_eq!(i["components"][0]["kind"], "log_errors");
    assert_eq!(i["onset"], "2023-05-01T10:30:00+00:00");
    // the same message all along is how the service is
    let noise = app.replace(
        "INFO worker: job done",
        "ERROR worker: cannot open the ledger",
    );
    assert!(incidents(&only(&[("worker.log", &noise)])).is_empty());
}

#[test]
fn a_silence_of_all_sources_is_one_pair_of_rows_and_blames_nobody() {
    let quiet = |s: &u32| !(1800..3000).contains(s);
    let of = |name: &str| -> String {
        (0..5400)
            .step_by(7)
            .filter(quiet)
            .map(|s| format!("2023-05-01T{}Z INFO {name}: alive\n", clock(s)))
            .collect()
    };
    let r = only(&[
        ("a.log", &of("a")),
        ("b.log", &of("b")),
        ("c.log", &of("c")),
    ]);
    assert!(incidents(&r).is_empty(), "{r:#}");
    let of_kind = |k: &str| {
        let rows = r["timeline"].as_array().unwrap().iter();
        rows.filter(|e| e["kind"] == k)
            .map(|e| e["time"].clone())
            .collect::<Vec<_>>()
    };
    // every seventh second: the last before 1,800 is 1,799, the first from 3,000 on is 3,003
    assert_eq!(of_kind("silence_start"), ["2023-05-01T10:29:59+00:00"]);
    assert_eq!(of_kind("silence_finish"), ["2023-05-01T10:50:03+00:00"]);
}

/// Gaps of a kind, in words.
fn gaps<'r>(r: &'r Value, kind: &str) -> Vec<&'r str> {
    let all = r["gaps"].as_array().unwrap().iter();
    all.filter(|g| g["kind"] == kind)
        .map(|g| g["text"].as_str().unwrap())
        .collect()
}

#[test]
fn maintenance_that_people_speak_of_hides_no_failure() {
    let log = hour(|s, _| {
        (
            if (1500..2100).contains(&s) { 503 } else { 200 },
            0.03,
            "200",
        )
    });
    let chat = r#"{"type":"message","ts":"1682936690.000100","user":"U1","text":"the tax portal went down for maintenance, ignore that job"}"#;
    let r = only(&[
        ("access.log", &log),
        ("chat/ops.jsonl", &format!("{chat}\n")),
    ]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
}

#[test]
fn failures_inside_maintenance_that_an_application_announces_are_planned() {
    let down = |s: u32| (1500..2100).contains(&s);
    let log = hour(|s, _| (if down(s) { 503 } else { 200 }, 0.03, "200"));
    let said = |word: &str| {
        format!(
            "2023-05-01T10:24:58Z INFO [site] maintenance mode {word} by admin\n\
             2023-05-01T10:35:02Z INFO [site] maintenance mode disabled by admin\n"
        )
    };
    let r = only(&[("access.log", &log), ("app.log", &said("enabled"))]);
    assert_eq!(incidents(&r).len(), 0, "{r:#}");
    let planned = &r["planned"][0];
    assert_eq!(planned["start"], "2023-05-01T10:25:00+00:00");
    assert_eq!(planned["failed"], 1200);
    assert!(
        planned["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["line"] == 1 && e["excerpt"].as_str().unwrap().contains("enabled"))
    );
    // what is only announced explains nothing
    let r = only(&[("access.log", &log), ("app.log", &said("will be enabled"))]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
}

#[test]
fn an_incident_that_seems_over_for_a_while_has_rows_for_it() {
    let down = |s: u32| (1500..1800).contains(&s) || (1980..2280).contains(&s);
    let log = hour(|s, _| (if down(s) { 500 } else { 200 }, 0.03, "200"));
    let r = only(&[("access.log", &log)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let rows = incidents(&r)[0]["timeline"].as_array().unwrap();
    let row = |kind: &str| rows.iter().find(|e| e["kind"] == kind).unwrap();
    // two requests a second: line 3,600 is the last one that fails before the pause, line 3,961 the first one after it
    let (pause, again) = (row("partial_recovery"), row("relapse"));
    assert_eq!(pause["time"], "2023-05-01T10:29:59+00:00");
    assert_eq!(pause["evidence"][0]["line"], 3600);
    assert!(
        pause["text"]
            .as_str()
            .unwrap()
            .ends_with("only for 3 min 1 s")
    );
    assert_eq!(again["time"], "2023-05-01T10:33:00+00:00");
    assert_eq!(again["evidence"][0]["line"], 3961);
}

#[test]
fn an_incident_that_grows_worse_has_a_row_for_its_worst_minute() {
    let log = |worst: bool| {
        hour(move |s, n| {
            let fails = match s {
                1920..1980 if worst => true,
                1500..2400 => s % 5 == 0 && n == 0,
                _ => false,
            };
            (if fails { 500 } else { 200 }, 0.03, "200")
        })
    };
    let rows = |worst: bool| -> Vec<Value> {
        let r = only(&[("access.log", &log(worst))]);
        assert_eq!(incidents(&r).len(), 1, "{r:#}");
        let rows = incidents(&r)[0]["timeline"].as_array().unwrap().iter();
        rows.filter(|e| e["kind"] == "peak").cloned().collect()
    };
    // two requests a second: that minute holds 120, and begins with line 3,841
    let found = rows(true);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["time"], "2023-05-01T10:32:00+00:00");
    assert_eq!(found[0]["evidence"][0]["line"], 3841);
    assert_eq!(
        found[0]["text"],
        "Worst minute: 100 % of its 120 requests fail"
    );
    assert_eq!(rows(false), Vec::<Value>::new());
}

#[test]
fn an_acknowledgement_before_its_alert_is_a_clock_that_is_wrong() {
    let down = |s: u32| (1500..2400).contains(&s);
    let log = hour(|s, _| (if down(s) { 500 } else { 200 }, 0.03, "200"));
    let event = |what: &str, time: &str| {
        format!(
            "{{\"event\":{{\"id\":\"{what}\",\"event_type\":\"incident.{what}\",\"resource_type\":\"incident\",\"occurred_at\":\"2023-05-01T{time}Z\",\"data\":{{\"id\":\"PGR0VU2\",\"type\":\"incident\",\"number\":2,\"title\":\"Site down\",\"status\":\"triggered\"}}}}}}\n"
        )
    };
    let pages = |ack: &str| event("triggered", "10:26:00") + &event("acknowledged", ack);
    let late = only(&[("access.log", &log), ("pd.jsonl", &pages("10:28:00"))]);
    let durations = &incidents(&late)[0]["durations"];
    assert_eq!(durations["acknowledge_s"], 120.0, "{durations}");
    assert_eq!(gaps(&late, "clock"), Vec::<&str>::new());
    let early = only(&[("access.log", &log), ("pd.jsonl", &pages("10:25:30"))]);
    assert_eq!(
        incidents(&early)[0]["durations"]["acknowledge_s"],
        Value::Null
    );
    assert_eq!(
        gaps(&early, "clock"),
        [
            "the acknowledgement stands before what it must follow: a clock or marker mismatch, no duration is given"
        ]
    );
}

/// A server that writes when a request came, and an application that logs half a minute later why it failed.
#[test]
fn errors_that_say_how_long_they_waited_move_no_clock() {
    let mut x = 7u64;
    let mut random = |n: u64| {
        x = x
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (x >> 33) % n
    };
    let failing: std::collections::BTreeSet<u32> =
        (0..500).map(|_| 1500 + random(1500) as u32).collect();
    let access: String = (0..7200)
        .map(|i| {
            let (s, n) = (i / 2, i % 2);
            let status = if n == 1 && failing.contains(&s) { 504 } else { 200 };
            let client = 1 + random(200);
            format!("192.0.2.{client} - - [01/May/2023:{} +0000] \"GET /pay HTTP/1.1\" {status} 5 \"-\" \"x\"\n", clock(s))
        })
        .collect();
    let app = |message: &str| -> String {
        let lines = failing.iter().map(|s| {
            format!(
                "2023-05-01 {},120 ERROR [exec-3] shop.Pay - {message}\n",
                clock(s + 30)
            )
        });
        lines.collect()
    };
    let moved = |message: &str| {
        let r = only(&[("access.log", &access), ("pay.log", &app(message))]);
        let gap_of = gaps(&r, "clock").into_iter();
        gap_of.filter(|g| g.contains("runs 30 s ahead")).count()
    };
    assert_eq!(moved("payment failed: read timed out after 30001 ms"), 0);
    // requests wait as long without a word of it: errors alone are no second witness
    assert_eq!(moved("payment failed: no such method"), 0);
    assert_eq!(moved("payment failed: read timed out after 5 s"), 0);
}

#[test]
fn a_clock_that_was_set_back_is_reported_where_nothing_shows_which_part_is_right() {
    let access = hour(|s, n| match (1500..2100).contains(&s) && n == 1 {
        true => (500, 0.03, "500"),
        false => (200, 0.03, "200"),
    });
    // a job that says the same all day: from half past on, its clock shows 400 s less
    let job = |back: u32| -> String {
        let lines = (300..3600).step_by(15).map(|s| {
            let shown = if s < 1800 { s } else { s - back };
            format!("2023-05-01T{}Z INFO job: tick {s}\n", clock(shown))
        });
        lines.collect()
    };
    let gap_of = |back: u32| {
        let r = only(&[("access.log", &access), ("job.log", &job(back))]);
        let all = r["gaps"].as_array().unwrap().clone();
        let mut all = all.into_iter();
        all.find(|g| g["text"].as_str().unwrap().contains("go back by at least"))
    };
    assert!(gap_of(0).is_none());
    let gap = gap_of(400).unwrap();
    assert!(
        gap["text"]
            .as_str()
            .unwrap()
            .starts_with("the times of job.log go back by at least"),
        "{gap:#}"
    );
    // the hundredth line is the last before: (1800 - 300) / 15
    let lines: Vec<u64> = gap["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["line"].as_u64().unwrap())
        .collect();
    assert!(
        matches!(lines[..], [a, b] if (95..=100).contains(&a) && (101..=105).contains(&b)),
        "{lines:?}"
    );
}

/// Apache ends its lines with microseconds and stamps when a request came in.
#[test]
fn requests_that_are_stamped_when_they_came_in_fail_from_then_until_they_are_answered() {
    let log: String = (0..7200)
        .map(|i| {
            let (s, n) = (i / 2, i % 2);
            let waits = (1500..2100).contains(&s) && n == 0;
            let (status, micros) = if waits { (504, 30_020_000) } else { (200, 61_000 + i) };
            format!(
                "192.0.2.{} - - [01/May/2023:{} +0000] \"GET /print HTTP/1.1\" {status} 5 \"-\" \"x\" {micros}\n",
                1 + i % 200,
                clock(s)
            )
        })
        .collect();
    let r = only(&[("printer_access.log", &log)]);
    assert_eq!(incidents(&r).len(), 1, "{r:#}");
    let i = &incidents(&r)[0];
    assert_eq!(i["onset"], "2023-05-01T10:25:00+00:00");
    assert_eq!(i["recovery"], "2023-05-01T10:35:29+00:00");
}

#[test]
fn the_last_requests_that_fail_with_the_message_of_an_incident_are_its() {
    let fails = |s: u32| (1500..2100).contains(&s) || [2140, 2170].contains(&s);
    let log = hour(|s, n| match fails(s) && n == 0 {
        true => (500, 0.03, "500"),
        false => (200, 0.03, "200"),
    });
    let said = (0..3600).map(|s| {
        let text = match fails(s) {
            true => "ERROR TypeError: price is not a function",
            false => "INFO prices read",
        };
        format!("2023-05-01T{}Z {text}\n", clock(s))
    });
    let said: String = said.collect();
    let ends = |files: &[(&str, &str)]| {
        let r = only(files);
        assert_eq!(incidents(&r).len(), 1, "{r:#}");
        incidents(&r)[0]["recovery"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let both = ends(&[("access.log", &log), ("shop.log", &said)]);
    assert!(both.contains("T10:36:10"), "{both}");
    let alone = ends(&[("access.log", &log)]);
    assert!(alone.contains("T10:34:59"), "{alone}");
}
