//! Events for who watches them: a row each, and a line that says how it stands.
//! Texts of logs in an event are clean already; what a terminal must not see is taken out once more.

use coroner::program::Standing;
use coroner::program::report::{counted, percent, share};
use coroner::program::text::LogText;
use serde_json::Value;
use std::fmt::Write;

/// The rows of an event: at most so many columns each, continued with an indent.
pub(super) fn rows(event: &Value, width: usize) -> String {
    let s = |k: &str| event[k].as_str().unwrap_or_default();
    let time = clock(s("time"));
    let (word, text) = match s("event") {
        // the line that says how it stands says that it is alive
        "heartbeat" => return String::new(),
        "start" => return format!("watching {}\n", names(&event["inputs"])),
        "input" => ("input", format!("{} is watched too", s("name"))),
        "incident_suspected" => ("suspect", s("text").to_owned()),
        "incident_open" => ("INCIDENT", s("text").to_owned()),
        "incident_update" => ("update", s("text").to_owned()),
        "incident_close" => ("over", s("text").to_owned()),
        "correction" => ("corrects", corrected(event)),
        "retraction" => ("no more", s("why").to_owned()),
        "gap" => ("gap", s("text").to_owned()),
        "roll_over" => ("report", rolled(event)),
        "marker" => (short(s("kind")), s("text").to_owned()),
        "end" => {
            let n = |k: &str| event[k].as_u64().unwrap_or(0);
            let mut text = format!(
                "{}, {}",
                counted(n("lines"), "line"),
                counted(n("incidents"), "incident")
            );
            for (k, what) in [
                ("unparsed", "not understood"),
                ("late", "late"),
                ("shed", "dropped"),
            ] {
                if n(k) > 0 {
                    let _ = write!(text, ", {} {what}", n(k));
                }
            }
            ("end", text)
        }
        other => (other, String::new()),
    };
    let text = LogText::new(text.as_bytes());
    wrapped(&format!("{time}  {word:<9} "), &text.for_terminal(), width)
}

/// The line that says how it stands.
pub(super) fn standing(s: &Standing) -> String {
    let state = match (s.open > 0, s.suspicion) {
        (true, _) => "INCIDENT",
        (false, true) => "suspect",
        (false, false) => "as usual",
    };
    let requests = match s.requests {
        0 => "no requests".to_owned(),
        n => format!(
            "{:.1} requests/s, {} failed",
            n as f64 / 60.0,
            percent(share(s.failed, n))
        ),
    };
    let time = s.time.as_deref().unwrap_or("--:--:--");
    format!("{time}  {state}  {requests}  {}", counted(s.lines, "line"))
}

/// The short forms of the screen for what happens most.
fn short(kind: &str) -> &str {
    match kind {
        "alert_fired" => "alert",
        "alert_acknowledged" => "ack",
        "deploy_start" | "deploy_finish" | "deploy_fail" | "config_change" | "feature_flag"
        | "migration_start" | "migration_finish" => "change",
        "rollback_start" | "rollback_finish" | "rollback_fail" => "rollback",
        "restart" => "restart",
        "service_start" => "start",
        "service_stop" => "stop",
        "fault" | "crash" => "fault",
        _ => "signal",
    }
}

/// `21:14:08` of a time.
fn clock(time: &str) -> &str {
    time.get(11..19).unwrap_or("--:--:--")
}

fn names(v: &Value) -> String {
    let all: Vec<&str> = v
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match all.len() {
        0 => "for connections".into(),
        n @ 5.. => format!("{} inputs", n),
        _ => all.join(", "),
    }
}

fn rolled(e: &Value) -> String {
    let n = |k: &str| e[k].as_u64().unwrap_or(0);
    let (lines, incidents) = (
        counted(n("lines"), "line"),
        counted(n("incidents"), "incident"),
    );
    let name = e["name"].as_str().unwrap_or_default();
    format!("of {name}: {lines}, {incidents}; another one begins")
}

fn corrected(e: &Value) -> String {
    let s = |k: &str| e[k].as_str();
    let of = e["of"].as_u64().unwrap_or(0);
    let what = match (s("onset"), e.get("recovery"), s("text")) {
        (Some(t), _, _) => format!("since {}", clock(t)),
        (_, Some(Value::String(t)), _) => format!("over at {}", clock(t)),
        (_, Some(_), _) => "not over".into(),
        (_, _, Some(t)) => t.to_owned(),
        _ => format!("at {}", clock(s("time").unwrap_or_default())),
    };
    format!("{what} (event {of}: {})", s("why").unwrap_or_default())
}

/// Text behind a head, in lines of a width.
fn wrapped(head: &str, text: &str, width: usize) -> String {
    let indent = head.chars().count();
    let room = width.saturating_sub(indent).max(20);
    let mut out = head.to_owned();
    let mut used = 0;
    for word in text.split(' ') {
        let n = word.chars().count();
        if used > 0 && used + 1 + n > room {
            let _ = write!(out, "\n{:indent$}", "");
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += n;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_fit_eighty_columns() {
        let text = "word ".repeat(60);
        let all = [
            json!({"event": "start", "inputs": ["stdin"]}),
            json!({"event": "marker", "time": "2023-05-01T13:00:12+01:00", "kind": "deploy_start", "text": text}),
            json!({"event": "incident_open", "time": "2023-05-01T13:05:06+01:00",
                "text": "301 of 2,150 requests failed (14 %) since 13:05:06; suspect: The upgrade of checkout-api to 4.12.0"}),
            json!({"event": "incident_close", "time": null, "recovery": null}),
        ];
        for e in &all {
            let rows = rows(e, 80);
            assert!(rows.ends_with('\n'));
            assert!(rows.lines().all(|l| l.chars().count() <= 80), "{rows}");
        }
        let open = rows(&all[2], 80);
        assert!(
            open.starts_with(
                "13:05:06  INCIDENT  301 of 2,150 requests failed (14 %) since 13:05:06;"
            ),
            "{open}"
        );
    }

    #[test]
    fn the_status_fits_eighty_columns() {
        let s = Standing {
            time: Some("13:05:06".into()),
            lines: 9_876_543,
            requests: 6_000_000,
            failed: 1,
            open: 1,
            suspicion: true,
            ..Standing::default()
        };
        let line = standing(&s);
        assert!(line.chars().count() < 80, "{line}");
        assert!(
            line.starts_with("13:05:06  INCIDENT  100000.0 requests/s, "),
            "{line}"
        );
    }

    #[test]
    fn nothing_of_a_log_moves_the_cursor() {
        let e = json!({"event": "gap", "time": null, "text": "a\u{1b}[2Jb ##[error]x"});
        let rows = rows(&e, 80);
        assert!(
            !rows.contains('\u{1b}') && !rows.contains("##["),
            "{rows:?}"
        );
    }
}
