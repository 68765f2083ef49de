//! Which inputs' requests count, and which are those of others seen again further in. Who failed is not asked here.

use crate::model::Tier;
use coroner_core::summary::{InputPart, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Which inputs' requests count: proxies and web servers before applications; an access log whose clients are a handful of
/// proxies is inner where another one sees the public, and so is that of a host to which another log shows that it sent them; what
/// the user says wins.
pub(super) fn tiers(part: &Part) -> BTreeMap<u32, Tier> {
    let with = part.inputs.iter().map(|(i, p)| (*i, &**p));
    let with = with.filter(|(_, p)| p.accounting.requests > 0);
    let with: Vec<(u32, &InputPart)> = with.collect();
    let given = with.iter().any(|(_, p)| p.meta.edge);
    let by_app = |p: &InputPart| p.accounting.requests_by_app * 2 > p.accounting.requests;
    let any_web = with.iter().any(|(_, p)| !by_app(p));
    let clients = |p: &InputPart| {
        let known = p.tracks().map(|(_, t)| t.requests.clients.len());
        known.max().unwrap_or(0)
    };
    // rotated siblings see the same public: a short one must not look like a proxy's
    let mut by_domain: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, p) in &with {
        let c = by_domain.entry(&p.meta.domain).or_default();
        *c = (*c).max(clients(p));
    }
    let behind = behind(&with);
    let public = with.iter().any(|(_, p)| !by_app(p) && clients(p) >= 8);
    with.iter()
        .map(|(id, p)| {
            let edge = if given {
                p.meta.edge
            } else if any_web {
                let proxied = public && by_domain[p.meta.domain.as_str()] < 8;
                !by_app(p) && !proxied && !behind.contains(id)
            } else {
                true
            };
            (*id, if edge { Tier::Edge } else { Tier::Inner })
        })
        .collect()
}

/// The access logs of hosts that a log of another host names as where it sent requests, most of those that they have.
fn behind(with: &[(u32, &InputPart)]) -> BTreeSet<u32> {
    let mut sent: BTreeMap<String, Vec<(u32, u64)>> = BTreeMap::new();
    for (id, p) in with {
        for (_, t) in p.tracks() {
            let Some((from, to)) = t.span else { continue };
            for (name, s) in t.by_upstream.sorted() {
                let name = String::from_utf8_lossy(name).to_ascii_lowercase();
                let all = sent.entry(name).or_default();
                all.push((*id, s.n.sum(from, to)));
            }
        }
    }
    let mut own: BTreeMap<&str, Vec<(u32, u64)>> = BTreeMap::new();
    for (id, p) in with {
        if let Some(host) = host(p, &sent) {
            let logs = own.entry(host).or_default();
            logs.push((*id, p.accounting.requests));
        }
    }
    let behind = own.iter().filter(|(host, logs)| {
        let of_others = sent[**host]
            .iter()
            .filter(|(id, _)| logs.iter().all(|l| l.0 != *id));
        let sent: u64 = of_others.map(|x| x.1).sum();
        sent * 5 >= logs.iter().map(|l| l.1).sum::<u64>() * 4
    });
    behind
        .flat_map(|(_, logs)| logs.iter().map(|l| l.0))
        .collect()
}

/// The name that others have for the host of an input: as the plan has it, or one of its folders.
fn host<'s>(p: &InputPart, sent: &'s BTreeMap<String, Vec<(u32, u64)>>) -> Option<&'s str> {
    let folders = p.meta.name.split('/').rev().skip(1);
    let mut names = p.meta.host.as_deref().into_iter().chain(folders);
    let known = names.find_map(|n| sent.get_key_value(&n.to_ascii_lowercase()));
    known.map(|(name, _)| name.as_str())
}

/// The inputs whose requests count.
pub(crate) fn edge_inputs(part: &Part) -> BTreeSet<u32> {
    let tiers = tiers(part);
    let edge = tiers.into_iter().filter(|(_, t)| *t == Tier::Edge);
    edge.map(|(id, _)| id).collect()
}
