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
mod tests {
    pub mod told;
}
