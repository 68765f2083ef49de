//! What a template sees: the JSON object with text from logs marked, and beside it `view`, which holds what every form of
//! the report works out alike (merged rows, the summary, margins of times, questions with what they could save). Its inputs are
//! made by `inputs.rs`.

use super::marks;
use crate::report::sentence::{Clock, Medium, counted, render};
use crate::report::summary::{self, SummaryPart};
use crate::report::{
    chart, cite, command, edges, facts, gaps, harm, json, kinds, no_incident, rows, time,
};
use coroner_infer::model::*;
use coroner_lines::time::{Instant, MINUTE};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Rows of a timeline.
const ROWS: usize = 200;
/// Claims for a cause that a short form shows.
const CLAIMS: usize = 3;
/// Characters of a raw line.
const RAW: usize = 200;
/// Columns of the chart.
const CHART: usize = 80;

/// Members that hold nothing but text from logs.
const FROM_LOGS: [&str; 9] = [
    "name", "service", "host", "version", "upstream", "excerpt", "key", "domain", "hosts",
];

/// All of it but the inputs.
pub(super) fn of(report: &Report) -> Map<String, Value> {
    let mut all = Map::new();
    let members = json::members(report, Medium::Marked).into_iter();
    for (key, member) in members.filter(|m| m.0 != "inputs") {
        let mut v = member.value();
        mark(&mut v, key);
        let incidents = v.as_array_mut().filter(|_| key == "incidents");
        for i in incidents.into_iter().flatten() {
            for t in i["new_templates"].as_array_mut().into_iter().flatten() {
                mark_text(&mut t["text"]);
            }
        }
        all.insert(key.to_owned(), v);
    }
    let mut view = view(report);
    let incidents = report.incidents.iter();
    view["incidents"] = incidents.map(|i| incident(report, i, ROWS)).collect();
    all.insert("view".to_owned(), view);
    all
}

/// Marks the text from logs below a member.
pub(super) fn mark(v: &mut Value, key: &str) {
    match v {
        Value::Object(m) => m.iter_mut().for_each(|(k, x)| mark(x, k)),
        Value::Array(a) => a.iter_mut().for_each(|x| mark(x, key)),
        Value::String(_) if FROM_LOGS.contains(&key) => mark_text(v),
        _ => {}
    }
}

/// Plain names stay as they are, so that a template can compare them.
fn mark_text(v: &mut Value) {
    if let Some(s) = v.as_str().filter(|s| !coroner_lines::text::is_plain(s)) {
        *v = marks::log(s).into();
    }
}

/// What every form works out alike, but of incidents.
pub(in crate::report) fn view(report: &Report) -> Value {
    let clock = facts::clock(report);
    let (said, note) = facts::no_incident(report);
    let uncounted = facts::uncounted(report, Medium::Marked);
    json!({
        "heading": facts::found_nothing(report),
        "undecided": report.verdict == Verdict::Insufficient,
        "lead": facts::below_heading(report, &said) + &uncounted,
        "zone": time::zone_label(clock.day, clock.zone),
        "said": said + &uncounted,
        "note": note,
        "telling": no_incident::sections(report).iter().map(|s| section(s, clock)).collect::<Vec<_>>(),
        "formats": formats(report),
        "gaps": gaps::lines(report).iter().map(|g| {
            let text = render(&g.text, Medium::Marked, clock);
            json::cited(json!({"text": text, "basis": null}), &g.cited)
        }).collect::<Vec<_>>(),
        "no_gaps": match report.gaps.len() {
            0 => "none found".to_owned(),
            n => format!(
                "none but {} on how the logs were read, in the JSON",
                counted(n as u64, "note")
            ),
        },
        "raw": raw_lines(report),
        "command": command::line(&report.settings, "--md postmortem.md"),
        "warning": facts::warning(&report.settings),
        "redaction": facts::redaction(&report.settings),
        // without incidents it stands with what is said of them
        "not_counted": facts::left_out(&report.totals).filter(|_| !report.incidents.is_empty()),
    })
}

