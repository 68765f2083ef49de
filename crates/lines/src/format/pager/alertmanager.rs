//! Alertmanager and Grafana webhooks: one notice per alert, whatever the state of the group. The time is the delivery, where a
//! wrapper tells it, else that of the alert itself. Resends repeat group, kind and `since`.

use super::value::{self, Needles, Opened, finders, first_text, text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::Stamp;
use serde_json::Value;

static GROUP: Needles = Needles::new(|| finders(&["startsAt", "alerts", "labels"]));
static SILENCE: Needles = Needles::new(|| finders(&["startsAt", "matchers", "createdBy"]));
static NEEDLES: Needles = Needles::new(|| finders(&["startsAt", "labels", "fingerprint"]));

/// Alertmanager webhook bodies (version 4, and Grafana's), one per line, bare or wrapped with a receive time.
pub struct Alertmanager;

impl Format for Alertmanager {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "Alertmanager webhook",
            "Alertmanager and Grafana webhook bodies, one JSON object per line",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"status":"firing","alerts":[{"status":"firing","labels":{"alertname":"InstanceDown"},"annotations":{},"startsAt":"2026-11-20T06:51:15.342Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"36b270fc32af3d52"}],"version":"4"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if SILENCE.all(line) && !GROUP.all(line) {
            return silence(line);
        }
        if !NEEDLES.all(line) && !GROUP.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let Some(alerts) = body.get("alerts").and_then(Value::as_array) else {
            // one alert of the API's list
            body.get("fingerprint")?;
            let notice = notice(&body, received);
            return Some(value::record(received, notice.into_iter().collect()));
        };
        let notices = alerts
            .iter()
            .filter_map(|a| notice(a, received).map(|n| sent(n, &body)))
            .collect::<Vec<_>>();
        Some(value::record(received, notices))
    }
}

/// An alert whose own time is not told happened when it was sent.
fn sent<'a>(n: Notice<'a>, body: &Value) -> Notice<'a> {
    let stamp = n.stamp.or_else(|| time(body, "sentAt"));
    Notice { stamp, ..n }
}

/// A silence that somebody has set: no page will come, whatever happens.
fn silence<'a>(line: &[u8]) -> Option<Record<'a>> {
    let v: Value = serde_json::from_slice(line).ok()?;
    let stamp = time(&v, "startsAt")?;
    let said = first_text(&v, &["comment"]).unwrap_or_default();
    let mut n = Notice::new(
        MarkerKind::HumanNote,
        format!("alerts silenced: {said}").into_bytes(),
    );
    n.group = value::owned(first_text(&v, &["id"]));
    n.actor = value::owned(first_text(&v, &["createdBy"]));
    Some(value::record(Some(stamp), vec![n]))
}

fn notice<'a>(alert: &Value, received: Option<Stamp>) -> Option<Notice<'a>> {
    // the API tells a state that goes with the alert, and an end that is a time-out
    let state = text(alert, &["status", "state"]).or_else(|| text(alert, &["status"]))?;
    let (kind, own) = match state.as_str() {
        "firing" | "active" | "suppressed" | "unprocessed" => (MarkerKind::AlertFired, "startsAt"),
        "resolved" => (MarkerKind::AlertResolved, "endsAt"),
        _ => return None,
    };
    let labels = alert.get("labels").unwrap_or(&Value::Null);
    let mut n = Notice::new(kind, title(alert, labels).into_bytes());
    n.stamp = received.or_else(|| time(alert, own));
    n.since = time(alert, "startsAt");
    // An incident number ties acknowledgements by people and bots to the alert; the fingerprint is Alertmanager's own.
    let group = first_text(labels, &["incident", "incident_id", "incident_number"])
        .or_else(|| text(alert, &["fingerprint"]))
        .or_else(|| (!labels.is_null()).then(|| labels.to_string()));
    n.group = value::owned(group);
    n.service = value::owned(first_text(labels, &["service", "app", "job", "component"]));
    n.version = value::owned(first_text(labels, &["version", "release"]));
    n.confidence = 95;
    Some(n)
}

