//! The common log format and its closed relatives: common, combined, with a virtual host in front, with a forwarding list.
//! The fast path of the product: one memchr per quoted field, nothing else is scanned. Open tails live in `clf/tail`.

pub mod tail;

use crate::format::leaf::{self, Leaf, find_short, quoted};
use crate::record::{Body, Record, Request};
use crate::time::stamp::{clf, iso, numeric};
use crate::time::{Dated, Stamp};
use memchr::memchr;
use std::borrow::Cow;

/// What every line of the family begins with: `[vhost ]addr ident user [time] "request" status bytes`.
pub(in crate::format) struct Prefix<'a> {
    /// Virtual host or service in front of the address, without port.
    pub(super) service: Option<&'a [u8]>,
    /// When.
    pub(super) stamp: Stamp,
    /// Client address.
    pub(super) client: &'a [u8],
    /// What stands between the quotes of the request.
    pub(super) line: &'a [u8],
    /// Final status.
    pub(super) status: u16,
    /// Bytes sent.
    pub(super) bytes: u64,
    /// What follows the bytes: empty, or begins with a blank.
    pub(super) rest: &'a [u8],
}

impl<'a> Prefix<'a> {
    /// The request with what the prefix shows.
    #[inline(always)]
    pub(super) fn request(&self) -> Request<'a> {
        let (method, path) = leaf::request_line(self.line);
        Request {
            status: self.status,
            method,
            path,
            bytes: self.bytes,
            latency_us: -1,
            client: self.client,
            ..Request::default()
        }
    }

    /// The record of the request, stamped at its end.
    #[inline(always)]
    pub(super) fn record(&self, request: Request<'a>) -> Record<'a> {
        Record {
            service: self.service.map(Cow::Borrowed),
            ..Record::new(Some(self.stamp), Body::Request(request))
        }
    }
}

/// Reads the prefix. The time may also be ISO 8601 with an offset, as Apache writes it on request.
#[inline(always)]
pub(in crate::format) fn prefix(line: &[u8]) -> Option<Prefix<'_>> {
    // no client is an object
    line.first().filter(|c| **c != b'{')?;
    let (service, client, after, stamp) = match plain_head(line) {
        Some((client, after, stamp)) => (None, client, after, stamp),
        None => any_head(line)?,
    };
    let (after, request) = quoted(after).ok()?;
    let (rest, (status, bytes)) = status_and_bytes(after).ok()?;
    Some(Prefix {
        service,
        stamp,
        client,
        line: request,
        status,
        bytes,
        rest,
    })
}

/// Whether a line begins with what [`prefix`] reads.
pub(in crate::format) fn is_access(line: &[u8]) -> bool {
    prefix(line).is_some()
}

/// Whether a line begins as most access lines do, be its time closed and right or not: an address, ` - - [`, what may be a
/// time, and a quote behind it.
pub(in crate::format) fn begins_as_access(line: &[u8]) -> bool {
    /// The longest time with a blank or two in it.
    const TIME: usize = 48;
    let begins = || {
        let n = memchr(b' ', &line[..line.len().min(46)])?;
        let inner = line[n..].strip_prefix(b" - - [")?;
        let quote = memchr(b'"', &inner[..inner.len().min(TIME)])?;
        let time = inner[..quote].strip_suffix(b" ")?;
        let time = time.strip_suffix(b"]").unwrap_or(time);
        let open = time.iter().any(|c| matches!(c, b'[' | b']'));
        Some(time.first()?.is_ascii_digit() && !open && leaf::is_address(&line[..n]))
    };
    begins().unwrap_or(false)
}

/// `addr - - [time] `, what nearly all lines begin with: client, rest, time.
#[inline(always)]
fn plain_head(line: &[u8]) -> Option<(&[u8], &[u8], Stamp)> {
    let n = find_short(line, 0, b' ')?;
    let after = line[n..].strip_prefix(b" - - [")?;
    let (after, stamp) = clf(after).ok()?;
    (n > 0).then_some((&line[..n], after.strip_prefix(b"] ")?, stamp))
}

/// Service, client, rest, time.
type ClfHead<'a> = (Option<&'a [u8]>, &'a [u8], &'a [u8], Stamp);

/// Any head: service, client, rest, time.
#[cold]
fn any_head(line: &[u8]) -> Option<ClfHead<'_>> {
    let mut at = 0;
    loop {
        let open = at + memchr(b'[', &line[at..])?;
        // A `[` in a user name is not the one; each is looked at once.
        if let Ok((after, stamp)) = bracketed_time(&line[open + 1..]) {
            let front = &line[..open];
            let (service, client) = who(front.strip_suffix(b"[").unwrap_or(front))?;
            return Some((service, client, after, stamp));
        }
        at = open + 1;
    }
}

