//! PagerDuty's REST exports: log entries (`trigger_log_entry`, `notify_log_entry`, …) and incidents of a list. The time of an entry
//! is its own; a notification is the page itself, of the same incident as the trigger.

use super::value::{self, Needles, finders, first_text, text, time};
use crate::format::Format;
use crate::format::signs::Signs;
use crate::record::{Kind, MarkerKind, Notice, Record};
use serde_json::Value;

static ENTRY: Needles = Needles::new(|| finders(&["_log_entry\"", "\"created_at\""]));
static ROW: Needles =
    Needles::new(|| finders(&["\"incident_number\"", "\"created_on\"", "\"description\""]));
static INCIDENT: Needles = Needles::new(|| {
    finders(&[
        "\"incident_number\"",
        "\"created_at\"",
        "\"escalation_policy\"",
    ])
});

/// Elements of PagerDuty's lists of log entries and incidents.
pub struct PagerDutyLog;

impl Format for PagerDutyLog {
    fn name(&self) -> &str {
        "PagerDuty log"
    }
    fn kind(&self) -> Kind {
        Kind::Pager
    }
    fn about(&self) -> &str {
        "PagerDuty REST exports: log entries and incidents"
    }
    fn may_begin(&self, first: u8) -> bool {
        value::may_begin(first)
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::BRACE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let entry = ENTRY.all(line);
        let row = ROW.all(line);
        if !entry && !row && !INCIDENT.all(line) {
            return None;
        }
        let body: Value = serde_json::from_slice(line).ok()?;
        if entry {
            let kind = kind(body.get("type")?.as_str()?.strip_suffix("_log_entry")?);
            let stamp = time(&body, "created_at")?;
            let notice = kind.map(|k| of_entry(k, &body));
            return Some(value::record(Some(stamp), notice.into_iter().collect()));
        }
        body.get("incident_number")?;
        let created = time(&body, if row { "created_on" } else { "created_at" })?;
        let mut notices = vec![of_incident(MarkerKind::AlertFired, &body)];
        let end = time(&body, "resolved_at")
            .or_else(|| time(&body, "resolved_on"))
            .or_else(|| {
                let resolved = body.get("status").and_then(Value::as_str) == Some("resolved");
                resolved.then(|| time(&body, "last_status_change_at"))?
            });
        if let Some(end) = end {
            let mut n = of_incident(MarkerKind::AlertResolved, &body);
            n.stamp = Some(end);
            notices.push(n);
        }
        Some(value::event(Some(created), notices))
    }
    fn sample(&self) -> &str {
        r##"{"id":"R1","type":"trigger_log_entry","summary":"Triggered through the API.","created_at":"2026-03-10T14:07:10+01:00","agent":{"type":"service_reference"},"incident":{"summary":"[#33] web 5xx > 5%"},"service":{"summary":"shop-web"}}"##
    }
}

/// Types of entries; those about snoozing, urgency and limits state nothing of an alert's course.
fn kind(verb: &str) -> Option<MarkerKind> {
    Some(match verb {
        "trigger" | "notify" => MarkerKind::AlertFired,
        "acknowledge" => MarkerKind::AlertAcknowledged,
        "escalate" | "delegate" | "repeat_escalation_path" => MarkerKind::AlertEscalated,
        "resolve" => MarkerKind::AlertResolved,
        "annotate" => MarkerKind::HumanNote,
        _ => return None,
    })
}

fn of_entry<'a>(kind: MarkerKind, v: &Value) -> Notice<'a> {
    let incident = text(v, &["incident", "summary"]);
    let title = incident.clone().or_else(|| text(v, &["summary"]));
    let mut n = Notice::new(kind, title.unwrap_or_default().into_bytes());
    n.group = value::owned(
        incident
            .and_then(number)
            .or_else(|| text(v, &["incident", "id"])),
    );
    let by_person = text(v, &["agent", "type"]).is_none_or(|t| t.starts_with("user"));
    n.actor = value::owned(
        text(v, &["agent", "summary"]).filter(|_| by_person && kind != MarkerKind::AlertFired),
    );
    n.service = value::owned(text(v, &["service", "summary"]));
    n.confidence = 95;
    n
}

fn of_incident<'a>(kind: MarkerKind, v: &Value) -> Notice<'a> {
    let mut n = Notice::new(
        kind,
        first_text(v, &["title", "summary", "description"])
            .unwrap_or_default()
            .into_bytes(),
    );
    n.group = value::owned(text(v, &["incident_number"]));
    n.service =
        value::owned(text(v, &["service", "summary"]).or_else(|| first_text(v, &["service_name"])));
    n.confidence = 95;
    n
}

/// The number in `[#33] web 5xx`.
fn number(summary: String) -> Option<String> {
    let inner = summary.strip_prefix("[#")?;
    Some(inner[..inner.find(']')?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::value::{seen, utc};
    use super::*;

    fn one(line: &str) -> Vec<(String, Option<i64>, String)> {
        seen(&PagerDutyLog.parse(line.as_bytes()).unwrap())
    }

    #[test]
    fn entries_and_incidents() {
        assert_eq!(
            one(PagerDutyLog.sample()),
            [(
                "alert_fired".into(),
                utc("2026-03-10T13:07:10Z"),
                "33".into()
            )]
        );
        let line = r#"{"type":"snooze_log_entry","created_at":"2026-03-10T14:07:10+01:00"}"#;
        assert!(one(line).is_empty());
        let line = r#"{"incident_number":7,"title":"t","created_at":"2026-03-10T13:00:00Z","status":"resolved","last_status_change_at":"2026-03-10T14:00:00Z","escalation_policy":{}}"#;
        assert_eq!(
            one(line),
            [
                (
                    "alert_fired".into(),
                    utc("2026-03-10T13:00:00Z"),
                    "7".into()
                ),
                (
                    "alert_resolved".into(),
                    utc("2026-03-10T14:00:00Z"),
                    "7".into()
                )
            ]
        );
        assert!(
            PagerDutyLog
                .parse(b"{\"a\":\"x_log_entry\",\"created_at\":1}")
                .is_none()
        );
    }
}
