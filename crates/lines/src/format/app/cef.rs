//! Events of security tools: ArcSight's CEF (`CEF:0|Vendor|Product|1.0|id|name|severity|k=v …`) and IBM's LEEF
//! (`LEEF:1.0|Vendor|Product|1.0|id|k=v<TAB>…`), alone or behind a syslog head. Values hold blanks; times are among the values.

use crate::format::leaf;
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, Message, Record};
use crate::time::Stamp;
use crate::time::stamp;
use memchr::memchr;
use std::borrow::Cow;

/// Events in CEF or LEEF.
pub struct Cef;

/// Whether a text is one of them.
pub fn is_event(text: &[u8]) -> bool {
    text.starts_with(b"CEF:") || text.starts_with(b"LEEF:")
}

impl Format for Cef {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "CEF and LEEF",
            "events of security tools in CEF or LEEF, alone or behind a syslog head",
        )
        .begins(b"CL", Signs::BAR)
        .sample("CEF:0|Acme|Firewall|1.0|100|worm stopped|8|rt=1773147900123 src=10.0.0.1 dst=2.1.2.2 dvchost=fw1 msg=blocked at the edge")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let e = match line.strip_prefix(b"LEEF:") {
            Some(rest) => leef(rest)?,
            None => cef(line.strip_prefix(b"CEF:")?)?,
        };
        let mut text = e.name.to_vec();
        if let Some(m) = e.message.filter(|m| !m.is_empty()) {
            text.extend_from_slice(b": ");
            text.extend_from_slice(m);
        }
        let message = Message {
            text: Cow::Owned(text),
            ..Message::new(e.level, b"")
        };
        Some(Record {
            host: e.host.map(Cow::Borrowed),
            ..Record::new(e.stamp, Body::Message(message))
        })
    }
}

/// What an event tells.
struct CefEvent<'a> {
    stamp: Option<Stamp>,
    level: Level,
    name: &'a [u8],
    message: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
}

/// A field of the head, ended by a bar that no backslash escapes; and what follows the bar.
fn field(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        let bar = at + memchr(b'|', &b[at..])?;
        if bar == 0 || b[bar - 1] != b'\\' {
            return Some((&b[..bar], &b[bar + 1..]));
        }
        at = bar + 1;
    }
}

/// Severity 0–10 or in words.
fn level(b: &[u8]) -> Level {
    match b {
        b"Medium" => Level::Warn,
        b"High" | b"Very-High" => Level::Error,
        _ => match leaf::uint(b) {
            Some(4..=6) => Level::Warn,
            Some(7..) => Level::Error,
            _ => Level::Info,
        },
    }
}

fn cef(b: &[u8]) -> Option<CefEvent<'_>> {
    let (version, b) = field(b)?;
    leaf::uint(version)?;
    let (_vendor, b) = field(b)?;
    let (_product, b) = field(b)?;
    let (_version, b) = field(b)?;
    let (_id, b) = field(b)?;
    let (name, b) = field(b)?;
    let (severity, extension) = field(b).unwrap_or((b, b""));
    let mut e = CefEvent {
        stamp: None,
        level: level(severity.trim_ascii()),
        name,
        message: None,
        host: None,
    };
    pairs(extension, |k, v| match k {
        b"rt" => e.stamp = time(v).or(e.stamp),
        b"end" | b"start" | b"deviceReceiptTime" => e.stamp = e.stamp.or_else(|| time(v)),
        b"msg" | b"reason" => e.message = e.message.or(Some(v)),
        b"dvchost" | b"dvc" => e.host = e.host.or(Some(v)),
        _ => {}
    });
    Some(e)
}

/// Bytes of a key at most.
const KEY: usize = 64;

/// Calls `f` with each pair: a value goes on to the blank before the next key.
fn pairs<'a>(b: &'a [u8], mut f: impl FnMut(&'a [u8], &'a [u8])) {
    let is_key = |k: &[u8]| !k.is_empty() && k.iter().all(u8::is_ascii_alphanumeric);
    let (mut open, mut start): (Option<&[u8]>, usize) = (None, 0);
    for eq in memchr::memchr_iter(b'=', b) {
        let from = start.max(eq.saturating_sub(KEY));
        let at = match memchr::memrchr(b' ', &b[from..eq]) {
            Some(n) => from + n + 1,
            None if open.is_none() => from,
            None => continue,
        };
        if !is_key(&b[at..eq]) {
            continue;
        }
        if let Some(key) = open.replace(&b[at..eq]) {
            f(key, b[start..at].trim_ascii_end());
        }
        start = eq + 1;
    }
    if let Some(key) = open {
        f(key, &b[start..]);
    }
}

fn leef(b: &[u8]) -> Option<CefEvent<'_>> {
    let (version, b) = field(b)?;
    let (_vendor, b) = field(b)?;
    let (_product, b) = field(b)?;
    let (_version, b) = field(b)?;
    let (id, b) = field(b)?;
    let mut mark = b'\t';
    let mut b = b;
    if version == b"2.0"
        && let Some((written, rest)) = field(b)
        && written.len() < 6
    {
        mark = match written {
            [one] => *one,
            [b'x' | b'X', hex @ ..] | [b'0', b'x' | b'X', hex @ ..] => std::str::from_utf8(hex)
                .ok()
                .and_then(|h| u8::from_str_radix(h, 16).ok())?,
            _ => mark,
        };
        b = rest;
    }
    let mut e = CefEvent {
        stamp: None,
        level: Level::Info,
        name: id,
        message: None,
        host: None,
    };
    for pair in b.split(|c| *c == mark).take(256) {
        let Some(eq) = memchr(b'=', pair) else {
            continue;
        };
        let v = &pair[eq + 1..];
        match &pair[..eq] {
            b"devTime" => e.stamp = time(v),
            b"sev" => e.level = level(v),
            b"msg" | b"cat" => e.message = e.message.or(Some(v)),
            b"devName" | b"identHostName" => e.host = e.host.or(Some(v)),
            _ => {}
        }
    }
    Some(e)
}

/// An epoch, or `MMM dd yyyy HH:mm:ss` with or without the year, with a zone behind it.
fn time(v: &[u8]) -> Option<Stamp> {
    stamp::whole(v.trim_ascii())
}
