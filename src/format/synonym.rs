//! The names that people give the fields of a request: one table for CLF tails, LTSV and JSON.
//! A field is found by its key (case, `_`, `-` and `.` ignored), and taken only when the value is of its kind.

use super::leaf::{self, Unit};
use crate::record::{At, Body, Record, Request};
use crate::time::stamp::{clf, whole};
use crate::time::{Precision, Stamp};
use std::borrow::Cow;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// When.
    Time,
    /// Final status.
    Status,
    /// Time the request took; the unit where the key names it.
    Latency(Option<Unit>),
    /// Who answered behind this server.
    Upstream,
    /// What it answered.
    UpstreamStatus,
    /// Time that it took.
    UpstreamTime,
    /// The whole request line.
    Request,
    /// Its method.
    Method,
    /// Its path or URL.
    Path,
    /// Who asked.
    Client,
    /// A virtual host; or the client, when it is an address.
    Host,
    /// An upstream when it is an address; a virtual host when it is a name.
    Server,
    /// The service.
    Service,
    /// The version.
    Version,
    /// Something that tells versions apart where no version is given: release, build, pool.
    Release,
    /// Request or trace id.
    Id,
    /// Bytes sent.
    Bytes,
    /// User agent.
    Agent,
    /// User agent, or the upstream address when it reads as one.
    Ua,
    /// Severity: the line is an application's, not an access log's.
    Level,
    /// Text of a message.
    Message,
}

/// Longest folded key in the table.
const LEN: usize = 24;
type Folded = [u8; LEN];

/// Lower case, without `_ - . @`, padded with zeros; `None` when nothing is left or it is longer than any name.
#[inline]
fn fold(key: &[u8]) -> Option<(Folded, usize)> {
    let (mut out, mut n) = ([0; LEN], 0);
    for &c in key {
        if matches!(c, b'_' | b'-' | b'.' | b'@') {
            continue;
        }
        *out.get_mut(n)? = c.to_ascii_lowercase();
        n += 1;
    }
    (n > 0).then_some((out, n))
}

const fn pad(name: &str) -> Folded {
    let (mut out, mut i, name) = ([0; LEN], 0, name.as_bytes());
    while i < name.len() {
        out[i] = name[i];
        i += 1;
    }
    out
}

/// Eight bytes of a folded key as a number.
const fn word(k: &Folded, at: usize) -> u64 {
    u64::from_le_bytes([
        k[at],
        k[at + 1],
        k[at + 2],
        k[at + 3],
        k[at + 4],
        k[at + 5],
        k[at + 6],
        k[at + 7],
    ])
}

/// One number per name, so that a lookup is a few comparisons of integers.
const fn hash(k: &Folded) -> u64 {
    word(k, 0)
        ^ word(k, 8)
            .rotate_left(23)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        ^ word(k, 16).rotate_left(41)
}

macro_rules! table {
    ($($field:expr => [$($name:literal),+ $(,)?]),+ $(,)?) => {
        /// The field of a folded key.
        #[inline]
        fn named(k: &Folded) -> Option<Field> {
            let h = hash(k);
            $($(if h == const { hash(&pad($name)) } {
                return (*k == const { pad($name) }).then_some($field);
            })+)+
            None
        }
        #[cfg(test)]
        const NAMES: &[(&str, Field)] = &[$($(($name, $field)),+),+];
    };
}

