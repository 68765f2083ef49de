//! Alarms of CloudWatch: the body that SNS sends (often as text in `Message`), and the event of EventBridge.

use super::value::{self, Needles, Opened, finders, first_text, text, time};
use crate::format::line_features::Signs;
use crate::format::{Format, Meta, OBJECT};
use crate::record::{MarkerKind, Notice, Record};
use serde_json::Value;

static NEEDLES: Needles = Needles::new(|| finders(&["AlarmName", "NewStateValue"]));
static EVENT: Needles = Needles::new(|| finders(&["CloudWatch Alarm State Change"]));

/// CloudWatch alarms, one per line.
pub struct CloudWatchAlarm;

impl Format for CloudWatchAlarm {
    fn meta(&self) -> Meta<'_> {
        Meta::pager("CloudWatch alarm", "CloudWatch alarms through SNS or EventBridge")
            .begins(OBJECT, Signs::BRACE)
            .sample(r#"{"AlarmName":"web-5xx","NewStateValue":"ALARM","OldStateValue":"OK","StateChangeTime":"2026-11-20T06:35:05.342+0000","NewStateReason":"Threshold Crossed"}"#)
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        let event = EVENT.all(line);
        if !event && !NEEDLES.all(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        if event {
            let detail = body.get("detail")?;
            let state = text(detail, &["state", "value"])?;
            let stamp = time(&body, "time").or(received)?;
            let name = text(detail, &["alarmName"])?;
            return Some(value::record(Some(stamp), notice(&state, name)));
        }
        let inner = match body.get("Message").and_then(Value::as_str) {
            Some(m) => serde_json::from_str(m).ok()?,
            None => body,
        };
        let name = first_text(&inner, &["AlarmName"])?;
        let state = first_text(&inner, &["NewStateValue"])?;
        let stamp = time(&inner, "StateChangeTime").or(received)?;
        Some(value::record(Some(stamp), notice(&state, name)))
    }
}

fn notice<'a>(state: &str, name: String) -> Vec<Notice<'a>> {
    let kind = match state {
        "ALARM" => MarkerKind::AlertFired,
        "OK" => MarkerKind::AlertResolved,
        _ => return Vec::new(),
    };
    let mut n = Notice::new(kind, name.clone().into_bytes());
    n.group = value::owned(Some(name));
    n.confidence = 95;
    vec![n]
}
