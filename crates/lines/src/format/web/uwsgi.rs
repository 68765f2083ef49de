//! uWSGI: request lines, stamped events, and what it prints without a time. A request is stamped when it came in; the stack of
//! one that failed stands before its line.

use super::trouble::WithTrouble;
use crate::format::Reader;
use crate::format::leaf::{
    self, Leaf, Parser, Unit, alt, before, blank, bracketed, delimited, eof, find, number, past,
    past_last, preceded, rest, separated_pair, tag, terminated, value, word,
};
use crate::record::{At, Body, Level, MarkerKind, Message, Record, Request};
use crate::table::phrases;
use crate::time::stamp::ctime;
use std::sync::LazyLock;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    // what has a time begins with a bracket, a star or the name of a day
    let timed = || alt((request, stamped, begins)).parse(line).ok();
    let timed = (!line.first()?.is_ascii_lowercase()).then(timed).flatten();
    timed.map(|(_, r)| r).or_else(|| unstamped(line))
}

/// What reads the stacks of requests that failed too.
pub fn reader() -> Box<dyn Reader> {
    Box::new(WithTrouble::new(parse))
}

/// `[pid: …] address (user) {…} [time] METHOD PATH => generated N bytes in N msecs (PROTOCOL STATUS) …`.
fn request(i: &[u8]) -> Leaf<'_, Record<'_>> {
    let process = (tag("[pid: "), past("] ", 80));
    let unit = alt((
        value(Unit::Milli, tag("msecs ")),
        value(Unit::Micro, tag("micros ")),
        value(Unit::Second, tag("secs ")),
    ));
    let took = (word, blank(unit)).map(|(n, unit)| leaf::decimal_us(n, unit).unwrap_or(-1));
    let answer = delimited((tag("("), word), blank(before(b')')), alt((eof, tag(" "))));
    (
        preceded(process, word),
        preceded(past("} [", 400), ctime),
        preceded(tag("] "), past_last(" => generated ")),
        terminated(number, tag(" bytes in ")),
        (took, answer.map_opt(leaf::status)),
    )
        .map(|(client, stamp, asked, bytes, (latency_us, status))| {
            let (method, path) = leaf::request_line(asked);
            let r = Request {
                status,
                method,
                path,
                bytes,
                latency_us,
                client,
                by_app: true,
                ..Request::default()
            };
            Record {
                stamped: At::Start,
                ..Record::new(Some(stamp), Body::Request(r))
            }
        })
        .parse(i)
}

/// `Fri Nov 20 06:36:47 2026 - text`.
fn stamped(i: &[u8]) -> Leaf<'_, Record<'_>> {
    separated_pair(ctime, tag(" - "), rest)
        .map(|(stamp, text)| {
            let has = |s: &str| find(text, s.as_bytes()).is_some();
            let level = if has("HARAKIRI") || text.starts_with(b"DAMN") {
                Level::Error
            } else if has("!!!") || text.starts_with(b"*** uWSGI listen queue") {
                Level::Warn
            } else {
                Level::Info
            };
            Record::said(Some(stamp), level, text)
        })
        .parse(i)
}

/// `*** Starting uWSGI 2.0.21 (64bit) on [Fri Nov 20 06:36:42 2026] ***`.
fn begins(line: &[u8]) -> Leaf<'_, Record<'_>> {
    (
        tag("*** Starting uWSGI "),
        past(" on ", 160),
        bracketed(ctime),
    )
        .map(|(_, _, stamp)| {
            let mut m = Message::new(Level::Info, line);
            m.states = Some(MarkerKind::ServiceStart);
            Record::new(Some(stamp), Body::Message(m))
        })
        .parse(line)
}

/// What lines without a time begin with that say something; the first an error.
const SAID: [&str; 10] = phrases(
    "DAMN ! worker |Respawned uWSGI worker |spawned uWSGI |gracefully (RE)spawned uWSGI |...gracefully killing workers...|\
    ...brutally killing workers...|binary reloading uWSGI...|SIGINT/SIGTERM received...|SIGINT/SIGQUIT received...|\
    goodbye to uWSGI.",
);

/// What lines begin with that say nothing.
const BANNER: [&str; 33] = phrases(
    "compiled with version: |os: Linux-|nodename: |machine: |clock source: |pcre jit |detected number of CPU cores: |\
    detected binary path: |detected max file descriptor number: |current working directory: |uWSGI running as root|\
    uWSGI http bound on |*** WARNING: | *** WARNING: |your processes number limit is |your memory page size is |\
    your server socket listen backlog is |your mercy for graceful operations |lock engine: |thunder lock: |\
    uwsgi socket |Python version: |Python main interpreter initialized at |*** Python threads support is |\
    python threads support |*** Operational MODE: |WSGI app |*** uWSGI is running in |chdir() to |\
    closing all non-uwsgi socket fds |found fd |running /usr/|Gracefully killing worker ",
);

/// Bytes with which one of these begins.
static FIRST: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut first = [false; 256];
    let all = SAID.iter().chain(&BANNER).chain(&["worker ", "mapped "]);
    all.for_each(|s| first[usize::from(s.as_bytes()[0])] = true);
    first
});

/// Events and decoration without a time.
fn unstamped(line: &[u8]) -> Option<Record<'_>> {
    let first = line.first().filter(|c| FIRST[usize::from(**c)])?;
    let begins = |s: &str| s.as_bytes().first() == Some(first) && line.starts_with(s.as_bytes());
    if let Some(n) = SAID.iter().position(|s| begins(s)) {
        let level = if n == 0 { Level::Error } else { Level::Info };
        return Some(Record::said(None, level, line));
    }
    let has = |s: &str| find(line, s.as_bytes()).is_some();
    let counted = (line.starts_with(b"worker ") && has(" buried after "))
        || (line.starts_with(b"mapped ") && has(" KB) for "));
    let known = counted || BANNER.iter().any(|s| begins(s));
    known.then(|| Record::new(None, Body::Nothing))
}
