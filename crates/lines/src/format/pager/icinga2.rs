//! The main log of Icinga 2: `[time offset] severity/Facility: text`. What it sends is the page; which state that tells stands in
//! quotes. The other lines are messages.

use crate::format::Format;
use crate::format::line_features::Signs;
use crate::record::{Body, Kind, Level, MarkerKind, Message, Notice, Record};
use crate::time::stamp;

/// Icinga 2.
pub struct Icinga2;

impl Format for Icinga2 {
    fn name(&self) -> &str {
        "Icinga 2"
    }
    fn kind(&self) -> Kind {
        Kind::Pager
    }
    fn about(&self) -> &str {
        "the main log of Icinga 2: notifications that it sends, and its own trouble"
    }
    fn sample(&self) -> &str {
        "[2026-03-10 13:05:00 +0100] information/Notification: Sending 'Problem' notification 'web1!http!mail' for user 'alice'"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::TIMED | Signs::CLOSE | Signs::PATH
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let (rest, at) = stamp::iso(line.strip_prefix(b"[")?).ok()?;
        at.offset_min?;
        let rest = rest.strip_prefix(b"] ")?;
        let slash = memchr::memchr(b'/', &rest[..rest.len().min(16)])?;
        let level = match &rest[..slash] {
            b"critical" => Level::Error,
            b"warning" => Level::Warn,
            b"information" | b"notice" => Level::Info,
            b"debug" => Level::Debug,
            _ => return None,
        };
        let rest = &rest[slash + 1..];
        let colon = memchr::memchr(b':', &rest[..rest.len().min(64)])?;
        let (facility, text) = (&rest[..colon], rest[colon + 1..].strip_prefix(b" ")?);
        if !facility.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        let body = match facility {
            b"Notification" => sent(text).map(|n| Body::Notices(vec![n])),
            _ => None,
        };
        let body = body.unwrap_or_else(|| Body::Message(Message::new(level, text)));
        Some(Record::new(Some(at), body))
    }
}

/// `Sending 'Problem' notification 'web1!http!mail' for user 'alice'`, also with `reminder` in front.
fn sent(text: &[u8]) -> Option<Notice<'_>> {
    let text = text.strip_prefix(b"Sending ")?;
    let text = text.strip_prefix(b"reminder ").unwrap_or(text);
    let (kind, text) = quoted(text)?;
    let kind = match kind {
        b"Problem" => MarkerKind::AlertFired,
        b"Recovery" => MarkerKind::AlertResolved,
        b"Acknowledgement" => MarkerKind::AlertAcknowledged,
        b"DowntimeStart" => MarkerKind::MaintenanceStart,
        b"DowntimeEnd" | b"DowntimeRemoved" => MarkerKind::MaintenanceFinish,
        _ => return None,
    };
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"notification ").unwrap_or(text);
    let (name, text) = quoted(text.trim_ascii_start())?;
    // the last part names the notification, not what it is about
    let about = memchr::memrchr(b'!', name).map_or(name, |n| &name[..n]);
    let mut n = Notice::new(kind, about);
    n.group = Some(about.into());
    let user = memchr::memmem::find(text, b"for user ").map(|n| &text[n + 9..]);
    n.actor = user.and_then(quoted).map(|(u, _)| u.into());
    Some(n)
}

/// What stands in single quotes at the start, and what follows.
fn quoted(b: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = b.strip_prefix(b"'")?;
    let end = memchr::memchr(b'\'', inner)?;
    Some((&inner[..end], &inner[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(&'static str, String)> {
        let line = format!("[2026-03-10 13:05:00 +0100] {text}");
        let r = Icinga2.parse(line.as_bytes())?;
        assert_eq!(r.stamp, stamp::whole(b"2026-03-10T13:05:00+01:00"));
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        match &r.body {
            Body::Notices(n) => Some((n[0].kind.word(), text(&n[0].title))),
            Body::Message(m) => {
                let level = if m.level == Level::Error {
                    "error"
                } else {
                    "info"
                };
                Some((level, text(&m.text)))
            }
            _ => None,
        }
    }

    #[test]
    fn lines() {
        for (line, kind, text) in [
            (
                "information/Notification: Sending 'Problem' notification 'web1!http!mail' for user 'alice'",
                "alert_fired",
                "web1!http",
            ),
            (
                "information/Notification: Sending reminder 'Problem' notification 'web1!http!mail' for user 'alice'",
                "alert_fired",
                "web1!http",
            ),
            (
                "information/Notification: Sending 'Acknowledgement' notification 'web1!mail' for user 'alice'",
                "alert_acknowledged",
                "web1",
            ),
            (
                "information/Notification: Sending 'Recovery' notification 'web1!http!mail' for user 'alice'",
                "alert_resolved",
                "web1!http",
            ),
            (
                "information/Notification: Completed sending 'Problem' notification 'web1!http!mail' for checkable 'web1!http' and user 'alice'.",
                "info",
                "Completed sending 'Problem' notification 'web1!http!mail' for checkable 'web1!http' and user 'alice'.",
            ),
            (
                "critical/ApiListener: Client TLS handshake failed",
                "error",
                "Client TLS handshake failed",
            ),
        ] {
            assert_eq!(read(line), Some((kind, text.to_owned())), "{line}");
        }
        for none in [
            "information: x",
            "info/Notification: x",
            "critical/a b: x",
            "critical/X:x",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(s in "(information|critical)/[A-Za-z ]{0,12}:? ?(Sending )?('[A-Za-z]{0,9}')? ?(notification )?['a-z!]{0,12}") {
            let _ = read(&s);
        }
    }
}
