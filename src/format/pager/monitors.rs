//! Alerts of monitors whose keys are their own: Zabbix' media, UptimeRobot, Uptime Kuma, Better Stack, Splunk On-Call's outgoing
//! template. Each tells by its keys that it is one; what is common to all others is read in `generic`.

use super::value::{self, first_text, text, time};
use crate::record::{MarkerKind, Notice};
use serde_json::Value;

/// What such an alert states; `None` where it is none of them.
pub(super) fn read<'a>(v: &Value) -> Option<Vec<Notice<'a>>> {
    zabbix_media(v)
        .or_else(|| uptime_robot(v))
        .or_else(|| uptime_kuma(v))
        .or_else(|| on_call_template(v))
        .map(|n| vec![n])
        .or_else(|| better_stack(v))
}

fn notice<'a>(kind: MarkerKind, title: String, group: Option<String>) -> Notice<'a> {
    let mut n = Notice::new(kind, title.into_bytes());
    n.group = value::owned(group);
    n.confidence = 80;
    n
}

fn kind_of(word: &str) -> Option<MarkerKind> {
    match word.to_ascii_uppercase().as_str() {
        "PROBLEM" | "DOWN" | "UNACKED" => Some(MarkerKind::AlertFired),
        "ACKED" => Some(MarkerKind::AlertAcknowledged),
        "RESOLVED" | "OK" | "UP" => Some(MarkerKind::AlertResolved),
        _ => None,
    }
}

/// A user's template with the macros of Zabbix: the name of a trigger, its severity, a state in capitals.
fn zabbix_media<'a>(v: &Value) -> Option<Notice<'a>> {
    let title = first_text(v, &["trigger", "trigger_name"])?;
    first_text(v, &["severity", "trigger_severity", "nseverity"])?;
    let word = first_text(v, &["status", "trigger_status"])?;
    let kind = kind_of(&word).filter(|_| matches!(word.as_str(), "PROBLEM" | "OK" | "RESOLVED"))?;
    let mut n = notice(kind, title, first_text(v, &["event_id", "eventid"]));
    n.stamp = Some(
        ["clock", "timestamp", "time"]
            .iter()
            .find_map(|k| time(v, k))?,
    );
    Some(n)
}

fn uptime_robot<'a>(v: &Value) -> Option<Notice<'a>> {
    let kind = kind_of(&first_text(v, &["alertTypeFriendlyName"])?)?;
    let title = first_text(v, &["monitorFriendlyName", "monitorURL"])?;
    let mut n = notice(kind, title, first_text(v, &["monitorID"]));
    n.stamp = Some(time(v, "alertDateTime")?);
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

/// The keys that Splunk On-Call's own variables have.
fn on_call_template<'a>(v: &Value) -> Option<Notice<'a>> {
    let kind = kind_of(&first_text(
        v,
        &["CURRENT_PHASE", "STATE.CURRENT_ALERT_PHASE"],
    )?)?;
    let names = [
        "ENTITY_DISPLAY_NAME",
        "STATE.ENTITY_DISPLAY_NAME",
        "STATE_MESSAGE",
    ];
    let group = first_text(v, &["INCIDENT_ID", "STATE.INCIDENT_NAME", "INCIDENT_NAME"]);
    let title = first_text(v, &names).or_else(|| group.clone())?;
    let mut n = notice(kind, title, group);
    n.stamp = Some(
        ["ALERT.timestamp", "STATE.LAST_TRANSITION_TIME"]
            .iter()
            .find_map(|k| time(v, k))?,
    );
    Some(n)
}

/// An incident of Better Stack, with the times of all that has become of it.
fn better_stack<'a>(v: &Value) -> Option<Vec<Notice<'a>>> {
    let data = v.get("data")?;
    if text(data, &["type"])? != "incident" {
        return None;
    }
    let of = data.get("attributes")?;
    let title = first_text(of, &["name", "cause", "url"])?;
    let group = first_text(data, &["id"]);
    let steps = [
        ("started_at", MarkerKind::AlertFired),
        ("acknowledged_at", MarkerKind::AlertAcknowledged),
        ("resolved_at", MarkerKind::AlertResolved),
    ];
    let all = steps.into_iter().filter_map(|(key, kind)| {
        let mut n = notice(kind, title.clone(), group.clone());
        n.stamp = Some(time(of, key)?);
        n.actor = match kind {
            MarkerKind::AlertAcknowledged => value::owned(first_text(of, &["acknowledged_by"])),
            MarkerKind::AlertResolved => value::owned(first_text(of, &["resolved_by"])),
            _ => None,
        };
        Some(n)
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::super::generic::Generic;
    use super::super::value::{seen, utc};
    use crate::format::Format;

    #[test]
    fn alerts_of_many_monitors() {
        let row = |k: &str, t: &str, g: &str| (k.to_string(), utc(t), g.to_string());
        for (line, rows) in [
            (
                r#"{"event_id":"12","severity":"High","status":"PROBLEM","trigger":"web 5xx","hostname":"web1","clock":1773147900}"#,
                vec![row("alert_fired", "2026-03-10T13:05:00Z", "12")],
            ),
            (
                r#"{"monitorID":"7","monitorFriendlyName":"web","alertType":"2","alertTypeFriendlyName":"Up","alertDateTime":"1773147900"}"#,
                vec![row("alert_resolved", "2026-03-10T13:05:00Z", "7")],
            ),
            (
                r#"{"heartbeat":{"monitorID":3,"status":0,"time":"2026-03-10 13:05:00.000Z","msg":"timeout"},"monitor":{"id":3,"name":"web"},"msg":"x"}"#,
                vec![row("alert_fired", "2026-03-10T13:05:00Z", "3")],
            ),
            (
                r#"{"INCIDENT_ID":"9","CURRENT_PHASE":"ACKED","ALERT.timestamp":"1773147900","ENTITY_DISPLAY_NAME":"web"}"#,
                vec![row("alert_acknowledged", "2026-03-10T13:05:00Z", "9")],
            ),
            (
                r#"{"data":{"id":"1","type":"incident","attributes":{"name":"web","cause":"Status 500","started_at":"2026-03-10T13:05:00Z","acknowledged_at":null,"resolved_at":"2026-03-10T13:15:00Z"}}}"#,
                vec![
                    row("alert_fired", "2026-03-10T13:05:00Z", "1"),
                    row("alert_resolved", "2026-03-10T13:15:00Z", "1"),
                ],
            ),
        ] {
            let r = Generic
                .parse(line.as_bytes())
                .unwrap_or_else(|| panic!("{line}"));
            assert_eq!(seen(&r), rows, "{line}");
        }
        let job = r#"{"status":"created","trigger":"push","severity":"low","time":"2026-03-10T13:05:00Z"}"#;
        assert!(Generic.parse(job.as_bytes()).is_none());
    }
}
