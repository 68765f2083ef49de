//! Apache error log, 2.4 and 2.2: `[Www Mmm dd hh:mm:ss.µs yyyy] [module:level] [pid P:tid T] [client A:port] (errno)text: AHnnnnn: text`.
//! The parts between the level and the text come in an order that differs between modules; the text keeps errno and AH code.

use crate::format::leaf::{
    Leaf, Parser, alt, before_near, cut, delimited, find, many0_count, opt, space0, tag,
};
use crate::format::web::nginx_error::LEVELS;
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::time::stamp::{ctime, iso};

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let time = delimited(tag("["), alt((ctime, iso)), tag("] "));
    let level = delimited(
        tag("["),
        before_near(b']', 60).map_opt(level),
        opt(tag(" ")),
    );
    let (text, (stamp, (word, level), _)) = (time, level, many0_count(label)).parse(line).ok()?;
    let text = before_referer(text).trim_ascii();
    let mut message = Message::new(level, text);
    message.upstream = upstream(text);
    message.states = (word == b"emerg").then_some(MarkerKind::Fault);
    Some(Record::new(Some(stamp), Body::Message(message)))
}

/// `module:level` or, before 2.4, `level`: the level as a word and as what it means.
fn level(b: &[u8]) -> Option<(&[u8], Level)> {
    let word = b.rsplit(|&c| c == b':').next()?;
    let traced = word.len() == 6 && word.starts_with(b"trace");
    let listed = Level::listed(word, &LEVELS);
    Some((word, listed.or(traced.then_some(Level::Trace))?))
}

/// One of the bracketed parts before the text: `[pid …]`, `[client …]`, `[remote …]`. A client behind the errno stays in the text.
fn label(i: &[u8]) -> Leaf<'_, &[u8]> {
    let name = alt((tag("[pid "), tag("[client "), tag("[remote ")));
    delimited(name, cut(before_near(b']', 120)), space0).parse(i)
}

/// The text without the page that the client came from, which ends the line.
fn before_referer(text: &[u8]) -> &[u8] {
    let at = find(text, b", referer: ").unwrap_or(text.len());
    &text[..at]
}

/// The server behind the proxy that a text names: `attempt to connect to A:P (…)`, `from remote server A:P`, `backend: A`.
fn upstream(text: &[u8]) -> Option<&[u8]> {
    const BEFORE: [&[u8]; 4] = [
        b"attempt to connect to ",
        b"from remote server ",
        b"connection to backend: ",
        b"failed to make connection to backend: ",
    ];
    let at = BEFORE.iter().find_map(|b| Some(find(text, b)? + b.len()))?;
    let end = text[at..]
        .iter()
        .position(|c| matches!(c, b' ' | b','))
        .map_or(text.len(), |n| at + n);
    let name = &text[at..end];
    (!name.is_empty() && name != b"returned").then_some(name)
}
