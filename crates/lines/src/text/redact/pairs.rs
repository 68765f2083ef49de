//! Keys and what they are given, however a log writes it: `key=value`, `"key": "value"`, `--key value`,
//! `<key>value</key>`, `key is value`. Says nothing about what the keys mean.

use super::values::value;
use super::view::DecodedText;
use super::{keys, looks};
use crate::table::words;
use std::ops::Range;

/// How a value follows its key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Link {
    /// `key=value`, `"key": "value"`, `<key>value</key>`, `--key value`: nothing else can be meant.
    Given,
    /// `key: value`, as a setting or in prose.
    Colon,
    /// `key is value`, `key set to value`.
    Said,
    /// `key for somebody is value`, `key value`: anything may follow.
    Beside,
}

/// A key and its value, as places in the decoded text.
#[derive(Debug)]
pub(super) struct Pair {
    pub key: Range<usize>,
    pub link: Link,
    pub value: Range<usize>,
    pub quoted: bool,
}

/// How a secret is written, before it.
const KINDS: [&str; 7] = words("ENC encrypted hashed scrypt sha1 sha256 md5");

/// Words between a key and what it is.
const IS: &str = "is was as BY AS lautet ist est es è é är er";
/// The same where more words stand before it.
const AS: &str = "expected got received found";
/// What it becomes stands behind these, where the word before them says that it was changed.
const INTO: &str = "to auf para en na till til naar a à su на в";
const CHANGED: &str = include_str!("words/changed.txt");

/// Words behind which whose it is stands.
const AIMS: &str = "for to für para pour voor för per dla для от від";

/// Words between a key and its value: `password for the admin is …`.
const BETWEEN: usize = 6;

/// All that may be pairs in a text, by the place of their link; behind which keys a value may be said in words, is asked of `spoken_of`.
pub(super) fn pairs(view: &DecodedText, spoken_of: impl Fn(&Range<usize>) -> bool) -> Vec<Pair> {
    let b = view.text.as_bytes();
    let mut out = Vec::new();
    for at in 0..b.len() {
        let next = b.get(at + 1).copied().unwrap_or_default();
        let last = at.checked_sub(1).map_or(0, |n| b[n]);
        let found = match b[at] {
            b'=' if b"=!<>:+*~".contains(&last) || next == b'=' && b.get(at + 2) == Some(&b' ') => {
                None
            }
            b'=' => joined(view, at, 1 + usize::from(next == b'>'), Link::Given),
            b':' if last == b':' || next == b':' || b[at..].starts_with(b"://") => None,
            b':' if next == b'=' => joined(view, at, 2, Link::Given),
            b':' => joined(view, at, 1, Link::Colon),
            b'>' if last == b'-' && at > 1 && b[at - 2] != b' ' => None,
            b'>' if last == b'-' => joined(view, at - 1, 2, Link::Given),
            b'>' => tagged(view, at),
            // `("key", "value")`, but no list of pairs
            b',' if is_quote(last) && is_quote(after_blanks(b, at + 1)) => {
                let next = |p: &Pair| b"=:".contains(&after_blanks(b, p.value.end + 1));
                // nor the words of a command
                let word = |p: &Pair| {
                    b.get(p.value.start) == Some(&b'-')
                        || !is_quote(b[p.key.start.saturating_sub(1)])
                };
                joined(view, at, 1, Link::Given).filter(|p| !next(p) && !word(p))
            }
            // `{key,"value"}`, `"key" "value"`, `KEY('value')`
            b',' | b'(' if is_key(last) && value_opens(b, at + 1) => {
                joined(view, at, 1, Link::Beside)
            }
            // `USER(app) KEY(value)`
            b'(' if last.is_ascii_uppercase() => joined(view, at, 1, Link::Beside).filter(|p| {
                b.get(p.value.end) == Some(&b')')
                    && !view.text[p.key.clone()].contains(|c: char| c.is_lowercase())
            }),
            // 暗証番号「…」
            0xe3 if ["「", "【"]
                .iter()
                .any(|m| b[at..].starts_with(m.as_bytes())) =>
            {
                joined(view, at, 0, Link::Beside)
            }
            // the columns of a table
            b'|' | b'\t' if next != b'|' => joined(view, at, 1, Link::Beside),
            b' ' if is_key(last) || is_quote(last) => {
                spoken(view, at, &spoken_of, &mut out);
                None
            }
            _ => None,
        };
        out.extend(found);
    }
    let known = out.len();
    columns(view, &mut out);
    if out.len() > known {
        out.sort_by_key(|p| p.value.start);
    }
    out
}

