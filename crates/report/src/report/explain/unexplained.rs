//! A rare line around the onset of which nothing was made, by its number (`unexplained 1`).

use super::{Explained, Reported, Topic, method, nth, numbered, text};

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "unexplained 1",
    about: "a rare line around the onset, by its number",
    explain,
    define: |_| None,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let n = numbered(what, "unexplained")?;
    let u = nth(&r.incident["unexplained"], n)?;
    let e = Explained::new(
        format!("unexplained  {}", text(&u["text"])),
        method("unexplained", ""),
    )
    .number("lines of its kind", u["lines"].to_string())
    .number("seconds from the onset", u["offset_s"].to_string());
    Some(e.cite(r.report, u))
}