/// The alert's name, followed by its summary where that says more.
fn title(alert: &Value, labels: &Value) -> String {
    let name = first_text(labels, &["alertname"]).unwrap_or_default();
    let note = alert.get("annotations").unwrap_or(&Value::Null);
    match first_text(note, &["summary", "title", "description", "message"]) {
        Some(s) if name.is_empty() => s,
        Some(s) if s != name => format!("{name}: {s}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{seen, utc};
    use super::*;

    fn rows(text: &str) -> Vec<(String, Option<i64>, String)> {
        text.lines()
            .flat_map(|l| seen(&Alertmanager.parse(l.as_bytes()).unwrap()))
            .collect()
    }

    #[test]
    fn samples() {
        let print = |s: &str| s.to_string();
        assert_eq!(
            rows(include_str!(
                "../../../../../tests/data/alertmanager_webhook.jsonl"
            )),
            [
                (
                    print("alert_fired"),
                    utc("2026-11-20T06:51:15.342Z"),
                    print("36b270fc32af3d52")
                ),
                (
                    print("alert_resolved"),
                    utc("2026-11-20T06:51:18.342Z"),
                    print("36b270fc32af3d52")
                ),
            ]
        );
        assert_eq!(
            rows(include_str!(
                "../../../../../tests/data/grafana_webhook.jsonl"
            )),
            [
                (
                    print("alert_fired"),
                    utc("2026-03-10T13:07:10.157076Z"),
                    print("c6eadffa33fcdf37")
                ),
                (
                    print("alert_resolved"),
                    utc("2026-03-10T13:58:00Z"),
                    print("c6eadffa33fcdf37")
                ),
            ]
        );
    }

    #[test]
    fn a_wrapper_tells_the_delivery_and_a_group_may_mix_states() {
        let l = r#"{"received_at": "2024-06-18T08:07:03.632Z", "payload": {"status": "firing", "alerts": [
            {"status": "firing", "labels": {"alertname": "A", "incident": "7977"}, "startsAt": "2024-06-18T08:06:33.548Z", "endsAt": "0001-01-01T00:00:00Z"},
            {"status": "resolved", "labels": {"alertname": "B"}, "startsAt": "2024-06-18T07:00:00Z", "endsAt": "2024-06-18T08:06:00Z", "fingerprint": "f"}]}}"#;
        let r = Alertmanager.parse(l.as_bytes()).unwrap();
        let got = seen(&r);
        assert_eq!(
            got[0],
            (
                "alert_fired".into(),
                utc("2024-06-18T08:07:03.632Z"),
                "7977".into()
            )
        );
        assert_eq!(
            got[1],
            (
                "alert_resolved".into(),
                utc("2024-06-18T08:07:03.632Z"),
                "f".into()
            )
        );
        let crate::record::Body::Notices(n) = &r.body else {
            panic!()
        };
        assert_eq!(
            n[0].since.and_then(|s| s.instant()).map(|i| i.0),
            utc("2024-06-18T08:06:33.548Z")
        );
    }

    #[test]
    fn an_alert_without_an_end_ended_when_that_was_sent() {
        let l = r#"{"status": "resolved", "alerts": [{"status": "resolved", "labels": {"alertname": "A"},
            "startsAt": "2024-06-18T08:00:00Z", "fingerprint": "f"}], "sentAt": "2024-06-18T08:06:33Z"}"#;
        let got = seen(&Alertmanager.parse(l.as_bytes()).unwrap());
        assert_eq!((got.len(), got[0].1), (1, utc("2024-06-18T08:06:33Z")));
    }

    #[test]
    fn other_lines() {
        assert!(
            Alertmanager
                .parse(br#"{"level":"info","msg":"alerts startsAt labels"}"#)
                .is_none()
        );
        assert!(Alertmanager.parse(b"alerts startsAt labels").is_none());
    }
}
