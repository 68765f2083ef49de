//! The main log of Icinga 2: `[time offset] severity/Facility: text`. What it sends is the page; which state that tells stands in
//! quotes. The other lines are messages.

use crate::format::leaf::{
    Leaf, Parser, before, before_near, blank, bracketed, multispace0, opt, past, preceded, rest,
    tag, verify,
};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Level, MarkerKind, Message, Notice, Record};
use crate::time::stamp::iso;

/// Icinga 2.
pub struct Icinga2;

impl Format for Icinga2 {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "Icinga 2",
            "the main log of Icinga 2: notifications that it sends, and its own trouble",
        )
        .begins(b"[", Signs::TIMED | Signs::CLOSE | Signs::PATH)
        .sample("[2026-03-10 13:05:00 +0100] information/Notification: Sending 'Problem' notification 'web1!http!mail' for user 'alice'")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let level = before_near(b'/', 16).map_opt(level);
        let facility = verify(before_near(b':', 64), |f: &[u8]| {
            f.iter().all(u8::is_ascii_alphanumeric)
        });
        let (_, (at, level, facility, text)) =
            (bracketed(iso), blank(level), facility, blank(rest))
                .parse(line)
                .ok()?;
        at.offset_min?;
        let body = match facility {
            b"Notification" => sent(text).ok().map(|(_, n)| Body::Notices(vec![n])),
            _ => None,
        };
        let body = body.unwrap_or_else(|| Body::Message(Message::new(level, text)));
        Some(Record::new(Some(at), body))
    }
}

fn level(word: &[u8]) -> Option<Level> {
    match word {
        b"critical" => Some(Level::Error),
        b"warning" => Some(Level::Warn),
        b"information" | b"notice" => Some(Level::Info),
        b"debug" => Some(Level::Debug),
        _ => None,
    }
}

/// `Sending 'Problem' notification 'web1!http!mail' for user 'alice'`, also with `reminder` in front.
fn sent(i: &[u8]) -> Leaf<'_, Notice<'_>> {
    let begin = (tag("Sending "), opt(tag("reminder ")));
    let what = (multispace0, opt(tag("notification ")), multispace0);
    let user = preceded(past("for user ", usize::MAX), single_quoted);
    (
        preceded(begin, single_quoted.map_opt(kind)),
        preceded(what, single_quoted),
        opt(user),
    )
        .map(|(kind, name, user)| {
            // the last part names the notification, not what it is about
            let about = memchr::memrchr(b'!', name).map_or(name, |n| &name[..n]);
            let mut n = Notice::new(kind, about);
            n.group = Some(about.into());
            n.actor = user.map(Into::into);
            n
        })
        .parse(i)
}

fn kind(word: &[u8]) -> Option<MarkerKind> {
    match word {
        b"Problem" => Some(MarkerKind::AlertFired),
        b"Recovery" => Some(MarkerKind::AlertResolved),
        b"Acknowledgement" => Some(MarkerKind::AlertAcknowledged),
        b"DowntimeStart" => Some(MarkerKind::MaintenanceStart),
        b"DowntimeEnd" | b"DowntimeRemoved" => Some(MarkerKind::MaintenanceFinish),
        _ => None,
    }
}

/// What stands in single quotes.
fn single_quoted(i: &[u8]) -> Leaf<'_, &[u8]> {
    preceded(tag("'"), before(b'\'')).parse(i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp;

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
}