/// Signs that the names of a row's columns have at most.
const ROW: usize = 2000;

/// The columns of a row that is written, and their values: `INSERT INTO t (a, b) VALUES (1, 'x')`.
fn columns(view: &DecodedText, out: &mut Vec<Pair>) {
    let text = &view.text;
    for sign in ["VALUES", "values"] {
        for (at, _) in text.match_indices(sign) {
            let before = text[..at].trim_end();
            // a row is no longer than that
            let list = before.bytes().rev().take(ROW).position(|b| b == b'(');
            let opens = list
                .filter(|_| before.ends_with(')'))
                .map(|n| before.len() - n - 1);
            let (Some(opens), Some(first)) =
                (opens, text[at..].bytes().take(ROW).position(|b| b == b'('))
            else {
                continue;
            };
            let mut from = at + first + 1;
            for name in before[opens + 1..before.len() - 1].split(',') {
                let Some((value, quoted)) = value(view, from, 0) else {
                    break;
                };
                let end = value.end + usize::from(quoted);
                let name = name.trim_matches([' ', '"', '`', '\'']);
                let key = name.as_ptr() as usize - text.as_ptr() as usize;
                if quoted {
                    out.push(Pair {
                        key: key..key + name.len(),
                        link: Link::Given,
                        value,
                        quoted,
                    });
                }
                match text.get(end..).and_then(|rest| rest.find(',')) {
                    Some(n) => from = end + n + 1,
                    None => break,
                }
            }
        }
    }
}

pub(super) fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

/// Whether a text in quotation marks begins at a place.
fn value_opens(b: &[u8], at: usize) -> bool {
    let rest = b.get(at..).unwrap_or_default();
    is_quote(rest.first().copied().unwrap_or_default()) || rest.starts_with(b"<<\"")
}

pub(super) fn after_blanks(b: &[u8], at: usize) -> u8 {
    let mut rest = b.get(at..).unwrap_or_default().iter();
    rest.find(|b| **b != b' ').copied().unwrap_or_default()
}

pub(super) fn is_key(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$' | b'[' | b']') || b >= 0x80
}

/// The key that ends before a place, and whether it stands in quotation marks.
fn key_before(text: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let b = text.as_bytes();
    let mut end = text[..at].trim_end_matches(' ').len();
    // names of a list stand in a column
    let blanks = if b.get(at) == Some(&b' ') { 2 } else { 24 };
    if at - end > blanks {
        return None;
    }
    // `Key (name)=(value)`
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let column = text[..end].strip_suffix(')').unwrap_or_default();
    let column = column.trim_end_matches(name).ends_with("Key (");
    end -= usize::from(column && text[at..].starts_with("=("));
    // `key (hex): …`
    if text[..end].ends_with(')') {
        end = text[..end].rfind(" (").filter(|open| end - open < 24)?;
    }
    // `{$KEY}=`
    end -= usize::from(text[..end].ends_with('}'));
    // `env["KEY"] =`
    if end > 1 && b[end - 1] == b']' && is_quote(b[end - 2]) {
        end -= 1;
    }
    let quoted = end > 0 && is_quote(b[end - 1]);
    end -= usize::from(quoted);
    let from = b[..end].iter().rposition(|b| !is_key(*b));
    let from = from.map_or(0, |n| n + 1);
    (from < end).then_some((from..end, quoted))
}

