//! Access lines in an order of somebody's own: a time, an address or a virtual host, a quoted request and the status behind it.
//! What is not plainly such a line stays another's: a level or a sentence is a no. Where the lines of a file are other columns
//! than these, what they mean is learnt from them, in `columns`.

use super::clf::Prefix;
use crate::format::leaf::{self, find, quoted};
use crate::format::web::clf::tail::own;
use crate::record::{Level, Record};
use crate::time::stamp::{clf, iso};
use crate::time::{Dated, Stamp};
use memchr::memchr;

/// Words in front of the request at most.
const WORDS: usize = 9;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if line.first() == Some(&b'{') {
        return None;
    }
    spaced(line)
}

/// A whole time at the start, and what follows it.
fn time(b: &[u8]) -> Option<(&[u8], Stamp)> {
    let (rest, s) = clf(b).or_else(|_| iso(b)).ok()?;
    let ends = !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    (ends && s.dated == Dated::Full).then_some((rest, s))
}

/// What stands before the request.
#[derive(Default)]
struct Front<'a> {
    stamp: Option<Stamp>,
    client: Option<&'a [u8]>,
    service: Option<&'a [u8]>,
}

impl<'a> Front<'a> {
    /// Reads what stands before the request; `None` where it is not of an access line.
    fn of(mut b: &'a [u8]) -> Option<Front<'a>> {
        let mut f = Front::default();
        for _ in 0..WORDS {
            b = b.trim_ascii_start();
            if b.is_empty() {
                let who = f.client.or(f.service).is_some();
                return (f.stamp.is_some() && who).then_some(f);
            }
            let inner = b.strip_prefix(b"[").unwrap_or(b);
            if f.stamp.is_none()
                && let Some((rest, s)) = time(inner)
            {
                f.stamp = Some(s);
                b = match inner.len() == b.len() {
                    true => rest,
                    false => rest.strip_prefix(b"]")?,
                };
                continue;
            }
            // the only other bracket that is known is InfluxDB's label
            if let Some(rest) = b.strip_prefix(b"[httpd] ") {
                b = rest;
                continue;
            }
            let end = memchr(b' ', b).unwrap_or(b.len());
            f.word(&b[..end])?;
            b = &b[end..];
        }
        None
    }

    fn word(&mut self, w: &'a [u8]) -> Option<()> {
        let bare = w.strip_suffix(b",").unwrap_or(w);
        let host = leaf::without_port(bare);
        if leaf::is_address(host) {
            self.client.get_or_insert(host);
            return Some(());
        }
        let fits = bare.iter().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b'@' | b':' | b'/')
        });
        if !fits || (bare.len() > 1 && Level::from_word(bare).is_some()) || bare.ends_with(b":") {
            return None;
        }
        let named = host.contains(&b'.') && host.iter().any(u8::is_ascii_alphabetic);
        if named && !host.contains(&b'/') && !host.contains(&b'@') {
            self.service.get_or_insert(host);
        }
        Some(())
    }
}

/// A request line as it stands between quotes.
fn is_request(b: &[u8]) -> bool {
    let (method, path) = leaf::request_line(b);
    !method.is_empty()
        && method.iter().all(u8::is_ascii_uppercase)
        && (path.starts_with(b"/") || path.starts_with(b"http"))
}

/// Blanks between the parts, quotes around the request: `time address … "request" status …`.
fn spaced(line: &[u8]) -> Option<Record<'_>> {
    let open = memchr(b'"', &line[..line.len().min(320)])?;
    // the cheap no: what is in brackets ends before the request
    if memchr(b'[', &line[..open]).is_some() && memchr(b']', &line[..open]).is_none() {
        return None;
    }
    let (after, request) = quoted(&line[open..]).ok()?;
    let (status, rest) = status(after.strip_prefix(b" ")?)?;
    // a common log line that was cut off is nobody's
    let torn = rest.is_empty() && find(&line[..open], b" - - [").is_some();
    if torn || !is_request(request) {
        return None;
    }
    let front = Front::of(&line[..open])?;
    let number = rest.strip_prefix(b" ").unwrap_or(rest);
    let end = memchr(b' ', number).unwrap_or(number.len());
    let (bytes, rest) = match &number[..end] {
        b"-" => (0, &number[end..]),
        n => leaf::uint(n).map_or((0, rest), |n| (n, &number[end..])),
    };
    let p = Prefix {
        service: front.service,
        stamp: front.stamp?,
        client: front.client.unwrap_or_default(),
        line: request,
        status,
        bytes,
        rest,
    };
    Some(match rest.is_empty() {
        true => p.record(p.request()),
        false => own(p)?,
    })
}

/// The status at the start, and what follows it.
fn status(b: &[u8]) -> Option<(u16, &[u8])> {
    let (word, rest) = b.split_at_checked(3)?;
    let code = leaf::status(word).filter(|s| *s >= 100)?;
    matches!(rest.first(), None | Some(b' ')).then_some((code, rest))
}
