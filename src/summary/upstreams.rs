//! What the lists of upstreams and of their statuses tell of the tries of one request. No counts here.

use crate::record::Request;

/// Whether a list of upstream statuses holds a failed try.
#[inline]
pub(super) fn masks_failure(statuses: &[u8]) -> bool {
    let begins = |i: usize| i == 0 || matches!(statuses[i - 1], b' ' | b',' | b':');
    statuses.len() >= 3
        && memchr::memchr_iter(b'5', statuses).any(|i| begins(i) && i + 3 <= statuses.len())
}

/// Calls `f` for each try of a request: upstream address, and whether that try failed. Lists are separated by `, ` and ` : `.
pub(super) fn tries<'a>(r: &Request<'a>, mut f: impl FnMut(&'a [u8], bool)) {
    let last_failed = (500..600).contains(&r.status);
    if memchr::memchr2(b',', b' ', r.upstream).is_none() {
        let bad = if r.upstream_status.is_empty() || r.upstream_status == b"-" {
            last_failed
        } else {
            r.upstream_status.first() == Some(&b'5')
        };
        return f(r.upstream, bad);
    }
    let split = |s: &'a [u8]| {
        s.split(|c| matches!(c, b',' | b' '))
            .filter(|x| !x.is_empty() && *x != b":")
    };
    let mut statuses = split(r.upstream_status);
    for addr in split(r.upstream) {
        let bad = statuses
            .next()
            .map_or(last_failed, |s| s.first() == Some(&b'5'));
        f(addr, bad);
    }
}
