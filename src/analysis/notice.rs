//! What happens while logs are opened and read that is no line: inputs that are left out, damage, failures.
//! How bad that is, the caller decides.

use coroner_core::error::Error;
use coroner_core::source::{Binary, Found, Note, Ours};
use std::fmt;

/// Something that the report covers less for.
#[derive(Debug)]
pub enum Notice {
    /// An input, or an archive, was not read as a whole.
    Damaged {
        /// Its name.
        name: String,
        /// What happened.
        note: Note,
        /// Whether the user named it.
        operand: bool,
    },
    /// An input is no log.
    LeftOut {
        /// The input.
        found: Found,
        /// Why.
        why: LeftOut,
    },
    /// An input cannot be opened or read.
    Failed {
        /// Why.
        error: Error,
        /// Whether the user named it.
        operand: bool,
    },
}

/// Why an input is no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It holds no text.
    Binary(Binary),
    /// It holds nothing.
    Empty,
    /// It unpacks to nothing.
    EmptyUnpacked,
    /// It holds nothing but zero bytes, as files do after a crash.
    Zeros,
    /// This program wrote it.
    Ours(Ours),
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeftOut::Binary(b) => write!(f, "{b}"),
            LeftOut::Empty => f.write_str("empty"),
            LeftOut::EmptyUnpacked => f.write_str("empty after unpacking"),
            LeftOut::Zeros => f.write_str("nothing but zero bytes"),
            LeftOut::Ours(o) => write!(f, "what coroner wrote ({o})"),
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Damaged { name, note, .. } => write!(f, "{name} {note}"),
            Notice::LeftOut { found, why } => write!(f, "{}: {why}", found.name),
            Notice::Failed { error, .. } => write!(f, "{error}"),
        }
    }
}
