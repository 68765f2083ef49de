//! Formats that are no grammar but a pattern, in the language in which users define theirs (`custom`): a row says what a format is
//! called, how its lines begin, and where the values of one line stand. For writers of which one line is one record, away from the
//! logs that are read by the gigabyte.

use super::custom::{Definition, Spec, compile};
use super::line_features::Signs;
use super::{ANY, Format, Meta};
use crate::record::{Body, Record};
use std::sync::OnceLock;

/// A format that a pattern describes; what its groups mean stands in the shared table of names.
pub struct Pattern {
    meta: fn() -> Meta<'static>,
    pattern: &'static str,
    time_format: Option<&'static str>,
    by_app: bool,
    made: OnceLock<Option<Box<dyn Format>>>,
}

impl Pattern {
    const fn new(meta: fn() -> Meta<'static>, pattern: &'static str) -> Pattern {
        Pattern {
            meta,
            pattern,
            time_format: None,
            by_app: false,
            made: OnceLock::new(),
        }
    }

    /// Its times have a shape of their own, written as for `strptime`.
    const fn timed(mut self, time_format: &'static str) -> Pattern {
        self.time_format = Some(time_format);
        self
    }

    /// Its requests are logged by the application that answers them.
    const fn by_app(mut self) -> Pattern {
        self.by_app = true;
        self
    }

    fn made(&self) -> Option<&dyn Format> {
        let make = || {
            let meta = (self.meta)();
            let definition = Definition {
                kind: Some(meta.kind),
                time_format: self.time_format.map(str::to_owned),
                ..Definition::new(meta.name, Spec::Regex(self.pattern.to_owned()))
            };
            compile(&definition).ok()
        };
        self.made.get_or_init(make).as_deref()
    }
}

impl Format for Pattern {
    fn meta(&self) -> Meta<'_> {
        (self.meta)()
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        line.first().filter(|c| self.may_begin(**c))?;
        let mut record = self.made()?.parse(line).filter(|r| r.stamp.is_some())?;
        if let Body::Request(r) = &mut record.body {
            r.by_app = self.by_app;
        }
        Some(record)
    }
}

/// Squid's native log: padded columns, the time of the answer, milliseconds, the peer behind how it was found.
pub static SQUID: Pattern = Pattern::new(
    || {
        Meta::web("Squid", "native access log of Squid")
            .begins(b"0-9", Signs::TIMED)
            .sample("1795156399.182    231 203.0.113.7 TCP_MISS/200 1234 GET http://shop.example.com/cart - HIER_DIRECT/10.0.0.2 text/html")
    },
    r"(?-u)^(?<time>\d{10}\.\d+) +(?<duration_ms>\d+) +(?<client>\S+) +[A-Z_]+/(?<status>\d{3}) +(?<bytes>\d+) +(?<method>\S+) +(?:[a-z]+://[^/ ]*)?(?<path>\S+) +\S+ +[A-Z_]+/(?:-|(?<upstream>\S+))(?: |$)",
);

