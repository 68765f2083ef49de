//! Words that say nothing, in whole archives: a day without failures stays quiet whatever its application complains of, and a
//! release in a plain event is found.

use crate::common::{folder, list, path_str, report_on};
use serde_json::Value;

const MESSAGES: &str = include_str!("../data/messages.tsv");

/// An access log: one request a second for two hours, from minute 60 to 70 every second one fails where `fails`.
fn access(fails: bool) -> String {
    let line = |s: u32| {
        let (h, m, sec) = (10 + s / 3600, s / 60 % 60, s % 60);
        let bad = fails && (3600..4200).contains(&s) && s.is_multiple_of(2);
        let status = if bad { 500 } else { 200 };
        let client = s % 40;
        format!(
            "10.0.0.{client} - - [10/Mar/2026:{h:02}:{m:02}:{sec:02} +0000] \"GET /a HTTP/1.1\" {status} 512 \"-\" \"curl/8.5\"\n"
        )
    };
    (0..7200).map(line).collect()
}

/// The rows of a kind, of the incidents and outside them.
fn rows(report: &Value, kind: &str) -> Vec<String> {
    let incidents = list(&report["incidents"]).iter().map(|i| &i["timeline"]);
    let all = incidents.chain([&report["timeline"]]).flat_map(list);
    let of_kind = all.filter(|e| e["kind"] == kind);
    of_kind.map(Value::to_string).collect()
}

#[test]
fn a_quiet_day_full_of_words_stays_quiet() {
    let nothing = MESSAGES.lines().skip(1).filter_map(|row| {
        let f: Vec<&str> = row.split('\t').collect();
        (f[1] == "says_nothing").then_some(f[0])
    });
    let mut app = String::new();
    for (n, text) in nothing.enumerate() {
        for again in 0..8 {
            let s = n * 50 + again * 3;
            let (h, m, sec) = (10 + s / 3600, s / 60 % 60, s % 60);
            let level = if n % 2 == 0 { "WARN" } else { "ERROR" };
            app += &format!("2026-03-10T{h:02}:{m:02}:{sec:02}.000Z {level} [shop] {text}\n");
        }
    }
    let dir = folder(&[("access.log", &access(false)), ("app.log", &app)]);
    let report = report_on(&[path_str(dir.path())]);
    assert_eq!(report["verdict"], "none");
    assert_eq!(list(&report["incidents"]).len(), 0);
    for kind in [
        "fault",
        "crash",
        "deploy_start",
        "deploy_finish",
        "rollback_start",
        "restart",
        "config_change",
    ] {
        assert_eq!(rows(&report, kind), [""; 0], "{kind}");
    }
}

#[test]
fn an_error_whose_name_holds_a_word_is_none_of_that_cause() {
    let line = |s: u32| {
        let (m, sec) = (s / 60 % 60, s % 60);
        format!(
            "2026-03-10T11:{m:02}:{sec:02}.000Z ERROR [shop] ModuleNotFoundError: No module named 'billing.client'\n"
        )
    };
    let app: String = (0..600).step_by(2).map(line).collect();
    let dir = folder(&[("access.log", &access(true)), ("app.log", &app)]);
    let report = report_on(&[path_str(dir.path())]);
    let incidents = list(&report["incidents"]);
    assert_eq!(incidents.len(), 1);
    let causes = list(&incidents[0]["causes"]);
    let dns = |c: &&Value| c["class"] == "dns" && c["score"].as_f64() > Some(0.1);
    assert_eq!(causes.iter().find(dns), None);
    assert_eq!(rows(&report, "fault"), [""; 0]);
}

#[test]
fn a_plain_event_of_a_release_is_found() {
    let deploys = concat!(
        r#"{"ts":"2026-03-10T10:59:20Z","event":"deploy_started","service":"shop","version":"4.2.0"}"#,
        "\n",
        r#"{"ts":"2026-03-10T10:59:50Z","event":"deploy_finished","service":"shop","version":"4.2.0"}"#,
        "\n",
    );
    let dir = folder(&[("access.log", &access(true)), ("deploys.jsonl", deploys)]);
    let report = report_on(&[path_str(dir.path())]);
    let found = rows(&report, "deploy_start").join("") + &rows(&report, "deploy_finish").join("");
    assert!(found.contains("4.2.0") && found.contains("shop"), "{found}");
}

