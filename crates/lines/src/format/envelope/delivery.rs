//! What those who are sent webhooks log of each: a time, `POST` and the path or a word for what was sent (`payload={…}`), and the
//! body, an object, up to the end of the line. The body says what happened.

use super::{Inside, Outer, Peeled};
use crate::record::At;
use crate::time::stamp;

/// Most words between the time and the body: a level, who asked, the path, the protocol, the status, how the body is called.
const WORDS: usize = 9;
/// How far behind the time the body begins, at most.
const HEAD: usize = 200;

/// Parts of words for what was sent.
const SENT: [&[u8]; 3] = [b"webhook", b"payload", b"delivery"];

/// Takes the wrapper off a line.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    if line.last() != Some(&b'}') {
        return None;
    }
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let (rest, at) = stamp::any_shape(line).ok()?;
    let body = memchr::memchr(b'{', &rest[..rest.len().min(HEAD)])?;
    let end = |c: &u8| c.is_ascii_whitespace() || b"[]\"".contains(c);
    let words: Vec<&[u8]> = rest[..body].split(end).filter(|w| !w.is_empty()).collect();
    let posts = |w: &[&[u8]]| matches!(w[0], b"POST" | b"PUT") && w[1].starts_with(b"/");
    let holds = |s: &&[u8]| memchr::memmem::find(&rest[..body], s).is_some();
    if words.len() > WORDS || !(words.windows(2).any(posts) || SENT.iter().any(holds)) {
        return None;
    }
    let mut outer = Outer::new(Some(at), Inside::Whole);
    outer.at = At::Read;
    Some(outer.around_text(&rest[body..]))
}
