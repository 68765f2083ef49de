//! HAProxy: the HTTP and TCP lines and the events that it sends to syslog, and what it prints on its own. The envelope is not
//! read here: [`parse`] takes what stands behind it. The bracketed time is when the request came in and shows no zone.

pub(in crate::format) use super::haproxy_events::is_event;
use super::haproxy_events::{event, printed};
use crate::format::leaf::{
    self, Grammar, Leaf, Parser, Unit, alt, before_near, blank, halves, number, opt, preceded,
    rest, tag, take_till, verify, word,
};
use crate::record::{At, Body, Kind, Level, Record, Request};
use crate::time::stamp::{clf, iso};
use crate::time::{Precision, Stamp};
use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;

/// Reads a line of HAProxy, without the syslog head that it mostly stands behind.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    match line.first()? {
        b'S' | b'P' => event(line),
        b'b' => event(line).or_else(|| session(line)),
        b'0'..=b'9' | b'a'..=b'f' | b':' | b'u' => session(line),
        b'[' => printed(line),
        _ => None,
    }
}

/// `client [accept] frontend backend/server timers …`.
fn session(line: &[u8]) -> Option<Record<'_>> {
    let time = |i| accepted(i).ok_or(nom::Err::Error(()));
    let client = before_near(b' ', 64).map_opt(without_number);
    let (rest, (client, stamp)) = (client, preceded(tag("["), time)).parse(line).ok()?;
    let (_, mut record) = alt((refused, http, |i| tcp(i, rest))).parse(rest).ok()?;
    record.stamp = Some(stamp);
    if let Body::Request(r) = &mut record.body {
        r.client = client;
    }
    Some(record)
}

/// A client without its port, or without the number of its connection over a socket (`unix:1`).
fn without_number(b: &[u8]) -> Option<&[u8]> {
    let colon = memrchr(b':', b)?;
    leaf::uint(&b[colon + 1..]).map(|_| &b[..colon])
}

/// `frontend/listener: SSL handshake failure`: a connection that came to nothing.
fn refused(i: &[u8]) -> Leaf<'_, Record<'_>> {
    let place = verify(halves(b'/'), |(_, listener): &(&[u8], &[u8])| {
        listener.ends_with(b":")
    });
    (place, blank(rest))
        .map(|((frontend, _), text)| {
            let r = Record::said(None, Level::Warn, text).of_service(Some(frontend));
            r.in_scope(Kind::Web)
        })
        .parse(i)
}

/// The time of the accept and what follows `] `; also with an offset, or as ISO, where a format of one's own writes it.
pub(crate) fn accepted(b: &[u8]) -> Option<(&[u8], Stamp)> {
    let close = memchr(b']', &b[..b.len().min(40)])?;
    let inner = &b[..close];
    let rest = b[close..].strip_prefix(b"] ")?;
    if let Ok((left, stamp)) = clf(inner) {
        return left.is_empty().then_some((rest, stamp));
    }
    // `20/Nov/2026:06:33:18.536`: the common log's date without its offset
    let mut written = *b"dd/Mmm/yyyy:hh:mm:ss +0000";
    written[..20].copy_from_slice(inner.get(..20)?);
    let (_, stamp) = clf(&written).ok().or_else(|| iso(inner).ok())?;
    let fraction = inner.get(21..).unwrap_or_default();
    let us = match inner.get(20) {
        None => 0,
        Some(b'.') if fraction.len() <= 6 => {
            let scale = 10i64.pow(6 - fraction.len() as u32);
            i64::try_from(leaf::uint(fraction)?).ok()? * scale
        }
        Some(_) => return None,
    };
    let stamp = Stamp {
        wall_us: stamp.wall_us + us,
        offset_min: None,
        precision: match fraction.len() {
            0 => stamp.precision,
            1..=3 => Precision::Milli,
            _ => Precision::Micro,
        },
        ..stamp
    };
    Some((rest, stamp))
}

/// `frontend backend/server timers status bytes CC CS tsc counters queues {captures} {captures} "request"`.
fn http(i: &[u8]) -> Leaf<'_, Record<'_>> {
    let status = word.map_opt(|s| if s == b"-1" { Some(0) } else { leaf::status(s) });
    let ended = verify(word, |w: &[u8]| w.len() == 4);
    (
        (field, blank(halves(b'/')), blank(timers(5))),
        (blank(status), blank(plus_number)),
        (blank(field), blank(field), blank(ended)),
        rest,
    )
        .map(
            |((_, (backend, server), total), (status, bytes), _, tail)| {
                let quote = memchr(b'"', tail).unwrap_or(tail.len());
                // what is cut off at the length that syslog allows has no closing quote
                let asked = tail.get(quote + 1..).unwrap_or_default();
                let (method, path) = leaf::request_line(asked.strip_suffix(b"\"").unwrap_or(asked));
                let request = Request {
                    status,
                    method,
                    path,
                    bytes,
                    agent: captured_agent(&tail[..quote]).unwrap_or_default(),
                    latency_us: leaf::decimal_us(total, Unit::Milli).unwrap_or(-1),
                    upstream: if server.starts_with(b"<") {
                        b""
                    } else {
                        server
                    },
                    ..Request::default()
                };
                Record {
                    stamped: At::Start,
                    service: Some(Cow::Borrowed(backend)),
                    version: captured_version(&tail[..quote]).map(Cow::Borrowed),
                    ..Record::new(None, Body::Request(request))
                }
            },
        )
        .parse(i)
}

