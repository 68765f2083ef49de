//! Sentences of finished reports against the rest of the same report: what it says is not there must not stand in its rows, its
//! headline must have a row, what it asks for must not be among its inputs. Reads the JSON alone, by the words of its sentences.
//! Further reports are checked where `CLAIMS_REPORTS` names a folder of them.

use crate::common::{FOLDERS, epoch, list, report, run};
use serde_json::{Value, json};
use std::fs;

/// What sentences call a change, and the rows that show one.
const CHANGES: [(&str, &[&str]); 4] = [
    (
        "release",
        &["deploy_start", "deploy_finish", "version_change"],
    ),
    ("configuration change", &["config_change"]),
    ("flag change", &["feature_flag"]),
    ("migration", &["migration_start", "migration_finish"]),
];

/// What a headline names, and the rows that show it.
const HEADLINES: [(&str, &[&str]); 6] = [
    (
        " after a deploy",
        &["deploy_start", "deploy_finish", "version_change"],
    ),
    (
        " after the upgrade to ",
        &["deploy_start", "deploy_finish", "version_change"],
    ),
    (
        " after the release of ",
        &["deploy_start", "deploy_finish", "version_change"],
    ),
    (" after a configuration change", &["config_change"]),
    (
        " after a migration",
        &["migration_start", "migration_finish"],
    ),
    (" after a flag change", &["feature_flag"]),
];

/// Markers that a gap denies, and the rows that show them.
const MARKERS: [(&str, &str); 4] = [
    ("as a page for", "alert_fired"),
    ("as an acknowledgement for", "alert_acknowledged"),
    ("as the start of the rollback for", "rollback_start"),
    ("as the end of the rollback for", "rollback_finish"),
];

/// Kinds of rows by which a change, or the way back from one, is shown.
const SHOWN: [&str; 11] = [
    "deploy_start",
    "deploy_finish",
    "deploy_fail",
    "rollback_start",
    "rollback_finish",
    "version_change",
    "config_change",
    "feature_flag",
    "migration_start",
    "migration_finish",
    "migration_rollback",
];

/// What people do against an outage.
const ACTS: [&str; 9] = [
    "deploy_start",
    "rollback_start",
    "rollback_finish",
    "config_change",
    "feature_flag",
    "failover",
    "restart",
    "service_start",
    "mitigation_start",
];

const WHY: [&str; 3] = ["fault", "crash", "new_error"];

fn text<'a>(v: &'a Value, key: &str) -> &'a str {
    v[key].as_str().unwrap_or_default()
}

/// One incident of a report, with all rows that the report holds.
struct Held<'a> {
    report: &'a Value,
    incident: &'a Value,
    onset: f64,
    end: f64,
    rows: Vec<(&'a Value, f64)>,
}

impl<'a> Held<'a> {
    fn new(report: &'a Value, incident: &'a Value) -> Self {
        let onset = epoch(&incident["onset"]).unwrap();
        let rows = list(&incident["timeline"])
            .iter()
            .chain(list(&report["timeline"]));
        Held {
            report,
            incident,
            onset,
            end: epoch(&incident["recovery"]).unwrap_or(f64::MAX),
            rows: rows.filter_map(|e| Some((e, epoch(&e["time"])?))).collect(),
        }
    }

    /// Whether a row of some kinds stands between two times.
    fn shows(&self, kinds: &[&str], from: f64, to: f64) -> bool {
        let of = |e: &Value| kinds.contains(&text(e, "kind"));
        self.rows
            .iter()
            .any(|(e, t)| of(e) && (from..=to).contains(t))
    }

    /// Whether an input of a kind covers the onset.
    fn covered_by(&self, test: impl Fn(&Value) -> bool) -> bool {
        list(&self.report["inputs"]).iter().any(|i| {
            let (first, last) = (epoch(&i["first"]), epoch(&i["last"]));
            let covers = first
                .zip(last)
                .is_some_and(|(a, b)| a <= self.onset && self.onset <= b);
            covers && test(i)
        })
    }

