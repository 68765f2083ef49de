//! Every row of a report as a list: a table for the screen, separated values, JSON lines, a Markdown table. Rows of
//! incidents carry the incident and their distance from its onset; the others stand between them by time.

mod grafana;
mod timesketch;

pub use grafana::GRAFANA;
pub use timesketch::TIMESKETCH;

use super::sentence::{Clock, Medium, render};
use super::template::marks;
use super::wrap::{hanging, left, to_ascii, width};
use super::{Form, Look, cite, edges, facts, json, kinds, time, whole};
use coroner_core::source::own;
use coroner_infer::model::{Event, Incident, Report};
use coroner_lines::sorting::SortList;
use coroner_lines::text::{LogText, md_code};
use coroner_lines::time::Instant;
use serde_json::{Value, json};

/// Every kind of list; the first is the one for the screen.
pub static LISTS: &[&Form] = &[&TABLE, &TSV, &CSV, &JSONL, &MD, &TIMESKETCH, &GRAFANA];

static TABLE: Form = Form {
    name: "table",
    extension: None,
    about: "columns for the screen",
    write: |report, look| whole(table(report, look)),
};

static TSV: Form = Form {
    name: "tsv",
    extension: Some("tsv"),
    about: "every row of the timeline, tab-separated and quoted",
    write: |report, _| whole(separated(report, "\t")),
};

/// The form `csv`.
pub static CSV: Form = Form {
    name: "csv",
    extension: Some("csv"),
    about: "every row of the timeline, comma-separated and quoted",
    write: |report, _| whole(separated(report, ",")),
};

static JSONL: Form = Form {
    name: "jsonl",
    extension: None,
    about: "one JSON object per row",
    write: |report, _| {
        let rows = rows(report).into_iter();
        Box::new(rows.map(|r| format!("{}\n", object(report, &r))))
    },
};

static MD: Form = Form {
    name: "md",
    extension: None,
    about: "a Markdown table",
    write: |report, _| whole(markdown(report)),
};

struct ListedRow<'a> {
    e: &'a Event,
    incident: Option<&'a Incident>,
}

/// Rows of incidents, and those of the archive that no incident holds, by time.
fn rows(report: &Report) -> Vec<ListedRow<'_>> {
    let mut out: Vec<ListedRow<'_>> = Vec::new();
    for i in &report.incidents {
        out.extend(i.timeline.iter().map(|e| ListedRow {
            e,
            incident: Some(i),
        }));
    }
    let held = out.len();
    for e in &report.timeline {
        let same = |r: &ListedRow<'_>| {
            r.e.kind == e.kind && r.e.time == e.time && r.e.evidence == e.evidence
        };
        if !out[..held].iter().any(same) {
            out.push(ListedRow { e, incident: None });
        }
    }
    let at = |r: &ListedRow<'_>| r.e.time.or(r.e.place).unwrap_or(Instant(i64::MAX));
    // Stable: rows of one instant stay in the order of their incident.
    out.sort_list_by_key(at);
    out
}

fn clock(report: &Report, r: &ListedRow<'_>) -> Clock {
    Clock {
        zone: report.settings.zone,
        // Far from any incident every time in a text carries its date.
        day: r
            .incident
            .map_or_else(|| r.e.time.unwrap_or_default(), |i| i.onset),
    }
}

fn places(report: &Report, e: &Event, medium: Medium) -> Vec<String> {
    let all = e.evidence.iter();
    all.map(|x| cite::line(report, x, medium)).collect()
}

