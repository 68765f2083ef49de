//! The cells of a line: what stands between blanks, tabs, bars, semicolons or commas, or the values of an object. Quotes and
//! brackets are taken off, `key=value` goes by its key and all else by its place; what a cell means is decided elsewhere.

use crate::format::flat_json::{Value, each, string_end};
use crate::format::leaf::{self, quoted};
use crate::time::Dated;
use crate::time::stamp::any_shape;
use memchr::memchr;
use serde::{Deserialize, Serialize};

/// What separates the cells of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One JSON object; objects in it are flattened into keys with dots.
    Json,
    /// Tabs.
    Tabs,
    /// Bars.
    Bars,
    /// Semicolons.
    Semicolons,
    /// Commas.
    Commas,
    /// Blanks.
    Blanks,
}

/// How a cell is found again in the next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKey<'a> {
    /// By its place among those without a key, from 0.
    At(usize),
    /// By its key.
    Named(&'a [u8]),
}

/// Most cells of a line.
pub(super) const CELLS: usize = 64;

/// How deep objects in objects are looked into.
const DEPTH: usize = 6;

/// Separators in a line from which it is cut at them.
const ENOUGH: usize = 3;

impl Layout {
    fn mark(self) -> Option<u8> {
        match self {
            Layout::Tabs => Some(b'\t'),
            Layout::Bars => Some(b'|'),
            Layout::Semicolons => Some(b';'),
            Layout::Commas => Some(b','),
            Layout::Json | Layout::Blanks => None,
        }
    }

    /// The layouts that a line may have, the one that shows most first.
    pub fn all_of(line: &[u8]) -> impl Iterator<Item = Layout> {
        const ALL: [Layout; 6] = [
            Layout::Json,
            Layout::Tabs,
            Layout::Bars,
            Layout::Semicolons,
            Layout::Commas,
            Layout::Blanks,
        ];
        let object = line.first() == Some(&b'{');
        ALL.into_iter().filter(move |l| match l.mark() {
            Some(m) => !object && memchr::memchr_iter(m, line).nth(ENOUGH - 1).is_some(),
            None => object == (*l == Layout::Json),
        })
    }

    /// Calls `f` with the cells of a line. `None`: the line is not laid out so.
    pub fn cells<'a>(self, line: &'a [u8], mut f: impl FnMut(CellKey<'_>, &'a [u8])) -> Option<()> {
        match (self, self.mark()) {
            (Layout::Json, _) => flat(&mut Vec::new(), line, DEPTH, &mut f),
            (_, Some(mark)) => between(mark, line, f),
            (_, None) => words(line, f),
        }
    }
}

fn flat<'a>(
    front: &mut Vec<u8>,
    object: &'a [u8],
    depth: usize,
    f: &mut impl FnMut(CellKey<'_>, &'a [u8]),
) -> Option<()> {
    each(object, |key, value| {
        let before = front.len();
        front.extend_from_slice(key);
        match value {
            Value::Object(inner) if depth > 0 => {
                front.push(b'.');
                let _ = flat(front, inner, depth - 1, f);
            }
            Value::Null | Value::Empty => f(CellKey::Named(front), b""),
            v => {
                if let Some(text) = v.text() {
                    f(CellKey::Named(front), text);
                }
            }
        }
        front.truncate(before);
    })
}

/// The key in front of an equals sign, and what stands behind it.
fn keyed(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let key = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.' | b'@');
    let n = b.iter().position(|c| !key(c))?;
    let named = n > 0 && b[0].is_ascii_alphabetic() && b[n] == b'=';
    named.then(|| (&b[..n], &b[n + 1..]))
}

/// Gives cells with their keys or places.
struct Numbered<F>(F, usize);

impl<F> Numbered<F> {
    fn give<'a>(&mut self, key: Option<&[u8]>, value: &'a [u8]) -> Option<()>
    where
        F: FnMut(CellKey<'_>, &'a [u8]),
    {
        match key {
            Some(k) => (self.0)(CellKey::Named(k), value),
            None => {
                (self.0)(CellKey::At(self.1), value);
                self.1 += 1;
            }
        }
        (self.1 <= CELLS).then_some(())
    }
}

fn between<'a>(mark: u8, line: &'a [u8], f: impl FnMut(CellKey<'_>, &'a [u8])) -> Option<()> {
    let mut cells = Numbered(f, 0);
    let mut rest = Some(line);
    while let Some(b) = rest {
        let from = b.len() - b.trim_ascii_start().len();
        // a separator between quotes separates nothing
        let behind = match b.get(from) {
            Some(b'"') if mark != b'\t' => string_end(b, from + 1).unwrap_or(from),
            _ => 0,
        };
        let end = memchr(mark, &b[behind..]).map_or(b.len(), |n| behind + n);
        let cell = b[..end].trim_ascii();
        match keyed(cell) {
            Some((k, v)) => cells.give(Some(k), bare(v))?,
            None => cells.give(None, bare(cell))?,
        }
        rest = b.get(end + 1..);
    }
    Some(())
}

