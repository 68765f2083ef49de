//! From counts to the model of a report: clocks, detection, causes, inference.
//!
//! Modules import downwards only: `model` → `clock | detect` → `cause` → `infer`. Nothing here reads a file or starts a thread,
//! or reads a clock, a locale or the environment.

pub mod cause;
pub mod clock;
pub mod detect;
pub mod infer;
pub mod model;
#[cfg(test)]
#[path = "../../../tests/data/tried.rs"]
mod tests;
#[cfg(test)]
#[path = "tests/told.rs"]
mod told;
