//! Finds the fields of one JSON object on one line as slices: no tree, no allocation, one walk.
//! Tolerates what log writers make of JSON: numeric slots left empty (`"t":,`), a bare `-`, bare lists (`0.1, 0.2`),
//! and `\x22` escapes. Strings stay raw; [`decode`] resolves escapes where a caller needs the text. No field names here.

use super::brackets::nested_end;
use super::leaf::find_short;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// A value as it stands in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// What stands between the quotes, escapes and all.
    Str(&'a [u8]),
    /// A number as written.
    Num(&'a [u8]),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// Nothing, or a bare `-`: a variable without a value in an unquoted slot.
    Empty,
    /// Unquoted text that is no JSON (`0.010, 0.002`), without blanks around it.
    Bare(&'a [u8]),
    /// A nested object, with its braces; give it to [`fields`] to look inside.
    Object(&'a [u8]),
    /// A nested array, with its brackets.
    Array(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The text of a string (raw), a number or bare text; `None` for the rest.
    #[inline]
    pub fn text(self) -> Option<&'a [u8]> {
        match self {
            Value::Str(s) | Value::Num(s) | Value::Bare(s) => Some(s),
            _ => None,
        }
    }

    /// What a text says, decoded; of a list its texts, as of an exception's class and message.
    pub fn said(self) -> Option<Cow<'a, [u8]>> {
        let Value::Array(list) = self else {
            return self.text().map(decode);
        };
        let text = |v| match v {
            Value::Str(t) => Some(decode(t).into_owned()),
            _ => None,
        };
        let texts: Vec<_> = elements(list).map_while(text).collect();
        (!texts.is_empty()).then(|| texts.join(&b": "[..]).into())
    }
}

/// The values of a list, in order, as far as it can be read.
pub fn elements(list: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let mut at = Some(blanks(list, 1));
    std::iter::from_fn(move || {
        let (v, next) = value(list, at?)?;
        let next = blanks(list, next);
        at = (list.get(next) == Some(&b',')).then(|| blanks(list, next + 1));
        Some(v)
    })
}

/// Calls `f` with each key (raw) and value of the object that `line` is, in order, until it returns false.
/// `None` when the line is no single object; fields before the fault have been reported by then.
#[inline]
pub fn fields<'a>(line: &'a [u8], mut f: impl FnMut(&'a [u8], Value<'a>) -> bool) -> Option<()> {
    let mut at = blanks(line, 0);
    if line.get(at) != Some(&b'{') {
        return None;
    }
    at = blanks(line, at + 1);
    if line.get(at) == Some(&b'}') {
        return (blanks(line, at + 1) == line.len()).then_some(());
    }
    loop {
        if line.get(at) != Some(&b'"') {
            return None;
        }
        let end = string_end(line, at + 1)?;
        let key = &line[at + 1..end];
        at = end + 1;
        if line.get(at) != Some(&b':') {
            at = blanks(line, at);
            if line.get(at) != Some(&b':') {
                return None;
            }
        }
        at = blanks(line, at + 1);
        let (value, next) = match line.get(at) {
            Some(b'"') => text(line, at)?,
            _ => value(line, at)?,
        };
        if !f(key, value) {
            return Some(());
        }
        at = blanks(line, next);
        match line.get(at) {
            Some(b',') => at = blanks(line, at + 1),
            Some(b'}') => return (blanks(line, at + 1) == line.len()).then_some(()),
            _ => return None,
        }
    }
}

/// The same with every key and value of the object.
#[inline]
pub fn each<'a>(object: &'a [u8], mut f: impl FnMut(&'a [u8], Value<'a>)) -> Option<()> {
    fields(object, |key, v| {
        f(key, v);
        true
    })
}

/// As [`fields`], and looks one level into nested objects: `f` gets the name of the parent (empty at the top), the key and
/// the value. A nested object is reported itself before its fields are. A nested object that is faulty gives what it can.
pub fn fields_nested<'a>(
    line: &'a [u8],
    mut f: impl FnMut(&'a [u8], &'a [u8], Value<'a>) -> bool,
) -> Option<()> {
    fields(line, |key, v| {
        let mut go = f(b"", key, v);
        if let (true, Value::Object(inner)) = (go, v) {
            let _ = fields(inner, |k, v| {
                go = f(key, k, v);
                go
            });
        }
        go
    })
}

/// Whether a line is an object whose first key is that one, with any blanks between.
pub fn begins_with(line: &[u8], key: &[u8]) -> bool {
    let rest = line.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let rest = rest.and_then(|r| {
        r.strip_prefix(b"\"")?
            .strip_prefix(key)?
            .strip_prefix(b"\"")
    });
    rest.is_some_and(|r| r.trim_ascii_start().starts_with(b":"))
}

/// First index from `at` that holds no blank.
#[inline]
fn blanks(b: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = b.get(at) {
        at += 1;
    }
    at
}

