//! A number that a program states and that grew beyond all it had been: the fact, and how it is told. What it means for a cause
//! stands in `climbed`.

use crate::model::{Evidence, Piece, Sentence};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE, SECOND};

/// What begins less than this before the failures begins with them.
const AT_ONCE: i64 = 10 * SECOND;

/// A number that a program writes beside a name, and that grew beyond all it had been.
#[derive(Clone, Debug)]
pub struct ClimbFact {
    /// How it is called.
    pub name: LogText,
    /// What stands behind the number.
    pub unit: Option<LogText>,
    /// Service of the lines, where they name one.
    pub service: Option<LogText>,
    /// When the first line went beyond what was usual.
    pub began: Instant,
    /// The highest number until then, in thousandths.
    pub usual: u64,
    /// What the first line of the last doubling says, in thousandths; it may have become more.
    pub top: u64,
    /// When it was last beyond what was usual.
    pub until: Instant,
    /// The line in which it began, and that in which it came to the last doubling.
    pub evidence: Vec<Evidence>,
}

impl ClimbFact {
    /// Whether it grew before requests failed, and until they did.
    pub fn leads(&self, onset: Instant) -> bool {
        onset.since(self.began) > AT_ONCE && onset.since(self.until) < MINUTE
    }

    /// What it is called.
    pub(in crate::cause) fn named(&self) -> Sentence {
        Sentence::default().log(&self.name)
    }

    /// What it is called, how far it grew, and when, in the words of a sentence.
    pub fn told(&self, onset: Instant) -> Sentence {
        let number = |milli: u64| match milli % 1000 {
            _ if milli >= 100_000 => format!("{}", (milli + 500) / 1000),
            0 => format!("{}", milli / 1000),
            part => format!(
                "{}.{}",
                milli / 1000,
                format!("{part:03}").trim_end_matches('0')
            ),
        };
        let unit = |s: Sentence| match &self.unit {
            Some(u) => s.w(" ").name(u),
            None => s,
        };
        let text = unit(
            self.named()
                .w(format!(" climbed from at most {}", number(self.usual))),
        );
        let text = unit(text.w(format!(" to {}", number(self.top))));
        let text = text.w(" or more, beginning at ").p(Piece::Time(self.began));
        match onset.since(self.began) {
            lead if lead > AT_ONCE => text.w(", ").p(Piece::Span(lead)).w(" before the onset"),
            _ => text,
        }
    }
}
