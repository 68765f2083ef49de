//! Container runtimes (containerd, CRI-O): `TIME stdout|stderr P|F text`. A part (`P`) goes on in the next line of its stream.

use super::{Inside, Outer, Peeled, stream_of};
use crate::format::leaf::{Parser, alt, blank, eof, peek, tag, take_while_m_n, terminated, value};
use crate::time::stamp::iso;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    line.get(10).filter(|c| **c == b'T')?;
    let stream = alt((tag("stdout "), tag("stderr ")));
    // further tags may follow behind colons
    let more = (take_while_m_n(0, 30, |c| c != b' '), alt((tag(" "), eof)));
    let part = alt((value(true, tag("P")), value(false, tag("F"))));
    let tags = terminated(part, (peek(alt((tag(":"), tag(" "), eof))), more));
    let (text, (at, stream, part)) = (iso, blank(stream), tags).parse(line).ok()?;
    at.offset_min?;
    let mut outer = Outer::new(Some(at), Inside::Bare);
    let number = stream_of(&[stream]);
    outer.stream = Some(number);
    outer.more = part.then_some(number);
    Some(outer.around_text(text))
}
