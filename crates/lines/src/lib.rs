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
mod tests {
    /// The rows of a topic of `tests/data/tried.tsv`.
    pub(crate) fn tried<const N: usize>(topic: &str) -> impl Iterator<Item = [String; N]> {
        let rows = include_str!("../../../tests/data/tried.tsv").lines();
        let rows = rows.filter_map(|row| row.strip_prefix(topic)?.strip_prefix('\t'));
        let plain = |part: &str| {
            part.replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\r", "\r")
        };
        let cell = |cell: &str| cell.split("\\\\").map(plain).collect::<Vec<_>>().join("\\");
        let all: Vec<[String; N]> = rows
            .map(|row| {
                row.split('\t')
                    .map(cell)
                    .collect::<Vec<_>>()
                    .try_into()
                    .unwrap()
            })
            .collect();
        assert!(!all.is_empty(), "no row is of {topic}");
        all.into_iter()
    }
}
