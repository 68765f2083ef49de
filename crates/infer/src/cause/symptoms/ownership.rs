//! Whose a line is: how host, service and words tie it to the failing service, and where that service runs.
//! Names only; what a line says about a cause is not weighed here.

use crate::cause::case::{Case, Dim, DimShare, SourceFact};
use crate::cause::class_info::ClassInfo;
use crate::cause::names::servers::is_database_host;
use crate::cause::names::{self, Target};
use crate::cause::symptoms::{Sign, accounts};
use crate::model::{Evidence, Group};
use coroner_lines::fault::Sense;
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::table::words;
use coroner_lines::text::LogText;
use coroner_lines::text::words::split;

/// Where the failing service is known to run.
#[derive(Clone, Copy)]
pub(in crate::cause) struct Own<'h> {
    pub(in crate::cause) hosts: &'h [&'h str],
    /// It is known to run on hosts other than those of the edge: then a line of a further host is not its own.
    pub(in crate::cause) elsewhere: bool,
    /// A log other than the edge's calls it by the name that the edge has for it: else other names may be its own.
    pub(in crate::cause) named: bool,
}

impl Own<'_> {
    /// Whether a host is none of those on which the failing service is known to run.
    pub(in crate::cause) fn is_far(&self, host: Option<&LogText>) -> bool {
        host.is_some_and(|h| !self.hosts.contains(&h.for_json()))
    }
}

/// What is known of a line, or of lines of one kind.
pub(in crate::cause) struct LineFacts<'a> {
    /// Of what it speaks.
    pub(in crate::cause) info: &'static ClassInfo,
    /// In which sense.
    pub(in crate::cause) sense: Sense,
    pub(in crate::cause) host: Option<&'a LogText>,
    pub(in crate::cause) service: Option<&'a LogText>,
    pub(in crate::cause) text: &'a str,
    /// What wrote it.
    pub(in crate::cause) kind: Option<Kind>,
    /// How many there are during the incident.
    pub(in crate::cause) count: u64,
}

/// The service of the log in which a message stands.
pub(super) fn of_its_log<'a>(case: &Case<'a>, lines: &[Evidence]) -> Option<&'a LogText> {
    let input = lines.first()?.input;
    let source = case.sources.iter().find(|s| s.input == input)?;
    source.service.as_ref()
}

/// What the input of the first of some lines is.
pub(in crate::cause) fn kind_of(case: &Case<'_>, lines: &[Evidence]) -> Option<Kind> {
    let of = |e: &Evidence| case.sources.iter().find(|s| s.input == e.input);
    lines.first().and_then(of).map(|s| s.kind)
}

/// How a line belongs to the failing service: 1 it does, .6 nobody knows, 0 it belongs to something else.
pub(in crate::cause) fn relation(case: &Case<'_>, own: Own<'_>, line: LineFacts<'_>) -> f64 {
    let (info, text) = (line.info, line.text);
    let (host, service) = (line.host, line.service);
    // These speak of things outside the service by nature; the words name what is meant.
    let of_paths = info.group == Group::NETWORK && line.kind == Some(Kind::System);
    if info.everywhere || of_paths || line.sense == Sense::ByServer {
        return 1.0;
    }
    if is_own(case, own.hosts, host, service, text) || case.fell_of(text) {
        return 1.0;
    }
    // lines for a good part of the failed requests are those requests', whoever is named in them
    if accounts(case, line.count) {
        return 1.0;
    }
    let called = |h: Option<&LogText>| h.is_some_and(|h| is_database_host(h.for_json()));
    if called(host) || case.is_of_database(host, service) {
        // the only one whose log there is will be the one that is used
        let of_database = case
            .sources
            .iter()
            .filter(|s| s.database || called(s.host.as_ref()));
        let mut hosts = of_database.map(|s| &s.host);
        let first = hosts.next();
        let alone = hosts.all(|h| Some(h) == first);
        return match info.of_writer {
            true => 0.75,
            false if alone => 1.0,
            false => 0.9,
        };
    }
    // What a proxy's line names is the site or the backend that was asked for, no other service.
    if line.kind == Some(Kind::Web) {
        return 0.6;
    }
    match (host, service) {
        // where nothing shows which service fails, a line that names none is as near to it as a line can be
        (None, None) if case.service.is_none() => 1.0,
        (None, None) => 0.6,
        // another service's line, or one of a host that is none of those on which the service is known to run
        (_, Some(_)) if own.named || case.service.is_none() && !own.hosts.is_empty() => 0.0,
        (Some(_), _) if own.elsewhere => 0.0,
        (Some(_), None) => 0.8,
        _ => 0.6,
    }
}

/// Whether it is known on which hosts the failing service runs: then another host's lines are not its own. That the edge
/// saw the failures says nothing of where the service runs.
pub(in crate::cause) fn runs_elsewhere(case: &Case<'_>, own: &[&str]) -> bool {
    let edge = case.sources.iter().filter(|s| s.kind == Kind::Web);
    let failing = |d: &&DimShare| d.dim == Dim::Host && d.during.1 > 0;
    let seen = case.shares.iter().filter(failing).map(|d| &d.name);
    let seen = seen.chain(edge.filter_map(|s| s.host.as_ref()));
    let seen: Vec<&str> = seen.map(LogText::for_json).collect();
    own.iter().any(|h| !seen.contains(h))
}

