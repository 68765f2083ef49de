//! The life of an alert, told by the fields of one line or row: an event with its time (`acknowledged` at 04:33), or an incident
//! with the times of all that became of it (`created_at`, `acknowledged_at`, `resolved_at`). A ticket has such times too: an
//! alert is acknowledged, escalated or triggered, or its keys say what it is.

use super::named::{NamedFields, TimeRole, Turn, is_in};
use crate::format::pager::value;
use crate::record::{MarkerKind, Notice};
use crate::text::words::split;
use crate::time::Stamp;

/// Keys under which stands what happened.
const ACTS: &str = "event event_type eventtype action type message_type alert_transition change operation activity what";
/// Keys of a state, which may have come long ago.
const STATES: &str = "new_state_value current_phase state_current_alert_phase alert_type_friendly_name current_state alert_status trigger_status incident_status status state phase";
const TITLES: &str = "title alertname alert_name alarm_name problem summary monitor_name check_name condition_name \
    event_name monitor_friendly_name entity_display_name state_entity_display_name trigger_name policy_name rule_name rule subject description short_description message text name trigger \
    alert alarm details";
const GROUPS: &str = "incident_number incident_id incident_key incident tiny_id alert_id alert_group_id alert_group monitor_id \
    dedup_key fingerprint alert_cycle_key problem_id event_id id number alertname rule_uid code";
const SERVICES: &str = "service service_name app application component entity impacted_service";
const ACTORS: &str = "by actor agent user username author responder who owner person ack_author";
const SOURCES: &str = "source sender from integration monitoring_tool bot";

/// Words of keys that only alerts have.
const ALERTS: &str = "alert alerts alertname alarm alarms ack acked acknowledge acknowledged acknowledgement acknowledgements \
    escalation escalations escalated pager pagerduty opsgenie oncall dedup monitor recovery tiny";
/// Words of keys of tickets.
const TICKETS: &str =
    "ticket tickets issuetype sprint epic story reporter assignee requester caller";
/// Keys of lines of applications.
const LINES: &str = "level lvl log_level loglevel levelname severity_text logger logger_name log pid thread caller msg";
/// Words that may stand beside a turn.
const BESIDE: &str = "response reply terminated incident alert alerts alarm problem group event public v2 manually auto automatically by user is was \
    has been state status service next log entry";
/// Actors that are programs.
const TOOLS: &str =
    "auto automatic automatically system api timer scheduler bot integration service none";

/// What an alert's fields state; `None`: it is none, or nothing is said of its state.
pub(super) fn alert<'a>(f: &NamedFields) -> Option<Vec<Notice<'a>>> {
    if let Some(told) = entry(f) {
        return Some(told);
    }
    let moved = moved(f);
    if moved.is_none() && f.has(LINES) || f.speaks(TICKETS) {
        return None;
    }
    let begun = f.time(TimeRole::Turn(Turn::Begun));
    let title = f.first(TITLES);
    let act = each(f, ACTS)
        .chain(title.and_then(bracketed))
        .find_map(|t| said(t, false));
    let state = each(f, STATES).find_map(|t| said(t, true));
    let shown = moved.or(act).or(state);
    let told = moved.is_some() || shown.is_some_and(|s| s.1);
    let sure = told || f.speaks(ALERTS) || is_paging(f);
    // what only repeats the act is no title
    let title = title.filter(|t| said(t, false).is_none());
    let title = title
        .or_else(|| f.first(GROUPS))
        .or_else(|| f.first(SERVICES))?;
    let life = match act {
        Some(_) => Vec::new(),
        None => life(f, state.map(|s| s.0)),
    };
    let turns = match (life.is_empty(), shown) {
        (false, _) if sure => life,
        (true, Some((turn, _)))
            if sure || f.speaks("incident incidents") && !is_dated_begun(f, act.is_some()) =>
        {
            let own = (turn == Turn::Begun)
                .then(|| f.time(TimeRole::Own).or(begun))
                .flatten();
            vec![(turn, own.or_else(|| f.stamp())?)]
        }
        _ => return None,
    };
    let noted = f
        .first("note comment content")
        .filter(|_| shown.is_some_and(|s| s.0 == Turn::Noted));
    let title = noted.unwrap_or(title);
    let group = f.first(GROUPS).filter(|g| !g.contains(' '));
    let notices = turns.into_iter().map(|(turn, at)| {
        let kind = kind(turn);
        let mut n = Notice::new(kind, title.as_bytes().to_vec());
        n.stamp = Some(at);
        n.since = begun.filter(|_| act.is_some());
        n.group = value::owned(group.or(Some(title)).map(str::to_owned));
        n.actor = value::owned(actor(f, turn, act.is_some()).map(str::to_owned));
        n.service = value::owned(f.first(SERVICES).map(str::to_owned));
        n.confidence = 80;
        n
    });
    Some(notices.collect())
}