/// A list of rows of a report without incidents.
fn section(s: &no_incident::Section<'_>, clock: Clock) -> Value {
    let row = |t: &no_incident::MergedRow<'_>| {
        json!({
            "when": t.at.map(|at| time::clock_on(at, clock.day, clock.zone)),
            "text": render(&t.text, Medium::Marked, clock),
            "evidence": t.evidence.iter().map(|e| json::one_evidence(e)).collect::<Vec<_>>(),
        })
    };
    json!({
        "id": s.id,
        "heading": s.heading,
        "remark": s.said(clock),
        "rows": s.rows.iter().map(row).collect::<Vec<_>>(),
        "more": s.more,
    })
}

fn formats(report: &Report) -> String {
    let edge = report.inputs.iter().filter(|i| i.tier == Some(Tier::Edge));
    let names: BTreeSet<&str> = edge.map(|i| i.format.as_str()).collect();
    match names.is_empty() {
        true => "logs".to_owned(),
        false => names.into_iter().collect::<Vec<_>>().join(", "),
    }
}

/// The same of an incident, with at most `most` rows without a letter.
pub(in crate::report) fn incident(report: &Report, i: &Incident, most: usize) -> Value {
    let clock = Clock::of(report, i.onset);
    let zone = clock.zone;
    let text = |s: &Sentence| render(s, Medium::Marked, clock);
    let (lines, left_out) = rows::shown(i, most);
    let weighty = |c: &Cause| c.pro.iter().take(CLAIMS).cloned().collect::<Vec<_>>();
    let claims: Vec<Claim> = i.causes.iter().flat_map(weighty).collect();
    let (main, folded) = rows::folded(i, &claims, most);
    let in_short = |l: &rows::RowLine<'_>| main.iter().any(|m| m.lead.id == l.lead.id);
    let margin = |t, range| edges::interval(t, range, zone).unwrap_or_default();
    let hit = i.impact.addresses_hit;
    let addresses = hit.map(|n| facts::addresses(n, i.impact.addresses_error));
    json!({
        "zone": time::zone_label(i.onset, zone),
        "day": time::day(i.onset, zone),
        "summary": summary(report, i, clock),
        "held": edges::held(i),
        "services_hit": harm::services_hit(i).map(|n| marks::log(n.for_json())).collect::<Vec<_>>(),
        "severity": harm::severity(report, i).map(|(level, why)| json!({"level": level, "why": text(&why)})),
        "customers": harm::customers(report, i).as_ref().map(text),
        "chart": chart::draw(i, zone, CHART, false),
        "counted": facts::counted_from(&i.impact, zone),
        "harm": facts::harm(&i.impact),
        "partial": facts::partial(i),
        "early": i.onset_precedes_log,
        "onset_margin": margin(i.onset, i.onset_interval),
        "recovery_margin": i.recovery.map(|t| margin(t, i.recovery_interval)),
        "recovery": i.recovery.map(|t| time::clock_on(t, i.onset, zone)),
        "symptom": kinds::symptom(i).0,
        "lead_s": rows::lead(i).map(time::seconds),
        "addresses": addresses.map(|(value, how)| json!({"value": value, "how": how})),
        "objective": i.impact.error_budget.map(|b| facts::percent_of_objective(b.1)),
        "rows": lines.iter().map(|l| row(l, in_short(l), Some(i), clock)).collect::<Vec<_>>(),
        "rows_more": left_out,
        "folded": folded.iter().map(rows::RowLine::events).sum::<usize>(),
        "phases": i.phases.iter().filter(|p| p.us > 0).map(|p| json!({
            "phase": p.phase,
            "label": kinds::phase_label(i, p),
            "from": kinds::moment(i, &p.from),
            "to": kinds::moment(i, &p.to),
            "length": kinds::phase_length(i, p, time::span),
            "share": i.durations.recover.map(|w| facts::part_of(p.us, w)),
        })).collect::<Vec<_>>(),
        "helped": kinds::helped(i),
        "measures": i.prompts.iter().filter(|p| p.section == "actions").map(|p| json!({
            "from": facts::source(i, p.from.as_deref()),
            "text": text(&p.text),
            "saved": facts::saved(p, i.durations.recover),
        })).collect::<Vec<_>>(),
        "levels": i.causes.iter().map(|c| json::level(c.score)).collect::<Vec<_>>(),
    })
}