    /// Whether what is asked for, or said to be missing, is there.
    fn is_there(&self, asked: &str) -> bool {
        let a = asked.to_lowercase();
        let of_class = |class: &str| self.rows.iter().any(|(e, _)| e["class"] == class);
        let before = |kinds: &[&str]| self.shows(kinds, f64::MIN, f64::MAX);
        (a.contains("log of the power supply") && of_class("power"))
            || (a.contains("a deploy log") && before(&["deploy_start", "deploy_finish"]))
            || (a.contains("application log") && self.covered_by(|i| i["kind"] == "app"))
            || (a.contains("no fault and no new message")
                && self.shows(&WHY, self.onset - 59.0, self.end))
    }
}

/// Every sentence of a report that the rest of the report refutes.
fn refuted(report: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for g in list(&report["gaps"]) {
        if gap_refuted(report, text(g, "text")) {
            out.push(format!("gap: {}", text(g, "text")));
        }
    }
    for i in list(&report["incidents"]) {
        let held = Held::new(report, i);
        let day = held.onset - 86_400.0;
        for (words, kinds) in HEADLINES {
            if text(i, "title").contains(words) && !held.shows(kinds, day, held.onset + 1.0) {
                out.push(format!("title: {}", text(i, "title")));
            }
        }
        for m in list(&i["missing"]) {
            if held.is_there(text(m, "text")) {
                out.push(format!("missing: {}", text(m, "text")));
            }
        }
        for (rank, c) in list(&i["causes"]).iter().enumerate() {
            out.extend(of_cause(&held, rank, c));
        }
    }
    out
}

fn gap_refuted(report: &Value, said: &str) -> bool {
    let inputs = list(&report["inputs"]);
    let sum = |key: &str| inputs.iter().filter_map(|i| i[key].as_u64()).sum::<u64>();
    let of_kind = |k: &str| inputs.iter().any(|i| i["kind"] == k);
    let none_of = |what: &str| said.contains(&format!("no {what} was recognised"));
    let row = |word: &str| {
        let stated = |e: &Value| text(e, "kind").starts_with(word);
        list(&report["timeline"]).iter().any(stated)
    };
    if none_of("access log") && sum("requests") > 0 && of_kind("web")
        || none_of("pager log") && (of_kind("pager") || row("alert_"))
        || none_of("deploy log") && (of_kind("deploy") || row("deploy_"))
        || none_of("application log") && of_kind("app")
    {
        return true;
    }
    let denied = MARKERS.iter().find(|m| said.contains(m.0));
    denied.is_some_and(|(_, kind)| {
        list(&report["incidents"]).iter().any(|i| {
            let clock = text(i, "onset").get(11..19).unwrap_or("-");
            let meant = said.contains(clock);
            meant && list(&i["timeline"]).iter().any(|e| e["kind"] == *kind)
        })
    })
}

fn of_cause(held: &Held<'_>, rank: usize, c: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let score = c["score"].as_f64().unwrap();
    if rank > 0 && score < 0.10 {
        out.push(format!("a lead of {score:.2}: {}", text(c, "title")));
    }
    let turned = list(&held.incident["versions"]).len() > 1;
    let shown = turned || held.shows(&SHOWN, f64::MIN, held.end);
    if c["group"] == "change" && score >= 0.5 && !shown {
        out.push(format!("a change that nothing shows: {}", text(c, "title")));
    }
    if held.is_there(text(c, "settle")) {
        out.push(format!("settle: {}", text(c, "settle")));
    }
    let claims = list(&c["for"]).iter().chain(list(&c["against"]));
    for said in claims.map(|x| text(x, "text")) {
        let denied = CHANGES.iter().find(|(noun, _)| {
            said.starts_with(&format!("No {noun} was recognised"))
                || said.starts_with(&format!("No {noun} before the onset is in"))
                || said.starts_with(&format!("There is no log that would show a {noun}"))
                || said.starts_with(&format!("The logs that record a {noun} have none"))
        });
        let changed = denied.is_some_and(|(_, kinds)| held.shows(kinds, f64::MIN, held.onset));
        let acted =
            said.contains("no action before that") && held.shows(&ACTS, held.onset + 2.0, held.end);
        let new = said.starts_with("No fault and no new message")
            && held.shows(&WHY, held.onset - 59.0, held.end);
        let loose = ["It ", "Such ", "They ", "This ", "Its "]
            .iter()
            .any(|w| said.starts_with(w));
        if changed || acted || new || loose {
            out.push(format!("claim: {said}"));
        }
    }
    out
}

