//! Endpoint names (method and normalised path) and health checks. Rules: docs of the vocabulary, "Host, service, endpoint".

use super::hash64;
use coroner_lines::format::leaf::find_short;
use coroner_lines::table::{byte_phrases, byte_words};

/// The end of the name of what has no path.
pub const NO_PATH: &[u8] = b" (none)";

/// Writes `GET /products/:id`: the query is dropped; a segment of digits, of ≥ 8 hex digits, a UUID, or longer than 24
/// bytes becomes `:id`; at most eight segments. Nothing of a query is looked at.
pub fn endpoint(method: &[u8], path: &[u8], out: &mut Vec<u8>) {
    beginning(method, path, SEGMENTS, out);
}

/// Segments that the name of an endpoint keeps.
const SEGMENTS: usize = 8;

/// Writes the name of an endpoint up to the first segment of its path: of a site with too many endpoints the bucket of this is
/// that of the whole name.
pub(super) fn first_segment(method: &[u8], path: &[u8], out: &mut Vec<u8>) {
    beginning(method, path, 1, out);
}

fn beginning(method: &[u8], path: &[u8], segments: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(if method.is_empty() { b"-" } else { method });
    out.push(b' ');
    let path = shown(path);
    if path.is_empty() {
        out.extend_from_slice(&NO_PATH[1..]);
        return;
    }
    for (i, seg) in path.split(|c| *c == b'/').enumerate() {
        if i > 0 {
            out.push(b'/');
        }
        if i > segments {
            out.push(b'*');
            break;
        }
        if is_id(seg) {
            out.extend_from_slice(b":id");
        } else {
            out.extend_from_slice(seg);
        }
    }
}

/// Hash of a method and path by which the endpoint may be remembered: paths of one hash have one endpoint. A number at the
/// end, which is what distinguishes most paths, does not count, nor do ids elsewhere: then it is that of the name, segment by
/// segment, which is not made.
#[inline]
pub(super) fn endpoint_hash(method: &[u8], path: &[u8]) -> u64 {
    let m = match method {
        b"GET" => 2,
        b"POST" => 4,
        _ => hash64(method, 0) & !1,
    };
    let path = &path[..find_short(path, 0, b'?').unwrap_or(path.len())];
    let stem = &path[..path.len() - digits_at_end(path)];
    let digit = |any: bool, c: &u8| any | c.is_ascii_digit();
    if stem.iter().fold(false, digit) {
        return name_hash(m, path);
    }
    // with a `#` in it what stands at the end is no part of the endpoint, so any number there will do
    if stem.len() < path.len() && stem.last() == Some(&b'/') {
        hash64(stem, m)
    } else {
        hash64(path, m | 1)
    }
}

/// Hash of the name of a method and path.
fn name_hash(method: u64, path: &[u8]) -> u64 {
    let (mut rest, mut h) = (shown(path), method);
    for _ in 0..9 {
        let end = find_short(rest, 0, b'/').unwrap_or(rest.len());
        let (seg, behind) = rest.split_at(end);
        h = hash64(if is_id(seg) { b":id" } else { seg }, h);
        match behind.split_first() {
            Some((_, next)) => rest = next,
            None => return h,
        }
    }
    hash64(b"/*", h)
}

