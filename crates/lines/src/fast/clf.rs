//! Plain lines of the common log family, whose quotes have been found already: everything else stands at a known distance
//! from a quote and is checked there, so that nothing is searched. Which fields stand in front of the client and behind the
//! last quote is known by a [`Layout`]. A line with an unusual number or a user of several words is not plain and goes the
//! general way, in `clf`, which gives the same for those that are.

use crate::fast::access::Access;
use crate::fast::blanks::words;
use crate::fast::brief::{Brief, PathSpan};
use crate::fast::closes;
use crate::fast::template::{LineTemplate, Take};
use crate::fast::value::{Near, find_blank};
use crate::format::leaf::{self, Unit, short_digits};
use crate::record::{At, Request};
use crate::time::Stamp;
use crate::time::stamp::clf;

/// What the lines of a format hold beside client, time, request, status and bytes.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Quotes in a line.
    pub quotes: usize,
    /// Whether a virtual host stands in front of the client.
    pub site: bool,
    /// Whether bare words follow the last quote, of which one is the time that the request took in seconds; then a virtual host
    /// may stand in front or not.
    pub tail: bool,
}

/// The time that is written in front of the request, with everything from the user to the quote: ` [20/Nov/2026:06:33:18 +0000] "`.
pub type Head = [u8; 31];

/// The head of a line whose first quote is at `quote`, and what stands in front of it: client and user.
#[inline(always)]
pub fn head(line: &[u8], quote: usize) -> Option<(&[u8], &Head)> {
    line.get(..=quote)?.split_last_chunk()
}

/// The time of a head, if it is one.
pub fn stamp(head: &Head) -> Option<Stamp> {
    let (rest, stamp) = clf(head.strip_prefix(b" [")?).ok()?;
    (rest == b"] \"").then_some(stamp)
}

/// The client, if what stands in front of the head of a line is one and a user of one word, or none.
#[inline(always)]
fn client<'a>(line: &'a [u8], front: &'a [u8]) -> Option<&'a [u8]> {
    let (client, user) = front.split_at_checked(first_blank(line)?)?;
    let named = |u: &[u8]| matches!(u, [b' ', b'-', b' ', name @ ..] if !name.is_empty() && !name.iter().any(|c| b" [".contains(c)));
    (!client.is_empty() && (user == NOBODY || named(user))).then_some(client)
}

/// What is written in place of a user.
const NOBODY: &[u8; 4] = b" - -";

/// Where the first blank is; addresses are short, so that two words mostly suffice.
#[inline(always)]
fn first_blank(line: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let x = u128::from_le_bytes(*line.first_chunk()?);
    // the lowest byte that is a blank is marked exactly
    let mark = |w: u64| {
        let x = w ^ (ONES * u64::from(b' '));
        x.wrapping_sub(ONES) & !x & (ONES << 7)
    };
    let hits = u128::from(mark(x as u64)) | u128::from(mark((x >> 64) as u64)) << 64;
    match hits.trailing_zeros() as usize / 8 {
        16 => memchr::memchr(b' ', line),
        blank => Some(blank),
    }
}

#[inline(always)]
fn word(b: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*b.get(at..)?.first_chunk()?))
}

/// Four bytes of which the first is in front of position `at`; `\0` where the line does not go so far.
#[inline(always)]
fn around(line: &[u8], at: usize) -> Option<[u8; 4]> {
    line.get(at.checked_sub(1)?..)?.first_chunk().copied()
}