/// The state that something has now, where another is told that it had before, and one of the two is none that is well.
pub(super) fn moved(f: &NamedFields) -> Option<(Turn, bool)> {
    const OLD: &str = "previous_state old_state prev_state from_state previous_status old_status prev_status state_old";
    const NEW: &str = "next_state new_state current_state to_state new_status current_status state";
    let of = |keys| f.first(keys).and_then(|s| said(s, true)).map(|s| s.0);
    let old = f.first(OLD).map(|_| of(OLD))?;
    match (old, of(NEW)?) {
        (Some(Turn::Begun), turn @ (Turn::Ended | Turn::Acknowledged)) => Some((turn, true)),
        (old, Turn::Begun) if old != Some(Turn::Begun) => Some((Turn::Begun, true)),
        _ => None,
    }
}

/// An entry of an alert's own log, which is a sentence with a time: `Alert acknowledged via Mobile App`.
fn entry<'a>(f: &NamedFields) -> Option<Vec<Notice<'a>>> {
    if f.has("level lvl severity log_level pid thread caller") {
        return None;
    }
    let text = f.first("log summary text message description")?;
    let words = split(text);
    let [of, turn, rest @ ..] = words.as_slice() else {
        return None;
    };
    let turn = Turn::of(turn).filter(|_| is_in("alert alarm incident problem", of))?;
    let by = rest
        .first()
        .is_none_or(|w| is_in("via by from through automatically", w));
    let mut n = Notice::new(kind(turn), text.as_bytes().to_vec());
    n.stamp = Some(f.stamp().filter(|_| by)?);
    n.group = value::owned(f.first(GROUPS).map(str::to_owned));
    n.confidence = 80;
    Some(vec![n])
}

/// `Triggered` of `[P1] [Triggered on {host:a}] web 5xx`.
fn bracketed(title: &str) -> Option<&str> {
    let mut rest = title;
    loop {
        let (inner, behind) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let word = inner.split([' ', ':']).next().unwrap_or_default();
        if said(word, false).is_some() {
            return Some(word);
        }
        rest = behind;
    }
}

fn each<'f>(f: &'f NamedFields, keys: &'static str) -> impl Iterator<Item = &'f str> {
    keys.split_whitespace().filter_map(|k| f.text(k))
}

fn kind(turn: Turn) -> MarkerKind {
    match turn {
        Turn::Begun => MarkerKind::AlertFired,
        Turn::Acknowledged => MarkerKind::AlertAcknowledged,
        Turn::Escalated => MarkerKind::AlertEscalated,
        Turn::Ended => MarkerKind::AlertResolved,
        Turn::Noted => MarkerKind::HumanNote,
    }
}

/// The turn that a text names, and whether only alerts have it. All its words must be known: `note_created` is none.
fn said(text: &str, state: bool) -> Option<(Turn, bool)> {
    if text.len() > 48 {
        return None;
    }
    // who did it, and what kind of message it was, say nothing of the turn: `Response: Acknowledge`, `Resolved by SCOM`
    let text = text.split(" by ").next().unwrap_or(text);
    let words = split(text);
    let one = |w: &str| match w {
        "notify" | "notified" | "page" | "paged" | "unacked" => Some(Turn::Begun),
        _ => Turn::of(w),
    };
    let alone = |w: &str| match w {
        "problem" | "critical" | "down" | "alarm" | "alert" | "alerting" => Some(Turn::Begun),
        "ok" | "up" | "normal" | "clear" | "healthy" if state => Some(Turn::Ended),
        "unhealthy" | "failing" if state => Some(Turn::Begun),
        _ => None,
    };
    if words.iter().any(|w| is_in("note annotate annotated", w)) && !state {
        return Some((Turn::Noted, false));
    }
    if let [w] = words.as_slice()
        && let Some(turn) = alone(w)
    {
        return Some((turn, false));
    }
    let mut turn = None;
    for w in &words {
        match one(w) {
            Some(t) => turn = Some((t, w)),
            None if is_in(BESIDE, w) => {}
            None => return None,
        }
    }
    let (turn, word) = turn?;
    let of_alerts = matches!(turn, Turn::Acknowledged | Turn::Escalated)
        || ["trigger", "fire", "firing", "notif", "page", "unacked"]
            .iter()
            .any(|w| word.starts_with(w));
    Some((turn, of_alerts))
}

