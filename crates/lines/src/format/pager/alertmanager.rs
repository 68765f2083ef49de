//! Alertmanager and Grafana webhooks: one notice per alert, whatever the state of the group. The time is the delivery, where a
//! wrapper shows it, else that of the alert itself. Resends repeat group, kind and `since`.

use super::value::{self, Needles, Opened, first_text, text, time};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::Stamp;
use serde_json::Value;

static GROUP: Needles = Needles::new(&["startsAt", "alerts", "labels"]);
static NEEDLES: Needles = Needles::new(&["startsAt", "labels", "fingerprint"]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !NEEDLES.all(line) && !GROUP.all(line) {
        return None;
    }
    let Opened { received, body } = value::open(line)?;
    let Some(alerts) = body.get("alerts").and_then(Value::as_array) else {
        // one alert of the API's list
        body.get("fingerprint")?;
        let notice = notice(&body, None, received);
        return Some(value::record(received, notice.into_iter().collect()));
    };
    let of_all = text(&body, &["status"]);
    let notices = alerts
        .iter()
        .filter_map(|a| notice(a, of_all.as_deref(), received).map(|n| sent(n, &body)))
        .collect::<Vec<_>>();
    Some(value::record(received, notices))
}

/// An alert whose own time is not stated happened when it was sent.
fn sent<'a>(n: Notice<'a>, body: &Value) -> Notice<'a> {
    let stamp = n.stamp.or_else(|| time(body, "sentAt"));
    Notice { stamp, ..n }
}

/// One alert; its state may be shown of the group alone.
fn notice<'a>(alert: &Value, of_all: Option<&str>, received: Option<Stamp>) -> Option<Notice<'a>> {
    // the API shows a state that goes with the alert, and an end that is a time-out
    let state = text(alert, &["status", "state"]).or_else(|| text(alert, &["status"]));
    let state = state.or_else(|| of_all.map(str::to_owned))?;
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
