//! supervisord: `2026-11-20 06:40:43,682 WARN exited: shop (exit status 1; not expected)`. Each exit that was not expected is a crash
//! of the program it names, although it is written at WARN.

use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Record};
use crate::time::stamp::iso;
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// supervisord.log.
pub struct Supervisord;

impl Format for Supervisord {
    fn name(&self) -> &str {
        "supervisord"
    }
    fn kind(&self) -> Kind {
        Kind::System
    }
    fn about(&self) -> &str {
        "supervisord: programs started, exited, given up"
    }
    fn may_begin(&self, first: u8) -> bool {
        first.is_ascii_digit()
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if line.get(19) != Some(&b',') || !line[0].is_ascii_digit() {
            return None;
        }
        let (rest, stamp) = iso(line).ok()?;
        let rest = rest.strip_prefix(b" ")?;
        let blank = memchr(b' ', &rest[..rest.len().min(6)])?;
        let level = match &rest[..blank] {
            b"CRIT" => Level::Fatal,
            b"ERRO" => Level::Error,
            b"WARN" => Level::Warn,
            b"INFO" => Level::Info,
            b"DEBG" => Level::Debug,
            b"TRAC" | b"BLAT" => Level::Trace,
            _ => return None,
        };
        let text = &rest[blank + 1..];
        let event = Event::of(text);
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
    fn sample(&self) -> &str {
        "2026-11-20 06:40:43,682 WARN exited: shop (exit status 1; not expected)"
    }
}

#[derive(Default)]
struct Event<'a> {
    program: Option<&'a [u8]>,
    states: Option<MarkerKind>,
}

impl<'a> Event<'a> {
    fn of(text: &'a [u8]) -> Event<'a> {
        let Some(colon) = memchr(b':', &text[..text.len().min(12)]) else {
            return Event::default();
        };
        let rest = text[colon + 1..].trim_ascii_start();
        let has = |s: &str| memmem::find(rest, s.as_bytes()).is_some();
        let states = match &text[..colon] {
            b"spawned" | b"stopped" => None,
            b"exited" => has("; not expected)").then_some(MarkerKind::Crash),
            b"success" if has(" entered RUNNING state") => None,
            b"gave up" if has(" entered FATAL state") => Some(MarkerKind::Crash),
            b"spawnerr" | b"reaped" | b"killing" => None,
            _ => return Event::default(),
        };
        let name = rest.strip_prefix(b"'").unwrap_or(rest);
        let n = name
            .iter()
            .position(|c| matches!(c, b' ' | b'\'' | b',' | b':'))
            .unwrap_or(name.len());
        Event {
            program: (n > 0).then(|| &name[..n]),
            states,
        }
    }
}

/// What supervisord says of itself.
fn is_own(text: &[u8]) -> bool {
    const LINES: [&str; 9] = [
        "supervisord started with pid ",
        "Supervisor is running as root.",
        "RPC interface 'supervisor' initialized",
        "Server 'unix_http_server' running",
        "Server 'inet_http_server' running",
        "daemonizing the supervisord process",
        "waiting for ",
        "received SIG",
        "Included extra file ",
    ];
    LINES.iter().any(|l| text.starts_with(l.as_bytes()))
        || text.starts_with(b"Set uid to user ")
        || text.starts_with(b"Unlinking stale socket ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(Option<String>, Option<MarkerKind>)> {
        let line = format!("2026-11-20 06:40:43,682 WARN {text}");
        let r = Supervisord.parse(line.as_bytes())?;
        let service = r.service.map(|s| String::from_utf8_lossy(&s).into_owned());
        match r.body {
            Body::Message(m) => Some((service, m.states)),
            _ => None,
        }
    }

    #[test]
    fn programs_and_what_befell_them() {
        let shop = || Some("shop".to_owned());
        for (text, program, states) in [
            (
                "exited: shop (exit status 1; not expected)",
                shop(),
                Some(MarkerKind::Crash),
            ),
            ("exited: shop (exit status 0; expected)", shop(), None),
            (
                "gave up: shop entered FATAL state, too many start retries too quickly",
                shop(),
                Some(MarkerKind::Crash),
            ),
            ("spawned: 'shop' with pid 12", shop(), None),
            (
                "success: shop entered RUNNING state, process has stayed up",
                shop(),
                None,
            ),
            ("received SIGTERM indicating exit request", None, None),
        ] {
            assert_eq!(read(text), Some((program, states)), "{text}");
        }
        for other in ["payment failed", "note: shop", ""] {
            assert_eq!(read(other), None, "{other}");
        }
        assert!(Supervisord.parse(b"2026-11-20 06:40:43,682").is_none());
    }

    proptest! {
        #[test]
        fn mutated_lines_never_panic(cut in 0usize..80, put in proptest::collection::vec(any::<u8>(), 0..6), skip in 0usize..9) {
            let s = Supervisord.sample().as_bytes();
            let cut = cut.min(s.len());
            let _ = Supervisord.parse(&[&s[..cut], &put[..], &s[(cut + skip).min(s.len())..]].concat());
        }
    }
}
