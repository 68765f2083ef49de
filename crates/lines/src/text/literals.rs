//! What can be read off a pattern without running it: the literals of which every match holds one, and what finds it in the key of a
//! text. What patterns are for is not known here.

use super::likeness::OF_HASH;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Dot, Hir, HirKind, Look, Repetition};

/// A literal set with more members than this is not worth its table.
const MOST: usize = 64;

/// A pattern, taken apart, of which letters are those of ASCII.
pub(crate) fn parsed(pattern: &str) -> Option<Hir> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    parser.parse(pattern).ok()
}

/// Literals in small letters, of which each text that matches holds one if both are written so; `None` as for [`literals_of`].
pub(crate) fn small_literals_of(pattern: &str) -> Option<Vec<Vec<u8>>> {
    // the sets of letters that stand for either case are longer than their literals
    let plain = pattern.replace("(?i:", "(?:");
    literals_of(&ParserBuilder::new().build().parse(&plain).ok()?)
}

/// A pattern that holds for the [key](super::likeness) of each text for which this one does, and for more: what may stand in numbers
/// and ids may be missing or come again, and words need not end.
pub(crate) fn loosened(hir: &Hir) -> Hir {
    let of_id = |c: u8| c.is_ascii_hexdigit() || c == b'-';
    let again = |hir: Hir| {
        Hir::repetition(Repetition {
            min: 0,
            max: None,
            greedy: true,
            sub: Box::new(hir),
        })
    };
    // what a class holds, and what stands in a key for a part of an id
    let class = |ranges: &mut dyn Iterator<Item = ClassBytesRange>| {
        let of_key = [(b'0', b'0'), (OF_HASH, u8::MAX)];
        let of_key = of_key.map(|(a, b)| ClassBytesRange::new(a, b));
        Hir::class(Class::Bytes(ClassBytes::new(ranges.chain(of_key))))
    };
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(Look::Start | Look::End) => hir.clone(),
        HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(l) => Hir::concat(
            l.0.iter()
                .map(|c| match of_id(*c) {
                    true => again(class(&mut [ClassBytesRange::new(*c, *c)].into_iter())),
                    false => Hir::literal([*c]),
                })
                .collect(),
        ),
        HirKind::Class(Class::Bytes(c)) => {
            let has = |c: &ClassBytesRange| (c.start()..=c.end()).any(of_id);
            match c.iter().any(has) {
                true => again(class(&mut c.iter().copied())),
                false => hir.clone(),
            }
        }
        HirKind::Class(Class::Unicode(_)) => Hir::dot(Dot::AnyByte),
        HirKind::Repetition(r) => Hir::repetition(Repetition {
            min: r.min,
            max: r.max,
            greedy: true,
            sub: Box::new(loosened(&r.sub)),
        }),
        HirKind::Capture(c) => loosened(&c.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(loosened).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(loosened).collect()),
    }
}

/// Lower-case literals of which every match of `pattern` holds at least one; `None` when there are no useful ones.
pub(crate) fn literals_of(pattern: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut set = held(pattern)?;
    set.iter_mut().for_each(|s| s.make_ascii_lowercase());
    set.sort();
    set.dedup();
    Some(set)
}

/// The same as they are written.
pub(crate) fn held(pattern: &Hir) -> Option<Vec<Vec<u8>>> {
    needs(pattern).either()
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

pub(crate) fn shortest(set: &[Vec<u8>]) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

/// The more specific of two sets: longer literals (up to 8 bytes), then fewer.
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
