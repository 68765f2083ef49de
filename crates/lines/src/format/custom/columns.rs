//! Formats whose columns were learnt from lines of the file that they are for.

use super::{MAX, Made, Matcher, Slot, json};
use crate::format::columns::{CellKey, Columns, Layout};
use crate::format::synonym::Field;

/// Where the named values of a line stand that is no object.
pub(super) struct Columnar {
    layout: Layout,
    /// By place: the number of the name, where it has one.
    places: Vec<Option<usize>>,
    keys: Vec<(Vec<u8>, usize)>,
}

pub(super) fn compile(c: &Columns) -> Made {
    let columns = &c.columns[..c.columns.len().min(MAX)];
    let slot = |f: Field| match f {
        Field::Time => Slot::Time,
        f => Slot::Field(f),
    };
    let names = columns.iter();
    let names = names
        .map(|c| (c.key.clone(), Some(slot(c.field))))
        .collect();
    let matcher = match c.layout {
        Layout::Json => Matcher::Json(columns.iter().map(|c| json::Path::of(&c.key)).collect()),
        layout => {
            let (mut places, mut keys) = (Vec::new(), Vec::new());
            for (n, c) in columns.iter().enumerate() {
                match c.key.parse::<usize>() {
                    Ok(at) if at < MAX => {
                        places.resize(places.len().max(at + 1), None);
                        places[at] = Some(n);
                    }
                    _ => keys.push((c.key.as_bytes().to_vec(), n)),
                }
            }
            Matcher::Columns(Columnar {
                layout,
                places,
                keys,
            })
        }
    };
    let about = "requests in columns that were learnt from the file";
    Made::new(about, names, matcher)
}

/// Cuts a line and takes the values that are named; false where it has too few cells.
pub(super) fn matches<'a>(c: &Columnar, line: &'a [u8], values: &mut [&'a [u8]; MAX]) -> bool {
    let mut met = 0;
    let whole = c.layout.cells(line, |key, v| {
        let n = match key {
            CellKey::At(at) => {
                met = at + 1;
                c.places.get(at).copied().flatten()
            }
            CellKey::Named(k) => c.keys.iter().find(|(known, _)| known == k).map(|k| k.1),
        };
        if let Some(n) = n.filter(|n| values[*n].is_empty()) {
            values[n] = v;
        }
    });
    whole.is_some() && met >= c.places.len()
}