/// Whether what sent the line pages people.
fn is_paging(f: &NamedFields) -> bool {
    let pages = |s: &str| {
        let s = s.to_ascii_lowercase();
        let words = ["oncall", "on-call", "pager", "alert", "opsgenie", "monitor"];
        words.iter().any(|w| s.contains(w))
    };
    each(f, SOURCES).any(pages)
}

/// Whether a state stands beside nothing but the time of its beginning, when it need not have been so.
fn is_dated_begun(f: &NamedFields, acted: bool) -> bool {
    !acted
        && f.time(TimeRole::Own)
            .or(f.time(TimeRole::Changed))
            .or(f.time(TimeRole::Updated))
            .is_none()
}

/// The turns that have times of their own, where there is a key for more than the first of them.
fn life(f: &NamedFields, state: Option<Turn>) -> Vec<(Turn, Stamp)> {
    let later = [Turn::Acknowledged, Turn::Escalated, Turn::Ended];
    let begun = f.time(TimeRole::Turn(Turn::Begun));
    let spans = |t: &Turn| begun.and_then(|b| f.span(*t, b));
    let changed = f
        .time(TimeRole::Changed)
        .zip(state)
        .filter(|(_, s)| *s != Turn::Begun);
    let told = later.iter().any(|t| f.tells(*t) || spans(t).is_some());
    if !told && (changed.is_none() || begun.is_none()) {
        return Vec::new();
    }
    let Some(begun) = begun.or_else(|| f.time(TimeRole::Own)) else {
        return Vec::new();
    };
    let dated = later.into_iter().filter_map(|t| {
        let at = f.time(TimeRole::Turn(t)).or_else(|| f.clock(t, begun));
        let at = at.or_else(|| spans(&t));
        Some((t, at?))
    });
    let mut all: Vec<(Turn, Stamp)> = [(Turn::Begun, begun)].into_iter().chain(dated).collect();
    if let Some((at, turn)) = changed
        && !all.iter().any(|(t, _)| *t == turn)
    {
        all.push((turn, at));
    }
    all
}

