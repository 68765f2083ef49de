//! The names that people give the fields of a request: one table for CLF tails, LTSV and JSON.
//! A field is found by its key (case, `_`, `-` and `.` ignored); whether its value is of its kind is seen in `request_fields`.

use super::leaf::{self, Unit};
use crate::table::words;
use crate::time::Stamp;
use crate::time::stamp::{clf, whole};
use serde::{Deserialize, Serialize};

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Something that distinguishes versions where no version is given: release, build, pool.
    Release,
    /// A pod of Kubernetes, whose name shows the service.
    Pod,
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
        pub(super) const NAMES: &[(&str, Field)] = &[$($(($name, $field)),+),+];
    };
}

table! {
    Field::Time => ["time", "ts", "timestamp", "timelocal", "timeiso8601", "msec", "date", "datetime"],
    Field::Status => ["status", "statuscode", "scstatus", "httpstatus", "httpstatuscode", "responsecode", "responsestatus", "code", "response"],
    Field::Latency(None) => ["rt", "requesttime", "reqtime", "duration", "dur", "latency", "responsetime", "elapsed", "took", "timetaken"],
    Field::Latency(Some(Unit::Milli)) => ["ms"],
    Field::Latency(Some(Unit::Nano)) => ["eventduration"],
    Field::Upstream => ["up", "upstream", "upstreamaddr", "backend", "target"],
    Field::UpstreamStatus => ["us", "upst", "upstreamstatus", "backendstatus", "originstatus"],
    Field::UpstreamTime => ["urt", "uht", "uct", "upstreamresponsetime", "upstreamtime", "apptime", "upstreamheadertime", "upstreamconnecttime"],
    Field::Request => ["req", "request", "requestline"],
    Field::Method => ["method", "verb", "requestmethod", "httpmethod"],
    Field::Path => ["uri", "path", "url", "requesturi", "requestpath"],
    Field::Client => ["client", "remoteaddr", "clientip", "ip", "xff", "remoteip", "clientaddr", "remotehost", "httpxforwardedfor", "xforwardedfor"],
    Field::Host => ["host", "vhost", "httphost", "servername", "authority"],
    Field::Server => ["server"],
    Field::Service => ["service", "servicename"],
    Field::Version => ["v", "version", "appversion", "xappversion", "upstreamhttpxappversion", "sentxappversion", "serviceversion", "xversion"],
    Field::Release => ["release", "build", "pool", "releaseid", "buildid", "imagetag", "image", "revision", "commit", "gitsha"],
    Field::Pod => ["pod", "podname", "kubernetespodname"],
    Field::Id => ["id", "requestid", "reqid", "traceid", "xrequestid"],
    Field::Bytes => ["bytes", "size", "bytessent", "bodybytessent", "responsesize"],
    Field::Agent => ["useragent", "httpuseragent", "agent"],
    Field::Ua => ["ua"],
    Field::Level => ["level", "severity", "lvl", "loglevel", "levelname", "severitytext"],
    Field::Message => ["message", "msg"],
}

/// Usual spellings, also of fields that nobody takes, found without folding them first.
const USUAL: &[&str] = &words::<89>(
    "time ts timestamp @timestamp time_local time_iso8601 msec date status status_code code rt request_time reqtime \
    duration duration_ms latency latency_ms response_time elapsed up upstream upstream_addr us upst upstream_status \
    urt uct uht upstream_response_time upstream_connect_time upstream_header_time upstream_time apptime req request \
    method request_method uri path url request_uri client remote_addr client_ip ip host http_host vhost server_name \
    server service version v release id request_id req_id trace_id bytes size bytes_sent body_bytes_sent user_agent \
    http_user_agent ua level severity message msg logger referer referrer http_referer http_referrer remote_user user \
    protocol server_protocol scheme args query query_string request_length length connection upstream_cache_status \
    http_x_forwarded_for xff",
);

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
    // what is written of both sides of a request is called by its side: `http.request.method`, `http.response.status`
    let side = key.strip_prefix(b"http.").unwrap_or_default();
    let part = side
        .strip_prefix(b"request.")
        .or(side.strip_prefix(b"response."));
    let (folded, n) = fold(part.unwrap_or(key))?;
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
/// A whole number without any unit shows nothing (0 does).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn every_name_is_found_and_folded() {
        for (name, f) in NAMES {
            assert_eq!(field(name.as_bytes()), Some(*f), "{name}");
            assert_eq!(field(name.to_uppercase().as_bytes()), Some(*f), "{name}");
        }
        for k in USUAL {
            assert_eq!(field(k.as_bytes()), folded_field(k.as_bytes()), "{k}");
        }
        holds("field of a name", |name| {
            format!("{:?}", field(name.as_bytes()))
        });
        holds("latency", |t| or_dash(latency_us(None, t.as_bytes())));
        assert_eq!(latency_us(Some(Unit::Milli), b"12"), Some(12_000));
    }
}
