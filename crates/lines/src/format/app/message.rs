//! What message texts of every application format have in common: requests stated in a message, quoted request
//! lines, durations, terminal colours, and the service that a logger names. No stamps and no line grammar here.

use crate::format::app::inline_request::answered;
use crate::format::leaf::{self, Unit};
use crate::format::pairs::pairs;
use crate::format::request_fields::Taken;
use crate::record::{Body, Level, Message, Request};
use crate::table::byte_words;
use memchr::{memchr, memchr_iter, memchr3};
use std::borrow::Cow;

/// Request methods, upper case as applications write them.
const METHODS: &[&[u8]] =
    &byte_words::<10>("GET POST PUT HEAD PATCH DELETE OPTIONS PROPFIND CONNECT TRACE");

/// The method at the start of `b` and the rest after its blank.
fn method(b: &[u8]) -> Option<(&[u8], &[u8])> {
    if !b.first()?.is_ascii_uppercase() {
        return None;
    }
    let n = memchr(b' ', &b[..b.len().min(10)])?;
    METHODS.contains(&&b[..n]).then_some((&b[..n], &b[n + 1..]))
}

/// The next word and what follows it, without the blanks between.
pub(super) fn word(b: &[u8]) -> (&[u8], &[u8]) {
    let n = b
        .iter()
        .position(|c| matches!(c, b' ' | b'\t'))
        .unwrap_or(b.len());
    (&b[..n], b[n..].trim_ascii_start())
}

/// A status of three digits, 100–599.
pub fn status(b: &[u8]) -> Option<u16> {
    leaf::status(b).filter(|s| *s > 0)
}

/// A decimal number scaled by 10⁶, with its length: `12.5` → (12_500_000, 4). Digits after the sixth decimal are dropped.
pub(super) fn micros(b: &[u8]) -> Option<(i64, usize)> {
    let digits = |b: &[u8]| b.iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(b);
    let places = match b.get(whole) {
        Some(b'.') => digits(&b[whole + 1..]),
        _ => 0,
    };
    let n = whole + places + usize::from(places > 0);
    let us = leaf::decimal_us(&b[..n], Unit::Second);
    us.filter(|_| whole <= 12).map(|us| (us, n))
}

/// A duration with its unit (`4ms`, `1.2s`, `350µs`, `12 ms`), in microseconds, with its length. The unit is required.
pub fn duration(b: &[u8]) -> Option<(i64, usize)> {
    let (v, n) = micros(b)?;
    let blank = usize::from(b.get(n) == Some(&b' '));
    let unit = &b[n + blank..];
    let len = unit
        .iter()
        .take_while(|c| c.is_ascii_alphabetic() || **c >= 0x80)
        .count();
    let us = match &unit[..len] {
        b"ms" | b"msec" | b"msecs" | b"millis" | b"milliseconds" => v / 1_000,
        b"s" | b"sec" | b"secs" | b"seconds" => v,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" | b"usec" | b"micros" => v / 1_000_000,
        b"ns" => v / 1_000_000_000,
        _ => return None,
    };
    Some((us, n + blank + len))
}

/// Words at most that may stand in front of a request in a message.
const IN_FRONT: usize = 6;

/// Whether a word is no word of prose: an id, an address, `key=value`, a tag in brackets, the name of a logger, a hyphen.
fn is_value(w: &[u8]) -> bool {
    let inner = w.len().checked_sub(1).map_or(w, |last| &w[..last]);
    w == b"-"
        || w.first() == Some(&b'[') && w.last() == Some(&b']')
        || w.iter().any(|c| c.is_ascii_digit() || *c == b'=')
        || inner.iter().skip(1).any(|c| *c == b'.') && inner.iter().all(u8::is_ascii_graphic)
}

/// A request stated in a message: `GET /cart 200 4ms`, `POST /pay -> 502 (1.2 s)`, `GET /x HTTP/1.1 200`, `"GET /x" 200 8.1ms`. In front
/// of it may stand a few values, if it says how long the answer took: `rid=5f0c 10.0.4.1 GET /cart 200 4ms`. Prose in front tells
/// what was asked of others.
pub fn stated_request(text: &[u8]) -> Option<Request<'_>> {
    let by_path = || request_at_start(text).or_else(|| behind_values(text));
    let by_path = names_a_path(text).then(by_path).flatten();
    by_path.or_else(|| in_pairs(text))
}

/// Whether a path stands behind a capital and a blank, as it does behind a method.
fn names_a_path(text: &[u8]) -> bool {
    memchr_iter(b'/', text)
        .any(|at| at > 2 && text[at - 1] == b' ' && text[at - 2].is_ascii_uppercase())
}

