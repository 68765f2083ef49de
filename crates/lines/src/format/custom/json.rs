//! Formats that are JSON lines with keys of their own: a path per meaning, nested or literally dotted. Without a path for the
//! time the usual keys are looked for.

use super::{CompileError, MAX, Made, Matcher, Slot, slot_of, unit, wrong};
use crate::format::flat_json::{Value, each};
use crate::table::rows;
use std::collections::BTreeMap;

/// A path of keys, as one string with dots.
pub(super) struct Path(Vec<u8>);

impl Path {
    pub(super) fn of(key: &str) -> Path {
        Path(key.as_bytes().to_vec())
    }
}

pub(super) fn compile(map: &BTreeMap<String, String>) -> Result<Made, CompileError> {
    let (mut names, mut paths) = (Vec::new(), Vec::new());
    for (name, path) in map {
        let (path, units) = match path.rsplit_once(':') {
            Some((path, u)) => match unit(u) {
                Some(u) => (path, BTreeMap::from([(name.clone(), u)])),
                None => {
                    let why = format!(
                        "{name} = \"{path}:{u}\": \"{u}\" is no unit; write s, ms, us or ns"
                    );
                    return wrong(0, why);
                }
            },
            None => (path.as_str(), BTreeMap::new()),
        };
        if path.is_empty() {
            return wrong(
                0,
                format!("{name} has no path; write the key, with dots for nested ones"),
            );
        }
        let slot = slot_of(name, &units);
        if slot == Slot::Unused && !units.is_empty() || names.len() == MAX {
            return wrong(0, format!("{name} cannot have a unit; leave it out"));
        }
        names.push((name.clone(), Some(slot)));
        paths.push(Path::of(path));
    }
    if !names.iter().any(|(_, s)| *s == Some(Slot::Time)) {
        usual(&mut names, &mut paths);
    }
    let about = "JSON lines with keys given by the user";
    Ok(Made::new(about, names, Matcher::Json(paths)))
}

/// Adds the usual keys of all that has no key yet.
fn usual(names: &mut Vec<(String, Option<Slot>)>, paths: &mut Vec<Path>) {
    let given: Vec<String> = names.iter().map(|(n, _)| n.clone()).collect();
    for [name, keys] in rows(include_str!("usual.tsv")) {
        let slot = slot_of(name, &BTreeMap::new());
        let name = name.trim_end_matches("_ms");
        if given.iter().any(|g| g == name) {
            continue;
        }
        for key in keys.split(' ').take(MAX.saturating_sub(names.len())) {
            names.push((name.to_owned(), Some(slot)));
            paths.push(Path::of(key));
        }
    }
}

pub(super) fn matches<'a>(paths: &[Path], line: &'a [u8], values: &mut [&'a [u8]; MAX]) -> bool {
    look(paths, b"", line, values, 0).is_some()
        && paths.iter().zip(values.iter()).any(|(_, v)| !v.is_empty())
}

/// Looks for the paths that begin with `front` in an object.
fn look<'a>(
    paths: &[Path],
    front: &[u8],
    object: &'a [u8],
    values: &mut [&'a [u8]; MAX],
    depth: usize,
) -> Option<()> {
    each(object, |key, value| {
        let mut any_deeper = false;
        for (i, Path(path)) in paths.iter().enumerate() {
            let Some(rest) = path.strip_prefix(front).and_then(|p| p.strip_prefix(key)) else {
                continue;
            };
            match (rest, value.text()) {
                (b"", Some(text)) if values[i].is_empty() => values[i] = text,
                (b"", _) => {}
                _ => any_deeper |= rest.starts_with(b"."),
            }
        }
        if let (true, Value::Object(inner), 0..8) = (any_deeper, value, depth) {
            let deeper = [front, key, b"."].concat();
            let _ = look(paths, &deeper, inner, values, depth + 1);
        }
    })
}
