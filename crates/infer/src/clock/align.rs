//! Finds the zone of inputs whose lines carry none: by requests that an error line and an access line share, by when requests are many, by bursts of
//! errors that happen at once, by when alerts make sense, by what span the archive covers, by what the same host writes
//! elsewhere. Offsets lie on a grid of 15 minutes; skews of seconds are not corrected here.

use super::estimate::{Estimate, hosts};
use super::evidence::{
    ONLY_OTHER, by_alerts, by_alerts_of_others, by_bursts, by_edges, by_host, by_joins, by_name,
    by_remarks, by_span,
};
use super::reference::Reference;
use super::{Clocks, Mapped};
use crate::clock::dst::with_changes;
use crate::clock::shared_acts::ActsByHost;
use crate::clock::shared_traffic::{Traffic, by_traffic};
use crate::model::ZoneSource;
use coroner_core::summary::{InputPart, Part};
use coroner_lines::record::Kind;
use coroner_lines::time::Instant;
use coroner_lines::time::zone::Zone;
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// The zone of every input that has zone-less stamps. `episodes` are provisional failures of the edge, in seconds UTC.
pub fn align(part: &Part, episodes: &[(i64, i64)]) -> Clocks {
    let mut clocks = Clocks::default();
    let mut domains: BTreeMap<&str, Vec<(u32, &InputPart)>> = BTreeMap::new();
    for (id, p) in &part.inputs {
        if p.wall.span.is_some() {
            domains.entry(&p.meta.domain).or_default().push((*id, p));
        }
    }
    if domains.is_empty() {
        return clocks;
    }
    let mut reference = Reference::of(part);
    if part.inputs.values().any(|p| !p.wall.requests.n.is_empty()) {
        let logs = part.inputs.values().map(|p| &*p.utc.requests);
        reference.traffic = Traffic::of(logs, usize::MAX);
    }
    // that some program of a host writes UTC says less of what the others write than what logs of the same name are found to have
    let weak = |inputs: &[(u32, &InputPart)], known: &[(&InputPart, i64)], r: &Reference, last| {
        by_name(inputs, known)
            .or_else(|| by_host(inputs, r, last))
            .or_else(|| by_span(inputs, r).filter(|_| last))
    };
    // first what the lines themselves state, then what follows from it for other inputs of the same host
    let strong: BTreeMap<&str, Estimate> = domains
        .iter()
        .filter_map(|(d, inputs)| {
            let found = from_lines(part, inputs, &reference, episodes).or_else(|| {
                // of these the episodes were measured as if they were UTC
                let unknown = weak(inputs, &[], &reference, true).is_none()
                    && by_edges(inputs, &reference).is_none();
                by_alerts_of_others(part, inputs, episodes).filter(|_| unknown)
            });
            Some((*d, found?))
        })
        .collect();
    for (d, found) in &strong {
        for (_, p) in &domains[d] {
            reference.found(p, found.0);
        }
    }
    let of = |found: &BTreeMap<&str, Estimate>| -> Vec<(&InputPart, i64)> {
        let all = found.iter();
        all.flat_map(|(d, found)| domains[d].iter().map(|(_, p)| (*p, found.0)))
            .collect()
    };
    let known = of(&strong);
    let mut all = strong;
    for (d, inputs) in &domains {
        let found = || weak(inputs, &known, &reference, false);
        if !all.contains_key(d)
            && let Some(found) = found()
        {
            all.insert(d, found);
        }
    }
    // what was collected together says it of the other logs of its host
    for (d, inputs) in &domains {
        let weak = weak(inputs, &known, &reference, true);
        if !all.contains_key(d)
            && weak.is_none_or(|e| e.2 == ONLY_OTHER)
            && let Some(found) = by_edges(inputs, &reference)
        {
            let hosts = inputs.iter().flat_map(|(_, p)| hosts(p));
            for host in hosts {
                reference.by_host.entry(host).or_default().insert(found.0);
            }
            all.insert(d, found);
        }
    }
    // what the other logs of its host say of one says it of those that are called like it
    let known = of(&all);
    for (d, inputs) in &domains {
        let said = || by_name(inputs, &known).or_else(|| by_host(inputs, &reference, true));
        if !all.contains_key(d)
            && let Some(found) = said()
        {
            all.insert(d, found);
        }
    }
    let known = of(&all);
    let aligned = all.iter().filter(|(_, e)| e.3 == ZoneSource::Aligned);
    let aligned: BTreeMap<&str, Estimate> = aligned.map(|(d, e)| (*d, *e)).collect();
    let acts = ActsByHost::of(part, &of(&aligned));
    let guessed = domains.iter().map(|(d, inputs)| {
        let found = all.get(d).copied();
        (*d, found.or_else(|| weak(inputs, &known, &reference, true)))
    });
    let mut guessed: BTreeMap<&str, Option<Estimate>> = guessed.collect();
    // the span of a long log tells its zone, and that the zone of short ones beside it
    for (d, found) in &guessed {
        if let Some(e) = found {
            domains[d].iter().for_each(|(_, p)| reference.found(p, e.0));
        }
    }
    for (d, found) in &mut guessed {
        *found = found.or_else(|| by_span(&domains[d], &reference));
    }
    // requests that two logs share say more than acts, and acts more than what others are found to be
    let shown = |d: &str, p: &InputPart| {
        let sure = guessed[d].filter(|f| f.3 == ZoneSource::Aligned);
        sure.or_else(|| acts.zone(p))
    };
    // a tool acts in a zone of its own, in whatever zone the hosts are taken to be on which it does
    let assumed = LazyCell::new(|| {
        let all = domains
            .iter()
            .flat_map(|(d, all)| all.iter().map(move |(_, p)| (*d, *p)));
        let hosts = all.filter(|(_, p)| p.kind() == Kind::System);
        let east = |(d, p): (&str, &InputPart)| match p.meta.zone {
            Some(zone) => minutes_of(zone),
            None => shown(d, p).or(guessed[d]).map_or(0, |e| e.0),
        };
        let placed = hosts.map(|(d, p)| (p, east((d, p))));
        ActsByHost::of(part, &placed.collect::<Vec<_>>())
    });
    let of_tool = |p: &InputPart| {
        let tool = p.kind() == Kind::Deploy;
        let (zone, margin, basis, _) = tool.then(|| assumed.zone_of_tool(p)).flatten()?;
        Some((zone, margin, basis, ZoneSource::Assumed))
    };
    for (d, inputs) in &domains {
        for (id, p) in inputs {
            let m = match p.meta.zone {
                Some(zone) => Mapped {
                    zone,
                    source: ZoneSource::Option,
                    base_min: minutes_of(zone),
                    ..mapped(None)
                },
                None => mapped(shown(d, p).or_else(|| of_tool(p)).or(guessed[d])),
            };
            clocks.set(*id, with_changes(part, p, m, &reference.shown.all));
        }
    }
    clocks
}