/// The name of the block or list that a place lies in: `tokens` of `tokens { agent = …`.
pub(super) fn block(text: &str, at: usize) -> &str {
    let mut closed = 0;
    // `<Cdtr><Nm>`
    if let Some(outer) = text[..at].strip_suffix("><") {
        return outer.rsplit(['<', ':', '>']).next().unwrap_or_default();
    }
    for (at, sign) in text[..at].char_indices().rev().take(200) {
        match sign {
            '}' | ']' => closed += 1,
            '{' | '[' if closed > 0 => closed -= 1,
            '{' | '[' => {
                let name = text[..at].trim_end_matches([' ', ':', '=', '"', '\'', '>', '[']);
                let sign = |c: char| !c.is_ascii() || !is_key(c as u8);
                return name.rsplit(sign).next().unwrap_or_default();
            }
            _ => {}
        }
    }
    ""
}

fn joined(view: &DecodedText, at: usize, len: usize, link: Link) -> Option<Pair> {
    let (key, in_quotes) = key_before(&view.text, at)?;
    let (value, quoted) = value(view, at + len, view.depth(at))?;
    let tight = view.text.as_bytes().get(at + len) != Some(&b' ');
    // `group:name:jar:1.2`, `registry/name:1.2`: fields of one thing
    let before = &view.text[..key.start];
    let call = before.strip_suffix('(');
    let call = call.is_some_and(|b| b.ends_with(|c: char| c.is_ascii_alphanumeric()));
    // `${NAME:-what else}`, and no option: `/pass:x`
    let path = before.ends_with('/') && !before.ends_with(" /");
    let part = path || tight && (before.ends_with(':') || call && !quoted);
    if link == Link::Colon && (!in_quotes && part || before.ends_with("${")) {
        return None;
    }
    let link = match link {
        Link::Colon if in_quotes || tight => Link::Given,
        link => link,
    };
    Some(Pair {
        key,
        link,
        value,
        quoted,
    })
}

const CDATA: &str = "<![CDATA[";

/// `<key attributes>value</`.
fn tagged(view: &DecodedText, at: usize) -> Option<Pair> {
    let text = &view.text;
    let open = text[..at].rfind('<')?;
    let tag = text[open + 1..at].split(' ').next()?;
    let from = at + 1 + [0, CDATA.len()][usize::from(text[at + 1..].starts_with(CDATA))];
    let close = match from > at + 1 {
        true => from + text[from..].find("]]>")?,
        false => from + text[from..].find('<')?,
    };
    let whole = text[close..].starts_with(if from > at + 1 { "]]>" } else { "</" }) && close > from;
    // `<property name="key">value</property>`
    let attribute = ["name=", "key="].iter().find_map(|a| {
        let from = open + text[open..at].find(a)? + a.len() + 1;
        let len = text.get(from..at)?.find(['"', '\''])?;
        Some(from..from + len)
    });
    // `<key><value>x</value></key>`
    let is_value = keys::parts(tag).last().is_some_and(|w| w == "value");
    let around = || {
        let before = text[..open].trim_end().strip_suffix('>')?;
        let from = before.rfind('<')? + 1;
        Some(from..before.len()).filter(|_| is_value)
    };
    let key = attribute.or_else(around);
    let key = key.unwrap_or(open + 1..open + 1 + tag.len());
    let named = !key.is_empty() && text[key.clone()].bytes().all(|b| is_key(b) || b == b':');
    (whole && named).then_some(Pair {
        key,
        link: Link::Given,
        value: from..close,
        quoted: true,
    })
}

