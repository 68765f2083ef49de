//! Holds a human-written postmortem against itself and, where logs are given, against what they show.
//! Reads the document, settles what it says happened and when, and runs the registered checks. Writes nothing.

pub mod actions;
pub mod case;
pub mod checks;
pub mod clock;
pub mod date;
pub mod document;
pub mod extent;
pub mod finding;
pub mod judged;
pub mod length;
pub mod logs;
pub mod markers;
pub mod mentions;
mod patterns;
pub mod rows;
pub mod sink;
pub mod stamp;
pub mod stated;
pub mod story;
pub mod words;
pub mod zone_said;
pub mod zones;

pub use document::Document;
pub use finding::{Finding, Severity};
pub use judged::{Judged, judge};

#[cfg(test)]
pub(crate) mod tests {
    /// Texts of the table of what audits read, and what is read of each.
    pub(crate) fn audited(of: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        let rows = include_str!("../../../tests/data/audited.tsv").lines();
        rows.filter_map(move |row| row.strip_prefix(of)?.strip_prefix('\t')?.split_once('\t'))
    }
}
