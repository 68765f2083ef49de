//! Rows of the timeline, stretches that are no incident, and gaps.
//! Plain data only.

use super::{Cited, Evidence, Piece, Sentence};
use coroner_lines::record::{CauseClass, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::Instant;

/// A row of the timeline.
#[derive(Clone, Debug)]
pub struct Event {
    /// Stable id within the report (`e1`, `e2`, … in timeline order).
    pub id: String,
    /// Letter in the chart.
    pub letter: Option<char>,
    /// When; `None` where only the order is known.
    pub time: Option<Instant>,
    /// Bounds of an untimed row.
    pub after: Option<Instant>,
    /// Bounds of an untimed row.
    pub before: Option<Instant>,
    /// Where an untimed row stands among the others: at what it pairs with, or where its bounds meet; `None`: apart from them.
    pub place: Option<Instant>,
    /// 95 % interval of a measured time; of a stated one the minute, where its line is stamped with no more than that.
    pub interval: Option<(Instant, Instant)>,
    /// What happened.
    pub kind: MarkerKind,
    /// In words.
    pub text: Sentence,
    /// Stated by a line, measured from many, or assumed.
    pub basis: Basis,
    /// 0–100.
    pub confidence: u8,
    /// Lines it rests on; never empty.
    pub evidence: Vec<Evidence>,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// Where.
    pub host: Option<LogText>,
    /// Which service.
    pub service: Option<LogText>,
    /// Which version.
    pub version: Option<LogText>,
    /// Which upstream.
    pub upstream: Option<LogText>,
    /// What ties alert, acknowledgement and resolution together.
    pub group: Option<LogText>,
    /// Who acted, or was notified, as its lines name them: for redaction, no form writes it.
    pub actors: Vec<LogText>,
    /// Whether it is what a package manager did: of what it installs nothing is known to run.
    pub package: bool,
    /// How a measured row was computed.
    pub method: Option<&'static str>,
}

impl Event {
    /// Whether its line says no more than the minute.
    pub fn is_by_minute(&self) -> bool {
        self.basis == Basis::Stated && self.interval.is_some()
    }

    /// When it was, as a piece of a sentence.
    pub fn at(&self, t: Instant) -> Piece {
        match self.is_by_minute() {
            true => Piece::Minute(t),
            false => Piece::Time(t),
        }
    }

    /// What it quotes of its line.
    pub fn quoted(&self) -> Option<&str> {
        self.text.0.iter().find_map(|p| match p {
            Piece::Log(t) => Some(t.for_json()),
            _ => None,
        })
    }

    /// When the last of its lines was written, as its words say (`12 lines until 14:03:10`), else its time.
    pub fn last(&self) -> Option<Instant> {
        let until = self.text.0.windows(2).find_map(|p| match p {
            [Piece::Words(w), Piece::Time(t)] if w.ends_with(" until ") => Some(*t),
            _ => None,
        });
        until.or(self.time)
    }
}

/// How a row is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A log line says so.
    Stated,
    /// Computed from many lines.
    Measured,
    /// Taken for granted, and said so.
    Assumed,
}

/// A stretch of failures that is no incident of its own.
#[derive(Clone, Debug)]
pub struct Span {
    /// First failing second.
    pub start: Instant,
    /// End; `None` when the logs end first.
    pub end: Option<Instant>,
    /// Service, where known.
    pub service: Option<LogText>,
    /// Requests in it.
    pub requests: Option<u64>,
    /// Failed ones.
    pub failed: Option<u64>,
    /// In words.
    pub text: Sentence,
    /// Lines it rests on; never empty.
    pub evidence: Vec<Evidence>,
}

/// Something the logs cannot show.
#[derive(Clone, Debug)]
pub struct Gap {
    /// `clock`, `unparsed`, `missing_source`, `silence`, `unread_requests`, `untimed_requests`, `no_baseline`, `stray_stamps`, `input`, `marker`, …
    pub kind: &'static str,
    /// In words.
    pub text: Sentence,
    /// What it rests on.
    pub cited: Cited,
}

impl Gap {
    /// One that lines show.
    pub fn shown(kind: &'static str, text: Sentence, lines: Vec<Evidence>) -> Gap {
        let cited = Cited::Lines(lines);
        Gap { kind, text, cited }
    }

    /// One of inputs.
    pub fn of(kind: &'static str, text: Sentence, inputs: Vec<u32>) -> Gap {
        let cited = Cited::Absent(inputs);
        Gap { kind, text, cited }
    }
}
