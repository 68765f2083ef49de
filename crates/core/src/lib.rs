//! From files to the model of a report: reading, planning, counting, clocks, detection, causes, inference.
//!
//! Modules import downwards only: `error` → `source` → `plan` → `summary` → `scan` → `model` → `clock | detect` → `cause` →
//! `infer`. Nothing here prints, or reads a clock, a locale or the environment.

pub mod cause;
pub mod clock;
pub mod detect;
pub mod error;
pub mod infer;
pub mod model;
pub mod plan;
pub mod scan;
pub mod source;
pub mod summary;
