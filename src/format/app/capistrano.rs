//! Capistrano's log: a `START` line with the only stamp and the command, then the steps, which carry none.
//! Steps are untimed messages; what bounds them in time is not decided here.

use crate::format::Format;
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;

/// The log of Capistrano (SSHKit's pretty and plain formatters write the same heads).
pub struct Capistrano;

/// `  INFO ` or ` DEBUG ` (right-aligned, at least one blank before): the level and the rest.
fn level(line: &[u8]) -> Option<(Level, &[u8])> {
    if line.first() != Some(&b' ') {
        return None;
    }
    let t = line.trim_ascii_start();
    let n = t.iter().take(6).position(|c| *c == b' ')?;
    let l = match &t[..n] {
        b"TRACE" => Level::Trace,
        b"DEBUG" => Level::Debug,
        b"INFO" => Level::Info,
        b"WARN" => Level::Warn,
        b"ERROR" => Level::Error,
        b"FATAL" => Level::Fatal,
        _ => return None,
    };
    // The level column is right-aligned to six.
    (line.len() - t.len() + n == 6).then_some((l, &t[n + 1..]))
}

/// `[01b8d526] …`: the text after the step's id.
fn step(t: &[u8]) -> Option<&[u8]> {
    let inner = t.strip_prefix(b"[")?;
    let hex = inner.get(..8)?;
    hex.iter()
        .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
        .then(|| inner[8..].strip_prefix(b"] "))?
        .map(<[u8]>::trim_ascii_start)
}

impl Format for Capistrano {
    fn name(&self) -> &str {
        "Capistrano"
    }
    fn kind(&self) -> Kind {
        Kind::Deploy
    }
    fn about(&self) -> &str {
        "Capistrano log: START lines with a time, steps without"
    }
    fn sample(&self) -> &str {
        "  INFO START 2026-03-10 14:00:00 +0100 cap production deploy"
    }

    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (level, text) = level(line)?;
        if let Some(after) = text.strip_prefix(b"START ") {
            let (rest, s) = stamp::iso(after).ok()?;
            return Some(Record::new(
                Some(s),
                Body::Message(Message::new(level, rest.trim_ascii_start())),
            ));
        }
        if text.len() >= 8 && text.iter().all(|c| *c == b'-') {
            return Some(Record::new(None, Body::Nothing));
        }
        Some(Record::new(
            None,
            Body::Message(Message::new(level, step(text)?)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_timed_and_steps_are_not() {
        let r = Capistrano
            .parse(b"  INFO START 2024-03-05 13:03:15 +0100 cap production deploy")
            .unwrap();
        assert_eq!(r.stamp.unwrap().offset_min, Some(60));
        let text = |b: Body<'_>| match b {
            Body::Message(m) => m.text.into_owned(),
            _ => panic!(),
        };
        assert_eq!(text(r.body), b"cap production deploy");
        let r = Capistrano
            .parse(b" DEBUG [01b8d526] Command: /usr/bin/env git archive")
            .unwrap();
        assert!(r.stamp.is_none());
        assert_eq!(text(r.body), b"Command: /usr/bin/env git archive");
        let r = Capistrano
            .parse(b"  INFO ------------------------------------")
            .unwrap();
        assert!(matches!(r.body, Body::Nothing));
    }

    #[test]
    fn others_are_left_alone() {
        for l in [
            &b"  INFO starting"[..],
            b"INFO START 2024-03-05 13:03:15 +0100 cap production deploy",
            b"  INFO [not-hex!] x",
            b"  File \"x.py\"",
            b"",
        ] {
            assert!(Capistrano.parse(l).is_none());
        }
    }
}
