//! What the fields of an access line say, whatever they are called: a value is taken only when it is of its field's kind.
//! Which key means which field stands in `synonym`.

use crate::format::leaf;
use crate::format::synonym::{Field, field, latency_us, speaks_of_a_request, time};
use crate::record::{At, Body, Record, Request};
use crate::time::{Precision, Stamp};
use std::borrow::Cow;

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
    pub fn take_as(&mut self, field: Field, value: &'a [u8]) {
        let r = &mut self.request;
        match field {
            Field::Time => self.take_time(value),
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
            Field::Pod if let Some(name) = crate::format::pods::service_of_pod(value) => {
                self.service.get_or_insert(name);
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

    /// Takes a time; of several the finest stays.
    fn take_time(&mut self, value: &[u8]) {
        let finer = |s: &Stamp| match self.stamp {
            None => true,
            Some(old) => {
                old.precision == Precision::Second
                    && s.precision != Precision::Second
                    && s.offset_min.is_some()
            }
        };
        if self.stamp.is_none_or(|s| s.precision == Precision::Second)
            && let Some(s) = time(value).filter(finer)
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

/// Fills a slot that is still empty; `-` is no value.
#[inline(always)]
pub(super) fn set<'a>(slot: &mut &'a [u8], value: &'a [u8]) {
    if slot.is_empty() && value != b"-" {
        *slot = value;
    }
}

/// An address or a list of them, at least one.
pub(crate) fn is_upstream(value: &[u8]) -> bool {
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
}
