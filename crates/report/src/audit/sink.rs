//! The forms of an audit: the screen, JSON, workflow annotations, SARIF, and a diff of mechanical remedies.
//! Each escapes for its medium; columns count characters, from 1.

pub mod diff;
pub mod github;
pub mod json;
pub mod sarif;
pub mod text;

use super::document::Document;
use super::finding::Place;

/// Columns of a place: the first, and the one behind the last.
fn columns(doc: &Document, place: &Place) -> (usize, usize) {
    let raw = doc.lines.get(place.line).map_or("", |l| l.raw);
    let count = |to: usize| {
        raw.get(..to.min(raw.len()))
            .map_or(0, |s| s.chars().count())
    };
    (count(place.at.start) + 1, count(place.at.end) + 1)
}

#[cfg(test)]
mod tests;
