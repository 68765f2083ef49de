//! A contributing signal, by its number or class (`signal 1`, `slow_alert`).

use super::{Explained, Reported, Topic, members, method, nth, numbered, text};

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "signal 1 or slow_alert",
    about: "a contributing signal, by its number or class",
    explain,
    define: |_| None,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let list = &r.incident["signals"];
    let s = match numbered(what, "signal") {
        Some(n) => nth(list, n)?,
        None => members(list).find(|s| s["class"].as_str() == Some(what.trim()))?,
    };
    let class = text(&s["class"]);
    let title = format!("signal  {}", text(&s["text"]));
    let e = Explained::new(title, method("signal", &class)).number("class", class);
    Some(e.cite(r.report, s))
}