/// A cell without quotes or brackets around it.
fn bare(f: &[u8]) -> &[u8] {
    [(b"\"", b"\""), (b"'", b"'"), (b"[", b"]")]
        .into_iter()
        .find_map(|(open, close)| f.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(f)
}

fn words<'a>(line: &'a [u8], f: impl FnMut(CellKey<'_>, &'a [u8])) -> Option<()> {
    let mut cells = Numbered(f, 0);
    let mut rest = line.trim_ascii();
    while !rest.is_empty() {
        let (key, b) = match keyed(rest) {
            Some((k, v)) => (Some(k), v),
            None => (None, rest),
        };
        let (value, after) = word(b);
        cells.give(key, value)?;
        rest = after.trim_ascii_start();
    }
    Some(())
}

/// Whether a cell may end in front of that.
fn ends(b: &[u8]) -> bool {
    matches!(b.first(), None | Some(b' ' | b',' | b'\t'))
}

/// The value at the start, and what follows it.
fn word(b: &[u8]) -> (&[u8], &[u8]) {
    let comma = |rest: &'_ [u8]| usize::from(rest.first() == Some(&b','));
    let closed = match b.first() {
        Some(b'"') => quoted(b).ok().map(|(rest, v)| (v, rest)),
        Some(q @ b'\'') => memchr(*q, &b[1..]).map(|n| (&b[1..=n], &b[n + 2..])),
        Some(b'[') => memchr(b']', b).map(|n| (&b[1..n], &b[n + 1..])),
        _ => None,
    };
    if let Some((value, rest)) = closed.filter(|c| ends(c.1)) {
        return (value, &rest[comma(rest)..]);
    }
    if let Ok((rest, s)) = any_shape(b)
        && s.dated == Dated::Full
        && ends(rest)
    {
        return (&b[..b.len() - rest.len()], &rest[comma(rest)..]);
    }
    let end = |b: &[u8]| memchr(b' ', b).unwrap_or(b.len());
    let mut n = end(b);
    // one element per attempt or hop, with a comma or a colon between
    loop {
        let list = &b[..n];
        let last = list.rsplit(|c| *c == b' ').next().unwrap_or_default();
        let (element, gap) = match (last.strip_suffix(b","), b[n..].starts_with(b" : ")) {
            (Some(e), _) => (e, 1),
            (None, true) => (last, 3),
            (None, false) => return (list, &b[n..]),
        };
        let Some(next) = b.get(n + gap..) else {
            return (list.strip_suffix(b",").unwrap_or(list), &b[n..]);
        };
        let next = &next[..end(next)];
        let bare = next.strip_suffix(b",").unwrap_or(next);
        if !is_element(element) || !is_element(bare) {
            return (list.strip_suffix(b",").unwrap_or(list), &b[n..]);
        }
        n += gap + next.len();
    }
}

/// What stands in the lists of proxies: an address, a status or a time, or nothing.
fn is_element(b: &[u8]) -> bool {
    let number = |b: &[u8]| b.iter().all(|c| c.is_ascii_digit() || *c == b'.');
    b == b"-" || !b.is_empty() && number(b) || leaf::is_endpoint(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(layout: Layout, line: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        layout.cells(line.as_bytes(), |k, v| {
            let k = match k {
                CellKey::At(n) => n.to_string(),
                CellKey::Named(k) => text(k),
            };
            out.push((k, text(v)));
        });
        out
    }

    fn by_place(layout: Layout, line: &str) -> Vec<String> {
        let all = cut(layout, line).into_iter().enumerate();
        all.map(|(n, (k, v))| {
            assert_eq!(k, n.to_string());
            v
        })
        .collect()
    }

    #[test]
    fn blanks_quotes_brackets_times_and_lists() {
        let line = r#"192.0.2.7, 10.0.0.1 [10/Mar/2026:13:05:00 +0000] 2026-03-10 13:05:00,123 "GET /a b HTTP/1.1" 502, 200 0.1 : 0.2 x, y "#;
        let want = [
            "192.0.2.7, 10.0.0.1",
            "10/Mar/2026:13:05:00 +0000",
            "2026-03-10 13:05:00,123",
            "GET /a b HTTP/1.1",
            "502, 200",
            "0.1 : 0.2",
            "x",
            "y",
        ];
        assert_eq!(by_place(Layout::Blanks, line), want);
    }

    #[test]
    fn keys_do_not_count_as_places() {
        let line = r#"a rt=0.1 ua="x y" "b" /c?d=e"#;
        let want = [
            ("0", "a"),
            ("rt", "0.1"),
            ("ua", "x y"),
            ("1", "b"),
            ("2", "/c?d=e"),
        ];
        let want = want.map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(cut(Layout::Blanks, line), want);
    }

    #[test]
    fn separators_between_quotes_and_empty_cells() {
        let want = ["a", "", "x, y", "z"];
        assert_eq!(by_place(Layout::Commas, r#"a,,"x, y", [z]"#), want);
        assert_eq!(by_place(Layout::Bars, r"a || x, y|'z'"), want);
    }

    #[test]
    fn objects_are_flattened() {
        let line = r#"{"a":{"b":{"c":1},"d":null},"e":"f"}"#;
        let want = [("a.b.c", "1"), ("a.d", ""), ("e", "f")];
        let want = want.map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(cut(Layout::Json, line), want);
    }

    proptest! {
        #[test]
        fn never_panics(line in r#"[ -~\t]{0,60}|["\[\]', :|;a1.=-]{0,40}"#) {
            for l in [Layout::Json, Layout::Tabs, Layout::Bars, Layout::Semicolons, Layout::Commas, Layout::Blanks] {
                let _ = cut(l, &line);
            }
        }
    }
}