/// The request that a text states, in its own words, in those of a framework or in quotes.
pub(crate) fn any_request(text: &[u8]) -> Option<Request<'_>> {
    // a path, a pair or a quote: most texts have none
    let signed = memchr3(b'/', b'=', b'"', text).is_some();
    let stated = || stated_request(text);
    let quoted = || quoted_request(text).filter(|r| r.status > 0);
    let stated = signed.then(stated).flatten();
    stated
        .or_else(|| answered(text))
        .or_else(|| signed.then(quoted).flatten())
}

/// A request behind a few values.
fn behind_values(text: &[u8]) -> Option<Request<'_>> {
    let mut rest = text;
    for _ in 0..IN_FRONT {
        let (value, behind) = word(rest);
        if !is_value(value) {
            return None;
        }
        if let Some(r) = request_at_start(behind) {
            return (r.latency_us >= 0).then_some(r);
        }
        rest = behind;
    }
    None
}

/// A request that pairs state: `method=GET path=/cart status=200 dur_ms=4`, behind a few values or words which say that it was
/// answered. A call of another server names its host.
fn in_pairs(text: &[u8]) -> Option<Request<'_>> {
    if !(names_a_method(text) && gives_a_status(text)) {
        return None;
    }
    let mut rest = text;
    for _ in 0..IN_FRONT {
        let (w, behind) = word(rest);
        if memchr(b'=', w).is_some() {
            if let Some(r) = request_of_pairs(rest) {
                return Some(r);
            }
        } else if !is_value(w) && !is_of_answer(w) {
            return None;
        }
        rest = behind;
    }
    None
}

/// Whether a key in a text is that of a method: without one no pairs state a request.
fn names_a_method(text: &[u8]) -> bool {
    memchr_iter(b'=', text).any(|at| text[..at].ends_with(b"ethod"))
}

/// Whether the value of a pair is a status.
fn gives_a_status(text: &[u8]) -> bool {
    memchr_iter(b'=', text).any(|at| {
        let value = &text[at + 1..];
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let near = &value[..value.len().min(4)];
        let end = near.iter().position(|c| b" \t\"".contains(c));
        leaf::status(&near[..end.unwrap_or(near.len())]).is_some()
    })
}

/// Whether a word in front of pairs says that a request was answered: `request_finished`, `HTTP request handled`.
fn is_of_answer(w: &[u8]) -> bool {
    const WORDS: &[&[u8]] =
        &byte_words::<8>("request http access completed finished handled served processed");
    let mut parts = w.split(|c| !c.is_ascii_alphanumeric());
    w.iter().any(u8::is_ascii_alphabetic)
        && parts.all(|p| p.is_empty() || WORDS.iter().any(|k| p.eq_ignore_ascii_case(k)))
}

fn request_of_pairs(text: &[u8]) -> Option<Request<'_>> {
    let mut taken = Taken::default();
    pairs(text, |key, value, _| {
        taken.take(key, value);
    })?;
    let r = taken.request;
    let whole = taken.has_status && !r.method.is_empty() && r.path.first() == Some(&b'/');
    (whole && r.latency_us >= 0).then_some(Request { by_app: true, ..r })
}

/// The request with whose method a text begins: a path and a status follow, and perhaps a latency with its unit.
fn request_at_start(text: &[u8]) -> Option<Request<'_>> {
    let unquoted = text.strip_prefix(b"\"");
    let (method, rest) = method(unquoted.unwrap_or(text))?;
    if rest.first() != Some(&b'/') {
        return None;
    }
    let (path, mut rest) = word(rest);
    let path = match unquoted {
        Some(_) => path.strip_suffix(b"\"").unwrap_or(path),
        None => path,
    };
    for _ in 0..2 {
        let (w, after) = word(rest);
        if matches!(w, b"->" | b"=>" | b"-" | b":" | b"\xe2\x86\x92") || w.starts_with(b"HTTP/") {
            rest = after;
        }
    }
    let (w, mut tail) = word(rest);
    let w = w.strip_prefix(b"status=").unwrap_or(w);
    let code = status(w.strip_suffix(b",").unwrap_or(w))?;
    let mut latency_us = -1;
    for _ in 0..4 {
        let t = tail.strip_prefix(b"(").unwrap_or(tail);
        if let Some((us, _)) = duration(t) {
            latency_us = us;
            break;
        }
        tail = word(tail).1;
    }
    Some(Request {
        status: code,
        method,
        path,
        latency_us,
        by_app: true,
        ..Request::default()
    })
}

/// A quoted request line anywhere in a text: `… "GET / HTTP/1.1" 200 …`. The status is 0 where none follows the quote.
pub fn quoted_request(text: &[u8]) -> Option<Request<'_>> {
    for at in memchr_iter(b'"', text).take(8) {
        let Some((m, rest)) = method(&text[at + 1..]) else {
            continue;
        };
        let Some(end) = memchr(b'"', rest) else {
            continue;
        };
        let (path, proto) = word(&rest[..end]);
        if !proto.starts_with(b"HTTP/") {
            continue;
        }
        let behind = rest[end + 1..].trim_ascii_start();
        let behind = after_client(behind).unwrap_or(behind);
        // OpenStack: `status: 500 len: 1893 time: 0.2477829`
        let labelled = behind.strip_prefix(b"status: ");
        let (code, rest) = word(labelled.unwrap_or(behind));
        let took = labelled
            .and_then(|_| rest.rsplit(|c| *c == b' ').next())
            .and_then(|t| leaf::decimal_us(t, Unit::Second));
        return Some(Request {
            status: status(code).unwrap_or(0),
            method: m,
            path,
            latency_us: took.unwrap_or(-1),
            by_app: true,
            ..Request::default()
        });
    }
    None
}

