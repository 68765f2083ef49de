//! The console form of zap's logs, as Caddy prints it: `time<TAB>LEVEL<TAB>logger<TAB>message<TAB>{fields}`, level in colours.
//! The fields are read as those of a JSON line are.

use super::json::console;
use super::message::colour;
use crate::format::leaf::{Parser, before_near, preceded, tag};
use crate::record::{Level, Record};
use crate::time::stamp::iso;
use memchr::memchr;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let word = preceded(tag("\t"), before_near(b'\t', 32));
    let level = word.map_opt(|w| Level::from_word(uncoloured(w)));
    let (rest, (stamp, level)) = (iso, level).parse(line).ok()?;
    let mut parts = rest.splitn(3, |&c| c == b'\t');
    let (a, b, c) = (parts.next()?, parts.next(), parts.next());
    // logger and fields may both be left out
    let (logger, text, fields) = match (b, c) {
        (Some(b), Some(c)) if c.starts_with(b"{") => (a, b, c),
        (Some(b), None) if b.starts_with(b"{") => (&a[..0], a, b),
        (Some(b), _) => (a, b, &a[..0]),
        (None, _) => (&a[..0], a, &a[..0]),
    };
    Some(console(stamp, level, logger, text, fields))
}

/// A word without the colours around it.
fn uncoloured(word: &[u8]) -> &[u8] {
    let word = &word[colour(word)..];
    &word[..memchr(0x1b, word).unwrap_or(word.len())]
}
