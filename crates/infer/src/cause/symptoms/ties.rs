//! What ties another host or service to the failures: the failing program's new errors have a name that its log newly has, too, or
//! the address of that service.
//! Names only, whatever the words around them; what a line says about a cause is not weighed here.

use crate::cause::case::{Case, TemplateFact};
use crate::cause::identifiers::{identifiers, known};
use crate::cause::names;
use crate::cause::symptoms::accounts;
use crate::cause::symptoms::ownership::{both_same, is_own, root};
use crate::model::Event;
use coroner_lines::record::Kind;
use coroner_lines::text::LogText;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// A host or service that the failing program's errors point at.
#[derive(Clone)]
pub struct Tie<'a> {
    /// The host or service.
    who: &'a LogText,
    /// The name that stands in the error and is of the host or service, or in its log.
    pub name: LogText,
    /// The error that names it.
    pub error: &'a TemplateFact,
}

/// The hosts and services that are none of the failing service's own and that its new errors point at, one tie each.
pub(in crate::cause) fn ties<'a>(case: &'a Case<'a>, own: &[&str]) -> Vec<Tie<'a>> {
    let begins = |t: &&TemplateFact| {
        let first = t.first_during;
        t.brought() && first.is_some_and(|f| case.near(f, 60, 300)) && t.kind != Kind::Pager
    };
    let new: Vec<&TemplateFact> = case.templates.iter().filter(begins).collect();
    let of_failures = |t: &&&TemplateFact| {
        let text = t.example.text();
        is_own(case, own, t.host.as_ref(), t.service.as_ref(), text) || accounts(case, t.during)
    };
    let errors: Vec<&TemplateFact> = new.iter().filter(of_failures).copied().collect();
    if errors.is_empty() {
        return Vec::new();
    }
    let is_own_host = |h: &LogText| own.iter().any(|o| o.eq_ignore_ascii_case(h.for_json()));
    let sources = case.sources.iter().filter_map(|s| s.host.as_ref());
    let hosts: BTreeSet<&LogText> = sources
        .chain(case.events.iter().filter_map(|e| e.host.as_ref()))
        .filter(|h| !is_own_host(h))
        .collect();
    let mut shared: Option<Shared<'a>> = None;
    let tie = |who: &'a LogText| {
        let shared = shared.get_or_insert_with(|| Shared::of(case, &errors));
        // the same error of another host is no second log that has the name
        let same = |t: &TemplateFact| errors.iter().any(|e| e.text == t.text);
        let log = new
            .iter()
            .filter(|t| t.host.as_ref() == Some(who) && !same(t));
        log.flat_map(|t| identifiers(t.example.text()))
            .find_map(|n| {
                let (error, name) = (*shared.0.get(&n)?, LogText::name(n.as_bytes()));
                Some(Tie { who, name, error })
            })
    };
    let is_own_service = |s: &LogText| both_same(case.service, Some(s)) == Some(true);
    let services = case.events.iter().filter_map(|e| e.service.as_ref());
    let services: BTreeSet<&LogText> = services.collect();
    let call = |t: &&'a TemplateFact| (CalledServer::of(t.example.text()), *t);
    let calls: Vec<(CalledServer, &'a TemplateFact)> = errors.iter().map(call).collect();
    let called = |who: &'a LogText| {
        let mut of_others = calls.iter().filter(|c| c.1.service.as_ref() != Some(who));
        let (_, error) = *of_others.find(|c| c.0.is(who.for_json()))?;
        let name = who.clone();
        Some(Tie { who, name, error })
    };
    let services = services.into_iter().filter(|s| !is_own_service(s));
    let mut all: Vec<Tie<'a>> = services.filter_map(called).collect();
    // where what is called runs, its machine is called with it
    let on: Vec<Tie<'a>> = all.iter().flat_map(|t| places(case, t)).collect();
    all.extend(on.into_iter().filter(|t| !is_own_host(t.who)));
    all.extend(hosts.into_iter().filter_map(tie));
    all
}

/// The hosts on which lines show a tied service, tied alike.
fn places<'a>(case: &'a Case<'a>, tie: &Tie<'a>) -> Vec<Tie<'a>> {
    let is = |e: &&Event| e.service.as_ref() == Some(tie.who);
    let of_it = case.events.iter().filter(is);
    let hosts: BTreeSet<&'a LogText> = of_it.filter_map(|e| e.host.as_ref()).collect();
    let tied = hosts.into_iter().map(|who| Tie { who, ..tie.clone() });
    tied.collect()
}

/// What a message calls the server that was called.
pub(in crate::cause) struct CalledServer(Option<String>);

impl CalledServer {
    /// Of a message.
    pub(in crate::cause) fn of(text: &str) -> CalledServer {
        let host = names::address(text).map(|(host, _)| root(&host).to_owned());
        // a number tells which one it is to nobody but its network
        CalledServer(host.filter(|h| h.parse::<IpAddr>().is_err()))
    }

    /// Whether that is a service: `db` or `db-0`, one of its members, of `db.prod.svc.cluster.local:5432`.
    pub(in crate::cause) fn is(&self, service: &str) -> bool {
        let name = root(service);
        let digits = |n: &str| n.bytes().all(|c| c.is_ascii_digit());
        let numbered = name.rsplit_once('-').filter(|(_, n)| digits(n));
        let group = numbered.map_or(name, |(group, _)| group);
        let is = |n: &str| self.0.as_ref().is_some_and(|h| h.eq_ignore_ascii_case(n));
        is(name) || is(group)
    }
}

/// Names that stand in the errors and in no message before, each with the first error that has it.
struct Shared<'a>(BTreeMap<String, &'a TemplateFact>);

impl<'a> Shared<'a> {
    fn of(case: &Case<'_>, errors: &[&'a TemplateFact]) -> Shared<'a> {
        let before = known(case, case.onset);
        let mut names = BTreeMap::new();
        for t in errors.iter().rev() {
            let new = identifiers(t.example.text()).filter(|n| !before.contains(n));
            names.extend(new.map(|n| (n, *t)));
        }
        Shared(names)
    }
}

/// The tie of a host or a service, where there is one.
pub(in crate::cause) fn of<'t, 'a>(
    ties: &'t [Tie<'a>],
    host: Option<&LogText>,
    service: Option<&LogText>,
) -> Option<&'t Tie<'a>> {
    let is = |t: &&Tie<'_>| Some(t.who) == host || Some(t.who) == service;
    ties.iter().find(is)
}