/// A line of the timeline: one row, or several that say the same.
/// `in_short`: whether a short form shows it.
pub(in crate::report) fn row(
    l: &rows::RowLine<'_>,
    in_short: bool,
    i: Option<&Incident>,
    clock: Clock,
) -> Value {
    let e = l.lead;
    let at = |t| time::clock_on(t, clock.day, clock.zone);
    // whole minutes of what is known by the minute
    let by_minute = e.interval.filter(|_| e.is_by_minute());
    let offset = |t: Instant| {
        let us = t.since(i?.onset);
        let near = |from: Instant| (from.since(i?.onset) + MINUTE).checked_div_euclid(MINUTE);
        let whole = by_minute.and_then(|(from, _)| Some(near(from)? * MINUTE));
        Some(time::seconds(whole.unwrap_or(us)))
    };
    json!({
        "id": e.id,
        "letter": e.letter.map(String::from),
        "kind": e.kind.word(),
        "when": edges::when(e, at),
        "offset_s": e.time.and_then(offset),
        "text": render(&l.text(), Medium::Marked, clock),
        "basis": json::basis(e.basis),
        "told": in_short,
        "word": kinds::word(l.kind(), &l.text(), i.and_then(facts::onset_kind)),
        "evidence": l.evidence().into_iter().map(json::one_evidence).collect::<Vec<_>>(),
    })
}

/// The summary as one marked text.
fn summary(report: &Report, i: &Incident, clock: Clock) -> String {
    let part = |s: SummaryPart<'_>| match s {
        SummaryPart::Text(s) => render(&names_as_code(s), Medium::Marked, clock),
        SummaryPart::Strong(s) => render(&s, Medium::Marked, clock),
        SummaryPart::Refusal(s) => marks::strong(&render(&s, Medium::Marked, clock)),
        SummaryPart::Cite(l) => {
            let places: Vec<String> = l
                .iter()
                .take(3)
                .map(|e| marks::log(&cite::line(report, e, Medium::Plain)))
                .collect();
            format!(
                " ({}{})",
                places.join(", "),
                cite::and_more(cite::behind(l, places.len()))
            )
        }
    };
    summary::of(i).into_iter().map(part).collect()
}

/// The service is the subject of the story: its name stands out.
fn names_as_code(mut s: Sentence) -> Sentence {
    for p in &mut s.0 {
        if let Piece::Name(n) = p {
            *p = Piece::Log(n.clone());
        }
    }
    s
}

/// `file:line: text` of the first cited line of each row with a letter that a line states.
fn raw_lines(report: &Report) -> Vec<String> {
    let rows = report.incidents.iter().flat_map(|i| &i.timeline);
    let rows = rows.filter(|e| e.basis == Basis::Stated);
    let line = |(_, at, text): (char, String, &str)| match text.char_indices().nth(RAW) {
        Some((end, _)) => format!("{at}: {}…", &text[..end]),
        None => format!("{at}: {text}"),
    };
    let mut out: Vec<String> = Vec::new();
    for l in first_lines(report, rows).map(line) {
        if !out.contains(&l) {
            out.push(l);
        }
    }
    out
}

/// Of each row with a letter: the letter, and the place and text of its first cited line.
pub(in crate::report) fn first_lines<'r>(
    report: &'r Report,
    rows: impl Iterator<Item = &'r Event>,
) -> impl Iterator<Item = (char, String, &'r str)> {
    rows.filter_map(|e| {
        let x = e.evidence.first()?;
        let at = cite::line(report, x, Medium::Plain);
        Some((e.letter?, at, x.excerpt.as_ref()?.for_json()))
    })
}