/// Whether a log other than the edge's calls the failing service by its name.
pub(in crate::cause) fn is_named(case: &Case<'_>) -> bool {
    let sources = case.sources.iter().map(|s| (s.kind, s.service.as_ref()));
    let said = case.templates.iter().map(|t| (t.kind, t.service.as_ref()));
    let mut named = sources.chain(said).filter(|x| x.0 != Kind::Web);
    named.any(|(_, s)| both_same(s, case.service) == Some(true))
}

/// Whether host, service or words show that a line belongs to the failing service.
pub(in crate::cause) fn is_own(
    case: &Case<'_>,
    own: &[&str],
    host: Option<&LogText>,
    service: Option<&LogText>,
    text: &str,
) -> bool {
    let by_name = case.service.is_some_and(|want| {
        let want = root(want.for_json());
        service.is_some_and(|s| same_service(s.for_json(), want))
            || (want.len() >= 3 && text.contains(&format!("{want}.service")))
            || host.is_some_and(|h| pod_of(h.for_json(), want))
    });
    by_name || host.is_some_and(|h| own.iter().any(|o| o.eq_ignore_ascii_case(h.for_json())))
}

/// `shop` of `shop.web`, `shop.service`; an address has no parts that are names.
pub(crate) fn root(service: &str) -> &str {
    match service.parse::<std::net::IpAddr>() {
        Ok(_) => service,
        Err(_) => service.split('.').next().unwrap_or(service),
    }
}

/// Whether the archive shows a host as the site's own: virtual host, backend, host of a log. Such a one is no outside service.
pub(in crate::cause) fn is_ours(case: &Case<'_>, target: &Target) -> bool {
    let Target::Named(name) = target else {
        return false;
    };
    let is = |n: &LogText| {
        let n = n.for_json();
        let bare = n.rsplit_once(':').map_or(n, |x| x.0);
        [n, bare].iter().any(|n| n.eq_ignore_ascii_case(name))
    };
    let private = |name: &str| {
        let last = name.rsplit_once('.').map(|x| x.1.to_ascii_lowercase());
        last.is_some_and(|l| PRIVATE.contains(&l.as_str()))
    };
    // `order-service.shop`: a service whose log is here, and where it runs; `db1.int.shop.example`: a host
    let label = name.split('.').next().unwrap_or(name);
    let labelled = |s: &LogText| s.for_json().eq_ignore_ascii_case(label);
    let serves = |s: &LogText| label.len() >= 4 && labelled(s);
    let of_us = |d: &&DimShare| matches!(d.dim, Dim::Service | Dim::Host | Dim::Upstream);
    let shares = case.shares.iter().filter(of_us).map(|d| &d.name);
    let hosts = || case.sources.iter().filter_map(|s| s.host.as_ref());
    let mut services = case.sources.iter().filter_map(|s| s.service.as_ref());
    let of_edge = case.templates.iter().filter(|t| t.kind == Kind::Web);
    let sites = of_edge.filter_map(|t| t.service.as_ref());
    let aliases = case.aliases.iter().flat_map(|(a, h)| [a, h]);
    let mut named = shares.chain(hosts()).chain(aliases).chain(sites);
    // `stk1/stock-svc.log`
    let logs = |s: &SourceFact| {
        let file = s.name.for_json().rsplit('/').next().unwrap_or_default();
        label.len() >= 4
            && file
                .strip_prefix(label)
                .is_some_and(|rest| rest.starts_with('.'))
    };
    private(name)
        || named.any(is)
        || services.any(serves)
        || hosts().any(labelled)
        || case.sources.iter().any(logs)
}

/// Whether whom a call was meant for is on a host of that name, whose domain need not be written.
pub(in crate::cause) fn is_on(target: &Target, host: &LogText) -> bool {
    use Target::*;
    let (Database(name) | Cache(name) | Named(name) | Client(name)) = target;
    let host = host.for_json();
    name.eq_ignore_ascii_case(host) || root(name).eq_ignore_ascii_case(root(host))
}

/// Ends of names that nobody outside can have: RFC 6762, section 3 and appendix G, and those of Kubernetes and of Consul.
const PRIVATE: [&str; 10] =
    words("local localdomain lan internal intranet private corp home svc consul");

/// The first path that a text names, but for where in its code a program says something.
pub(in crate::cause) fn file(text: &str) -> Option<String> {
    let path = names::paths(text).find(|p| !names::is_source(p));
    path.map(str::to_owned)
}

/// Whether two service names mean the same service, as logs of different kinds write it: `settlement-api`, `settlement_api.web`,
/// `SettlementApi`, `payments-settlement-api-prod`. A namespace in front counts for nothing where two words agree behind it.
pub(in crate::cause) fn same_service(a: &str, b: &str) -> bool {
    let (a, b) = (root(a), root(b));
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    let (x, y) = (name_words(a), name_words(b));
    let (long, short) = if x.len() < y.len() { (y, x) } else { (x, y) };
    long == short || short.len() >= 2 && long.ends_with(&short)
}

