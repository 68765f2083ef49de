//! Markers stated by text: the vocabulary and the gate in front of it. Pure functions of one message.
//! No file, no clock, no pairing of starts with finishes: that needs order and happens at report time.
//!
//! A *message* is what is left of a line without its stamp, level, host, tag and logger, and without quoted request lines,
//! referers and user agents: words in those are not statements. The callers cut it; nothing here looks at whole lines.

mod archive;
mod armed;
pub(crate) mod command;
pub mod fields;
mod foreign;
pub mod gate;
mod grammar;
mod object;
pub mod own;
mod prefilter;
pub mod rules;
pub mod scope;
mod talk;
#[cfg(test)]
mod tests;
mod trouble;
mod vetoed;
mod written;

pub use command::{behind_prompt, synced, typed};
pub(crate) use command::{powershell, typed_by_hand};
pub use gate::{Signs, find, find_in_chat, is_read, may_state_fault, signs};
pub(crate) use grammar::event;
pub(crate) use grammar::lexicon::order;
pub use grammar::{altered, goes_to, is_of_parts, state_of};
pub(crate) use talk::{is_bot, posted};
pub use talk::{is_pager, is_person, is_state, remark};
pub use written::written;

/// Confidence, 0–100, that what people write to each other is so, at most.
pub const SAID: u8 = 40;

use crate::record::{CauseClass, MarkerKind};

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
