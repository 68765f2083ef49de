//! Alerts of monitors whose keys are their own: Zabbix' media, Uptime Kuma. Each tells by its keys that it is one; what is common to all others is read in `generic`.

use super::value::{self, first_text, text, time};
use crate::record::{MarkerKind, Notice};
use serde_json::Value;

/// What such an alert states; `None` where it is none of them.
pub(super) fn read<'a>(v: &Value) -> Option<Notice<'a>> {
    zabbix_media(v).or_else(|| uptime_kuma(v))
}

fn notice<'a>(kind: MarkerKind, title: String, group: Option<String>) -> Notice<'a> {
    let mut n = Notice::new(kind, title.into_bytes());
    n.group = value::owned(group);
    n.confidence = 80;
    n
}

fn kind_of(word: &str) -> Option<MarkerKind> {
    match word {
        "PROBLEM" => Some(MarkerKind::AlertFired),
        "RESOLVED" | "OK" => Some(MarkerKind::AlertResolved),
        _ => None,
    }
}

/// A user's template with the macros of Zabbix: the name of a trigger, its severity, a state in capitals.
fn zabbix_media<'a>(v: &Value) -> Option<Notice<'a>> {
    let title = first_text(v, &["trigger", "trigger_name"])?;
    first_text(v, &["severity", "trigger_severity", "nseverity"])?;
    let word = first_text(v, &["status", "trigger_status"])?;
    let kind = kind_of(&word)?;
    let mut n = notice(kind, title, first_text(v, &["event_id", "eventid"]));
    n.stamp = Some(
        ["clock", "timestamp", "time"]
            .iter()
            .find_map(|k| time(v, k))?,
    );
    Some(n)
}

fn uptime_kuma<'a>(v: &Value) -> Option<Notice<'a>> {
    let beat = v.get("heartbeat")?;
    let title = text(v, &["monitor", "name"])?;
    let kind = match beat.get("status")?.as_i64()? {
        0 => MarkerKind::AlertFired,
        1 => MarkerKind::AlertResolved,
        _ => return None,
    };
    let mut n = notice(kind, title, text(v, &["monitor", "id"]));
    n.stamp = Some(time(beat, "time")?);
    Some(n)
}
