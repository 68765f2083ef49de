//! JSON alerts whose state is a number or a word of their own: Zabbix, Splunk On-Call, Uptime Kuma. What other
//! pagers and bots send is read as any event.

use super::monitors;
use super::value::{self, Needles, Opened, finders, first_text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use crate::time::Stamp;
use serde_json::Value;

/// JSON alerts, one per line, bare or wrapped with a receive time.
pub struct Generic;

/// Keys of which every such alert holds one.
static KEYS: Needles = Needles::new(|| {
    finders(&[
        "\"message_type\"",
        "\"eventid\"",
        "\"trigger",
        "\"heartbeat\"",
    ])
});

impl Format for Generic {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "JSON alert",
            "alerts of Zabbix, Splunk On-Call and Uptime Kuma, one JSON object per line",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"event_id":"12","severity":"High","status":"PROBLEM","trigger":"web 5xx","hostname":"web1","clock":1773147900}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !KEYS.any(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        let alert = monitors::read(&body)
            .map(Some)
            .or_else(|| splunk_on_call(&body))
            .or_else(|| zabbix(&body))?;
        Some(value::record(received, alert.into_iter().collect()))
    }
}

/// Splunk On-Call (VictorOps) REST form. `Some(None)`: it is one, and says nothing of a state.
fn splunk_on_call<'a>(v: &Value) -> Option<Option<Notice<'a>>> {
    let entity = first_text(v, &["entity_id"])?;
    let kind = match v.get("message_type")?.as_str()? {
        "CRITICAL" | "WARNING" => MarkerKind::AlertFired,
        "ACKNOWLEDGEMENT" => MarkerKind::AlertAcknowledged,
        "RECOVERY" => MarkerKind::AlertResolved,
        "INFO" => MarkerKind::HumanNote,
        _ => return Some(None),
    };
    let title = first_text(v, &["entity_display_name", "state_message"]);
    let mut n = Notice::new(kind, title.unwrap_or_else(|| entity.clone()).into_bytes());
    n.stamp = time(v, "timestamp").or_else(|| time(v, "state_start_time"));
    n.since = time(v, "state_start_time");
    n.group = value::owned(Some(entity));
    n.actor = value::owned(first_text(v, &["ack_author"]));
    Some(Some(n))
}

/// Zabbix event export: `value` 1 is a problem; 0 with `p_eventid` is its end, and that names the problem's event.
fn zabbix<'a>(v: &Value) -> Option<Option<Notice<'a>>> {
    let at: Stamp = value::clock(v, "clock", "ns")?;
    let event = first_text(v, &["eventid"])?;
    let (kind, group) = match (v.get("value")?.as_i64()?, first_text(v, &["p_eventid"])) {
        (1, _) => (MarkerKind::AlertFired, event),
        (0, Some(problem)) => (MarkerKind::AlertResolved, problem),
        _ => return Some(None),
    };
    let mut n = Notice::new(
        kind,
        first_text(v, &["name"]).unwrap_or_default().into_bytes(),
    );
    n.stamp = Some(at);
    n.group = value::owned(Some(group));
    Some(Some(n))
}
