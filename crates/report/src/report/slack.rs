//! The head of each incident and its lettered rows as one message for Slack (Block Kit), to post to an incoming webhook. Text
//! stands in elements that Slack takes as they are, so that nothing of a log becomes markup, a link or a mention; only the
//! fallback for notifications is markup, and escaped.

use super::sentence::{Clock, Medium, render};
use super::{Form, cite, edges, facts, terminal, time, whole};
use coroner_infer::model::{Incident, Report};
use serde_json::{Value, json};

/// The form `slack`.
pub static SLACK: Form = Form {
    name: "slack",
    extension: None,
    about: "message for a Slack channel (JSON for an incoming webhook)",
    write: |report, _| whole(format!("{}\n", message(report))),
};

/// Characters of a headline, and of any other text, at most.
const HEADLINE: usize = 150;
const TEXT: usize = 3000;
/// Incidents reported: two blocks each, of fifty that a message may hold.
const INCIDENTS: usize = 20;

fn message(report: &Report) -> Value {
    let shown = report.incidents.iter().enumerate().take(INCIDENTS);
    let mut blocks: Vec<Value> = shown
        .flat_map(|(n, i)| incident(report, i, n + 1))
        .collect();
    let title = match report.incidents.as_slice() {
        [] => {
            let (said, note) = facts::no_incident(report);
            let head = said.split(['(', ';', '.']).next().unwrap_or(&said).trim();
            let whole = text(&format!("{said} {note}"), false);
            blocks.extend([header(1, head), rich(vec![section(vec![whole])])]);
            said
        }
        [one] => plain(report, one),
        many => format!("{} incidents", many.len()),
    };
    if let Some(w) = facts::warning(&report.settings) {
        blocks.push(rich(vec![section(vec![text(w, true)])]));
    }
    json!({"blocks": blocks, "text": cut(&escape(&title), TEXT)})
}

fn plain(report: &Report, i: &Incident) -> String {
    render(&i.title, Medium::Plain, Clock::of(report, i.onset))
}

/// Headline, then the answers of the screen's head and the lettered rows.
fn incident(report: &Report, i: &Incident, n: usize) -> [Value; 2] {
    let clock = Clock::of(report, i.onset);
    let mut lines = Vec::new();
    for (label, answer) in terminal::answers(report, i, n) {
        if !label.is_empty() {
            lines.push(text(&format!("{label} "), true));
        }
        lines.push(text(&format!("{answer}\n"), false));
    }
    let rows = i.timeline.iter();
    let lettered = rows.filter_map(|e| Some((e, e.letter?)));
    let rows = lettered.map(|(e, letter)| {
        let at = edges::when(e, |t| time::clock_on(t, i.onset, clock.zone));
        let said = render(&e.text, Medium::Plain, clock);
        let cited = cite::first(report, &e.evidence, Medium::Plain).unwrap_or_default();
        section(vec![
            text(&format!("{letter} {at} "), true),
            text(&format!("{said} "), false),
            json!({"type": "text", "text": cut(&cited, TEXT), "style": {"code": true}}),
        ])
    });
    let rows: Vec<Value> = rows.collect();
    let mut all = vec![section(lines)];
    if !rows.is_empty() {
        all.push(json!({"type": "rich_text_list", "style": "bullet", "elements": rows}));
    }
    [header(n, &plain(report, i)), rich(all)]
}

fn header(n: usize, title: &str) -> Value {
    json!({
        "type": "header",
        "block_id": format!("coroner-{n}"),
        "text": {"type": "plain_text", "text": cut(title, HEADLINE), "emoji": false},
    })
}

fn rich(elements: Vec<Value>) -> Value {
    json!({"type": "rich_text", "elements": elements})
}

fn section(elements: Vec<Value>) -> Value {
    json!({"type": "rich_text_section", "elements": elements})
}

fn text(said: &str, bold: bool) -> Value {
    match bold {
        true => json!({"type": "text", "text": cut(said, TEXT), "style": {"bold": true}}),
        false => json!({"type": "text", "text": cut(said, TEXT)}),
    }
}

/// The three characters that begin anything in Slack's markup.
fn escape(s: &str) -> String {
    s.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn cut(s: &str, most: usize) -> String {
    match s.chars().count() > most {
        true => s.chars().take(most - 1).chain(['…']).collect(),
        false => s.to_owned(),
    }
}
