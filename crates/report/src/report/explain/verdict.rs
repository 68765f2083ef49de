//! The verdict of the report and of the causes: what the words mean and what they rest on.

use super::{Explained, Reported, Topic, members, method, text};

/// The topic.
pub(super) static TOPIC: Topic = Topic {
    usage: "verdict",
    about: "what the verdicts mean here, and what is missing for more",
    explain,
    define: |what| {
        (what.trim() == "verdict").then(|| Explained::new("verdicts", method("verdict", "")))
    },
};

fn explain(r: &Reported<'_>, what: &str) -> Option<Explained> {
    if what.trim() != "verdict" {
        return None;
    }
    let title = format!("verdict  {}", text(&r.report["verdict"]));
    let e = Explained::new(title, method("verdict", ""));
    let e = match r.incident["cause_verdict"].as_str() {
        Some(v) => e.number("cause", v.replace('_', " ")),
        None => e,
    };
    let missing = members(&r.incident["missing"]);
    let e = missing.fold(e, |e, m| e.number("missing", text(&m["text"])));
    let onset = members(&r.incident["timeline"]).find(|x| x["kind"] == "onset");
    Some(match onset {
        Some(row) => e.cite(r.report, row),
        None => e,
    })
}
