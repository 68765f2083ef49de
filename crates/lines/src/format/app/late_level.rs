//! Levels that known writers put elsewhere than between the time and the text: behind a place in the code, as a number, as letters
//! with a priority. The text stays whole. Asked only where a line stated no level by its head.

use crate::format::app::head::begins_sentence;
use crate::format::leaf::{find, uint};
use crate::record::Level;
use crate::table::rows;
use memchr::memchr2;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Bytes within which such a level begins.
const REACH: usize = 160;

/// Words that label what follows them.
const LEVEL: &str =
    "(?i:error|err|warning|warn|notice|info|debug|fatal|panic|crit|critical|verbose)";

/// The ways of writers: those that show at the start of a text, and those that stand anywhere in it. Each as one pattern with a group
/// for each row, and what the words of these mean.
static WAYS: LazyLock<[Option<Ways>; 2]> = LazyLock::new(|| {
    [false, true].map(|anywhere| {
        let own = || rows_of(anywhere);
        let all: Vec<String> = own().map(|[way, ..]| way.replace("LEVEL", LEVEL)).collect();
        let pattern = Regex::new(&format!("(?s-u)^(?:{})", all.join("|"))).ok()?;
        Some((pattern, own().map(|[_, means, _]| means).collect()))
    })
});

type Ways = (Regex, Vec<&'static str>);

fn rows_of(anywhere: bool) -> impl Iterator<Item = [&'static str; 3]> {
    let all = rows(include_str!("late_levels.tsv"));
    all.filter(move |[way, ..]: &[&str; 3]| way.starts_with(".*") == anywhere)
}

/// What each text holds that states a level anywhere.
const ANYWHERE: [&[u8]; 3] = [b"): ", b" : cluster [", b" [Originator@"];

/// The level that a text states in a way of its writer's own; it may be known that it begins as a sentence does.
pub(super) fn level_of(text: &[u8], sentence: bool) -> Option<Level> {
    let near = &text[..text.len().min(REACH)];
    if !may_state(near, sentence) {
        return None;
    }
    let anywhere = || ANYWHERE.iter().any(|mark| find(near, mark).is_some());
    stated(&WAYS[0], near).or_else(|| anywhere().then(|| stated(&WAYS[1], near)).flatten())
}

fn stated(ways: &Option<Ways>, text: &[u8]) -> Option<Level> {
    let (pattern, means) = ways.as_ref().filter(|w| w.0.is_match(text))?;
    let found = pattern.captures(text)?;
    let mut groups = found.iter().skip(1).zip(means);
    let (word, means) = groups.find_map(|(group, means)| Some((group?.as_bytes(), means)))?;
    level(word, means)
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
fn may_state(text: &[u8], sentence: bool) -> bool {
    match text.first() {
        Some(b'[' | b'<' | b'-') => true,
        Some(b'0'..=b'9') => {
            let end = text.iter().position(u8::is_ascii_whitespace);
            let word = &text[..end.unwrap_or(text.len())];
            let hex = || word.iter().all(u8::is_ascii_hexdigit);
            word.ends_with(b"%") || word.starts_with(b"0x") || word.len() >= 8 && hex()
        }
        Some(c) if c.is_ascii_alphabetic() || matches!(c, b'/' | b'.') => {
            let hex = |b: &[u8; 10]| b.iter().all(u8::is_ascii_hexdigit);
            is_marked(text, sentence) || text.first_chunk().is_some_and(hex)
        }
        _ => false,
    }
}

fn is_marked(text: &[u8], sentence: bool) -> bool {
    let other = |c: &u8| matches!(c, b')' | b':' | b',' | b'.');
    let sentence = || sentence || begins_sentence(text);
    memchr2(b'(', b'[', text).is_some() || !sentence() && text.iter().any(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::FORMATS;
    use proptest::prelude::*;

    #[test]
    fn each_way_reads_its_example() {
        for (ways, anywhere) in WAYS.iter().zip([false, true]) {
            let (pattern, _) = ways.as_ref().unwrap();
            for (n, [.., example]) in rows_of(anywhere).enumerate() {
                let found = pattern.captures(example.as_bytes());
                assert!(found.unwrap().get(n + 1).is_some(), "{example}");
                assert!(level_of(example.as_bytes(), false).is_some(), "{example}");
            }
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
            if !may_state(text.as_bytes(), false) {
                let states = |w: &Option<Ways>| stated(w, text.as_bytes()).is_some();
                prop_assert!(!WAYS.iter().any(states));
            }
        }
    }
}
