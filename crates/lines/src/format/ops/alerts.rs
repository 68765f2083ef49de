//! The life of an alert, known by the fields of one line or row: an event with its time (`acknowledged` at 04:33), or an incident
//! with the times of all that became of it (`created_at`, `acknowledged_at`, `resolved_at`). A ticket has such times too: an
//! alert is acknowledged, escalated or triggered, or its keys say what it is.

use super::named::{NamedFields, is_in};
use super::roles::{TimeRole, Turn};
use crate::format::pager::value;
use crate::record::{MarkerKind, Notice};
use crate::text::words::split;
use crate::time::Stamp;

/// Keys under which stands what happened.
const ACTS: &str = "event event_type eventtype action type kind message_type alert_transition transition change operation activity what";
/// Keys of a state, which may have come long ago.
const STATES: &str = "new_state_value current_phase state_current_alert_phase alert_type_friendly_name current_state alert_status trigger_status monitor_condition incident_status status state phase";
const TITLES: &str = "title monitorname problem_title alertname alert_name alert_rule alarm_name problem summary monitor_name check_name condition_name \
    event_name monitor_friendly_name entity_display_name state_entity_display_name trigger_name policy_name rule_name rule_title rule \
    monitor sensor check probe object subject description short_description message text name trigger \
    alert alarm detail details event_data cause name event";
const GROUPS: &str = "incident_number incident_id incident_key incident tiny_id alert_id alert_group_id alert_group monitor_id \
    dedup_key fingerprint alert_cycle_key problem_id event_id id number alertname rule_uid code";
const SERVICES: &str = "service service_name app application component entity impacted_service";
const ACTORS: &str = "by actor agent user username author responder who owner person ack_author";
const SOURCES: &str = "source sender from integration monitoring_tool bot";

/// Keys of the state before, and of the one that is now.
const OLD: &str = "previous_state old_state prev_state from_state previous_status old_status prev_status state_old \
    previous_level old_level previous_severity old_severity was previous";
const NEW: &str = "next_state new_state current_state to_state new_status current_status state new_level level \
    severity status current";

/// Words of keys that only alerts have.
const ALERTS: &str = "alert alerts alertname alarm alarms ack acked acknowledge acknowledged acknowledgement acknowledgements \
    escalation escalations escalated pager pagerduty opsgenie oncall dedup monitor recovery tiny threshold";
/// Keys of what is watched, and of what that belongs to: beside them stands the state that a check found.
const WATCHED: &str = "monitor sensor check object monitorname";
const PARENTS: &str = "parent device host hostname";
/// Words of keys of tickets.
pub(super) const TICKETS: &str =
    "ticket tickets issuetype sprint epic story reporter assignee requester caller";
/// Keys of lines of applications.
const LINES: &str = "level lvl log_level loglevel levelname severity_text logger logger_name log pid thread caller msg";
/// Words that may stand beside a turn.
const BESIDE: &str = "escalation engagement page response reply terminated incident alert alerts alarm problem group event public v2 manually auto automatically by user is was \
    has been state status service next log entry";
/// Actors that are programs.
const TOOLS: &str =
    "auto automatic automatically system api timer scheduler bot integration service none";

/// Keys of what a line says, which may be the turn alone.
const WORDS: &str = "msg message text";

