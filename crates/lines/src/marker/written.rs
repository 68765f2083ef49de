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

    #[test]
    fn what_a_request_changes() {
        for (method, path, status, want) in [
            (
                "PATCH",
                "/admin/feature_flags/new_price",
                200,
                Some(MarkerKind::FeatureFlag),
            ),
            (
                "PUT",
                "/v1/kv/shop/limits?dc=dc1&flags=0",
                200,
                Some(MarkerKind::ConfigChange),
            ),
            (
                "DELETE",
                "/api/config/shop",
                204,
                Some(MarkerKind::ConfigChange),
            ),
            ("GET", "/admin/feature_flags/new_price", 200, None),
            ("POST", "/flags/evaluate", 200, None),
            ("PUT", "/admin/flags/new_price", 403, None),
            ("PUT", "/flags", 200, None),
            ("PUT", "/api/users/7/settings", 200, None),
        ] {
            assert_eq!(
                written(method.as_bytes(), path.as_bytes(), status),
                want,
                "{path}"
            );
        }
    }
}
