//! What the fields of a structured application line (JSON, logfmt) show, and the record they make together. What their names
//! mean stands in `keys`; no grammar here.

use super::message::{body, plain};
use super::values::{application, image_tag, level, logged_by, token};
use super::{rpc, stack};
use crate::format::app::keys::{Meaning, RequestPart, meaning, meaning_within};
use crate::format::flat_json::decode;
use crate::format::leaf::{self, Unit, find};
use crate::format::request_fields::set;
use crate::format::synonym::{self, Field};
use crate::record::{Body, Level, Message, Record, Request};
use crate::text::{may_be_called, only_reports_a_request};
use crate::time::{Precision, Stamp};
use std::borrow::Cow;

/// A raw value and how sure its name is (smaller is surer).
pub(crate) type Ranked<'a> = Option<(u8, &'a [u8])>;

/// What the fields of one line have stated so far. Values are raw: escapes stand as written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) stamp: Option<Stamp>,
    pub(crate) level: Option<Level>,
    pub(crate) text: Ranked<'a>,
    pub(crate) error: Ranked<'a>,
    /// Where a call went that failed.
    pub(crate) called: &'a [u8],
    pub(crate) service: Ranked<'a>,
    pub(crate) version: Ranked<'a>,
    pub(crate) host: Ranked<'a>,
    pub(crate) request: Request<'a>,
    pub(crate) latency_us: Option<i64>,
    pub(crate) has_status: bool,
    pub(crate) by_server: bool,
    pub(crate) no_request: bool,
}

#[inline(always)]
fn put<'a>(slot: &mut Ranked<'a>, rank: u8, value: &'a [u8]) {
    if !value.is_empty() && value != b"-" && slot.is_none_or(|(r, _)| rank < r) {
        *slot = Some((rank, value));
    }
}

/// The host of a URL, without who signs in there, or of a name that is one: `api.bank.example:443`.
fn site(url: &[u8]) -> &[u8] {
    let sign = |c: &u8| c.is_ascii_alphanumeric() || b".-:".contains(c);
    let Some(at) = find(url, b"://") else {
        let alone = url.contains(&b'.') && url.iter().all(sign);
        return if alone { url } else { b"" };
    };
    let host = &url[at + 3..];
    let host = &host[..memchr::memchr(b'/', host).unwrap_or(host.len())];
    memchr::memrchr(b'@', host).map_or(host, |at| &host[at + 1..])
}

/// What stands in an error field when there was none.
const NOTHING: [&[u8]; 7] = [b"null", b"nil", b"<nil>", b"None", b"none", b"false", b"0"];

impl<'a> Fields<'a> {
    /// Takes a field: the name of the object it stands in (empty at the top), its own name, its raw text.
    pub(crate) fn take(&mut self, parent: &[u8], key: &[u8], value: &'a [u8]) {
        let meaning = match parent {
            b"" => meaning(key),
            _ => meaning_within(parent, key),
        };
        self.take_as(meaning, value);
    }

    /// Takes a field whose name is known to mean that.
    #[inline(never)]
    pub(crate) fn take_as(&mut self, meaning: Meaning, value: &'a [u8]) {
        match meaning {
            Meaning::Text(rank) => put(&mut self.text, rank, value),
            Meaning::Loose => {
                put(&mut self.text, 3, value);
                // loguru writes the stack into the text of the whole line only.
                if find(value, b"Traceback (most recent call last)").is_some() {
                    put(&mut self.error, 0, value);
                }
            }
            Meaning::Time => self.time(value),
            Meaning::Level => self.level(value),
            Meaning::PostgresLevel => {
                self.level(value);
                put(&mut self.service, 3, b"postgresql");
            }
            Meaning::ShortLevel if value.len() == 1 || value.starts_with(b"D") => self.level(value),
            Meaning::Logger => self.logger(value),
            Meaning::Service(rank) => self.service(rank, value),
            Meaning::Application => self.service(0, application(value)),
            Meaning::Host(rank) => self.host(rank, value),
            Meaning::Version(rank) => self.version(rank, value),
            Meaning::Image => self.version(1, image_tag(value)),
            Meaning::Error(rank) => put(&mut self.error, rank, value),
            Meaning::Called if !site(value).is_empty() => set(&mut self.called, value),
            Meaning::Site if self.by_server => self.service(3, leaf::without_port(value)),
            Meaning::Trace => set(&mut self.request.id, value),
            Meaning::Part(part) => self.part(part, value),
            Meaning::ShortLevel | Meaning::Called | Meaning::Site | Meaning::Nothing => {}
        }
    }

