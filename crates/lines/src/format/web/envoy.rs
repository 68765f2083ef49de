//! Envoy's default access log, and Istio's: `[START] "METHOD PATH PROTOCOL" code flags … "forwarded" "agent" "id" "authority" "upstream"`.
//! The flags say why an answer failed. Code 0 means that none was sent.

use crate::format::leaf::{
    self, Parser, Unit, alt, blank, bracketed, number, opt, preceded, quoted, status_word,
    unless_dash, word,
};
use crate::record::{At, Body, Level, Message, Record, Request};
use crate::table::byte_phrases;
use crate::time::stamp::iso;
use memchr::memchr;
use std::borrow::Cow;

/// What the flags that report a fault mean, in the words of Envoy's documentation.
const FLAGS: [&[u8]; 17] = byte_phrases(
    "UH: no healthy upstream hosts|UF: upstream connection failure|UO: upstream overflow (circuit breaking)|\
    NR: no route configured|NC: upstream cluster not found|UT: upstream request timeout|UR: upstream remote reset|\
    UC: upstream connection termination|LR: connection local reset|LH: local service failed health check|\
    UMSDR: upstream request reached max stream duration|URX: upstream retry limit exceeded|RL: rate limited|\
    SI: stream idle timeout|OM: overload manager terminated the request|DPE: downstream protocol error|\
    UPE: upstream protocol error",
);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    line.get(11).filter(|c| **c == b'T')?;
    // Istio has details, a termination and a quoted reason before the sizes
    let istio = (blank(word), blank(word), blank(quoted));
    let received = alt((blank(number), preceded(istio, blank(number))));
    let (
        _,
        (
            (stamp, request),
            (status, flags),
            (_, sent),
            (took, _),
            ids,
            (authority, upstream),
            cluster,
        ),
    ) = (
        (bracketed(iso), blank(quoted)),
        (blank(status_word), blank(word)),
        (received, blank(number)),
        (blank(word), blank(word)),
        (blank(quoted), blank(quoted), blank(quoted)),
        (blank(quoted), blank(quoted)),
        opt(blank(word)),
    )
        .parse(line)
        .ok()?;
    let (_forwarded, agent, id) = ids;
    let (method, path) = leaf::request_line(request);
    let r = Request {
        status,
        method,
        path,
        bytes: sent,
        latency_us: leaf::decimal_us(took, Unit::Milli).unwrap_or(-1),
        agent: unless_dash(agent),
        upstream: unless_dash(upstream),
        id: unless_dash(id),
        message: (flags != b"-").then(|| Message::new(level(status), said(flags))),
        ..Request::default()
    };
    let version = cluster.and_then(cluster_subset);
    let cluster = cluster.and_then(cluster_service);
    let service = cluster.or(Some(leaf::without_port(unless_dash(authority))));
    Some(Record {
        stamped: At::Start,
        service: service.filter(|s| !s.is_empty()).map(Cow::Borrowed),
        version: version.map(Cow::Borrowed),
        ..Record::new(Some(stamp), Body::Request(r))
    })
}

/// How bad the flags of an answer are.
pub(super) fn level(status: u16) -> Level {
    if status >= 500 {
        Level::Error
    } else {
        Level::Info
    }
}

/// The first flag in words; as written where it is none of those.
pub(super) fn said(flags: &[u8]) -> &[u8] {
    let first = &flags[..memchr(b',', flags).unwrap_or(flags.len())];
    let is = |f: &&&[u8]| f.strip_prefix(first).is_some_and(|f| f.starts_with(b": "));
    FLAGS.iter().find(is).unwrap_or(&flags)
}

/// The service of an Istio cluster (`outbound|9080|v2|reviews.default.svc.cluster.local` → `reviews`).
pub(super) fn cluster_service(b: &[u8]) -> Option<&[u8]> {
    let name = b.rsplit(|&c| c == b'|').next()?;
    (name.len() < b.len())
        .then(|| name.split(|&c| c == b'.').next())?
        .filter(|n| !n.is_empty())
}

/// The subset of an Istio cluster, by which a service's versions are distinguished (`outbound|9080|v2|reviews.…` → `v2`).
pub(super) fn cluster_subset(b: &[u8]) -> Option<&[u8]> {
    b.split(|&c| c == b'|').nth(2).filter(|s| !s.is_empty())
}