#[test]
fn no_report_refutes_itself() {
    for folder in FOLDERS {
        assert_eq!(refuted(&report(folder)), Vec::<String>::new(), "{folder}");
    }
    let Some(more) = std::env::var_os("CLAIMS_REPORTS") else {
        return;
    };
    let mut bad = Vec::new();
    for file in fs::read_dir(more).unwrap() {
        let path = file.unwrap().path();
        let read = fs::read_to_string(&path).unwrap_or_default();
        if let Ok(report) = serde_json::from_str::<Value>(&read) {
            let of = refuted(&report).into_iter();
            bad.extend(of.map(|r| format!("{}: {r}", path.display())));
        }
    }
    assert_eq!(bad, Vec::<String>::new(), "{} refuted", bad.len());
}

#[test]
fn the_figure_of_what_kept_failing_is_one() {
    let whole = run(&["sample-logs/upgrade-outage"]);
    let figures = |text: &str| -> Vec<String> {
        let ends = text
            .match_indices(" of requests kept failing for the next ")
            .map(|(at, _)| at);
        let number = |at: usize| {
            let mut words = text[..at].rsplit(' ');
            (words.next() == Some("%")).then(|| words.next().unwrap_or_default().to_owned())
        };
        ends.filter_map(number).collect()
    };
    let md = figures(&whole.md);
    assert!(md.len() >= 2, "the summary and the signal: {md:?}");
    let json = figures(&whole.json);
    assert!(!json.is_empty());
    let all: Vec<&String> = md.iter().chain(&json).collect();
    assert!(all.iter().all(|x| *x == all[0]), "{all:?}");
}

#[test]
fn the_check_sees_what_is_refuted() {
    let at = "2024-01-01T10:00:00Z";
    let row = |kind: &str, time: &str| json!({"kind": kind, "time": time, "class": null});
    let sound = json!({
        "inputs": [{"name": "a.log", "format": "x", "kind": "app", "requests": 0,
            "first": "2024-01-01T09:00:00Z", "last": "2024-01-01T11:00:00Z"}],
        "gaps": [{"text": "no line was recognised as a page for the incident of 10:00:00"}],
        "timeline": [],
        "incidents": [{
            "onset": at, "recovery": "2024-01-01T10:09:00Z", "title": "shop: 5xx for 9 min",
            "timeline": [row("onset", at)], "missing": [{"text": "A line that says what broke: no fault and no new message was recognised during the outage."}], "versions": [],
            "causes": [{
                "score": 0.4, "group": "change", "title": "An unlogged or unrecognised change (deploy)",
                "settle": "The log of the power supply.",
                "for": [], "against": [{"text": "No release was recognised in the logs."},
                    {"text": "The failures stop, and no action before that was recognised in the logs."}]
            }]
        }]
    });
    assert_eq!(refuted(&sound), Vec::<String>::new());
    let with = |kind: &str, time: &str| {
        let mut r = sound.clone();
        let rows = r["incidents"][0]["timeline"].as_array_mut().unwrap();
        rows.push(row(kind, time));
        refuted(&r).len()
    };
    assert_eq!(with("alert_fired", "2024-01-01T10:02:00Z"), 1);
    assert_eq!(with("deploy_start", "2024-01-01T09:59:00Z"), 1);
    assert_eq!(with("new_error", "2024-01-01T10:00:05Z"), 1);
    assert_eq!(with("restart", "2024-01-01T10:08:00Z"), 1);
    let set = |pointer: &str, value: Value| {
        let mut r = sound.clone();
        *r.pointer_mut(pointer).unwrap() = value;
        refuted(&r).len()
    };
    assert_eq!(
        set("/incidents/0/title", json!("5xx for 9 min after a deploy")),
        1
    );
    assert_eq!(set("/incidents/0/causes/0/score", json!(0.7)), 1);
    assert_eq!(
        set("/incidents/0/causes/0/against/0/text", json!("It ended.")),
        1
    );
    assert_eq!(
        set("/gaps/0/text", json!("no application log was recognised")),
        1
    );
}