/// The words of a service's name, without those that say where it runs or that it is one.
fn name_words(name: &str) -> Vec<String> {
    const PLACES: [&str; 9] = words("prod production stage staging live service svc server app");
    let all = split(name);
    let says = |w: &String| {
        let number = w.bytes().all(|c| c.is_ascii_digit());
        !number && !PLACES.contains(&w.as_str())
    };
    let said: Vec<String> = all.iter().filter(|w| says(w)).cloned().collect();
    if said.is_empty() { all } else { said }
}

/// The words of a service's name that not every service may carry.
pub(in crate::cause) fn own_words(name: &str) -> Vec<String> {
    const COMMON: &str = "api app backend blue canary default deployment frontend front green live main prd primary prod production \
        server service srv stable staging svc web webapp worker site www";
    let name = name.to_ascii_lowercase();
    let says = |w: &&str| {
        let number = w.bytes().all(|b| b.is_ascii_digit());
        w.len() >= 2 && !number && !COMMON.split_whitespace().any(|c| c == *w)
    };
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(says).map(str::to_owned).collect()
}

/// Whether two service names may mean the same service: they share a word that is not one of those which every service may carry, and
/// one of them says no more than the other (`client-portal` and `portal.web`); a name of such words alone may mean any.
pub(in crate::cause) fn akin(a: &str, b: &str) -> bool {
    let (x, y) = (own_words(a), own_words(b));
    let own = |x: &[String], y: &[String]| x.iter().filter(|w| !y.contains(w)).count();
    // what both begin with may be the name of the whole: `shop-pricing`, `shop-checkout`
    let (only_x, only_y) = (own(&x, &y), own(&y, &x));
    let shared = only_x < x.len() && (only_x == 0 || only_y == 0);
    x.is_empty() || y.is_empty() || shared
}

/// Whether two names mean the same service, where both are known.
pub(in crate::cause) fn both_same(a: Option<&LogText>, b: Option<&LogText>) -> Option<bool> {
    Some(same_service(a?.for_json(), b?.for_json()))
}

/// Whether they may, where both are known.
pub(in crate::cause) fn both_akin(a: Option<&LogText>, b: Option<&LogText>) -> Option<bool> {
    Some(akin(a?.for_json(), b?.for_json()))
}

/// Whether a host name is a pod or replica of a service: `cart-7f9c-a` of `cart`.
fn pod_of(host: &str, service: &str) -> bool {
    host.strip_prefix(service)
        .is_some_and(|rest| rest.starts_with('-') || rest.starts_with('_'))
}

/// Whether a sign is the failing service's own: what the failures are tied to otherwise may be another's.
pub(in crate::cause) fn is_of_failing(case: &Case<'_>, s: &Sign<'_>) -> bool {
    is_own(case, &own_hosts(case), s.host, s.service, s.text)
}

/// Hosts of the failing service: edge hosts that saw failures, hosts behind failing upstreams, hosts whose logs are the service's
/// own, hosts on which it is started or stopped, or dies.
pub(in crate::cause) fn own_hosts<'a>(case: &'a Case<'a>) -> Vec<&'a str> {
    let mut hosts: Vec<&str> = Vec::new();
    for d in case.shares {
        let failing = d.during.1 > 0;
        match d.dim {
            Dim::Host if failing => hosts.push(d.name.for_json()),
            Dim::Upstream if failing => hosts.extend(host_of(case, d)),
            _ => {}
        }
    }
    for s in case.sources {
        if s.kind == Kind::Web || both_same(s.service.as_ref(), case.service) == Some(true) {
            hosts.extend(s.host.as_ref().map(|h| h.for_json()));
        }
    }
    // init systems say where they start and stop it
    use MarkerKind::{Crash, Restart, ServiceStart, ServiceStop};
    for e in case.rows(&[ServiceStart, ServiceStop, Restart, Crash]) {
        if both_same(e.service.as_ref(), case.service) == Some(true) {
            hosts.extend(e.host.as_ref().map(|h| h.for_json()));
        }
    }
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// The host behind an upstream address, where the logs show it, or which a balancer calls by its name: `be_shop/app01`.
pub(in crate::cause) fn host_of<'a>(case: &'a Case<'a>, d: &'a DimShare) -> Option<&'a str> {
    let address = d.name.for_json();
    let bare = address.rsplit_once(':').map_or(address, |(h, _)| h);
    let is = |a: &str| a == address || a == bare || a.rsplit_once(':').map(|x| x.0) == Some(bare);
    let known = case.aliases.iter().find(|(a, _)| is(a.for_json()));
    let called = bare.rsplit('/').next().unwrap_or(bare);
    let hosts = case.sources.iter().filter_map(|s| s.host.as_ref());
    let mut hosts = hosts.map(|h| h.for_json());
    let named = || hosts.find(|h| h.eq_ignore_ascii_case(called));
    known.map(|(_, h)| h.for_json()).or_else(named)
}
