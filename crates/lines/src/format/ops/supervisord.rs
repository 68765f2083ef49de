//! supervisord: `2026-11-20 06:40:43,682 WARN exited: shop (exit status 1; not expected)`. Each exit that was not expected is a crash
//! of the program it names, although it is written at WARN.

use crate::format::leaf::find;
use crate::format::leaf::{Parser, blank, rest, word};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, MarkerKind, Message, Record};
use crate::table::phrases;
use crate::time::stamp::iso;
use memchr::memchr;
use std::borrow::Cow;

/// supervisord.log.
pub struct Supervisord;

impl Format for Supervisord {
    fn meta(&self) -> Meta<'_> {
        Meta::system(
            "supervisord",
            "supervisord: programs started, exited, given up",
        )
        .begins(b"0-9", Signs::TIMED)
        .sample("2026-11-20 06:40:43,682 WARN exited: shop (exit status 1; not expected)")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        line.get(19).filter(|c| **c == b',')?;
        let (_, (stamp, level, text)) = (iso, blank(word.map_opt(level)), blank(rest))
            .parse(line)
            .ok()?;
        let event = ProcessEvent::of(text);
        // lines in which the program is not named are known by the words of supervisord alone
        if event.program.is_none() && !is_own(text) {
            return None;
        }
        let mut m = Message::new(level, text);
        m.states = event.states;
        let mut r = Record::new(Some(stamp), Body::Message(m));
        r.service = event.program.map(Cow::Borrowed);
        Some(r)
    }
}

fn level(word: &[u8]) -> Option<Level> {
    match word {
        b"CRIT" => Some(Level::Fatal),
        b"ERRO" => Some(Level::Error),
        b"WARN" => Some(Level::Warn),
        b"INFO" => Some(Level::Info),
        b"DEBG" => Some(Level::Debug),
        b"TRAC" | b"BLAT" => Some(Level::Trace),
        _ => None,
    }
}

#[derive(Default)]
struct ProcessEvent<'a> {
    program: Option<&'a [u8]>,
    states: Option<MarkerKind>,
}

impl<'a> ProcessEvent<'a> {
    fn of(text: &'a [u8]) -> ProcessEvent<'a> {
        let Some(colon) = memchr(b':', &text[..text.len().min(12)]) else {
            return ProcessEvent::default();
        };
        let rest = text[colon + 1..].trim_ascii_start();
        let has = |s: &str| find(rest, s.as_bytes()).is_some();
        let states = match &text[..colon] {
            b"spawned" => None,
            b"stopped" => Some(MarkerKind::ServiceStop),
            b"exited" => has("; not expected)").then_some(MarkerKind::Crash),
            b"success" if has(" entered RUNNING state") => None,
            b"gave up" if has(" entered FATAL state") => Some(MarkerKind::Crash),
            b"spawnerr" | b"reaped" | b"killing" => None,
            _ => return ProcessEvent::default(),
        };
        let name = rest.strip_prefix(b"'").unwrap_or(rest);
        let n = name
            .iter()
            .position(|c| matches!(c, b' ' | b'\'' | b',' | b':'))
            .unwrap_or(name.len());
        ProcessEvent {
            program: (n > 0).then(|| &name[..n]),
            states,
        }
    }
}

/// What supervisord says of itself.
fn is_own(text: &[u8]) -> bool {
    const LINES: [&str; 9] = phrases(
        "supervisord started with pid |Supervisor is running as root.|RPC interface 'supervisor' initialized|\
        Server 'unix_http_server' running|Server 'inet_http_server' running|daemonizing the supervisord process|\
        waiting for |received SIG|Included extra file ",
    );
    LINES.iter().any(|l| text.starts_with(l.as_bytes()))
        || text.starts_with(b"Set uid to user ")
        || text.starts_with(b"Unlinking stale socket ")
}
