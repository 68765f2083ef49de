//! The database is down or failing over: its own log says so, or the errors name it; a symptom alone does not.

use super::case::Case;
use super::names::{self, servers::DATABASES};
use super::subjects;
use crate::cause::case::{excerpt, quoted};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::{UNDONE, altered_at_the_end};
use crate::cause::failure_shape;
use crate::cause::ledger::{
    Aspect, Scale, at_onset, culprit, ends_with, lines, new_meanwhile, on_host, quote, stop_with,
};
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Culprit, Denial, Event, Group, Sentence};
use coroner_lines::fault::Sense;
use coroner_lines::record::{CauseClass, Kind, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;
use coroner_lines::time::SECOND;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Database, Group::DEPENDENCY, weigh));

/// Whether a server that answers says it: that a number is as large as its column holds.
fn is_answer(s: &Sign<'_>) -> bool {
    INFO.precise(s.text).is_some()
}

/// What the words of clients alone are worth at most: a suspicion.
pub(super) const ONLY_CLIENTS: f64 = 0.79;

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let own = signs.iter().find(|s| says_itself(s) && by_server(case, s));
    // what a client repeats of the server's words is the client's line
    let named = failure_shape::messages(
        &mut scale,
        case,
        signs,
        (INFO.class, &|s| {
            s.is(INFO.class) && !(own.is_some() && says_itself(s))
        }),
        INFO.weights,
    );
    let ended = own_end(case);
    stated(&mut scale, case, own, ended);
    let answers = named.is_some_and(is_answer);
    if own.is_none() && ended.is_none() && case.has_database_log() && !answers {
        let text = "The database's own log covers the onset, and no end of the server was recognised in it.";
        // Timeouts to a server that runs speak of the way there, more than refusals do.
        let late = named.is_some_and(|s| s.text.contains("timed out"));
        let weight = if late { -3.2 } else { -1.0 };
        let own = case.inputs(|s| s.database);
        scale.deny(case, (Aspect::Stated, weight), text, own, no_end(case));
    }
    comes_back(&mut scale, case);
    failure_shape::without_power(&mut scale, signs);
    let of_answer = named.filter(|s| is_answer(s));
    let table = of_answer.and_then(|s| subjects::numbered(s.text).map(str::to_owned));
    // what is altered as the failures end is where they no longer fitted
    let widened = of_answer.and_then(|_| altered_at_the_end(case));
    if let Some((_, e)) = &widened {
        let what = Sentence::default().p(quote(quoted(e).unwrap_or_else(|| excerpt(e))));
        let text = stop_with(case, e.time, what);
        scale.add(Aspect::Reversal, UNDONE, text, lines(&e.evidence));
    }
    let who = table
        .or(widened.map(|(table, _)| table))
        .and_then(|t| culprit("table", &t, None))
        .or_else(|| name(case, own, ended, named));
    let title = who.as_ref().map(|n| {
        let ended = own.is_some_and(says_its_end) || ended.is_some();
        Sentence::words("Database ")
            .name(&n.name)
            .w(out_of_use(ended))
    });
    // that clients cannot reach it may as well be the network's doing, where no line names a server or is one's own
    let only_clients = who.is_none() && own.is_none() && ended.is_none();
    let mut w = INFO.weighed_by(scale, who, named);
    w.cap = only_clients.then_some(ONLY_CLIENTS);
    w.title = title.filter(|_| !answers).unwrap_or(w.title);
    w.change = ended.map(|e| e.id.clone());
    w
}

/// What a title says of a server: down only where a line says that it ended, else no more than what its clients meet.
pub(super) fn out_of_use(ended: bool) -> &'static str {
    match ended {
        true => " down",
        false => " unavailable",
    }
}

/// Whether a message is one that a server writes about its own end.
fn says_itself(s: &Sign<'_>) -> bool {
    s.is(INFO.class) && s.fault.sense == Sense::ByServer
}

/// Whether that is that it ended: who left its cluster or gave up its part still runs.
fn says_its_end(s: &Sign<'_>) -> bool {
    const END: &str =
        "shutdown | shut down | shutting down | exit | terminating | interrupted | recovery";
    holds_any(s.text.as_bytes(), END)
}

/// Whether the server itself or the machine under it says a sign, not a client.
pub(super) fn by_server(case: &Case<'_>, s: &Sign<'_>) -> bool {
    let source = s
        .evidence
        .first()
        .and_then(|e| case.sources.iter().find(|x| x.input == e.input));
    source.is_none_or(|x| x.database || x.kind != Kind::App)
        || s.service.is_some_and(|n| is_server(n.for_json()))
}

