//! The patterns that documents are read with: rows of `patterns.tsv`, one for each alternative, with an example of what it finds.

use coroner_lines::table;
use regex::Regex;
use std::ops::Deref;
use std::sync::OnceLock;

const TABLE: &str = include_str!("patterns.tsv");

/// All rows of a name as one pattern, which is made when it is first asked.
pub(super) struct Pattern {
    name: &'static str,
    made: OnceLock<Regex>,
}

impl Pattern {
    /// The pattern of a name; one that no row has fails when the program is built.
    pub(super) const fn of(name: &'static str) -> Pattern {
        assert!(stands(name.as_bytes()), "no row has this name");
        Pattern {
            name,
            made: OnceLock::new(),
        }
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.made.get_or_init(|| {
            let rows = table::rows(TABLE).filter(|[name, ..]: &[&str; 3]| *name == self.name);
            let all: Vec<&str> = rows.map(|[_, alternative, _]| alternative).collect();
            pattern(&format!("(?i){}", all.join("|")))
        })
    }
}

/// Whether a row of the table has a name.
const fn stands(name: &[u8]) -> bool {
    let (all, mut line) = (TABLE.as_bytes(), 0);
    while line < all.len() {
        let mut at = 0;
        while at < name.len() && line + at < all.len() && all[line + at] == name[at] {
            at += 1;
        }
        if at == name.len() && all[line + at] == b'\t' {
            return true;
        }
        while line < all.len() && all[line] != b'\n' {
            line += 1;
        }
        line += 1;
    }
    false
}

/// A pattern of the tables of this folder.
#[expect(
    clippy::expect_used,
    reason = "patterns are constants, and tests compile every one"
)]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alternative_finds_its_example() {
        for [name, alternative, example] in table::rows(TABLE) {
            let found = pattern(&format!("(?i){alternative}")).is_match(example);
            assert!(found && !example.is_empty(), "{name}: {example}");
        }
    }
}
