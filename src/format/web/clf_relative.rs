//! The relatives of the combined log format that have a name of their own: without referer and agent, behind a virtual host,
//! with a forwarding list. What they have in common with it is in `clf`.

use super::clf::{prefix, referer_agent};
use super::clf_plain::Plain;
use crate::format::Format;
use crate::format::leaf::{self, quoted};
use crate::record::{Kind, Record};

/// A closed relative of the combined log format.
pub struct Relative {
    name: &'static str,
    about: &'static str,
    sample: &'static str,
    /// A virtual host stands in front.
    vhost: bool,
    /// Number of quoted fields after the bytes.
    quoted: u8,
}

/// The common log format.
pub static COMMON: Relative = Relative {
    name: "common log",
    about: "address, time, request, status, bytes",
    sample: r#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234"#,
    vhost: false,
    quoted: 0,
};

/// The common log format behind a virtual host.
pub static VHOST_COMMON: Relative = Relative {
    name: "vhost common log",
    about: "virtual host, then the common log format",
    sample: r#"shop.example.com:80 203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234"#,
    vhost: true,
    quoted: 0,
};

/// The combined log format behind a virtual host.
pub static VHOST_COMBINED: Relative = Relative {
    name: "vhost combined",
    about: "virtual host, then the combined log format",
    sample: r#"shop.example.com:80 203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234 "-" "curl/8.5""#,
    vhost: true,
    quoted: 2,
};

/// The combined log format with a forwarding list, as nginx packages configure it.
pub static MAIN: Relative = Relative {
    name: "nginx main",
    about: "the combined log format and X-Forwarded-For",
    sample: r#"203.0.113.7 - - [20/Nov/2026:06:33:18 +0000] "GET /cart HTTP/1.1" 200 1234 "-" "curl/8.5" "198.51.100.4, 10.0.0.1""#,
    vhost: false,
    quoted: 3,
};

impl Format for Relative {
    fn name(&self) -> &str {
        self.name
    }
    fn kind(&self) -> Kind {
        Kind::Web
    }
    fn about(&self) -> &str {
        self.about
    }
    fn may_begin(&self, first: u8) -> bool {
        first != b'{'
    }
    fn holds(&self) -> &'static [u8] {
        b"\"[]"
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let p = prefix(line)?;
        if p.service.is_some() != self.vhost {
            return None;
        }
        let (mut rest, mut request) = (p.rest, p.request());
        if self.quoted >= 2 {
            (rest, request.agent) = referer_agent(rest).ok()?;
        }
        if self.quoted == 3 {
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
    fn plain(&self) -> Option<Plain> {
        match (self.vhost, self.quoted) {
            (false, 0) => Some(Plain::Common),
            (false, 3) => Some(Plain::Main),
            _ => None,
        }
    }
    fn sample(&self) -> &str {
        self.sample
    }
}
