//! From the bytes of a log line to a record: time stamps, formats, markers of acts and states, and text from logs that is
//! safe to show. No file, thread, clock or environment is touched here.
//!
//! Modules import downwards only: `table` → `text, time, hash, vector` → `record` → `fault` → `marker` → `format` → `fast`.

pub mod fast;
pub mod fault;
pub mod format;
pub mod hash;
pub mod marker;
pub mod record;
pub mod sorting;
pub mod table;
pub mod text;
pub mod time;
pub mod vector;

#[cfg(test)]
#[path = "../../../tests/data/tried.rs"]
mod tests;
