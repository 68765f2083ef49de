//! The relatives of the combined log format that have a name of their own: without referer and agent, behind a virtual host,
//! with a forwarding list. What they have in common with it is in `clf`.

use crate::format::leaf::{self, quoted};
use crate::format::web::clf::tail::Tailed;
use crate::format::web::clf::{Prefix, referer_agent};
use crate::record::Record;

/// The common log format.
pub static COMMON: Tailed = Tailed {
    name: "common log",
    about: "address, time, request, status, bytes",
    sample: r#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234"#,
    tail: |p| closed(p, false, 0),
};

/// The common log format behind a virtual host.
pub static VHOST_COMMON: Tailed = Tailed {
    name: "vhost common log",
    about: "virtual host, then the common log format",
    sample: r#"shop.example.com:80 203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234"#,
    tail: |p| closed(p, true, 0),
};

/// The combined log format behind a virtual host.
pub static VHOST_COMBINED: Tailed = Tailed {
    name: "vhost combined",
    about: "virtual host, then the combined log format",
    sample: r#"shop.example.com:80 203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234 "-" "curl/8.5""#,
    tail: |p| closed(p, true, 2),
};

/// The combined log format with a forwarding list, as nginx packages configure it.
pub static MAIN: Tailed = Tailed {
    name: "nginx main",
    about: "the combined log format and X-Forwarded-For",
    sample: r#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234 "-" "curl/8.5" "198.51.100.4, 10.0.0.1""#,
    tail: |p| closed(p, false, 3),
};

/// A line with so many quoted fields after the bytes and nothing behind them.
fn closed(p: Prefix<'_>, vhost: bool, fields: u8) -> Option<Record<'_>> {
    if p.service.is_some() != vhost {
        return None;
    }
    let (mut rest, mut request) = (p.rest, p.request());
    if fields >= 2 {
        (rest, request.agent) = referer_agent(rest).ok()?;
    }
    if fields == 3 {
        let (end, forwarded) = quoted(rest.strip_prefix(b" ")?).ok()?;
        if forwarded != b"-"
            && !leaf::list(forwarded).all(|a| leaf::is_address(leaf::without_port(a)))
        {
            return None;
        }
        rest = end;
    }
    rest.is_empty().then(|| p.record(request))
}