/// Up to the next blank; it may be empty.
fn field(i: &[u8]) -> Leaf<'_, &[u8]> {
    take_till(|c| c == b' ').parse(i)
}

/// So many timers with slashes between: the last of them, which is the total.
fn timers<'a>(count: usize) -> impl Grammar<'a, &'a [u8]> {
    word.map_opt(move |w: &'a [u8]| {
        let mut slashes = memchr_iter(b'/', w);
        let last = slashes.nth(count.checked_sub(2)?)?;
        let total = &w[last + 1..];
        slashes
            .next()
            .is_none()
            .then(|| total.strip_prefix(b"+").unwrap_or(total))
    })
}

/// A number, with a plus in front where the connection went on.
fn plus_number(i: &[u8]) -> Leaf<'_, u64> {
    preceded(opt(tag("+")), number).parse(i)
}

/// A version among the captured headers (`{shop.example.com|curl/8} {4.1.0}`): the last group first, since answers come last.
pub(crate) fn captured_version(b: &[u8]) -> Option<&[u8]> {
    let end = memrchr(b'}', b)?;
    let start = memrchr(b'{', &b[..end])?;
    b[start + 1..end]
        .split(|&c| c == b'|')
        .find(|v| is_version(v))
}

/// The program that asks among the captured headers of the request, the first group: `{shop.example.com|curl/8.5.0}`.
pub(crate) fn captured_agent(b: &[u8]) -> Option<&[u8]> {
    let start = memchr(b'{', b)? + 1;
    let end = start + memchr(b'}', &b[start..])?;
    b[start..end].split(|&c| c == b'|').find(|v| is_agent(v))
}

/// A name, a slash and a number: `okhttp/4.12.0`, `Mozilla/5.0 (…`.
fn is_agent(v: &[u8]) -> bool {
    let Some((name, version)) = split_once(v, b'/') else {
        return false;
    };
    let plain = |c: &u8| c.is_ascii_alphanumeric() || b"-_.".contains(c);
    name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(plain)
        && version.first().is_some_and(u8::is_ascii_digit)
}

/// `4.2.0`, `v4.2`, `4.2.0-rc1`: two or three numbers, not four as in an address.
fn is_version(v: &[u8]) -> bool {
    let digits = v.strip_prefix(b"v").unwrap_or(v);
    let core = digits
        .iter()
        .position(|c| !(c.is_ascii_digit() || *c == b'.'))
        .unwrap_or(digits.len());
    let parts = digits[..core].split(|&c| c == b'.');
    let numbers = parts.clone().count();
    let named = digits.len() < v.len();
    let tail = &digits[core..];
    parts.clone().all(|p| !p.is_empty() && p.len() < 6)
        && (numbers == 3 || (named && numbers == 2))
        && (tail.is_empty() || matches!(tail[0], b'-' | b'+'))
        && tail.len() < 24
        && tail.iter().all(u8::is_ascii_graphic)
}

/// `frontend backend/server timers bytes state …`: a session of plain TCP. It has no status; how it ended is its message.
fn tcp<'a>(i: &'a [u8], text: &'a [u8]) -> Leaf<'a, Record<'a>> {
    let target = (field, blank(halves(b'/')), blank(timers(3)));
    (
        target,
        blank(plus_number),
        blank(word.map_opt(end_of_session)),
    )
        .map(|((_, (backend, _), _), _, level)| Record {
            stamped: At::Start,
            ..Record::said(None, level, text).of_service(Some(backend))
        })
        .parse(i)
}

fn end_of_session(state: &[u8]) -> Option<Level> {
    match state {
        b"--" => Some(Level::Debug),
        // not connected, or the server broke off
        [_, b'C' | b'Q'] | [b'S' | b'P' | b'R', _] => Some(Level::Error),
        [b'a'..=b'z' | b'A'..=b'Z', _] => Some(Level::Info),
        _ => None,
    }
}

pub(super) fn split_once(b: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let n = memchr(byte, b)?;
    Some((&b[..n], &b[n + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_known_among_captured_headers_by_its_form() {
        for [captured, want] in crate::tests::tried("captured agent") {
            let agent = captured_agent(captured.as_bytes()).unwrap_or(b"-");
            assert_eq!(String::from_utf8_lossy(agent), want, "{captured}");
        }
    }
}
