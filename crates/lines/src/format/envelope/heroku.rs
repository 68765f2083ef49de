//! Heroku's logplex: `TIME app[web.1]: text`, `TIME heroku[router]: at=error code=H12 … status=503`.

use super::{Envelope, Inside, Outer, Peeled};
use crate::time::stamp;
use std::borrow::Cow;

/// Lines of logplex.
pub struct Heroku;

impl Envelope for Heroku {
    fn name(&self) -> &str {
        "Heroku"
    }
    fn about(&self) -> &str {
        "Heroku's log: time, source[dyno], text"
    }
    fn peel<'a>(&self, line: &'a [u8]) -> Option<Peeled<'a>> {
        if line.len() < 40 || line[10] != b'T' {
            return None;
        }
        let (rest, at) = stamp::iso(line).ok()?;
        at.offset_min?;
        let rest = rest.strip_prefix(b" ")?;
        let inner = rest
            .strip_prefix(b"app[")
            .or_else(|| rest.strip_prefix(b"heroku["))?;
        let end = memchr::memchr(b']', &inner[..inner.len().min(64)])?;
        let (dyno, text) = (&inner[..end], inner[end + 1..].strip_prefix(b": ")?);
        // what the platform's interface says is a release
        if dyno == b"api" {
            return None;
        }
        let mut outer = Outer::new(Some(at), Inside::Bare);
        outer.host = Some(Cow::Borrowed(dyno));
        outer.service = dyno.split(|c| *c == b'.').next().map(Cow::Borrowed);
        Some(Peeled {
            text: Cow::Borrowed(text),
            outer,
        })
    }
    fn sample(&self) -> &str {
        "2026-03-10T13:05:01.123456+00:00 app[web.1]: level=error msg=\"x\" status=500"
    }
}
