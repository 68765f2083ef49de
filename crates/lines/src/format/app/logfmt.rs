//! logfmt: `key=value` pairs, values quoted where they hold blanks (go-kit, logrus, slog, structlog, Heroku, Argo CD).
//! A line is logfmt only when it begins with a key and has two pairs at least: text with an `a=b` in it is text.

use super::fields::Fields;
use crate::format::flat_json::decode;
use crate::format::leaf;
use crate::record::Record;
use std::borrow::Cow;

/// Whether a byte may stand in a key.
fn is_key(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-' | b'@' | b'/')
}

/// A key at the start, with its length; `None` when no `=` follows it.
fn key(b: &[u8]) -> Option<&[u8]> {
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

/// Whether the fields of that many pairs make a line.
#[inline]
pub(crate) fn is_line(f: &Fields<'_>, line: &[u8], pairs: usize) -> bool {
    // Go kit's writers begin with the time, and the rest is whatever was worth logging
    let timed_first = || matches!(key(line), Some(b"ts" | b"time" | b"t" | b"timestamp"));
    let enough = (f.has_time() && (f.has_level() || f.has_text(true) || f.is_request()))
        || (f.has_level() && f.has_text(false))
        || (pairs >= 3 && f.has_time() && timed_first());
    pairs >= 2 && enough
}

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    key(line)?;
    let mut f = Fields::default();
    let n = pairs(line, |k, v, _| {
        f.take(b"", k, v);
    })?;
    if !is_line(&f, line, n) {
        return None;
    }
    Some(f.into_record(|| remaining(line)))
}

/// The pairs of a line that has no message: all but time, level and caller, so that like lines read alike.
fn remaining(line: &[u8]) -> Cow<'static, [u8]> {
    let mut out = Vec::with_capacity(line.len());
    let _ = pairs(line, |k, v, pair| {
        if !matches!(
            k,
            b"ts"
                | b"time"
                | b"t"
                | b"timestamp"
                | b"level"
                | b"lvl"
                | b"severity"
                | b"caller"
                | b"host"
                | b"logger"
        ) {
            if !out.is_empty() {
                out.push(b' ');
            }
            match decode(v) {
                Cow::Borrowed(_) => out.extend_from_slice(pair),
                Cow::Owned(o) => {
                    out.extend_from_slice(k);
                    out.push(b'=');
                    out.extend_from_slice(&o);
                }
            }
        }
    });
    Cow::Owned(out)
}