/// chi's `from 10.0.0.9:51234 - 500 12B in 1ms` behind a request line: from the status on.
fn after_client(b: &[u8]) -> Option<&[u8]> {
    word(b.strip_prefix(b"from ")?).1.strip_prefix(b"- ")
}

/// Whether a text is the rest of a W3C access line: a word, then a method and a path, all without quotes.
pub(super) fn unquoted_access(text: &[u8]) -> bool {
    let (first, rest) = word(text);
    !first.is_empty()
        && leaf::is_address(first)
        && method(rest).is_some_and(|(_, p)| p.starts_with(b"/"))
}

/// The body of a message: a request where the text states one, else the message itself.
pub fn body<'a>(level: Level, text: &'a [u8]) -> Body<'a> {
    body_of(level, text, any_request(text))
}

/// The same of which the request is known already.
pub(crate) fn body_of<'a>(level: Level, text: &'a [u8], request: Option<Request<'a>>) -> Body<'a> {
    let message = Message::new(level, plain(text));
    match request {
        Some(r) => Body::Request(Request {
            message: Some(message),
            ..r
        }),
        None => Body::Message(message),
    }
}

/// Length of a terminal colour sequence (CSI) at the start of `b`, 0 when there is none.
pub(crate) fn colour(b: &[u8]) -> usize {
    if b.len() < 3 || b[0] != 0x1b || b[1] != b'[' {
        return 0;
    }
    let n = b[2..]
        .iter()
        .take(24)
        .take_while(|c| (0x20..0x40).contains(*c))
        .count();
    match b.get(2 + n) {
        Some(0x40..=0x7e) => n + 3,
        _ => 0,
    }
}

/// The text without terminal colours; borrowed where it has none.
pub fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr(0x1b, text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match colour(&text[i..]) {
            0 => {
                out.push(text[i]);
                i += 1;
            }
            n => i += n,
        }
    }
    Cow::Owned(out)
}

/// First parts of loggers that name a library, a domain or nothing, and no service.
const NO_SERVICE: &[&[u8]] = &byte_words::<49>(
    "root main __main__ default com org net io de co dev java javax jakarta sun http https gunicorn uvicorn hypercorn \
    werkzeug flask django celery kombu sqlalchemy alembic urllib3 requests asyncio aiohttp tornado botocore boto3 \
    kafka agent inputs outputs app src logger api client handler middleware router server service worker",
);

/// The service that a logger names: its root (`orders.web` → `orders`), unless that is a library or a domain. A class, with its path
/// or without, names none: its root is whose code it is, not what runs.
pub fn service_of_logger(logger: &[u8]) -> Option<&[u8]> {
    let (path, last) = match memchr::memrchr(b'.', logger) {
        Some(at) => (&logger[..at], &logger[at + 1..]),
        None => (&b""[..], logger),
    };
    let class = last.first().is_some_and(u8::is_ascii_uppercase)
        && (!path.is_empty() || last.iter().any(u8::is_ascii_lowercase));
    // a domain in reverse begins with its country: `fi.example.stock`
    let country = path.len() > 2 && path[2] == b'.';
    if class || country {
        return None;
    }
    let root = logger
        .split(|c| matches!(c, b'.' | b'/' | b':'))
        .next()
        .unwrap_or(logger);
    let good = root.len() > 1
        && root[0].is_ascii_alphabetic()
        && root
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
        && !NO_SERVICE.contains(&root);
    good.then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn requests_and_services_in_messages() {
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let shown = |r: Option<Request<'_>>| {
            or_dash(r.map(|r| {
                let (method, path) = (text(r.method), text(r.path));
                format!("{} {method} {path} {}", r.status, r.latency_us)
            }))
        };
        holds("request in a message", |t| {
            shown(stated_request(t.as_bytes()))
        });
        holds("quoted request line", |t| {
            shown(quoted_request(t.as_bytes()))
        });
        holds("service of a logger", |t| {
            or_dash(service_of_logger(t.as_bytes()).map(text))
        });
    }

    #[test]
    fn colours_are_taken_out() {
        let coloured = b"\x1b[36;1m./deploy.sh\x1b[0m now";
        assert_eq!(&*plain(coloured), b"./deploy.sh now");
        assert_eq!(&*plain(b"a\x1b"), b"a\x1b");
    }
}