/// Reads a plain line of `Q` quotes, given with the newline that ends it and what stands in front of its head; `quotes` are the
/// positions of the marks in it, which may also be newlines as far as they are not found to be quotes here.
/// The head is taken for one that [`stamp`] accepts.
#[inline(always)]
pub fn access<'a, const Q: usize>(
    line: &'a [u8],
    front: &'a [u8],
    quotes: &[usize; Q],
    layout: Layout,
) -> Option<Access<'a>> {
    let (service, client) = match (client(line, front), layout) {
        (Some(client), _) => (None, client),
        (None, Layout { site, tail, .. }) if site || tail => behind_site(line, front)?,
        _ => return None,
    };
    if layout.site != service.is_some() && !layout.tail {
        return None;
    }
    let [open, close, tail @ ..] = &quotes[..] else {
        return None;
    };
    let (open, close) = (*open, *close);
    // `" 200 123 "`: the status, then the bytes up to the next quote or the end of the line
    let after = word(line, close)?.to_le_bytes();
    let [b'"', b' ', h, t, o, b' ', ..] = after else {
        return None;
    };
    let (h, t, o) = (
        h.wrapping_sub(b'0'),
        t.wrapping_sub(b'0'),
        o.wrapping_sub(b'0'),
    );
    let bytes_end = tail.first().map_or(line.len(), |q| *q) - 1;
    if !(1..=5).contains(&h)
        || t > 9
        || o > 9
        || line[close - 1] == b'\\'
        || !is_bytes(line, close + 6, bytes_end)
    {
        return None;
    }
    let mut latency_us = -1;
    let agent = match *tail {
        [] => &line[..0],
        [a, b, c, d, ref rest @ ..] => {
            // ` "-" "agent"`: what stands at both sides of a quote
            let [b' ', b'"', ..] = around(line, a)? else {
                return None;
            };
            let [before, b'"', b' ', b'"'] = around(line, b)? else {
                return None;
            };
            let (end, escaped) = match *rest {
                [] => (d, *line.get(d - 1)?),
                [e, f] => {
                    let [escaped, b'"', b' ', b'"'] = around(line, d)? else {
                        return None;
                    };
                    let list = line.get(e + 1..f)?;
                    let is = |a| leaf::is_address(leaf::without_port(a));
                    if e != d + 2
                        || list.last() == Some(&b'\\')
                        || (list != b"-" && !leaf::list(list).all(is))
                    {
                        return None;
                    }
                    (f, escaped)
                }
                _ => return None,
            };
            let ends = match layout.tail {
                false => end + 2 == line.len(),
                // an address with a port would be that of an upstream
                true if !rest.is_empty() && memchr::memchr(b':', &line[d..end]).is_some() => false,
                true => {
                    latency_us = took(line, end + 1)?;
                    true
                }
            };
            if !ends || line[end] != b'"' || c != b + 2 || before == b'\\' || escaped == b'\\' {
                return None;
            }
            line.get(c + 1..d)?
        }
        _ => return None,
    };
    Some(Access {
        service,
        latency_us,
        line,
        request: open + 1..close,
        status: u16::from(h) * 100 + u16::from(t) * 10 + u16::from(o),
        client,
        agent,
    })
}

/// What a line shows of those like it that follow each other in no run: lines in wrappers, and between those of other formats. All of
/// them begin with digits, as addresses do.
pub fn learn(layout: Layout, line: &[u8]) -> Option<LineTemplate> {
    let quotes = memchr::memchr_iter(b'"', line).filter(|q| closes(line, *q as u32));
    let usual = quotes.count() == layout.quotes && line.first()?.is_ascii_digit();
    usual.then_some(LineTemplate::Plain(layout))
}