/// Who did it, where it was a person: alerts fire by themselves.
fn actor(f: &NamedFields, turn: Turn, acted: bool) -> Option<&str> {
    let own = match turn {
        Turn::Begun => return None,
        Turn::Acknowledged => "acknowledged_by ack_by acked_by acknowledger",
        Turn::Escalated => "escalated_by",
        Turn::Ended => "resolved_by closed_by",
        Turn::Noted => "",
    };
    let of_all = || {
        f.first(ACTORS)
            .filter(|_| acted || turn == Turn::Acknowledged)
    };
    let found = f.first(own).or_else(of_all)?;
    let tool = split(found).first().is_none_or(|w| is_in(TOOLS, w));
    (!tool).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::super::events::ChangeEvents;
    use crate::format::Format;
    use crate::format::pager::value::{seen, utc};
    use crate::record::Body;

    /// Kind, time of the day in UTC and group of all that a line states.
    fn told(line: &str) -> Vec<(String, Option<i64>, String)> {
        let r = ChangeEvents.parse(line.as_bytes());
        r.as_ref().map(seen).unwrap_or_default()
    }

    #[test]
    fn events_of_alerts_from_many_tools() {
        for (line, kind, at, group) in [
            (
                r#"{"received_at":"2024-06-18T08:09:05.983Z","source":"oncall-bot","event":"acknowledged","by":"amina","incident":"7976","alertname":"ProbeFailed"}"#,
                "alert_acknowledged",
                "2024-06-18T08:09:05.983Z",
                "7976",
            ),
            (
                r#"{"AlarmName":"5xx","NewStateValue":"ALARM","OldStateValue":"OK","StateChangeTime":"2026-03-10T13:05:00.342+0000","NewStateReason":"x"}"#,
                "alert_fired",
                "2026-03-10T13:05:00.342Z",
                "5xx",
            ),
            (
                r#"{"ts":"2026-03-10T13:07:20Z","body":{"alert_transition":"Recovered","title":"web 5xx","alert_id":"a1","date":1773148030000}}"#,
                "alert_resolved",
                "2026-03-10T13:07:20Z",
                "a1",
            ),
            (
                r#"{"event":{"type":"x","incident_id":"9","status":"triggered","title":"db down","created_at":"2026-03-10T13:07:20Z"}}"#,
                "alert_fired",
                "2026-03-10T13:07:20Z",
                "9",
            ),
            (
                r#"{"check_id":12345,"check_name":"shop alert","previous_state":"UP","current_state":"DOWN","state_changed_timestamp":1773147900,"alert_type":"x"}"#,
                "alert_fired",
                "2026-03-10T13:05:00Z",
                "shop alert",
            ),
            (
                r#"{"current_state":"open","incident_id":123,"condition_name":"5xx","policy_name":"shop","timestamp":1773147900123}"#,
                "alert_fired",
                "2026-03-10T13:05:00.123Z",
                "123",
            ),
            (
                r#"{"event_type":"public_incident.incident_created_v2","public_incident.incident_created_v2":{"id":"01","name":"Shop down","created_at":"2026-03-10T13:05:00Z","incident_status":{"name":"Triage"}}}"#,
                "alert_fired",
                "2026-03-10T13:05:00Z",
                "01",
            ),
            (
                r#"{"event":{"type":"acknowledge","time":"2025-09-18T14:26:58Z"},"user":{"username":"ann"},"alert_group":{"id":"IM4","title":"5xx","created_at":"2025-09-18T14:25:20Z","state":"firing"}}"#,
                "alert_acknowledged",
                "2025-09-18T14:26:58Z",
                "IM4",
            ),
            (
                r#"{"Date":"2024-06-06T15:27:10Z","Source":"monitor","Host":"","Title":"[P1] [Triggered on {host:a}] 5xx > 5%","Text":"8.7%"}"#,
                "alert_fired",
                "2024-06-06T15:27:10Z",
                "[P1] [Triggered on {host:a}] 5xx > 5%",
            ),
            (
                r#"{"monitorID":"7","monitorFriendlyName":"web","alertType":"2","alertTypeFriendlyName":"Up","alertDateTime":"1773147900"}"#,
                "alert_resolved",
                "2026-03-10T13:05:00Z",
                "7",
            ),
            (
                r#"{"INCIDENT_ID":"9","CURRENT_PHASE":"ACKED","ALERT.timestamp":"1773147900","ENTITY_DISPLAY_NAME":"web"}"#,
                "alert_acknowledged",
                "2026-03-10T13:05:00Z",
                "9",
            ),
            (
                r#"{"alert":{"alertId":"q","message":"m","tinyId":"7","createdAt":1706592805110,"updatedAt":1706592932545,"username":"ann"},"action":"Acknowledge"}"#,
                "alert_acknowledged",
                "2024-01-30T05:35:32.545Z",
                "7",
            ),
            (
                r#"{"tinyId":"7","message":"5xx > 5%","action":"Create","owner":"","source":"prom","at":"2026-03-02T11:58:20Z"}"#,
                "alert_fired",
                "2026-03-02T11:58:20Z",
                "7",
            ),
            (
                r#"{"alert":{"alertId":"q","message":"m","tinyId":"7","createdAt":1706592805110,"updatedAt":1706592805110000128},"action":"Create"}"#,
                "alert_fired",
                "2024-01-30T05:33:25.110Z",
                "7",
            ),
            (
                r#"{"incident_number":"551","created_at":"2026-05-12T07:05:12Z","type":"resolve","agent":"Ana","summary":"Resolved"}"#,
                "alert_resolved",
                "2026-05-12T07:05:12Z",
                "551",
            ),
        ] {
            assert_eq!(told(line), [(kind.into(), utc(at), group.into())], "{line}");
        }
    }

    #[test]
    fn an_incident_with_the_times_of_its_life() {
        let row = |k: &str, t: &str, g: &str| (k.to_owned(), utc(t), g.to_owned());
        for (line, want) in [
            (
                r#"{"data":{"id":"1","type":"incident","attributes":{"name":"web","cause":"Status 500","started_at":"2026-03-10T13:05:00Z","acknowledged_at":null,"resolved_at":"2026-03-10T13:15:00Z"}}}"#,
                vec![
                    row("alert_fired", "2026-03-10T13:05:00Z", "1"),
                    row("alert_resolved", "2026-03-10T13:15:00Z", "1"),
                ],
            ),
            (
                r#"{"incident_number":7,"title":"t","created_at":"2026-03-10T13:00:00Z","status":"resolved","last_status_change_at":"2026-03-10T14:00:00Z","escalation_policy":{}}"#,
                vec![
                    row("alert_fired", "2026-03-10T13:00:00Z", "7"),
                    row("alert_resolved", "2026-03-10T14:00:00Z", "7"),
                ],
            ),
            (
                // an acknowledgement that tells its clock only, behind midnight
                r#"{"Severity":"High","Time":"2025-01-28 23:58:30 UTC","Recovery time":"","Status":"PROBLEM","Problem":"5xx","Ack":"Yes (ann, 00:02:48)"}"#,
                vec![
                    row("alert_fired", "2025-01-28T23:58:30Z", "5xx"),
                    row("alert_acknowledged", "2025-01-29T00:02:48Z", "5xx"),
                ],
            ),
        ] {
            assert_eq!(told(line), want, "{line}");
        }
    }

    #[test]
    fn people_acknowledge_and_programs_do_not() {
        let who = |by: &str| {
            let line = format!(
                r#"{{"alert_id":"7","title":"5xx","created_at":"2026-03-10T13:00:00Z","acknowledged_at":"2026-03-10T13:02:00Z","acknowledged_by":"{by}"}}"#
            );
            let r = ChangeEvents.parse(line.as_bytes()).unwrap();
            let Body::Notices(n) = r.body else { panic!() };
            assert!(n[0].actor.is_none(), "an alert fires by itself");
            n[1].actor.clone().map(|a| a.into_owned())
        };
        assert_eq!(who("Ines Roth"), Some(b"Ines Roth".to_vec()));
        assert_eq!(who("auto"), None);
    }

    #[test]
    fn tickets_and_lines_of_applications_are_left_alone() {
        for l in [
            r#"{"Key":"OPS-7","Summary":"Disk full on web-1","Status":"Resolved","Reporter":"ann","Created":"2026-03-10 13:00","Resolved":"2026-03-11 09:00"}"#,
            r#"{"Number":"INC0012","Opened":"2026-03-10 13:00:00","Short description":"Printer","State":"Closed","Urgency":"3","Closed":"2026-03-10 14:00:00"}"#,
            r#"{"Incident ID":"12","Title":"Printer","Status":"Closed","Opened At":"2026-03-10 13:00:00"}"#,
            r#"{"status":"created","trigger":"push","severity":"low","time":"2026-03-10T13:05:00Z"}"#,
            r#"{"level":"info","message":"alert rules checked","status":"ok","ts":"2026-03-10T13:07:20Z"}"#,
            r#"{"ts":"2026-03-10T13:07:20Z","message":"order created","event":"created","status":"ok"}"#,
            r#"{"time":"2026-03-10T13:07:20Z","message":"monitor job","state":"open","name":"x"}"#,
            r#"{"timestamp":"2026-03-10T13:07:20Z","severity":"INFO","message":"incident page shown","status":"closed"}"#,
            r#"{"ts":1773148030.1,"msg":"pager sent","status":"ok","incident":"1"}"#,
            r#"{"status":200,"path":"/alerts","time":"2026-03-10T13:07:20Z","message":"ok"}"#,
            r#"{"incident":"7","title":"no state","time":"2026-03-10T13:07:20Z"}"#,
            r#"{"incident":"7","title":"no time","status":"resolved"}"#,
            r#"{"alert_id":"7","event":"priority changed","title":"5xx","time":"2026-03-10T13:07:20Z"}"#,
        ] {
            assert!(told(l).is_empty(), "{l}");
        }
    }
}
