//! The servers that come with frameworks: Django's runserver, Python's `http.server`, Werkzeug. Their lines look like the common
//! log format, but with a blank before the clock and no zone. What Django prints around them is understood, and no record.

use super::trouble::WithTrouble;
use crate::format::app::message::colour;
use crate::format::leaf::find;
use crate::format::leaf::{self, quoted};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, Reader};
use crate::record::{Body, MarkerKind, Notice, Record, Request};
use crate::time::Stamp;
use crate::time::stamp::{day_month, iso, month};
use memchr::memchr;

/// Access lines of development servers.
pub struct DevServer;

impl Format for DevServer {
    fn meta(&self) -> Meta<'_> {
        Meta::web(
            "development server",
            "Django runserver, Python http.server, Werkzeug: like the common log format without a zone",
        )
        .stateful()
        .begins(b"\x1b0-9:[", Signs::OPEN | Signs::CLOSE | Signs::CLOCK)
        .begins(b"a-z", Signs::COMMA | Signs::CLOCK)
        .begins(b" A-Z", Signs::NONE)
        .sample(r#"[20/Nov/2026 06:37:00] "GET /boom/ HTTP/1.1" 500 56699"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (client, b) = match line.first()? {
            b'[' | 0x1b => (&line[..0], line),
            b'0'..=b'9' | b':' => {
                let n = memchr(b' ', &line[..line.len().min(46)])?;
                (&line[..n], line[n..].strip_prefix(b" - - ")?)
            }
            b' ' => return flask(line),
            b'P' if line.starts_with(b"Press") => return flask(line),
            _ => return decoration(line).or_else(|| started(line)),
        };
        let b = bare(b).strip_prefix(b"[")?;
        let (rest, stamp) = day_month(b).or_else(|_| iso(b)).ok()?;
        let said = bare(rest.strip_prefix(b"] ")?);
        if stamp.offset_min.is_some() || (!client.is_empty() && !leaf::is_address(client)) {
            return None;
        }
        if said.starts_with(b"code ") && find(said, b", message ").is_some() {
            // http.server says it again in the line that follows
            return Some(Record::new(Some(stamp), Body::Nothing));
        }
        let (rest, line) = quoted(said).ok()?;
        let mut words = rest.strip_prefix(b" ")?.split(|&c| c == b' ');
        let status = leaf::status(words.next()?)?;
        let size = bare_end(words.next()?);
        let bytes = if size == b"-" { 0 } else { leaf::uint(size)? };
        if words.next().is_some() {
            return None;
        }
        let line = bare_end(bare(line));
        let (method, path) = leaf::request_line(line);
        let r = Request {
            status,
            method,
            path,
            bytes,
            latency_us: -1,
            client,
            by_app: true,
            ..Request::default()
        };
        Some(Record::new(Some(stamp), Body::Request(r)))
    }
    fn reader(&self) -> Option<Box<dyn Reader>> {
        Some(Box::new(WithTrouble::new(|line| DevServer.parse(line))))
    }
}

/// Without the colours at the start.
fn bare(mut b: &[u8]) -> &[u8] {
    loop {
        match colour(b) {
            0 => return b,
            n => b = &b[n..],
        }
    }
}

/// Without the colours at the end.
fn bare_end(b: &[u8]) -> &[u8] {
    &b[..memchr(0x1b, b).unwrap_or(b.len())]
}

/// What Flask and Werkzeug print as they begin.
fn flask(line: &[u8]) -> Option<Record<'_>> {
    const LINES: [&[u8]; 10] = [
        b" * Serving Flask app",
        b" * Environment: ",
        b" * Debug mode: ",
        b" * Running on ",
        b" * Restarting with ",
        b" * Debugger is active!",
        b" * Debugger PIN: ",
        b" * Detected change in ",
        b" * Tip: ",
        b"Press CTRL+C to quit",
    ];
    let known = LINES.iter().any(|l| line.starts_with(l));
    known.then(|| Record::new(None, Body::Nothing))
}

/// What Django prints around its access lines.
fn decoration(line: &[u8]) -> Option<Record<'_>> {
    const LINES: [&str; 11] = [
        "Performing system checks...",
        "System check identified ",
        "Django version ",
        "Starting development server at ",
        "Quit the server with ",
        "Watching for file changes with ",
        "Internal Server Error: /",
        "Bad Request: /",
        "Forbidden: /",
        "Method Not Allowed: /",
        "WARNING: This is a development server. ",
    ];
    let first = line.first()?;
    let begins = |s: &str| s.as_bytes().first() == Some(first) && line.starts_with(s.as_bytes());
    let known = LINES.iter().any(|l| begins(l))
        || begins("For more information on production servers see: ")
        || begins("Not Found: /");
    known.then(|| Record::new(None, Body::Nothing))
}

/// `November 20, 2026 - 06:36:56`, alone on its line: Django's runserver begins.
fn started(line: &[u8]) -> Option<Record<'_>> {
    let stamp = long_date(line)?;
    let n = Notice::new(MarkerKind::ServiceStart, &b"development server"[..]);
    Some(Record::new(Some(stamp), Body::Header(vec![n])))
}

fn long_date(line: &[u8]) -> Option<Stamp> {
    if line.len() > 32 || !line.is_ascii() {
        return None;
    }
    let mut parts = line.split(|&c| c == b' ');
    let (name, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let (dash, clock) = (parts.next()?, parts.next()?);
    let number = month(name)?;
    let full = name.len() >= 3 && name.iter().all(u8::is_ascii_alphabetic);
    let day = leaf::uint(day.strip_suffix(b",")?)?;
    if dash != b"-" || parts.next().is_some() || !full || year.len() != 4 || day > 31 {
        return None;
    }
    let clock = std::str::from_utf8(clock).ok()?;
    let year = leaf::uint(year)?;
    let written = format!("{year:04}-{number:02}-{day:02} {clock}");
    let (rest, stamp) = iso(written.as_bytes()).ok()?;
    rest.is_empty().then_some(stamp)
}
