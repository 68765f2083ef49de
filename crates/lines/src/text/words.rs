//! Words in a text, and the phrases that stand in it. One rule for all tables of words, of faults, causes and acts:
//!
//! *A phrase begins and ends where a word does, and a blank in it is any boundary between two words.* A word is a run of letters
//! and digits; `_`, `-` and all other signs end it, and so does a capital in a name (`OutOfMemoryError` is *out of memory
//! error*). Case says nothing else. Names of other things are no statements: words in a path (`/bin/check_disk_full`), in a list
//! with slashes (`install/upgrade`), in an option (`-XX:+ExitOnOutOfMemoryError`), within the name of a unit
//! (`nightly-upgrade.service`), and in the name of a class (`com.shop.kafka.Consumer`) before its last part, unless the name
//! is that of an exception, which the message states.

use crate::table::{byte_words, phrases};
use memchr::{memchr2_iter, memmem};
use regex::bytes::Regex;
use std::collections::BTreeSet;
use std::ops::Range;

/// One search for all texts of a list.
pub(crate) struct AnyText(Option<Regex>);

impl AnyText {
    pub(crate) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> AnyText {
        let texts: Vec<String> = texts.map(regex::escape).collect();
        AnyText(Regex::new(&format!("(?-u){}", texts.join("|"))).ok())
    }

    pub(crate) fn is_in(&self, line: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|r| r.is_match(line))
    }
}

/// Units that stand behind numbers.
const UNITS: &str = "% percent ns us ms s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days w \
    b bytes k kb kib mb mib gb gib tb x px";

/// Whether a word is a unit of what numbers count.
pub fn is_unit(word: &[u8]) -> bool {
    let mut units = UNITS.split_ascii_whitespace();
    units.any(|u| word.eq_ignore_ascii_case(u.as_bytes()))
}

/// Whether one text is the reverse of another: both say the same but for two words that have changed places, `source changed
/// '10.0.0.0/23' to '10.0.0.0/24'`, or are diffs of which each takes away the lines that the other puts in; or one turns a value into
/// another that the other turns into it, whatever else they say: `default tier Unlimited -> 20PerMin`, `tier 20PerMin -> Unlimited`.
pub fn sets_back(a: &str, b: &str) -> bool {
    swaps_words(a, b) || swaps_lines(a, b) || swaps_values(a, b)
}

/// Whether an arrow leads from what one text leads to, to what it leads from. Switches and numbers are anybody's, unless they are of one
/// setting of one thing: `cart-api: pool_size '4' -> '36'`.
fn swaps_values(a: &str, b: &str) -> bool {
    const SWITCHES: &str =
        "on off true false yes no enabled disabled active inactive online offline";
    fn sides(text: &str) -> Option<(String, String, Option<&str>)> {
        let mut cuts = ["->", "=>", "\u{2192}"]
            .iter()
            .filter_map(|w| text.split_once(w));
        let (before, behind) = cuts.next()?;
        let sign = |c: char| !(c.is_alphanumeric() || "_-.%".contains(c));
        let mut front = before.split(sign).rev().filter(|w| !w.is_empty());
        let old = front.next()?.to_lowercase();
        let mut behind = behind.split(sign).filter(|w| !w.is_empty());
        Some((old, behind.next()?.to_lowercase(), front.next()))
    }
    let says = |v: &String| {
        let letters = v.chars().filter(|c| c.is_alphabetic()).count();
        letters > 2 && !SWITCHES.split(' ').any(|w| w == v)
    };
    let (Some((old, new, of)), Some((from, to, other))) = (sides(a), sides(b)) else {
        return false;
    };
    // and of one thing
    let names = |text: &'_ str| -> BTreeSet<String> {
        let words = text.split(|c: char| c.is_whitespace() || "'\"`(),:".contains(c));
        let coined = words.filter(|w| is_coined(w.as_bytes()) && Some(*w) != of);
        coined.map(str::to_owned).collect()
    };
    let named = || of == other && of.is_some_and(|w| is_coined(w.as_bytes()));
    let setting = || named() && !names(a).is_disjoint(&names(b));
    let back = old != new && (&old, &new) == (&to, &from);
    back && (says(&old) || says(&new) || setting())
}

/// Whether what one diff takes away the other one puts in, and the other way about.
fn swaps_lines(a: &str, b: &str) -> bool {
    let lines = |text: &str, sign: &str| -> BTreeSet<String> {
        let parts = text.replace(" -", "\n-").replace(" +", "\n+");
        let of = |l: &str| Some(l.strip_prefix(sign)?.trim().to_owned());
        parts.lines().filter_map(of).collect()
    };
    let (taken, put) = (lines(a, "-"), lines(a, "+"));
    !(taken.is_empty() && put.is_empty()) && taken == lines(b, "+") && put == lines(b, "-")
}

