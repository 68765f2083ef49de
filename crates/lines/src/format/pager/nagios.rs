//! The log of Nagios and its kin (Icinga 1, Naemon): `[epoch] TYPE: fields`. Only HARD states are alerts; a notification is
//! the page itself, in the same group; states repeated after a rotation are no events. `;` may stand in the last field.

use crate::format::Format;
use crate::record::{Body, Kind, MarkerKind, Notice, Record};
use crate::time::stamp;

/// Nagios log lines.
pub struct Nagios;

impl Format for Nagios {
    fn name(&self) -> &str {
        "Nagios log"
    }
    fn kind(&self) -> Kind {
        Kind::Pager
    }
    fn about(&self) -> &str {
        "Nagios, Icinga 1 and Naemon log"
    }
    fn may_begin(&self, first: u8) -> bool {
        first == b'['
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let inner = line.strip_prefix(b"[")?;
        if inner.get(10) != Some(&b']') || inner.get(11) != Some(&b' ') {
            return None;
        }
        let (_, at) = stamp::epoch(&inner[..10]).ok()?;
        let rest = &inner[12..];
        let (word, fields) = match memchr::memmem::find(rest, b": ") {
            Some(n) => (&rest[..n], &rest[n + 2..]),
            None => (rest, &rest[rest.len()..]),
        };
        let body = match word {
            b"SERVICE ALERT" => alert(fields, true),
            b"HOST ALERT" => alert(fields, false),
            b"SERVICE NOTIFICATION" => notification(fields, true),
            b"HOST NOTIFICATION" => notification(fields, false),
            b"EXTERNAL COMMAND" => command(fields),
            b"SERVICE DOWNTIME ALERT" => downtime(fields, true),
            b"HOST DOWNTIME ALERT" => downtime(fields, false),
            _ if is_known(word) => None,
            _ => return None,
        };
        Some(Record::new(
            Some(at),
            Body::Notices(body.into_iter().collect()),
        ))
    }
    fn sample(&self) -> &str {
        "[1773148030] SERVICE ALERT: web01;HTTP;CRITICAL;HARD;3;HTTP CRITICAL: HTTP/1.1 500 Internal Server Error"
    }
}

/// Line types that are understood and state nothing.
fn is_known(word: &[u8]) -> bool {
    const WORDS: [&str; 22] = [
        "CURRENT SERVICE STATE",
        "CURRENT HOST STATE",
        "INITIAL SERVICE STATE",
        "INITIAL HOST STATE",
        "LOG ROTATION",
        "LOG VERSION",
        "SERVICE FLAPPING ALERT",
        "HOST FLAPPING ALERT",
        "SERVICE EVENT HANDLER",
        "HOST EVENT HANDLER",
        "GLOBAL SERVICE EVENT HANDLER",
        "GLOBAL HOST EVENT HANDLER",
        "PASSIVE SERVICE CHECK",
        "PASSIVE HOST CHECK",
        "SERVICE CONTACT NOTIFICATION",
        "HOST CONTACT NOTIFICATION",
        "TIMEPERIOD TRANSITION",
        "SERVICE COMMENT",
        "Auto-save of retention data completed successfully.",
        "Warning",
        "Error",
        "Finished daemonizing... (New PID=",
    ];
    WORDS.iter().any(|w| w.as_bytes() == word)
        || [
            &b"Nagios "[..],
            b"Icinga ",
            b"Naemon ",
            b"Caught SIG",
            b"Successfully shutdown",
        ]
        .iter()
        .any(|p| word.starts_with(p))
}

/// The host and, for a service, its name, as one group: `host;service`; and the fields after them.
fn object(fields: &[u8], service: bool) -> Option<(&[u8], &[u8])> {
    let mut ends = memchr::memchr_iter(b';', fields);
    let end = if service { ends.nth(1)? } else { ends.next()? };
    Some((&fields[..end], &fields[end + 1..]))
}

fn nth(fields: &[u8], n: usize) -> &[u8] {
    fields.split(|&c| c == b';').nth(n).unwrap_or_default()
}

/// What is left after `n` fields, which may hold the separator.
fn after(fields: &[u8], n: usize) -> &[u8] {
    fields
        .splitn(n + 1, |&c| c == b';')
        .nth(n)
        .unwrap_or_default()
}

fn notice<'a>(kind: MarkerKind, object: &'a [u8], confidence: u8) -> Notice<'a> {
    // The service's name, or the host's where the alert is about the host.
    let title = object.splitn(2, |&c| c == b';').last().unwrap_or(object);
    let mut n = Notice::new(kind, title);
    n.group = Some(object.into());
    n.confidence = confidence;
    n
}

fn state(word: &[u8]) -> Option<MarkerKind> {
    match word {
        b"OK" | b"UP" | b"RECOVERY" => Some(MarkerKind::AlertResolved),
        b"WARNING" | b"CRITICAL" | b"UNKNOWN" | b"DOWN" | b"UNREACHABLE" => {
            Some(MarkerKind::AlertFired)
        }
        _ => None,
    }
}

/// `host;service;STATE;HARD;attempt;output`
fn alert(fields: &[u8], service: bool) -> Option<Notice<'_>> {
    let (object, rest) = object(fields, service)?;
    if nth(rest, 1) != b"HARD" {
        return None;
    }
    Some(notice(state(nth(rest, 0))?, object, 95))
}