/// What an alert's fields state; `None`: it is none, or nothing is said of its state.
pub(super) fn alert<'a>(f: &NamedFields) -> Option<Vec<Notice<'a>>> {
    if let Some(alert) = entry(f) {
        return Some(alert);
    }
    // what else stands in an alert's own log is none of its turns
    if f.has("in") && f.has("log") {
        return Some(Vec::new());
    }
    if f.first(OLD).is_some_and(|old| f.first(NEW) == Some(old)) {
        return Some(Vec::new());
    }
    let moved = moved(f);
    // a ticket is taken by whom it is assigned to
    let taken = || each(f, STATES).any(|t| said(t, true) == Some((Turn::Acknowledged, true)));
    let ticket = f.speaks(TICKETS) && !taken();
    if moved.is_none() && f.has(LINES) && !is_relayed(f) || ticket {
        return None;
    }
    let begun = f.time(TimeRole::Turn(Turn::Begun));
    let title = f.first(TITLES);
    let own = |t: &str| said(t, false).or_else(|| said(bracketed(t)?, false));
    let act = each(f, ACTS).find_map(own);
    // `msg=ack alert=High5xx`
    let one = |t: &&str| split(t).len() == 1;
    let act = act.or_else(|| each(f, WORDS).filter(one).find_map(own));
    // `"alertID":20882,"message":"Created by prometheus: High5xx"`
    let by = f
        .text("message")
        .filter(|_| f.speaks(ALERTS))
        .and_then(done_by);
    let act = act.or_else(|| by.map(|(turn, _)| (turn, false)));
    let title = by.and_then(|b| b.1).or(title);
    let state = each(f, STATES).find_map(|t| said(t, true));
    // what a title begins with may be what it was when it was sent
    let titled = || own(title.and_then(bracketed)?);
    // as no person writes it: `[FIRING] DiskUsageHigh`
    let shouted = f.text("title").and_then(bracketed);
    let shouted = shouted.is_some_and(|w| w.bytes().all(|c| c.is_ascii_uppercase()));
    let life = match act {
        Some(_) => Vec::new(),
        None => life(f, state.map(|s| s.0)),
    };
    let act = act.or_else(|| titled().filter(|_| life.is_empty()));
    let shown = moved.or(act).or(state);
    let stated = moved.is_some() || shown.is_some_and(|s| s.1);
    let watched = f.first(WATCHED);
    // a state beside what is watched, and no act
    let found = watched.is_some() && act.is_none() && !stated;
    let sure = stated || found || shouted || speaks_of_alerts(f) || is_paging(f);
    // what only repeats the act is no title
    let title = title.filter(|t| said(t, false).is_none());
    // a number says less than whose alert it is
    let number = |g: &&str| g.bytes().all(|c| c.is_ascii_digit());
    let group = f.first(GROUPS);
    let title = title
        .or(group.filter(|g| !number(g)))
        .or_else(|| f.first(SERVICES))
        .or_else(|| group.and(f.first("entity_id")))
        .or(group)?;
    let turns = match (life.is_empty(), shown) {
        (false, _) if sure => life,
        (true, Some((turn, _)))
            if sure || f.speaks("incident incidents") && !is_dated_begun(f, act.is_some()) =>
        {
            // what it is by now has no time of its own: its time is when it began
            let turn = match is_dated_begun(f, act.is_some()) && begun.is_some() {
                true => Turn::Begun,
                false => turn,
            };
            let own = (turn == Turn::Begun)
                .then(|| f.time(TimeRole::Own).or(begun))
                .flatten();
            let own = own.or_else(|| f.time(TimeRole::Turn(turn)));
            vec![(turn, own.or_else(|| f.stamp())?)]
        }
        _ => return None,
    };
    let noted = f
        .first("note comment content")
        .filter(|_| shown.is_some_and(|s| s.0 == Turn::Noted));
    let title = noted.unwrap_or(title);
    let group = f.first(GROUPS).filter(|g| !g.contains(' '));
    // many hosts have a check of one name
    let of_host = watched.zip(f.first(PARENTS));
    let named = of_host.map_or(title.to_owned(), |(w, host)| format!("{host} {w}"));
    let title = of_host.map_or(title, |_| &named);
    let notices = turns.into_iter().map(|(turn, at)| {
        let kind = kind(turn);
        let mut n = Notice::new(kind, title.as_bytes().to_vec());
        n.stamp = Some(at);
        n.since = begun.filter(|_| act.is_some());
        n.group = value::owned(group.or(Some(title)).map(str::to_owned));
        let who = actor(f, turn, act.is_some()).or_else(|| who_says(title, turn));
        n.actor = value::owned(who.map(str::to_owned));
        n.service = value::owned(f.first(SERVICES).map(str::to_owned));
        n.confidence = match kind {
            // each check reports the state that it finds, whatever it was before
            MarkerKind::AlertResolved if found => Notice::ALONE_NOTHING,
            _ => 80,
        };
        n
    });
    Some(notices.collect())
}