fn swaps_words(a: &str, b: &str) -> bool {
    let (mut x, mut y) = (a.split_whitespace(), b.split_whitespace());
    let mut differ = Vec::new();
    loop {
        match (x.next(), y.next()) {
            (None, None) => break,
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) if differ.len() < 2 => differ.push((x, y)),
            _ => return false,
        }
    }
    matches!(differ[..], [(old, new), (from, to)] if old == to && new == from)
}

/// Whether a place in a text lies inside a word.
pub fn is_inside(text: &[u8], at: usize) -> bool {
    let Some(&b) = text.get(at) else { return false };
    let Some(&a) = at.checked_sub(1).and_then(|n| text.get(n)) else {
        return false;
    };
    if !a.is_ascii_alphabetic() || !b.is_ascii_alphabetic() {
        return a >= 0x80 && b >= 0x80;
    }
    let lower = |n: usize| text.get(n).is_some_and(u8::is_ascii_lowercase);
    let turns = b.is_ascii_uppercase() && (a.is_ascii_lowercase() || lower(at + 1));
    !turns
}

/// Whether what was found in a text is words of it: whole ones, and no part of the name of something else.
pub fn are_words(text: &[u8], found: &Range<usize>) -> bool {
    let starts = text.get(found.start).is_some_and(is_word);
    let ends = found.end > 0 && text.get(found.end - 1).is_some_and(is_word);
    let cut = starts && is_inside(text, found.start) || ends && is_inside(text, found.end);
    !(cut || starts && is_in_a_name(text, found))
}

/// Whether a word is a name that somebody made up, and none of a language: `EdgeErrors`, `replay_lag`, `OPS-71`.
pub fn is_coined(word: &[u8]) -> bool {
    let inner = |c: &u8| c.is_ascii_uppercase() || b"_-".contains(c);
    word.len() >= 6 && word[1..].iter().any(inner)
}

/// The words of a name, in small letters: `deploy`, `started` of `deploy_started` and `DeployStarted`.
pub fn split(name: &str) -> Vec<String> {
    let joined = joined(name);
    let words = joined.split('_').filter(|w| !w.is_empty());
    words.map(str::to_owned).collect()
}

/// The same with `_` between them, which is within none.
pub fn joined(name: &str) -> String {
    let text = name.as_bytes();
    let mut words = Vec::with_capacity(text.len() + 4);
    let mut before = b' ';
    for (n, c) in text.iter().enumerate() {
        if is_word(c) {
            let digit = c.is_ascii_digit() || before.is_ascii_digit();
            let inside = is_word(&before) && (digit || is_inside(text, n));
            if !inside && !words.is_empty() {
                words.push(b'_');
            }
            words.push(c.to_ascii_lowercase());
        }
        before = *c;
    }
    // letters of several bytes are cut nowhere
    String::from_utf8(words).unwrap_or_default()
}

/// What numbered names of one kind have in common: `api` of `api-3`; nothing where a name ends with no number, or is one.
pub fn without_number(name: &str) -> Option<&str> {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = bare.len() < name.len() && bare.contains(|c: char| c.is_ascii_alphabetic());
    numbered.then(|| bare.trim_end_matches(['-', '_', '.', ':', '#']))
}

/// Whether a phrase, in small letters, is stated in a text. Parts with ` .. ` between them follow each other, within one member where
/// the text is an object.
pub fn holds(text: &[u8], phrase: &str) -> bool {
    let mut from = 0;
    let mut stated = |part: &str| {
        let found = find(text, part, from);
        let since = std::mem::replace(&mut from, found.as_ref().map_or(text.len(), |f| f.end));
        let member =
            |f: &Range<usize>| since > 0 && memmem::find(&text[since..f.start], b"\":").is_some();
        found.is_some_and(|f| !member(&f) && !is_supposed(text, f.start))
    };
    // most are of one part, and cutting by a text takes longer than looking for them
    match phrase.contains('.') {
        true => phrase.split(" .. ").all(stated),
        false => stated(phrase),
    }
}

