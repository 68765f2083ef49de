//! A test that costs less than a nanosecond per byte and says which rules may hold for a message. Derived from the rules'
//! patterns, never written by hand: every match of a rule holds one of its literals, and every literal holds a known gram.

mod ids;

use super::grammar;
use super::rules::{Rule, Scopes};
use super::trouble;
use crate::text::failed_status;
use crate::text::literals::{literals_of, parsed};
use std::collections::HashMap;

/// Length of a gram in bytes; shorter literals cannot be used.
const GRAM: usize = 4;
/// Bits of the first table.
const BITS: u32 = 15;

/// Which rules may hold, as a set of rule numbers; and [`TYPED`].
pub(super) type Set = u128;
/// The member that stands for a command that somebody ran, which is no rule.
pub(super) const TYPED: Set = 1 << 127;
/// What messages hold that show one: the field that it stands in, a terminal, and how bash sends its history.
const TYPED_MARKS: [&[u8]; 6] = [
    b" command=",
    b" cmd=",
    b"pts/",
    b"history: pid=",
    b"[/home/",
    b"[/root",
];
/// The member that stands for words of trouble, which are no rule.
pub(super) const TROUBLE: Set = 1 << 126;
/// The member that stands for a version that a message may name.
pub(super) const VERSION: Set = 1 << 125;
/// The members that stand for words of the grammar, and for those whose statement depends on numbers.
pub(super) const GRAMMAR: Set = 1 << 124;
pub(super) const NUMBERED: Set = 1 << 123;
/// The member that stands for a call that failed by its number, which is no rule.
pub(super) const CALLED: Set = 1 << 122;
/// What every message holds that names one.
const VERSION_MARK: &[u8] = b"version";

/// The literals of the rules of one scope.
pub(super) struct Prefilter {
    /// Which slots any gram falls into: the only table that most bytes meet.
    table: Vec<u64>,
    /// The literals that hold a gram.
    literals: HashMap<u32, Vec<Literal>, foldhash::fast::FixedState>,
    /// Literals without a gram, and without letters.
    short: Vec<(Vec<u8>, Set)>,
    /// Rules without useful literals.
    always: Set,
}

/// A literal, lower case.
struct Literal {
    bytes: Vec<u8>,
    /// Where in it its gram begins.
    at: usize,
    /// Whether it has digits, for which any others do.
    numbered: bool,
    /// Rules of which it is a literal.
    rules: Set,
}

impl Literal {
    /// Whether it stands in a text around its gram.
    fn stands_at(&self, text: &[u8], gram_at: usize) -> bool {
        if !self.numbered {
            let from = gram_at.checked_sub(self.at);
            let here = from.and_then(|from| text.get(from..from + self.bytes.len()));
            return here.is_some_and(|here| {
                let mut both = here.iter().zip(&self.bytes);
                both.all(|(t, l)| t.eq_ignore_ascii_case(l))
            });
        }
        let (before, from) = text.split_at(gram_at);
        let (head, tail) = self.bytes.split_at(self.at);
        begins_alike(from.iter(), tail.iter())
            && begins_alike(before.iter().rev(), head.iter().rev())
    }
}

#[inline(always)]
fn gram(b: [u8; GRAM]) -> u32 {
    // Sets bit 5: lower case for letters, and the same fixed other byte for the rest on both sides.
    u32::from_le_bytes(b) | 0x2020_2020
}

