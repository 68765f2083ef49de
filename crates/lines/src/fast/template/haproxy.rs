//! HAProxy's HTTP lines as nearly all of them are: an IPv4 client, a time without an offset, two quotes around the request.
//! Their words are found by the blanks in front of the request and checked where they stand. What is otherwise goes the general
//! way, in `haproxy`, which gives the same for those that are not.

use crate::fast::blanks::blanks;
use crate::fast::brief::{Brief, PathSpan};
use crate::fast::literal::TimeMemo;
use crate::fast::template::name_ids::{NameBytes, Numbered};
use crate::fast::template::{LineTemplate, Memo, Take};
use crate::fast::value::Near;
use crate::format::leaf::{self, Unit};
use crate::format::web::haproxy::{accepted, captured_agent, captured_version, parse};
use crate::record::{At, Body, Request};
use crate::time::Stamp;
use crate::vector::{ByteWindow, WINDOW};

/// Bytes of ` [20/Nov/2026:06:33:18.536]`.
const ACCEPTED: usize = 27;
/// Bytes in front of the request that are remembered with the version in them.
const CAPTURED: usize = 16;

/// What is remembered from line to line.
#[derive(Clone, Debug, Default)]
pub struct Last {
    /// The last time; its fraction begins behind `20/Nov/2026:06:33:18.`.
    time: TimeMemo<21>,
    /// What stood in front of the last request, and where in it the version.
    captured: ([u8; CAPTURED], Option<(usize, usize)>),
    /// Numbers of names, by the bytes that show them.
    numbered: Numbered<NAME_WORDS>,
}

/// Words of bytes that show the names of a line: those of backend and server, and what stands in front of the request. All names
/// depend on them if the version stands in the last of these bytes or nowhere.
const NAME_WORDS: usize = 6;

/// These words for backend and server, which are less than 32 bytes, and a sum of them.
#[inline(always)]
fn name_bytes(target: &Near<'_>, tail: &[u8; CAPTURED]) -> Option<(u64, NameBytes<NAME_WORDS>)> {
    let [a, b, c, d] = target.words()?;
    let [e, f] = *tail.as_chunks::<8>().0 else {
        return None;
    };
    let (e, f) = (u64::from_le_bytes(e), u64::from_le_bytes(f));
    let sum = target.sum() ^ e.rotate_left(45) ^ f.rotate_left(53);
    Some((sum, ([a, b, c, d, e, f], target.value.len())))
}

/// What a line shows of those like it, if these are worth trying.
pub(in crate::fast) fn learn(line: &[u8]) -> Option<LineTemplate> {
    let usual = matches!(parse(line)?.body, Body::Request(_))
        && line.first().is_some_and(u8::is_ascii_digit)
        && memchr::memchr_iter(b'"', line).count() == 2;
    usual.then_some(LineTemplate::Haproxy)
}

/// Reads a line as [`crate::fast::template::LineTemplate::read`] does.
#[inline(always)]
pub(in crate::fast) fn read<'a>(
    after: &'a [u8],
    len: usize,
    (marks, base): (&[u32], usize),
    memo: &mut Memo,
    take: impl Take<'a>,
) -> Option<()> {
    let last = &mut memo.haproxy;
    let [open, close, _] = *marks else {
        return None;
    };
    let at = |mark: u32| (mark as usize).wrapping_sub(base);
    let (open, close) = (at(open), at(close));
    let b: [usize; 10] = blanks(after)?;
    if close + 1 != len
        || after.get(open) != Some(&b'"')
        || after.get(close) != Some(&b'"')
        || b[9] >= open
        || b[0] >= 64
        || b[1] - b[0] != ACCEPTED
        || !after[0].is_ascii_digit()
        || after[b[0] + 1] != b'['
        || after[b[1] - 1] != b']'
        // what ends so is a frontend that refused a connection
        || after[b[2] - 1] == b':'
        || b[5] - b[4] != 4
        || b[9] - b[8] != 5
    {
        return None;
    }
    let stamp = last.time.time_by(after, b[0] + 2, b[1] - 1, time)?;
    let colon = b[0] - 1 - port(after.get(..b[0])?.last_chunk()?)?;
    let target = &after[b[2] + 1..b[3]];
    let slash = slashes(after, b[2] + 1, b[3])?.trailing_zeros() as usize;
    let (backend, server) = (target.get(..slash)?, target.get(slash + 1..)?);
    let timers = slashes(after, b[3] + 1, b[4])?;
    if timers.count_ones() != 4 {
        return None;
    }
    let total = b[3] + 1 + WINDOW - timers.leading_zeros() as usize;
    let request = &after[open + 1..close];
    let (method, path) = leaf::request_line(request);
    let r = Request {
        status: leaf::status(&after[b[4] + 1..b[5]])?,
        method,
        path,
        bytes: number(after, b[5] + 1, b[6])?,
        latency_us: match number(after, total, b[4]) {
            Some(ms) => i64::try_from(ms).ok()?.checked_mul(1000)?,
            None => {
                let total = &after[total..b[4]];
                let total = total.strip_prefix(b"+").unwrap_or(total);
                leaf::decimal_us(total, Unit::Milli).unwrap_or(-1)
            }
        },
        client: &after[..colon],
        agent: captured_agent(&after[b[9]..open]).unwrap_or_default(),
        upstream: match server.first() {
            Some(b'<') => b"",
            _ => server,
        },
        ..Request::default()
    };
    let before = &after[b[4] + 1..open];
    let version = version(&mut last.captured, before);
    let names = match before.last_chunk() {
        // a version that stands further in front depends on other bytes
        Some(tail) if *tail == last.captured.0 => {
            let (sum, names) = name_bytes(&Near::new(after, b[2] + 1, b[3])?, tail)?;
            // who has a list of servers tried more than one
            let is_one = || memchr::memchr(b',', target).is_none();
            last.numbered.of(sum, names, &mut memo.numbers, is_one)
        }
        _ => 0,
    };
    take.brief(&Brief {
        stamp,
        stamped: At::Start,
        host: None,
        service: Some(backend),
        scope: None,
        version,
        names,
        request: Some(&r),
        path_at: PathSpan::Line(after, open + 1, close),
        said: None,
    });
    Some(())
}