/// Whether the words in front of a place, in its sentence, say that what follows is supposed, warded off or denied: `if`,
/// `to avoid`, `no`.
pub fn is_supposed(text: &[u8], at: usize) -> bool {
    const ANYWHERE: [&str; 12] = phrases(
        "if|possibly|perhaps|probably|unless|may|might|would|avoid|prevent|prevents|in case of",
    );
    const NEXT: [&str; 3] = ["no", "without", "non"];
    let before = text.get(..at).unwrap_or_default();
    let sentence = before
        .iter()
        .rposition(|c| b".,;:!?(".contains(c))
        .map_or(before, |n| &before[n..]);
    let next = sentence.rsplit(|c| !is_word(c)).find(|w| !w.is_empty());
    ANYWHERE.iter().any(|w| find(sentence, w, 0).is_some())
        || next.is_some_and(|w| NEXT.iter().any(|n| n.as_bytes().eq_ignore_ascii_case(w)))
}

/// Whether any of several phrases, with ` | ` between them, is stated in a text.
pub fn holds_any(text: &[u8], phrases: &str) -> bool {
    phrases.split('|').any(|p| holds(text, p.trim_ascii()))
}

/// A text in which many phrases are looked for, and which pairs of letters stand in it.
pub struct SearchedText<'t> {
    text: &'t [u8],
    pairs: [u64; 16],
}

impl<'t> SearchedText<'t> {
    /// Looks at a text once.
    pub fn of(text: &'t [u8]) -> Self {
        let mut pairs = [0; 16];
        for pair in text.windows(2).map(slot) {
            pairs[pair >> 6] |= 1 << (pair & 63);
        }
        SearchedText { text, pairs }
    }
}

/// The place of a pair of letters, large and small ones alike; other signs share theirs.
fn slot(pair: &[u8]) -> usize {
    pair.iter().fold(0, |n, c| n << 5 | usize::from(c & 31))
}

/// Phrases of which any is looked for, each with the pairs of letters that stand together wherever it stands.
pub struct Phrases(Vec<(Vec<usize>, String)>);

impl Phrases {
    /// Of phrases in small letters.
    pub fn of<S: Into<String>>(all: impl IntoIterator<Item = S>) -> Phrases {
        let pairs = |p: &String| {
            let words = p.split(' ').filter(|w| *w != "..");
            words
                .flat_map(|w| w.as_bytes().windows(2))
                .map(slot)
                .collect()
        };
        let all = all.into_iter().map(Into::into);
        Phrases(all.map(|p: String| (pairs(&p), p)).collect())
    }

    /// Those that may stand in a text.
    fn near<'p>(&'p self, t: &'p SearchedText<'_>) -> impl Iterator<Item = &'p str> {
        let stands = |n: &usize| t.pairs[n >> 6] >> (n & 63) & 1 == 1;
        let may = self.0.iter().filter(move |x| x.0.iter().all(stands));
        may.map(|x| &*x.1)
    }

    /// Whether any of them is stated, as [`holds`] finds it.
    pub fn any_in(&self, t: &SearchedText<'_>) -> bool {
        self.near(t).any(|p| holds(t.text, p))
    }

    /// Where the first of them stands that is in a text.
    pub fn first_in(&self, t: &SearchedText<'_>) -> Option<Range<usize>> {
        self.near(t).find_map(|p| find(t.text, p, 0))
    }
}

/// Where the first such phrase stands from a place on.
pub fn find(text: &[u8], phrase: &str, from: usize) -> Option<Range<usize>> {
    let phrase = phrase.as_bytes();
    let first = phrase.first()?;
    let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut starts = memchr2_iter(small, large, text.get(from..)?).map(|n| from + n);
    starts.find_map(|start| {
        let end = ends_at(text, phrase, start)?;
        are_words(text, &(start..end)).then_some(start..end)
    })
}