#[inline(always)]
fn slot(g: u32) -> usize {
    (g.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// What a pattern shows, read once for all scopes.
struct PatternFacts {
    scopes: Option<Scopes>,
    rules: Set,
    literals: Option<Vec<Vec<u8>>>,
}

impl PatternFacts {
    /// Of the pattern with those numbers, which holds in `scopes`, or in all.
    fn of(pattern: &str, rules: Set, scopes: Option<Scopes>) -> PatternFacts {
        PatternFacts {
            scopes,
            rules,
            literals: parsed(pattern).as_ref().and_then(literals_of),
        }
    }
}

impl Prefilter {
    /// The prefilters of all scopes, in the order of [`Scopes::EACH`]; rule numbers are positions in `rules`.
    pub(super) fn each<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<Prefilter> {
        let rules = rules.enumerate();
        let known: Vec<PatternFacts> = rules
            .map(|(n, r)| PatternFacts::of(r.pattern, 1 << n, Some(r.scopes)))
            .chain([
                PatternFacts::of(trouble::PATTERN, TROUBLE, None),
                PatternFacts::of(grammar::PATTERN, GRAMMAR, None),
                PatternFacts::of(grammar::NUMBERED, NUMBERED, None),
                PatternFacts::of(failed_status::PATTERN, CALLED, None),
            ])
            .collect();
        let scopes = Scopes::EACH.iter();
        scopes.map(|s| Prefilter::of(&known, *s)).collect()
    }

    fn empty(always: Set) -> Prefilter {
        Prefilter {
            table: vec![0; 1 << (BITS - 6)],
            literals: HashMap::default(),
            short: Vec::new(),
            always,
        }
    }

    fn of(known: &[PatternFacts], scope: Scopes) -> Prefilter {
        // there any sentence may be of an alert
        let mut p = Prefilter::empty(if scope == Scopes::PAGER { GRAMMAR } else { 0 });
        let here = |k: &&PatternFacts| k.scopes.is_none_or(|s| s.meets(scope));
        for k in known.iter().filter(here) {
            match &k.literals {
                Some(l) if l.iter().all(|s| s.len() >= GRAM || is_short(s)) => {
                    l.iter().for_each(|s| p.add(s, k.rules));
                }
                _ => p.always |= k.rules,
            }
        }
        TYPED_MARKS.iter().for_each(|m| p.add(m, TYPED));
        p.add(VERSION_MARK, VERSION);
        p
    }

    fn add(&mut self, literal: &[u8], rules: Set) {
        match literal.len() < GRAM {
            true => self.short.push((literal.to_vec(), rules)),
            false => self.add_whole(without_ids(literal), rules),
        }
    }

    fn add_whole(&mut self, literal: &[u8], rules: Set) {
        let at = rarest(literal);
        let g = match literal.get(at..at + GRAM) {
            Some(w) => gram([w[0], w[1], w[2], w[3]]),
            None => return,
        };
        let s = slot(g);
        self.table[s >> 6] |= 1 << (s & 63);
        let known = self.literals.entry(g).or_default();
        match known.iter_mut().find(|k| k.bytes == literal) {
            Some(k) => k.rules |= rules,
            None => known.push(Literal {
                bytes: literal.to_vec(),
                at,
                numbered: literal.iter().any(u8::is_ascii_digit),
                rules,
            }),
        }
    }

    /// The rules that may hold for `text`; no other rule can.
    #[inline]
    pub(super) fn candidates(&self, text: &[u8]) -> Set {
        let mut set = self.always;
        for (literal, rules) in &self.short {
            let mut begins = memchr::memchr_iter(literal[0], text);
            if begins.any(|n| text[n..].starts_with(literal)) {
                set |= rules;
            }
        }
        for (n, w) in text.windows(GRAM).enumerate() {
            let g = gram([w[0], w[1], w[2], w[3]]);
            let s = slot(g);
            if self.table[s >> 6] >> (s & 63) & 1 != 0 {
                set |= self.verified(text, n, g);
            }
        }
        set
    }

    /// The rules of the literals that stand around a gram; any digits will do for one, so that texts of one key have the same.
    #[cold]
    fn verified(&self, text: &[u8], gram_at: usize, g: u32) -> Set {
        self.literals
            .get(&g)
            .into_iter()
            .flatten()
            .filter(|k| k.stands_at(text, gram_at))
            .fold(0, |set, k| set | k.rules)
    }
}

/// Whether a literal is one of few signs, as a prompt is: looked for by itself it costs less than a rule that is always asked.
fn is_short(literal: &[u8]) -> bool {
    literal.len() + 1 >= GRAM && !literal.iter().any(u8::is_ascii_alphanumeric)
}

/// Whether a text begins with a literal, in any case, and with any digits where that has one.
fn begins_alike<'t>(
    text: impl Iterator<Item = &'t u8>,
    literal: impl Iterator<Item = &'t u8>,
) -> bool {
    let mut text = text.peekable();
    let mut in_number = false;
    literal.into_iter().all(|l| match l.is_ascii_digit() {
        true if in_number => true,
        true => {
            in_number = text.next_if(|t| t.is_ascii_digit()).is_some();
            while text.next_if(|t| t.is_ascii_digit()).is_some() {}
            in_number
        }
        false => {
            in_number = false;
            text.next().is_some_and(|t| t.eq_ignore_ascii_case(l))
        }
    })
}

/// A literal without what may belong to an id at its ends, if that leaves a gram: no id then hides a part of it.
fn without_ids(literal: &[u8]) -> &[u8] {
    fn id<'l>(bytes: impl Iterator<Item = &'l u8>) -> usize {
        let (mut ends, mut in_word) = (0, false);
        for (n, c) in bytes.enumerate() {
            ends = if in_word && !c.is_ascii_alphanumeric() {
                n
            } else {
                ends
            };
            in_word = c.is_ascii_hexdigit();
            if !in_word && *c != b'-' {
                break;
            }
        }
        ends
    }
    let bare = &literal[id(literal.iter())..];
    let bare = &bare[..bare.len() - id(bare.iter().rev())];
    if bare.len() < GRAM { literal } else { bare }
}

/// How common a byte is in log text; a digit is worse than any letter.
fn commonness(b: u8) -> u32 {
    match b {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4,
        b'c' | b'd' | b'l' | b'u' | b' ' => 3,
        b'm' | b'p' | b'f' | b'g' | b'h' => 2,
        b'0'..=b'9' => 100,
        _ => 1,
    }
}

