//! A member of a list of the report, by its number, its kind or its class: a gap, a contributing signal, a rare line around the
//! onset of which nothing was made, a stretch that is no incident.

use super::{Explained, Reported, Topic, members, method, nth, numbered, text};
use serde_json::Value;

/// The topic of gaps: `gap 2`, `gap zone`.
pub(super) static GAP: Topic = Topic {
    usage: "gap 2 or gap zone",
    about: "something the logs cannot show, by its number or kind",
    explain: |r, what| {
        let kind = what.trim().strip_prefix("gap").map_or(what, str::trim);
        named(r, &r.report["gaps"], what, ("gap", "kind", kind))
    },
    define: |what| numbered(what, "gap").map(|_| Explained::new("gaps", method("gap", ""))),
};

/// The topic of contributing signals: `signal 1`, `slow_alert`.
pub(super) static SIGNAL: Topic = Topic {
    usage: "signal 1 or slow_alert",
    about: "a contributing signal, by its number or class",
    explain: |r, what| {
        let class = ("signal", "class", what.trim());
        named(r, &r.incident["signals"], what, class)
    },
    define: |_| None,
};

/// The topic of rare lines: `unexplained 1`.
pub(super) static UNEXPLAINED: Topic = Topic {
    usage: "unexplained 1",
    about: "a rare line around the onset, by its number",
    explain: |r, what| {
        let n = numbered(what, "unexplained")?;
        let u = nth(&r.incident["unexplained"], n)?;
        let title = format!("unexplained  {}", text(&u["text"]));
        let e = Explained::new(title, method("unexplained", ""))
            .number("lines of its kind", u["lines"].to_string())
            .number("seconds from the onset", u["offset_s"].to_string());
        Some(e.cite(r.report, u))
    },
    define: |_| None,
};

/// The topic of stretches that are no incident: a blip, a minor failure or planned work.
pub(super) static STRETCH: Topic = Topic {
    usage: "blip 1, minor 1, planned 1",
    about: "a stretch of failures that is no incident of its own",
    explain: |r, what| {
        let lists = [
            ("blip", &r.report["blips"]),
            ("minor", &r.report["minor"]["rows"]),
            ("planned", &r.report["planned"]),
        ];
        let listed = |(word, list)| Some((word, nth(list, numbered(what, word)?)?));
        let (word, s) = lists.into_iter().find_map(listed)?;
        let title = format!("{word}  {}  {}", text(&s["start"]), text(&s["text"]));
        let mut e = Explained::new(title, method("blip", word));
        for key in ["requests", "failed"] {
            if let Some(n) = s[key].as_u64() {
                e = e.number(key, n.to_string());
            }
        }
        if let Some(end) = s["end"].as_str() {
            e = e.number("until", end);
        }
        Some(e.cite(r.report, s))
    },
    define: |_| None,
};

/// A member of a list that is called by a word, by its number, else the first whose `key` is as asked.
fn named(
    r: &Reported<'_>,
    list: &Value,
    what: &str,
    (word, key, asked): (&str, &str, &str),
) -> Option<Explained> {
    let found = match numbered(what, word) {
        Some(n) => nth(list, n)?,
        None => members(list).find(|x| x[key] == asked)?,
    };
    let kind = text(&found[key]);
    let title = format!("{word}  {}", text(&found["text"]));
    let e = Explained::new(title, method(word, &kind)).number(key, kind);
    Some(e.cite(r.report, found))
}
