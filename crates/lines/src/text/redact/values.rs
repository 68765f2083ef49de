//! Where a value begins and ends behind its key: in quotation marks and brackets of many kinds, among the fields of an object, bare.
//! Says nothing about what it means.

use super::looks;
use super::pairs::{after_blanks, is_key, is_quote};
use super::view::DecodedText;
use std::ops::Range;

/// The value that begins at a place, without its quotation marks, behind a link so deep in escapes.
pub(super) fn value(view: &DecodedText, from: usize, depth: u8) -> Option<(Range<usize>, bool)> {
    let b = view.text.as_bytes();
    let blanks = b[from..].iter().take_while(|b| **b == b' ').count();
    let mut start = from + blanks;
    if blanks > 24 || start >= b.len() {
        return None;
    }
    // `password= attempt=2`: nothing, and the next pair
    if blanks > 0 && b[..from].ends_with(b"=") {
        let word = |c: &&u8| c.is_ascii_lowercase() || **c == b'_';
        let word = b[start..].iter().take_while(word).count();
        let rest = &b[start + word..];
        if word > 2 && rest.starts_with(b"=") && !rest.starts_with(b"==") {
            return None;
        }
    }
    let list = b[start] == b'[' && is_quote(after_blanks(b, start + 1));
    if list {
        let end = b[start..].iter().position(|b| *b == b']');
        return Some((start + 1..end.map_or(b.len(), |n| start + n), true));
    }
    // [77, 76, 90, …]: as bytes are listed
    if let Some(inner) = view.text[start..]
        .strip_prefix('[')
        .and_then(|r| r.split_once(']'))
        && is_list_of_bytes(inner.0)
    {
        return Some((start + 1..start + 1 + inner.0.len(), true));
    }
    // ("name", "secret"): an account, whose name may be a number
    let number = b[start + 1..]
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let name = start + 1 + number + usize::from(number > 0);
    let listed = number == 0 || b.get(name - 1) == Some(&b',');
    if b[start] == b'(' && listed && is_quote(after_blanks(b, name)) {
        let end = start + b[start..].iter().position(|b| *b == b')')?;
        let inner = view.text[start + 1..end].trim_end_matches([' ', '"', '\'']);
        let from = inner.rfind(['"', '\'']).map_or(0, |n| n + 1);
        return Some((start + 1 + from..start + 1 + inner.len(), true));
    }
    // <84cc3d45 ead4fa17>, as bytes are dumped
    if let Some(inner) = view.text[start..]
        .strip_prefix('<')
        .and_then(|r| r.split_once('>'))
        && inner.0.split(' ').all(|w| w.len() == 8 && looks::is_hex(w))
    {
        return Some((start + 1..start + 1 + inner.0.len(), true));
    }
    // (what stands for a value)
    let close = b"([<{".iter().position(|o| *o == b[start]);
    if let Some(end) = close.and_then(|n| b[start..].iter().take(40).position(|b| *b == b")]>}"[n]))
        && (end == 1
            || view.text[start + 1..start + end]
                .split(' ')
                .all(looks::is_prose))
    {
        return Some((start..start + end + 1, false));
    }
    // an object has keys of its own: `{"a": …`, `{a: …`
    let inner = view.text[start..].strip_prefix('{');
    let named = |i: &str| {
        i.split_once(": ")
            .is_some_and(|(key, _)| key.bytes().all(is_key))
    };
    if inner.is_some_and(|i| is_quote(after_blanks(i.as_bytes(), 0)) || named(i)) {
        return None;
    }
    // `user=<…>`
    if b[start] == b'<' {
        let ends = |c: &u8| *c <= b' ' || matches!(c, b'<' | b'>');
        let len = b[start + 1..].iter().take(NEAR).position(ends);
        if let Some(len) = len.filter(|n| *n > 0 && b[start + 1 + n] == b'>') {
            return Some((start + 1..start + 1 + len, true));
        }
    }
    // `USER:[7] '…'`: how long it is
    let counted = view.text[start..]
        .strip_prefix('[')
        .and_then(|r| r.split_once("] '"));
    if let Some((n, _)) = counted.filter(|c| looks::is_number(c.0)) {
        start += n.len() + 3;
    }
    // what brackets hold
    start += usize::from(matches!(b[start], b'[' | b'(') && start + 1 < b.len());
    // <<"…">> of Erlang
    if b[start..].starts_with(b"<<\"") {
        start += 2;
    }
    // string(4) "…", as PHP dumps it
    let len = b[start..]
        .iter()
        .take_while(|b| b.is_ascii_lowercase())
        .count();
    if len > 2
        && b[start + len..].starts_with(b"(")
        && let Some(close) = view.text[start..].find(") \"")
    {
        start += close + 2;
    }
    // b'…' of Python, N'…' of SQL, @"…" of Objective-C
    let marked = b.get(start + 1).is_some_and(|b| is_quote(*b));
    start += usize::from(marked && matches!(b[start], b'b' | b'u' | b'r' | b'N' | b'@'));
    // »…«, „…“, “…”, 「…」
    if let Some(inner) = marked_off(&view.text[start..]) {
        return Some((start + inner.start..start + inner.end, true));
    }
    let open = b[start];
    if is_quote(open) {
        let deep = view.depth(start);
        if closes_prompt(b, start) && matches!(b.get(start + 1), None | Some(b' ')) {
            return None;
        }
        let ends = |i: &usize| b[*i] == open && view.depth(*i) <= deep;
        let end = (start + 1..b.len()).find(ends);
        match end {
            Some(end) => return Some((start + 1..end, true)),
            // cut off
            None if open == b'"' => return Some((start + 1..b.len(), true)),
            None => start += 1,
        }
    }
    let end = bare_end(view, start, depth);
    let end = field_end(&view.text, from, end).unwrap_or(end);
    (end > start).then_some((start..end, false))
}