table! {
    Field::Time => ["time", "ts", "timestamp", "timelocal", "timeiso8601", "msec", "date", "datetime"],
    Field::Status => ["status", "statuscode", "scstatus", "httpstatus", "httpstatuscode", "responsecode", "responsestatus", "code", "httpresponsestatuscode", "response"],
    Field::Latency(None) => ["rt", "requesttime", "reqtime", "duration", "latency", "responsetime", "elapsed", "took", "timetaken"],
    Field::Latency(Some(Unit::Milli)) => ["ms"],
    Field::Upstream => ["up", "upstream", "upstreamaddr", "backend", "target"],
    Field::UpstreamStatus => ["us", "upst", "upstreamstatus", "backendstatus", "originstatus"],
    Field::UpstreamTime => ["urt", "uht", "uct", "upstreamresponsetime", "upstreamtime", "apptime", "upstreamheadertime", "upstreamconnecttime"],
    Field::Request => ["req", "request", "requestline"],
    Field::Method => ["method", "verb", "requestmethod", "httpmethod"],
    Field::Path => ["uri", "path", "url", "requesturi", "requestpath"],
    Field::Client => ["client", "remoteaddr", "clientip", "ip", "xff", "remoteip", "clientaddr", "remotehost", "httpxforwardedfor", "xforwardedfor"],
    Field::Host => ["host", "vhost", "httphost", "servername", "authority"],
    Field::Server => ["server"],
    Field::Service => ["service"],
    Field::Version => ["v", "version", "appversion", "xappversion", "upstreamhttpxappversion", "sentxappversion", "serviceversion", "xversion"],
    Field::Release => ["release", "build", "pool", "releaseid", "buildid", "imagetag", "image", "revision", "commit", "gitsha"],
    Field::Id => ["id", "requestid", "reqid", "traceid", "xrequestid"],
    Field::Bytes => ["bytes", "size", "bytessent", "bodybytessent", "responsesize"],
    Field::Agent => ["useragent", "httpuseragent", "agent"],
    Field::Ua => ["ua"],
    Field::Level => ["level", "severity", "lvl", "loglevel", "levelname", "severitytext"],
    Field::Message => ["message", "msg"],
}

/// Usual spellings, also of fields that nobody takes, found without folding them first.
const USUAL: &[&str] = &[
    "time",
    "ts",
    "timestamp",
    "@timestamp",
    "time_local",
    "time_iso8601",
    "msec",
    "date",
    "status",
    "status_code",
    "code",
    "rt",
    "request_time",
    "reqtime",
    "duration",
    "duration_ms",
    "latency",
    "latency_ms",
    "response_time",
    "elapsed",
    "up",
    "upstream",
    "upstream_addr",
    "us",
    "upst",
    "upstream_status",
    "urt",
    "uct",
    "uht",
    "upstream_response_time",
    "upstream_connect_time",
    "upstream_header_time",
    "upstream_time",
    "apptime",
    "req",
    "request",
    "method",
    "request_method",
    "uri",
    "path",
    "url",
    "request_uri",
    "client",
    "remote_addr",
    "client_ip",
    "ip",
    "host",
    "http_host",
    "vhost",
    "server_name",
    "server",
    "service",
    "version",
    "v",
    "release",
    "id",
    "request_id",
    "req_id",
    "trace_id",
    "bytes",
    "size",
    "bytes_sent",
    "body_bytes_sent",
    "user_agent",
    "http_user_agent",
    "ua",
    "level",
    "severity",
    "message",
    "msg",
    "logger",
    "referer",
    "referrer",
    "http_referer",
    "http_referrer",
    "remote_user",
    "user",
    "protocol",
    "server_protocol",
    "scheme",
    "args",
    "query",
    "query_string",
    "request_length",
    "length",
    "connection",
    "upstream_cache_status",
    "http_x_forwarded_for",
    "xff",
];

/// Open addressing, filled when the program is compiled: the index of a spelling plus one, 0 for a free slot.
const SLOTS: usize = 512;
static USUAL_AT: [u8; SLOTS] = usual_at();

