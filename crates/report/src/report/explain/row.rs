//! A row of the timeline, by its letter (`B`) or its id (`r7`, `e12`).

use super::{Explained, Reported, Topic, members, span, text};
use serde_json::Value;

/// The topic.
pub(super) struct RowTopic;

impl Topic for RowTopic {
    fn usage(&self) -> &'static str {
        "B, r7 or e12"
    }
    fn about(&self) -> &'static str {
        "a row of the timeline, by its letter or id"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        let what = what.trim();
        let id = |e: &&Value| e["id"].as_str().is_some_and(|i| i == what);
        let letter = |e: &&Value| {
            e["letter"]
                .as_str()
                .is_some_and(|l| l.eq_ignore_ascii_case(what))
        };
        let mut own = members(&r.incident["timeline"]);
        let mut all = members(&r.report["timeline"]);
        let row = own.find(|e| letter(e) || id(e)).or_else(|| all.find(id))?;
        Some(of_row(r, row))
    }
}

/// The explanation of one row.
fn of_row(r: &Reported<'_>, row: &Value) -> Explained {
    let when = match row["time"].as_str() {
        Some(t) => t.to_owned(),
        None => "time not known".to_owned(),
    };
    let head = match row["letter"].as_str() {
        Some(l) => format!("{l}  "),
        None => String::new(),
    };
    let title = format!("{head}{when}  {}", text(&row["text"]));
    let mut e = Explained::new(title, method(row)).number("kind", text(&row["kind"]));
    if let Some(s) = row["offset_s"].as_f64() {
        let side = if s < 0.0 { "before" } else { "after" };
        e = e.number("from the onset", format!("{} {side} it", span(s.abs())));
    }
    if let [a, b] = row["time_interval"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
    {
        e = e.number("95 % interval", format!("{} to {}", text(a), text(b)));
    }
    if row["time"].is_null() {
        for (name, key) in [("not before", "after"), ("not after", "before")] {
            if let Some(t) = row[key].as_str() {
                e = e.number(name, t);
            }
        }
    }
    if let Some(c) = row["confidence"].as_f64() {
        e = e.number("confidence in the kind", format!("{:.0} %", c * 100.0));
    }
    for key in ["class", "service", "host", "version", "upstream"] {
        if let Some(v) = row[key].as_str() {
            e = e.number(key, v);
        }
    }
    e.cite(r.report, row)
}

/// How rows of a kind are found.
fn method(row: &Value) -> String {
    if row["basis"] != "measured" {
        return "Stated: a log line says so in words of the marker vocabulary, which is tried only where such lines \
                may stand (never in URLs or user agents). Its time is the line's own, on the corrected clock of its input; \
                several lines of one act are one row."
            .to_owned();
    }
    let own = text(&row["method"]);
    let second = match row["kind"].as_str().unwrap_or_default() {
        "onset" => {
            "The time is that of the first failing request at or after the point where a change of the failing share \
             explains the counts best; the interval holds every start that explains them nearly as well."
        }
        "recovery" => {
            "It counts only with calm after it: failures within one point of the usual share and traffic at 90 % of \
             the expected or more."
        }
        "first_5xx" => "It is a fact about the archive, usually background, and no onset.",
        "masked_failover" => {
            "Clients saw the last answer only, so such requests are no failures; the number of 5xx they did see stands \
             in the row."
        }
        "new_error" => {
            "Words with digits and paths are masked first, so that lines that differ in a number are one message."
        }
        _ => "It is computed from all lines of its inputs; the ones below are where it shows.",
    };
    format!("Measured: {own}. {second}")
}
