//! Versions that messages name: which service, on which host, said first and last that it runs them.

use super::{MessageAt, Seen, Track, VersionKey, VersionSpan, cap, own};

/// Keeps the version that a message names; whether it names one.
pub(super) fn keep(t: &mut Track, s: &MessageAt<'_>) -> bool {
    let version = match &s.rec.version {
        Some(v) => Some(&v[..]),
        None => said_version(&s.message.text),
    };
    let Some(version) = version else { return false };
    let key = VersionKey {
        service: own(&s.rec.service),
        host: own(&s.rec.host),
        version: cap(version, 64),
    };
    let seen = || Seen::new(s.us, s.at.pos, s.at.bytes());
    t.versions.add_with(
        key,
        || VersionSpan {
            count: 1,
            first: seen(),
            last: seen(),
        },
        |c| {
            c.count += 1;
            let here = (s.us, s.at.pos.offset);
            if here > c.last.order() {
                c.last.set(s.us, s.at.pos, s.at.bytes());
            }
            if here < c.first.order() {
                c.first.set(s.us, s.at.pos, s.at.bytes());
            }
        },
    );
    true
}

/// `… starting version=v3.8.2 …` or `booting version 7.3.0`: a service that says at its start which version it is.
fn said_version(text: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(text, b"version")?;
    let starting = [
        &b"start"[..],
        b"boot",
        b"launch",
        b"running",
        b"listening",
        b"ready",
    ];
    if !starting
        .iter()
        .any(|w| memchr::memmem::find(text, w).is_some())
    {
        return None;
    }
    let rest = &text[at + 7..];
    let rest = rest
        .strip_prefix(b"=")
        .or_else(|| rest.strip_prefix(b": "))
        .or_else(|| rest.strip_prefix(b" "))?;
    let n = rest
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'+' | b'~'))
        .count();
    (n > 0 && rest[..n].iter().any(u8::is_ascii_digit)).then(|| &rest[..n])
}
