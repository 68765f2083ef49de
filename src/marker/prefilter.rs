//! A test that costs less than a nanosecond per byte and says which rules may hold for a message. Derived from the rules'
//! patterns, never written by hand: every match of a rule holds one of its literals, and every literal holds a known gram.

use super::rules::{Rule, Scopes};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::HashMap;

/// Length of a gram in bytes; shorter literals cannot be used.
const GRAM: usize = 4;
/// Bits of the first table.
const BITS: u32 = 15;
/// A literal set with more members than this is not worth its table.
const MOST: usize = 64;

/// Which rules may hold, as a set of rule numbers; and [`SUDO`].
pub(super) type Set = u128;
/// The member that stands for the mark of a sudo message, which is no rule.
pub(super) const SUDO: Set = 1 << 127;
/// What every sudo message holds.
const SUDO_MARK: &[u8] = b" ; command=";

/// The literals of the rules of one scope.
pub(super) struct Prefilter {
    /// Which slots any gram falls into: the only table that most bytes meet.
    table: Vec<u64>,
    /// The literals that hold a gram.
    literals: HashMap<u32, Vec<Known>, foldhash::fast::FixedState>,
    /// Rules without useful literals.
    always: Set,
}

/// A literal, lower case.
struct Known {
    bytes: Vec<u8>,
    /// Where in it its gram begins.
    at: usize,
    /// Rules of which it is a literal.
    rules: Set,
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

impl Prefilter {
    /// The prefilter of the rules that apply in `scope`; rule numbers are positions in `rules`.
    pub(super) fn new<'r>(rules: impl Iterator<Item = &'r Rule>, scope: Scopes) -> Prefilter {
        let mut p = Prefilter {
            table: vec![0; 1 << (BITS - 6)],
            literals: HashMap::default(),
            always: 0,
        };
        for (n, rule) in rules.enumerate().filter(|(_, r)| r.scopes.meets(scope)) {
            match literals(rule.pattern) {
                Some(l) if l.iter().all(|s| s.len() >= GRAM) => {
                    l.iter().for_each(|s| p.add(s, 1 << n))
                }
                _ => p.always |= 1 << n,
            }
        }
        p.add(SUDO_MARK, SUDO);
        p
    }

    fn add(&mut self, literal: &[u8], rules: Set) {
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
            None => known.push(Known {
                bytes: literal.to_vec(),
                at,
                rules,
            }),
        }
    }

    /// The rules that may hold for `text`; no other rule can.
    #[inline]
    pub(super) fn candidates(&self, text: &[u8]) -> Set {
        let mut set = self.always;
        for (n, w) in text.windows(GRAM).enumerate() {
            let g = gram([w[0], w[1], w[2], w[3]]);
            let s = slot(g);
            if self.table[s >> 6] >> (s & 63) & 1 != 0 {
                set |= self.verified(text, n, g);
            }
        }
        set
    }

    /// The rules of the literals that stand around a gram.
    #[cold]
    fn verified(&self, text: &[u8], gram_at: usize, g: u32) -> Set {
        self.literals
            .get(&g)
            .into_iter()
            .flatten()
            .filter(|k| {
                gram_at
                    .checked_sub(k.at)
                    .and_then(|from| text.get(from..from + k.bytes.len()))
                    .is_some_and(|t| t.eq_ignore_ascii_case(&k.bytes))
            })
            .fold(0, |set, k| set | k.rules)
    }
}

/// Where the gram of a literal begins that is least likely in log text: of rare letters.
fn rarest(literal: &[u8]) -> usize {
    let common = |b: u8| -> u32 {
        match b {
            b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4,
            b'c' | b'd' | b'l' | b'u' | b' ' => 3,
            b'm' | b'p' | b'f' | b'g' | b'h' => 2,
            _ => 1,
        }
    };
    literal
        .windows(GRAM)
        .enumerate()
        .min_by_key(|(_, w)| w.iter().map(|&b| common(b)).sum::<u32>())
        .map_or(0, |(n, _)| n)
}

/// Lower-case literals of which every match of `pattern` holds at least one; `None` when there are no useful ones.
pub(super) fn literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let mut set = needs(&parser.parse(pattern).ok()?).either()?;
    set.iter_mut().for_each(|s| s.make_ascii_lowercase());
    set.sort();
    set.dedup();
    Some(set)
}

/// What is known of the texts that a part of a pattern matches.
struct Needs {
    /// All of them, where they are few.
    exact: Option<Vec<Vec<u8>>>,
    /// Literals of which each holds one.
    holds: Option<Vec<Vec<u8>>>,
}

