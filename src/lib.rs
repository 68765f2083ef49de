//! coroner reads the logs of an outage and reconstructs what happened, with a citation for every claim.
//!
//! What stands alone is a crate of its own: `coroner-lines` (bytes of a line → record), `coroner-core` (files → model of a
//! report), `coroner-report` (forms and audit). Here they are one library, with `watch` over them.
//! The library prints nothing and reads no clock, locale or environment; the program does, and passes values down.

pub mod watch;

pub use coroner_core::{cause, clock, detect, error, infer, model, plan, scan, source, summary};
pub use coroner_lines::{fast, format, hash, marker, record, text, time, vector};
pub use coroner_report::{audit, report};
