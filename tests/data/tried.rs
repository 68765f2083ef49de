//! What the tests of every crate hold against each other many times: the rows of `tried.tsv`.

use std::fmt::Display;

/// The rows of a topic.
pub(crate) fn tried<const N: usize>(topic: &str) -> impl Iterator<Item = [String; N]> {
    let rows = include_str!("tried.tsv").lines();
    let rows = rows.filter_map(|row| row.strip_prefix(topic)?.strip_prefix('\t'));
    let plain = |part: &str| {
        part.replace("\\n", "\n")
            .replace("\\t", "\t")
            .replace("\\r", "\r")
    };
    let cell = |cell: &str| cell.split("\\\\").map(plain).collect::<Vec<_>>().join("\\");
    let cells = |row: &str| row.split('\t').map(cell).collect::<Vec<_>>();
    let all: Vec<[String; N]> = rows.map(|row| cells(row).try_into().unwrap()).collect();
    assert!(!all.is_empty(), "no row is of {topic}");
    all.into_iter()
}

/// Holds what is said of the first cell of each row of a topic against its second.
pub(crate) fn holds<R: Display>(topic: &str, says: impl Fn(&str) -> R) {
    for [of, want] in tried(topic) {
        assert_eq!(says(&of).to_string(), want, "{topic}: {of}");
    }
}

/// What there is, or a dash.
pub(crate) fn or_dash<T: Display>(said: Option<T>) -> String {
    said.map_or_else(|| "-".to_owned(), |s| s.to_string())
}
