//! Gin's default logger (Go, and Fiber's, which has the time alone, and Gotify's): `[GIN] 2026/03/10 - 13:05:00 | 502 |    1.234ms |   10.0.0.1 | GET      "/cart?id=1"`, also in colours.
//! The time tells no zone; behind the path an error of the handler may follow on lines of its own.

use crate::format::app::message::{colour, duration};
use crate::format::leaf::{
    self, Leaf, Parser, all_consuming, alt, before, cell, delimited, multispace0, tag, take,
    take_till, verify,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Record, Request};
use crate::time::Stamp;
use crate::time::stamp::{iso, time_only};
use memchr::memchr;

/// Access lines of Gin.
pub struct Gin;

impl Format for Gin {
    fn meta(&self) -> Meta<'_> {
        Meta::web("Gin", "access lines of Gin's and Fiber's default loggers, and of Gotify")
            .begins(b"0-9[", Signs::BAR | Signs::CLOCK)
            .sample(r#"[GIN] 2026/03/10 - 13:05:00 | 502 |    1.234ms |      10.0.0.1 | GET      "/cart?id=1""#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (_, (stamp, request)) = alt((gin, fiber, gotify)).parse(line).ok()?;
        Some(Record::new(Some(stamp), Body::Request(request)))
    }
}

type Answer<'a> = (Stamp, Request<'a>);

/// Method and path.
type MethodAndPath<'a> = (&'a [u8], &'a [u8]);

/// `[GIN] 2026/03/10 - 13:05:00 | 502 | 1.234ms | 10.0.0.1 | GET "/a"`.
fn gin(i: &[u8]) -> Leaf<'_, Answer<'_>> {
    let time =
        (take(10usize), tag(" - "), take(8usize)).map_opt(|(day, _, clock): (&[u8], _, &[u8])| {
            let mut written = *b"yyyy/mm/dd hh:mm:ss";
            written[..10].copy_from_slice(day);
            written[11..].copy_from_slice(clock);
            let (left, stamp) = iso(&written).ok()?;
            left.is_empty().then_some(stamp)
        });
    let head = delimited(tag("[GIN] "), time, (multispace0, tag("|")));
    let took = part.map(|b| duration(b).map_or(-1, |(us, _)| us));
    (head, status, took, part, asked).map(answer).parse(i)
}

/// Fiber's `13:05:00 | 500 |   1.234ms | 10.0.0.9 | GET | /a | error`.
fn fiber(i: &[u8]) -> Leaf<'_, Answer<'_>> {
    let time = part.and_then(all_consuming(time_only));
    let path = verify(part, |b: &[u8]| b.starts_with(b"/"));
    (time, status, took, client, (part, path))
        .map(answer)
        .parse(i)
}

/// Gotify's `2026-03-10T13:05:00Z | 401 |   56.789ms | 10.0.0.9 | POST     "/client"`.
fn gotify(i: &[u8]) -> Leaf<'_, Answer<'_>> {
    let time = part.and_then(all_consuming(iso));
    let path = |(_, path): &(&[u8], &[u8])| path.starts_with(b"/");
    (
        time,
        status,
        took,
        client,
        all_consuming(verify(asked, path)),
    )
        .map(answer)
        .parse(i)
}

/// What stands between two bars.
fn part(i: &[u8]) -> Leaf<'_, &[u8]> {
    cell(b'|').map(bare).parse(i)
}

fn status(i: &[u8]) -> Leaf<'_, u16> {
    part.map_opt(leaf::status).parse(i)
}

fn took(i: &[u8]) -> Leaf<'_, i64> {
    part.map_opt(|b| Some(duration(b)?.0)).parse(i)
}

fn client(i: &[u8]) -> Leaf<'_, &[u8]> {
    verify(part, leaf::is_address).parse(i)
}

/// `GET      "/a"`: method and path.
fn asked(i: &[u8]) -> Leaf<'_, MethodAndPath<'_>> {
    let method = take_till(|c| matches!(c, b' ' | 0x1b));
    (method, before(b'"'), before(b'"'))
        .map(|(method, _, path)| (method, path))
        .parse(bare(i))
}

fn answer<'a>(
    (stamp, status, latency_us, client, (method, path)): (
        Stamp,
        u16,
        i64,
        &'a [u8],
        MethodAndPath<'a>,
    ),
) -> Answer<'a> {
    let request = Request {
        status,
        method,
        path,
        latency_us,
        client,
        by_app: true,
        ..Request::default()
    };
    (stamp, request)
}

/// Without blanks and colours around it.
fn bare(mut b: &[u8]) -> &[u8] {
    loop {
        b = b.trim_ascii();
        match colour(b) {
            0 => break,
            n => b = &b[n..],
        }
    }
    match memchr(0x1b, b) {
        Some(n) if colour(&b[n..]) == b.len() - n => b[..n].trim_ascii(),
        _ => b,
    }
}
