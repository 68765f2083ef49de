//! Opsgenie webhooks ("alert action data"): the time of an action is `alert.updatedAt`, that of its creation `createdAt`,
//! each in nanoseconds or milliseconds by its size; the other stands in where one is missing.

use super::value::{self, Needles, Opened, finders, first_text, time};
use crate::format::Format;
use crate::format::signs::Signs;
use crate::record::{Kind, MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"alertId\"", "\"action\"", "\"alert\""]));

/// Opsgenie webhook bodies, one per line.
pub struct Opsgenie;

impl Format for Opsgenie {
    fn name(&self) -> &str {
        "Opsgenie webhook"
    }
    fn kind(&self) -> Kind {
        Kind::Pager
    }
    fn about(&self) -> &str {
        "Opsgenie webhook bodies, one JSON object per line"
    }
    fn may_begin(&self, first: u8) -> bool {
        value::may_begin(first)
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::BRACE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let alert = body.get("alert").filter(|a| a.is_object())?;
        // the alert is created at its creation; every other action updates it
        let created = body.get("action").and_then(Value::as_str) == Some("Create");
        let keys = if created {
            ["createdAt", "updatedAt"]
        } else {
            ["updatedAt", "createdAt"]
        };
        let stamp = keys.iter().find_map(|k| time(alert, k)).or(received);
        let kind = match body.get("action")?.as_str()? {
            "Create" => MarkerKind::AlertFired,
            "Acknowledge" => MarkerKind::AlertAcknowledged,
            a if a.starts_with("Escalate") => MarkerKind::AlertEscalated,
            "Close" => MarkerKind::AlertResolved,
            "AddNote" => MarkerKind::HumanNote,
            _ => return Some(value::record(stamp, Vec::new())),
        };
        let said: &[&str] = match kind {
            MarkerKind::HumanNote => &["note", "message"],
            _ => &["message", "alias", "description"],
        };
        let title = first_text(alert, said).unwrap_or_default();
        let mut n = Notice::new(kind, title.into_bytes());
        n.since = time(alert, "createdAt");
        n.group = value::owned(first_text(alert, &["tinyId", "alertId", "alias"]));
        n.actor = value::owned(
            first_text(alert, &["username"])
                .filter(|u| kind != MarkerKind::AlertFired && !u.eq_ignore_ascii_case("system")),
        );
        n.service = value::owned(first_text(alert, &["entity"]));
        n.confidence = 95;
        Some(value::record(stamp, vec![n]))
    }
    fn sample(&self) -> &str {
        r#"{"alert":{"alertId":"052652ac","message":"web 5xx > 5%","tinyId":"23","createdAt":1773148030104,"updatedAt":1773148030166002000},"action":"Create"}"#
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{seen, utc};
    use super::*;

    #[test]
    fn sample_file() {
        let rows: Vec<_> = include_str!("../../../tests/data/opsgenie.jsonl")
            .lines()
            .flat_map(|l| seen(&Opsgenie.parse(l.as_bytes()).unwrap()))
            .collect();
        let row = |k: &str, t: &str| (k.to_string(), utc(t), "23".to_string());
        assert_eq!(
            rows,
            [
                row("alert_fired", "2026-03-10T13:07:10.104Z"),
                row("alert_acknowledged", "2026-03-10T13:12:00.764002Z"),
                row("alert_escalated", "2026-03-10T13:20:00Z"),
                row("alert_resolved", "2026-03-10T13:58:00Z"),
            ]
        );
    }

    #[test]
    fn milliseconds_and_quiet_actions() {
        let l = br#"{"alert":{"alertId":"q","message":"m","tinyId":"7","createdAt":1706592805110,"updatedAt":1706592932545,"username":"camila"},"action":"Acknowledge"}"#;
        assert_eq!(
            seen(&Opsgenie.parse(l).unwrap())[0].1,
            utc("2024-01-30T05:35:32.545Z")
        );
        let l = br#"{"alert":{"alertId":"q","updatedAt":1706592932545},"action":"Snooze"}"#;
        assert!(seen(&Opsgenie.parse(l).unwrap()).is_empty());
        assert!(
            Opsgenie
                .parse(br#"{"alertId":"1","action":"x","alert":"y"}"#)
                .is_none()
        );
    }
}