/// The time, the closing bracket and the blank before the request.
#[inline]
fn bracketed_time(i: &[u8]) -> Leaf<'_, Stamp> {
    let (rest, stamp) = match clf(i) {
        Ok(x) => x,
        Err(e) => iso(i)
            .ok()
            .filter(|(_, s)| s.offset_min.is_some())
            .or_else(|| in_numbers(i))
            .ok_or(e)?,
    };
    // a format that puts brackets around `%t`, which has its own
    let closed = rest.strip_prefix(b"]").unwrap_or_default();
    let closed = closed.strip_prefix(b"]").unwrap_or(closed);
    match closed.strip_prefix(b" ") {
        Some(rest) => Ok((rest, stamp)),
        None => Err(nom::Err::Error(())),
    }
}

/// `10/03/2026:13:05:00 +0100`, as Proxmox writes it: the day first, the offset required.
#[cold]
fn in_numbers(i: &[u8]) -> Option<(&[u8], Stamp)> {
    let (rest, s) = numeric(i).ok()?;
    let shaped = matches!(i, [_, _, b'/', _, _, b'/', _, _, _, _, b':', ..]);
    let a_day = matches!(s.dated, Dated::Full | Dated::Either | Dated::DayFirst);
    let dated = Dated::Full;
    (shaped && a_day && s.offset_min.is_some()).then_some((rest, Stamp { dated, ..s }))
}

/// ` status bytes`, with `-` for no bytes.
#[inline(always)]
fn status_and_bytes(i: &[u8]) -> Leaf<'_, (u16, u64)> {
    let miss = Err(nom::Err::Error(()));
    let Some(i) = i.strip_prefix(b" ") else {
        return miss;
    };
    let cut = if i.get(3) == Some(&b' ') && i[0] != b'-' {
        3
    } else {
        match memchr(b' ', i) {
            Some(n) => n,
            None => return miss,
        }
    };
    let Some(status) = leaf::status(&i[..cut]) else {
        return miss;
    };
    let i = &i[cut + 1..];
    if let Some((bytes, n)) = leaf::short_uint(i) {
        return Ok((&i[n..], (status, bytes)));
    }
    let mut n = 0;
    let mut bytes = 0u64;
    while let Some(d) = i.get(n).map(|c| c.wrapping_sub(b'0')).filter(|d| *d <= 9) {
        bytes = bytes.wrapping_mul(10).wrapping_add(u64::from(d));
        n += 1;
    }
    if n > 19 {
        return miss;
    }
    if n == 0 {
        n = usize::from(i.first() == Some(&b'-'));
    }
    match i.get(n) {
        _ if n == 0 => miss,
        None | Some(b' ') => Ok((&i[n..], (status, bytes))),
        Some(_) => miss,
    }
}

/// What stands before the time: service and client. A head that begins otherwise (a syslog stamp, a container name) is none.
#[inline]
fn who(head: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let mut parts = head.strip_suffix(b" ")?.split(|&c| c == b' ');
    let (a, b, c, d) = (parts.next()?, parts.next(), parts.next(), parts.next());
    match (b, c) {
        // a line whose client was cut off
        _ if a.is_empty() => (b == Some(b"-") && c.is_none()).then_some((None, b"-")),
        (None, _) => leaf::is_address(a).then_some((None, a)),
        (Some(b"-"), _) => Some((None, a)),
        (Some(b), _) if is_host(a) && leaf::is_address(b) => Some((Some(leaf::without_port(a)), b)),
        (Some(b), Some(b"-")) if is_host(a) && d.is_some() => {
            Some((Some(leaf::without_port(a)), b))
        }
        _ => leaf::is_address(leaf::without_port(a)).then_some((None, leaf::without_port(a))),
    }
}

/// Characters of a host name with port.
fn is_host(b: &[u8]) -> bool {
    b.iter()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':'))
}

/// ` "referer" "user agent"`: the user agent.
#[inline(always)]
pub(super) fn referer_agent(rest: &[u8]) -> Leaf<'_, &[u8]> {
    let miss = Err(nom::Err::Error(()));
    // No referer is the most frequent one.
    if let Some(agent) = rest.strip_prefix(b" \"-\" ") {
        return quoted(agent);
    }
    let Some(rest) = rest.strip_prefix(b" ") else {
        return miss;
    };
    let (rest, _) = quoted(rest)?;
    let Some(rest) = rest.strip_prefix(b" ") else {
        return miss;
    };
    quoted(rest)
}

/// Reads a line with so many quoted fields after the bytes and nothing behind them, the virtual host in front or not.
pub fn closed(line: &[u8], vhost: bool, fields: u8) -> Option<Record<'_>> {
    let p = prefix(line)?;
    if p.service.is_some() != vhost {
        return None;
    }
    let (mut rest, mut request) = (p.rest, p.request());
    if fields >= 2 {
        (rest, request.agent) = referer_agent(rest).ok()?;
    }
    if fields == 3 {
        let (end, forwarded) = quoted(rest.strip_prefix(b" ")?).ok()?;
        if forwarded != b"-"
            && !leaf::list(forwarded).all(|a| leaf::is_address(leaf::without_port(a)))
        {
            return None;
        }
        rest = end;
    }
    rest.is_empty().then(|| p.record(request))
}