/// Index of the quote that closes a string whose text begins at `from`.
#[inline]
pub(super) fn string_end(b: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let q = find_short(b, at, b'"')?;
        if q == from || b[q - 1] != b'\\' {
            return Some(q);
        }
        // An even run of backslashes before the quote escapes itself only. A run touches one quote, so this is linear.
        let run = b[from..q].iter().rev().take_while(|&&c| c == b'\\').count();
        if run % 2 == 0 {
            return Some(q);
        }
        at = q + 1;
    }
}

/// The text whose first quote is at `at`, and the index after it.
#[inline(always)]
fn text(b: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    let end = string_end(b, at + 1)?;
    Some((Value::Str(&b[at + 1..end]), end + 1))
}

/// The value that begins at `at`, and the index after it.
#[inline]
fn value(b: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    match *b.get(at)? {
        b'"' => text(b, at),
        b'{' => nested_end(b, at).map(|e| (Value::Object(&b[at..e]), e)),
        b'[' => nested_end(b, at).map(|e| (Value::Array(&b[at..e]), e)),
        _ => bare(b, at),
    }
}

/// An unquoted value: up to the comma before the next key, or the closing brace.
#[inline]
fn bare(b: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    let mut end = at;
    // The usual case first: a plain number and the next key behind it.
    while let Some(b'0'..=b'9' | b'.') = b.get(end) {
        end += 1;
    }
    if end > at && b[at] != b'.' && matches!(b.get(end..end + 2), Some(b",\"")) {
        return Some((Value::Num(&b[at..end]), end));
    }
    loop {
        end += memchr2(b',', b'}', b.get(end..)?)?;
        // A comma that no key follows belongs to a list that was not quoted.
        if b[end] == b'}' || matches!(b.get(blanks(b, end + 1)), Some(b'"' | b'}') | None) {
            break;
        }
        end += 1;
    }
    let text = b[at..end].trim_ascii();
    let value = match text {
        b"" | b"-" => Value::Empty,
        b"true" => Value::Bool(true),
        b"false" => Value::Bool(false),
        b"null" => Value::Null,
        _ if is_number(text) => Value::Num(text),
        _ => Value::Bare(text),
    };
    Some((value, end))
}

/// Whether the text is a number: sign, digits, and what an exponent needs. Leading zeros pass.
fn is_number(t: &[u8]) -> bool {
    let digits = t.strip_prefix(b"-").unwrap_or(t);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits
            .iter()
            .all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'e' | b'E' | b'+' | b'-'))
}

