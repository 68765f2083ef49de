//! Requests that write a flag or a setting: the method changes what the path names, and a segment of the path says what is kept
//! there. Pure functions of a request line.

use crate::record::MarkerKind;
use crate::table::byte_words;

/// Segments under which flags are kept.
const FLAGS: [&[u8]; 7] =
    byte_words("flags flag feature_flags feature-flags featureflags toggles feature-toggles");
/// Segments under which settings are.
const SETTINGS: [&[u8]; 3] = [b"kv", b"config", b"configs"];

/// What a request of that method changes that was answered with that status, if it is a flag or a setting by its path; the
/// segment must have a name behind it.
#[inline]
pub fn written(method: &[u8], path: &[u8], status: u16) -> Option<MarkerKind> {
    if !matches!(method, b"PUT" | b"PATCH" | b"DELETE") || !(200..400).contains(&status) {
        return None;
    }
    let path = path.split(|c| matches!(c, b'?' | b'#')).next()?;
    let mut segments = path
        .split(|c| *c == b'/')
        .filter(|s| !s.is_empty())
        .peekable();
    while let Some(s) = segments.next() {
        segments.peek()?;
        if FLAGS.contains(&s) {
            return Some(MarkerKind::FeatureFlag);
        }
        if SETTINGS.contains(&s) {
            return Some(MarkerKind::ConfigChange);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::tried;

    #[test]
    fn what_a_request_changes() {
        for [request, want] in tried("request that changes") {
            let words: Vec<&str> = request.split(' ').collect();
            let (method, path) = (words[0].as_bytes(), words[1].as_bytes());
            let got = written(method, path, words[2].parse().unwrap());
            assert_eq!(got.map_or("-", |k| k.word()), want, "{request}");
        }
    }
}
