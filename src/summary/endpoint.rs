//! Endpoint names (method and normalised path) and health checks. Rules: docs of the vocabulary, "Host, service, endpoint".

/// Writes `GET /products/:id`: the query is dropped; a segment of digits, of ≥ 8 hex digits, a UUID, or longer than 24
/// bytes becomes `:id`; at most eight segments.
pub fn endpoint(method: &[u8], path: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(if method.is_empty() { b"-" } else { method });
    out.push(b' ');
    let path = strip_origin(path);
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    let path = &path[..end];
    if path.is_empty() {
        out.extend_from_slice(b"(none)");
        return;
    }
    for (i, seg) in path.split(|c| *c == b'/').enumerate() {
        if i > 0 {
            out.push(b'/');
        }
        if i > 8 {
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

fn is_id(seg: &[u8]) -> bool {
    if seg.len() > 24 {
        return true;
    }
    if seg.is_empty() || !seg.iter().any(u8::is_ascii_digit) {
        return false;
    }
    if seg.iter().all(u8::is_ascii_digit) {
        return true;
    }
    seg.len() >= 8 && seg.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a request is a health check rather than a user's: by well-known paths and by the agents of checkers.
#[inline]
pub fn is_health_check(path: &[u8], agent: &[u8]) -> bool {
    const PATHS: &[&[u8]] = &[
        b"/health",
        b"/healthz",
        b"/healthcheck",
        b"/health-check",
        b"/health/live",
        b"/health/ready",
        b"/livez",
        b"/live",
        b"/readyz",
        b"/ready",
        b"/readiness",
        b"/liveness",
        b"/ping",
        b"/_health",
        b"/_ping",
        b"/-/healthy",
        b"/-/ready",
        b"/nginx_status",
        b"/stub_status",
        b"/server-status",
        b"/status/health",
        b"/up",
        b"/lbcheck",
        b"/heartbeat",
        b"/actuator/health",
        b"/metrics",
    ];
    const AGENTS: &[&[u8]] = &[
        b"kube-probe",
        b"ELB-HealthChecker",
        b"GoogleHC",
        b"GoogleStackdriverMonitoring",
        b"Prometheus",
        b"Blackbox",
        b"check_http",
        b"Consul Health Check",
        b"HAProxy",
        b"Pingdom",
        b"UptimeRobot",
        b"HealthCheck",
        b"healthcheck",
        b"Amazon-Route53-Health-Check",
        b"Better Uptime",
        b"StatusCake",
        b"Datadog",
    ];
    if matches!(
        path.get(1),
        Some(b'h' | b'l' | b'r' | b'p' | b'_' | b'-' | b'n' | b's' | b'u' | b'a' | b'm')
    ) && path.len() <= 32
    {
        let end = memchr::memchr(b'?', path).unwrap_or(path.len());
        let p = path[..end].strip_suffix(b"/").unwrap_or(&path[..end]);
        if PATHS.contains(&p) {
            return true;
        }
    }
    match agent.first() {
        None | Some(b'M' | b'-' | b'o' | b'c' | b'p' | b'D')
            if !agent.starts_with(b"check_http") && !agent.starts_with(b"Datadog") =>
        {
            agent.starts_with(b"Mozilla/5.0+(compatible; UptimeRobot")
        }
        _ => AGENTS.iter().any(|a| agent.starts_with(a)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ep(m: &str, p: &str) -> String {
        let mut out = Vec::new();
        endpoint(m.as_bytes(), p.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn endpoints() {
        assert_eq!(ep("GET", "/products/190?x=1"), "GET /products/:id");
        assert_eq!(ep("GET", "/"), "GET /");
        assert_eq!(ep("", ""), "- (none)");
        assert_eq!(
            ep("GET", "/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x"),
            "GET /o/:id/x"
        );
        assert_eq!(ep("GET", "/a/deadbeef01/b"), "GET /a/:id/b");
        assert_eq!(ep("GET", "/assets/x108"), "GET /assets/x108");
        assert_eq!(ep("GET", "http://h.example/a/1"), "GET /a/:id");
        assert_eq!(
            ep("GET", "/1/2/3/4/5/6/7/8/9/10"),
            "GET /:id/:id/:id/:id/:id/:id/:id/:id/*"
        );
    }

    #[test]
    fn health_checks() {
        assert!(is_health_check(b"/healthz", b"-"));
        assert!(is_health_check(b"/health/?full=1", b"curl/8"));
        assert!(is_health_check(b"/", b"ELB-HealthChecker/2.0"));
        assert!(is_health_check(b"/", b"kube-probe/1.29"));
        assert!(!is_health_check(b"/healthy-food", b"Mozilla/5.0"));
        assert!(!is_health_check(b"/products/1", b"okhttp/4.12.0"));
    }
}
