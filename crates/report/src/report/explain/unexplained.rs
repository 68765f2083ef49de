//! A rare line around the onset of which nothing was made, by its number (`unexplained 1`).

use super::{Explained, Reported, Topic, nth, numbered, text};

/// The topic.
pub(super) struct Unexplained;

const METHOD: &str = "Messages are told apart by their first twelve words, values and numbers left out. Told are those with no \
     more than three lines in all logs, or whose first line it is, from two minutes before the onset to half a minute behind \
     it, in logs that had gone on for ten minutes and do not say something new every few; but none that a row cites, that \
     stands within a second of one in its log, right behind a line of that second that anything cites, or with a restart, that names the \
     first suspect, or that comes with the failures again and again.";

impl Topic for Unexplained {
    fn usage(&self) -> &'static str {
        "unexplained 1"
    }
    fn about(&self) -> &'static str {
        "a rare line around the onset, by its number"
    }
    fn explain(&self, r: &Reported<'_>, what: &str) -> Option<Explained> {
        let n = numbered(what, "unexplained")?;
        let u = nth(&r.incident["unexplained"], n)?;
        let e = Explained::new(format!("unexplained  {}", text(&u["text"])), METHOD)
            .number("lines of its kind", u["lines"].to_string())
            .number("seconds from the onset", u["offset_s"].to_string());
        Some(e.cite(r.report, u))
    }
}
