//! A stretch that is no incident: a blip, planned work or a minor failure, by its number.

use super::{Explained, Reported, Topic, method, nth, numbered, text};

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "blip 1, minor 1, planned 1",
    about: "a stretch of failures that is no incident of its own",
    explain,
    define: |_| None,
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    let lists = [
        ("blip", &r.report["blips"]),
        ("minor", &r.report["minor"]["rows"]),
        ("planned", &r.report["planned"]),
    ];
    let (word, s) = lists
        .iter()
        .find_map(|(word, list)| Some((*word, nth(list, numbered(what, word)?)?)))?;
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
}
