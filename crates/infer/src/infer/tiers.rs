//! Which inputs' requests count, and which are those of others seen again further in. Who failed is not asked here.

mod mirrored;

use crate::model::Tier;
use coroner_core::summary::{InputPart, Part};
use coroner_lines::sorting::SortList;
use mirrored::Traffic;
use std::collections::{BTreeMap, BTreeSet};

/// Which inputs' requests count: proxies and web servers before applications; an access log whose clients are a handful of
/// proxies is inner where another one sees the public, and so is that of a host to which another log shows that it sent them, and
/// one whose requests bear the ids of another one's; what the user says wins.
pub(super) fn tiers(part: &Part) -> BTreeMap<u32, Tier> {
    let with = part.inputs.iter().map(|(i, p)| (*i, &**p));
    let with = with.filter(|(_, p)| p.accounting.requests > 0);
    let with: Vec<(u32, &InputPart)> = with.collect();
    let given = with.iter().any(|(_, p)| p.meta.edge);
    let by_app = |p: &InputPart| p.accounting.is_of_application();
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
    let mut behind = behind(&with);
    // of one place nothing is seen twice
    if by_domain.len() > 1 {
        behind.extend(seen_again(&with));
        behind.extend(shown_again(&with));
    }
    let public = |p: &InputPart| !by_app(p) && by_domain[p.meta.domain.as_str()] >= 8;
    // what comes through proxies was seen by them: who saw far less stands behind
    let seen = with.iter().filter(|(_, p)| public(p));
    let seen: u64 = seen.map(|(_, p)| p.accounting.requests).sum();
    let mut of_domain: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, p) in &with {
        *of_domain.entry(&p.meta.domain).or_default() += p.accounting.requests;
    }
    with.iter()
        .map(|(id, p)| {
            let edge = if given {
                p.meta.edge
            } else if any_web {
                let domain = p.meta.domain.as_str();
                let passed = seen * PART as u64 >= of_domain[domain];
                let proxied = seen > 0 && passed && by_domain[domain] < 8;
                !by_app(p) && !proxied && !behind.contains(id)
            } else {
                true
            };
            (*id, if edge { Tier::Edge } else { Tier::Inner })
        })
        .collect()
}

/// The access logs of hosts that a log of another host names as where it sent requests, half of those that they have: who watches
/// them asks them directly.
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
        sent * PART as u64 >= logs.iter().map(|l| l.1).sum::<u64>()
    });
    behind
        .flat_map(|(_, logs)| logs.iter().map(|l| l.0))
        .collect()
}

/// Ids of a log by which it is known that others have the same requests, and the part of its requests that these must have: a half.
const IDS: usize = 8;
const PART: usize = 2;

/// What is known of the requests of one place.
struct Vantage<'p> {
    /// How many clients it has, and how many requests: who has more of them stands in front.
    seen: (usize, u64, std::cmp::Reverse<&'p str>),
    inputs: Vec<u32>,
    /// Hashes of ids, the smallest ones of each input, in order.
    ids: Vec<u64>,
    /// The greatest hash that each of its inputs would have kept.
    limit: u64,
}

fn places<'p>(with: &[(u32, &'p InputPart)]) -> BTreeMap<&'p str, Vantage<'p>> {
    let mut places: BTreeMap<&str, Vantage<'_>> = BTreeMap::new();
    for (id, p) in with {
        let name = p.meta.domain.as_str();
        let of = places.entry(name).or_insert(Vantage {
            seen: (0, 0, std::cmp::Reverse(name)),
            inputs: Vec::new(),
            ids: Vec::new(),
            limit: u64::MAX,
        });
        of.inputs.push(*id);
        of.seen.1 += p.accounting.requests;
        for (_, t) in p.tracks() {
            of.seen.0 = of.seen.0.max(t.requests.clients.len());
            let last = t.ids.iter().map(|x| *x.0).max();
            of.limit = of.limit.min(last.unwrap_or(u64::MAX));
            of.ids.extend(t.ids.iter().map(|x| *x.0));
        }
    }
    for of in places.values_mut() {
        of.ids.sort_unstable();
        of.ids.dedup();
    }
    places
}

