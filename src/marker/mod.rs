//! Markers stated by text: the vocabulary and the gate in front of it. Pure functions of one message.
//! No file, no clock, no pairing of starts with finishes: that needs order and happens at report time.

use crate::record::{CauseClass, Kind, MarkerKind};

/// A marker that a message states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it states.
    pub kind: MarkerKind,
    /// Cause class of a fault.
    pub class: Option<CauseClass>,
    /// 0–100.
    pub confidence: u8,
}

/// TEMP
pub fn find(_t: &[u8], _s: Kind, _o: &mut Vec<Hit>) {}
/// TEMP
pub mod fields {
    /// x
    pub fn version(_t: &[u8]) -> Option<&[u8]> {
        None
    }
    /// x
    pub fn service(_t: &[u8]) -> Option<&[u8]> {
        None
    }
    /// x
    pub fn actor(_t: &[u8]) -> Option<&[u8]> {
        None
    }
}