/// Reads a line as [`LineTemplate::read`] does.
#[inline(always)]
pub(in crate::fast) fn read<'a>(
    layout: Layout,
    (after, len): (&'a [u8], usize),
    marks: (&[u32], usize),
    last: &mut (Head, Option<Stamp>),
    take: impl Take<'a>,
) -> Option<()> {
    let line = after.get(..=len)?;
    let (front, head) = head(line, (*marks.0.first()? as usize).wrapping_sub(marks.1))?;
    if *head != last.0 {
        *last = (*head, stamp(head));
    }
    let stamp = last.1.filter(|_| line[0].is_ascii_digit())?;
    let a = match layout.quotes {
        2 => by_marks::<2>(line, front, marks, layout)?,
        8 => by_marks::<8>(line, front, marks, layout)?,
        _ => by_marks::<6>(line, front, marks, layout)?,
    };
    let (method, path) = leaf::request_line(a.request_line());
    let r = Request {
        status: a.status,
        method,
        path,
        client: a.client,
        agent: a.agent,
        latency_us: a.latency_us,
        ..Request::default()
    };
    take.brief(&Brief {
        stamp,
        stamped: At::End,
        host: None,
        service: a.service,
        scope: None,
        version: None,
        names: 0,
        request: Some(&r),
        path_at: PathSpan::Line(after, a.request.start, a.request.end),
        said: None,
    });
    Some(())
}

#[inline(always)]
fn by_marks<'a, const Q: usize>(
    line: &'a [u8],
    front: &'a [u8],
    (marks, base): (&[u32], usize),
    layout: Layout,
) -> Option<Access<'a>> {
    let marks: &[u32; Q] = marks.first_chunk()?;
    access(
        line,
        front,
        &marks.map(|m| (m as usize).wrapping_sub(base)),
        layout,
    )
}

/// Virtual host without its port, and client, of a line that begins with both as most such lines do.
#[inline(always)]
fn behind_site<'a>(line: &'a [u8], front: &'a [u8]) -> Option<(Option<&'a [u8]>, &'a [u8])> {
    let both = front.strip_suffix(NOBODY)?;
    let [blank] = words(line)?;
    let client = both.get(blank + 1..)?;
    let is_address = Near::new(line, blank + 1, both.len())?.is_usual_address();
    let known = is_address || leaf::is_address(client);
    let site = Near::new(line, 0, blank)?.site()?;
    known.then_some((Some(site), client))
}

/// Microseconds of the first number with three decimals among the bare words from there to the end of the line, if all words are
/// numbers or `-`.
#[inline(always)]
fn took(line: &[u8], mut from: usize) -> Option<i64> {
    let mut us = -1;
    while from + 1 < line.len() {
        if line[from] != b' ' {
            return None;
        }
        let to = find_blank(line, from + 1)?;
        let word = line.get(from + 1..to)?;
        let number = word.iter().all(|c| c.is_ascii_digit() || *c == b'.');
        if word.is_empty() || !number && word != b"-" {
            return None;
        }
        if us < 0 && word.iter().rev().nth(3) == Some(&b'.') {
            us = leaf::decimal_us(word, Unit::Second)?;
        }
        from = to;
    }
    (us >= 0).then_some(us)
}

/// Whether one to eight digits, or `-`, stand from `from` to `to`.
#[inline(always)]
fn is_bytes(line: &[u8], from: usize, to: usize) -> bool {
    let n = to.wrapping_sub(from);
    let last = to.checked_sub(8).and_then(|at| line.get(at..to));
    match last.and_then(|l| l.first_chunk()) {
        Some(last) if (1..=8).contains(&n) => short_digits(last, n) || (n == 1 && last[7] == b'-'),
        _ => false,
    }
}

#[cfg(test)]
#[cfg(feature = "fast")]
mod tests {
    use super::*;
    use crate::fast::{Way, way};
    use crate::format::{FORMATS, Format};
    use crate::record::{At, Body, Request};
    use crate::tests::holds;
    use proptest::prelude::*;

    /// What the plain way makes of a line, with its time.
    fn plainly<const Q: usize>(line: &[u8], layout: Layout) -> Option<(Stamp, Access<'_>)> {
        let end = line.len() - 1;
        if line[0] == b'{' {
            return None;
        }
        let quotes: Vec<usize> = memchr::memchr_iter(b'"', &line[..end]).collect();
        let quotes: &[usize; Q] = quotes[..].try_into().ok()?;
        let (front, head) = head(line, quotes[0])?;
        Some((stamp(head)?, access(line, front, quotes, layout)?))
    }

