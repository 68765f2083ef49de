//! Names as lines bear them: words that are no language, and which of them stood in messages before the failures. What such a name
//! ties to what is for those who ask.

use crate::cause::case::Case;
use coroner_lines::time::Instant;
use std::collections::BTreeSet;

/// Characters from which an identifier is rare.
const LEAST: usize = 6;

/// Words that are names and not language: of some length, with a letter, and a digit, a mark or a capital within. In small
/// letters. What a structured line calls its fields is not among them.
pub(super) fn identifiers(text: &str) -> impl Iterator<Item = String> {
    let mark = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let is_name = |w: &&str| {
        let inner = w.chars().skip(1);
        w.len() >= LEAST
            && !is_one_of_many(w)
            // what kind of error it is, any program has
            && !w.ends_with("Error")
            && !w.ends_with("Exception")
            && w.starts_with(|c: char| c.is_ascii_alphabetic())
            && inner.clone().any(|c| !c.is_ascii_lowercase())
            && inner.clone().any(|c| c.is_ascii_lowercase())
    };
    let mut words = text.split_inclusive(mark).peekable();
    let mut before = "";
    let values = std::iter::from_fn(move || {
        let word = words.next()?;
        // a symbol of a language is what something is, and no thing: `{:error, :not_connected}`
        if std::mem::replace(&mut before, word) == ":" {
            return Some("");
        }
        let quoted = word.ends_with('"') && words.peek().is_some_and(|w| w.starts_with(':'));
        let is_key = quoted || word.ends_with('=');
        Some(if is_key {
            ""
        } else {
            word.trim_end_matches(mark)
        })
    });
    // what steps and parts are numbered by stands in front of their names
    let number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_');
    let values = values.map(move |w| w.trim_start_matches(number).trim_end_matches(['-', '_']));
    let values = values.filter(is_name);
    values.map(str::to_ascii_lowercase)
}

/// Whether a name is a kind and its number: `task-6`, `eu-north-1`.
fn is_one_of_many(name: &str) -> bool {
    let parts = name.rsplit_once(['-', '_']);
    parts.is_some_and(|(kind, n)| {
        let small = kind.bytes().all(|c| c.is_ascii_lowercase() || c == b'-');
        small && n.len() < 5 && n.bytes().all(|c| c.is_ascii_digit())
    })
}

/// Names that stand everywhere or are something else: hosts, services, and all that messages before the failures name, and before what
/// is asked about.
pub(super) fn known(case: &Case<'_>, since: Instant) -> BTreeSet<String> {
    let sources = case.sources.iter().flat_map(|s| [&s.host, &s.service]);
    let shares = case.shares.iter().map(|d| &d.name);
    let names = sources.flatten().chain(shares).chain(case.service);
    let old = case.templates.iter().filter(|t| !t.new && t.first < since);
    let old = old.map(|t| t.example.text());
    let names = || names.clone().map(|n| n.for_json());
    // what is called so is known by that name however it is written
    let whole = names().map(str::to_ascii_lowercase);
    let parts = names().chain(old).flat_map(identifiers);
    whole.chain(parts).collect()
}

#[cfg(test)]
mod tests {
    use super::identifiers;

    #[test]
    fn names_are_distinguished_from_words() {
        crate::tests::holds("identifiers", |t| {
            identifiers(t).collect::<Vec<_>>().join(" ")
        });
    }
}
