//! The verdict of the report and of the causes: what the words mean and what they rest on.

use super::{Explained, Reported, Topic, members, text};

/// The topic.
pub(super) struct VerdictTopic;

const METHOD: &str = "`incident`: a stretch of failures, silence, missing traffic or slow responses passes the detector; \
    `none`: there was enough data and nothing passed; `insufficient`: there was too little to say either. The cause is \
    `established` from .80 on, `suspected` from .50 on and .15 ahead of the next, else not established.";

impl Topic for VerdictTopic {
    fn usage(&self) -> &'static str {
        "verdict"
    }
    fn about(&self) -> &'static str {
        "what the verdicts mean here, and what is missing for more"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        if what.trim() != "verdict" {
            return None;
        }
        let e = Explained::new(format!("verdict  {}", text(&r.report["verdict"])), METHOD);
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
    fn define(&self, what: &str) -> Option<Explained> {
        (what.trim() == "verdict").then(|| Explained::new("verdicts", METHOD))
    }
}
