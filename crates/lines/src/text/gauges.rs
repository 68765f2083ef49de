//! Numbers that a line states beside their names: `queue=17`, `"heap_mb": 412.5`, `lag: 3s`. No knowledge of what the names mean.

use crate::vector::{ByteWindow, WINDOW};

/// A name and the number beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge<'l> {
    /// The name, as it is written.
    pub name: &'l [u8],
    /// Letters right behind the number.
    pub unit: &'l [u8],
    /// Thousandths.
    pub milli: u64,
}

/// Bytes of a name.
const NAME: std::ops::RangeInclusive<usize> = 2..=40;
/// Digits of a number before its point: with more it is a time or an id.
const DIGITS: usize = 12;
/// Letters of a unit.
const UNIT: usize = 3;

/// Calls `f` with all of them in the order of the line; with `quoted` those in quotes, too, as the rows of tables have them. What is a part of a date, a version, an address or a query is none; of
/// `7/24` it is the first number.
#[inline]
pub fn gauges<'l>(line: &'l [u8], quoted: bool, mut f: impl FnMut(Gauge<'l>)) {
    let mut found = |at: usize| {
        let (milli, unit) = number(line.get(at + 1..)?)?;
        let name = name(&line[..at])?;
        f(Gauge { name, unit, milli });
        Some(())
    };
    let mut each = |from: usize, mut signs: u32| {
        while signs != 0 {
            let _ = found(from + signs.trailing_zeros() as usize);
            signs &= signs - 1;
        }
    };
    let (windows, rest) = line.as_chunks::<WINDOW>();
    for (n, w) in windows.iter().enumerate() {
        each(n * WINDOW, signs(ByteWindow(w), quoted));
    }
    match line.last_chunk() {
        _ if rest.is_empty() => {}
        Some(w) => {
            let seen = WINDOW - rest.len();
            each(
                line.len() - WINDOW,
                signs(ByteWindow(w), quoted) >> seen << seen,
            );
        }
        None => {
            let mut last = [0; WINDOW];
            last[..rest.len()].copy_from_slice(rest);
            each(0, signs(ByteWindow(&last), quoted));
        }
    }
}

/// The signs behind which a number may stand: what lies beyond the window is not known. A colon between digits is that of a clock.
#[inline(always)]
fn signs(w: ByteWindow<'_>, quoted: bool) -> u32 {
    const LAST: u32 = 1 << (WINDOW - 1);
    let (equal, colons) = (w.equal(b'='), w.equal(b':'));
    if equal | colons == 0 {
        return 0;
    }
    let digits = w.between(b'0', b'9');
    let open = w.equal(b' ') | if quoted { w.equal(b'"') } else { 0 };
    let behind = |bits: u32| bits >> 1 | LAST;
    let number = behind(digits) | behind(open & behind(digits));
    (equal | colons & !(digits << 1)) & number
}

/// The number at the start, behind a blank or in quotes.
#[inline(always)]
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let (mut milli, n, rest) = digits(text);
    if !(1..=DIGITS).contains(&n) {
        return None;
    }
    milli *= 1000;
    let rest = match rest.split_first() {
        Some((b'.', behind)) => {
            let (_, n, rest) = digits(behind);
            let (part, places, _) = digits(&behind[..n.min(3)]);
            milli += part * [1000, 100, 10, 1][places];
            rest
        }
        _ => rest,
    };
    let (unit, rest) = rest.split_at(letters(rest));
    let rest = match rest.split_first() {
        Some((b'/', of)) if unit.is_empty() => match digits(of) {
            (_, 0, _) => return None,
            (_, _, rest) => rest,
        },
        _ => rest,
    };
    let ends = |c: &u8| c.is_ascii_alphanumeric() || b".:-/_+@".contains(c);
    // a sentence and a list go on behind their signs
    let goes_on = match rest {
        [b'.' | b':', b' ' | b'\t', ..] | [b'.' | b':'] => false,
        _ => rest.first().is_some_and(ends),
    };
    (!goes_on && unit.len() <= UNIT).then_some((milli, unit))
}

