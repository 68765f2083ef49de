//! What a claim rests on, and the typed sentence in which it is said.
//! Plain data only; the sinks choose words for times and escape what comes from logs.

use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use std::borrow::Cow;

/// A log line that something rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Index of the input.
    pub input: u32,
    /// 1-based line of the unpacked input.
    pub line: u64,
    /// Last line, where a range is meant.
    pub end_line: Option<u64>,
    /// Offset of the line's first byte in the unpacked input.
    pub byte: u64,
    /// The line, cleaned and redacted.
    pub excerpt: Option<LogText>,
    /// How many lines say the same, where more than this one.
    pub count: Option<u64>,
}

/// A sentence with typed arguments, so that every sink renders and escapes it in its own way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sentence(pub Vec<Piece>);

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Our own words; never text from a log.
    Words(Cow<'static, str>),
    /// Text from a log, quoted by the sink.
    Log(LogText),
    /// A name from a log (service, host, version, endpoint), written plainly where it is harmless.
    Name(LogText),
    /// The name of an input, as citations have it.
    File(LogText),
    /// An instant, written in the report's zone (time of day; the date too where it differs from the incident's).
    Time(Instant),
    /// One of which no more than the minute is known.
    Minute(Instant),
    /// A length of time in microseconds.
    Span(i64),
    /// A count.
    Count(u64),
    /// A share, 0–1.
    Share(f64),
}

impl Sentence {
    /// A sentence of our own words only.
    pub fn words(s: impl Into<Cow<'static, str>>) -> Self {
        Sentence(vec![Piece::Words(s.into())])
    }
    /// Whether it states that somebody asked for something, which no other line need have followed.
    pub fn states_a_command(&self) -> bool {
        matches!(self.0.first(), Some(Piece::Words(w)) if w.starts_with("Command"))
    }

    /// Whether it is what a person wrote to others.
    pub fn is_remark(&self) -> bool {
        matches!(self.0.first(), Some(Piece::Words(w)) if w.starts_with("Note"))
    }

    /// Whether it states that a program loaded its settings anew, and not what is changed.
    pub fn states_a_reload(&self) -> bool {
        matches!(self.0.first(), Some(Piece::Words(w)) if w.starts_with("Reload") && !w.starts_with("Reload failed"))
    }
    /// Appends our own words.
    pub fn w(mut self, s: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Piece::Words(s.into()));
        self
    }
    /// Appends any piece.
    pub fn p(mut self, p: Piece) -> Self {
        self.0.push(p);
        self
    }
    /// Appends a name from a log.
    pub fn name(self, n: &LogText) -> Self {
        self.p(Piece::Name(n.clone()))
    }
    /// As it stands within another sentence: a first word of our own begins small, unless it is an abbreviation.
    pub fn small(&self) -> Self {
        let mut s = self.clone();
        if let Some(Piece::Words(w)) = s.0.first_mut() {
            *w = small_words(w).into();
        }
        s
    }
    /// Appends quoted text from a log.
    pub fn log(self, n: &LogText) -> Self {
        self.p(Piece::Log(n.clone()))
    }
}

/// With a small first letter, unless the first word has another capital (`TLS`, `PostgreSQL's`).
fn small_words(s: &str) -> String {
    let word = s.split(' ').next().unwrap_or_default();
    let mut rest = s.chars();
    match rest.next() {
        Some(first) if !word.chars().skip(1).any(char::is_uppercase) => {
            first.to_lowercase().chain(rest).collect()
        }
        _ => s.to_owned(),
    }
}

/// What a claim rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Cited {
    /// Lines that say so; never empty.
    Lines(Vec<Evidence>),
    /// It is not there; the inputs that were searched, never empty.
    Absent(Vec<u32>),
}
