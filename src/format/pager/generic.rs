//! JSON alerts of pagers that have no file of their own: an object with a state, a title and a time, and with a key or source
//! that only alerts have. Application lines also have states, so a level, a logger or the lack of alert keys is a no.

use super::alert_keys::{
    ALERT_KEYS, ALERT_WORDS, GROUPS, LOG_KEYS, LOG_LINE, STATES, TIMES, TITLES,
};
use super::monitors;
use super::value::{self, Opened, first_text, time};
use crate::format::Format;
use crate::format::signs::Signs;
use crate::record::{Kind, MarkerKind, Notice, Record};
use crate::time::{Stamp, stamp};
use serde_json::Value;

/// JSON alerts, one per line, bare or wrapped with a receive time.
pub struct Generic;

impl Format for Generic {
    fn name(&self) -> &str {
        "JSON alert"
    }
    fn kind(&self) -> Kind {
        Kind::Pager
    }
    fn about(&self) -> &str {
        "alerts of other pagers and bots: a JSON object with a state, a title and a time, one per line"
    }
    fn may_begin(&self, first: u8) -> bool {
        value::may_begin(first)
    }
    fn shows(&self, _first: u8) -> Signs {
        Signs::BRACE
    }
    fn parse<'a>(&self, line: &'a [u8]) -> Option<Record<'a>> {
        if LOG_LINE.any(line) || !ALERT_WORDS.any(line) {
            return None;
        }
        let Opened { received, body } = value::open(line)?;
        if let Some(all) = monitors::read(&body) {
            return Some(value::record(received, all));
        }
        if LOG_KEYS.iter().any(|k| body.get(k).is_some()) {
            return None;
        }
        if let Some(n) = splunk_on_call(&body).or_else(|| zabbix(&body)) {
            return Some(value::record(received, n.into_iter().collect()));
        }
        let parts = parts(&body);
        let kind = parts.iter().find_map(|p| state(p))?;
        if !parts.iter().any(|p| is_about_an_alert(p)) {
            return None;
        }
        let any = |keys: &[&str]| parts.iter().find_map(|p| first_text(p, keys));
        let group = any(&GROUPS);
        let title = any(&TITLES).or_else(|| group.clone())?;
        let own = parts
            .iter()
            .find_map(|p| day_and_time(p).or_else(|| TIMES.iter().find_map(|k| time(p, k))));
        let stamp = received.or(own)?;
        let mut n = Notice::new(kind, title.into_bytes());
        n.group = value::owned(group);
        n.actor = value::owned(parts.iter().find_map(|p| actor(p)));
        n.service = value::owned(any(&["service", "service_name", "app", "component"]));
        n.confidence = 60;
        Some(value::record(Some(stamp), vec![n]))
    }
    fn sample(&self) -> &str {
        r#"{"received_at":"2024-06-18T08:09:05.983Z","source":"oncall-bot","event":"acknowledged","by":"amina","incident":"7976"}"#
    }
}

/// The body, and the objects in it that may hold the alert itself (two levels).
fn parts(body: &Value) -> Vec<&Value> {
    const INNER: [&str; 9] = [
        "event",
        "alert",
        "incident",
        "data",
        "payload",
        "body",
        "detail",
        "attributes",
        "monitor",
    ];
    let mut list = vec![body];
    let mut at = 0;
    while let Some(&v) = list.get(at) {
        if list.len() > 16 {
            break;
        }
        list.extend(
            INNER
                .iter()
                .copied()
                // incident.io names the inner object as the event
                .chain(v.get("event_type").and_then(Value::as_str))
                .filter_map(|k| v.get(k))
                .filter(|v| v.is_object()),
        );
        at += 1;
    }
    list
}

fn state(v: &Value) -> Option<MarkerKind> {
    STATES
        .iter()
        .filter_map(|k| v.get(k).and_then(Value::as_str))
        .find_map(state_word)
}

