//! Statuses of HTTP that a message says beside their key: `"status":429`, `status code: 503`. Whose call it was is not known here.

/// What such a message holds, as a pattern.
pub(crate) const PATTERN: &str = "(?i-u)status";

/// How far the key stands in front of the number, at most: `_code": "`.
const BETWEEN: usize = 9;

/// Whether the bytes are a status from 400 to 599 behind a key that says so.
pub fn is_failed_status(text: &[u8], start: usize, end: usize) -> bool {
    let [b'4' | b'5', b'0'..=b'9', b'0'..=b'9'] = text[start..end] else {
        return false;
    };
    let between = |c: &u8| b"\"'=: \t_\\".contains(c);
    let trimmed = |t: &'_ [u8]| t.len() - t.iter().rev().take_while(|c| between(c)).count();
    let key = |t: &[u8], word: &[u8]| {
        let from = t.len().checked_sub(word.len());
        from.filter(|from| t[*from..].eq_ignore_ascii_case(word))
    };
    let key_end = trimmed(&text[..start]);
    if start == key_end || start - key_end > BETWEEN {
        return false;
    }
    let before = &text[..key_end];
    let before = key(before, b"code").map_or(before, |at| &before[..trimmed(&before[..at])]);
    key(before, b"status").is_some()
}

/// Whether a message says such a status, and whom the call was for.
pub fn says_a_failed_call(text: &[u8]) -> bool {
    let whom = |mark: &[u8]| memchr::memmem::find(text, mark).is_some();
    let stands = |at: usize| {
        let whole = !text.get(at + 3).is_some_and(u8::is_ascii_alphanumeric);
        whole && is_failed_status(text, at, at + 3)
    };
    let mut starts = memchr::memchr2_iter(b'4', b'5', &text[..text.len().saturating_sub(2)]);
    (whom(b"://") || whom(b"host")) && starts.any(stands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    #[test]
    fn calls_that_failed() {
        for [text, want] in tried("failed call") {
            assert_eq!(says_a_failed_call(text.as_bytes()), want == "yes", "{text}");
        }
    }
}
