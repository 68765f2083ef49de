//! Statuses of HTTP that a message says beside their key: `"status":429`, `status code: 503`. Whose call it was is not known here.

use memchr::memmem::{self, Finder};
use std::ops::Range;
use std::sync::LazyLock;

/// What such a message holds, as a pattern.
pub(crate) const PATTERN: &str = "(?i-u)status";

/// How the key ends, in small letters and in capitals.
static KEYS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| [Finder::new("tatus"), Finder::new("TATUS")]);

/// How far the key stands in front of the number, at most: `_code": "`.
const BETWEEN: usize = 9;

/// Whether the bytes are a status from 400 to 599 behind a key that says so.
pub fn is_failed_status(text: &[u8], start: usize, end: usize) -> bool {
    matches!(text[start..end], [b'4' | b'5', b'0'..=b'9', b'0'..=b'9'])
        && is_behind_key(text, start)
}

/// Whether a key that says that a status follows stands in front of a place.
#[inline(always)]
pub(super) fn is_behind_key(text: &[u8], start: usize) -> bool {
    let between = |c: &u8| b"\"'=: \t_\\".contains(c);
    let trimmed = |t: &'_ [u8]| t.len() - t.iter().rev().take_while(|c| between(c)).count();
    let behind = &text[..trimmed(&text[..start])];
    if behind.len() == start || !behind.last().is_some_and(|c| b"sSeE".contains(c)) {
        return false;
    }
    let code = behind.len().checked_sub(4);
    let code = code.filter(|at| behind[*at..].eq_ignore_ascii_case(b"code"));
    let key = code.map_or(behind, |at| &behind[..trimmed(&behind[..at])]);
    start - key.len() <= BETWEEN && KEYS.iter().any(|k| key.ends_with(k.needle()))
}

/// The numbers that may be such statuses: the first digits near behind each key.
pub fn statuses(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let keys = KEYS.iter().flat_map(|k| k.find_iter(text));
    keys.filter_map(|at| {
        let behind = at + KEYS[0].needle().len();
        let near = &text[behind..text.len().min(behind + BETWEEN + 1)];
        let from = behind + near.iter().position(u8::is_ascii_digit)?;
        let digits = text[from..].iter().take_while(|c| c.is_ascii_digit());
        Some(from..from + digits.count())
    })
}

/// Whether a message says such a status, and whom the call was for.
pub fn says_a_failed_call(text: &[u8]) -> bool {
    let whom = |mark: &[u8]| memmem::find(text, mark).is_some();
    let failed = |r: Range<usize>| is_failed_status(text, r.start, r.end);
    let whole = |r: &Range<usize>| !text.get(r.end).is_some_and(u8::is_ascii_alphanumeric);
    (whom(b"://") || whom(b"host")) && statuses(text).filter(|r| whole(r)).any(failed)
}

/// Whether a host that stands beside an error may be whom a call reached: a domain whose first label is letters only. Machines bear
/// numbers, `web-02.example.com`.
pub fn may_be_called(host: &[u8]) -> bool {
    let sign = |c: &u8| c.is_ascii_alphanumeric() || b".-:".contains(c);
    let first = host.split(|c| *c == b'.').next().unwrap_or_default();
    host.iter().filter(|c| **c == b'.').count() > 1
        && host.iter().all(sign)
        && first.iter().all(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;
    use proptest::prelude::*;

    #[test]
    fn calls_that_failed() {
        for [text, want] in tried("failed call") {
            assert_eq!(says_a_failed_call(text.as_bytes()), want == "yes", "{text}");
        }
    }

    proptest! {
        #[test]
        fn each_failed_status_is_one_of_the_statuses(words in proptest::collection::vec(proptest::sample::select(vec![
            "status", "STATUS", "Status", "code", "_", " ", "=", ":", "\"", "503", "429", "200", "7", "x",
        ]), 0..16)) {
            let text = words.concat();
            let all: Vec<Range<usize>> = statuses(text.as_bytes()).collect();
            for at in 0..text.len().saturating_sub(2) {
                let alone = at == 0 || !text.as_bytes()[at - 1].is_ascii_digit();
                let failed = is_failed_status(text.as_bytes(), at, at + 3);
                let listed = all.iter().any(|r| r.start == at);
                prop_assert!(!(alone && failed) || listed, "{text}: {at}");
            }
        }
    }
}