/// Whether a key holds a word that only those of alerts have, or a title says how bad it is (`[critical] 5xx`) or beyond which
/// number it is one.
pub(super) fn speaks_of_alerts(f: &NamedFields) -> bool {
    f.speaks(ALERTS)
        || f.has("problem_id problem_title policy_name condition_name")
        || f.first("title name")
            .is_some_and(|t| states_a_limit(t) || says_how_bad(t))
}

/// Whether a line of a program passes on what became of an alert: its name or number beside its turn, or the turn and who
/// answered with it in the first word (`state=acknowledged text="ACK 4471" user=ann`).
pub(super) fn is_relayed(f: &NamedFields) -> bool {
    let turn = |s: &str| match split(s).as_slice() {
        [w] => Turn::of(w).or_else(|| said(s, true).filter(|t| t.1).map(|t| t.0)),
        _ => None,
    };
    let Some(turn) = each(f, STATES).chain(each(f, WORDS)).find_map(turn) else {
        return false;
    };
    let named = f
        .first("alertname alert_name alarm_name alert alarm alert_id rule rule_name alert_rule")
        .is_some();
    let answer = |t: &str| split(t).first().and_then(|w| Turn::of(w)) == Some(turn);
    named || turn == Turn::Acknowledged && each(f, "text message body reply").any(answer)
}

/// What a program that speaks of an alert states of it by the members of its line: a state of the alert (`alert_status=CRITICAL`,
/// `alert=HighErrors[6b1f0aa][active]`), or a second level.
pub(super) fn member<'a>(f: &NamedFields) -> Option<Vec<Notice<'a>>> {
    let bracket = |a: &'_ str| Some(a.strip_suffix(']')?.rsplit_once('[')?.1.to_owned());
    let own = f.first("alert_status alert_state monitor_condition");
    let level = f.text("level").filter(|_| f.has("lvl"));
    let state = f.text("alert").and_then(bracket);
    let state = state.or_else(|| own.or(level).map(str::to_owned))?;
    let turn = match state.as_str() {
        "active" => Turn::Begun,
        state => said(state, true)?.0,
    };
    let title = f.first("alert_name alert id").or_else(|| f.first(TITLES))?;
    let mut n = Notice::new(kind(turn), title.as_bytes().to_vec());
    n.group = value::owned(Some(title.split('[').next().unwrap_or(title).to_owned()));
    n.confidence = 80;
    Some(vec![n])
}