/// How far east a zone that was given is at first.
fn minutes_of(zone: Zone) -> i64 {
    i64::from(zone.offset_at(Instant(0)))
}

fn mapped(found: Option<Estimate>) -> Mapped {
    let unknown = (0, 0.0, "nothing tells its zone", ZoneSource::Assumed);
    let (base_min, margin, basis, source) = found.unwrap_or(unknown);
    Mapped {
        zone: Zone::Fixed(base_min as i16),
        source,
        margin: found.map(|_| margin),
        basis,
        base_min,
        changes: Vec::new(),
    }
}

fn from_lines(
    part: &Part,
    inputs: &[(u32, &InputPart)],
    r: &Reference,
    episodes: &[(i64, i64)],
) -> Option<Estimate> {
    by_joins(part, inputs)
        .or_else(|| by_traffic(inputs, &r.traffic))
        .or_else(|| by_bursts(inputs, r))
        .or_else(|| {
            // many alerts are of something else: an offset at which the log would go beyond what was collected with it is none
            let edges = by_edges(inputs, r);
            let found = by_alerts(inputs, episodes).or_else(|| by_remarks(inputs, episodes));
            found.filter(|e| edges.is_none_or(|at| at.0 == e.0))
        })
}

#[cfg(test)]
mod tests;
