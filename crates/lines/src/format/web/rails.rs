//! Rails: `Started GET "/x" for IP at T` … `Completed 500 Internal Server Error in 100ms`, bare or behind Ruby's logger head and a
//! request id. The request is counted at its `Completed` line; a bare one takes the time at which it was started.

use crate::format::Reader;
use crate::format::app::inline_request::answered;
use crate::format::leaf::{self, Unit, find};
use crate::record::{At, Body, Level, Message, Record, Request};
use crate::time::Stamp;
use crate::time::stamp::iso;
use memchr::{memchr, memmem, memrchr};

/// Requests that were started and not completed yet, at most.
const OPEN: usize = 512;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let l = RailsLine::read(line)?;
    match RailsStep::of(l.text)? {
        RailsStep::Completed(r) => Some(Record::new(l.stamp, Body::Request(r))),
        _ => Some(Record::new(l.stamp, Body::Nothing)),
    }
}

/// A line without its head.
struct RailsLine<'a> {
    stamp: Option<Stamp>,
    level: Level,
    id: &'a [u8],
    text: &'a [u8],
}

impl<'a> RailsLine<'a> {
    /// `I, [2026-03-10T13:05:00.123456 #4242]  INFO -- : [id] text`, `[id] text`, `text`.
    fn read(line: &'a [u8]) -> Option<RailsLine<'a>> {
        let (stamp, level, rest) = match line {
            [l @ b'A'..=b'Z', b',', b' ', b'[', inner @ ..] => {
                let (rest, stamp) = iso(inner).ok()?;
                let close = memchr(b']', &rest[..rest.len().min(24)])?;
                let rest = &rest[close..];
                let at = find(&rest[..rest.len().min(60)], b" : ")
                    .or_else(|| rest.strip_suffix(b" :").map(<[u8]>::len))?;
                let text = rest.get(at + 3..).unwrap_or_default();
                (Some(stamp), Level::from_word(&[*l])?, text)
            }
            _ => (None, Level::Info, line),
        };
        let (id, text) = request_id(rest).unwrap_or((b"", rest));
        Some(RailsLine {
            stamp,
            level,
            id,
            text,
        })
    }
}

/// `[f3a1c9e0-0000-4000-8000-000000000001] ` in front of a text, or as a proxy that hands on its own id writes it.
fn request_id(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = b.strip_prefix(b"[")?;
    let end = memchr(b']', &inner[..inner.len().min(65)])?;
    let (id, rest) = (&inner[..end], &inner[end + 1..]);
    let shaped = id.len() >= 16
        && id.iter().any(u8::is_ascii_digit)
        && id
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    shaped.then(|| (id, rest.strip_prefix(b" ").unwrap_or(rest)))
}

/// What a text is in the life of a request.
#[expect(
    clippy::large_enum_variant,
    reason = "made once for a line and taken apart at once"
)]
enum RailsStep<'a> {
    Started(Stamp),
    Completed(Request<'a>),
    Between,
}

impl<'a> RailsStep<'a> {
    fn of(t: &'a [u8]) -> Option<RailsStep<'a>> {
        match t.first()? {
            b'S' => started(t).map(RailsStep::Started),
            b'C' => answered(t).map(RailsStep::Completed),
            b'm' => lograge(t).map(RailsStep::Completed),
            b'P' if t.starts_with(b"Processing by ") && find(t, b"#").is_some() => {
                Some(RailsStep::Between)
            }
            b' ' if t.starts_with(b"  Parameters: {") || t.starts_with(b"  Rendered ") => {
                Some(RailsStep::Between)
            }
            _ => None,
        }
    }
}

/// `Started GET "/cart?id=1" for 192.0.2.10 at 2026-03-10 13:04:59 +0000`.
fn started(t: &[u8]) -> Option<Stamp> {
    let rest = t.strip_prefix(b"Started ")?;
    let method = memchr(b' ', &rest[..rest.len().min(10)])?;
    rest[method + 1..].starts_with(b"\"").then_some(())?;
    let at = memmem::rfind(rest, b" at ")?;
    memrchr(b'"', &rest[..at])?;
    let (rest, stamp) = iso(&rest[at + 4..]).ok()?;
    rest.is_empty().then_some(stamp)
}

/// lograge: `method=GET path=/cart format=html controller=… status=500 duration=12.30 view=…`, times in milliseconds.
fn lograge(t: &[u8]) -> Option<Request<'_>> {
    t.strip_prefix(b"method=")?;
    let mut r = Request {
        by_app: true,
        latency_us: -1,
        ..Request::default()
    };
    let mut status = None;
    for word in t.split(|&c| c == b' ') {
        let Some(n) = memchr(b'=', word) else {
            continue;
        };
        let value = &word[n + 1..];
        match &word[..n] {
            b"method" => r.method = value,
            b"path" => r.path = value,
            b"status" => status = leaf::status(value),
            b"duration" => r.latency_us = leaf::decimal_us(value, Unit::Milli).unwrap_or(-1),
            b"request_id" => r.id = value,
            b"ip" | b"remote_ip" => r.client = value,
            _ => {}
        }
    }
    r.status = status?;
    // the error that a failed one ended with, in quotes that may hold others: up to the last one
    r.message = find(t, b" error='").filter(|_| r.status >= 500).map(|at| {
        let error = &t[at + 8..];
        let end = memrchr(b'\'', error).unwrap_or(error.len());
        Message::new(Level::Error, &error[..end])
    });
    r.path.starts_with(b"/").then_some(r)
}