/// Number of digits at the end. The last eight bytes are looked at together: how many there are, no processor can foresee.
#[inline(always)]
fn digits_at_end(path: &[u8]) -> usize {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const ABOVE: u64 = u64::from_le_bytes([0x76; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    if let Some(last) = path.last_chunk::<8>() {
        let x = u64::from_le_bytes(*last) ^ ZEROS;
        // a byte that is no digit keeps or gets its high bit; no carry leaves a byte, since the sum stays below 256 for
        // the bytes that matter: those above the highest mark are digits
        let other = ((x & !HIGH).wrapping_add(ABOVE) | x) & HIGH;
        if other != 0 {
            return other.leading_zeros() as usize / 8;
        }
    }
    path.iter().rev().take_while(|c| c.is_ascii_digit()).count()
}

/// What of a path shows its endpoint: neither the query nor where it was sent to.
fn shown(path: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    strip_origin(&path[..end])
}

/// `http://host/path` → `/path`.
fn strip_origin(path: &[u8]) -> &[u8] {
    if !path.starts_with(b"http") {
        return path;
    }
    match memchr::memmem::find(path, b"://") {
        Some(i) if i <= 5 => {
            memchr::memchr(b'/', &path[i + 3..]).map_or(b"/", |j| &path[i + 3 + j..])
        }
        _ => path,
    }
}

/// Whether a segment is an id: longer than 24 bytes, a number, or at least eight hex digits of which one is a decimal.
fn is_id(seg: &[u8]) -> bool {
    const DECIMAL: u8 = 1;
    const LETTER: u8 = 2;
    const OTHER: u8 = 4;
    static KINDS: [u8; 256] = {
        let (mut kinds, mut c) = ([OTHER; 256], 0);
        while c < 256 {
            match c as u8 {
                b'0'..=b'9' => kinds[c] = DECIMAL,
                b'a'..=b'f' | b'A'..=b'F' => kinds[c] = LETTER,
                _ => {}
            }
            c += 1;
        }
        kinds
    };
    if seg.len() > 24 {
        return true;
    }
    match seg.iter().fold(0, |all, c| all | KINDS[usize::from(*c)]) {
        DECIMAL => true,
        all => all == DECIMAL | LETTER && seg.len() >= 8,
    }
}

/// Well-known paths of health checks, without query and closing slash.
const HEALTH: &[&[u8]] = &byte_words::<26>(
    "/health /healthz /healthcheck /health-check /health/live /health/ready /livez /live /readyz /ready /readiness \
    /liveness /ping /_health /_ping /-/healthy /-/ready /nginx_status /stub_status /server-status /status/health /up \
    /lbcheck /heartbeat /actuator/health /metrics",
);

/// Whether a path of health checks may begin as this one, of which the first segment is looked at.
pub(super) fn begins_as_health(path: &[u8]) -> bool {
    fn first(path: &[u8]) -> Option<&[u8]> {
        path.split(|c| *c == b'/').nth(1)
    }
    may_be_health_path(path) && HEALTH.iter().any(|h| first(h) == first(path))
}

/// Whether a request is a health check rather than a user's: by well-known paths and by the agents of checkers.
#[inline]
pub fn is_health_check(path: &[u8], agent: &[u8]) -> bool {
    (path.len() <= 32 && has_health_path(path)) || is_health_agent(agent)
}

/// Whether a path is one of those of health checks, whatever its query.
#[inline]
pub(super) fn has_health_path(path: &[u8]) -> bool {
    if !may_be_health_path(path) {
        return false;
    }
    let end = path.iter().position(|c| *c == b'?').unwrap_or(path.len());
    HEALTH.contains(&path[..end].strip_suffix(b"/").unwrap_or(&path[..end]))
}

/// Whether a path may be one of those of health checks: two bytes distinguish most paths from all of them.
#[inline]
fn may_be_health_path(path: &[u8]) -> bool {
    match path {
        [b'/', a, b, ..] => matches!(
            (a, b),
            (b'h' | b'r', b'e')
                | (b'l', b'i' | b'b')
                | (b'p', b'i')
                | (b'_', b'h' | b'p')
                | (b'-', b'/')
                | (b'n', b'g')
                | (b's', b't' | b'e')
                | (b'u', b'p')
                | (b'a', b'c')
                | (b'm', b'e')
        ),
        _ => false,
    }
}

/// Whether an agent is a checker.
#[inline(always)]
pub(super) fn is_health_agent(agent: &[u8]) -> bool {
    const AGENTS: &[&[u8]] = &byte_phrases::<17>(
        "kube-probe|ELB-HealthChecker|GoogleHC|GoogleStackdriverMonitoring|Prometheus|Blackbox|check_http|\
        Consul Health Check|HAProxy|Pingdom|UptimeRobot|HealthCheck|healthcheck|Amazon-Route53-Health-Check|\
        Better Uptime|StatusCake|Datadog",
    );
    match agent.first() {
        // browsers, and one checker that poses as one
        Some(b'M') => {
            agent.get(11) == Some(&b'+')
                && agent.starts_with(b"Mozilla/5.0+(compatible; UptimeRobot")
        }
        None | Some(b'-' | b'o' | b'p') => false,
        _ => AGENTS.iter().any(|a| agent.starts_with(a)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, tried};

    fn ep(m: &str, p: &str) -> String {
        let mut out = Vec::new();
        endpoint(m.as_bytes(), p.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn endpoints() {
        holds("endpoint", |t| {
            let (method, path) = t.split_once(' ').unwrap();
            ep(method, path)
        });
    }

    #[test]
    fn paths_of_one_hash_have_one_endpoint() {
        let h = |m: &str, p: &str| endpoint_hash(m.as_bytes(), p.as_bytes());
        let mut by_hash = std::collections::BTreeMap::new();
        for method in ["GET", "POST", "PUT", "HEAD", ""] {
            for [path] in tried("path") {
                let name = ep(method, &path);
                let known = by_hash.entry(h(method, &path));
                assert_eq!(
                    *known.or_insert_with(|| name.clone()),
                    name,
                    "{method} {path}"
                );
            }
        }
        assert_eq!(h("GET", "/a/1"), h("GET", "/a/2345"));
        assert_ne!(h("GET", "/a/1"), h("GET", "/a/"));
    }

    #[test]
    fn the_first_segment_shows_the_bucket() {
        use crate::summary::keys::{BUCKETS, bucket_of, coarse};
        let mut first = Vec::new();
        let odd = [
            "/",
            "//x/y",
            "a/b/c",
            "07)",
            "07)/x",
            "?a",
            "/a7/b",
            "http://h/a/b",
        ];
        let tried: Vec<[String; 1]> = tried("path").collect();
        let paths = tried.iter().map(|p| p[0].as_str()).chain(odd);
        for path in paths {
            for method in ["GET", "", "(bucket", "a/b"] {
                first_segment(method.as_bytes(), path.as_bytes(), &mut first);
                let whole = ep(method, path);
                let bucket = coarse(BUCKETS, whole.as_bytes());
                assert_eq!(*bucket, bucket_of(&first), "{method} {path}");
            }
        }
    }

    #[test]
    fn digits_at_the_end_are_counted_in_words_and_bytes() {
        let slow = |p: &[u8]| p.iter().rev().take_while(|c| c.is_ascii_digit()).count();
        for n in 0..12 {
            for fill in [b'/', b'a', b':', 0x80, 0xb5, 0xff, 0, b'/' + 0x80] {
                let p = [&[fill; 9][..], &b"0123456789012"[..n]].concat();
                assert_eq!(digits_at_end(&p), slow(&p), "{fill} {n}");
                assert_eq!(digits_at_end(&p[5..]), slow(&p[5..]), "{fill} {n}");
            }
        }
        assert_eq!(digits_at_end(b""), 0);
    }

    #[test]
    fn what_may_lead_to_a_health_check() {
        for h in HEALTH {
            let below = [h, &b"/x"[..]].concat();
            assert!(begins_as_health(h) && begins_as_health(&below));
        }
        assert!(!begins_as_health(b"/p/1") && !begins_as_health(b"/healthy/1"));
    }

    #[test]
    fn health_checks() {
        holds("health check", |t| {
            let (path, agent) = t.split_once(' ').unwrap();
            is_health_check(path.as_bytes(), agent.as_bytes())
        });
    }
}