/// Where a word ends: an option with its value, or what is said of the thing that it names.
fn spoken(
    view: &DecodedText,
    at: usize,
    spoken_of: &impl Fn(&Range<usize>) -> bool,
    out: &mut Vec<Pair>,
) {
    let text = &view.text;
    let Some((key, quoted)) = key_before(text, at) else {
        return;
    };
    // the last part of a path
    if text[..key.start].ends_with('/') {
        return;
    }
    let option = text[key.clone()].starts_with('-');
    if !option && !spoken_of(&key) {
        return;
    }
    // the columns of a row
    let columns = text.matches(';').nth(2).is_some();
    let mut add = |link, from: usize| {
        let found = value(view, from, view.depth(at));
        out.extend(found.map(|(mut value, quoted)| {
            let column = text[value.clone()].find(';').filter(|_| columns && !quoted);
            value.end = column.map_or(value.end, |n| value.start + n);
            Pair {
                key: key.clone(),
                link,
                value,
                quoted,
            }
        }));
    };
    if option {
        let given = !text[at + 1..].starts_with('-');
        return if given {
            add(Link::Given, at + 1)
        };
    }
    let next = after_blanks(text.as_bytes(), at + 1);
    match quoted && is_quote(next) {
        true => return add(Link::Beside, at + 1),
        false if !quoted => add(Link::Beside, at + 1),
        false => {}
    }
    let (mut from, mut aim, mut last) = (at + 1, false, "");
    for n in 0..BETWEEN {
        let rest = &text[from..];
        let len = rest.find(' ').unwrap_or(rest.len());
        let word = rest[..len].trim_end_matches([':', ',']);
        let by = word == "by" && text[key.clone()].eq_ignore_ascii_case("identified");
        aim |= keys::has(AIMS, word);
        let aimed = aim && (rest[..len].ends_with(':') || word == "=")
            || n == 0 && rest[..len].ends_with(':');
        if word != "=" && !word.bytes().all(|b| is_key(b) || b == b'@')
            || len == rest.len()
            || !aimed && rest[..len].ends_with(':')
        {
            return;
        }
        from += len + 1;
        let next = text[from..].split(' ').next().unwrap_or_default();
        match word {
            // "key fingerprint is …"
            "is" | "was" if n == 1 && looks::is_identity_word(&text[at + 1..from - len - 1]) => {
                return;
            }
            // "password is generated for somebody: …"
            "is" | "was" if next.ends_with("ed") => {}
            "is" | "was" if next.ends_with(':') => aim = true,
            _ if n < 2 && (by || keys::has(IS, word)) && !text[at..].starts_with(" for ") => {
                // `BY VALUES 'x'`, `is still x`
                let kind = keys::has("VALUES still now", next);
                return add(Link::Said, from + usize::from(kind) * next.len());
            }
            _ if keys::has(IS, word) || keys::has(AS, word) => add(Link::Beside, from),
            _ if n == 0 && word == "to"
                || keys::has(INTO, word)
                    && (keys::has(CHANGED, last)
                        || is_quote(after_blanks(text.as_bytes(), from))
                        || looks::is_made_up(next)) =>
            {
                add(Link::Said, from);
            }
            // a kind of how it is written: `password 7 …`, `password ENC …`
            _ if n == 0
                && (word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit())
                    || KINDS.contains(&word)) =>
            {
                return add(Link::Said, from);
            }
            "from" | "FROM" if n == 0 && is_quote(after_blanks(text.as_bytes(), from)) => {
                add(Link::Beside, from)
            }
            _ if aimed => {
                return add(Link::Beside, from);
            }
            _ => {}
        }
        last = word;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    #[test]
    fn keys_and_values_in_many_notations() {
        for [text, key, value] in tried("key and value") {
            let view = DecodedText::of(&text);
            let t = |r: &Range<usize>| view.text[r.clone()].to_owned();
            let all: Vec<_> = pairs(&view, |_| true)
                .iter()
                .map(|p| (t(&p.key), t(&p.value)))
                .collect();
            assert!(all.contains(&(key, value)), "{text}: {all:?}");
        }
    }
}
