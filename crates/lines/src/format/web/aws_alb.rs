//! AWS Application Load Balancer: `type time elb client:port target:port times statuses …`, blank-separated with quoted fields.
//! New fields are appended by AWS, so the tail is read loosely. The time is that of the answer; a target that never answered is `-`.

use crate::format::leaf::{
    self, Parser, Unit, blank, find, opt, quoted, status_word, unless_dash, verify, word,
};
use crate::record::{Body, Record, Request};
use crate::time::stamp::iso;
use memchr::memchr;
use std::borrow::Cow;

/// What stands first.
pub(crate) const TYPES: [&[u8]; 7] = [b"http", b"https", b"h2", b"ws", b"wss", b"grpcs", b"grpc"];

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let kind = verify(word, |w: &[u8]| TYPES.contains(&w));
    let head = (kind, blank(iso), blank(word), blank(word), blank(word));
    let (rest, ((_, stamp, _elb, client, target), times, statuses, sizes, (request, agent))) = (
        head,
        (blank(word), blank(word), blank(word)),
        (blank(status_word), blank(word)),
        (blank(word), blank(word)),
        (blank(quoted), blank(quoted)),
    )
        .parse(line)
        .ok()?;
    // cipher and protocol, then the group of targets: `arn:…:targetgroup/NAME/id`
    let mut tail = (
        blank(word),
        blank(word),
        blank(word),
        opt((blank(quoted), opt(blank(quoted)))),
    );
    let (group, names) = match tail.parse(rest) {
        Ok((_, (_, _, group, names))) => (Some(group), names),
        Err(_) => (None, None),
    };
    let (trace, domain) = names.unwrap_or_default();
    let ((status, target_status), (_received, sent)) = (statuses, sizes);
    let domain = domain.unwrap_or_default();
    let (method, url) = leaf::request_line(request);
    let r = Request {
        status,
        method,
        path: path_of(url),
        bytes: leaf::uint(sent).unwrap_or(0),
        latency_us: total(&[times.0, times.1, times.2]),
        client: leaf::without_port(client),
        agent,
        upstream: unless_dash(target),
        upstream_status: unless_dash(target_status),
        id: unless_dash(trace),
        ..Request::default()
    };
    let service = group
        .and_then(group_name)
        .or((domain.len() > 1).then_some(domain));
    Some(Record {
        service: service.map(Cow::Borrowed),
        ..Record::new(Some(stamp), Body::Request(r))
    })
}

/// The sum of the phases, where all were reached; `-1` stands for one that was not.
pub(crate) fn total(times: &[&[u8]; 3]) -> i64 {
    let us = |t: &&[u8]| leaf::decimal_us(t, Unit::Second);
    times.iter().map(us).sum::<Option<i64>>().unwrap_or(-1)
}

/// The path of a URL (`https://host:443/cart` → `/cart`); as written where it is none.
#[inline(always)]
pub(crate) fn path_of(url: &[u8]) -> &[u8] {
    // most have none: a colon among the first twelve bytes, eight of which are looked at at a time
    if let (Some(a), Some(b)) = (
        url.first_chunk::<8>(),
        url.get(4..).and_then(|u| u.first_chunk()),
    ) && !has_colon(a)
        && !has_colon(b)
    {
        return url;
    }
    path_of_any(url)
}

#[inline(always)]
fn has_colon(b: &[u8; 8]) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let x = u64::from_le_bytes(*b) ^ (ONES * u64::from(b':'));
    x.wrapping_sub(ONES) & !x & (ONES << 7) != 0
}

#[inline(never)]
fn path_of_any(url: &[u8]) -> &[u8] {
    let Some(at) = find(&url[..url.len().min(12)], b"://") else {
        return url;
    };
    let host = &url[at + 3..];
    memchr(b'/', host).map_or(b"/", |n| &host[n..])
}

/// The name in the identifier of a group of targets.
pub(crate) fn group_name(arn: &[u8]) -> Option<&[u8]> {
    let at = find(arn, b":targetgroup/")? + b":targetgroup/".len();
    arn[at..]
        .split(|&c| c == b'/')
        .next()
        .filter(|n| !n.is_empty())
}
