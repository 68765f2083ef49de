//! Heroku's logplex: `TIME app[web.1]: text`, `TIME heroku[router]: at=error code=H12 … status=503`.

use super::{Envelope, Inside, Outer, Peeled};
use crate::format::leaf::{Parser, alt, before_near, blank, preceded, tag};
use crate::time::stamp::iso;
use std::borrow::Cow;

/// Lines of logplex.
pub static HEROKU: Envelope = Envelope {
    name: "Heroku",
    about: "Heroku's log: time, source[dyno], text",
    sample: "2026-03-10T13:05:01.123456+00:00 app[web.1]: level=error msg=\"x\" status=500",
    cuts_lines: false,
    of_whole_files: false,
    begins: b"0-9",
    keys: &[],
    peel,
};

fn peel(line: &[u8]) -> Option<Peeled<'_>> {
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