/// Where the gram of a literal begins that is least likely in log text: of rare letters, and without digits where it can be.
fn rarest(literal: &[u8]) -> usize {
    literal
        .windows(GRAM)
        .enumerate()
        .min_by_key(|(_, w)| w.iter().map(|&b| commonness(b)).sum::<u32>())
        .map_or(0, |(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::super::rules::rules;
    use super::*;
    use crate::text::likeness::{READ, tests::alike};
    use crate::text::literals::shortest;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use regex::bytes::RegexBuilder;
    use std::sync::LazyLock;

    pub(super) static EACH: LazyLock<Vec<Prefilter>> = LazyLock::new(|| Prefilter::each(rules()));

    fn literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
        literals_of(&parsed(pattern)?)
    }

    #[test]
    fn ordinary_text_is_no_candidate() {
        for p in EACH.iter() {
            let set = p.candidates(b"order 7 of kim was paid in 12 ms, 3 items");
            assert!(set == 0 || set == p.always, "{set:x}");
        }
        for s in Scopes::EACH {
            let always = EACH[s.index()].always & (GRAMMAR | NUMBERED);
            assert_eq!(always != 0, s == Scopes::PAGER);
        }
    }

    #[test]
    fn literals_of_small_patterns() {
        let l = |p: &str| {
            literals(p).map(|v| {
                v.into_iter()
                    .map(|b| String::from_utf8(b).unwrap())
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            l(r"\bfail(?:ed)?[ -]over\b"),
            Some(
                ["fail over", "fail-over", "failed over", "failed-over"]
                    .map(String::from)
                    .to_vec()
            )
        );
        assert_eq!(l(r"Power .*(?:lost|off)"), Some(vec!["power ".to_string()]));
        assert_eq!(l(r"\d+|Z"), None);
    }

    #[test]
    fn no_literal_depends_on_an_id() {
        for p in EACH.iter() {
            assert_eq!(p.always & TROUBLE, 0);
            for l in p.literals.values().flatten() {
                let text = String::from_utf8_lossy(&l.bytes);
                assert_eq!(without_ids(&l.bytes), l.bytes, "{text}");
                assert!(
                    !l.bytes[l.at..l.at + GRAM].iter().any(u8::is_ascii_digit),
                    "{text}"
                );
                let id = |c: &u8| c.is_ascii_hexdigit() || *c == b'-';
                assert!(
                    !l.bytes.iter().all(id) || READ.iter().any(|r| l.bytes == *r),
                    "{text}"
                );
                let mut words = l.bytes.split(|c| !c.is_ascii_alphanumeric());
                assert!(!words.any(crate::marker::fields::is_hash), "{text}");
            }
        }
    }

    #[test]
    fn outside_the_pager_scope_every_rule_has_literals() {
        for r in rules().filter(|r| !r.scopes.meets(Scopes::PAGER)) {
            let l = literals(r.pattern).unwrap_or_else(|| panic!("{}", r.pattern));
            assert!(shortest(&l) >= GRAM, "{} {:?}", r.pattern, l);
        }
    }

    /// Texts made from each pattern (without its anchors): whatever the rule matches, the prefilter must let through.
    #[test]
    fn whatever_a_rule_matches_passes() {
        let filters = Prefilter::each(rules());
        let mut runner = TestRunner::deterministic();
        let mut tried = 0;
        for (n, r) in rules().enumerate() {
            let re = RegexBuilder::new(r.pattern)
                .case_insensitive(true)
                .unicode(false)
                .build()
                .unwrap();
            let bare = r
                .pattern
                .replace(r"\b", " ")
                .replace('^', "")
                .replace("[\"]", "[^\"]")
                .replace("[]", "[^]")
                .replace("[\\]]", "[^\\]]")
                .replace("[)]", "[^)]")
                .replace('$', "");
            let Ok(texts) = proptest::string::bytes_regex(&format!("(?i-u:{bare})")) else {
                continue;
            };
            for _ in 0..60 {
                let text = texts.new_tree(&mut runner).unwrap().current();
                if !re.is_match(&text) {
                    continue;
                }
                tried += 1;
                for s in Scopes::EACH.iter().filter(|s| r.scopes.meets(**s)) {
                    assert!(
                        filters[s.index()].candidates(&text) >> n & 1 == 1,
                        "{} {}",
                        r.pattern,
                        String::from_utf8_lossy(&text)
                    );
                }
            }
        }
        assert!(tried > 800, "{tried}");
    }

    proptest! {
        /// Which rules may hold does not depend on numbers and ids.
        #[test]
        fn ids_change_no_candidates((text, other) in alike(vec![
            "deploy ", "signal ", "received", "EXT4-fs", " error", "number 28", "111: Connection refused", "unreachable=0 failed=0",
            "Emask 0x", "version 7", "step 5", "ok=1 changed=2 ", "-", "to ", ": ",
        ])) {
            for p in EACH.iter() {
                prop_assert_eq!(p.candidates(text.as_bytes()), p.candidates(other.as_bytes()));
            }
        }
    }
}
