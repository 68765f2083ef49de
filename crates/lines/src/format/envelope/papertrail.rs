//! Papertrail's archives, a line with nine tabs: number, time, time of receipt, number and name of the system, its address, facility,
//! severity, program, text.

use super::{Inside, Outer, Peeled};
use crate::format::leaf::uint;
use crate::record::Level;
use crate::time::stamp;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let digits = line.iter().take_while(|c| c.is_ascii_digit()).count();
    let behind = line[digits..].strip_prefix(b"\t").filter(|_| digits > 0)?;
    let mut cells = behind.splitn(9, |c| *c == b'\t');
    let mut next = || cells.next();
    let (rest, at) = stamp::iso(next()?).ok()?;
    let _received = next()?;
    uint(next()?)?;
    let system = next()?;
    let (_address, _facility) = (next()?, next()?);
    let level = Level::from_word(next()?)?;
    let (program, text) = (next()?, next()?);
    if !rest.is_empty() {
        return None;
    }
    // Heroku ships what its processes say as `app/web.1`
    let (_, process) = split(program);
    let inside = match process {
        b"" => Inside::Tagged,
        _ => Inside::Bare,
    };
    let mut outer = Outer::new(Some(at), inside);
    // `app/api` is how the platform itself signs
    let numbered = process.iter().any(u8::is_ascii_digit);
    outer.host = Some(Cow::Borrowed(if numbered { process } else { system }));
    outer.service = Some(Cow::Borrowed(system));
    outer.level = (level != Level::Info).then_some(level);
    outer.tag = process.is_empty().then_some(Cow::Borrowed(program));
    Some(outer.around_text(text))
}

/// Source and process of a program (`heroku/router`); the process is empty where it has none.
fn split(program: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr::memchr(b'/', program).unwrap_or(program.len());
    (&program[..at], program.get(at + 1..).unwrap_or_default())
}
