//! Route, firewall, partition: no route to a host, or timeouts to something that is known to run.

use super::case::Case;
use super::names;
use crate::cause::class_info::{ClassInfo, ListedClass};
use crate::cause::failure_shape;
use crate::cause::ledger::culprit;
use crate::cause::rule_verdict::Weighed;
use crate::cause::symptoms::Sign;
use crate::model::{Group, Sentence};
use coroner_lines::record::CauseClass;
use coroner_lines::text::LogText;

/// The class.
pub(super) static INFO: ListedClass =
    ListedClass::new(|| ClassInfo::listed(CauseClass::Unreachable, Group::NETWORK, weigh));

fn weigh(case: &Case<'_>, signs: &[Sign<'_>]) -> Weighed {
    let (mut scale, best) = INFO.heard(case, signs);
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
    // a way has two ends, of which a device may know the very interface
    let mut ends = forwards.into_iter().chain(best).map(|s| {
        let to = names::address(s.text).map(|a| a.0);
        let from = s.host.filter(|_| of_machine(&s)).map(LogText::for_json);
        let through = from.zip(names::interface(s.text));
        let from = match through {
            Some((from, interface)) => Some(format!("{interface} on {from}")),
            None => from.map(str::to_owned),
        };
        (to.or_else(|| names::provider(s.text)), from)
    });
    let ends = ends.find(|(to, from)| to.is_some() || from.is_some());
    let (to, from) = ends.unwrap_or_default();
    let way = [to, from].into_iter().flatten();
    let named = culprit("network", &way.collect::<Vec<_>>().join(" from "), None);
    let mut w = INFO.weighed_by(scale, named, about);
    let full = about.filter(of_machine);
    if let Some(what) = full.and_then(|s| full_table(s.text))
        && let Some(host) = w.culprit.take_if(|n| n.kind == "network")
    {
        let text = Sentence::default().name(&host.name);
        w.title = text.w(format!(" drops packets ({what})"));
        w.culprit = culprit("limit", what, None);
    }
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
