//! From files to counts: reading, planning, summaries that merge exactly.
//!
//! Modules import downwards only: `error` → `source` → `plan` → `summary` → `scan`. Nothing here prints, or reads a clock, a
//! locale or the environment.

pub mod error;
pub mod plan;
pub mod scan;
pub mod source;
pub mod summary;

#[cfg(test)]
#[path = "../../../tests/data/tried.rs"]
mod tests;