/// The state that something has now, where another stands as the one before, and one of the two is none that is well.
pub(super) fn moved(f: &NamedFields) -> Option<(Turn, bool)> {
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
    let about = f.first("message title").filter(|_| f.has("in"));
    let mut n = Notice::new(kind(turn), about.unwrap_or(text).as_bytes().to_vec());
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

/// The turn that a state of an alert's history names.
pub(super) fn turn_of_alert(state: &str) -> Option<Turn> {
    said(state, true).map(|s| s.0)
}

/// The turn that a text names, and whether only alerts have it. All its words must be known: `note_created` is none.
fn said(text: &str, state: bool) -> Option<(Turn, bool)> {
    if text.len() > 48 {
        return None;
    }
    // what became of it stands behind it: `Down (Acknowledged)`
    let behind = text.strip_suffix(')').and_then(|t| t.split_once(" ("));
    let behind = behind.filter(|(before, _)| said(before, true).is_some());
    if let Some(turn) = behind.and_then(|(_, b)| said(b, state)) {
        return Some(turn);
    }
    // who did it, and what kind of message it was, say nothing of the turn: `Response: Acknowledge`, `Resolved by SCOM`
    let text = text.split(" by ").next().unwrap_or(text);
    let words = split(text);
    let one = |w: &str| match w {
        "notify" | "notified" | "page" | "paged" | "unacked" => Some(Turn::Begun),
        _ => Turn::of(w),
    };
    let alone = |w: &str| match w {
        "problem" | "trouble" | "critical" | "crit" | "warning" | "warn" | "down" | "alarm"
        | "alert" | "alerting" => Some(Turn::Begun),
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
        || words.iter().any(|w| is_in("incident alert alarm", w))
        || ["trigger", "fire", "firing", "notif", "page", "unacked"]
            .iter()
            .any(|w| word.starts_with(w));
    Some((turn, of_alerts))
}

/// The turn with which a sentence begins that says by whom, and what it is about: `Created by prometheus: High5xx`, `Closed by ann`.
fn done_by(said: &str) -> Option<(Turn, Option<&str>)> {
    let (word, rest) = said.split_once(' ')?;
    let turn = Turn::of(&word.to_lowercase())?;
    let by = rest.strip_prefix("by ")?;
    Some((turn, by.split_once(": ").map(|x| x.1)))
}

/// Whether a title begins with how bad it is: `[critical] 5xx ratio`, `[P1] web down`.
fn says_how_bad(title: &str) -> bool {
    const LEVELS: &str = "critical crit major minor warning warn alert alarm p1 p2 p3 p4 p5 sev1 sev2 sev3 sev4 sev5";
    let inner = title.strip_prefix('[').and_then(|t| t.split_once(']'));
    inner.is_some_and(|(level, _)| is_in(LEVELS, &level.to_lowercase()))
}

/// Whether a title says beyond which number it is an alert: `5xx > 8% for 3 minutes`, `5xx ratio above 5%`.
fn states_a_limit(title: &str) -> bool {
    let number = |behind: &str| behind.starts_with(|c: char| c.is_ascii_digit());
    let behind = |at: usize| title[at + 1..].trim_start_matches(['=', ' ']);
    let mut signs = title.match_indices(['<', '>']).map(|s| s.0);
    let word = |w: &str| is_in("above below over under exceeds exceeded", w);
    let words: Vec<_> = title.split(' ').collect();
    signs.any(|at| number(behind(at)) && at > 0)
        || words.windows(2).any(|w| word(w[0]) && number(w[1]))
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
        && !f.has("changed_by changedby")
        && f.time(TimeRole::Own)
            .or(f.time(TimeRole::Changed))
            .or(f.time(TimeRole::Updated))
            .is_none()
}

/// The turns that have times of their own, where there is a key for more than the first of them.
fn life(f: &NamedFields, state: Option<Turn>) -> Vec<(Turn, Stamp)> {
    let later = [Turn::Acknowledged, Turn::Escalated, Turn::Ended];
    let begun = f.time(TimeRole::Turn(Turn::Begun));
    let changed = f
        .time(TimeRole::Changed)
        .zip(state)
        .filter(|(_, s)| *s != Turn::Begun);
    let stated = later.iter().any(|t| f.states(*t));
    if !stated && (changed.is_none() || begun.is_none()) {
        return Vec::new();
    }
    let Some(begun) = begun.or_else(|| f.time(TimeRole::Own)) else {
        return Vec::new();
    };
    let dated = later.into_iter().filter_map(|t| {
        let at = f.time(TimeRole::Turn(t)).or_else(|| f.clock(t, begun));
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

/// Who takes it by the sentence that says so: `Kim L.` of `Kim L. acknowledged from mobile`.
fn who_says(title: &str, turn: Turn) -> Option<&str> {
    let begins = |w: &str| title.find(w).filter(|_| Turn::of(w) == Some(turn));
    let taken = |w: &str| split(w).first().is_some_and(|w| Turn::of(w) == Some(turn));
    let at = title.split(' ').find(|w| taken(w)).and_then(begins)?;
    let front = title.get(..at)?.trim();
    let front = ["Contact ", "User ", "Responder "]
        .iter()
        .find_map(|k| front.strip_prefix(k))
        .unwrap_or(front);
    let short = (1..=3).contains(&front.split(' ').count()) && !front.is_empty();
    (turn == Turn::Acknowledged && short).then_some(front)
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
