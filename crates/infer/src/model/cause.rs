//! Suspects and what speaks for and against them, contributing signals, and questions for a person.
//! Plain data only.

use super::{Cited, Evidence, Group, Piece, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::table::words;
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;
use serde::Serialize;

/// How far the cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseVerdict {
    /// Top score ≥ .80.
    Established,
    /// .50–.79 and at least .15 ahead of the next.
    Suspected,
    /// No cause is established.
    NotEstablished,
}

/// What would be needed to see a cause.
#[derive(Clone, Debug)]
pub struct Missing {
    /// Kind of source or fact.
    pub kind: &'static str,
    /// In words.
    pub text: Sentence,
    /// What it says is not there.
    pub denies: Option<Denial>,
}

/// A ranked suspect.
#[derive(Clone, Debug)]
pub struct Cause {
    /// Class.
    pub class: CauseClass,
    /// Its group.
    pub group: Group,
    /// What is done against it while it goes on, around what is named; empty where that cannot be said.
    pub remedy: [&'static str; 2],
    /// What to ask so that it does not happen again.
    pub question: &'static str,
    /// Sum of the class scores of the group.
    pub group_score: f64,
    /// 0–1.
    pub score: f64,
    /// In words.
    pub title: Sentence,
    /// What is named.
    pub culprit: Option<Culprit>,
    /// Evidence for.
    pub pro: Vec<Claim>,
    /// Evidence against.
    pub con: Vec<Claim>,
    /// What would settle it.
    pub settle: Option<Sentence>,
    /// The row of the timeline that set it off, where it is a change; by id.
    pub trigger: Option<String>,
    /// How that came to failures, where the lines state a fault of another class that the change brought about.
    pub mechanism: Option<Mechanism>,
}

/// The fault through which a change shows: no rival of it.
#[derive(Clone, Debug)]
pub struct Mechanism {
    /// Its class.
    pub class: CauseClass,
    /// In words, as the title of a cause.
    pub text: Sentence,
    /// What states it.
    pub cited: Cited,
}

/// What kinds of things causes name.
pub const CULPRIT_KINDS: [&str; 24] = words(
    "version host service upstream flag migration file process query table lock disk memory pool power certificate dns \
    limit client provider endpoint network object message",
);

/// What a cause names.
#[derive(Clone, Debug, PartialEq)]
pub struct Culprit {
    /// One of [`CULPRIT_KINDS`].
    pub kind: &'static str,
    /// What the lines call it.
    pub name: LogText,
    /// Bare service name.
    pub service: Option<LogText>,
}

/// What a sentence says is not there, in the inputs that it names as searched. The finished report is held against it before
/// any form is written: a row of these kinds that rests on such an input refutes the sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Denial {
    /// Kinds of rows; [`MarkerKind::NewError`] stands for messages never seen before too.
    pub kinds: &'static [MarkerKind],
    /// Classes of their faults; empty for any.
    pub classes: Vec<CauseClass>,
    /// From when.
    pub from: Instant,
    /// Until when, itself included.
    pub to: Instant,
}

impl Denial {
    /// Whether something of this kind and class, at a time and on these lines, shows that it is in one of the inputs searched.
    pub fn refuted_by(
        &self,
        searched: &[u32],
        (kind, class): (MarkerKind, Option<CauseClass>),
        at: Instant,
        lines: &[Evidence],
    ) -> bool {
        self.kinds.contains(&kind)
            && (self.classes.is_empty() || class.is_some_and(|c| self.classes.contains(&c)))
            && (self.from..=self.to).contains(&at)
            && lines.iter().any(|e| searched.contains(&e.input))
    }
}

/// A statement for or against a cause.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In words.
    pub text: Sentence,
    /// Natural log-odds it adds; negative against.
    pub weight: f64,
    /// What it rests on.
    pub cited: Cited,
    /// What it says is not there.
    pub denies: Option<Denial>,
}

/// A contributing signal.
#[derive(Clone, Debug)]
pub struct Signal {
    /// `rollback_without_restart`, `slow_alert`, …
    pub class: &'static str,
    /// In words.
    pub text: Sentence,
    /// What it rests on.
    pub cited: Cited,
}

/// A message template never seen before the onset.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    /// Masked text.
    pub text: LogText,
    /// Lines.
    pub count: u64,
    /// First.
    pub first: Instant,
    /// Last.
    pub last: Instant,
    /// Cause class its words point to.
    pub family: Option<&'static str>,
    /// Service.
    pub service: Option<LogText>,
    /// How long its log held no such line right before, in microseconds, where that is known and long.
    pub none_for: Option<i64>,
    /// First line.
    pub evidence: Vec<Evidence>,
}

/// A rare message around the onset of which nothing was made.
#[derive(Clone, Debug)]
pub struct Unexplained {
    /// When.
    pub time: Instant,
    /// Lines of its kind in all logs.
    pub lines: u64,
    /// Whether it is the first of them.
    pub first: bool,
    /// Other such messages that the same log shows with it.
    pub with: u64,
    /// The line.
    pub evidence: Vec<Evidence>,
}

impl Unexplained {
    /// What the line says, and how rare it is.
    pub fn sentence(&self) -> Sentence {
        let line = self.evidence.first().and_then(|e| e.excerpt.as_ref());
        let said = match line {
            Some(line) => Sentence::default().log(&line.said()),
            None => Sentence::words("a line that cannot be read any more"),
        };
        let said = match (self.first, self.lines) {
            (_, 0 | 1) => said.w(" (seen once"),
            (true, n) => said.w(" (first of ").p(Piece::Count(n)).w(" such lines"),
            (false, n) => said.w(" (one of ").p(Piece::Count(n)).w(" such lines"),
        };
        match self.with {
            0 => said.w(")"),
            1 => said.w("; one more unusual line within a second)"),
            n => said
                .w("; ")
                .p(Piece::Count(n))
                .w(" more unusual lines within a second)"),
        }
    }
}

/// A version seen.
#[derive(Clone, Debug)]
pub struct VersionSeen {
    /// Service.
    pub service: Option<LogText>,
    /// Version.
    pub name: LogText,
    /// Hosts it was seen on.
    pub hosts: Vec<LogText>,
    /// First.
    pub first: Option<Instant>,
    /// Last.
    pub last: Option<Instant>,
    /// Lines.
    pub evidence: Vec<Evidence>,
}

/// A question for a person.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Section of the document.
    pub section: &'static str,
    /// The question.
    pub text: Sentence,
    /// Path of the finding, e.g. `causes/1`.
    pub from: Option<String>,
    /// Microseconds that it could have saved.
    pub us: Option<i64>,
}
