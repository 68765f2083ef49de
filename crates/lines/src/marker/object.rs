//! What a deploy, as a message states it, is one of: a service, a version or a package. Databases upgrade their tables at every
//! start, and caches, schemas and queues are rolled out too; of those no release is stated.

use super::fields::version;
use crate::record::MarkerKind;
use regex::bytes::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Nouns that end the name of something that is released, where it is more than one plain word.
const RELEASED: &str = "api app application artifact backend binary branch build chart client code commit container frontend function \
    hotfix image module package plugin release server service services site stack version website worker workers";

/// What a database server brings to its own version when it starts; the release was the package's.
const OF_A_DATABASE: &str =
    "catalog cluster data database dictionary schema server system table tables";

/// Words that end the name of what is deployed.
const BEHIND: &str = "started starting starts begins began beginning initiated triggered finished complete completed succeeded \
    successful done failed failure aborted timed in to from on by at as with via has have is was were and for into";

/// Whether a message that was found to state a deploy has a release for its object: what stands behind `of`, or for an upgrade
/// in front of the word. What is upgraded bears a number: programs upgrade many things.
pub(super) fn is_released(text: &[u8], found: &Range<usize>) -> bool {
    if is_row_of_a_table(text) || memchr::memmem::find(text, b" db:").is_some() {
        return false;
    }
    let words: Vec<&[u8]> = text[found.clone()]
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty())
        .collect();
    let upgrade = words.first().is_some_and(|w| begins(w, "upgrad"));
    let of = words.iter().position(|w| w.eq_ignore_ascii_case(b"of"));
    let behind = of.map_or(&[][..], |of| words.get(of + 1..).unwrap_or_default());
    let object: Vec<&[u8]> = behind
        .iter()
        .copied()
        .take_while(|w| !is_any(w, BEHIND))
        .collect();
    let numbered = || !upgrade || version(text).is_some();
    match object.as_slice() {
        _ if object.iter().any(|w| is_identifier(w)) => true,
        [] if upgrade
            && noun_in_front(text, found.start).is_some_and(|w| is_any(w, OF_A_DATABASE)) =>
        {
            false
        }
        [] => numbered() || noun_in_front(text, found.start).is_none(),
        [_] => numbered(),
        [.., head] => is_any(head, RELEASED),
    }
}

/// The kind by its direction: what leads from a version to a lower one takes a release back (`shop 4.2.0 -> 4.1.9`,
/// `shop 4.1.9 (was 4.2.0)`).
pub(super) fn directed(text: &[u8], kind: MarkerKind) -> MarkerKind {
    use MarkerKind::{DeployFinish, DeployStart, RollbackFinish, RollbackStart};
    static ENDS: LazyLock<[Option<Regex>; 2]> = LazyLock::new(|| {
        let version = r"[a-z]?(\d+(?:\.\d+){1,3})[\w.+-]*";
        let arrow = format!("(?-u){version} (?:->|=>) {version}(?: |$)");
        let earlier = format!(r"(?-u){version},? \([a-z ]+:? (?:\S*/)?{version}\)");
        [arrow, earlier].map(|p| Regex::new(&p).ok())
    });
    let numbers = |m: Option<regex::bytes::Match<'_>>| -> Option<Vec<u64>> {
        let text = std::str::from_utf8(m?.as_bytes()).ok()?;
        text.split('.').map(|n| n.parse().ok()).collect()
    };
    let ends = |r: &Option<Regex>| {
        let found = r.as_ref()?.captures(text)?;
        numbers(found.get(1)).zip(numbers(found.get(2)))
    };
    let [arrow, earlier] = &*ENDS;
    let back = ends(arrow).is_some_and(|(from, to)| to < from)
        || ends(earlier).is_some_and(|(to, from)| to < from);
    match kind {
        DeployStart if back => RollbackStart,
        DeployFinish if back => RollbackFinish,
        kind => kind,
    }
}

/// Whether what is called finished is a part of a whole: a step of several, some of the hosts, a share below the whole.
pub(super) fn is_part(clause: &[u8]) -> bool {
    part(clause).is_some()
}

/// Whether what failed is a try of several that is made again: `waiting for shop (1/6)`, `attempt 2 of 5`.
pub(super) fn is_try(text: &[u8]) -> bool {
    part(text).is_some_and(|at| {
        let before = text[..at].trim_ascii_end();
        let word = before.rsplit(|c| !c.is_ascii_alphabetic()).next();
        before.ends_with(b"(")
            || before.ends_with(b"[")
            || word.is_some_and(|w| is_any(w, "attempt try retry probe check"))
    })
}

/// Where the first number of several stands that is the lesser one.
fn part(clause: &[u8]) -> Option<usize> {
    static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let of = r"(?-u)(?:^|[^\w/.-])(\d{1,6}) ?(?:/|(?:out )?of) ?(\d{1,6})(?:$|[^\w/.-])";
        Regex::new(of).ok()
    });
    let number = |b: Option<regex::bytes::Match<'_>>| {
        let text = std::str::from_utf8(b?.as_bytes()).ok()?;
        text.parse::<u32>().ok()
    };
    let found = PART.as_ref()?.captures(clause)?;
    (number(found.get(1)) < number(found.get(2))).then(|| found.get(1).map(|n| n.start()))?
}

/// Whether a message is a row of a table, its cells parted by tabs: a list of past releases (`helm history`) states nothing
/// that happens when it is printed.
fn is_row_of_a_table(text: &[u8]) -> bool {
    memchr::memchr_iter(b'\t', text).nth(2).is_some()
}

/// The word right in front of a place, where it is more than an article.
fn noun_in_front(text: &[u8], at: usize) -> Option<&[u8]> {
    let before = text[..at].trim_ascii_end();
    let word = before.rsplit(|c| !c.is_ascii_alphanumeric()).next();
    word.filter(|w| !w.is_empty() && !is_any(w, "the a an this our"))
}

fn begins(word: &[u8], stem: &str) -> bool {
    word.get(..stem.len())
        .is_some_and(|w| w.eq_ignore_ascii_case(stem.as_bytes()))
}

fn is_any(word: &[u8], list: &str) -> bool {
    let word = word.trim_ascii_end();
    let word = word.strip_suffix(b":").unwrap_or(word);
    list.split(' ')
        .any(|w| w.as_bytes().eq_ignore_ascii_case(word))
}

/// Whether a word has the shape of a name that somebody gave: a digit, a sign within it, or quotes around it.
fn is_identifier(word: &[u8]) -> bool {
    let quoted = word.first().is_some_and(|c| b"\"'`".contains(c));
    let inner = word.trim_ascii().strip_suffix(b":").unwrap_or(word);
    let inner = inner.strip_suffix(b".").unwrap_or(inner);
    quoted
        || inner
            .iter()
            .any(|c| c.is_ascii_digit() || b"-_./@:".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::gate::find;
    use crate::record::Kind;
    use crate::tests::{holds, or_dash};

    #[test]
    fn versions_progress_and_objects_of_acts() {
        let stated = |text: &str, kind| {
            let mut out = Vec::new();
            find(text.as_bytes(), kind, &mut out);
            out.first().map(|h| h.kind.word())
        };
        holds("way of a version", |t| or_dash(stated(t, Kind::Deploy)));
        holds("stated in a deploy log", |t| {
            stated(t, Kind::Deploy).is_some()
        });
        holds("stated in an application log", |t| {
            stated(t, Kind::App).is_some()
        });
    }
}
