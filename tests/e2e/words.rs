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
