//! What is sent to PagerDuty's Events API v2, as senders log it: `event_action`, `dedup_key`, `payload.summary`. The time is the
//! sender's note of when it was sent, or the payload's own.

use super::value::{self, Needles, finders, first_text, text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["\"event_action\"", "\"payload\""]));

/// Bodies of PagerDuty's Events API.
pub struct PagerDutyEvents;

impl Format for PagerDutyEvents {
    fn meta(&self) -> Meta<'_> {
        Meta::pager(
            "PagerDuty events",
            "what is sent to PagerDuty's Events API v2, one JSON object per line",
        )
        .begins(OBJECT, Signs::BRACE)
        .sample(r#"{"ts":"2026-03-10T13:07:10Z","routing_key":"R0","event_action":"trigger","dedup_key":"web-5xx","payload":{"summary":"web 5xx > 5%","source":"prometheus","severity":"critical"}}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if !NEEDLES.all(line) {
            return None;
        }
        let v: Value = serde_json::from_slice(line.trim_ascii()).ok()?;
        let kind = match v.get("event_action")?.as_str()? {
            "trigger" => MarkerKind::AlertFired,
            "acknowledge" => MarkerKind::AlertAcknowledged,
            "resolve" => MarkerKind::AlertResolved,
            _ => return None,
        };
        let payload = v.get("payload").unwrap_or(&Value::Null);
        let sent = ["received_at", "ts", "timestamp", "time", "@timestamp"];
        let stamp = sent
            .iter()
            .find_map(|k| time(&v, k))
            .or_else(|| time(payload, "timestamp"))?;
        let key = first_text(&v, &["dedup_key", "routing_key"]);
        let title = text(payload, &["summary"]).or_else(|| key.clone());
        let mut n = Notice::new(kind, title?.into_bytes());
        n.group = value::owned(key);
        n.service = value::owned(first_text(payload, &["component", "source"]));
        Some(value::record(Some(stamp), vec![n]))
    }
}
