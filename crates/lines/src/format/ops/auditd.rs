//! The audit log of Linux: `type=X msg=audit(epoch.ms:serial): k=v …`. Units that start and stop, commands that restart one, and
//! processes that ended abnormally are notices; all else is a message.

use crate::format::leaf;
use crate::format::leaf::find;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Notice, Record};
use crate::time::stamp::epoch;
use memchr::memchr;
use std::borrow::Cow;

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let (host, line) = match line.strip_prefix(b"node=") {
        Some(rest) => {
            let n = memchr(b' ', &rest[..rest.len().min(256)])?;
            (Some(&rest[..n]), &rest[n + 1..])
        }
        None => (None, line),
    };
    let rest = line.strip_prefix(b"type=")?;
    let n = memchr(b' ', &rest[..rest.len().min(40)])?;
    let (kind, rest) = (&rest[..n], &rest[n..]);
    let rest = rest.strip_prefix(b" msg=audit(")?;
    let (rest, stamp) = epoch(rest).ok()?;
    let close = memchr(b')', &rest[..rest.len().min(24)])?;
    leaf::uint(rest[..close].strip_prefix(b":")?)?;
    let text = rest[close + 1..].strip_prefix(b":")?.trim_ascii_start();
    // what auditd adds for people, behind a separator, says nothing new
    let text = &text[..memchr(0x1d, text).unwrap_or(text.len())];
    let body = match notices(kind, text) {
        Some(n) => Body::Notices(n),
        None => Body::Message(Message::new(Level::Info, text)),
    };
    let r = Record::new(Some(stamp), body).at_host(host);
    Some(r.in_scope(Kind::System))
}

/// The value of a key, without quotes; keys stand behind a blank or a quote.
fn value<'a>(text: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let mut from = 0;
    loop {
        let at = from + find(&text[from..], key.as_bytes())?;
        from = at + key.len();
        if text.get(from) == Some(&b'=') && (at == 0 || matches!(text[at - 1], b' ' | b'\'')) {
            let v = &text[from + 1..];
            let v = v.strip_prefix(b"\"").unwrap_or(v);
            let end = v
                .iter()
                .position(|c| matches!(c, b' ' | b'"' | b'\''))
                .unwrap_or(v.len());
            return Some(&v[..end]);
        }
    }
}

fn about<'a>(kind: MarkerKind, title: &'a [u8], service: &'a [u8]) -> Notice<'a> {
    let mut n = Notice::new(kind, title);
    n.service = (!service.is_empty()).then_some(Cow::Borrowed(service));
    n
}

/// What a record of a type states.
fn notices<'a>(kind: &[u8], text: &'a [u8]) -> Option<Vec<Notice<'a>>> {
    let failed = || value(text, "res") == Some(b"failed");
    match kind {
        b"SERVICE_START" | b"SERVICE_STOP" => {
            let unit = value(text, "unit").filter(|u| !u.is_empty())?;
            Some(vec![match (kind, failed()) {
                // a unit that did not come up, or fell
                (_, true) => about(MarkerKind::Crash, unit, unit),
                (b"SERVICE_START", _) => about(MarkerKind::ServiceStart, unit, unit),
                _ => about(MarkerKind::ServiceStop, unit, unit),
            }])
        }
        b"ANOM_ABEND" => {
            let comm = value(text, "comm").unwrap_or_default();
            Some(vec![about(MarkerKind::Crash, text, comm)])
        }
        b"SYSTEM_BOOT" => Some(vec![about(MarkerKind::ServiceStart, b"system boot", b"")]),
        b"SYSTEM_SHUTDOWN" => Some(vec![about(
            MarkerKind::ServiceStop,
            b"system shutdown",
            b"",
        )]),
        b"EXECVE" => command(text),
        _ => None,
    }
}

/// `argc=3 a0="systemctl" a1="restart" a2="nginx"`.
fn command(text: &[u8]) -> Option<Vec<Notice<'_>>> {
    let (program, verb) = (value(text, "a0")?, value(text, "a1")?);
    let program = program.rsplit(|&c| c == b'/').next().unwrap_or(program);
    let unit = value(text, "a2").unwrap_or_default();
    let (verb, unit) = match program {
        b"systemctl" => (verb, unit),
        b"service" => (unit, verb),
        _ => return None,
    };
    let kind = match verb {
        b"restart" | b"try-restart" => MarkerKind::Restart,
        b"reload" => MarkerKind::ConfigChange,
        b"start" => MarkerKind::ServiceStart,
        b"stop" => MarkerKind::ServiceStop,
        _ => return None,
    };
    let unit = unit.strip_suffix(b".service").unwrap_or(unit);
    Some(vec![about(kind, text, unit)])
}
