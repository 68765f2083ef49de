//! A stretch that is no incident: a blip, planned work or a minor failure, by its number.

use super::{Explained, Reported, Topic, nth, numbered, text};

/// The topic.
pub(super) struct Blip;

impl Topic for Blip {
    fn usage(&self) -> &'static str {
        "blip 1, minor 1, planned 1"
    }
    fn about(&self) -> &'static str {
        "a stretch of failures that is no incident of its own"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        let lists = [
            ("blip", &r.report["blips"]),
            ("minor", &r.report["minor"]["rows"]),
            ("planned", &r.report["planned"]),
        ];
        let (word, s) = lists
            .iter()
            .find_map(|(word, list)| Some((*word, nth(list, numbered(what, word)?)?)))?;
        let title = format!("{word}  {}  {}", text(&s["start"]), text(&s["text"]));
        let mut e = Explained::new(title, method(word));
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
}

fn method(word: &str) -> &'static str {
    match word {
        "planned" => {
            "It begins inside a maintenance that a log line announces. It is counted apart from incidents."
        }
        "minor" => {
            "A real degradation without an alert, acknowledgement or rollback of its own, small beside the largest \
             incident. Such rows are listed together so that they do not hide what matters."
        }
        _ => {
            "A stretch whose failing share stands out, but which is shorter than a minute or holds too few failures. \
             It is a footnote, never an incident."
        }
    }
}