/// The digits at the start, as a number where there are at most [`DIGITS`], how many, and what follows them.
#[inline(always)]
fn digits(text: &[u8]) -> (u64, usize, &[u8]) {
    let (mut value, mut n) = (0u64, 0);
    while let Some(c) = text.get(n).filter(|c| c.is_ascii_digit()) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(c - b'0'));
        n += 1;
    }
    (value, n, &text[n..])
}

fn letters(text: &[u8]) -> usize {
    let is = |c: &&u8| c.is_ascii_alphabetic() || **c == b'%';
    text.iter().take_while(is).count()
}

/// The name at the end, before a quote and a blank.
#[inline(always)]
fn name(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_suffix(b" ").unwrap_or(text);
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    let is = |c: &&u8| c.is_ascii_alphanumeric() || matches!(**c, b'_' | b'.' | b'-');
    let longest = text.len().saturating_sub(NAME.end() + 1);
    let n = text[longest..].iter().rev().take_while(is).count();
    let (before, name) = text.split_at(text.len() - n);
    // part of an address, or of a word of other letters
    let within = matches!(
        before.last(),
        Some(b'?' | b'&' | b'/' | b'%' | b'@' | 0x80..)
    );
    let named = name.first().is_some_and(u8::is_ascii_alphabetic);
    (named && !within && NAME.contains(&n)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(line: &str) -> Vec<(String, u64, String)> {
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let mut all = Vec::new();
        gauges(line.as_bytes(), true, |g| {
            all.push((text(g.name), g.milli, text(g.unit)))
        });
        all
    }

    #[test]
    fn numbers_stand_beside_their_names() {
        for (line, expected) in [
            (
                "exec.active=3 exec.queue=0",
                &[("exec.active", 3000, ""), ("exec.queue", 0, "")][..],
            ),
            (
                r#"{"level":30,"heapUsedMb":886.25,"caches":{"memo": 1021231},"msg":"runtime"}"#,
                &[
                    ("level", 30_000, ""),
                    ("heapUsedMb", 886_250, ""),
                    ("memo", 1_021_231_000, ""),
                ],
            ),
            (
                "took=34ms wait: 1.5s, load = 91%",
                &[
                    ("took", 34_000, "ms"),
                    ("wait", 1500, "s"),
                    ("load", 91_000, "%"),
                ],
            ),
            (
                "pg_conns=7/24 behind=12.",
                &[("pg_conns", 7000, ""), ("behind", 12_000, "")],
            ),
            (
                r#"{"time":"2026-03-04 12:03:04","queue":"17","at":"9f3"}"#,
                &[("queue", 17_000, "")],
            ),
            (
                "where a piece of thirty ends: lag=1 lag: 2",
                &[("lag", 1000, ""), ("lag", 2000, "")],
            ),
            // of a word with other letters no part is a name
            ("vérification=482913", &[]),
            // times, dates, versions, addresses, ids and queries are none
            (
                "2026-03-04 12:03:04 at=2026-03-04 v=4.2.1 host=10.0.0.7:80 id=9f3 GET /a?page=3&n=4 t=1728557109318000",
                &[],
            ),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(n, m, u)| (n.to_string(), *m, u.to_string()))
                .collect();
            assert_eq!(all(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(line in proptest::collection::vec(any::<u8>(), 0..200)) {
            gauges(&line, true, |g| assert!(!g.name.is_empty()));
        }

        #[test]
        fn what_is_stated_is_read(
            (before, name, sign) in (" {0,70}", "[a-z][a-z_.]{1,20}", "=|: ?"),
            n in 0u64..1_000_000_000, part in 0u64..1000,
        ) {
            let line = format!("12:00:01 INFO{before} {name}{sign}{n}.{part:03} ok");
            prop_assert_eq!(all(&line), vec![(name, n * 1000 + part, String::new())]);
        }
    }
}
