//! The forms of an audit: the screen, JSON, workflow annotations, SARIF, and a diff of mechanical remedies.
//! Each escapes for its medium; columns count characters, from 1.

pub mod diff;
pub mod github;
pub mod json;
pub mod sarif;
pub mod text;

use super::document::Document;
use super::finding::Place;
use coroner_lines::text::LogText;

/// Columns of a place: the first, and the one behind the last.
fn columns(doc: &Document, place: &Place) -> (usize, usize) {
    let raw = doc.lines.get(place.line).map_or("", |l| l.raw);
    let count = |to: usize| {
        raw.get(..to.min(raw.len()))
            .map_or(0, |s| s.chars().count())
    };
    (count(place.at.start) + 1, count(place.at.end) + 1)
}

/// A text for a JSON string.
fn clean(s: &str) -> String {
    LogText::new(s.as_bytes()).for_json().to_owned()
}

/// A value as text, ending with a newline.
fn pretty(v: &serde_json::Value) -> String {
    // A value of our own making can be written.
    serde_json::to_string_pretty(v).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests;
