//! Which changes are acts of their own, since something sets them back or is done to their file. What is done about it is not known
//! here.

use crate::infer::stated::StatedMarker;
use coroner_lines::marker;
use coroner_lines::record::MarkerKind as K;
use coroner_lines::text::words::sets_back;
use std::collections::{BTreeMap, BTreeSet};

/// What a change is told by apart from others of its run: its words, where another change sets it back, before or after it; or the file
/// that it is of, where somebody typed a command that names that.
pub(super) type OwnActs<'a> = BTreeMap<(u32, u64), &'a str>;

/// The changes that are acts of their own, by where their lines stand.
pub(super) fn acts_of_their_own(rows: &[StatedMarker]) -> OwnActs<'_> {
    let typed = rows.iter().filter_map(|r| marker::typed(&r.text));
    let typed = typed.filter_map(|t| std::str::from_utf8(t).ok());
    let typed: BTreeSet<&str> = typed.flat_map(files).collect();
    let mut own = OwnActs::new();
    let mut by_words: BTreeMap<Vec<&str>, Vec<(&StatedMarker, &str)>> = BTreeMap::new();
    for r in rows.iter().filter(|r| r.kind == K::ConfigChange) {
        let Ok(text) = std::str::from_utf8(&r.text) else {
            continue;
        };
        if let Some(file) = files(text).find(|f| typed.contains(f)) {
            own.insert((r.input, r.offset), file);
            continue;
        }
        let mut words: Vec<&str> = text.split_whitespace().collect();
        words.sort_unstable();
        by_words.entry(words).or_default().push((r, text));
    }
    for same in by_words.into_values().filter(|same| same.len() > 1) {
        let back = |t: &str| same.iter().any(|(_, o)| sets_back(t, o));
        let of = same.iter().filter(|(_, t)| back(t));
        own.extend(of.map(|(r, t)| ((r.input, r.offset), *t)));
    }
    own
}

/// The files that a text names by their paths.
fn files(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || "[]()'\",;=".contains(c));
    let is_file =
        |w: &&str| w.starts_with('/') && w.rsplit('/').next().is_some_and(|n| n.contains('.'));
    words.filter(is_file)
}