fn object(report: &Report, r: &ListedRow<'_>) -> Value {
    let zone = report.settings.zone;
    let e = r.e;
    let maybe = |t: Option<Instant>| t.map(|t| time::rfc3339(t, zone));
    let name = |t: &Option<LogText>| t.as_ref().map(|t| t.for_json().to_owned());
    let offset = r
        .incident
        .zip(e.time)
        .map(|(i, t)| time::seconds(t.since(i.onset)));
    let mut v = json!({
        "time": maybe(e.time),
        "incident": r.incident.map(|i| i.id.as_str()),
        "offset_s": offset,
        "kind": e.kind.word(),
        "basis": json::basis(e.basis),
        "host": name(&e.host),
        "service": name(&e.service),
        "text": render(&e.text, Medium::Plain, clock(report, r)),
        "evidence": places(report, e, Medium::Plain),
    });
    if e.time.is_none() {
        v["after"] = maybe(e.after).into();
        v["before"] = maybe(e.before).into();
    }
    v
}

fn separated(report: &Report, by: &str) -> String {
    let mut out = own::COLUMNS.map(|c| format!("\"{c}\"")).join(by) + "\n";
    for r in &rows(report) {
        let v = object(report, r);
        let cells = own::COLUMNS.map(|c| coroner_lines::text::csv(&cell(&v[c])));
        out.push_str(&cells.join(by));
        out.push('\n');
    }
    out
}

/// A value as the text of a cell.
fn cell(v: &Value) -> String {
    match v {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        Value::Array(a) => {
            let all: Vec<&str> = a.iter().filter_map(Value::as_str).collect();
            all.join(" ")
        }
        other => other.to_string(),
    }
}

fn markdown(report: &Report) -> String {
    let zone = report.settings.zone;
    let mut out = format!("{}\n|---|---:|---|---|---|\n", own::TABLE);
    for r in &rows(report) {
        let offset = r
            .incident
            .zip(r.e.time)
            .map_or_else(String::new, |(i, t)| time::distance(t.since(i.onset)));
        let mut cited: Vec<String> = places(report, r.e, Medium::Plain);
        cited.truncate(3);
        let more = cite::and_more(cite::behind(&r.e.evidence, cited.len()));
        let cited: Vec<String> = cited.iter().map(|c| md_code(c)).collect();
        let cells = [
            when(r.e, zone),
            offset,
            marks::markdown(&render(&r.e.text, Medium::Marked, clock(report, r))),
            json::basis(r.e.basis).to_owned(),
            format!("{}{more}", cited.join(", ")),
        ];
        let cells = cells.map(|c| c.replace('|', "\\|"));
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// Date and time, or what bounds it.
fn when(e: &Event, zone: coroner_lines::time::zone::Zone) -> String {
    let at = |t: Instant| format!("{} {}", time::date(t, zone), time::clock(t, zone));
    edges::when(e, at)
}

fn table(report: &Report, look: &Look) -> String {
    let rows = rows(report);
    let zone = report.settings.zone;
    let set = |s: String| match look.ascii {
        true => to_ascii(&s),
        false => s,
    };
    let words = |r: &ListedRow<'_>| {
        let symptom = r.incident.and_then(facts::onset_kind);
        kinds::word(r.e.kind, &r.e.text, symptom)
    };
    let mut out = String::new();
    if rows.is_empty() {
        out.push_str("no rows\n");
    }
    for r in &rows {
        let mark = match r.e.basis {
            coroner_infer::model::Basis::Stated => ' ',
            coroner_infer::model::Basis::Measured => '~',
            coroner_infer::model::Basis::Assumed => '?',
        };
        let text = set(render(&r.e.text, Medium::Terminal, clock(report, r)));
        let evidence: Vec<_> = r.e.evidence.iter().collect();
        let wide = look.width >= 70;
        let first = match wide {
            true => format!(
                "{} {} {mark} ",
                left(&when(r.e, zone), 19),
                left(words(r), 8)
            ),
            false => "  ".to_owned(),
        };
        if !wide {
            out.push_str(&format!("{} {} {mark}\n", when(r.e, zone), words(r)));
        }
        let room = look.width.saturating_sub(width(&first)).max(10);
        out += &hanging(&first, &text, room);
        let cited = set(cite::fitting(report, &evidence, room));
        let at = width(&first).min(look.width.saturating_sub(width(&cited)).max(2));
        out.push_str(&format!("{}{cited}\n", " ".repeat(at)));
    }
    out
}