/// The state a word names; of a dotted event name (`incident.acknowledged`) the last part.
fn state_word(word: &str) -> Option<MarkerKind> {
    let w = word.rsplit('.').next().unwrap_or(word).to_ascii_lowercase();
    let w = w.strip_prefix("incident_").unwrap_or(&w);
    let starts = |list: &[&str]| list.iter().any(|p| w.starts_with(p));
    if starts(&["ack"]) {
        Some(MarkerKind::AlertAcknowledged)
    } else if starts(&["escalat", "delegat", "reassign"]) {
        Some(MarkerKind::AlertEscalated)
    } else if matches!(w, "ok" | "up") || starts(&["resolv", "recover", "clos"]) {
        Some(MarkerKind::AlertResolved)
    } else if matches!(w, "problem" | "critical" | "down")
        || starts(&["trigger", "fir", "alert", "alarm", "open", "creat"])
    {
        Some(MarkerKind::AlertFired)
    } else {
        None
    }
}

/// A key that only alerts have, or a source that pages people.
fn is_about_an_alert(v: &Value) -> bool {
    ALERT_KEYS.iter().any(|k| v.get(k).is_some())
        || [
            "source",
            "sender",
            "from",
            "integration",
            "monitoring_tool",
            "bot",
        ]
        .iter()
        .filter_map(|k| v.get(k).and_then(Value::as_str))
        .any(|s| {
            let s = s.to_ascii_lowercase();
            ["oncall", "on-call", "pager", "alert", "opsgenie", "monitor"]
                .iter()
                .any(|w| s.contains(w))
        })
}

/// Day and time of day under two keys, as Zabbix' macros give them.
fn day_and_time(v: &Value) -> Option<Stamp> {
    let day = first_text(v, &["event_date"])?;
    let at = first_text(v, &["event_time"])?;
    stamp::whole(format!("{day} {at}").as_bytes())
}

