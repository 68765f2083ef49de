//! Pairs with semicolons between: `time=2026-03-10T13:05:00Z; level=error; msg=payment failed; order=7`. Values may hold blanks and
//! stand in quotes. What the names mean is the table's of all structured lines.

use super::fields::Fields;
use crate::record::Record;
use std::borrow::Cow;

/// Pairs of a line at most.
const MOST: usize = 128;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // what begins with a blank goes on with the line before
    line.first()
        .filter(|c| c.is_ascii_alphabetic() || matches!(c, b'@' | b'_'))?;
    memchr::memchr(b';', line)?;
    let mut f = Fields::default();
    let mut pairs = 0;
    for pair in line.split(|c| *c == b';').take(MOST) {
        let pair = pair.trim_ascii();
        if pair.is_empty() {
            continue;
        }
        let eq = memchr::memchr(b'=', pair)?;
        let (key, value) = (
            pair[..eq].trim_ascii_end(),
            pair[eq + 1..].trim_ascii_start(),
        );
        let is_key = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-' | b'@');
        if key.is_empty() || !key.iter().all(is_key) {
            return None;
        }
        let value = value
            .strip_prefix(b"\"")
            .and_then(|v| v.strip_suffix(b"\""))
            .unwrap_or(value);
        f.take(b"", key, value);
        pairs += 1;
    }
    let enough = f.has_time() && (f.has_level() || f.has_text(true) || f.is_request());
    (pairs >= 3 && enough).then(|| f.into_record(|| Cow::Borrowed(line)))
}