impl Needs {
    const NOTHING: Needs = Needs {
        exact: None,
        holds: None,
    };
    fn exact(set: Vec<Vec<u8>>) -> Needs {
        Needs {
            exact: Some(set),
            holds: None,
        }
    }
    fn either(self) -> Option<Vec<Vec<u8>>> {
        better(self.exact, self.holds)
    }
}

fn shortest(set: &[Vec<u8>]) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

/// The more telling of two sets: longer literals (up to 8 bytes), then fewer.
fn better(a: Option<Vec<Vec<u8>>>, b: Option<Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    let useful = |s: Option<Vec<Vec<u8>>>| s.filter(|s| shortest(s) > 0);
    match (useful(a), useful(b)) {
        (Some(a), Some(b)) => {
            let rank = |s: &[Vec<u8>]| (shortest(s).min(8), usize::MAX - s.len());
            Some(if rank(&b) > rank(&a) { b } else { a })
        }
        (a, b) => a.or(b),
    }
}

fn needs(hir: &Hir) -> Needs {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Needs::exact(vec![Vec::new()]),
        HirKind::Literal(l) => Needs::exact(vec![l.0.to_vec()]),
        HirKind::Class(Class::Bytes(c)) => {
            let few: Vec<Vec<u8>> = c
                .iter()
                .flat_map(|r| r.start()..=r.end())
                .take(5)
                .map(|b| vec![b])
                .collect();
            if few.len() <= 4 {
                Needs::exact(few)
            } else {
                Needs::NOTHING
            }
        }
        HirKind::Class(Class::Unicode(_)) => Needs::NOTHING,
        HirKind::Repetition(r) if r.min == 0 && r.max == Some(1) => match needs(&r.sub).exact {
            Some(mut set) => {
                set.push(Vec::new());
                Needs::exact(set)
            }
            None => Needs::NOTHING,
        },
        HirKind::Repetition(r) if r.min > 0 => Needs {
            exact: None,
            holds: needs(&r.sub).either(),
        },
        HirKind::Repetition(_) => Needs::NOTHING,
        HirKind::Capture(c) => needs(&c.sub),
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => one_of(parts),
    }
}

fn in_a_row(parts: &[Hir]) -> Needs {
    let (mut run, mut holds, mut broken) = (vec![Vec::new()], None, false);
    for part in parts {
        let n = needs(part);
        match n.exact {
            Some(set) if run.len() * set.len() <= 16 => {
                run = run
                    .iter()
                    .flat_map(|a| set.iter().map(move |b| [a.as_slice(), b].concat()))
                    .collect();
            }
            exact => {
                broken = true;
                holds = better(holds, Some(std::mem::take(&mut run)));
                holds = better(holds, n.holds);
                run = exact.unwrap_or_else(|| vec![Vec::new()]);
            }
        }
    }
    if broken {
        Needs {
            exact: None,
            holds: better(holds, Some(run)),
        }
    } else {
        Needs::exact(run)
    }
}

fn one_of(parts: &[Hir]) -> Needs {
    let all: Vec<Needs> = parts.iter().map(needs).collect();
    if all.iter().all(|n| n.exact.is_some()) {
        let set: Vec<Vec<u8>> = all.into_iter().flat_map(|n| n.exact).flatten().collect();
        return if set.len() <= MOST {
            Needs::exact(set)
        } else {
            Needs::NOTHING
        };
    }
    let mut holds = Vec::new();
    for n in all {
        match n.either() {
            Some(set) => holds.extend(set),
            None => return Needs::NOTHING,
        }
    }
    Needs {
        exact: None,
        holds: Some(holds),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::rules;
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use regex::bytes::RegexBuilder;

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
    fn outside_the_pager_scope_every_rule_has_literals() {
        for r in rules().filter(|r| !r.scopes.meets(Scopes::PAGER)) {
            let l = literals(r.pattern).unwrap_or_else(|| panic!("{}", r.pattern));
            assert!(shortest(&l) >= GRAM, "{} {:?}", r.pattern, l);
        }
    }

    /// Texts made from each pattern (without its anchors): whatever the rule matches, the prefilter must let through.
    #[test]
    fn whatever_a_rule_matches_passes() {
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
            let filters: Vec<Prefilter> = Scopes::EACH
                .iter()
                .map(|&s| Prefilter::new(rules(), s))
                .collect();
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
        #[test]
        fn any_bytes_are_safe(b in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Prefilter::new(rules(), Scopes::DEPLOY).candidates(&b);
        }
    }
}
