//! PagerDuty's REST exports: log entries (`trigger_log_entry`, `notify_log_entry`, …). The time of an entry is its own; a
//! notification is the page itself, of the same incident as the trigger.

use super::pagerduty::kind;
use super::value::{self, Needles, first_text, text, time};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static ENTRY: Needles = Needles::new(&["_log_entry\"", "\"created_at\""]);

/// Reads one line.
pub fn parse(line: &[u8]) -> Option<Record<'_>> {
    if !ENTRY.all(line) {
        return None;
    }
    let body: Value = serde_json::from_slice(line).ok()?;
    let kind = kind(body.get("type")?.as_str()?.strip_suffix("_log_entry")?);
    let stamp = time(&body, "created_at")?;
    let notice = kind.map(|k| of_entry(k, &body));
    Some(value::record(Some(stamp), notice.into_iter().collect()))
}

fn of_entry<'a>(kind: MarkerKind, v: &Value) -> Notice<'a> {
    let incident = text(v, &["incident", "summary"]);
    let note = || text(v, &["channel", "content"]).or_else(|| text(v, &["channel", "summary"]));
    let note = (kind == MarkerKind::HumanNote).then(note).flatten();
    let title = note.or(incident.clone());
    let title = title.or_else(|| text(v, &["incident", "title"]));
    let title = title.or_else(|| text(v, &["summary"]));
    let mut n = Notice::new(kind, title.unwrap_or_default().into_bytes());
    let id = || first_text(v.get("incident")?, &["id", "incident_number"]);
    n.group = value::owned(incident.and_then(number).or_else(id));
    let by_person = text(v, &["agent", "type"]).is_none_or(|t| t.starts_with("user"));
    n.actor = value::owned(
        text(v, &["agent", "summary"]).filter(|_| by_person && kind != MarkerKind::AlertFired),
    );
    n.service = value::owned(text(v, &["service", "summary"]));
    n.confidence = 95;
    n
}

/// The number in `[#33] web 5xx`.
fn number(summary: String) -> Option<String> {
    let inner = summary.strip_prefix("[#")?;
    Some(inner[..inner.find(']')?].to_owned())
}
