//! How clients of other services, and proxies, show in their messages whom they call. Whether that is ours is for others to say.

use coroner_lines::text::words::holds_any;

/// Whom a client tags its messages with, where one of them tells of a call that failed: `[parcelfox] POST /v3/rates failed: timeout`. A
/// word of letters, in brackets or with a colon, then a method and a path, and that it failed.
pub(in crate::cause) fn called_by_tag(text: &str) -> Option<&str> {
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let (tag, rest) = text.split_once(' ')?;
    let inner = tag.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let name = inner.or_else(|| tag.strip_suffix(':'))?;
    let (method, rest) = rest.split_once(' ')?;
    let named = (4..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_');
    let failed = || {
        let words = "failed | timed out | timeout | error | gave up | refused";
        holds_any(rest.as_bytes(), words)
    };
    let calls = METHODS.contains(&method) && rest.starts_with('/');
    (named && calls && failed()).then_some(name)
}
