//! Stated markers as they stand in the lines, before pairing and collapsing (both need order, and happen at report time).
//! Kinds that a broken system repeats on every request are counted per minute, so that they stay bounded.

use super::{Coarse, Joined, Seen};
use coroner_lines::record::{CauseClass, MarkerKind};
use serde::{Deserialize, Serialize};

/// One stated marker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Marker {
    /// The line; its time is 0 for an untimed marker (see `timed`).
    pub seen: Seen,
    /// Which of several markers of the line.
    pub rank: u16,
    /// Whether the line carries a time. An untimed marker is placed between its neighbours by its position.
    pub timed: bool,
    /// What it states.
    pub kind: MarkerKind,
    /// Cause class of a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<CauseClass>,
    /// 0–100.
    pub confidence: u8,
    /// Message or title, at most 300 bytes.
    #[serde(with = "super::wire::bytes")]
    pub text: Vec<u8>,
    /// What ties alert, acknowledgement and resolution together.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Vec<u8>>,
    /// Who did it.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Vec<u8>>,
    /// Host.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Vec<u8>>,
    /// Service.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Vec<u8>>,
    /// Version.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Vec<u8>>,
    /// Typed by the format (pager or deploy document) rather than found by a text rule.
    pub typed: bool,
    /// What a package manager did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub package: bool,
}

/// Whether markers of a kind are kept as counts per minute.
pub fn is_repeating(kind: MarkerKind) -> bool {
    matches!(
        kind,
        MarkerKind::Fault | MarkerKind::BackendDown | MarkerKind::BackendUp | MarkerKind::Crash
    )
}

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RepeatKey {
    /// Minute number on the track's axis.
    pub minute: i64,
    /// What the lines state.
    pub kind: MarkerKind,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// Host.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Vec<u8>>,
    /// Service.
    #[serde(with = "super::wire::bytes::maybe")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Vec<u8>>,
}

/// Repeated markers of one minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// Lines.
    pub count: u64,
    /// First line.
    pub first: Seen,
    /// Message of the first line, at most 300 bytes.
    #[serde(with = "super::wire::bytes")]
    pub text: Vec<u8>,
    /// Time of the last line.
    pub last_us: i64,
    /// 0–100, the highest.
    pub confidence: u8,
}

impl Coarse for RepeatKey {
    const LAST: u8 = 2;
    // minutes of repeating markers by host and service
    const MOST: usize = 20_000;

    fn at(self, level: u8) -> Option<Self> {
        Some(RepeatKey {
            host: self.host.filter(|_| level < 1),
            service: self.service.filter(|_| level < 2),
            ..self
        })
    }
}

impl Joined for Repeat {
    fn join(&mut self, o: Repeat) {
        self.count += o.count;
        self.last_us = self.last_us.max(o.last_us);
        self.confidence = self.confidence.max(o.confidence);
        if o.first.order() < self.first.order() {
            self.first = o.first;
            self.text = o.text;
        }
    }
}