/// How many digits, five at most, stand behind the last colon of eight bytes; `None` where there is none or anything else.
#[inline(always)]
fn port(last: &[u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const LOW: u64 = ONES * 0x7F;
    let x = u64::from_le_bytes(*last) ^ (ONES * u64::from(b':'));
    // the high bit of each byte that is a colon, exactly
    let colons = !(((x & LOW) + LOW) | x | LOW);
    let n = colons.leading_zeros() as usize / 8;
    ((1..=5).contains(&n) && leaf::short_digits(last, n)).then_some(n)
}

/// A bit for each slash in a word, by its place in it; `None` for a word longer than a window.
#[inline(always)]
fn slashes(after: &[u8], from: usize, to: usize) -> Option<u32> {
    let w = after.get(from..)?.first_chunk()?;
    let n = to.checked_sub(from).filter(|n| *n < WINDOW)?;
    Some(ByteWindow(w).equal(b'/') & ((1 << n) - 1))
}

/// The number that a word is; `None` also for one of more than seven digits.
#[inline(always)]
fn number(after: &[u8], from: usize, to: usize) -> Option<u64> {
    let (n, len) = leaf::short_uint(after.get(from..)?)?;
    (from + len == to).then_some(n)
}

/// What the general way says of the time between brackets.
fn time(inner: &[u8]) -> Option<Stamp> {
    let closed = [inner, b"] "].concat();
    let (rest, stamp) = accepted(&closed)?;
    rest.is_empty().then_some(stamp)
}

/// What [`captured_version`] says of what stands in front of a request.
#[inline(always)]
fn version<'a>(
    last: &mut ([u8; CAPTURED], Option<(usize, usize)>),
    before: &'a [u8],
) -> Option<&'a [u8]> {
    let tail: &[u8; CAPTURED] = before.last_chunk()?;
    if *tail == last.0 {
        let (from, to) = last.1?;
        return tail.get(from..to);
    }
    captured(last, before, tail)
}

#[inline(never)]
fn captured<'a>(
    last: &mut ([u8; CAPTURED], Option<(usize, usize)>),
    before: &'a [u8],
    tail: &'a [u8; CAPTURED],
) -> Option<&'a [u8]> {
    let version = captured_version(before);
    // where the last group lies within, nothing else shows it
    let end = tail.iter().rposition(|c| *c == b'}');
    let start = end.and_then(|end| tail[..end].iter().rposition(|c| *c == b'{'));
    if start.is_some() {
        let from = version.map(|v| v.as_ptr() as usize - tail.as_ptr() as usize);
        *last = (
            *tail,
            from.zip(version).map(|(from, v)| (from, from + v.len())),
        );
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ports_are_recognised(before in "[0-9a:]{8}", text in "[0-9:a]{0,8}") {
            let all = [before, text].concat();
            let last: &[u8; 8] = all.as_bytes().last_chunk().unwrap();
            let digits = all.rfind(':').map(|at| &all[at + 1..]);
            let plain = digits.filter(|d| (1..=5).contains(&d.len()) && d.bytes().all(|c| c.is_ascii_digit()));
            prop_assert_eq!(port(last), plain.map(str::len));
        }
    }
}
