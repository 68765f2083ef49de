//! A gap, by its number in the report's list or by its kind (`gap 2`, `gap zone`).

use super::{Explained, Reported, Topic, members, nth, numbered, text};
use serde_json::Value;

/// The topic.
pub(super) struct GapTopic;

impl Topic for GapTopic {
    fn usage(&self) -> &'static str {
        "gap 2 or gap zone"
    }
    fn about(&self) -> &'static str {
        "something the logs cannot show, by its number or kind"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        let list = &r.report["gaps"];
        let kind = what.trim().strip_prefix("gap").map_or(what, str::trim);
        let gap: &Value = match numbered(what, "gap") {
            Some(n) => nth(list, n)?,
            None => members(list).find(|g| g["kind"].as_str() == Some(kind))?,
        };
        let title = format!("gap  {}", text(&gap["text"]));
        let e = Explained::new(title, method(gap)).number("kind", text(&gap["kind"]));
        Some(e.cite(r.report, gap))
    }
    fn define(&self, what: &str) -> Option<Explained> {
        numbered(what, "gap").map(|_| Explained::new("gaps", method(&Value::Null)))
    }
}

/// How gaps of a kind come about.
fn method(gap: &Value) -> &'static str {
    match gap["kind"].as_str().unwrap_or_default() {
        "clock" | "zone" => {
            "Stamps are held together across inputs by shared requests, by error bursts that coincide and by the order of \
             cause and effect; what cannot be told so is assumed and said. A correction is applied only where it stands \
             out clearly, so a clock that is not mentioned was either written with a zone or agrees with the others."
        }
        "unparsed" => {
            "Every line is tried with every format; what none accepts, and what does not belong to the record before it, \
             is counted here. Such lines take no part in any number of the report."
        }
        "unread_requests" => {
            "Most lines of this input hold a method, a path and a status, and no format made requests of them; what their \
             columns mean could not be learnt from a sample either. None of them is in any number of the report."
        }
        "missing_source" => {
            "Inputs are sorted by what most of their records are; none was of this sort. What such a log would have shown \
             is missing from timeline and causes, and its absence proves nothing."
        }
        "marker" => {
            "A story needs this marker and no line states it in the inputs that were searched. The row is left out and \
             the duration that depends on it is not given."
        }
        "silence" => {
            "No line for longer than the usual rate of lines allows. It is called an outage only where another input \
             goes on meanwhile; here nothing tells an outage from a pause in collecting."
        }
        "no_baseline" => {
            "What is new or unusual is told against the time before it, and here that time is missing or failing too. \
             What is listed is a fact, whether it is usual is not known."
        }
        _ => {
            "A gap is something that the logs at hand cannot show, with the lines that it was seen at or the inputs that \
             were searched for it in vain. It lowers what can be said, and is never filled by a guess."
        }
    }
}
