//! Plain-text pager lines: a stamp, then words that only a pager begins a message with. They become messages of the pager
//! scope, on which the text rules run; application lines about alerts begin otherwise and are left alone.

use crate::format::line_features::Signs;
use crate::format::{Format, Meta};
use crate::record::{Body, Kind, Level, Message, Record};
use crate::time::stamp;

/// Text logs of pagers and of what was sent to people.
pub struct Plain;

/// Tags of programs that page people.
const TAGS: [&[u8]; 8] = [
    b"pager",
    b"oncall",
    b"on-call",
    b"paging",
    b"pagerduty",
    b"opsgenie",
    b"alerting",
    b"smsd",
];
/// Words that begin a pager's message; what must follow them.
const WORDS: [(&[u8], &[u8]); 17] = [
    (b"PAGE", b" :"),
    (b"PAGED", b" :"),
    (b"ALERT #", b"0123456789"),
    (b"ALERT [", b"PSFH"),
    (b"ACK", b" #:"),
    (b"ACKED", b" #:"),
    (b"ACKNOWLEDGED", b" #:"),
    (b"UNACKED", b" #:"),
    (b"ESCALATED", b" #:"),
    (b"ESCALATION", b" #:"),
    (b"RESOLVED", b" #:"),
    (b"RECOVERY", b" #:"),
    (b"[FIRING", b":]"),
    (b"[RESOLVED", b":]"),
    (b"[ACK", b"]N"),
    (b"TRIGGERED", b" #:"),
    (b"Monitor is", b" "),
];

impl Format for Plain {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "pager text",
            "plain-text pager log: a time, then PAGE, ALERT #n, ACK, ESCALATED, RESOLVED or `pager:`",
        )
        .begins(b"0-9@-[a-z\x80-\xff", Signs::TIMED)
        .sample("2023-05-01 13:10:04 +0100 PAGE sent to alice (SMS): web 5xx > 5%")
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let open = line.strip_prefix(b"[").unwrap_or(line);
        // Cheap no: every pager line names itself in its first bytes after the stamp.
        let (rest, at) = stamp::any_shape(open).ok()?;
        let rest = rest.strip_prefix(b"]").unwrap_or(rest);
        let (rest, offset) = zone(rest);
        let text = message(rest.trim_ascii_start())?;
        let at = match offset {
            Some(o) if at.offset_min.is_none() => crate::time::Stamp {
                offset_min: Some(o),
                ..at
            },
            _ => at,
        };
        let mut r = Record::new(Some(at), Body::Message(Message::new(Level::Info, text)));
        r.scope = Some(Kind::Pager);
        Some(r)
    }
}

/// A zone abbreviation after a blank (`UTC`).
fn zone(rest: &[u8]) -> (&[u8], Option<i16>) {
    let Some(word) = rest.strip_prefix(b" ") else {
        return (rest, None);
    };
    match crate::time::zone::abbreviation(word) {
        Some((o, n)) if word.get(n) == Some(&b' ') => (&word[n..], o),
        _ => (rest, None),
    }
}

/// The message of a pager, without its tag; `None` when it does not begin like one.
fn message(rest: &[u8]) -> Option<&[u8]> {
    if let Some(said) = tagged(rest) {
        return Some(said);
    }
    // A syslog host may stand in front of the tag.
    let host = rest.iter().take(64).position(|&c| c == b' ');
    if let Some(said) = host.and_then(|n| tagged(&rest[n + 1..])) {
        return Some(said);
    }
    let begins = WORDS.iter().any(|(word, next)| {
        rest.starts_with(word) && rest.get(word.len()).is_some_and(|c| next.contains(c))
    });
    (begins || is_note(rest) || is_told(rest)).then_some(rest)
}

/// What follows `pager: ` or `pager[812]: `.
fn tagged(rest: &[u8]) -> Option<&[u8]> {
    let colon = rest.iter().take(32).position(|&c| c == b':')?;
    if rest.get(colon + 1) != Some(&b' ') {
        return None;
    }
    let tag = rest[..colon]
        .split(|&c| c == b'[')
        .next()
        .unwrap_or_default();
    TAGS.iter()
        .any(|t| t.eq_ignore_ascii_case(tag))
        .then(|| rest[colon + 2..].trim_ascii_start())
}

