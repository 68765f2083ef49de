//! A row of the timeline, by its letter (`B`) or its id (`r7`, `e12`).

use super::{Explained, Reported, Topic, members, span, text};
use crate::report::sentence::{count, percent, share};
use serde_json::Value;

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "B, 13:05:14, r7 or e12",
    about: "a row of the timeline, by its letter, time or id: method, counts before and after, raw lines",
    explain,
    define: |_| None,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let what = what.trim();
    let id = |e: &&Value| e["id"].as_str().is_some_and(|i| i == what);
    let letter = |e: &&Value| {
        let letter = e["letter"].as_str();
        letter.is_some_and(|l| l.eq_ignore_ascii_case(what))
    };
    let own = || members(&r.incident["timeline"]);
    let all = || own().chain(members(&r.report["timeline"]));
    let row = own()
        .find(|e| letter(e) || id(e))
        .or_else(|| all().find(id));
    let row = row.or_else(|| all().find(|e| at(e, what)))?;
    // what stands under one row of the screen, unless the row itself was asked for
    let led = row["shown_with"].as_str().filter(|_| !id(&row));
    let lead = led.and_then(|lead| own().find(|e| e["id"] == lead));
    let lead = lead.unwrap_or(row);
    let with = own().filter(|e| e["shown_with"] == lead["id"]);
    Some(with.fold(of_row(r, lead), |e, row| {
        let time = row["time"].as_str().and_then(|t| t.get(11..19));
        e.number(time.unwrap_or("with it"), text(&row["text"]))
            .cite(r.report, row)
    }))
}

/// Whether a row stands at a time of day of the report, to the minute or to the second.
fn at(row: &Value, what: &str) -> bool {
    let clock = matches!(what.len(), 5 | 8) && what.as_bytes().get(2) == Some(&b':');
    let time = row["time"].as_str().and_then(|t| t.get(11..));
    clock && time.is_some_and(|t| t.starts_with(what))
}

/// Seconds on each side of a row: whole minutes.
const AROUND: i64 = 300;

/// Requests and failures in the minutes before the one that holds a row, and from it on.
fn around(r: &Reported<'_>, row: &Value) -> Option<[(String, String); 2]> {
    let s = &r.incident["series"];
    let stamp = |v: &Value| chrono::DateTime::parse_from_rfc3339(v.as_str()?).ok();
    let (start, bucket) = (
        stamp(&s["start"])?,
        s["bucket_s"].as_i64().filter(|b| *b > 0)?,
    );
    let at = stamp(&row["time"])?;
    let many = usize::try_from(AROUND / bucket).ok()?.max(1);
    let minute = 60.max(bucket);
    let index = (at - start).num_seconds().div_euclid(minute) * (minute / bucket);
    let index = usize::try_from(index).ok()?;
    let sum = |key: &str, (from, to): (usize, usize)| -> u64 {
        let all = members(&s[key]).skip(from).take(to - from);
        all.filter_map(Value::as_u64).sum()
    };
    let clock = |n: usize| {
        let t = start + chrono::TimeDelta::seconds(n as i64 * bucket);
        t.format("%H:%M").to_string()
    };
    let first = index.saturating_sub(many);
    let last = (index + many).min(members(&s["requests"]).count());
    (first < index && index < last).then(|| {
        [(first, index), (index, last)].map(|(a, b)| {
            let (n, f) = (sum("requests", (a, b)), sum("failed", (a, b)));
            let mut said = format!("{} requests, {} failed", count(n), count(f));
            if n > 0 {
                said += &format!(" ({})", percent(share(f, n)));
            }
            (format!("from {} to {}", clock(a), clock(b)), said)
        })
    })
}

/// The explanation of one row.
fn of_row(r: &Reported<'_>, row: &Value) -> Explained {
    let when = row["time"].as_str().unwrap_or("time not known");
    let head = row["letter"].as_str().map(|l| format!("{l}  "));
    let head = head.unwrap_or_default();
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
    for (when, what) in around(r, row).into_iter().flatten() {
        e = e.number(when, what);
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
        return super::method("row", "stated").to_owned();
    }
    let (own, kind) = (text(&row["method"]), text(&row["kind"]));
    format!("Measured: {own}. {}", super::method("row", &kind))
}
