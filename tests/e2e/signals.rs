//! What small logs say beside incidents: failures that a second try hid, errors that are new, and who says them.

use crate::common::{folder, path_str, report_on};
use serde_json::Value;

fn on(files: &[(&str, &str)]) -> Value {
    let dir = folder(files);
    report_on(&[path_str(dir.path())])
}

fn rows<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = report["timeline"].as_array().unwrap();
    all.iter().filter(|e| e["kind"] == kind).collect()
}

/// A line of nginx with the upstreams that were tried.
fn tried(second: u32, status: u32, upstream: &str, statuses: &str) -> String {
    format!(
        "{{\"time\":\"2026-03-10T14:{:02}:{:02}+00:00\",\"remote_addr\":\"198.51.100.{}\",\"method\":\"GET\",\"uri\":\"/cart\",\"status\":\"{status}\",\"upstream_addr\":\"{upstream}\",\"upstream_status\":\"{statuses}\",\"request_time\":\"0.020\"}}\n",
        second / 60,
        second % 60,
        second % 200,
    )
}

#[test]
fn a_failed_try_that_another_one_answers_is_a_row_and_no_incident() {
    let mut log = String::new();
    for s in 0..3_000 {
        log += &match s {
            1_200 | 1_300 | 1_301 => tried(s, 200, "10.0.0.2:80, 10.0.0.3:80", "502, 200"),
            2_400 => tried(s, 404, "10.0.0.3:80, 10.0.0.2:80", "500, 404"),
            // the last answer counts: nothing was hidden here
            2_900 => tried(s, 502, "10.0.0.2:80, 10.0.0.3:80", "502, 502"),
            _ => tried(s, 200, "10.0.0.3:80", "200"),
        };
    }
    let report = on(&[("access.json", &log)]);
    assert_eq!(report["verdict"], "none");
    let rows = rows(&report, "masked_failover");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[0]["time"], "2026-03-10T14:20:00+00:00");
    assert_eq!(rows[0]["evidence"][0]["line"], 1_201);
    assert_eq!(rows[0]["evidence"][0]["count"], 3);
    assert_eq!(rows[1]["evidence"][0]["line"], 2_401);
    let text = rows[0]["text"].as_str().unwrap();
    assert!(text.contains("clients saw no 5xx meanwhile"), "{text}");
}

/// A line of an application that names its service.
fn app(second: u32, level: &str, service: &str, text: &str) -> String {
    format!(
        "{{\"time\":\"2026-03-10T14:{:02}:{:02}Z\",\"level\":\"{level}\",\"service\":\"{service}\",\"msg\":\"{text}\"}}\n",
        second / 60,
        second % 60,
    )
}

#[test]
fn an_error_that_a_service_never_wrote_is_new_and_a_usual_one_is_not() {
    let mut log = String::new();
    for s in 0..3_000 {
        log += &app(s, "info", "cart", "answer sent");
        log += &app(s, "info", "seat", "answer sent");
        // ninety-five errors a minute are what this service is like
        if s % 20 < 19 {
            log += &app(s, "error", "seat", &format!("seat {s} is taken"));
        }
        if s >= 2_400 && s % 5 == 0 {
            log += &app(s, "error", "cart", &format!("no contact for order {s}"));
        }
    }
    let report = on(&[("app.jsonl", &log)]);
    // twelve a minute that were never there before are an incident of that service; the row stands in its timeline
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["service"], "cart");
    // the other service's usual error of the same second is line 7083
    assert_eq!(
        rows(&incidents[0], "onset")[0]["evidence"][0]["line"],
        7_084
    );
    let new = rows(&incidents[0], "new_error");
    assert_eq!(new.len(), 1, "{new:?}");
    assert_eq!(new[0]["time"], "2026-03-10T14:40:00+00:00");
    assert_eq!(new[0]["evidence"][0]["count"], 120);
    // what was there from the beginning is reported, and not as new
    let gaps = report["gaps"].as_array().unwrap();
    let usual = gaps.iter().find(|g| g["kind"] == "no_baseline");
    assert_eq!(usual.unwrap()["evidence"][0]["count"], 2_850);
}

#[test]
fn one_error_is_cited_and_nothing_is_made_of_it() {
    let mut log = String::from(
        "ts=2026-03-10T14:00:00Z caller=main.go:108 Error=\"Unable to connect to Database\" DSN=db:3306\n",
    );
    for s in 1..3_000 {
        log += &format!(
            "ts=2026-03-10T14:{:02}:{:02}Z caller=logging.go:85 method=Health result=2 took=3ms\n",
            s / 60,
            s % 60
        );
    }
    let report = on(&[("catalogue.log", &log)]);
    assert_eq!(report["incidents"].as_array().unwrap().len(), 0);
    assert_ne!(report["verdict"], "incident");
    assert!(rows(&report, "new_error").is_empty());
    let gaps = report["gaps"].as_array().unwrap();
    let gap = gaps.iter().find(|g| g["kind"] == "no_baseline");
    assert_eq!(gap.unwrap()["evidence"][0]["line"], 1);
}

