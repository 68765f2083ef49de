//! Route, firewall, partition: no route to a host, or timeouts to something that is known to run.

use super::case::{Case, quoted};
use super::{cold_start, database, names};
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::ends::ENDED;
use crate::cause::failure_shape::{self, Weights};
use crate::cause::ledger::{Aspect, Scale, culprit, lines, quote};
use crate::cause::limit::raised;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::cause::symptoms::ownership::called;
use crate::model::{Evidence, Group, Sentence};
use coroner_lines::fault::Fault;
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;
use coroner_lines::text::words::holds_any;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Unreachable, Group::NETWORK, weigh, &[]));

/// What it weighs that calls for a connection are not answered, where no line says that there is no route.
const UNANSWERED: Weights = Weights::of(1.6, 1.6, -1.0);

/// What the word of clients alone may be worth: whom they cannot reach may be at a stand and there.
const CLIENTS_SAY: f64 = 0.79;

/// What clients of a database say.
const TO_DATABASE: Fault = Fault::of(CauseClass::Database);

/// Whether a sign says that nothing answers a call for a connection. A database that is slow lets queries time out, and a program
/// that is down refuses.
pub(super) fn is_unanswered(s: &Sign<'_>) -> bool {
    const NO_ANSWER: &str = "connection timed out | connect timed out | connect timeout | etimedout | connecttimeout | \
        connecttimeouterror | connecttimeoutexception | dial tcp .. i/o timeout | connection attempt failed because";
    const LATER: &str = "while reading | while sending | read timed out | read timeout";
    let text = s.text.as_bytes();
    holds_any(text, NO_ANSWER) && !holds_any(text, LATER)
}

/// What speaks for a network path that is cut, in nats.
pub(super) fn heard(case: &Case<'_>, signs: &[Sign<'_>]) -> f64 {
    weigh(case, signs).claims.iter().map(|c| c.weight).sum()
}

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let mut scale = Scale::default();
    let stated = signs.iter().any(|s| s.is(INFO.class));
    let of = |s: &Sign<'_>| match stated {
        true => s.is(INFO.class),
        false => is_unanswered(s) && called(case, s).is_some(),
    };
    let weights = if stated { INFO.weights } else { UNANSWERED };
    let mut best = failure_shape::messages(&mut scale, case, signs, (INFO.class, &of), weights);
    let late = |s: &&Sign<'_>| s.fault == TO_DATABASE && is_unanswered(s);
    let late = signs.iter().find(late);
    let own = database::runs(case, signs);
    if let (None, Some(s), false) = (best, late, own.is_empty()) {
        // what is known to run and does not answer: the way there is what fails
        let text = Sentence::words("Connections to the database are not answered in time.");
        scale.add(Aspect::Message, 2.0 * s.strength, text, lines(s.evidence));
        let text = "No end of the database server was recognised in its own log.";
        let (weighs, no_end) = ((Aspect::Absence, 1.5), database::no_end(case));
        scale.deny(case, weighs, text, own, no_end);
        best = Some(s);
    } else if let (Some(s), false) = (best, stated) {
        let text = "Connection attempts time out; where a process is down, they are refused.";
        let text = Sentence::words(text);
        scale.add(Aspect::Message, 0.6, text, lines(s.evidence));
    }
    if best.is_none() {
        failure_shape::symptom(&mut scale, case, signs, 0.4);
        failure_shape::gap(&mut scale, case, 0.5, true);
    }
    // who forwards knows better than who calls
    let of_machine = |s: &&Sign<'_>| s.is(INFO.class) && (s.event || s.is_of_machine(case));
    let forwards = signs.iter().filter(of_machine).max_by(|a, b| {
        let strength = a.strength.total_cmp(&b.strength);
        strength.then(b.first.cmp(&a.first))
    });
    let about = forwards.or(best);
    // a way has two ends
    let mut ends = forwards.into_iter().chain(best).map(|s| {
        let to = names::address(s.text).map(|a| a.0);
        let from = s.host.filter(|_| of_machine(&s)).map(LogText::for_json);
        (to.or_else(|| names::provider(s.text)), from)
    });
    let ends = ends.find(|(to, from)| to.is_some() || from.is_some());
    let (to, from) = ends.unwrap_or_default();
    let way = [to.as_deref(), from].into_iter().flatten();
    let named = culprit("network", &way.collect::<Vec<_>>().join(" from "), None);
    let to = to.as_deref().or(from);
    if let Some(line) = to.and_then(|name| off(case, name)) {
        let text = Sentence::words("The host itself starts cold during the incident.");
        scale.add(Aspect::Rival, -2.4, text, lines(std::slice::from_ref(line)));
    }
    if let Some((_, e)) = about.and_then(|s| raised(case, s.text)) {
        let text = Sentence::words("The failures stop as a limit is raised: ");
        let text = text.p(quote(quoted(e).unwrap_or_default())).w(".");
        scale.add(Aspect::Reversal, ENDED, text, lines(&e.evidence));
    }
    let mut w = INFO.weighed_by(scale, named, about);
    let full = about.filter(of_machine);
    if let Some(what) = full.and_then(|s| full_table(s.text))
        && let Some(host) = w.culprit.take_if(|n| n.kind == "network")
    {
        let text = Sentence::default().name(&host.name);
        w.title = text.w(format!(" drops packets ({what})"));
        w.culprit = culprit("limit", what, None);
    }
    // what clients say of somebody whose own word is not known
    w.cap = (best.is_some() && !stated).then_some(CLIENTS_SAY);
    w
}

/// Which table of a kernel has no room left, as it says so: `nf_conntrack: table full` of `nf_conntrack: nf_conntrack: table full,
/// dropping packet`.
fn full_table(said: &str) -> Option<&str> {
    let from = said
        .find("table full")
        .or_else(|| said.find("table overflow"))?;
    let end = from
        + said
            .get(from..)?
            .find([',', '!', '.'])
            .unwrap_or(said.len() - from);
    let clauses = said.get(..end)?;
    let mut starts = clauses.rmatch_indices(": ").map(|(at, _)| at + 2);
    // the module stands in front of it
    clauses.get(starts.nth(1).unwrap_or(0)..)
}

/// The line that shows that a host, by its name or address, was off: it starts cold during the incident.
fn off<'a>(case: &'a Case<'a>, name: &str) -> Option<&'a Evidence> {
    let is = |host: &LogText| {
        let known =
            |(a, h): &(LogText, LogText)| h == host && a.for_json().split(':').next() == Some(name);
        host.for_json().eq_ignore_ascii_case(name) || case.aliases.iter().any(known)
    };
    let mut cold = cold_start::boots(case).into_iter();
    cold.find(|b| b.host.is_some_and(is)).map(|b| b.line)
}