/// The text of a raw string: JSON escapes and nginx's `\xHH` resolved, what is neither kept as written.
/// Borrowed when there is nothing to resolve.
pub fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr(b'\\', raw) else {
        return Cow::Borrowed(raw);
    };
    let mut out = Vec::with_capacity(raw.len());
    out.extend_from_slice(&raw[..first]);
    let mut rest = &raw[first..];
    // escapes follow each other closely
    while let Some(i) = find_short(rest, 0, b'\\') {
        out.extend_from_slice(&rest[..i]);
        let n = unescape(&rest[i..], &mut out);
        rest = &rest[i + n..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// Resolves the escape at the start of `b` into `out`; its length.
fn unescape(b: &[u8], out: &mut Vec<u8>) -> usize {
    let plain = match b.get(1) {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(&c @ (b'"' | b'\\' | b'/')) => c,
        Some(b'x') => {
            if let Some(v) = hex(b, 2, 2) {
                out.push(v as u8);
                return 4;
            }
            b'\\'
        }
        Some(b'u') => {
            if let Some((c, n)) = unicode(b) {
                let mut buf = [0; 4];
                out.extend_from_slice(c.encode_utf8(&mut buf).as_bytes());
                return n;
            }
            b'\\'
        }
        _ => b'\\',
    };
    out.push(plain);
    if plain == b'\\' && b.get(1) != Some(&b'\\') {
        1
    } else {
        2
    }
}

/// `\uXXXX`, or a pair of them that makes one character; a lone half becomes U+FFFD.
fn unicode(b: &[u8]) -> Option<(char, usize)> {
    let hi = hex(b, 2, 4)?;
    if (0xD800..0xDC00).contains(&hi)
        && b.get(6..8) == Some(b"\\u")
        && let Some(lo) = hex(b, 8, 4).filter(|l| (0xDC00..0xE000).contains(l))
    {
        let c = 0x10000 + ((hi - 0xD800) << 10) + (lo - 0xDC00);
        return Some((char::from_u32(c)?, 12));
    }
    Some((char::from_u32(hi).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

/// `n` hexadecimal digits at `at`.
fn hex(b: &[u8], at: usize, n: usize) -> Option<u32> {
    b.get(at..at + n)?
        .iter()
        .try_fold(0, |v, &c| char::from(c).to_digit(16).map(|d| v * 16 + d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};
    use proptest::prelude::*;
    use serde_json::{Map, Value as Json};

    fn all(line: &[u8]) -> Option<Vec<(&[u8], Value<'_>)>> {
        let mut v = Vec::new();
        each(line, |k, x| v.push((k, x)))?;
        Some(v)
    }

    #[test]
    fn what_nginx_writes_into_numeric_slots() {
        assert_eq!(
            all(br#"{"status":499,"rt":,"urt":-,"t":0.010, 0.002,"u":"a:1, b:2","last":}"#)
                .unwrap(),
            [
                (&b"status"[..], Value::Num(b"499")),
                (b"rt", Value::Empty),
                (b"urt", Value::Empty),
                (b"t", Value::Bare(b"0.010, 0.002")),
                (b"u", Value::Str(b"a:1, b:2")),
                (b"last", Value::Empty),
            ]
        );
        let v = all(br#"{"uri":"/q?x=\x22a\x22","s":500}"#).unwrap();
        assert_eq!(decode(v[0].1.text().unwrap()).as_ref(), br#"/q?x="a""#);
        assert_eq!(v[1].1, Value::Num(b"500"));
    }

    #[test]
    fn nested_objects_are_skipped_whole_or_entered_once() {
        let line = br#"{"a":{"b":"}","c":[1,{"d":2}]},"e":[{"f":"]"}],"g":true,"h":null}"#;
        let top = all(line).unwrap();
        assert_eq!(top.len(), 4);
        assert_eq!(top[0].1, Value::Object(br#"{"b":"}","c":[1,{"d":2}]}"#));
        assert_eq!(top[1].1, Value::Array(br#"[{"f":"]"}]"#));
        assert_eq!((top[2].1, top[3].1), (Value::Bool(true), Value::Null));
        let mut seen = Vec::new();
        fields_nested(line, |p, k, _| {
            seen.push([p, b".", k].concat());
            true
        })
        .unwrap();
        assert_eq!(seen, [&b".a"[..], b"a.b", b"a.c", b".e", b".g", b".h"]);
    }

    #[test]
    fn what_is_no_object() {
        holds("fields of an object", |s| {
            or_dash(all(s.as_bytes()).map(|f| f.len()))
        });
    }

    #[test]
    fn stops_when_asked() {
        let mut n = 0;
        let two = |_: &[u8], _: Value<'_>| {
            n += 1;
            n < 2
        };
        assert_eq!(fields(br#"{"a":1,"b":2,"c"#, two), Some(()));
        assert_eq!(n, 2);
    }

    #[test]
    fn escapes() {
        assert_eq!(
            decode(br"\u00e9\ud83d\ude00\n\/").as_ref(),
            "é😀\n/".as_bytes()
        );
        assert_eq!(decode(br"\ud83d!").as_ref(), "\u{FFFD}!".as_bytes());
        assert_eq!(decode(br"C:\dir\xzz\").as_ref(), br"C:\dir\xzz\");
        assert!(matches!(decode(b"plain"), Cow::Borrowed(_)));
    }

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e9..1e9).prop_map(Json::from),
            ".{0,12}".prop_map(Json::from),
            "[\\\\\"\u{1}-\u{20},:{}]{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                proptest::collection::vec((".{0,8}", inner), 0..4)
                    .prop_map(|v| Json::Object(v.into_iter().collect())),
            ]
        })
    }

    /// What serde_json makes of the slices.
    fn back(v: Value<'_>) -> Json {
        match v {
            Value::Str(s) => Json::from(String::from_utf8(decode(s).into_owned()).unwrap()),
            Value::Num(s) | Value::Object(s) | Value::Array(s) => {
                serde_json::from_slice(s).unwrap()
            }
            Value::Bool(b) => Json::from(b),
            Value::Null => Json::Null,
            Value::Empty | Value::Bare(_) => panic!("{v:?} in valid JSON"),
        }
    }

    #[test]
    fn a_list_says_its_texts() {
        let line = br#"{"a": ["Net::ReadTimeout", "with \"x\""], "b": [1, {"c": 2}], "d": "e"}"#;
        let all = all(line).unwrap();
        let said: Vec<_> = all.iter().map(|(_, v)| v.said()).collect();
        let text = |s: &str| Some(Cow::Owned(s.as_bytes().to_vec()));
        assert_eq!(
            said,
            [text("Net::ReadTimeout: with \"x\""), None, text("e")]
        );
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(
            object in proptest::collection::vec((".{0,8}", json()), 0..6),
            pretty in any::<bool>(),
        ) {
            let object: Map<String, Json> = object.into_iter().collect();
            let text = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            let found: Map<String, Json> = all(text.as_bytes()).unwrap().into_iter()
                .map(|(k, v)| (String::from_utf8(decode(k).into_owned()).unwrap(), back(v)))
                .collect();
            let expected: Map<String, Json> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(found, expected);
        }
    }
}
