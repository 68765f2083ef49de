//! coroner reads the logs of an outage and reconstructs what happened, with a citation for every claim.
//!
//! Modules import downwards only: `text, error, time, hash, vector` → `record` → `source | format | marker` → `plan`
//! → `summary` → `scan` → `model` → `clock | detect` → `cause` → `infer` → `report` → `audit | watch` → `cli`.
//! The library prints nothing and reads no clock, locale or environment; `cli` does, and passes values down.

pub mod audit;
pub mod cause;
pub mod cli;
pub mod clock;
pub mod detect;
pub mod error;
pub mod format;
pub mod hash;
pub mod infer;
pub mod marker;
pub mod model;
pub mod plan;
pub mod record;
pub mod report;
pub mod scan;
pub mod source;
pub mod summary;
pub mod text;
pub mod time;
pub mod vector;
pub mod watch;