fn actor(v: &Value) -> Option<String> {
    const KEYS: [&str; 10] = [
        "by",
        "acknowledged_by",
        "ack_by",
        "ack_author",
        "resolved_by",
        "actor",
        "user",
        "username",
        "author",
        "responder",
    ];
    KEYS.iter().find_map(|k| match v.get(k)? {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        o @ Value::Object(_) => first_text(o, &["name", "username", "summary", "email", "login"]),
        _ => None,
    })
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

#[cfg(test)]
mod tests {
    use super::super::value::{seen, utc};
    use super::*;
    use crate::record::Body;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(String, Option<i64>, String)> {
        text.lines()
            .flat_map(|l| seen(&Generic.parse(l.as_bytes()).unwrap_or_else(|| panic!("{l}"))))
            .collect()
    }

    #[test]
    fn samples_of_other_pagers() {
        let row = |k: &str, t: &str, g: &str| (k.to_string(), utc(t), g.to_string());
        assert_eq!(
            rows(include_str!("../../../tests/data/victorops.jsonl")),
            [
                row("alert_fired", "2026-03-10T13:07:10Z", "shop/web-5xx"),
                row("alert_acknowledged", "2026-03-10T13:12:00Z", "shop/web-5xx"),
                row("human_note", "2026-03-10T13:13:20Z", "shop/note"),
                row("alert_resolved", "2026-03-10T13:58:00Z", "shop/web-5xx"),
            ]
        );
        assert_eq!(
            rows(include_str!("../../../tests/data/zabbix_events.ndjson")),
            [
                row("alert_fired", "2026-03-10T13:07:10.111Z", "10528"),
                row("alert_resolved", "2026-03-10T13:58:00Z", "10528"),
            ]
        );
    }

    #[test]
    fn bots_wrappers_and_alarms() {
        let l = r#"{"received_at": "2024-06-18T08:09:05.983Z", "source": "oncall-bot", "event": "acknowledged", "by": "amina", "incident": "7976", "alertname": "ProbeFailed"}"#;
        let r = Generic.parse(l.as_bytes()).unwrap();
        assert_eq!(
            seen(&r),
            [(
                "alert_acknowledged".into(),
                utc("2024-06-18T08:09:05.983Z"),
                "7976".into()
            )]
        );
        let Body::Notices(n) = &r.body else { panic!() };
        assert_eq!(
            (n[0].actor.as_deref(), &*n[0].title),
            (Some(&b"amina"[..]), &b"ProbeFailed"[..])
        );
        assert_eq!(
            rows(r#"{"AlarmName":"5xx","NewStateValue":"ALARM","OldStateValue":"OK","StateChangeTime":"2026-11-20T06:35:05.342+0000","NewStateReason":"x"}"#)[0].1,
            utc("2026-11-20T06:35:05.342Z")
        );
        assert_eq!(
            rows(
                r#"{"ts":"2026-03-10T13:07:20Z","body":{"alert_transition":"Recovered","title":"web 5xx","alert_id":"a1","date":1773148030000}}"#
            ),
            [(
                "alert_resolved".into(),
                utc("2026-03-10T13:07:20Z"),
                "a1".into()
            )]
        );
        assert_eq!(
            rows(r#"{"event":{"type":"x","incident_id":"9","status":"triggered","title":"db down","created_at":"2026-03-10T13:07:20Z"}}"#)[0].0,
            "alert_fired"
        );
    }

    #[test]
    fn monitors_with_names_of_their_own() {
        for (line, kind, at, title) in [
            (
                r#"{"check_id":12345,"check_name":"shop","previous_state":"UP","current_state":"DOWN","state_changed_timestamp":1773147900,"description":"Timeout"}"#,
                MarkerKind::AlertFired,
                "2026-03-10T13:05:00Z",
                "shop",
            ),
            (
                r#"{"event_value":"0","event_id":"1","event_date":"2026.03.10","event_time":"13:05:00","event_name":"High CPU","trigger_status":"OK","trigger_id":"13491"}"#,
                MarkerKind::AlertResolved,
                "2026-03-10T13:05:00Z",
                "High CPU",
            ),
            (
                r#"{"current_state":"open","incident_id":123,"condition_name":"5xx","policy_name":"shop","timestamp":1773147900123}"#,
                MarkerKind::AlertFired,
                "2026-03-10T13:05:00.123Z",
                "5xx",
            ),
            (
                r#"{"event_type":"public_incident.incident_created_v2","public_incident.incident_created_v2":{"id":"01","name":"Shop down","created_at":"2026-03-10T13:05:00Z","incident_status":{"name":"Triage"}}}"#,
                MarkerKind::AlertFired,
                "2026-03-10T13:05:00Z",
                "Shop down",
            ),
        ] {
            let r = Generic
                .parse(line.as_bytes())
                .unwrap_or_else(|| panic!("{line}"));
            assert_eq!(r.stamp.map(|s| s.wall_us), utc(at), "{line}");
            let Body::Notices(n) = &r.body else { panic!() };
            assert_eq!((n[0].kind, &*n[0].title), (kind, title.as_bytes()));
        }
    }

    #[test]
    fn application_lines_are_left_alone() {
        for l in [
            r#"{"level":"info","message":"alert rules checked","status":"ok","ts":"2026-03-10T13:07:20Z"}"#,
            r#"{"ts":"2026-03-10T13:07:20Z","message":"order created","event":"created","status":"ok"}"#,
            r#"{"time":"2026-03-10T13:07:20Z","message":"monitor job","state":"open","name":"x"}"#,
            r#"{"timestamp":"2026-03-10T13:07:20Z","severity":"INFO","message":"incident page shown","status":"closed"}"#,
            r#"{"ts":1773148030.1,"msg":"pager sent","status":"ok","incident":"1"}"#,
            r#"{"status":200,"path":"/alerts","time":"2026-03-10T13:07:20Z","message":"ok"}"#,
            r#"{"incident":"7","title":"no state","time":"2026-03-10T13:07:20Z"}"#,
            r#"{"incident":"7","title":"no time","status":"resolved"}"#,
        ] {
            assert!(Generic.parse(l.as_bytes()).is_none(), "{l}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(b in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut l = b"{\"incident\":".to_vec();
            l.extend(&b);
            l.push(b'}');
            let _ = Generic.parse(&l);
        }
    }
}
