//! Heroku's logplex: `TIME app[web.1]: text`, `TIME heroku[router]: at=error code=H12 … status=503`.

use super::{Envelope, Inside, Outer, Peeled};
use crate::format::leaf::{Parser, alt, before_near, blank, preceded, tag};
use crate::time::stamp::iso;
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
        line.get(10).filter(|c| **c == b'T')?;
        let source = preceded(alt((tag("app["), tag("heroku["))), before_near(b']', 64));
        let (text, (at, dyno, _)) = (iso, blank(source), tag(": ")).parse(line).ok()?;
        at.offset_min?;
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
