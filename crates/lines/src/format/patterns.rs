//! Formats that are no grammar but a pattern, in the language in which users define theirs (`custom`): a row says what a format is
//! called, how its lines begin, and where the values of one line stand. For writers of which one line is one record, away from the
//! logs that are read by the gigabyte.

use super::custom::{Definition, Spec, compile};
use super::line_features::Signs;
use super::{ANY, Format, Meta};
use crate::record::{At, Body, Level, Record};
use std::sync::OnceLock;

/// A format that a pattern describes; what its groups mean stands in the shared table of names.
pub struct Pattern {
    meta: fn() -> Meta<'static>,
    pattern: &'static str,
    time_format: Option<&'static str>,
    stamped: At,
    timed: bool,
    by_app: bool,
    made: OnceLock<Option<Box<dyn Format>>>,
}

impl Pattern {
    const fn new(meta: fn() -> Meta<'static>, pattern: &'static str) -> Pattern {
        Pattern {
            meta,
            pattern,
            time_format: None,
            stamped: At::End,
            timed: true,
            by_app: false,
            made: OnceLock::new(),
        }
    }

    /// Its times have a shape of their own, written as for `strptime`.
    const fn timed(mut self, time_format: &'static str) -> Pattern {
        self.time_format = Some(time_format);
        self
    }

    /// Its times are those at which requests came in.
    const fn at_start(mut self) -> Pattern {
        self.stamped = At::Start;
        self
    }

    /// Its lines have no time: they need an envelope or neighbours that have one.
    const fn untimed(mut self) -> Pattern {
        self.timed = false;
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
                stamped: Some(self.stamped),
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
        let timed = |r: &Record<'_>| r.stamp.is_some() == self.timed;
        let mut record = self.made()?.parse(line).filter(timed)?;
        if let Body::Request(r) = &mut record.body {
            r.by_app = self.by_app;
            // what is said of a request is why it failed
            r.message = r.message.take().filter(|_| r.status >= 500);
            if let Some(m) = &mut r.message {
                m.level = Level::Error;
            }
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

/// PHP's process manager in its default format (`%R - %u %t "%m %r" %s`): the time stands without brackets.
pub static PHP_FPM: Pattern = Pattern::new(
    || {
        Meta::web("PHP-FPM access", "access log of PHP-FPM in its default format")
            .begins(ANY, Signs::STATUS | Signs::QUOTE | Signs::CLOCK | Signs::NO_CLIENT)
            .sample("10.0.0.9 -  10/Mar/2026:13:05:00 +0000 \"GET /index.php\" 500")
    },
    r#"(?-u)^(?:-|(?<client>[0-9a-fA-F.:]+)) - \S* (?<time>\d\d/[A-Z][a-z]{2}/\d{4}:[\d:]{8} [+-]\d{4}) "(?<method>\S+) (?<path>/[^" ]*)[^"]*" (?<status>\d{3})(?: |$)"#,
)
.at_start()
.by_app();

/// Amazon S3: `owner bucket [time] ip requester id operation key "request" status error bytes size total turnaround …`.
pub static S3: Pattern = Pattern::new(
    || {
        Meta::web("S3 access log", "server access log of Amazon S3")
            .begins(b"0-9A-Fa-f-", Signs::OPEN | Signs::CLOSE | Signs::CLOCK)
            .sample(r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be shop-assets [06/Feb/2026:00:00:38 +0000] 192.0.2.3 79a59df900b949e5 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /shop-assets/a.png HTTP/1.1" 503 SlowDown 113 - 7 - "-" "S3Console/0.4" -"#)
    },
    r#"(?-u)^(?:-|[0-9a-fA-F]{64}) (?<service>\S+) (?<time>\[[^\]]+\]) (?<client>\S+) \S+ (?<request_id>\S+) \S*\.\S* \S+ (?:-|"(?<request>[^"]*)") (?<status>\d{3}|-) (?:-|(?<message>\S+)) (?<bytes>\S+) \S+ (?<duration_ms>\S+) \S+(?: "[^"]*"(?: "(?<agent>[^"]*)")?)?"#,
);

/// AWS Classic Load Balancer: `time elb client:port backend:port times statuses bytes "request" …`; the time that the backend
/// took. Sessions of plain TCP have no statuses and no request.
pub static AWS_ELB: Pattern = Pattern::new(
    || {
        Meta::web("AWS ELB classic", "access log of an AWS Classic Load Balancer")
            .begins(b"0-9", Signs::TIMED | Signs::QUOTE)
            .sample(r#"2026-03-10T13:05:00.945958Z shop-elb 192.0.2.10:2818 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#)
    },
    r#"(?-u)^(?<time>\d{4}-\d\d-\d\dT\S+) (?<service>\S+) (?<client>[0-9a-fA-F.:]+):\d+ (?<upstream>\S+) \S+ (?<duration>\S+) \S+ (?:-|(?<status>\d{3})) (?:[-0]|(?<upstream_status>\d{3})) \d+ (?<bytes>\d+) "(?:- - - |(?<method>\S+) (?:[a-z]+://[^/ ]*)?(?<path>\S*) [^"]*)"(?: "(?<agent>[^"]*)")?"#,
)
.at_start();

/// morgan (Express) in its formats without a time: tiny, short, and dev, which is coloured and has the size behind the time.
pub static MORGAN: Pattern = Pattern::new(
    || {
        Meta::web("morgan", "access lines of morgan (Express) without a time: tiny, short, dev")
            .begins(b"\x1b0-9:A-Za-z", Signs::NO_CLIENT)
            .sample("GET /cart?id=1 502 - - 0.025 ms")
    },
    r"(?-u)^(?:\x1b\[[\d;]*m)*(?:(?<client>[0-9a-fA-F.:]+) \S+ )?(?<method>[A-Z]{3,9}) (?<path>/\S*) (?:HTTP/\S+ )?(?:\x1b\[[\d;]*m)*(?<status>\d{3}|-)(?:\x1b\[[\d;]*m)* (?:(?<bytes>\d+|-) - )?(?<duration_ms>[\d.]+|-) ms(?: - (?<size>\d+|-))?(?:\x1b\[[\d;]*m)*$",
)
.untimed()
.by_app();
