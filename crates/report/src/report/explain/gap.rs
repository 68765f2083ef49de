//! A gap, by its number in the report's list or by its kind (`gap 2`, `gap zone`).

use super::{Explained, Reported, Topic, members, method, nth, numbered, text};
use serde_json::Value;

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "gap 2 or gap zone",
    about: "something the logs cannot show, by its number or kind",
    explain,
    define: |what| numbered(what, "gap").map(|_| Explained::new("gaps", method("gap", ""))),
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let list = &r.report["gaps"];
    let kind = what.trim().strip_prefix("gap").map_or(what, str::trim);
    let gap: &Value = match numbered(what, "gap") {
        Some(n) => nth(list, n)?,
        None => members(list).find(|g| g["kind"].as_str() == Some(kind))?,
    };
    let title = format!("gap  {}", text(&gap["text"]));
    let kind = text(&gap["kind"]);
    let e = Explained::new(title, method("gap", &kind)).number("kind", kind);
    Some(e.cite(r.report, gap))
}
