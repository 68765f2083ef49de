//! Limits that are set higher as the failures end: what the setting is called, tied to a message by its name and by numbers, whatever
//! the words. What that speaks for is for the rules.

use crate::cause::case::{Case, quoted};
use crate::cause::commands::only_looks;
use crate::cause::ends::is_at_the_end;
use crate::model::Event;
use coroner_lines::record::MarkerKind;
use coroner_lines::text::words;

/// Letters from which a part of a name says what is counted.
const SAYS: usize = 5;

/// Words of a message with which what is set then need not be compared with any number.
const FULL: &str = "table full | table overflow";

/// The setting of a limit that a message is about, and the row that sets it as the failures end: by the name that the message gives it
/// and a number, or by a name one part of which the message counts, and a higher number than its own or than it had.
pub(super) fn raised<'a>(case: &'a Case<'a>, message: &str) -> Option<(&'a str, &'a Event)> {
    let typed = |e: &Event| e.text.states_a_command() && !quoted(e).is_some_and(only_looks);
    let sets = |e: &&Event| e.kind == MarkerKind::ConfigChange || typed(e);
    let mut set = case.events.iter().filter(sets);
    set.find_map(|e| {
        let limit = is_at_the_end(case, e).then(|| setting(quoted(e)?, message))??;
        Some((limit, e))
    })
}

/// Whether a character belongs to a name of several words.
fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_mark(c)
}

fn is_mark(c: char) -> bool {
    "._-".contains(c)
}

/// The setting of a change that a message is about.
fn setting<'t>(change: &'t str, message: &str) -> Option<&'t str> {
    let counted = numbers(message).max().unwrap_or(u64::MAX);
    let full = words::holds_any(message.as_bytes(), FULL);
    let said = message.to_ascii_lowercase();
    let said = said.split(|c: char| !c.is_ascii_alphanumeric());
    let begins = |p: &str| said.clone().any(|w| w.starts_with(&p.to_ascii_lowercase()));
    let names = change.split(|c: char| !in_name(c));
    let mut names = names.map(|n| n.trim_matches(is_mark));
    names.find(|n| {
        let behind = change.find(*n).and_then(|at| change.get(at + n.len()..));
        let set = behind.map(|b| (numbers(b).next(), numbers(b).last()));
        let letters = n.contains(|c: char| c.is_ascii_alphabetic());
        let several = letters && n.contains(is_mark) && n.len() > SAYS;
        let whole = || words::find(message.as_bytes(), &n.to_ascii_lowercase(), 0).is_some();
        // settings shorten words: `net.ipv4.neigh.default.gc_thresh3`
        let shared = |p: &str| p.len() >= SAYS && begins(p);
        // higher than what it counts, or than it was
        let higher = |(old, new): (u64, u64)| {
            (new > old.min(counted) || full) && n.split(is_mark).any(shared)
        };
        let set = set.and_then(|(old, new)| Some((old?, new?)));
        several && set.is_some_and(|set| whole() || higher(set))
    })
}

/// The whole numbers that stand alone in a text.
fn numbers(text: &str) -> impl Iterator<Item = u64> {
    let words = text.split(|c: char| !in_name(c));
    words.filter_map(|w| w.trim_matches(is_mark).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::setting;
    use crate::tests::{or_dash, tried};

    #[test]
    fn the_setting_of_a_limit_is_tied_by_its_name_and_by_numbers() {
        for [act, said, want] in tried("setting of a limit") {
            assert_eq!(or_dash(setting(&act, &said)), want, "{act}");
        }
    }
}