/// A request that was started.
#[derive(Clone)]
struct OpenRequest {
    id: Vec<u8>,
    at: Stamp,
}

/// The lines of one input.
#[derive(Clone, Default)]
pub(in crate::format) struct RailsReader {
    open: Vec<OpenRequest>,
    /// The request whose exception follows: its id, and the time of the line that begins it.
    broken: Option<(Vec<u8>, Stamp)>,
}

impl Reader for RailsReader {
    fn read<'a>(&mut self, line: &'a [u8]) -> Option<Record<'a>> {
        let l = RailsLine::read(line)?;
        match RailsStep::of(l.text) {
            Some(RailsStep::Started(at)) => {
                self.open.retain(|o| o.id != l.id);
                if self.open.len() >= OPEN {
                    self.open.remove(0);
                }
                let id = l.id.to_vec();
                self.open.push(OpenRequest { id, at });
                Some(Record::new(l.stamp, Body::Nothing))
            }
            Some(RailsStep::Completed(mut r)) => {
                if r.id.is_empty() {
                    r.id = l.id;
                }
                let open = self.open.iter().position(|o| o.id == l.id);
                let started = open.map(|i| self.open.remove(i).at);
                // a bare line has no time of its own; without ids of requests the last that was started is meant
                Some(match (l.stamp, started) {
                    (None, Some(at)) => Record {
                        stamped: At::Start,
                        ..Record::new(Some(at), Body::Request(r))
                    },
                    (stamp, _) => Record::new(stamp, Body::Request(r)),
                })
            }
            Some(RailsStep::Between) => Some(Record::new(l.stamp, Body::Nothing)),
            None => self.exception(&l),
        }
    }
}

impl RailsReader {
    /// The lines of an exception: a blank one at level FATAL, then its name and message, then frames, all with the id.
    fn exception<'a>(&mut self, l: &RailsLine<'a>) -> Option<Record<'a>> {
        let nothing = Some(Record::new(l.stamp, Body::Nothing));
        if let Some(stamp) = l.stamp {
            let blank = l.text.trim_ascii().is_empty();
            if l.level == Level::Fatal && !l.id.is_empty() && blank {
                self.broken = Some((l.id.to_vec(), stamp));
                return nothing;
            }
            if self.broken.as_ref().is_none_or(|(id, _)| id != l.id) || l.level != Level::Fatal {
                self.broken = None;
                return None;
            }
        }
        let (id, at) = self.broken.as_ref()?;
        // a message of several lines bears the id on its first alone
        if l.id.is_empty() && l.stamp.is_none() {
            return nothing;
        }
        if id != l.id {
            return None;
        }
        let at = l.stamp.unwrap_or(*at);
        if !is_exception(l.text) {
            return nothing;
        }
        let text = l.text.strip_suffix(b":").unwrap_or(l.text);
        let m = Message::new(Level::Error, text);
        Some(Record::new(Some(at), Body::Detail(m)))
    }
}

/// `ActiveRecord::ConnectionNotEstablished (connection refused):`.
fn is_exception(t: &[u8]) -> bool {
    let n = t
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b':' | b'_'))
        .count();
    n > 2 && t[0].is_ascii_uppercase() && (t[n..].starts_with(b" (") || &t[n..] == b":")
}