/// Where the phrase ends that begins at a place.
fn ends_at(text: &[u8], phrase: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for &p in phrase {
        if p == b' ' {
            if is_inside(text, at) {
                return None;
            }
            at += text.get(at..)?.iter().take_while(|c| !is_word(c)).count();
        } else if text.get(at)?.eq_ignore_ascii_case(&p) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

fn is_word(c: &u8) -> bool {
    c.is_ascii_alphanumeric() || *c >= 0x80
}

/// Whether words lie in the name of a path, an option, a setting or a class, and that is not an exception's.
fn is_in_a_name(text: &[u8], found: &Range<usize>) -> bool {
    let (before, after) = text.split_at(found.start);
    let of_name = |c: &u8| is_word(c) || b"_$./+:-".contains(c);
    let start = before.len() - before.iter().rev().take_while(|c| of_name(c)).count();
    let end = before.len() + after.iter().take_while(|c| of_name(c)).count();
    let name = text[start..end].trim_ascii_end();
    let name = name
        .strip_suffix(b".")
        .or(name.strip_suffix(b":"))
        .unwrap_or(name);
    if name.ends_with(b"Error") && !name.starts_with(b"-") || name.ends_with(b"Exception") {
        return false;
    }
    let whole = name.starts_with(b"-") || name.starts_with(b"/");
    whole && found.start > start && found.end <= end
        || found.start > start && is_a_unit(name)
        || before.ends_with(b"/")
        || is_in_a_class(name, found.end - start)
        || is_printed_object(text, start, end)
        || is_a_setting(name, &text[end..])
}

/// Whether a name is one of a setting with its value, `connect_timeout=30`, which is no less so where nothing timed out. What is said
/// to be so, is (`request_timed_out=True`).
fn is_a_setting(name: &[u8], behind: &[u8]) -> bool {
    const SO: [&[u8]; 3] = byte_words("true yes 1");
    let value = behind.strip_prefix(b"=").filter(|_| name.contains(&b'_'));
    let value = value.and_then(|v| v.split(|c| !is_word(c)).next());
    value.is_some_and(|v| !SO.iter().any(|so| v.eq_ignore_ascii_case(so)))
}

/// Whether an object is printed here as its class with its fields, `HTTPSConnectionPool(host='a', port=443)`: that names it and
/// says nothing of it.
fn is_printed_object(text: &[u8], start: usize, end: usize) -> bool {
    let Some(fields) = text[end..].strip_prefix(b"(") else {
        return false;
    };
    let field = fields.iter().take_while(|c| is_word(c) || **c == b'_');
    let field = field.count();
    text[start].is_ascii_uppercase() && field > 0 && fields.get(field) == Some(&b'=')
}

/// Whether a name is one of systemd's units.
fn is_a_unit(name: &[u8]) -> bool {
    const KINDS: [&[u8]; 7] = byte_words(".service .timer .socket .target .mount .slice .scope");
    KINDS.iter().any(|k| name.ends_with(k))
}

/// Whether a place in a dotted name lies before its last part, where the name is one of a class: it has a capital.
fn is_in_a_class(name: &[u8], at: usize) -> bool {
    let Some(dot) = name.iter().rposition(|c| *c == b'.') else {
        return false;
    };
    let mut parts = name.split(|c| *c == b'.');
    let begins = |p: &[u8], is: fn(&u8) -> bool| p.first().is_some_and(is);
    at <= dot
        && parts.clone().any(|p| begins(p, u8::is_ascii_uppercase))
        && parts.all(|p| begins(p, |c| c.is_ascii_alphabetic() || *c == b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;
    use proptest::prelude::*;

    #[test]
    fn phrases_stand_at_boundaries_and_are_stated() {
        for [text, phrase] in tried("phrase") {
            assert!(holds(text.as_bytes(), &phrase), "{text}: {phrase}");
        }
        for [text, phrase] in tried("no phrase") {
            assert!(!holds(text.as_bytes(), &phrase), "{text}: {phrase}");
        }
    }

    #[test]
    fn what_is_set_back_says_the_same_with_two_words_changed_about() {
        for [a, b] in tried("set back") {
            assert!(sets_back(&a, &b) && sets_back(&b, &a), "{a}: {b}");
        }
        for [a, b] in tried("not set back") {
            assert!(!sets_back(&a, &b) && !sets_back(&b, &a), "{a}: {b}");
        }
    }

    #[test]
    fn names_are_split_into_words() {
        for name in [
            "deploy_started",
            "DeployStarted",
            "deploy.started",
            "deploy-started",
            "Deploy started",
        ] {
            assert_eq!(split(name), ["deploy", "started"], "{name}");
        }
        assert_eq!(split("HTTPServer2 v4"), ["http", "server2", "v4"]);
        assert!(split(" .").is_empty());
    }

    proptest! {
        /// A phrase is found wherever it stands as it is written, between signs that are no letters.
        #[test]
        fn what_is_written_is_found(before in "[ .:(\"]{0,3}", phrase in "[a-z]{2,6}( [a-z]{2,6}){0,3}", after in "[ ,:)\"]{0,3}") {
            let text = format!("{before}{phrase}{after}");
            prop_assert!(holds(text.as_bytes(), &phrase));
            let snake = text.replace(' ', "_").to_ascii_uppercase();
            prop_assert!(holds(snake.as_bytes(), &phrase));
        }
    }
}
