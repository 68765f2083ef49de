//! A duration (`ttd`, `ttr`, `rollback` …): its definition, its two ends, or why the logs do not give it.

use super::{Explained, Reported, Topic, members, method, span, text};
use coroner_lines::table;
use serde_json::Value;
use std::sync::LazyLock;

/// One duration of the closed list.
struct KnownDuration {
    /// Names by which it is asked for; the first is the one of the report.
    names: Vec<&'static str>,
    /// Kinds of its two ends; the second is looked for at the right distance from the first.
    from: Vec<&'static str>,
    to: Vec<&'static str>,
    /// From what to what.
    means: &'static str,
}

static ALL: LazyLock<Vec<KnownDuration>> = LazyLock::new(|| {
    let words = |cell: &'static str| cell.split(' ').collect();
    let all = table::rows(include_str!("durations.tsv"));
    all.map(|[names, from, to, means]| KnownDuration {
        names: words(names),
        from: words(from),
        to: words(to),
        means,
    })
    .collect()
});

fn known(what: &str) -> Option<&'static KnownDuration> {
    let what = what.trim().to_ascii_lowercase();
    ALL.iter().find(|k| k.names.contains(&what.as_str()))
}

fn definition(k: &KnownDuration) -> String {
    let mut means = k.means.to_owned();
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
    let key = k.names[0];
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
        Some(k) => Some(Explained::new(k.names[0], definition(k))),
        None => all(what, &Value::Null),
    }
}

/// Every duration with its definition, and its value where a report is at hand.
fn all(what: &str, values: &Value) -> Option<Explained> {
    if !matches!(what.trim(), "durations" | "duration") {
        return None;
    }
    let e = Explained::new("durations", method("duration", ""));
    Some(ALL.iter().fold(e, |e, k| {
        let key = k.names[0];
        let value = match (values.get(key), values.get(key).and_then(Value::as_f64)) {
            (None, _) => String::new(),
            (_, Some(s)) => format!("{}: ", span(s)),
            (_, None) => "not recognised in the logs: ".to_owned(),
        };
        e.number(key, format!("{value}{}", k.means))
    }))
}

/// The two rows at the ends: kinds that fit, at the distance that the report gives.
fn ends<'a>(
    incident: &'a Value,
    k: &'static KnownDuration,
    seconds: f64,
) -> Option<(&'a Value, &'a Value)> {
    let of = |kinds: &'static [&'static str]| {
        members(&incident["timeline"]).filter(move |e| {
            e["kind"].as_str().is_some_and(|w| kinds.contains(&w)) && e["offset_s"].is_number()
        })
    };
    let at = |e: &Value| e["offset_s"].as_f64().unwrap_or(f64::NAN);
    // an alert within the minute before the onset is given as 0
    let fits = |a: &Value, b: &Value| {
        let d = at(b) - at(a);
        (d - seconds).abs() < 0.002 || (seconds == 0.0 && (-60.0..0.0).contains(&d))
    };
    of(&k.from).find_map(|a| of(&k.to).find(|b| fits(a, b)).map(|b| (a, b)))
}

/// Which markers the report says are missing.
fn lacking(e: Explained, r: &Reported<'_>) -> Explained {
    let gaps = members(&r.report["gaps"]);
    gaps.filter(|g| g["kind"] == "marker")
        .fold(e, |e, g| e.number("gap", text(&g["text"])))
}