/// The inputs most of whose requests bear ids that those of places in front of them bear as well.
fn seen_again(with: &[(u32, &InputPart)]) -> BTreeSet<u32> {
    let mut places: Vec<Vantage<'_>> = places(with).into_values().collect();
    places.sort_list_by(|a, b| b.seen.cmp(&a.seen));
    let of = |(n, p): (usize, &Vantage<'_>)| p.ids.iter().map(|id| (*id, n)).collect::<Vec<_>>();
    let mut ids: Vec<(u64, usize)> = places.iter().enumerate().flat_map(of).collect();
    ids.sort_unstable();
    // of each place those that others in front of it have, and up to where the first of these would have kept them
    let mut others = vec![Vec::new(); places.len()];
    for same in ids.chunk_by(|a, b| a.0 == b.0) {
        let limit = places[same[0].1].limit;
        let behind = same[1..].iter();
        behind.for_each(|(id, n)| others[*n].push((*id, limit)));
    }
    let again = |(place, others): &(&Vantage<'_>, &Vec<(u64, u64)>)| {
        // what these need not have kept says nothing
        let Some(limit) = others.iter().map(|o| o.1).min() else {
            return false;
        };
        let shared = others.iter().filter(|(id, _)| *id <= limit).count();
        shared >= IDS && shared * PART >= place.ids.partition_point(|id| *id <= limit)
    };
    let again = places.iter().zip(&others).filter(again);
    again.flat_map(|(p, _)| p.inputs.clone()).collect()
}

/// What stands in front of others is among so many places that have most clients and requests.
const FRONT: usize = 4;

/// The access logs of places whose requests those in front of them show, too.
fn shown_again(with: &[(u32, &InputPart)]) -> BTreeSet<u32> {
    let web = |(_, p): &&(u32, &InputPart)| !p.accounting.is_of_application();
    let web: Vec<(u32, &InputPart)> = with.iter().filter(web).copied().collect();
    let places = places(&web);
    if places.len() < 2 {
        return BTreeSet::new();
    }
    let of = |inputs: &[u32]| {
        let own = web.iter().filter(|(id, _)| inputs.contains(id));
        Traffic::of(own.map(|(_, p)| *p))
    };
    let mut all: Vec<_> = places.into_values().collect();
    all.sort_list_by(|a, b| b.seen.cmp(&a.seen));
    let (mut front, mut together) = (Vec::new(), Vec::new());
    let mut again = BTreeSet::new();
    for place in all {
        let own = of(&place.inputs);
        // servers in front share what they send on among those behind
        let shown = front.iter().any(|o| own.is_shown_by(o));
        if shown || front.len() > 1 && own.is_shown_by(&of(&together)) {
            again.extend(place.inputs);
        } else if front.len() < FRONT {
            front.push(own);
            together.extend(place.inputs);
        }
    }
    again
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

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_core::summary::{InputMeta, JoinCell, Track};
    use coroner_lines::record::Kind;
    use coroner_lines::time::SECOND;

    fn web(name: &str, ids: std::ops::Range<u64>) -> InputPart {
        let mut p = InputPart::new(InputMeta {
            domain: name.to_owned(),
            ..InputMeta::named(name, Kind::Web)
        });
        p.utc.span = Some((0, 900 * SECOND));
        p.accounting.requests = ids.end - ids.start;
        p.accounting.kinds[Kind::Web as usize] = p.accounting.requests;
        for i in ids {
            let seen = JoinCell { count: 1, us: 0 };
            p.utc.ids.add(i, seen, Track::join);
        }
        p
    }

    fn edges(inputs: impl IntoIterator<Item = InputPart>) -> Vec<u32> {
        let part = Part::of(1, (0..).zip(inputs));
        edge_inputs(&part).into_iter().collect()
    }

    #[test]
    fn requests_that_bear_the_ids_of_others_count_once() {
        let proxy = || [web("edge/1", 0..40), web("edge/2", 40..80)];
        // a sidecar of one of the services, over the time of both files
        let sidecar = web("shop/proxy", 20..60);
        assert_eq!(edges(proxy().into_iter().chain([sidecar])), [0, 1]);
        // another edge has ids of its own, and a few may be alike
        let other = web("edge-b/1", 76..140);
        assert_eq!(edges(proxy().into_iter().chain([other])), [0, 1, 2]);
    }

    #[test]
    fn who_saw_far_less_stands_behind() {
        let seen_by = |name: &str, requests: u64, clients: u64| {
            let mut p = web(name, 0..0);
            p.accounting.requests = requests;
            p.accounting.kinds[Kind::Web as usize] = requests;
            let q = &mut p.utc.requests.clients;
            (0..clients).for_each(|c| q.add(c, (), |_, _| ()));
            p
        };
        // all of whose clients come through two proxies
        let inner = || seen_by("app/access", 900, 2);
        assert_eq!(edges([seen_by("edge/access", 1000, 40), inner()]), [0]);
        // what the pods of a cluster ask is not what comes in through its balancer
        assert_eq!(edges([seen_by("stock/access", 400, 40), inner()]), [0, 1]);
    }

    #[test]
    fn what_an_application_writes_besides_makes_its_requests_its_own() {
        let mut server = web("app/web.log", 100..140);
        assert_eq!(edges([web("edge/1", 0..40), server.clone()]), [0, 1]);
        server.accounting.kinds[Kind::App as usize] = 30;
        assert_eq!(edges([web("edge/1", 0..40), server]), [0]);
    }
}
