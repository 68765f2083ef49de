//! Archives of Papertrail (SolarWinds' "Log archives"), ten cells with tabs between them: the number of the line, when it was made and
//! received, number, name and address of who sent it, facility, severity, program, text.

use super::{Inside, Outer, Peeled};
use crate::record::Level;
use crate::time::stamp;
use std::borrow::Cow;

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let mut cells = line.splitn(10, |c| *c == b'\t');
    let mut cell = || cells.next();
    let digits = |c: &[u8]| !c.is_empty() && c.iter().all(u8::is_ascii_digit);
    cell().filter(|c| digits(c))?;
    let (made, received) = (cell()?, cell()?);
    let (_, name, _, _, severity, program, text) = (
        cell()?,
        cell()?,
        cell()?,
        cell()?,
        cell()?,
        cell()?,
        cell()?,
    );
    let (b"", _) = stamp::iso(received).ok()? else {
        return None;
    };
    let (rest, at) = stamp::iso(made).ok()?;
    if !rest.is_empty() {
        return None;
    }
    // what a platform runs is read as the platform writes it itself
    if let Some((by @ (b"app" | b"heroku"), dyno)) = split(program) {
        let parts = [made, b" ", by, b"[", dyno, b"]: ", text];
        let outer = Outer::new(Some(at), Inside::Bare);
        return Some(outer.around_text(parts.concat()));
    }
    let mut outer = Outer::new(Some(at), Inside::Tagged);
    outer.level = Level::from_word(severity).filter(|l| *l != Level::Info);
    outer.host = Some(Cow::Borrowed(name)).filter(|n| !n.is_empty());
    outer.tag = Some(Cow::Borrowed(program));
    Some(outer.around_text(text))
}

fn split(program: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'/', program)?;
    Some((&program[..at], &program[at + 1..]))
}
