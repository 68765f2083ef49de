//! What the lists of upstreams and of their statuses say of the tries of one request. No counts here.

use coroner_lines::record::Request;

/// Whether a list of upstream statuses holds a failed try.
#[inline(always)]
pub(super) fn masks_failure(statuses: &[u8]) -> bool {
    if let [first, _, _] = statuses {
        return *first == b'5';
    }
    let begins = |i: usize| i == 0 || matches!(statuses[i - 1], b' ' | b',' | b':');
    statuses.len() >= 3
        && memchr::memchr_iter(b'5', statuses).any(|i| begins(i) && i + 3 <= statuses.len())
}

/// The try of a request that had one only, as nothing parts its upstreams: the address, and whether it failed.
#[inline(always)]
pub(super) fn only_try<'a>(r: &Request<'a>) -> Option<(&'a [u8], bool)> {
    let parts = |c: &u8| matches!(c, b',' | b' ');
    let listed = match (r.upstream.first_chunk::<8>(), r.upstream.last_chunk::<8>()) {
        (Some(a), Some(b)) if r.upstream.len() <= 16 => {
            let mut any = false;
            for c in a.iter().chain(b) {
                any |= parts(c);
            }
            any
        }
        _ => r.upstream.iter().any(parts),
    };
    (!listed).then_some((r.upstream, first_failed(r)))
}

/// Whether the first try of a request failed: as its status says, where that of the upstream is not known.
#[inline(always)]
pub(super) fn first_failed(r: &Request<'_>) -> bool {
    match r.upstream_status {
        b"" | b"-" => (500..600).contains(&r.status),
        [first, ..] => *first == b'5',
    }
}

/// Calls `f` for each try of a request, of which upstreams, their statuses and the last status are given: upstream address, and
/// whether that try failed. Lists are separated by `, ` and ` : `.
pub(super) fn tries<'a>(
    (upstream, statuses, status): (&'a [u8], &'a [u8], u16),
    mut f: impl FnMut(&'a [u8], bool),
) {
    let last_failed = (500..600).contains(&status);
    let split = |s: &'a [u8]| {
        s.split(|c| matches!(c, b',' | b' '))
            .filter(|x| !x.is_empty() && *x != b":")
    };
    let mut statuses = split(statuses);
    for addr in split(upstream) {
        let bad = statuses
            .next()
            .map_or(last_failed, |s| s.first() == Some(&b'5'));
        f(addr, bad);
    }
}
