//! Rows as annotations of Grafana: one body of `POST /api/annotations` a line, an incident as a region from onset to recovery.
//! Grafana shows the text as HTML of a few tags: text of logs is escaped.

use super::{ListedRow, clock, object, rows};
use crate::report::sentence::{Clock, Medium, render};
use crate::report::{Form, whole};
use coroner_infer::model::{Incident, Report};
use coroner_lines::text::{LogText, html};
use coroner_lines::time::Instant;
use serde_json::{Value, json};

/// The form `grafana`.
pub static GRAFANA: Form = Form {
    name: "grafana",
    extension: None,
    about: "incidents and rows of the timeline as annotations for Grafana, one JSON object a line",
    write: |report, _| whole(write(report)),
};

/// Characters of a tag at most.
const TAG: usize = 100;

fn write(report: &Report) -> String {
    let rows = rows(report);
    let regions = report.incidents.iter().map(|i| region(report, i));
    let points = rows.iter().filter_map(|r| point(report, r));
    let lines = regions.chain(points).map(|v| format!("{v}\n"));
    lines.collect()
}

fn region(report: &Report, i: &Incident) -> Value {
    let clock = Clock::of(report, i.onset);
    let end = i.recovery.or(report.totals.span.map(|s| s.1));
    let title = render(&i.title, Medium::Plain, clock);
    let text = match i.causes.first() {
        Some(c) => format!(
            "{title}. Suspected: {}",
            render(&c.title.small(), Medium::Plain, clock)
        ),
        None => title,
    };
    json!({
        "time": millis(i.onset),
        "timeEnd": millis(end.unwrap_or(i.onset).max(i.onset)),
        "tags": tags("incident", [&None, &i.service]),
        "text": html(&text),
    })
}

/// A row that has a time.
fn point(report: &Report, r: &ListedRow<'_>) -> Option<Value> {
    let text = render(&r.e.text, Medium::Plain, clock(report, r));
    let v = object(report, r);
    let cited = v["evidence"][0].as_str().unwrap_or_default();
    Some(json!({
        "time": millis(r.e.time?),
        "tags": tags(r.e.kind.word(), [&r.e.host, &r.e.service]),
        "text": html(&format!("{text} [{cited}]")),
    }))
}

fn millis(t: Instant) -> i64 {
    t.0.div_euclid(1000)
}

/// `coroner` first, by which all of them are found and removed.
fn tags(kind: &str, names: [&Option<LogText>; 2]) -> Vec<String> {
    let names = names.into_iter().flatten().map(|n| n.for_json());
    let mut out = vec!["coroner".to_owned(), kind.to_owned()];
    out.extend(names.map(|n| n.chars().take(TAG).collect()));
    out.dedup();
    out
}