/// `NOTE alice: …`: a person's note in a pager's log.
fn is_note(rest: &[u8]) -> bool {
    let Some(name) = rest.strip_prefix(b"NOTE ") else {
        return false;
    };
    let n = name
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || b"._-".contains(c))
        .count();
    n > 0 && name[n..].starts_with(b": ")
}

/// Timelines kept by hand: `Pagers alerted on-call team`, `On-call team acknowledgement`.
fn is_told(rest: &[u8]) -> bool {
    let starts = |p: &str| {
        rest.get(..p.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(p.as_bytes()))
    };
    starts("pagers alerted")
        || starts("pager alerted")
        || starts("on-call ack")
        || starts("on-call team ack")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marker::find;

    fn read(line: &str) -> Option<(Option<i64>, String, Vec<&'static str>)> {
        let r = Plain.parse(line.as_bytes())?;
        let Body::Message(m) = r.body else { panic!() };
        let mut hits = Vec::new();
        find(&m.text, Kind::Pager, &mut hits);
        Some((
            r.stamp.and_then(|s| s.instant()).map(|i| i.0),
            String::from_utf8_lossy(&m.text).into_owned(),
            hits.iter().map(|h| h.kind.word()).collect(),
        ))
    }

    #[test]
    fn sample_file() {
        let rows: Vec<_> = include_str!("../../../../../tests/data/pager_plain.log")
            .lines()
            .map(|l| read(l).unwrap())
            .collect();
        let at = super::super::value::utc;
        assert_eq!(
            (rows[0].0, &rows[0].2[..]),
            (at("2026-03-10T13:07:12Z"), &["alert_fired"][..])
        );
        assert_eq!(
            (rows[1].0, &rows[1].2[..]),
            (at("2026-03-10T13:12:00Z"), &["alert_acknowledged"][..])
        );
        assert!(rows[2].2.is_empty());
        assert_eq!(
            (rows[3].0, &rows[3].2[..]),
            (at("2026-03-10T13:20:00Z"), &["alert_escalated"][..])
        );
        assert_eq!(
            (rows[4].0, &rows[4].2[..]),
            (at("2026-03-10T13:58:00Z"), &["alert_resolved"][..])
        );
    }

    #[test]
    fn tagged_lines() {
        let kinds = |l: &str| read(l).map(|r| (r.1, r.2));
        assert_eq!(
            kinds(
                "2024-04-11 01:53:30 pager: ALERT #3624 [P1] portal: Probe failing for portal (3 failures) paged=chidi"
            ),
            Some((
                "ALERT #3624 [P1] portal: Probe failing for portal (3 failures) paged=chidi".into(),
                vec!["alert_fired"]
            ))
        );
        assert_eq!(
            kinds("2024-09-30 21:52:11 pager: ACK #909 by oyin via phone"),
            Some((
                "ACK #909 by oyin via phone".into(),
                vec!["alert_acknowledged"]
            ))
        );
        assert_eq!(
            kinds("Sep 30 22:01:14 ops1 pager[812]: RESOLVED #909 auto-resolved after 675s"),
            Some((
                "RESOLVED #909 auto-resolved after 675s".into(),
                vec!["alert_resolved"]
            ))
        );
        assert_eq!(
            kinds("2024-09-30 21:52:11 UTC ACK by alice"),
            Some(("ACK by alice".into(), vec!["alert_acknowledged"]))
        );
    }

    #[test]
    fn application_lines_are_left_alone() {
        for l in [
            "2024-09-30 21:52:11,003 INFO received ACK from peer",
            "2024-09-30 21:52:11 ACKNOWLEDGEMENT of order 12",
            "2024-09-30 21:52:11 PAGES 12 rendered",
            "2024-09-30 21:52:11 [Note] page cleaner took 4000ms",
            "2024-09-30 21:52:11 ERROR ALERT #12 could not be sent",
            "2024-09-30 21:52:11 NOTE: table is marked as crashed",
            "Sep 30 22:01:14 web-1 systemd[1]: Started shop.service",
            "PAGE sent to alice",
            "2024-09-30 21:52:11",
        ] {
            assert!(read(l).is_none(), "{l}");
        }
    }
}
