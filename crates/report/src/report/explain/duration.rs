//! A duration (`ttd`, `ttr`, `rollback` …): its definition, its two ends, or why the logs do not give it.

use super::{Explained, Reported, Topic, members, method, span, text};
use coroner_lines::table;
use serde_json::Value;

/// A duration of the closed list: names by which it is asked for, of which the first is the one of the report; kinds of its two
/// ends, the second of which is looked for at the right distance from the first; from what to what.
type KnownDuration = [&'static str; 4];

fn durations() -> impl Iterator<Item = KnownDuration> {
    table::rows(include_str!("durations.tsv"))
}

/// The name that a duration has in the report.
fn key([names, ..]: KnownDuration) -> &'static str {
    names.split(' ').next().unwrap_or_default()
}

fn known(what: &str) -> Option<KnownDuration> {
    let what = what.trim().to_ascii_lowercase();
    durations().find(|[names, ..]| names.split(' ').any(|n| n == what))
}

fn definition([.., means]: KnownDuration) -> String {
    let mut means = means.to_owned();
    if let Some(first) = means.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{means}. {}", method("duration", ""))
}

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "ttd, tta, decide, ttm, rollback, after_rollback, ttr, lead, durations",
    about: "a duration: its definition and its two ends; `durations` lists all",
    explain,
    define,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let Some(k) = known(what) else {
        return all(what, &r.incident["durations"]);
    };
    let key = key(k);
    let Some(seconds) = r.incident["durations"].get(key)?.as_f64() else {
        let why = "not recognised in the logs: one of its two ends is missing, or they stand in the wrong order";
        let e = Explained::new(format!("{key}  {why}"), definition(k));
        return Some(lacking(e, r));
    };
    let title = format!("{key}  {} ({seconds} s)", span(seconds));
    let e = Explained::new(title, definition(k));
    Some(match ends(r.incident, k, seconds) {
        Some((a, b)) => [("from", a), ("to", b)]
            .into_iter()
            .fold(e, |e, (side, row)| {
                let at = format!("{}  {}", text(&row["time"]), text(&row["text"]));
                e.number(side, at).cite(r.report, row)
            }),
        None => e,
    })
}

fn define(what: &str) -> Option<Explained> {
    match known(what) {
        Some(k) => Some(Explained::new(key(k), definition(k))),
        None => all(what, &Value::Null),
    }
}

/// Every duration with its definition, and its value where a report is at hand.
fn all(what: &str, values: &Value) -> Option<Explained> {
    if !matches!(what.trim(), "durations" | "duration") {
        return None;
    }
    let e = Explained::new("durations", method("duration", ""));
    Some(durations().fold(e, |e, k| {
        let key = key(k);
        let value = match (values.get(key), values.get(key).and_then(Value::as_f64)) {
            (None, _) => String::new(),
            (_, Some(s)) => format!("{}: ", span(s)),
            (_, None) => "not recognised in the logs: ".to_owned(),
        };
        e.number(key, format!("{value}{}", k[3]))
    }))
}

/// The two rows at the ends: kinds that fit, at the distance that the report gives.
fn ends(
    incident: &Value,
    [_, from, to, _]: KnownDuration,
    seconds: f64,
) -> Option<(&Value, &Value)> {
    let of = |kinds: &'static str| {
        members(&incident["timeline"])
            .filter(move |e| kinds.split(' ').any(|k| e["kind"] == k) && e["offset_s"].is_number())
    };
    let at = |e: &Value| e["offset_s"].as_f64().unwrap_or(f64::NAN);
    // an alert within the minute before the onset is given as 0
    let fits = |a: &Value, b: &Value| {
        let d = at(b) - at(a);
        (d - seconds).abs() < 0.002 || (seconds == 0.0 && (-60.0..0.0).contains(&d))
    };
    of(from).find_map(|a| of(to).find(|b| fits(a, b)).map(|b| (a, b)))
}

/// Which markers the report says are missing.
fn lacking(e: Explained, r: &Reported<'_>) -> Explained {
    let gaps = members(&r.report["gaps"]);
    gaps.filter(|g| g["kind"] == "marker")
        .fold(e, |e, g| e.number("gap", text(&g["text"])))
}
