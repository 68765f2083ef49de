//! Whether words stand in what somebody else sent: in an address, a request line, a user agent, the terms of a search. Such
//! words state nothing, whatever they say. Bytes of one message; no rule is known here.

use crate::record::METHODS;
use crate::table::byte_words;
use std::ops::Range;

/// What values are that clients choose, as names in front of a quote.
const SENT: &[&[u8]] = &byte_words::<20>(
    "q query search term terms keyword keywords ua agent user_agent user-agent useragent referer referrer path uri url \
    request comment subject",
);

/// Whether the words at `found` begin inside an address or stand in quotes behind the name of something that clients send.
pub(super) fn is_sent(text: &[u8], found: &Range<usize>) -> bool {
    in_address(text, found) || in_value(text, found.start)
}

fn in_address(text: &[u8], found: &Range<usize>) -> bool {
    let (before, after) = text.split_at(found.start.min(text.len()));
    let start = before
        .iter()
        .rposition(|c| ends_word(*c))
        .map_or(0, |n| n + 1);
    let head = &before[start..];
    if head.is_empty() {
        return false;
    }
    let end = found.start
        + after
            .iter()
            .position(|c| ends_word(*c))
            .unwrap_or(after.len());
    let scheme = memchr::memmem::find(head, b"://").is_some();
    let query = head.contains(&b'?') && text[start..end].contains(&b'=');
    let path = head[0] == b'/' || query;
    scheme || (path && (found.end <= end || query || behind_method(&before[..start])))
}

/// Whether a request method is the last word.
fn behind_method(before: &[u8]) -> bool {
    let words = before.trim_ascii_end();
    METHODS.iter().any(|m| {
        words
            .strip_suffix(*m)
            .is_some_and(|rest| rest.last().is_none_or(|c| !c.is_ascii_alphanumeric()))
    })
}

fn ends_word(c: u8) -> bool {
    c.is_ascii_whitespace()
        || matches!(
            c,
            b'"' | b'\'' | b'`' | b'(' | b'<' | b'[' | b'{' | b',' | b';'
        )
}

fn in_value(text: &[u8], at: usize) -> bool {
    let before = &text[..at.min(text.len())];
    let mut open = None;
    let mut escaped = false;
    for (i, c) in before.iter().enumerate() {
        if *c == b'"' && !escaped {
            open = match open {
                Some(_) => None,
                None => Some(i),
            };
        }
        escaped = *c == b'\\' && !escaped;
    }
    let Some(quote) = open else { return false };
    let name = before[..quote].trim_ascii_end();
    let name = name
        .strip_suffix(b"=")
        .or(name.strip_suffix(b":"))
        .unwrap_or(name);
    let start = name
        .iter()
        .rposition(|c| !c.is_ascii_alphanumeric() && !matches!(c, b'_' | b'-'))
        .map_or(0, |n| n + 1);
    is_of_clients(&name[start..])
}

/// Whether what stands under a key is what clients choose.
pub(super) fn is_of_clients(key: &[u8]) -> bool {
    SENT.iter().any(|s| s.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    fn sent(text: &str, words: &str) -> bool {
        let at = text.find(words).unwrap_or(0);
        is_sent(text.as_bytes(), &(at..at + words.len()))
    }

    #[test]
    fn addresses_request_lines_and_values_that_clients_choose() {
        tried("sent").for_each(|[text, part]| assert!(sent(&text, &part), "{text}"));
        tried("not sent").for_each(|[text, part]| assert!(!sent(&text, &part), "{text}"));
    }
}
