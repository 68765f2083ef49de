//! Levels that known writers put elsewhere than between the time and the text, by the table beside this file. The text stays
//! whole. Asked only where a line stated no level by its head.

use crate::record::Level;
use crate::table;
use regex::bytes::{Regex, RegexSet};
use std::sync::LazyLock;

/// Bytes within which such a level stands.
const REACH: usize = 160;

/// A way to write a level.
struct LateLevel {
    pattern: Regex,
    /// The level of all that is written so.
    fixed: Option<Level>,
    /// What words mean that are no usual ones.
    words: Vec<(&'static [u8], Level)>,
}

/// All patterns at once, and each.
static ALL: LazyLock<(RegexSet, Vec<LateLevel>)> = LazyLock::new(|| {
    let (mut patterns, mut ways) = (Vec::new(), Vec::new());
    for [pattern, said, _example] in table::rows(include_str!("late_levels.tsv")) {
        let pattern = format!("(?s-u)^(?:{pattern})");
        let level = |word: &str| Level::from_word(word.as_bytes());
        let pair = |p: &'static str| {
            let (word, means) = p.split_once(' ')?;
            Some((word.as_bytes(), level(means)?))
        };
        if let Ok(regex) = Regex::new(&pattern) {
            ways.push(LateLevel {
                pattern: regex,
                fixed: level(said),
                words: said.split(" | ").filter_map(pair).collect(),
            });
            patterns.push(pattern);
        }
    }
    (RegexSet::new(patterns).unwrap_or_default(), ways)
});

/// The level that a text states in a way of its writer's own.
pub(super) fn level_of(text: &[u8]) -> Option<Level> {
    let near = &text[..text.len().min(REACH)];
    let first = near.first()?;
    if !first.is_ascii_alphanumeric() && !b"[<-/.".contains(first) {
        return None;
    }
    let (any, ways) = &*ALL;
    any.matches(near).iter().find_map(|n| ways[n].level(near))
}

impl LateLevel {
    fn level(&self, text: &[u8]) -> Option<Level> {
        if self.fixed.is_some() {
            return self.fixed;
        }
        let word = self.pattern.captures(text)?.name("level")?.as_bytes();
        let own = self.words.iter().find(|(w, _)| *w == word);
        own.map_or_else(|| Level::from_word(word), |(_, level)| Some(*level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pattern_reads_its_examples() {
        let (_, ways) = &*ALL;
        let rows: Vec<[&str; 3]> = table::rows(include_str!("late_levels.tsv")).collect();
        assert_eq!(rows.len(), ways.len());
        for (row, way) in rows.iter().zip(ways) {
            for example in row[2].split("), ") {
                let level = way.level(example.as_bytes());
                assert!(
                    level.is_some() && level == level_of(example.as_bytes()),
                    "{row:?}"
                );
            }
        }
    }
}
