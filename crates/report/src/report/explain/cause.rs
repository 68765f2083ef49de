//! A suspected cause: its prior, each claim with its weight, and what the sum means.

use super::{Explained, Reported, Topic, members, method, nth, numbered, text};
use crate::report::sentence;
use coroner_infer::cause::info;
use coroner_lines::record::CauseClass;
use serde_json::Value;

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "1 or cause 1",
    about: "a suspected cause, by its rank: prior, weights, lines",
    explain,
    define: |what| {
        numbered(what, "cause").map(|_| Explained::new("suspected causes", method("cause", "")))
    },
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    // on the screen causes stand under their numbers
    let bare = what.trim().parse().ok();
    let n = bare.or_else(|| numbered(what, "cause"))?;
    let c = nth(&r.incident["causes"], n)?;
    let (class, group) = (text(&c["class"]), text(&c["group"]));
    let score = |v: &Value| v.as_f64().map_or_else(String::new, sentence::score);
    let title = format!("cause {n}  {} ({})", text(&c["title"]), score(&c["score"]));
    let mut e = Explained::new(title, method("cause", ""));
    if let Some(k) = CauseClass::from_word(&class) {
        e = e.number("prior", format!("{:.3} for class {class}", info(k).prior));
    }
    let (mut sum, mut cited) = (0.0, Vec::new());
    for side in ["for", "against"] {
        for claim in members(&c[side]) {
            let weight = claim["weight"].as_f64().unwrap_or(0.0);
            sum += weight;
            cited.push(claim);
            e = e.number(format!("{side} {weight:+.2}"), text(&claim["text"]));
        }
    }
    let known = format!("{}, {}", score(&c["score"]), text(&c["level"]));
    e = e
        .number("sum", format!("{sum:+.2}: odds × {:.2}", sum.exp()))
        .number("score", known)
        .number("group", format!("{group}, {}", score(&c["group_score"])));
    if let Some(name) = c["culprit"]["name"].as_str() {
        e = e.number("names", format!("{} {name}", text(&c["culprit"]["kind"])));
    }
    if let Some(s) = c["mechanism"]["text"].as_str() {
        e = e.number("shows up as", s);
    }
    if let Some(s) = c["settle"].as_str().filter(|s| !s.is_empty()) {
        e = e.number("to confirm", s);
    }
    let cited = cited.into_iter();
    Some(cited.fold(e, |e, claim| e.cite(r.report, claim)))
}
