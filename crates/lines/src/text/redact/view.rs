//! A text as whoever it was written for decodes it: percent, HTML and backslash escapes resolved, one within the other, and
//! where each sign came from.

use std::ops::Range;

/// Escapes within escapes that are resolved: a query in a JSON string in a JSON string.
const LAYERS: u8 = 3;

/// The decoded text. Places in it are those of `text`; [`DecodedText::original`] gives those of what was read.
pub(super) struct DecodedText {
    pub text: String,
    /// Of each byte of the text, and of its end; nothing where there was nothing to decode.
    places: Vec<OriginalSpan>,
}

#[derive(Clone, Copy)]
struct OriginalSpan {
    start: usize,
    /// Escapes around it: a quotation mark of more does not end a string that one of fewer began.
    depth: u8,
}

impl DecodedText {
    pub fn of(text: &str) -> DecodedText {
        let mut view = DecodedText {
            text: text.to_owned(),
            places: Vec::new(),
        };
        for _ in 0..LAYERS {
            if !view.decode() {
                break;
            }
        }
        view
    }

    fn place(&self, at: usize) -> OriginalSpan {
        let plain = OriginalSpan {
            start: at,
            depth: 0,
        };
        self.places.get(at).copied().unwrap_or(plain)
    }

    /// How many escapes stood around the sign at a place.
    pub fn depth(&self, at: usize) -> u8 {
        self.place(at).depth
    }

    /// The bytes that a part of the text was decoded from.
    pub fn original(&self, r: &Range<usize>) -> Range<usize> {
        self.place(r.start).start..self.place(r.end).start
    }

    /// Resolves one layer of escapes. Returns whether there was one.
    fn decode(&mut self) -> bool {
        let from = self.text.as_bytes();
        let (mut out, mut places) = (Vec::new(), Vec::new());
        let mut done = 0;
        while let Some(at) = from[done..]
            .iter()
            .position(|b| matches!(b, b'%' | b'&' | b'\\' | 0xe2 | 0xe3 | 0xef))
        {
            let at = done + at;
            let found = escape(&from[at..]);
            let upto = at + usize::from(found.is_none());
            out.extend_from_slice(&from[done..upto]);
            places.extend((done..upto).map(|i| self.place(i)));
            done = upto;
            if let Some((len, c)) = found {
                let within = (at..at + len).map(|i| self.depth(i)).max();
                let place = OriginalSpan {
                    start: self.place(at).start,
                    depth: within.unwrap_or_default() + 1,
                };
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                places.resize(out.len(), place);
                done = at + len;
            }
        }
        if places.len() + from.len() - done == from.len() && !places.iter().any(|p| p.depth > 0) {
            return false;
        }
        out.extend_from_slice(&from[done..]);
        places.extend((done..=from.len()).map(|i| self.place(i)));
        match String::from_utf8(out) {
            Ok(text) if text.len() < self.text.len() => {
                (self.text, self.places) = (text, places);
                true
            }
            _ => false,
        }
    }
}

/// The sign that an escape stands for, and the length of the escape.
fn escape(b: &[u8]) -> Option<(usize, char)> {
    match b {
        [b'%', ..] => percent(b),
        [b'&', ..] => entity(b),
        [
            b'\\',
            c @ (b'"' | b'\'' | b'`' | b'\\' | b'/' | b'=' | b':'),
            ..,
        ] => Some((2, char::from(*c))),
        // signs as wide as the letters of Chinese and Japanese
        [0xef, 0xbc, n @ (0x9a | 0x9d), ..] => Some((3, char::from(n - 0x60))),
        // “…”, „…“ and 「…」
        [0xe2, 0x80, 0x9c..=0x9e, ..] | [0xe3, 0x80, 0x8c | 0x8d, ..] => Some((3, '"')),
        [b'\\', b'n' | b'r', ..] => Some((2, '\n')),
        [b'\\', b't', ..] => Some((2, '\t')),
        [b'\\', b'x', h, l, ..] => visible(hex(&[*h, *l])?).map(|c| (4, c)),
        [b'\\', b'u', a @ .., _] if a.len() >= 3 => visible(hex(b.get(2..6)?)?).map(|c| (6, c)),
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<u32> {
    let all = digits.iter().all(u8::is_ascii_hexdigit);
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| all)?, 16).ok()
}

fn visible(n: u32) -> Option<char> {
    char::from_u32(n).filter(|c| !c.is_control())
}

/// `%3D`, and the two to four that make a letter beyond ASCII.
pub(crate) fn percent(b: &[u8]) -> Option<(usize, char)> {
    let byte = |n: usize| match b.get(3 * n..3 * n + 3)? {
        [b'%', h, l] => u8::try_from(hex(&[*h, *l])?).ok(),
        _ => None,
    };
    match byte(0)? {
        b'\n' | b'\r' => Some((3, '\n')),
        first if first.is_ascii() => visible(first.into()).map(|c| (3, c)),
        _ => {
            let bytes: Vec<u8> = (0..4).map_while(byte).collect();
            let c = bytes.utf8_chunks().next()?.valid().chars().next()?;
            Some((3 * c.len_utf8(), c))
        }
    }
}

/// `&quot;`, `&#61;`, `&#x3d;`.
fn entity(b: &[u8]) -> Option<(usize, char)> {
    let end = b.iter().take(9).position(|c| *c == b';')?;
    let name = std::str::from_utf8(&b[1..end]).ok()?;
    let c = match name {
        "quot" => '"',
        "apos" => '\'',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let n = match number.strip_prefix(['x', 'X']) {
                Some(n) => hex(n.as_bytes())?,
                None => number.parse().ok()?,
            };
            visible(n)?
        }
    };
    Some((end + 1, c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_resolved_one_within_the_other() {
        crate::tests::holds("escapes resolved", |t| DecodedText::of(t).text);
        let view = DecodedText::of("x%3D\"a\\\"b\"");
        assert_eq!(view.original(&(1..2)), 1..4);
        assert_eq!([1, 2, 4].map(|at| view.depth(at)), [1, 0, 1]);
        assert_eq!(view.original(&(0..view.text.len())), 0..10);
    }

    proptest! {
        #[test]
        fn every_sign_comes_from_somewhere(text in r#"([a-zöß]|%[0-9A-F]{2}|&(quot|amp|#6[0-9]);|\\["\\nux]|\\u00[0-9a-f]{2}|[%&\\;]){0,12}"#) {
            let view = DecodedText::of(&text);
            let mut last = 0;
            for (at, c) in view.text.char_indices() {
                let from = view.original(&(at..at + c.len_utf8()));
                prop_assert!(from.start == last && from.end > from.start, "{} {:?}", text, from);
                prop_assert!(text.is_char_boundary(from.end));
                last = from.end;
            }
            prop_assert_eq!(last, text.len());
        }
    }
}
