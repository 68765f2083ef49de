//! Lines of an Application Load Balancer as nearly all of them are: their words are found by the blanks in front of the first
//! quote, the texts by the marks of their quotes. What is otherwise goes the general way, in `aws_alb`, which gives the same
//! for those that are not.

use crate::fast::blanks::words;
use crate::fast::brief::{Brief, PathSpan};
use crate::fast::literal::TimeMemo;
use crate::fast::template::{LineTemplate, Take};
use crate::fast::value::{Near, find_blank};
use crate::format::leaf::{self, Unit};
use crate::format::web::aws_alb::{group_name, parse, path_of, total};
use crate::record::{At, Request};
use crate::time::Stamp;
use crate::time::stamp::iso;

/// Longest identifier of a group that is remembered.
const GROUP: usize = 160;

/// What is remembered from line to line.
#[derive(Clone, Debug, Default)]
pub struct Last {
    time: TimeMemo,
    /// The last identifier of a group, and where its name stands in it.
    group: Vec<u8>,
    name: Option<(usize, usize)>,
}

/// What a line shows of those like it, if these are worth trying.
pub(in crate::fast) fn learn(line: &[u8]) -> Option<LineTemplate> {
    parse(line)?;
    let quotes = memchr::memchr_iter(b'"', line).count();
    (quotes >= 8).then_some(LineTemplate::Alb { quotes })
}

/// Reads a line as [`crate::fast::template::LineTemplate::read`] does.
#[inline(always)]
pub(in crate::fast) fn read<'a>(
    after: &'a [u8],
    (marks, base): (&[u32], usize),
    last: &mut Last,
    take: impl Take<'a>,
) -> Option<()> {
    let q: [usize; 8] = marks
        .first_chunk::<8>()?
        .map(|m| (m as usize).wrapping_sub(base));
    // a line with fewer quotes ends at one of these marks, and another begins behind it
    let (_, quotes) = marks.split_last()?;
    let whole = |m: &u32| after.get((*m as usize).wrapping_sub(base)) == Some(&b'"');
    quotes.iter().all(whole).then_some(())?;
    // no word is empty, and the request follows the last of them
    let b: [usize; 12] = words(after)?;
    let escaped = |n: usize| after[q[n] - 1] == b'\\';
    if q[0] != b[11] + 1
        || q[2] != q[1] + 2
        || q[6] != q[5] + 2
        || after[q[1] + 1] != b' '
        || after[q[3] + 1] != b' '
        || after[q[5] + 1] != b' '
        // what follows a time must not be taken for its offset
        || !after[b[1] + 1].is_ascii_alphabetic()
        || escaped(1) | escaped(3) | escaped(5) | escaped(7)
        || !is_type(&after[..b[0]])
    {
        return None;
    }
    let stamp = last.time.time_by(after, b[0] + 1, b[1], time)?;
    let word = |n: usize| &after[b[n - 1] + 1..b[n]];
    let some = |w: &'a [u8]| if w == b"-" { b"" } else { w };
    let cipher = find_blank(after, q[3] + 2)?;
    let protocol = find_blank(after, cipher + 1)?;
    let group = after.get(protocol + 1..q[4].checked_sub(1)?)?;
    // other bytes that are not visible stand within words
    let blank = |at: usize| after[at] == b' ';
    let known = is_same(group, &last.group);
    if cipher == q[3] + 2
        || protocol == cipher + 1
        || group.is_empty()
        || !blank(cipher)
        || !blank(protocol)
        // in one that was read before there is none
        || !known && find_blank(after, protocol + 1)? + 1 != q[4]
        || !blank(q[4] - 1)
    {
        return None;
    }
    let service = match (known, last.name) {
        (true, name) => name.and_then(|(from, to)| group.get(from..to)),
        _ => named_anew(last, group),
    };
    let text = |n: usize| &after[q[n] + 1..q[n + 1]];
    let (method, url) = leaf::request_line(text(0));
    let path = path_of(url);
    let r = Request {
        status: leaf::status(word(8))?,
        method,
        path,
        bytes: match leaf::short_uint(&after[b[10] + 1..]) {
            Some((n, len)) if b[10] + 1 + len == b[11] => n,
            _ => leaf::uint(word(11)).unwrap_or(0),
        },
        latency_us: match (
            seconds(after, b[4] + 1, b[5]),
            seconds(after, b[5] + 1, b[6]),
            seconds(after, b[6] + 1, b[7]),
        ) {
            (Some(x), Some(y), Some(z)) => x.checked_add(y)?.checked_add(z)?,
            _ => total(&[word(5), word(6), word(7)]),
        },
        client: Near::new(after, b[2] + 1, b[3])?.without_port(),
        agent: text(2),
        upstream: some(word(4)),
        upstream_status: some(word(9)),
        id: some(text(4)),
        ..Request::default()
    };
    let from = (path.as_ptr() as usize).wrapping_sub(after.as_ptr() as usize);
    let domain = text(6);
    take.brief(&Brief {
        stamp,
        stamped: At::End,
        host: None,
        service: service.or((domain.len() > 1).then_some(domain)),
        scope: None,
        version: None,
        names: 0,
        request: Some(&r),
        path_at: match from < q[1] {
            true => PathSpan::Path(after, from, from + path.len()),
            // that of a URL without one
            false => PathSpan::Nowhere,
        },
        said: None,
    });
    Some(())
}

/// Seconds as microseconds, of a number of few digits.
#[inline(always)]
fn seconds(after: &[u8], from: usize, to: usize) -> Option<i64> {
    let near = Near::new(after, from, to)?;
    // what ends otherwise has a unit of its own, or none
    let number = near.value.last()?.is_ascii_digit();
    number.then(|| near.latency_us(Some(Unit::Second)))?
}

/// What the general way says of a time.
fn time(written: &[u8]) -> Option<Stamp> {
    let (rest, stamp) = iso(written).ok()?;
    rest.is_empty().then_some(stamp)
}

/// Whether a word is one of [`TYPES`].
#[inline(always)]
fn is_type(word: &[u8]) -> bool {
    matches!(
        word,
        b"http" | b"https" | b"h2" | b"ws" | b"wss" | b"grpcs" | b"grpc"
    )
}

/// Whether two identifiers are the same; compared in place, since there is one in each line.
#[inline(always)]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(x), Some(y)) = (a.last_chunk::<32>(), b.last_chunk::<32>()) else {
        return a == b;
    };
    let mut same = x == y;
    for (x, y) in a.as_chunks::<32>().0.iter().zip(b.as_chunks::<32>().0) {
        same &= x == y;
    }
    same
}

/// What [`group_name`] says of an identifier without blanks, which is remembered.
#[inline(never)]
fn named_anew<'a>(last: &mut Last, group: &'a [u8]) -> Option<&'a [u8]> {
    let name = group_name(group);
    if group.len() <= GROUP {
        last.group.clear();
        last.group.extend_from_slice(group);
        last.name = name.map(|n| {
            let from = n.as_ptr() as usize - group.as_ptr() as usize;
            (from, from + n.len())
        });
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::web::aws_alb::TYPES;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn same_identifiers(a in "[ab]{0,3}|a{30,34}b?|a{60,70}b?", b in "[ab]{0,3}|a{30,34}b?|a{60,70}b?") {
            prop_assert!(TYPES.iter().all(|t| is_type(t)) && !is_type(b"httpx") && !is_type(b""));
            prop_assert_eq!(is_same(a.as_bytes(), b.as_bytes()), a == b);
            prop_assert!(is_same(a.as_bytes(), a.as_bytes()));
        }
    }
}
