//! PagerDuty webhooks, version 3 (`event.event_type`) and version 2 (`messages[].event`). The time is that of the event:
//! `data.created_at` is the incident's creation and `data.status` a snapshot, neither says what happened.

use super::value::{self, Needles, Opened, first_text, text, time};
use crate::record::{MarkerKind, Notice, Record};
use crate::table::rows;
use serde_json::Value;

static VERSION_3: Needles = Needles::new(&["\"event_type\"", "\"occurred_at\""]);
static VERSION_2: Needles = Needles::new(&["\"incident.", "\"messages\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    let v3 = VERSION_3.all(line);
    if !v3 && !VERSION_2.all(line) {
        return None;
    }
    let Opened { received, body } = value::open(line)?;
    if v3 {
        let event = body.get("event")?;
        let notices: Vec<Notice> = version_3(event)?.into_iter().collect();
        let stamp = time(event, "occurred_at").or(received);
        return Some(value::record(stamp, notices));
    }
    let messages = body.get("messages")?.as_array()?;
    let notices: Vec<Notice> = messages.iter().filter_map(version_2).collect();
    let stamp = messages.first().and_then(|m| time(m, "created_on"));
    let stamp = notices.iter().find_map(|n| n.stamp).or(stamp).or(received);
    Some(value::record(stamp, notices))
}

/// What a verb of an event or of a log entry says became of an incident. Verbs that say nothing about its state (priority,
/// responders, snoozing, limits) are none.
pub(super) fn kind(verb: &str) -> Option<MarkerKind> {
    let mut verbs = rows(include_str!("verbs.tsv"));
    let [kind, _] = verbs.find(|[_, of]| of.split(' ').any(|v| v == verb))?;
    MarkerKind::from_word(kind)
}

/// The same of the type of an event, `incident.triggered`.
fn of_type(v: &Value) -> Option<MarkerKind> {
    kind(v.as_str()?.strip_prefix("incident.")?)
}

/// `None` when it is no event; `Some(None)` when it is one that states nothing.
fn version_3<'a>(event: &Value) -> Option<Option<Notice<'a>>> {
    let verb = event.get("event_type").filter(|v| v.is_string())?;
    let Some(kind) = of_type(verb) else {
        return Some(None);
    };
    let data = event.get("data").unwrap_or(&Value::Null);
    let title = first_text(data, &["title", "summary", "content"])
        .or_else(|| text(data, &["incident", "summary"]))
        .unwrap_or_default();
    // The incident stands in `data` itself, for notes and status updates one level below.
    let group = first_text(data, &["number"])
        .or_else(|| text(data, &["incident", "id"]))
        .or_else(|| text(data, &["id"]));
    let mut n = Notice::new(kind, title.into_bytes());
    n.since = time(data, "created_at");
    n.group = value::owned(group);
    n.actor = value::owned(person(event.get("agent")));
    n.service = value::owned(text(data, &["service", "summary"]));
    n.confidence = 95;
    Some(Some(n))
}

fn version_2<'a>(message: &Value) -> Option<Notice<'a>> {
    let kind = of_type(message.get("event")?)?;
    let entry = message.get("log_entries").and_then(|l| l.get(0));
    let incident = message.get("incident").unwrap_or(&Value::Null);
    let title = first_text(incident, &["title", "summary"]).unwrap_or_default();
    let mut n = Notice::new(kind, title.into_bytes());
    // The log entry is the act; the message is its delivery.
    n.stamp = entry
        .and_then(|e| time(e, "created_at"))
        .or_else(|| time(message, "created_on"));
    n.since = time(incident, "created_at");
    n.group = value::owned(first_text(incident, &["incident_number", "id"]));
    n.actor = value::owned(person(entry.and_then(|e| e.get("agent"))));
    n.service = value::owned(
        text(incident, &["service", "summary"])
            .or_else(|| entry.and_then(|e| text(e, &["service", "summary"]))),
    );
    n.confidence = 95;
    Some(n)
}

/// The agent's name, where it is a person: no agent, or a service, means that the pager acted by itself.
fn person(agent: Option<&Value>) -> Option<String> {
    let agent = agent?;
    let kind = agent.get("type").and_then(Value::as_str).unwrap_or("user");
    if kind.starts_with("service") {
        return None;
    }
    first_text(agent, &["summary", "name"])
}
