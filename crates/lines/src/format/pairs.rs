//! Pairs of a key and a value, `key=value key="a value"`, in a line or in a part of one. What a key means is not decided here.

use crate::format::leaf;

/// Whether a byte may stand in a key.
fn is_key(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-' | b'@' | b'/')
}

/// A key at the start, with its length; `None` when no `=` follows it.
pub(crate) fn key(b: &[u8]) -> Option<&[u8]> {
    let n = b.iter().take(64).position(|c| !is_key(*c))?;
    (n > 0 && b[n] == b'=').then_some(&b[..n])
}

/// Calls `f` with each pair, raw values without their quotes, until it returns false. The number of pairs; `None` when a word
/// that is no pair and no bare key stands in the line, or when a quote does not close.
pub(crate) fn pairs<'a>(
    line: &'a [u8],
    mut f: impl FnMut(&'a [u8], &'a [u8], &'a [u8]),
) -> Option<usize> {
    let (mut b, mut n, mut bare) = (line, 0usize, 0usize);
    while !b.is_empty() {
        let Some(k) = key(b) else {
            // A bare key means true; a line of many words is text.
            let end = memchr::memchr(b' ', b).unwrap_or(b.len());
            bare += 1;
            if n == 0 || bare > n {
                return None;
            }
            b = b[end..].trim_ascii_start();
            continue;
        };
        let rest = &b[k.len() + 1..];
        let (value, after) = if rest.first() == Some(&b'"') {
            let (after, v) = leaf::quoted(rest).ok()?;
            (v, after)
        } else {
            let end = memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
            (&rest[..end], &rest[end..])
        };
        n += 1;
        f(k, value, &b[..b.len() - after.len()]);
        b = after.trim_ascii_start();
    }
    Some(n)
}