/// `contact;host;service;STATE;command;output[;author;comment]`
fn notification(fields: &[u8], service: bool) -> Option<Notice<'_>> {
    let (contact, rest) = object(fields, false)?;
    let (object, rest) = object(rest, service)?;
    let word = nth(rest, 0);
    if let Some(kind) = state(word) {
        let mut n = notice(kind, object, 80);
        n.actor = (kind == MarkerKind::AlertFired).then(|| contact.into());
        return Some(n);
    }
    if word.starts_with(b"ACKNOWLEDGEMENT") {
        let mut n = notice(MarkerKind::AlertAcknowledged, object, 80);
        let author = rest.rsplit(|&c| c == b';').nth(1).unwrap_or_default();
        n.actor = (!author.is_empty()).then(|| author.into());
        return Some(n);
    }
    None
}

/// `ACKNOWLEDGE_SVC_PROBLEM;host;service;sticky;notify;persistent;author;comment`
fn command(fields: &[u8]) -> Option<Notice<'_>> {
    let (name, rest) = object(fields, false)?;
    let service = match name {
        b"ACKNOWLEDGE_SVC_PROBLEM" | b"ACKNOWLEDGE_SVC_PROBLEM_EXPIRE" => true,
        b"ACKNOWLEDGE_HOST_PROBLEM" | b"ACKNOWLEDGE_HOST_PROBLEM_EXPIRE" => false,
        _ => return None,
    };
    let (object, rest) = object(rest, service)?;
    let mut n = notice(MarkerKind::AlertAcknowledged, object, 95);
    let at = if name.ends_with(b"EXPIRE") { 4 } else { 3 };
    let author = nth(rest, at);
    n.actor = (!author.is_empty()).then(|| author.into());
    Some(n)
}

/// `host;service;STARTED; text`
fn downtime(fields: &[u8], service: bool) -> Option<Notice<'_>> {
    let (object, rest) = object(fields, service)?;
    let kind = match nth(rest, 0) {
        b"STARTED" => MarkerKind::MaintenanceStart,
        b"STOPPED" | b"CANCELLED" => MarkerKind::MaintenanceFinish,
        _ => return None,
    };
    let mut n = notice(kind, object, 90);
    let said = after(rest, 1).trim_ascii();
    if !said.is_empty() {
        n.title = said.into();
    }
    Some(n)
}

#[cfg(test)]
mod tests {
    use super::super::value::seen;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sample_file() {
        let rows: Vec<_> = include_str!("../../../../../tests/data/nagios.log")
            .lines()
            .map(|l| seen(&Nagios.parse(l.as_bytes()).unwrap()))
            .collect();
        let row =
            |k: &str, s: i64| vec![(k.to_string(), Some(s * 1_000_000), "web01;HTTP".to_string())];
        assert_eq!(rows.len(), 10);
        assert!(rows[..4].iter().all(Vec::is_empty), "headers, states, SOFT");
        assert_eq!(rows[4], row("alert_fired", 1_773_148_030));
        assert_eq!(rows[5], row("alert_fired", 1_773_148_032));
        assert_eq!(rows[6], row("alert_acknowledged", 1_773_148_320));
        assert_eq!(rows[7], row("alert_acknowledged", 1_773_148_320));
        assert_eq!(rows[8], row("alert_resolved", 1_773_151_080));
        assert_eq!(rows[9], row("alert_resolved", 1_773_151_081));
    }

    #[test]
    fn actors_hosts_and_downtimes() {
        let one = |l: &str| match Nagios.parse(l.as_bytes()).map(|r| r.body) {
            Some(Body::Notices(n)) if n.is_empty() => "nothing".into(),
            Some(Body::Notices(n)) => {
                let n = &n[0];
                let text = |c: &[u8]| String::from_utf8_lossy(c).into_owned();
                format!(
                    "{} {} {}",
                    n.kind.word(),
                    text(n.group.as_deref().unwrap_or_default()),
                    text(n.actor.as_deref().unwrap_or(b"-"))
                )
            }
            other => format!("{other:?}"),
        };
        assert_eq!(
            one(
                "[1719933863] EXTERNAL COMMAND: ACKNOWLEDGE_SVC_PROBLEM;front;High 5xx;2;1;1;ops;on it; really"
            ),
            "alert_acknowledged front;High 5xx ops"
        );
        assert_eq!(
            one("[1719933863] EXTERNAL COMMAND: ACKNOWLEDGE_HOST_PROBLEM;db1;2;1;1;bola;looking"),
            "alert_acknowledged db1 bola"
        );
        assert_eq!(
            one("[1719933863] HOST ALERT: db1;DOWN;HARD;3;no answer"),
            "alert_fired db1 -"
        );
        assert_eq!(
            one("[1719933863] HOST ALERT: db1;UP;HARD;1;ok"),
            "alert_resolved db1 -"
        );
        assert_eq!(
            one("[1719933863] SERVICE DOWNTIME ALERT: web01;HTTP;STARTED; planned"),
            "maintenance_start web01;HTTP -"
        );
        assert_eq!(
            one("[1719933863] Nagios 4.4.6 starting... (PID=812)"),
            "nothing"
        );
        assert_eq!(one("[1719933863] worker ready"), "None");
    }

    proptest! {
        #[test]
        fn any_fields_are_safe(word in "(SERVICE|HOST) (ALERT|NOTIFICATION|DOWNTIME ALERT)|EXTERNAL COMMAND", rest in "[A-Z_;a-z ]{0,40}") {
            let _ = Nagios.parse(format!("[1719933863] {word}: {rest}").as_bytes());
        }
        #[test]
        fn any_bytes_are_safe(b in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Nagios.parse(&b);
        }
    }
}
