//! A process that died, was stopped, or hangs: stated by the init system at the onset, with the silence that follows.

use super::case::Case;
use super::database;
use super::names;
use crate::cause::case::{excerpt, quoted};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::commands::only_looks;
use crate::cause::ends::{UNDONE, is_at_the_end};
use crate::cause::failure_shape;
use crate::cause::ledger::{
    Aspect, Scale, at_onset, culprit, lines, new_meanwhile, on_host, quote,
};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::ownership::{both_akin, both_same, is_of_failing, is_own, own_hosts};
use crate::cause::symptoms::{Sign, stated_class};
use crate::model::{Culprit, Denial, Event, Group, Sentence};
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::table::words;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::{Instant, SECOND};

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Crash, Group::PROCESS, weigh));

/// Whether a sign says that a worker is stopped, which is what follows when its request takes too long.
fn is_stopped(s: &Sign<'_>) -> bool {
    holds_any(s.text.as_bytes(), LATE)
        || holds_any(s.text.as_bytes(), "was sent sigkill | was sent sigabrt")
}

const LATE: &str = "worker timeout | harakiri on worker | terminating timed out worker";

/// Whether workers are stopped because their requests take too long: they end of what these wait for.
pub(super) fn ran_out_of_time(signs: &[Sign<'_>]) -> bool {
    signs.iter().any(|s| holds_any(s.text.as_bytes(), LATE))
}

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let looping = case.components.iter().find(|c| c.kind == "restart_loop");
    let stop = stopped(case).filter(|_| looping.is_none());
    let late = ran_out_of_time(signs);
    let own = |s: &&Sign<'_>| s.is(INFO.class) && s.own && s.strength >= 0.5;
    let died = signs.iter().filter(own).find(|s| !(late && is_stopped(s)));
    let far = elsewhere(case, signs).filter(|_| stop.is_none() && died.is_none());
    if let Some(c) = looping {
        let subject = match &c.key {
            Some(x) => Sentence::default().name(x),
            None => Sentence::words("The service"),
        };
        let text = subject.w(" crashes and comes up again and again.");
        scale.add(Aspect::Stated, 4.0, text, lines(case.first_failing));
    } else if let Some(e) = stop {
        let did = ", which these requests need, was stopped";
        let text = at_onset(case, e, "A service", did);
        scale.add(Aspect::Stated, 3.0, text, lines(&e.evidence));
        let again = |start: &Event| start_of(start, e);
        failure_shape::comes_back(&mut scale, case, 60, "the next start", again);
        failure_shape::gap(&mut scale, case, 1.6, false);
    } else if let Some(s) = died {
        let (died, part) = match is_of_failing(case, s) {
            true => (
                "A process of the failing service died",
                "The process that died is part of the failing service.",
            ),
            false => (
                "A process died",
                "The failing requests are tied to the process that died.",
            ),
        };
        let text = on_host(Sentence::words(died), s.host).w(" at the onset.");
        scale.add(Aspect::Stated, 3.0 * s.strength, text, lines(s.evidence));
        // As for memory: what died is what fails.
        let text = Sentence::words(part);
        scale.add(Aspect::Scope, 1.6 * s.strength, text, lines(s.evidence));
        let there = |e: &Event| e.host.as_ref() == s.host && e.host.is_some();
        failure_shape::comes_back(&mut scale, case, 60, "the next start", there);
    } else if let Some((crash, act)) = far {
        scale.add(
            Aspect::Stated,
            3.0,
            at_onset(case, crash, "A process", " died"),
            lines(&crash.evidence),
        );
        let stop = case.end_near(act.time).1;
        let text = format!("The failures {stop} around the time something is done there: ");
        let text = Sentence::words(text).p(quote(quoted(act).unwrap_or_else(|| excerpt(act))));
        scale.add(Aspect::Reversal, UNDONE, text.w("."), lines(&act.evidence));
    } else {
        failure_shape::symptom(&mut scale, case, signs, 0.4);
        no_word(&mut scale, case);
    }
    let of_loop = |k: &LogText| culprit("service", k.for_json(), Some(k));
    let named = match looping {
        Some(c) => c.key.as_ref().and_then(of_loop),
        None if let Some((crash, _)) = far => on_its_host(crash),
        None => name(stop, died),
    };
    let how = match (&named, looping, stop) {
        (Some(n), Some(_), _) => Some(Sentence::default().name(&n.name).w(" keeps crashing")),
        (None, Some(_), _) => Some(Sentence::words("A service that keeps crashing")),
        (Some(n), None, Some(_)) => Some(Sentence::default().name(&n.name).w(" stopped")),
        _ => None,
    };
    let mut w = INFO.weighed(scale, named);
    w.title = how.unwrap_or(w.title);
    w.change = stop.map(|e| e.id.clone());
    w
}

/// A stop of a service that the failing requests need, within a minute of the onset, that no start follows at once
/// (a restart of a rollout does) and that is no database's.
pub(super) fn stopped<'a>(case: &'a Case<'a>) -> Option<&'a Event> {
    let release = |stop: &Event| {
        let mut all = case.timed(&[MarkerKind::DeployStart, MarkerKind::DeployFinish]);
        let may = |e: &Event| both_akin(e.service.as_ref(), stop.service.as_ref()) != Some(false);
        all.any(|(e, t)| e.version.is_some() && may(e) && case.near(t, 120, 0))
    };
    let mut stops = case.timed(&[MarkerKind::ServiceStop]);
    let found = stops.find(|(e, t)| {
        case.near(*t, 60, 30) && needed(case, e) && !release(e) && !starts_within(case, e, 60)
    });
    found.map(|x| x.0)
}

