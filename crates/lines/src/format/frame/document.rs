//! Whole-file JSON: one document, pretty-printed or on one line, whose records are the elements of a list, and files of
//! several values that are no JSON lines. A record's text is one object on one line, for the formats and envelopes of JSON lines.

use super::csv::is_typed;
use super::walk::{RecordPath, Walk};
use super::{Framer, Units};
use crate::format::envelope::peel;
use crate::table::rows;
use std::sync::LazyLock;

/// Where documents have their records.
static PLACES: LazyLock<Vec<RecordPath>> = LazyLock::new(|| {
    let place = |[path, outer, needs]: [&'static str; 3]| RecordPath {
        path,
        needs,
        with_outer: !outer.is_empty(),
    };
    rows(include_str!("places.tsv")).map(place).collect()
});

/// What walks a document.
pub(super) fn start() -> Box<dyn Framer> {
    Box::new(Walk::new(&PLACES))
}

/// An object or a list of objects that its first line does not end, or that holds its records in a known place.
pub(super) fn claims(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let head = head.trim_ascii_start();
    if !begins(head) {
        return false;
    }
    let line = memchr::memchr(b'\n', head).map_or(head.len(), |n| n + 1);
    let (mut walk, mut units) = (Walk::new(&PLACES), Units::default());
    walk.feed(&head[..line], &mut units);
    if walk.is_closed() {
        // one value per line: JSON lines, unless the line is a list of records and no format knows more of it than a time
        let first = head[..line].trim_ascii_end();
        return walk.strays == 0 && walk.placed > 0 && !is_typed(first) && peel(first).is_none();
    }
    walk.feed(&head[line..], &mut units);
    walk.strays == 0 && (walk.placed > 0 || !units.list.is_empty() || !walk.is_closed())
}

/// `{ "key" :` or `[ {`, with any blanks; `[ ]` and `{ }` are nothing.
fn begins(head: &[u8]) -> bool {
    let Some((first, rest)) = head.split_first() else {
        return false;
    };
    let rest = rest.trim_ascii_start();
    match first {
        b'[' => rest.first() == Some(&b'{') && begins(rest),
        b'{' => {
            let Some(key) = rest.strip_prefix(b"\"") else {
                return false;
            };
            let Some(end) = key.iter().take(128).position(|c| *c == b'"') else {
                return false;
            };
            key[end + 1..].trim_ascii_start().first() == Some(&b':')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frame, framed};
    use super::*;

    #[test]
    fn what_is_too_long_is_reported() {
        let text = "x".repeat(super::super::LONGEST + 5);
        let long = format!("{{\"items\":[{{\"a\":\"{text}\"}},{{\"b\":1}}]}}");
        let got = framed(frame("JSON document"), long.as_bytes(), 7);
        let got: Vec<(&[u8], u64)> = got.iter().map(|(t, _, line)| (&t[..], *line)).collect();
        assert_eq!(got, [(&b""[..], 1), (b"{\"b\":1}", 1)]);
    }

    #[test]
    fn a_large_document_is_never_held() {
        let mut walk = Walk::new(&PLACES);
        let mut out = Units::default();
        walk.feed(b"{\"items\":[", &mut out);
        for i in 0..200_000 {
            walk.feed(
                format!("{{\"n\": {i}, \"text\": \"abcdefghij\"}},\n").as_bytes(),
                &mut out,
            );
            assert!(walk.held() < 4096);
            assert_eq!(out.list.len(), 1);
            out.clear();
        }
    }
}
