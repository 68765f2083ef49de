//! What a check says: where in the document, how bad, in words, and what to do.
//! Texts of the document that messages quote are cleaned here, once; sinks escape for their medium.

use crate::report::time;
use coroner_lines::text::LogText;
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, SECOND};
use std::ops::Range;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A gap, or advice.
    Note,
    /// Probably wrong, misleading, or not provable.
    Warning,
    /// Two statements cannot both be true.
    Error,
}

impl Severity {
    /// The word in JSON, in SARIF and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the line, from 0.
    pub line: usize,
    /// Bytes of the line.
    pub at: Range<usize>,
}

impl Place {
    /// A place.
    pub fn new(line: usize, at: Range<usize>) -> Place {
        Place { line, at }
    }

    /// What places are sorted by.
    pub(super) fn key(&self) -> (usize, usize) {
        (self.line, self.at.start)
    }
}

/// What is said under a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// In a few words; may be empty.
    pub text: String,
}

/// What a change of the document would be: the bytes of a place replaced.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What is replaced.
    pub place: Place,
    /// With what.
    pub with: String,
}

/// A finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the check.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where, and what is said there.
    pub main: Label,
    /// Other places that it rests on.
    pub related: Vec<Label>,
    /// In a sentence or two.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// A mechanical remedy; several where several places are wrong in one way.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// A finding at a place.
    pub fn at(place: Place, message: impl Into<String>) -> Finding {
        Finding {
            id: "",
            severity: Severity::Note,
            main: Label {
                place,
                text: String::new(),
            },
            related: Vec::new(),
            message: message.into(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Says something under the place.
    pub fn label(mut self, text: impl Into<String>) -> Finding {
        self.main.text = text.into();
        self
    }

    /// Names another place.
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Finding {
        self.related.push(Label {
            place,
            text: text.into(),
        });
        self
    }

    /// Names other places without a word, of very many the first.
    pub fn also_at(self, places: impl IntoIterator<Item = Place>) -> Finding {
        let places = places.into_iter().take(MOST);
        places.fold(self, |f, p| f.also(p, ""))
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// Offers a change of the document.
    pub fn fix(mut self, place: Place, with: impl Into<String>) -> Finding {
        self.fixes.push(Fix {
            place,
            with: with.into(),
        });
        self
    }

    /// Another severity than the check's own.
    pub fn as_bad_as(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }
}

/// Findings of one check, and places of one finding, at most.
pub(super) const MOST: usize = 50;

/// Characters of a quote in a message.
const QUOTE: usize = 60;

/// Text of the document for a message: cleaned, redacted, blanks joined, cut at a word, in quotation marks.
pub fn quote(text: &str) -> String {
    let joined: Vec<&str> = text.split_whitespace().take(40).collect();
    let clean = LogText::new(joined.join(" ").as_bytes());
    let shown = clean.for_json();
    if shown.chars().count() <= QUOTE {
        return format!("\"{shown}\"");
    }
    let mut cut = String::new();
    for word in shown.split(' ') {
        if cut.chars().count() + word.chars().count() >= QUOTE && !cut.is_empty() {
            break;
        }
        cut.push_str(if cut.is_empty() { "" } else { " " });
        cut.extend(word.chars().take(QUOTE));
    }
    format!("\"{cut} …\"")
}

/// A length of time in a message: `1 h 55 min`, `32 min`, `40 s`, `2 d 3 h`.
pub fn said(secs: i64) -> String {
    time::span(secs.saturating_mul(SECOND))
}

/// A length in minutes, as the spans of a document are compared: `115 min`; seconds where there are any, and days.
pub fn minutes(secs: i64) -> String {
    match secs % 60 {
        0 if secs.unsigned_abs() < 86_400 => format!("{} min", secs / 60),
        _ => said(secs),
    }
}

/// A clock time of wall seconds: `13:05`, with seconds where there are any.
pub fn clock(secs: i64) -> String {
    let shown = if secs % 60 == 0 {
        time::minute
    } else {
        time::clock
    };
    shown(Instant(secs.saturating_mul(SECOND)), Zone::UTC)
}

/// A count with its thing: `1 row`, `3 rows`.
pub fn count(n: usize, thing: &str) -> String {
    crate::report::sentence::counted(n as u64, thing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_reported_up_to_a_day() {
        assert_eq!(minutes(115 * 60), "115 min");
        assert_eq!(minutes(-5 * 60), "-5 min");
        assert_eq!(minutes(90), "1 min 30 s");
        assert_eq!(minutes(86_400 + 43 * 60), "1 d 43 min");
    }
}