const fn usual_at() -> [u8; SLOTS] {
    let (mut slots, mut i) = ([0; SLOTS], 0);
    while i < USUAL.len() {
        let mut at = raw_hash(USUAL[i].as_bytes());
        while slots[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        slots[at] = i as u8 + 1;
        i += 1;
    }
    slots
}

/// What each usual spelling means.
static USUAL_FIELD: std::sync::LazyLock<Vec<Option<Field>>> =
    std::sync::LazyLock::new(|| USUAL.iter().map(|k| folded_field(k.as_bytes())).collect());

/// A slot from length, first and last bytes.
#[inline]
const fn raw_hash(k: &[u8]) -> usize {
    let n = k.len();
    let x = match n {
        0 => 0,
        1..4 => k[0] as u64 | (k[n / 2] as u64) << 8 | (k[n - 1] as u64) << 16,
        4..8 => four(k, 0) | four(k, n - 4) << 32,
        _ => {
            (four(k, 0) | four(k, 4) << 32)
                ^ (four(k, n - 8) | four(k, n - 4) << 32).rotate_left(29)
        }
    };
    ((x ^ (n as u64) << 56).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize
}

const fn four(k: &[u8], at: usize) -> u64 {
    u32::from_le_bytes([k[at], k[at + 1], k[at + 2], k[at + 3]]) as u64
}

/// What a key means, if the table knows it. A unit at the end (`duration_ms`, `latencyNs`) is part of the answer.
#[inline]
pub fn field(key: &[u8]) -> Option<Field> {
    let mut at = raw_hash(key);
    while USUAL_AT[at] != 0 {
        let i = usize::from(USUAL_AT[at]) - 1;
        if USUAL[i].as_bytes() == key {
            return USUAL_FIELD[i];
        }
        at = (at + 1) % SLOTS;
    }
    folded_field(key)
}

/// The same for any spelling.
fn folded_field(key: &[u8]) -> Option<Field> {
    // Logstash's mark of its own form of events
    if key == b"@version" {
        return None;
    }
    let (folded, n) = fold(key)?;
    named(&folded).or_else(|| latency_with_unit(folded, n))
}

/// A latency name with a unit behind it.
fn latency_with_unit(mut k: Folded, n: usize) -> Option<Field> {
    const UNITS: &[(&[u8], Unit)] = &[
        (b"milliseconds", Unit::Milli),
        (b"microseconds", Unit::Micro),
        (b"nanoseconds", Unit::Nano),
        (b"seconds", Unit::Second),
        (b"millis", Unit::Milli),
        (b"micros", Unit::Micro),
        (b"nanos", Unit::Nano),
        (b"secs", Unit::Second),
        (b"sec", Unit::Second),
        (b"ms", Unit::Milli),
        (b"us", Unit::Micro),
        (b"ns", Unit::Nano),
        (b"s", Unit::Second),
    ];
    if k[n - 1] != b's' && k[n - 1] != b'c' {
        return None;
    }
    let (suffix, unit) = UNITS.iter().find(|(u, _)| k[..n].ends_with(u))?;
    k[n - suffix.len()..n].fill(0);
    (named(&k) == Some(Field::Latency(None))).then_some(Field::Latency(Some(*unit)))
}

/// A duration in microseconds: the unit of the key, else the value's own, else seconds when it has a fraction.
/// A whole number without any unit tells nothing (0 does).
pub fn latency_us(unit: Option<Unit>, value: &[u8]) -> Option<i64> {
    if !value.last()?.is_ascii_digit() {
        let (number, own) = leaf::with_unit(value)?;
        return leaf::decimal_us(number, own);
    }
    match unit {
        Some(u) => leaf::decimal_us(value, u),
        None if value.contains(&b'.') => leaf::decimal_us(value, Unit::Second),
        None => (value == b"0").then_some(0),
    }
}

/// A time in any of the shapes, also in the brackets of the common log format.
pub fn time(value: &[u8]) -> Option<Stamp> {
    if let Some(inner) = value.strip_prefix(b"[").and_then(|v| v.strip_suffix(b"]")) {
        return clf(inner)
            .ok()
            .filter(|(rest, _)| rest.is_empty())
            .map(|(_, s)| s);
    }
    whole(value)
}

/// What has been taken from the fields of one line.
#[derive(Clone, Debug)]
pub struct Taken<'a> {
    /// When.
    pub stamp: Option<Stamp>,
    /// The request as far as known; meaningful when `has_status`.
    pub request: Request<'a>,
    /// A status was there.
    pub has_status: bool,
    /// A request line, method or path was there, or nginx's fields about an upstream, even when they were empty.
    pub has_request: bool,
    /// A level was there.
    pub has_level: bool,
    /// Virtual host or service.
    pub service: Option<&'a [u8]>,
    /// Version, release, build or pool.
    pub version: Option<&'a [u8]>,
    /// Whether `version` is a release, build or pool, which a version replaces.
    is_release: bool,
}

impl Default for Taken<'_> {
    fn default() -> Self {
        Taken {
            stamp: None,
            request: Request {
                latency_us: -1,
                ..Request::default()
            },
            has_status: false,
            has_request: false,
            has_level: false,
            service: None,
            version: None,
            is_release: false,
        }
    }
}

