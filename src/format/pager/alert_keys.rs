//! The names by which alerts of any pager are told from application lines: keys of states, titles, times and groups. Data only;
//! what is made of them stands in `generic`.

use super::value::{Needles, finders};

/// Keys of application log lines.
pub(super) const LOG_KEYS: [&str; 14] = [
    "level",
    "lvl",
    "log.level",
    "loglevel",
    "levelname",
    "severity_text",
    "logger",
    "logger_name",
    "log",
    "pid",
    "thread",
    "caller",
    "@version",
    "msg",
];
/// Keys of states.
pub(super) const STATES: [&str; 13] = [
    "status",
    "state",
    "action",
    "event",
    "event_type",
    "eventType",
    "phase",
    "message_type",
    "alert_transition",
    "NewStateValue",
    "current_state",
    "trigger_status",
    "alert_status",
];
/// Keys of titles, the one that tells most first.
pub(super) const TITLES: [&str; 16] = [
    "title",
    "alertname",
    "alert_name",
    "AlarmName",
    "summary",
    "name",
    "monitor_name",
    "check_name",
    "condition_name",
    "event_name",
    "trigger_name",
    "policy_name",
    "subject",
    "trigger",
    "message",
    "text",
];
/// Keys of times, in the order in which they count.
pub(super) const TIMES: [&str; 17] = [
    "timestamp",
    "time",
    "occurred_at",
    "occurredAt",
    "updated_at",
    "updatedAt",
    "StateChangeTime",
    "event_time",
    "triggered_at",
    "started_at",
    "startedAt",
    "created_at",
    "createdAt",
    "state_changed_timestamp",
    "state_changed_utc_time",
    "date",
    "ts",
];
/// Keys of what ties an alert, its acknowledgement and its end together.
pub(super) const GROUPS: [&str; 12] = [
    "incident",
    "incident_id",
    "incidentId",
    "incident_number",
    "incident_key",
    "alert_id",
    "alertId",
    "dedup_key",
    "fingerprint",
    "alert_cycle_key",
    "id",
    "alertname",
];
/// Keys that alerts have and application lines do not.
pub(super) const ALERT_KEYS: [&str; 22] = [
    "incident_id",
    "incidentId",
    "incident_number",
    "incident_key",
    "alert",
    "alert_id",
    "alertId",
    "alertname",
    "alert_name",
    "AlarmName",
    "alert_transition",
    "alert_type",
    "monitor_id",
    "monitor_name",
    "dedup_key",
    "escalation_policy",
    "urgency",
    "runbook_url",
    "incident",
    "check_id",
    "trigger_id",
    "incident_status",
];

/// A level or a logger among the keys: an application line.
pub(super) static LOG_LINE: Needles = Needles::new(|| {
    finders(&[
        "\"level\"",
        "\"loglevel\"",
        "log.level\"",
        "\"logger",
        "\"levelname\"",
    ])
});

/// Words of which every alert of a pager holds one.
pub(super) static ALERT_WORDS: Needles = Needles::new(|| {
    finders(&[
        "lert",
        "ncident",
        "Alarm",
        "onitor",
        "message_type",
        "eventid",
        "oncall",
        "on-call",
        "pager",
        "dedup_key",
        "urgency",
        "\"check_id\"",
        "trigger_status",
        "\"trigger\"",
        "CURRENT_PHASE",
        "_ALERT_PHASE",
    ])
});
