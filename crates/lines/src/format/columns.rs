//! Requests in columns: a line is cut into cells, and what each cell means is learnt from a sample of the file, by its key where
//! that is a usual one and else by its values: what reads as a time in all lines and does not run backwards is the time.
//! One mechanism for objects with keys of somebody's own, for columns in any order, with or without quotes, and for pairs.

mod cells;
mod learn;
mod mention;

pub use cells::{CellKey, Layout};
pub use learn::{is_request, learn};
pub use mention::mentions_request;

use super::synonym::Field;
use serde::{Deserialize, Serialize};

/// What a cell means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its key, or its place from 0 among the cells without a key.
    pub key: String,
    /// What it means.
    pub field: Field,
}

/// How the requests of a file are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// What separates the cells.
    pub layout: Layout,
    /// What they mean; cells of no meaning are left out.
    pub columns: Vec<Column>,
}

impl Columns {
    /// Whether a column has that meaning.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|c| c.field == field)
    }
}

#[cfg(test)]
mod tests;
