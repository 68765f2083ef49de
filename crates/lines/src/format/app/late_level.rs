//! Levels that known writers put elsewhere than between the time and the text: behind a place in the code, as a number, as letters
//! with a priority. The text stays whole. Asked only where a line stated no level by its head.

use crate::format::app::head::begins_sentence;
use crate::format::leaf::uint;
use crate::record::Level;
use crate::table::rows;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Bytes within which such a level begins.
const REACH: usize = 160;

/// Words that label what follows them.
const LEVEL: &str =
    "(?i:error|err|warning|warn|notice|info|debug|fatal|panic|crit|critical|verbose)";

/// The ways of writers, as one pattern that has a group for each row.
static WAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let ways = ways().map(|[way, ..]| way.replace("LEVEL", LEVEL));
    let all = ways.collect::<Vec<_>>().join("|");
    Regex::new(&format!("(?s-u)^(?:{all})")).ok()
});

fn ways() -> impl Iterator<Item = [&'static str; 3]> {
    rows(include_str!("late_levels.tsv"))
}

/// The level that a text states in a way of its writer's own.
pub(super) fn level_of(text: &[u8]) -> Option<Level> {
    let near = &text[..text.len().min(REACH)];
    let ways = WAYS
        .as_ref()
        .filter(|w| may_state(near) && w.is_match(near))?;
    let found = ways.captures(near)?;
    let mut groups = found.iter().skip(1).zip(ways_meanings());
    let (stated, means) = groups.find_map(|(group, means)| Some((group?.as_bytes(), means)))?;
    level(stated, means)
}

fn ways_meanings() -> impl Iterator<Item = &'static str> {
    ways().map(|[_, means, _]| means)
}

/// The level of a word, or the gravest of several with commas between, where `means` says what those of a writer's own are.
fn level(stated: &[u8], means: &str) -> Option<Level> {
    if means == "priority" {
        return uint(stated).map(Level::of_syslog);
    }
    let mut own = means.split('|').filter_map(|m| m.split_once(' '));
    match own.find(|(word, _)| *word == "*" || word.as_bytes() == stated) {
        Some((_, level)) => Level::from_word(level.as_bytes()),
        None => stated
            .split(|c| *c == b',')
            .filter_map(Level::from_word)
            .max(),
    }
}

/// Whether a text begins as those do that state one: with a sign or a number, or with a word that may be one, or has a mark of those
/// that stand in each of them. Most texts have none, and in what begins as a sentence only brackets are.
fn may_state(text: &[u8]) -> bool {
    match text.first() {
        Some(b'[' | b'<' | b'-' | b'0'..=b'9') => true,
        Some(c) if c.is_ascii_alphabetic() || matches!(c, b'/' | b'.') => {
            let hex = |b: &[u8; 10]| b.iter().all(u8::is_ascii_hexdigit);
            is_marked(text) || text.first_chunk().is_some_and(hex)
        }
        _ => false,
    }
}

fn is_marked(text: &[u8]) -> bool {
    let sentence = begins_sentence(text);
    let mark = |c: &u8| match c {
        b'(' | b'[' => true,
        b')' | b':' | b',' | b'.' => !sentence,
        _ => false,
    };
    text.iter().fold(false, |any, c| any | mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FORMATS;
    use proptest::prelude::*;

    #[test]
    fn each_way_reads_its_example() {
        for (n, [.., example]) in ways().enumerate() {
            let found = WAYS.as_ref().unwrap().captures(example.as_bytes()).unwrap();
            assert!(found.get(n + 1).is_some(), "{example}");
            assert!(level_of(example.as_bytes()).is_some(), "{example}");
        }
    }

    proptest! {
        /// What is not asked of a text would have said nothing.
        #[test]
        fn a_text_without_a_mark_states_no_level(
            first in "[a-zA-Z]{2,9} [a-z][ -~]{0,40}",
            of in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(),
        ) {
            let sample = FORMATS[of.index(FORMATS.len())].meta().sample;
            let behind = sample.get(at.index(sample.len().max(1))..).unwrap_or_default();
            let text = format!("{first} {behind}");
            if !may_state(text.as_bytes()) {
                prop_assert!(!WAYS.as_ref().unwrap().is_match(text.as_bytes()));
            }
        }
    }
}