    fn part(&mut self, part: RequestPart, value: &'a [u8]) {
        let r = &mut self.request;
        match part {
            RequestPart::Milli => {
                self.latency_us = self
                    .latency_us
                    .or_else(|| synonym::latency_us(Some(Unit::Milli), value));
            }
            RequestPart::Of(Field::Status) | RequestPart::RpcCode => {
                let status = match part {
                    RequestPart::RpcCode => rpc::status(value),
                    _ => leaf::status(value),
                };
                if let (false, Some(s)) = (self.has_status, status) {
                    (r.status, self.has_status) = (s, true);
                }
            }
            RequestPart::RpcMethod => {
                set(&mut r.method, b"RPC");
                set(&mut r.path, value);
            }
            // who calls logs what who answers logs too
            RequestPart::Side => self.no_request |= value == b"client",
            RequestPart::Of(Field::Latency(unit)) => {
                self.latency_us = self.latency_us.or_else(|| synonym::latency_us(unit, value));
            }
            RequestPart::Of(Field::Method) if value.iter().all(u8::is_ascii_uppercase) => {
                set(&mut r.method, value);
            }
            RequestPart::Of(Field::Path)
                if value.starts_with(b"/") || value.starts_with(b"http") =>
            {
                set(&mut r.path, value);
            }
            RequestPart::Of(Field::Request) => {
                let (method, path) = leaf::request_line(value);
                set(&mut r.method, method);
                set(&mut r.path, path);
            }
            RequestPart::Of(Field::Client) if leaf::is_address(leaf::without_port(value)) => {
                set(&mut r.client, leaf::without_port(value));
            }
            RequestPart::Of(Field::Id) => set(&mut r.id, value),
            RequestPart::Of(Field::Agent) => set(&mut r.agent, value),
            RequestPart::Of(Field::Bytes) => r.bytes = leaf::uint(value).unwrap_or(r.bytes),
            RequestPart::Of(_) => {}
        }
    }

    fn time(&mut self, value: &[u8]) {
        self.time_by(value, synonym::time);
    }

    /// Takes a time that `read` reads. Of several times the finest one with a zone stays, else the first.
    #[inline(always)]
    pub(crate) fn time_by(&mut self, value: &[u8], read: impl FnOnce(&[u8]) -> Option<Stamp>) {
        let better = match self.stamp {
            None => true,
            Some(s) => s.offset_min.is_none() || s.precision == Precision::Second,
        };
        if better
            && let Some(s) = read(value)
            && (self.stamp.is_none() || s.offset_min.is_some())
        {
            self.stamp = Some(s);
        }
    }

    /// Takes a time given as seconds and a fraction in nanoseconds.
    pub(crate) fn epoch_parts(&mut self, seconds: &[u8], nanos: &[u8]) {
        if let (Some(s), Some(n), None) = (leaf::uint(seconds), leaf::uint(nanos), self.stamp) {
            let us = i64::try_from(s)
                .ok()
                .and_then(|s| s.checked_mul(1_000_000))
                .and_then(|us| us.checked_add(i64::try_from(n / 1_000).ok()?));
            self.stamp = us.map(|us| Stamp::utc(us, Precision::Micro));
        }
    }

    #[inline(always)]
    fn level(&mut self, value: &[u8]) {
        if self.level.is_none() {
            self.level = match value {
                b"info" | b"INFO" => Some(Level::Info),
                _ => level(value),
            };
        }
    }

    fn logger(&mut self, value: &'a [u8]) {
        // Caddy logs requests as a server does, and a second line for the fault of the same request.
        self.by_server |= value.starts_with(b"http.log.access");
        self.no_request |= value.starts_with(b"http.log.error");
        if value.starts_with(b"http.log.") {
            return;
        }
        if let Some(s) = logged_by(value) {
            put(&mut self.service, 1, s);
        }
    }

    fn service(&mut self, rank: u8, value: &'a [u8]) {
        if token(value) {
            let v = value.strip_suffix(b":").unwrap_or(value);
            let v = memchr::memchr(b'[', v).map_or(v, |i| &v[..i]);
            put(&mut self.service, rank, v);
        }
    }

    fn version(&mut self, rank: u8, value: &'a [u8]) {
        // `(version=0.28.0, branch=HEAD, …)` of Prometheus and its kin
        let value = match value.strip_prefix(b"(version=") {
            Some(v) => v.split(|c| matches!(c, b',' | b')')).next().unwrap_or(v),
            None => value,
        };
        if token(value) {
            put(&mut self.version, rank, value);
        }
    }

    fn host(&mut self, rank: u8, value: &'a [u8]) {
        if token(value) {
            put(&mut self.host, rank, value);
        }
    }

    /// Takes a time and a level that stand before the fields.
    pub(crate) fn begun(&mut self, stamp: Stamp, level: Level) {
        (self.stamp, self.level) = (Some(stamp), Some(level));
    }

