//! morgan (Express) in its formats without a time: tiny, short and dev. They need an envelope or neighbours that have one.
//! `combined` and `common` are the common log format.

use crate::format::app::message::colour;
use crate::format::leaf::{self, Leaf, Parser, Unit, alt, eof, verify};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, METHODS, Record, Request};
use memchr::memchr;

/// morgan without a time.
pub struct Morgan;

impl Format for Morgan {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "morgan",
            "access lines of morgan (Express) without a time: tiny, short, dev",
        )
        .begins(b"0-9:A-Za-z", Signs::NO_CLIENT)
        .sample("GET /cart?id=1 502 - - 0.025 ms")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        // the cheap no: it ends with `ms`, a size or none, or a colour
        if !matches!(line.last()?, b's' | b'-' | b'm' | b' ' | b'0'..=b'9') {
            return None;
        }
        let method = || verify(word, |w: &[u8]| METHODS.contains(&w));
        let path = || verify(word, |w: &[u8]| w.starts_with(b"/"));
        let is = |text: &'static [u8]| verify(word, move |w: &[u8]| w == text);
        let status = || word.map_opt(leaf::status);
        let protocol = verify(word, |w: &[u8]| w.starts_with(b"HTTP/"));
        let address = verify(word, leaf::is_address);
        // dev has the time before the size, the others behind it
        let tiny = || (word, is(b"-"), word, is(b"ms")).map(|(size, _, took, _)| (size, took));
        let dev = (word, is(b"ms"), is(b"-"), word).map(|(took, _, _, size)| (size, took));
        let short = (address, word, method(), path(), protocol, status(), tiny());
        let asked = (method(), path(), status(), alt((dev, tiny())));
        let (_, ((client, method, path, status, (size, took)), _)) = (
            alt((
                asked.map(|(method, path, status, last)| (&b""[..], method, path, status, last)),
                short.map(|(client, _, method, path, _, status, last)| {
                    (client, method, path, status, last)
                }),
            )),
            end,
        )
            .parse(line)
            .ok()?;
        let r = Request {
            status,
            method,
            path,
            bytes: leaf::uint(size).unwrap_or(0),
            latency_us: leaf::decimal_us(took, Unit::Milli).unwrap_or(-1),
            client,
            by_app: true,
            ..Request::default()
        };
        Some(Record::new(None, Body::Request(r)))
    }
}

/// What follows the colours at the start.
fn uncoloured(mut b: &[u8]) -> &[u8] {
    while b.first() == Some(&0x1b) {
        match colour(b) {
            0 => break,
            n => b = &b[n..],
        }
    }
    b
}

/// A word and the blank behind it, without terminal colours.
fn word(i: &[u8]) -> Leaf<'_, &[u8]> {
    let (rest, word) = leaf::word(uncoloured(i))?;
    let end = memchr(0x1b, word).unwrap_or(word.len());
    match &word[..end] {
        b"" => Err(nom::Err::Error(())),
        word => Ok((rest.get(1..).unwrap_or_default(), word)),
    }
}

/// Nothing but colours.
fn end(i: &[u8]) -> Leaf<'_, &[u8]> {
    eof(uncoloured(i))
}