#[test]
fn a_fault_in_lines_without_a_time_is_one_row_without_a_time() {
    let mut log = String::from("Starting tests against http://shop.test\n");
    for n in 0..50 {
        log += &format!("try {n}: NameResolutionError: Failed to resolve 'shop.test'\n");
    }
    let report = on(&[("client.txt", &log)]);
    let faults = rows(&report, "fault");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0]["class"], "dns");
    assert!(faults[0]["time"].is_null());
    assert_eq!(faults[0]["evidence"][0]["line"], 2);
    assert_eq!(faults[0]["evidence"][0]["count"], 50);
    assert_eq!(report["verdict"], "insufficient");
    assert_eq!(report["inputs"][0]["unparsed"], 51);
}

#[test]
fn the_service_whose_messages_changed_is_a_signal_of_the_incident() {
    let mut web = String::new();
    let mut log = String::new();
    for s in 0..3_000 {
        let down = (1_800..2_100).contains(&s);
        for n in 0..2 {
            web += &tried(2 * s / 2, if down && n == 0 { 500 } else { 200 }, "-", "-");
        }
        log += &app(s, "info", "cart", "answer sent");
        log += &app(s, "info", "seat", "answer sent");
        log += &app(s, "error", "seat", &format!("seat {s} is taken"));
        if down {
            log += &app(s, "error", "cart", &format!("no contact for order {s}"));
        }
    }
    let report = on(&[("edge/access.json", &web), ("app/app.jsonl", &log)]);
    let incident = &report["incidents"][0];
    let signals = incident["signals"].as_array().unwrap();
    let mixes: Vec<_> = signals
        .iter()
        .filter(|s| s["class"] == "message_mix")
        .collect();
    assert_eq!(mixes.len(), 1, "{mixes:?}");
    let text = mixes[0]["text"].as_str().unwrap();
    assert!(
        text.contains("cart") && text.contains("no contact"),
        "{text}"
    );
}

/// A line of an access log that calls a failed request an error.
fn served(second: u32, status: u32) -> String {
    let level = if status < 500 { "info" } else { "error" };
    format!(
        "{{\"time\":\"2026-03-10T14:{:02}:{:02}Z\",\"level\":\"{level}\",\"msg\":\"handled request\",\"request\":{{\"remote_ip\":\"198.51.100.{}\",\"method\":\"GET\",\"uri\":\"/cart\"}},\"duration\":0.02,\"status\":{status}}}\n",
        second / 60,
        second % 60,
        second % 200,
    )
}

#[test]
fn that_a_request_failed_is_no_message_that_moves_an_onset() {
    let status = |s: u32| match s {
        900 | 990 | 1_080 => 500,
        s if (1_500..2_100).contains(&s) && s % 2 == 0 => 502,
        _ => 200,
    };
    let log: String = (0..3_000).map(|s| served(s, status(s))).collect();
    let report = on(&[("access.json", &log)]);
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["onset"], "2026-03-10T14:25:00+00:00");
    assert_eq!(
        incidents[0]["new_templates"].as_array().map(Vec::len),
        Some(0)
    );
}

#[test]
fn the_runs_of_a_tool_are_one_log_and_those_on_other_hosts_are_not() {
    let run = |minute: u32, version: &str| {
        format!(
            "2026-03-10 14:{minute:02}:00 INFO Deploying shop release {version} to production\n"
        )
    };
    let report = on(&[
        ("tool/task-11.log", &run(5, "5.31.0")),
        ("tool/task-12.log", &run(40, "5.30.2")),
    ]);
    assert_eq!(rows(&report, "rollback_start").len(), 1, "{report}");
    let report = on(&[
        ("web-1/deploy.log", &run(5, "5.31.0")),
        ("web-2/deploy.log", &run(40, "5.30.2")),
    ]);
    assert_eq!(rows(&report, "rollback_start").len(), 0, "{report}");
}