    /// Whether a level was stated.
    pub(crate) fn has_level(&self) -> bool {
        self.level.is_some()
    }

    /// Whether a time was stated.
    pub(crate) fn has_time(&self) -> bool {
        self.stamp.is_some()
    }

    /// Whether a message was stated; of a name that only logs use where `sure`.
    pub(crate) fn has_text(&self, sure: bool) -> bool {
        self.text.is_some_and(|(rank, _)| !sure || rank < 2)
    }

    /// Whether it is the line of a request: a status and a path, or a status and a latency under words that mean a request
    /// that was answered (remote calls have no path).
    pub(crate) fn is_request(&self) -> bool {
        let answered = || {
            self.latency_us.is_some() && self.text.is_some_and(|(_, t)| only_reports_a_request(t))
        };
        self.has_status && !self.is_fault_line() && (!self.request.path.is_empty() || answered())
    }

    /// Whether it tells of the fault of a request that has a line of its own: Caddy says of that one that it handled it.
    fn is_fault_line(&self) -> bool {
        let told = |(_, t): (u8, &[u8])| !only_reports_a_request(t);
        self.no_request || self.by_server && self.text.is_some_and(told)
    }

    /// The decisive line of the surest error field. Bare stacks (rank 5) count only where that line is an exception: Go's stacks
    /// hold frames only.
    fn error_text(&self) -> Option<Cow<'a, [u8]>> {
        let (rank, raw) = self.error.filter(|(_, raw)| !NOTHING.contains(raw))?;
        let good = |l: &[u8]| !l.is_empty() && (rank != 5 || stack::exception(l).is_some());
        let line = Some(stack::decisive_of_raw(raw)).filter(|l| good(l))?;
        // where a call went, and not what was asked for here
        let called = match (self.called, self.is_request()) {
            (b"", false) if self.request.path.is_empty() => self.host_called(),
            (b"", false) => self.request.path,
            (called, _) => called,
        };
        Some(match site(called) {
            b"" => line,
            site => Cow::Owned([&line, &b" ("[..], site, b")"].concat()),
        })
    }

    /// A message that is nothing but the path of an answered request, as authentik writes it.
    #[inline(always)]
    pub(crate) fn path_as_text(&mut self) {
        if self.has_status
            && self.request.path.is_empty()
            && !self.request.method.is_empty()
            && let Some((_, text)) = self.text
            && text.starts_with(b"/")
            && leaf::is_graphic(text)
        {
            self.request.path = text;
        }
    }

    /// A bare `host` that is none of the writer's.
    fn host_called(&self) -> &'a [u8] {
        let (_, host) = self.host.filter(|(rank, _)| *rank == 1).unwrap_or_default();
        if may_be_called(host) { host } else { b"" }
    }

    /// The record of the line. `otherwise` is the text where no field was a message.
    pub(crate) fn into_record(mut self, otherwise: impl FnOnce() -> Cow<'a, [u8]>) -> Record<'a> {
        self.path_as_text();
        let error = self.error_text();
        // who names an error and no level states an error
        let level = self.level.unwrap_or(match error {
            Some(_) => Level::Error,
            None => Level::Info,
        });
        if error.is_some() && !self.is_request() && !self.host_called().is_empty() {
            self.host = None;
        }
        let text = match self.text {
            Some((_, raw)) => decode(raw),
            None => otherwise(),
        };
        let mut body = match &text {
            Cow::Borrowed(b) if !self.is_request() => body(level, b),
            _ => Body::Nothing,
        };
        let message = Message {
            text: match text {
                Cow::Borrowed(b) => plain(b),
                Cow::Owned(mut o) => {
                    o.truncate(o.trim_ascii_end().len());
                    Cow::Owned(o)
                }
            },
            error,
            // the fault line of a server stands beside the line of the request
            status: if self.is_fault_line() {
                0
            } else {
                self.request.status
            },
            ..Message::new(level, b"")
        };
        let latency = self.latency_us;
        let body = if self.is_request() {
            Body::Request(Request {
                latency_us: latency.unwrap_or(-1),
                by_app: !self.by_server,
                message: Some(message),
                ..self.request
            })
        } else if let Body::Request(r) = &mut body {
            r.latency_us = latency.unwrap_or(r.latency_us);
            r.id = self.request.id;
            r.message = Some(message);
            body
        } else {
            Body::Message(message)
        };
        let owned = |r: Ranked<'a>| r.map(|(_, v)| Cow::Borrowed(v));
        Record {
            host: owned(self.host),
            service: owned(self.service),
            version: owned(self.version),
            ..Record::new(self.stamp, body)
        }
    }
}