/// Whether a service name is that of a database server.
pub fn is_server(name: &str) -> bool {
    let n = name.to_ascii_lowercase();
    DATABASES.iter().any(|d| n.contains(d))
}

/// Whether an event is about a database server: by service, by host, or by the unit in its line.
fn about_server(case: &Case<'_>, e: &Event) -> bool {
    e.service.as_ref().is_some_and(|s| is_server(s.for_json()))
        || names::unit(crate::cause::case::excerpt(e)).is_some_and(|u| is_server(&u))
        || case.sources.iter().any(|s| {
            s.database
                && s.host.is_some()
                && s.host == e.host
                && (e.service.is_none() || e.service == s.service)
        })
}

/// A stop or crash of the database server at the onset.
pub(super) fn own_end<'a>(case: &'a Case<'a>) -> Option<&'a Event> {
    case.events.iter().find(|e| {
        matches!(
            e.kind,
            MarkerKind::Crash | MarkerKind::ServiceStop | MarkerKind::Failover
        ) && e.time.is_some_and(|t| case.near(t, 60, 60))
            && about_server(case, e)
    })
}

/// The server's own log, or its init system, says that it went down. The weight is that of hardware lines in the table:
/// a component that reports its own end at the onset.
fn stated(scale: &mut Scale, case: &Case<'_>, own: Option<&Sign<'_>>, ended: Option<&Event>) {
    if let Some(e) = ended {
        let did = match e.kind {
            MarkerKind::Failover => " failed over",
            _ => " went down",
        };
        let text = at_onset(case, e, "The database server", did);
        scale.add(Aspect::Stated, 3.0, text, lines(&e.evidence));
    }
    if let Some(s) = own {
        let text = on_host(Sentence::words("The database's own log"), s.host)
            .w(" says: ")
            .p(quote(s.said))
            .w(".");
        scale.add(
            Aspect::Stated,
            3.0 * s.strength.min(1.0),
            text,
            lines(s.evidence),
        );
    }
}

/// The failures end as the database comes back.
fn comes_back(scale: &mut Scale, case: &Case<'_>) {
    let back = case.events.iter().find(|e| {
        matches!(
            e.kind,
            MarkerKind::ServiceStart | MarkerKind::Restart | MarkerKind::Failover
        ) && about_server(case, e)
            && e.time
                .is_some_and(|t| t > case.onset && (t.0 - case.end.0).abs() <= 120 * SECOND)
    });
    if let (true, Some(e)) = (case.recovered, back) {
        let text = ends_with(case, e.time, "the start of the database");
        scale.add(Aspect::Reversal, 1.2, text, lines(&e.evidence));
    }
}

/// What to name: service and host of the server, else its address in the errors.
fn name(
    case: &Case<'_>,
    own: Option<&Sign<'_>>,
    ended: Option<&Event>,
    named: Option<&Sign<'_>>,
) -> Option<Culprit> {
    let source = case.sources.iter().find(|s| s.database);
    let unit = ended.and_then(|e| names::unit(crate::cause::case::excerpt(e)));
    let service = ended
        .and_then(|e| e.service.as_ref())
        .or(own.and_then(|s| s.service))
        .or(source.and_then(|s| s.service.as_ref()))
        .map(LogText::for_json)
        .filter(|s| is_server(s))
        .map(str::to_owned)
        .or(unit);
    let host = ended
        .and_then(|e| e.host.as_ref())
        .or(own.and_then(|s| s.host))
        .or(source.and_then(|s| s.host.as_ref()));
    let address = named.and_then(|s| match names::target(s.text) {
        Some(names::Target::Database(a)) => Some(a),
        _ => None,
    });
    if own.is_none() && ended.is_none() {
        // Only the clients speak: name what they name.
        let a = address?;
        return culprit("service", &a, None);
    }
    let what = service.unwrap_or_else(|| "database".to_owned());
    let whole = match (host, address) {
        (Some(h), _) => format!("{what} on {}", h.for_json()),
        (None, Some(a)) => format!("{what} at {a}"),
        (None, None) => what.clone(),
    };
    let bare = crate::cause::ledger::named(&what);
    culprit("service", &whole, Some(&bare))
}

/// That the server of a log ended around the onset.
pub(super) fn no_end(case: &Case<'_>) -> Denial {
    Denial {
        kinds: &[
            MarkerKind::Crash,
            MarkerKind::ServiceStop,
            MarkerKind::Failover,
        ],
        ..new_meanwhile(case)
    }
}
