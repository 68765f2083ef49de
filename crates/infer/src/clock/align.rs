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
use coroner_lines::time::zone::Zone;
use coroner_lines::time::{Instant, MINUTE};
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
            for host in hosts(p) {
                reference.by_host.entry(host).or_default().insert(found.0);
            }
            *reference.written.entry(found.0).or_default() += p.accounting.lines;
            let utc = |us: i64| us - found.0 * MINUTE;
            reference.reach(p.wall.span.map(|(a, b)| (utc(a), utc(b))));
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
    for (d, inputs) in &domains {
        let found = all.get(d).copied();
        let found = found.or_else(|| weak(inputs, &known, &reference, true));
        for (id, p) in inputs {
            let m = match p.meta.zone {
                Some(zone) => Mapped {
                    zone,
                    source: ZoneSource::Option,
                    base_min: i64::from(zone.offset_at(Instant(0))),
                    ..mapped(None)
                },
                // requests that two logs share say more than acts, and acts more than what others are found to be
                None => {
                    let sure = found.filter(|f| f.3 == ZoneSource::Aligned);
                    mapped(sure.or_else(|| acts.zone(p)).or(found))
                }
            };
            clocks.set(*id, with_changes(part, p, m, &reference.shown.all));
        }
    }
    clocks
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
        .or_else(|| by_alerts(inputs, episodes))
        .or_else(|| by_remarks(inputs, episodes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::shared_acts::tests::marker;
    use coroner_core::summary::{Axis, InputMeta, JoinCell, Marker, Pos, Track};
    use coroner_lines::record::{Kind, MarkerKind};
    use coroner_lines::time::SECOND;
    use std::sync::Arc;

    fn input(name: &str, scope: Kind) -> InputPart {
        InputPart::new(InputMeta::named(name, scope))
    }

    fn touch(t: &mut Track, us: i64) {
        t.span = Some(t.span.map_or((us, us), |(a, b)| (a.min(us), b.max(us))));
        let one = coroner_core::summary::Activity::of_line(us, Pos::default());
        let minute = us.div_euclid(MINUTE);
        t.activity.add_with(minute, || one, |_| {});
    }

    fn share(t: &mut Track, request: u64, us: i64) {
        t.joins.add(request, JoinCell { count: 1, us }, Track::join);
    }

    fn alert(us: i64) -> Marker {
        marker(MarkerKind::AlertFired, us)
    }

    fn part(v: Vec<InputPart>) -> Part {
        Part::of(1, (0..).zip(v))
    }

    const T0: i64 = 1_700_000_000 * SECOND;

    #[test]
    fn shared_requests_show_the_zone() {
        let (mut access, mut error) = (input("access", Kind::Web), input("error", Kind::Web));
        for i in 0..5u64 {
            let us = T0 + i as i64 * 7 * SECOND;
            touch(&mut access.utc, us);
            touch(&mut error.wall, us + 345 * MINUTE);
            share(&mut access.utc, i, us);
            share(&mut error.wall, i, us + 345 * MINUTE + SECOND);
        }
        let c = align(&part(vec![access, error]), &[]);
        let m = c.of(1).unwrap();
        assert_eq!((m.zone, m.source), (Zone::Fixed(345), ZoneSource::Aligned));
        assert!(c.of(0).is_none());
    }

    #[test]
    fn what_is_asked_for_again_and_again_shows_no_zone() {
        let (mut access, mut error) = (input("access", Kind::Web), input("error", Kind::Web));
        for i in 0..12i64 {
            // a quarter of them happen to lie an hour apart
            let apart = if i % 4 == 0 { 60 } else { 7 + 3 * i };
            let us = T0 + i * 7 * SECOND;
            touch(&mut access.utc, us);
            touch(&mut error.wall, us + apart * MINUTE);
            share(&mut access.utc, i as u64, us);
            share(&mut error.wall, i as u64, us + apart * MINUTE);
        }
        let c = align(&part(vec![access, error]), &[]);
        assert_eq!(c.of(1).map(|m| m.source), Some(ZoneSource::Assumed));
    }

    #[test]
    fn bursts_show_the_zone_and_nothing_shows_nothing() {
        let (mut access, mut app) = (input("access", Kind::Web), input("app", Kind::App));
        let mut x = 12345u64;
        for i in 0..40i64 {
            x = x
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let us = T0 + (x >> 40) as i64 % 3000 * SECOND;
            touch(&mut access.utc, us);
            access.utc.errors.add(us, 1);
            touch(&mut app.wall, us - 300 * MINUTE);
            app.wall.errors.add(us - 300 * MINUTE + i % 2 * SECOND, 1);
        }
        let c = align(&part(vec![access, app.clone()]), &[]);
        assert_eq!(c.of(1).map(|m| m.zone), Some(Zone::Fixed(-300)));
        let c = align(&part(vec![app]), &[]);
        assert_eq!(c.of(0).map(|m| m.source), Some(ZoneSource::Assumed));
    }

    #[test]
    fn what_is_collected_together_begins_and_ends_together() {
        let zone = |first: i64, last: i64| {
            let (mut stated, mut bare) = (input("stated", Kind::App), input("bare", Kind::App));
            for minute in 0..160 {
                touch(&mut stated.utc, T0 + minute * MINUTE);
            }
            for minute in first..last {
                touch(&mut bare.wall, T0 + (120 + minute) * MINUTE);
            }
            let c = align(&part(vec![stated, bare]), &[]);
            c.of(1).map(|m| m.zone)
        };
        assert_eq!(zone(2, 158), Some(Zone::Fixed(120)));
        assert_eq!(zone(2, 100), Some(Zone::UTC), "it ends long before");
    }

    #[test]
    fn episodes_that_are_placed_so_already_are_not_placed_again() {
        let (mut stated, mut access) = (input("stated", Kind::App), input("access", Kind::Web));
        for minute in 0..160 {
            touch(&mut stated.utc, T0 + minute * MINUTE);
            touch(&mut access.wall, T0 + (120 + minute) * MINUTE);
        }
        let onset = T0 / SECOND + 1_800;
        access.wall.requests.failed.add(onset + 120 * 60, 1, None);
        let mut pager = input("pager", Kind::Pager);
        touch(&mut pager.utc, (onset + 40) * SECOND);
        pager.utc.add_marker(alert((onset + 40) * SECOND));
        let c = align(&part(vec![stated, access, pager]), &[(onset, onset + 900)]);
        assert_eq!(c.of(1).map(|m| m.zone), Some(Zone::Fixed(120)));
    }

    #[test]
    fn a_zone_that_is_given_is_that_of_the_lines() {
        let mut app = input("app", Kind::App);
        touch(&mut app.wall, T0);
        Arc::make_mut(&mut app.meta).zone = Some(Zone::Fixed(345));
        let c = align(&part(vec![app]), &[]);
        assert_eq!(c.instant(0, Axis::Wall, T0), Instant(T0 - 345 * MINUTE));
    }

    #[test]
    fn an_alert_belongs_to_an_episode() {
        let mut pager = input("pager", Kind::Pager);
        let onset = T0 / SECOND;
        let us = (onset + 40 - 5 * 3600) * SECOND;
        touch(&mut pager.wall, us);
        pager.wall.add_marker(alert(us));
        let found = |parts: Vec<InputPart>| {
            let c = align(&part(parts), &[(onset, onset + 900)]);
            c.of(0).map(|m| (m.zone, m.source))
        };
        // a single alert may fit by chance
        let west = Some((Zone::Fixed(-300), ZoneSource::Assumed));
        assert_eq!(found(vec![pager.clone()]), west);
        // the same where the pager writes its zone and the requests do not
        let mut access = input("access", Kind::Web);
        touch(&mut access.wall, onset * SECOND);
        access.wall.requests.failed.add(onset, 1, None);
        pager.utc = std::mem::take(&mut pager.wall);
        let east = Some((Zone::Fixed(300), ZoneSource::Assumed));
        assert_eq!(found(vec![access, pager]), east);
    }

    #[test]
    fn a_few_lines_that_fit_into_the_time_of_the_others_show_no_zone() {
        let (mut access, mut few) = (input("access", Kind::Web), input("deploy", Kind::App));
        for i in 0..60 {
            touch(&mut access.utc, T0 + i * MINUTE);
        }
        for i in [1, 20, 58] {
            touch(&mut few.wall, T0 + (345 + i) * MINUTE);
        }
        let c = align(&part(vec![access, few]), &[]);
        let found = c.of(1).map(|m| (m.zone, m.source));
        assert_eq!(found, Some((Zone::UTC, ZoneSource::Assumed)));
    }

    #[test]
    fn where_two_zones_fit_alike_the_one_that_a_host_writes_is_assumed() {
        let (mut access, mut json) = (input("access", Kind::Web), input("json", Kind::App));
        let mut kernel = input("kernel", Kind::System);
        for i in 0..600 {
            touch(&mut access.utc, T0 + i * MINUTE);
            touch(&mut json.utc, T0 + i * MINUTE);
        }
        for i in [200, 300] {
            touch(&mut kernel.wall, T0 + i * MINUTE);
        }
        json.accounting.offsets.at_or(0, Default::default);
        let zone = |written: &[i16]| {
            let mut access = access.clone();
            for o in written {
                access.accounting.offsets.at_or(*o, Default::default);
            }
            let c = align(&part(vec![access, json.clone(), kernel.clone()]), &[]);
            c.of(2).map(|m| (m.zone, m.source))
        };
        let assumed = |z| Some((z, ZoneSource::Assumed));
        assert_eq!(zone(&[0]), assumed(Zone::UTC));
        assert_eq!(zone(&[-240]), assumed(Zone::Fixed(-240)));
        assert_eq!(zone(&[-240, 60]), assumed(Zone::UTC), "none of several");
    }

    #[test]
    fn a_log_of_the_whole_day_does_not_go_on_when_the_others_have_ended() {
        let (mut access, mut day) = (input("access", Kind::Web), input("printer", Kind::System));
        for i in 0..120 {
            touch(&mut access.utc, T0 + i * MINUTE);
        }
        for o in [0, 60] {
            access.accounting.offsets.at_or(o, Default::default);
        }
        let mut zone = |ends: i64| {
            for i in 0..60 {
                touch(&mut day.wall, T0 + (ends - i * 15) * MINUTE);
            }
            let c = align(&part(vec![access.clone(), day.clone()]), &[]);
            *day.wall = Track::default();
            c.of(1).map(|m| m.zone)
        };
        assert_eq!(zone(175), Some(Zone::Fixed(60)));
        assert_eq!(zone(119), Some(Zone::UTC));
    }

    #[test]
    fn what_the_lines_of_one_show_is_assumed_of_others() {
        let (mut access, mut app) = (input("access", Kind::Web), input("a/app.log", Kind::App));
        let (mut quiet, mut other) = (
            input("b/app.log", Kind::App),
            input("c/cron.log", Kind::App),
        );
        for i in 0..5i64 {
            let us = T0 + i * 700 * SECOND;
            touch(&mut access.utc, us);
            share(&mut access.utc, i as u64, us);
            for p in [&mut app, &mut quiet, &mut other] {
                touch(&mut p.wall, us - 300 * MINUTE);
            }
            share(&mut app.wall, i as u64, us - 300 * MINUTE);
        }
        let c = align(&part(vec![access, app, quiet, other]), &[]);
        let zones: Vec<_> = (1..4)
            .filter_map(|i| Some((c.of(i)?.zone, c.of(i)?.source)))
            .collect();
        let west = Zone::Fixed(-300);
        assert_eq!(
            zones,
            [
                (west, ZoneSource::Aligned),
                (west, ZoneSource::Assumed),
                (west, ZoneSource::Assumed)
            ]
        );
    }

    #[test]
    fn what_a_host_writes_elsewhere_is_assumed_of_what_is_called_alike_on_others() {
        let (mut access, mut job) = (
            input("edge/access", Kind::Web),
            input("a/job.log", Kind::App),
        );
        let mut nodes = ["a/node.log", "b/node.log"].map(|n| input(n, Kind::App));
        for i in 0..600 {
            touch(&mut access.utc, T0 + i * MINUTE);
            touch(&mut job.utc, T0 + i * MINUTE);
        }
        access.accounting.offsets.at_or(-240, Default::default);
        job.accounting.offsets.at_or(0, Default::default);
        for (node, at) in nodes.iter_mut().zip([200, 300]) {
            touch(&mut node.wall, T0 + at * MINUTE);
        }
        let [own, other] = nodes;
        let c = align(&part(vec![access, job, own, other]), &[]);
        let zones = [2, 3].map(|i| c.of(i).map(|m| m.zone));
        assert_eq!(zones, [Some(Zone::UTC); 2]);
    }
}
