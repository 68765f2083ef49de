//! The forms of a report, and the audit of a postmortem that a person wrote.
//! `audit` may use `report`, not the other way round; nothing here reads logs or infers.

pub mod audit;
pub mod report;

#[cfg(test)]
#[path = "../../../tests/data/tried.rs"]
mod tests;
