//! How five kinds of pagers keep what they sent and heard.

use crate::clock::{S, offset, plain, zulu, zulu_s};
use crate::out::{Log, Mark, mark};

/// One call of a pager: what, about which service, for whom.
#[derive(Clone, Copy, Debug)]
pub struct Alert {
    /// Number shown to people.
    pub number: u32,
    /// Title.
    pub title: &'static str,
    /// Service.
    pub service: &'static str,
    /// Measured value in words.
    pub detail: &'static str,
    /// Person on call.
    pub person: &'static str,
    /// Condition true or firing.
    pub since: i64,
}

/// What happens to an alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Sent to the person.
    Fired,
    /// The person has it.
    Acked,
    /// The condition is over.
    Resolved,
}

fn note(step: Step, a: &Alert) -> Mark {
    let kind = match step {
        Step::Fired => "alert",
        Step::Acked => "ack",
        Step::Resolved => "resolved",
    };
    mark(kind).with("note", a.title)
}

/// PagerDuty webhook v3, one event a line.
pub fn pagerduty(log: &mut Log, t: i64, a: &Alert, step: Step) {
    let (verb, status, agent) = match step {
        Step::Fired => ("triggered", "triggered", "null".to_string()),
        Step::Acked => (
            "acknowledged",
            "acknowledged",
            format!(
                "{{\"id\":\"P{:06X}\",\"type\":\"user_reference\",\"summary\":\"{}\"}}",
                a.number * 31,
                a.person
            ),
        ),
        Step::Resolved => ("resolved", "resolved", "null".to_string()),
    };
    let id = format!("01D{:010X}", (t / 7919) & 0xff_ffff_ffff);
    log.mark(t, format!(
        "{{\"event\":{{\"id\":\"{id}\",\"event_type\":\"incident.{verb}\",\"resource_type\":\"incident\",\"occurred_at\":\"{}\",\"agent\":{agent},\"client\":null,\"data\":{{\"id\":\"Q{:X}\",\"type\":\"incident\",\"number\":{},\"status\":\"{status}\",\"title\":\"{}\",\"created_at\":\"{}\",\"service\":{{\"id\":\"PSVC{:03}\",\"summary\":\"{}\",\"type\":\"service_reference\"}},\"urgency\":\"high\",\"priority\":{{\"summary\":\"P1\"}},\"body\":{{\"details\":\"{}\"}}}}}}}}",
        zulu(t), u64::from(a.number) * 7_340_033, a.number, a.title, zulu_s(a.since), a.number % 97, a.service, a.detail
    ), note(step, a));
}

/// Opsgenie's outgoing webhook: milliseconds and nanoseconds in one object, as it does.
pub fn opsgenie(log: &mut Log, t: i64, a: &Alert, step: Step) {
    let (action, user) = match step {
        Step::Fired => ("Create", "System"),
        Step::Acked => ("Acknowledge", a.person),
        Step::Resolved => ("Close", "System"),
    };
    let updated = if step == Step::Fired {
        format!("{}", a.since / 1000 + 1)
    } else {
        format!("{}", t * 1000 + 416_902)
    };
    log.mark(t, format!(
        "{{\"source\":{{\"name\":\"\",\"type\":\"API\"}},\"alert\":{{\"tags\":[\"production\",\"web\"],\"message\":\"{}\",\"username\":\"{user}\",\"alertId\":\"{:08x}-2f1b-4c0e-9d7a-5d0c{:08x}-{}\",\"source\":\"prometheus\",\"tinyId\":\"{}\",\"alias\":\"{}-5xx\",\"createdAt\":{},\"updatedAt\":{updated},\"priority\":\"P1\",\"description\":\"{}\"}},\"action\":\"{action}\",\"integrationName\":\"webhook-archive\",\"integrationId\":\"37c8f316-17c6-49d7-899b-9c7e540c048d\"}}",
        a.title, a.number * 7919, a.number * 104_729, a.since / 1000, a.number, a.service, a.since / 1000, a.detail
    ), note(step, a));
}

/// An archive of Alertmanager webhooks with a chat bot's acknowledgements between them.
pub fn alertmanager(log: &mut Log, t: i64, a: &Alert, step: Step) {
    if step == Step::Acked {
        log.mark(t, format!(
            "{{\"received_at\":\"{}\",\"source\":\"oncall-bot\",\"event\":\"acknowledged\",\"by\":\"{}\",\"incident\":\"{}\",\"alertname\":\"{}\"}}",
            zulu(t), a.person, a.number, a.title
        ), note(step, a));
        return;
    }
    let (status, end) = match step {
        Step::Resolved => ("resolved", zulu(t - S - 130_000)),
        _ => ("firing", "0001-01-01T00:00:00Z".into()),
    };
    let labels = format!(
        "{{\"alertname\":\"{}\",\"incident\":\"{}\",\"service\":\"{}\",\"severity\":\"critical\"}}",
        a.title, a.number, a.service
    );
    let notes = format!(
        "{{\"description\":\"{}\",\"summary\":\"{} on {}\"}}",
        a.detail, a.title, a.service
    );
    log.mark(t, format!(
        "{{\"received_at\":\"{}\",\"payload\":{{\"receiver\":\"oncall\",\"status\":\"{status}\",\"alerts\":[{{\"status\":\"{status}\",\"labels\":{labels},\"annotations\":{notes},\"startsAt\":\"{}\",\"endsAt\":\"{end}\",\"generatorURL\":\"http://prom-1:9090/graph?g0.expr=job%3Ahttp_5xx%3Aratio\",\"fingerprint\":\"{:016x}\"}}],\"groupLabels\":{{\"alertname\":\"{}\"}},\"commonLabels\":{labels},\"commonAnnotations\":{notes},\"externalURL\":\"http://am-1:9093\",\"version\":\"4\",\"groupKey\":\"{{}}:{{alertname=\\\"{}\\\"}}\",\"truncatedAlerts\":0}}}}",
        zulu(t), zulu(a.since), u64::from(a.number) * 0x9E37_79B9, a.title, a.title
    ), note(step, a));
}

/// A plain text log; with its zone where `zone` says so.
pub fn text(log: &mut Log, t: i64, a: &Alert, step: Step, off: i64, zone: bool) {
    let stamp = if zone {
        format!("{} {}", plain(t, off), offset(off))
    } else {
        plain(t, off)
    };
    let what = match step {
        Step::Fired => format!(
            "ALERT #{} [P1] {}: {} ({}) paged={}",
            a.number, a.service, a.title, a.detail, a.person
        ),
        Step::Acked => format!("ACK #{} by {} via phone", a.number, a.person),
        Step::Resolved => format!(
            "RESOLVED #{} auto-resolved after {}s",
            a.number,
            (t - a.since) / S
        ),
    };
    log.mark(t, format!("{stamp} pager: {what}"), note(step, a));
}