/// Whether the failing requests need the service of an event: the service itself, or the web server in front of it.
fn needed(case: &Case<'_>, e: &Event) -> bool {
    let unit = names::unit(excerpt(e));
    const FRONTS: [&str; 8] = words("nginx haproxy apache httpd envoy traefik caddy varnish");
    let service = e.service.as_ref().map(LogText::for_json);
    let service = service.or(unit.as_deref());
    let db = service.is_some_and(database::is_server);
    let name = service.unwrap_or_default().to_ascii_lowercase();
    let front = FRONTS.iter().any(|f| name.contains(f));
    let (host, service) = (e.host.as_ref(), e.service.as_ref());
    !db && (front || is_own(case, &own_hosts(case), host, service, excerpt(e)))
}

/// Whether the stopped service starts again within some seconds on the same host.
fn starts_within(case: &Case<'_>, stop: &Event, seconds: i64) -> bool {
    let Some(from) = stop.time else { return false };
    let soon = |t: Instant| t >= from && t.0 <= from.0 + seconds * SECOND;
    let mut events = case.events.iter();
    events.any(|e| start_of(e, stop) && e.time.is_some_and(soon))
}

/// A process that dies at the onset on a host of which the failing requests know nothing, where calls are refused from then on, nothing
/// else is stated, and the failures end as something is started or done on that host; and what is.
fn elsewhere<'a>(case: &'a Case<'a>, signs: &[Sign<'_>]) -> Option<(&'a Event, &'a Event)> {
    use MarkerKind::{MitigationStart, Restart, ServiceStart};
    // who is not there refuses, and who is slow does not
    let refused = |s: &Sign<'_>| !s.names_a_fault() && holds_any(s.text.as_bytes(), "refused");
    let stated = stated_class(case, signs).is_some_and(|s| !s.is(INFO.class));
    if stated || !signs.iter().any(refused) {
        return None;
    }
    let acts = |e: &Event| {
        let typed = e.text.states_a_command() && !quoted(e).is_some_and(only_looks);
        typed || matches!(e.kind, ServiceStart | Restart | MitigationStart)
    };
    let at_end = |h: &LogText| {
        let mut there = case.events.iter().rev();
        there.find(|e| e.host.as_ref() == Some(h) && acts(e) && is_at_the_end(case, e))
    };
    let mut crashes = case.timed(&[MarkerKind::Crash]);
    crashes.find_map(|(e, t)| {
        let host = e.host.as_ref().filter(|_| case.near(t, 60, 5))?;
        Some((e, at_end(host)?))
    })
}

/// A process by its name in its line, and its host: `tclsh on intf02` of `tclsh[2213]: segfault at 18`.
fn on_its_host(crash: &Event) -> Option<Culprit> {
    let host = crash.host.as_ref()?.for_json();
    let said = quoted(crash)?.split('[').next()?;
    // who reports it may be another
    let service = crash.service.as_ref().map(LogText::for_json);
    let what = Some(said).filter(|w| !w.contains(' ')).or(service)?;
    culprit(
        "service",
        &format!("{what} on {host}"),
        Some(&crate::cause::ledger::named(what)),
    )
}

/// Whether an event is a start of the service that stopped.
fn start_of(e: &Event, stop: &Event) -> bool {
    let service = both_same(e.service.as_ref(), stop.service.as_ref()) != Some(false);
    let host = e.host.is_none() || stop.host.is_none() || e.host == stop.host;
    matches!(e.kind, MarkerKind::ServiceStart | MarkerKind::Restart) && service && host
}

/// The init system's log covers the onset and knows of no end.
fn no_word(scale: &mut Scale, case: &Case<'_>) {
    let system = case.inputs(|s| s.kind == Kind::System && s.covers_onset);
    let text = "The init system's log covers the onset, and no process was seen to die in it.";
    let denies = Denial {
        kinds: &[MarkerKind::Crash, MarkerKind::ServiceStop],
        ..new_meanwhile(case)
    };
    scale.deny(case, (Aspect::Absence, -0.8), text, system, denies);
}

/// What to name: the unit and its host; nothing where no line names it.
fn name(stop: Option<&Event>, died: Option<&Sign<'_>>) -> Option<Culprit> {
    let (service, host, lines) = match (stop, died) {
        (Some(e), _) => (e.service.as_ref(), e.host.as_ref(), &e.evidence[..]),
        (None, Some(s)) => (s.service, s.host, s.evidence),
        (None, None) => return None,
    };
    let mut said = lines.iter().filter_map(|e| e.excerpt.as_ref());
    let what = service
        .map(|s| s.for_json().to_owned())
        .or_else(|| said.find_map(|t| names::unit(t.for_json())))?;
    let whole = match host {
        Some(h) => format!("{what} on {}", h.for_json()),
        None => what.clone(),
    };
    culprit("service", &whole, Some(&crate::cause::ledger::named(&what)))
}
