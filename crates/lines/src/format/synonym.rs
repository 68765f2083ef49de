//! The names that people give the fields of a request: one table for CLF tails, LTSV and JSON.
//! A field is found by its key (case, `_`, `-` and `.` ignored); whether its value is of its kind is seen in `request_fields`.

use super::leaf::{self, Unit};
use crate::table::{Meanings, meanings};
use crate::time::Stamp;
use crate::time::stamp::{clf, whole};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

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

/// Longest folded name in the table.
const LEN: usize = 24;

/// Lower case, without `_ - . @`; `None` when nothing is left or it is longer than any name.
#[inline]
fn fold(key: &[u8]) -> Option<([u8; LEN], usize)> {
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

/// Folded names, as `names.tsv` lists them.
static NAMES: LazyLock<Meanings<Field>> =
    LazyLock::new(|| meanings(include_str!("synonym/names.tsv")));

/// Usual spellings, also of fields that nobody takes, found without folding them first.
static USUAL: LazyLock<Meanings<Option<Field>>> = LazyLock::new(|| {
    let spellings = include_str!("synonym/usual.txt").split_ascii_whitespace();
    let all = spellings.map(str::as_bytes);
    all.map(|k| (k, folded_field(k))).collect()
});

/// What a key means, if the table knows it. A unit at the end (`duration_ms`, `latencyNs`) is part of the answer.
#[inline]
pub fn field(key: &[u8]) -> Option<Field> {
    let usual = USUAL.get(key).copied();
    usual.unwrap_or_else(|| folded_field(key))
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
    let folded = &folded[..n];
    let named = NAMES.get(folded).copied();
    named.or_else(|| latency_with_unit(folded))
}

/// A latency name with a unit behind it.
fn latency_with_unit(k: &[u8]) -> Option<Field> {
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
    k.last().filter(|c| matches!(c, b's' | b'c'))?;
    let (suffix, unit) = UNITS.iter().find(|(u, _)| k.ends_with(u))?;
    let of = NAMES.get(&k[..k.len() - suffix.len()]);
    (of == Some(&Field::Latency(None))).then_some(Field::Latency(Some(*unit)))
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
        for (name, f) in NAMES.iter() {
            assert!(name.len() <= LEN);
            assert_eq!(field(name), Some(*f));
            assert_eq!(field(&name.to_ascii_uppercase()), Some(*f));
        }
        let listed = crate::table::rows::<2>(include_str!("synonym/names.tsv"));
        let listed: usize = listed.map(|[_, names]| names.split(' ').count()).sum();
        assert_eq!(
            NAMES.len(),
            listed,
            "each row names a field, each name once"
        );
        holds("field of a name", |name| {
            format!("{:?}", field(name.as_bytes()))
        });
        holds("latency", |t| or_dash(latency_us(None, t.as_bytes())));
        assert_eq!(latency_us(Some(Unit::Milli), b"12"), Some(12_000));
    }
}