#[test]
fn a_row_says_no_more_than_its_line() {
    let sudo = |at: &str, command: &str| {
        format!(
            "2026-03-10T{at}+00:00 web-1 sudo: ops : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/{command}\n"
        )
    };
    let system = [
        sudo("11:02:00", "systemctl start nginx"),
        sudo("11:05:00", "apt-get -y upgrade"),
        sudo("11:06:00", "lvextend -L +4G /dev/vg0/data"),
        sudo("11:06:30", "rm /srv/shop/old.log"),
    ];
    let app = "2026-03-10T11:07:00.000Z INFO [shop] Started ShopApplication in 14.882 seconds (process running for 15.9)\n";
    let page = |at: i64, action: &str, id: &str, what: &str| {
        format!(
            r#"{{"action":"{action}","alert":{{"alertId":"{id}","tinyId":"{id}","message":"{what}","note":"disk is full","createdAt":{at}000,"updatedAt":{at}000}}}}"#
        ) + "\n"
    };
    // an hour before the onset, and again within the incident
    let pages = [
        page(1_773_139_000, "Create", "7", "build-1: disk usage"),
        page(1_773_140_520, "Create", "8", "shop: 5xx ratio"),
        page(1_773_140_600, "Close", "7", "build-1: disk usage"),
        page(1_773_140_640, "AddNote", "8", "shop: 5xx ratio"),
    ];
    let dir = folder(&[
        ("access.log", &access(true)),
        ("syslog", &system.concat()),
        ("app.log", app),
        ("pages.jsonl", &pages.concat()),
    ]);
    let report = report_on(&[path_str(dir.path())]);
    let said: Vec<&str> = list(&report["incidents"][0]["timeline"])
        .iter()
        .map(|e| e["text"].as_str().unwrap())
        .collect();
    for text in [
        "Command on web-1: “systemctl start nginx”",
        "Command on web-1: “apt-get -y upgrade”",
        "Command on web-1: “lvextend -L +4G /dev/vg0/data”",
        "Alert: “shop: 5xx ratio”",
        "Note: “disk is full”",
    ] {
        assert!(said.contains(&text), "{text}: {said:#?}");
    }
    assert!(!said.iter().any(|s| s.contains("build-1")), "{said:#?}");
    // nobody said it in a chat
    let removed: Vec<_> = said.iter().filter(|s| s.contains("“rm ")).collect();
    let typed = |s: &&&str| s.starts_with("Command on web-1: ");
    assert!(
        !removed.is_empty() && removed.iter().all(typed),
        "{said:#?}"
    );
    assert!(
        said.iter().any(|s| s.contains("from 0 % to 50")),
        "{said:#?}"
    );
    for kind in ["deploy_start", "service_start"] {
        assert!(
            rows(&report, kind)
                .iter()
                .all(|r| r.contains("\"version\":null"))
        );
    }
    assert_eq!(rows(&report, "deploy_start"), [""; 0]);
}

#[test]
fn a_log_that_was_rotated_by_the_hour_is_one_log() {
    let file = |hour: u32| -> String {
        let line = |s: u32| {
            let (m, sec) = (s / 60, s % 60);
            let at = format!("2026-03-10 {hour:02}:{m:02}:{sec:02},000");
            let fails = (10..12).contains(&hour) && (hour, m) >= (10, 40) && (hour, m) < (11, 25);
            match fails && s.is_multiple_of(7) {
                true => {
                    format!("{at} ERROR [mail-1] app.Mailer : could not send mail for claim {s}\n")
                }
                false => format!("{at} INFO  [http-1] app.Claims : claim {s} loaded\n"),
            }
        };
        (0..3600).map(line).collect()
    };
    let dir = folder(&[("app.2026-03-10_10.log", &file(10)), ("app.log", &file(11))]);
    let report = report_on(&[path_str(dir.path())]);
    let incident = &report["incidents"][0];
    // the first multiple of 7 from second 2400 on, and the last before 1500
    assert_eq!(
        incident["onset"], "2026-03-10T10:40:01+00:00",
        "{incident:#}"
    );
    assert_eq!(incident["state"], "recovered");
    assert_eq!(incident["recovery"], "2026-03-10T11:24:58+00:00");
}