impl<'a> Taken<'a> {
    /// Takes a value if the key is known and the value is of its kind. Of several values for one field the first stays; of
    /// several times the finest does. Returns what the key means.
    pub fn take(&mut self, key: &[u8], value: &'a [u8]) -> Option<Field> {
        let field = field(key)?;
        self.has_request |= speaks_of_a_request(field, key);
        self.take_as(field, value);
        Some(field)
    }

    /// Takes a value for a field that is known, under the same conditions.
    #[inline(never)]
    pub fn take_as(&mut self, field: Field, value: &'a [u8]) {
        let r = &mut self.request;
        match field {
            Field::Time => self.take_time(value, time),
            Field::Status => {
                if let (false, Some(s)) = (self.has_status, leaf::status(value)) {
                    (r.status, self.has_status) = (s, true);
                }
            }
            Field::Latency(unit) => {
                if let (true, Some(us)) = (r.latency_us < 0, latency_us(unit, value)) {
                    r.latency_us = us;
                }
            }
            Field::Upstream | Field::Server | Field::Ua if is_upstream(value) => {
                set(&mut r.upstream, value)
            }
            Field::Agent | Field::Ua => set(&mut r.agent, value),
            Field::UpstreamStatus if leaf::list(value).all(|s| leaf::status(s).is_some()) => {
                set(&mut r.upstream_status, value)
            }
            Field::Request => {
                let (method, path) = leaf::request_line(value);
                set(&mut r.method, method);
                set(
                    &mut r.path,
                    if path.is_empty() && value.starts_with(b"/") {
                        value
                    } else {
                        path
                    },
                );
            }
            Field::Method => set(&mut r.method, value),
            Field::Path => set(&mut r.path, value),
            Field::Client | Field::Host if let Some(c) = client(value) => set(&mut r.client, c),
            Field::Host | Field::Service | Field::Server if is_name(value) => {
                self.service.get_or_insert(leaf::without_port(value));
            }
            Field::Version if is_token(value) && (self.version.is_none() || self.is_release) => {
                (self.version, self.is_release) = (Some(value), false);
            }
            Field::Release if is_token(value) && self.version.is_none() => {
                (self.version, self.is_release) = (Some(value), true);
            }
            Field::Id if is_token(value) => set(&mut r.id, value),
            Field::Bytes => r.bytes = leaf::uint(value).unwrap_or(r.bytes),
            Field::Level => self.has_level = true,
            _ => {}
        }
    }

    /// Notes a key whose value is missing: that a level or a part of the request was meant.
    pub fn note(&mut self, key: &[u8]) {
        if let Some(field) = field(key) {
            self.has_request |= speaks_of_a_request(field, key);
            self.has_level |= field == Field::Level;
        }
    }

    /// Takes a time that `read` reads; of several the finest stays.
    #[inline(always)]
    pub(super) fn take_time(&mut self, value: &[u8], read: impl FnOnce(&[u8]) -> Option<Stamp>) {
        let finer = |s: &Stamp| match self.stamp {
            None => true,
            Some(old) => {
                old.precision == Precision::Second
                    && s.precision != Precision::Second
                    && s.offset_min.is_some()
            }
        };
        if self.stamp.is_none_or(|s| s.precision == Precision::Second)
            && let Some(s) = read(value).filter(finer)
        {
            self.stamp = Some(s);
        }
    }

    /// The record of an access line, stamped at `stamped`.
    pub fn into_record(self, stamped: At) -> Record<'a> {
        Record {
            stamped,
            service: self.service.map(Cow::Borrowed),
            version: self.version.map(Cow::Borrowed),
            ..Record::new(self.stamp, Body::Request(self.request))
        }
    }
}

/// Whether a key shows that a line is about a request: request line, method, path, or an upstream as nginx names it
/// (`upstream_…`, `up`, `us`, `urt`; a `target` or `backend` may be anything).
pub fn speaks_of_a_request(field: Field, key: &[u8]) -> bool {
    match field {
        Field::Request | Field::Method | Field::Path => true,
        Field::Upstream | Field::UpstreamStatus | Field::UpstreamTime => {
            matches!(key.first(), Some(b'u' | b'U'))
        }
        _ => false,
    }
}

/// Fills a slot that is still empty; `-` is no value.
#[inline]
fn set<'a>(slot: &mut &'a [u8], value: &'a [u8]) {
    if slot.is_empty() && value != b"-" {
        *slot = value;
    }
}