    const COMBINED: &str = "nginx combined";
    const MAIN: &str = "nginx main";
    const COMMON: &str = "common log";
    const VHOST_COMBINED: &str = "vhost combined";
    const OWN: &str = "access log with extra fields";

    fn listed(name: &str) -> &'static dyn Format {
        *FORMATS.iter().find(|f| f.name() == name).unwrap()
    }

    /// Checks that the general way says the same of a line that the plain one takes, and says whether it does.
    fn agree<const Q: usize>(name: &str, line: &str) -> bool {
        let f = listed(name);
        let line = line.replace('\n', " ") + "\n";
        let line = line.as_bytes();
        let Some(Way::Access(layout)) = way(f.name()) else {
            panic!("no layout")
        };
        let Some((stamp, a)) = plainly::<Q>(line, layout) else {
            return false;
        };
        let r = f.parse(&line[..line.len() - 1]).unwrap();
        assert_eq!((r.stamp, r.stamped, r.scope), (Some(stamp), At::End, None));
        assert!(r.host.is_none() && r.service.as_deref() == a.service && r.version.is_none());
        let Body::Request(r) = r.body else {
            panic!("no request")
        };
        assert_eq!((r.status, r.client, r.agent), (a.status, a.client, a.agent));
        assert_eq!(r.latency_us, a.latency_us);
        assert_eq!((r.method, r.path), leaf::request_line(a.request_line()));
        let others = Request {
            status: 0,
            method: b"",
            path: b"",
            bytes: 0,
            client: b"",
            agent: b"",
            latency_us: -1,
            ..r
        };
        assert_eq!(format!("{others:?}"), format!("{:?}", none()));
        true
    }

    fn none() -> Request<'static> {
        Request {
            latency_us: -1,
            ..Request::default()
        }
    }

    const TIME: &str = "[20/Nov/2026:06:33:18 +0000]";

    #[test]
    fn plain_lines_are_taken_and_others_left() {
        let timed = |line: &str| line.replace('T', TIME);
        holds("plain combined line", |t| agree::<6>(COMBINED, &timed(t)));
        holds("plain main line", |t| agree::<8>(MAIN, &timed(t)));
        holds("plain common line", |t| agree::<2>(COMMON, &timed(t)));
        holds("plain line of a site", |t| {
            agree::<6>(VHOST_COMBINED, &timed(t))
        });
        holds("plain line with a tail", |t| agree::<6>(OWN, &timed(t)));
        holds("plain line with a tail", |t| {
            agree::<6>(OWN, &format!("shop {}", timed(t)))
        });
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_the_general_way_reads(
            which in 0usize..5, from in 0usize..160, cut in 0usize..8, put in prop_oneof![
                proptest::string::string_regex(r#"["\\ \[\]0-9a-]{0,8}"#).unwrap(), "[ -~]{0,4}"],
        ) {
            let tail = format!("{} 0.002 0.001 -", listed(COMBINED).sample());
            let s = match [COMMON, COMBINED, MAIN, VHOST_COMBINED].get(which) {
                Some(name) => listed(name).sample(),
                None => &tail,
            };
            let from = from.min(s.len());
            let line = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
            agree::<2>(COMMON, &line);
            agree::<6>(COMBINED, &line);
            agree::<8>(MAIN, &line);
            agree::<6>(VHOST_COMBINED, &line);
            agree::<6>(OWN, &line);
        }

        #[test]
        fn any_bytes_and_any_positions_do_no_harm(
            line in proptest::collection::vec(any::<u8>(), 0..120), at in proptest::array::uniform6(0usize..130),
        ) {
            let mut at = at;
            at.sort_unstable();
            if let Some((client, _)) = head(&line, at[0]) {
                let (site, tail) = (at[5] % 2 == 0, at[5] % 3 == 0);
                let _ = access(&line, client, &at, Layout { quotes: 6, site, tail });
            }
        }
    }
}