#[test]
fn the_only_application_that_is_named_need_not_be_the_one_that_fails() {
    let with = |level: &str| {
        let (mut access, mut shop, mut mailer) = (String::new(), String::new(), String::new());
        for s in 0..3_000 {
            access += &served(
                s,
                if (1_500..2_100).contains(&s) {
                    502
                } else {
                    200
                },
            );
            let (m, second) = (s / 60, s % 60);
            shop += &format!("2026-03-10 14:{m:02}:{second:02},000 INFO order {s} was placed\n");
            mailer += &app(
                s,
                if s == 1_510 { level } else { "info" },
                "mailer",
                "mail handed on",
            );
        }
        let report = on(&[
            ("access.json", &access),
            ("shop.log", &shop),
            ("mailer.jsonl", &mailer),
        ]);
        report["incidents"][0]["service"].clone()
    };
    assert_eq!(with("info"), Value::Null);
    assert_eq!(with("warn"), "mailer");
}

#[test]
fn services_that_are_not_distinguished_are_no_name() {
    let fails = |s: u32| (1_500..2_100).contains(&s);
    let log: String = (0..3_000)
        .flat_map(|s| [s; 2])
        .zip(0u32..)
        .map(|(s, n)| {
            let status = if fails(s) { 500 } else { 200 };
            format!(
                "{{\"time\":\"2026-03-10T14:{:02}:{:02}Z\",\"level\":\"info\",\"service\":\"svc-{}\",\"msg\":\"answer sent\",\"path\":\"/cart\",\"status\":{status},\"ms\":12}}\n",
                s / 60,
                s % 60,
                n % 3_000
            )
        })
        .collect();
    let report = on(&[("app.jsonl", &log)]);
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["service"], Value::Null);
    for part in ["title", "timeline", "causes"] {
        let said = incidents[0][part].to_string();
        assert!(!said.contains("(bucket"), "{said}");
    }
}

#[test]
fn clients_that_are_refused_in_place_of_an_answer_are_an_incident() {
    // two requests in three are refused for ten minutes; and beside everybody's answers a scanner is
    let log = |scan: bool| -> String {
        let each = |s: u32| {
            let refused = (1_500..2_100).contains(&s);
            let more = if scan { 4 } else { 1 };
            let line = |n: u32| match refused {
                true if scan => tried(s, if n == 0 { 200 } else { 404 }, "-", "-"),
                true if !s.is_multiple_of(3) => tried(s, 401, "-", "-"),
                _ => tried(s, 200, "-", "-"),
            };
            (0..if refused { more } else { 1 })
                .map(line)
                .collect::<String>()
        };
        (0..3_000).map(each).collect()
    };
    let report = on(&[("access.json", &log(false))]);
    let incident = &report["incidents"][0];
    assert_eq!(incident["onset"], "2026-03-10T14:25:00+00:00");
    assert_eq!(incident["recovery"], "2026-03-10T14:35:00+00:00");
    assert_eq!(incident["components"][0]["kind"], "refused");
    assert_eq!(incident["impact"]["failed"], 400);
    assert_eq!(incident["impact"]["requests"], 600);
    assert_eq!(on(&[("access.json", &log(true))])["verdict"], "none");
}

#[test]
fn one_client_that_is_refused_while_fewer_others_come_is_no_incident_and_told_of() {
    let one = |s: u32| {
        let address = format!("198.51.100.{}\"", s % 200);
        tried(s, 401, "-", "-").replace(&address, "203.0.113.9\"")
    };
    let each = |s: u32| match (1_500..2_100).contains(&s) {
        true if !s.is_multiple_of(3) => one(s),
        _ => tried(s, if s % 50 == 1 { 401 } else { 200 }, "-", "-"),
    };
    let log: String = (0..3_000).map(each).collect();
    let report = on(&[("access.json", &log)]);
    assert_eq!(report["verdict"], "none");
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains("came from three clients at most"), "{gaps}");
}

#[test]
fn clients_that_are_refused_beside_good_answers_are_told_of_and_an_incident_where_somebody_is_paged()
 {
    let mut log = String::new();
    for s in 0..3_000 {
        log += &tried(s, 200, "-", "-");
        if (1_500..2_100).contains(&s) && s.is_multiple_of(2) {
            log += &tried(s, 401, "-", "-");
        }
    }
    let report = on(&[("access.json", &log)]);
    assert_eq!(report["verdict"], "none");
    let gaps = report["gaps"].as_array().unwrap();
    let told = gaps.iter().find(|g| g["kind"] == "refused").unwrap();
    let text = told["text"].as_str().unwrap();
    assert!(text.contains("were refused (401), usually 0 %"), "{text}");
    let page = "{\"status\":\"firing\",\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"High401\"},\"startsAt\":\"2026-03-10T14:26:00Z\"}]}\n";
    let report = on(&[("access.json", &log), ("alerts.jsonl", page)]);
    let incident = &report["incidents"][0];
    assert_eq!(incident["components"][0]["kind"], "refused");
    assert_eq!(incident["onset"], "2026-03-10T14:25:00+00:00");
}
