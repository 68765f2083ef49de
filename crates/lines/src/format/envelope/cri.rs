//! Container runtimes (containerd, CRI-O): `TIME stdout|stderr P|F text`. A part (`P`) goes on in the next line of its stream.

use super::{Envelope, Inside, Outer, Peeled, stream_of};
use crate::time::stamp;
use std::borrow::Cow;

/// Lines of the container runtime interface.
pub struct Cri;

impl Envelope for Cri {
    fn name(&self) -> &str {
        "CRI"
    }
    fn about(&self) -> &str {
        "container runtime logs (containerd, CRI-O): time, stream, P or F, text"
    }
    fn cuts_lines(&self) -> bool {
        true
    }
    fn peel<'a>(&self, line: &'a [u8]) -> Option<Peeled<'a>> {
        if line.len() < 30 || line[10] != b'T' {
            return None;
        }
        let (rest, at) = stamp::iso(line).ok()?;
        at.offset_min?;
        let rest = rest.strip_prefix(b" std")?;
        let (stream, rest) = match rest.strip_prefix(b"out ") {
            Some(r) => (&b"out"[..], r),
            None => (&b"err"[..], rest.strip_prefix(b"err ")?),
        };
        let (tag, text) = match memchr::memchr(b' ', &rest[..rest.len().min(32)]) {
            Some(n) => (&rest[..n], &rest[n + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        // further tags may follow behind colons
        let part = match tag.split(|c| *c == b':').next()? {
            b"P" => true,
            b"F" => false,
            _ => return None,
        };
        let mut outer = Outer::new(Some(at), Inside::Bare);
        let number = stream_of(&[stream]);
        outer.stream = Some(number);
        outer.more = part.then_some(number);
        Some(Peeled {
            text: Cow::Borrowed(text),
            outer,
        })
    }
    fn sample(&self) -> &str {
        "2026-03-10T13:05:01.123456789+00:00 stdout F level=error msg=\"x\" status=500"
    }
}