/// An address or a list of them, at least one.
fn is_upstream(value: &[u8]) -> bool {
    let mut any = false;
    leaf::list(value).all(|e| {
        let one = leaf::is_endpoint(e);
        any |= one;
        one || e == b"-"
    }) && any
}

/// The address of a client: the first of a forwarding list, without port.
fn client(value: &[u8]) -> Option<&[u8]> {
    if leaf::is_address(value) {
        return Some(value);
    }
    let first = leaf::list(value).next()?;
    if leaf::is_address(first) {
        return Some(first);
    }
    let bare = leaf::without_port(first);
    leaf::is_address(bare).then_some(bare)
}

/// A host or service name: letters among it, no blanks, not the `_` that nginx calls its default server.
fn is_name(value: &[u8]) -> bool {
    is_token(value) && value.iter().any(u8::is_ascii_alphabetic)
}

/// One word of at most 128 bytes that is not `-` or `_`.
fn is_token(value: &[u8]) -> bool {
    !value.is_empty()
        && value.len() <= 128
        && value != b"-"
        && value != b"_"
        && leaf::is_graphic(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_name_is_found_and_folded() {
        for (name, f) in NAMES {
            assert_eq!(field(name.as_bytes()), Some(*f), "{name}");
            assert_eq!(field(name.to_uppercase().as_bytes()), Some(*f), "{name}");
        }
        for k in USUAL {
            assert_eq!(field(k.as_bytes()), folded_field(k.as_bytes()), "{k}");
        }
        assert_eq!(field(b"http.response.status_code"), Some(Field::Status));
        assert_eq!(field(b"@timestamp"), Some(Field::Time));
        assert_eq!(
            field(b"duration_ms"),
            Some(Field::Latency(Some(Unit::Milli)))
        );
        assert_eq!(field(b"latencyNs"), Some(Field::Latency(Some(Unit::Nano))));
        assert_eq!(
            field(b"request-time-seconds"),
            Some(Field::Latency(Some(Unit::Second)))
        );
        for k in [
            "",
            "_",
            "statusx",
            "items",
            "a key that is longer than any name",
        ] {
            assert_eq!(field(k.as_bytes()), None, "{k}");
        }
    }

    #[test]
    fn units_of_latency() {
        assert_eq!(latency_us(Some(Unit::Milli), b"12"), Some(12_000));
        assert_eq!(latency_us(None, b"1.5ms"), Some(1_500));
        assert_eq!(latency_us(None, b"0.801"), Some(801_000));
        assert_eq!(latency_us(None, b"17"), None);
        assert_eq!(latency_us(None, b"-"), None);
    }

    #[test]
    fn a_value_of_another_kind_is_not_taken() {
        let mut t = Taken::default();
        for (k, v) in [
            ("code", "E42"),
            ("ua", "10.20.0.21:9000"),
            ("ua", "curl/8.5"),
            ("us", "502, 500"),
            ("server", "_"),
            ("host", "203.0.113.5"),
            ("host", "shop.example.net:443"),
            ("pool", "blue"),
            ("version", "4.2.0"),
            ("release", "7"),
            ("status", "502"),
            ("status_code", "200"),
            ("upstream", "orders"),
            ("time", "2026-11-20T06:33:18+00:00"),
            ("msec", "1795156398.502"),
            ("rt", "slow"),
        ] {
            t.take(k.as_bytes(), v.as_bytes());
        }
        let r = &t.request;
        assert_eq!((r.status, r.latency_us), (502, -1));
        assert_eq!(r.upstream, b"10.20.0.21:9000");
        assert_eq!(r.agent, b"curl/8.5");
        assert_eq!(r.upstream_status, b"502, 500");
        assert_eq!(r.client, b"203.0.113.5");
        assert_eq!(t.service, Some(&b"shop.example.net"[..]));
        assert_eq!(t.version, Some(&b"4.2.0"[..]));
        assert_eq!(t.stamp.unwrap().wall_us, 1_795_156_398_502_000);
    }

    proptest! {
        #[test]
        fn never_panics(k in proptest::collection::vec(any::<u8>(), 0..30), v in proptest::collection::vec(any::<u8>(), 0..40), i in 0..NAMES.len()) {
            Taken::default().take(&k, &v);
            Taken::default().take(NAMES[i].0.as_bytes(), &v);
        }
    }
}
