//! nginx error log: `YYYY/MM/DD HH:MM:SS [level] pid#tid: *cid text, client: …, server: …, request: "…", …`.
//! The tail is cut off from the right, since texts hold commas too. What a text means is for the marker rules.

use crate::format::leaf::find;
use crate::format::leaf::{Leaf, Parser, before, blank, delimited, digit1, opt, tag, without_port};
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::table::byte_words;
use crate::table::phrases;
use crate::time::Stamp;
use crate::time::stamp::iso;
use memchr::memrchr_iter;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    line.get(4).filter(|c| **c == b'/')?;
    let (text, ((stamp, (word, level)), _)) = (head, opt(connection)).parse(line).ok()?;
    let (text, tail) = Tail::cut(text);
    let mut message = Message::new(level, text);
    if let (Some(client), Some(request)) = (tail.client, tail.request) {
        message.request = Some((client, request));
    }
    message.upstream = tail.upstream;
    message.states = (word == b"emerg").then_some(MarkerKind::Fault);
    let r = Record::new(Some(stamp), Body::Message(message));
    Some(r.of_service(tail.server.or(tail.host)))
}

/// `YYYY/MM/DD HH:MM:SS [level] pid#tid: `: time, the level as a word and as what it means.
fn head(i: &[u8]) -> Leaf<'_, (Stamp, (&[u8], Level))> {
    let level = delimited(tag("["), before(b']').map_opt(level), tag(" "));
    let thread = (digit1, tag("#"), digit1, tag(":"), opt(tag(" ")));
    (iso, blank(level), thread)
        .map(|(stamp, level, _)| (stamp, level))
        .parse(i)
}

fn level(word: &[u8]) -> Option<(&[u8], Level)> {
    Some((word, Level::listed(word, &LEVELS)?))
}

/// How the levels of web servers are called, as in syslog.
pub(super) const LEVELS: [&[u8]; 8] = byte_words("emerg alert crit error warn notice info debug");

/// The number of a connection: `*61 `.
fn connection(i: &[u8]) -> Leaf<'_, &[u8]> {
    delimited(tag("*"), digit1, tag(" ")).parse(i)
}

/// What a line says it was about.
#[derive(Default)]
struct Tail<'a> {
    client: Option<&'a [u8]>,
    server: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    upstream: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
}

impl<'a> Tail<'a> {
    /// Cuts the tail off: keys stand in a fixed order, so each is looked for, last first, in what is left.
    /// The tail begins at the last `, client: `; before it nothing is cut.
    fn cut(text: &'a [u8]) -> (&'a [u8], Tail<'a>) {
        const KEYS: [&str; 7] = phrases(
            ", referrer: |, host: |, upstream: |, subrequest: |, request: |, server: |, client: ",
        );
        let mut tail = Tail::default();
        let Some(start) = client_at(text) else {
            return (text, tail);
        };
        let mut end = text.len();
        for key in KEYS {
            let Some(i) = last(&text[start..end], key.as_bytes()) else {
                continue;
            };
            let at = start + i;
            let value = unquote(&text[at + key.len()..end]);
            end = at;
            match key {
                ", host: " => tail.host = name(without_port(value)),
                ", upstream: " => tail.upstream = Some(value),
                ", request: " => tail.request = Some(value),
                ", server: " => tail.server = name(without_port(value)),
                ", client: " => tail.client = Some(value),
                _ => {}
            }
        }
        (&text[..start], tail)
    }
}

/// Where the tail begins: the last `, client: ` outside of the quoted request, which a client may fill as it likes.
fn client_at(text: &[u8]) -> Option<usize> {
    let before = find(text, b", request: \"").unwrap_or(text.len());
    last(&text[..before], b", client: ")
}

/// Where a key stands last, which begins with a comma: a text has few.
fn last(text: &[u8], key: &[u8]) -> Option<usize> {
    memrchr_iter(b',', text).find(|at| text[*at..].starts_with(key))
}

/// A value without its quotes; the closing one may be cut off.
fn unquote(v: &[u8]) -> &[u8] {
    match v.strip_prefix(b"\"") {
        Some(inner) => inner.strip_suffix(b"\"").unwrap_or(inner),
        None => v,
    }
}

/// A server or host name; the default server `_` and an empty one are none.
fn name(v: &[u8]) -> Option<&[u8]> {
    let address = || v.iter().all(|c| c.is_ascii_digit() || b".:[]".contains(c));
    (!v.is_empty() && v != b"_" && !address()).then_some(v)
}