/// Signs within which what belongs together is sought.
const NEAR: usize = 200;

/// Whether a quotation mark ends the text in which the key stands: `read -p "Password: " NAME`.
fn closes_prompt(b: &[u8], at: usize) -> bool {
    let near = &b[at.saturating_sub(NEAR)..at];
    let before = near.iter().rposition(|c| *c == b[at]);
    let opens = |n: usize| n == 0 || b" =(".contains(&near[n - 1]);
    near.ends_with(b" ") && before.is_some_and(opens)
}

/// What stands between quotation marks that text is printed with.
fn marked_off(text: &str) -> Option<Range<usize>> {
    const MARKS: [(char, &[char]); 7] = [
        ('«', &['»']),
        ('【', &['】']),
        ('»', &['«']),
        ('„', &['“', '”']),
        ('“', &['”', '“']),
        ('‘', &['’']),
        ('「', &['」']),
    ];
    let open = text.chars().next()?;
    let (_, close) = MARKS.iter().find(|m| m.0 == open)?;
    let from = open.len_utf8();
    let mut near = text[from..].char_indices().take(NEAR);
    let len = near.find(|(_, c)| close.contains(c))?.0;
    // what stands for a secret is none
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if open == '«' && text[from..from + len].bytes().all(sign) {
        return None;
    }
    Some(from..from + len)
}

/// Where a value of several words ends that a program writes among the fields of an object: `User(name=lotte, phrase=a b c, roles=[])`.
fn field_end(text: &str, from: usize, end: usize) -> Option<usize> {
    let key = text[..from].strip_suffix('=')?;
    let before = key.trim_end_matches(|c: char| c.is_ascii() && is_key(c as u8));
    let listed = before.ends_with(", ") || before.ends_with(['(', '{']);
    let rest = text[end..].strip_prefix(' ').filter(|_| listed)?;
    let len = rest.find([',', ')', '}'])?;
    let words = rest[..len]
        .split(' ')
        .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric()));
    let next = &rest[len..];
    let ends = !next.starts_with(',')
        || next[1..]
            .split('=')
            .next()
            .is_some_and(|k| k.starts_with(' ') && k[1..].bytes().all(is_key));
    (words && ends && len < 80).then_some(end + 1 + len)
}

/// Where a value without quotation marks ends: at a blank, a closing sign at its end, or where the next pair begins.
fn bare_end(view: &DecodedText, start: usize, depth: u8) -> usize {
    let b = view.text.as_bytes();
    let closes = |n: usize| {
        let next = b.get(n).copied().unwrap_or(b' ');
        next <= b' ' || is_quote(next) || b",;.)]}><|&\\".contains(&next)
    };
    let next_pair = |n: usize| {
        let rest = b.get(n..).unwrap_or_default();
        let word = rest.iter().take_while(|b| is_key(**b)).count();
        // `Initial Catalog=`
        let second = rest
            .get(word..)
            .and_then(|r| r.strip_prefix(b" "))
            .unwrap_or_default();
        let two = second.iter().take_while(|b| is_key(**b)).count();
        word > 0 && matches!(rest.get(word), Some(b'=' | b':'))
            || b[n - 1] == b';' && word > 0 && two > 0 && second.get(two) == Some(&b'=')
            || rest.starts_with(b"amp;")
    };
    for i in start..b.len() {
        let end = match b[i] {
            b'\n' | b'\t' => true,
            // what ends a text of C, as it is printed
            b'\\' if b[i..].starts_with(b"\\x00") => true,
            // escaped deeper than the link: of the value
            _ if view.depth(i) > depth => false,
            b' ' | b'<' => true,
            // a text that is redacted already
            0xc2 if matches!(b.get(i + 1), Some(0xab | 0xbb)) => true,
            b')' | b']' | b'}' | b'>' | b'"' | b'\'' | b'`' => closes(i + 1),
            b',' | b';' | b'&' | b'|' => closes(i + 1) || next_pair(i + 1),
            b'?' => next_pair(i + 1),
            _ => false,
        };
        if end {
            return i;
        }
    }
    b.len()
}

/// `77, 76, 90, …`: bytes as numbers.
pub(super) fn is_list_of_bytes(v: &str) -> bool {
    let byte = |n: &str| matches!(n.trim().len(), 1..=3) && looks::is_number(n.trim());
    v.split(',').count() >= 8 && v.split(',').all(byte)
}