/// Fastly's first default: no quotes around the request, the time as HTTP writes it.
pub static FASTLY: Pattern = Pattern::new(
    || {
        Meta::web(
            "Fastly default",
            "access lines of Fastly's first default format, with the time as HTTP writes it",
        )
        .begins(b"0-9:A-Fa-f", Signs::QUOTE | Signs::CLOCK | Signs::COMMA)
        .sample(r#"203.0.113.7 "-" "-" Tue, 10 Mar 2026 13:05:00 GMT GET /cart 503"#)
    },
    r#"(?-u)^(?<client>[0-9a-fA-F.:]+) "[^"]*" "[^"]*" (?<time>[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT) (?<method>[A-Z]+) (?<path>/\S*)(?: HTTP/\S+)? (?<status>[1-5]\d\d)(?: (?<bytes>\d+))?$"#,
);

/// Nginx Proxy Manager: what the cache did, the upstream's status and the own one; for hosts that it answers itself the own alone.
pub static PROXY_MANAGER: Pattern = Pattern::new(
    || {
        Meta::web(
            "Nginx Proxy Manager",
            "access lines of Nginx Proxy Manager, for proxied and for own hosts",
        )
        .begins(b"[", Signs::QUOTE | Signs::OPEN | Signs::CLOSE | Signs::CLOCK)
        .sample(r#"[10/Mar/2026:13:05:00 +0100] - 502 502 - GET https shop.example.com "/cart" [Client 203.0.113.7] [Length 154] [Gzip -] [Sent-to 10.0.0.5] "curl/8.5" "-""#)
    },
    r#"(?-u)^(?<time>\[[^\]]+\]) (?:\S+ (?:-|(?<upstream_status>\d{3})) )?(?<status>[1-5]\d\d) - (?<method>[A-Z]+) https? (?<vhost>\S+) "(?<path>[^"]*)" \[Client (?<client>[^\]]*)\](?: \[Length (?<bytes>[^\]]*)\])?(?:.*? \[Sent-to (?<upstream>[^\]]*)\])?"#,
);

/// IIS before W3C: fifteen values between commas, the date as the server's locale writes it.
pub static IIS_NATIVE: Pattern = Pattern::new(
    || {
        Meta::web("IIS native", "IIS log file format: fifteen values between commas, local time")
            .begins(b"0-9:A-Fa-f", Signs::COMMA)
            .sample("192.0.2.201, -, 3/10/2026, 13:05:00, W3SVC2, WEB1, 10.0.0.45, 4502, 163, 3223, 503, 0, GET, /cart, id=1,")
    },
    r"(?-u)^(?<client>[0-9a-fA-F.:]+), [^,]*, (?<time>[\d/.-]+, [\d:]+), (?:W3|MSFTP|SMTP)SVC[^,]*, (?<machine>[^,]*), [^,]*, (?<duration_ms>\d+), \d+, (?<bytes>\d+), (?<status>\d+), \d+, (?<method>[^,]*), (?<path>[^,]*), [^,]*, ?$",
);

/// Gin's default logger, also in colours.
pub static GIN: Pattern = Pattern::new(
    || {
        Meta::web("Gin", "access lines of Gin's default logger")
            .begins(b"[", Signs::BAR | Signs::CLOCK)
            .sample(r#"[GIN] 2026/03/10 - 13:05:00 | 502 |    1.234ms |      10.0.0.1 | GET      "/cart?id=1""#)
    },
    r#"(?-u)^\[GIN\] (?<time>[\d/]{10} - [\d:]{8}) *\|(?:\x1b\[[\d;]*m)? *(?<status>\d{3}) *(?:\x1b\[[\d;]*m)?\| *(?<latency>\S+) *\| *(?<client>\S+) *\|(?:\x1b\[[\d;]*m)? *(?<method>[A-Z]+) *(?:\x1b\[[\d;]*m)? *"(?<path>[^"]*)"#,
)
.timed("%Y/%m/%d - %H:%M:%S")
.by_app();

/// Fiber's default logger, which has the time of day alone, and Gotify's, which has a whole time.
pub static FIBER: Pattern = Pattern::new(
    || {
        Meta::app(
            "Fiber",
            "access lines of Fiber's default logger, and of Gotify",
        )
        .begins(b"0-9", Signs::BAR | Signs::CLOCK)
        .sample("13:05:00 | 502 |   1.234ms | 10.0.0.1 | GET | /cart?id=1 | no answer")
    },
    r#"(?-u)^(?<time>(?:\d{4}-\d\d-\d\dT)?[\d:.]{8,}(?:Z|[+-][\d:]+)?) \| (?<status>\d{3}) \| *(?<latency>[\d.]+\S*s) \| *(?<client>[0-9a-fA-F.:]+) \| *(?<method>[A-Z]+) *[|"] ?(?<path>/[^ "]*)"#,
)
.by_app();

/// Zabbix' server, proxy and agent: the process, the day and the time of day without marks between them.
pub static ZABBIX_SERVER: Pattern = Pattern::new(
    || {
        Meta::app("Zabbix server", "log of Zabbix server, proxy and agent")
            .begins(b" 0-9", Signs::COLON)
            .sample("  1234:20260310:130500.123 database is down: reconnecting in 10 seconds")
    },
    r"(?-u)^ *\d+:(?<time>\d{8}:\d{6}\.\d{3}) (?<message>.+)$",
)
.timed("%Y%m%d:%H%M%S.%f");

/// Network gear: perhaps a priority, a number and a host in front of the time, a mark where the clock is not to be trusted.
pub static CISCO: Pattern = Pattern::new(
    || {
        Meta::system(
            "Cisco",
            "messages of Cisco IOS and NX-OS: time, %FACILITY-SEVERITY-NAME, text",
        )
        .begins(ANY, Signs::COLON | Signs::PERCENT)
        .sample("*Mar 10 13:05:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to down")
    },
    r"(?-u)^(?:<\d{1,3}>)?(?:\d+: )?(?:(?<machine>[\w.-]+): )?[*.]?(?<time>(?:\d{4} )?[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: UTC)?): (?<message>%[A-Z0-9_-]+-(?<level>[0-7])-[A-Z0-9_]+: .*)$",
);
