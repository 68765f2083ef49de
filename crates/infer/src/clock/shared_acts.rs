//! Services that start, stop or load their settings write so in their own log, and what runs them writes it in another one of the
//! same host: two such moments that agree show in what zone the own log is. A tool of deployment acts on other hosts, and while it
//! releases a version programs start with that. Alerts and releases are told elsewhere by their names. One input at a time: programs
//! of a host differ.

use super::estimate::{Estimate, best_of, grid, host};
use crate::model::ZoneSource;
use coroner_core::summary::{InputPart, Marker, Part, Track};
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::text::words::is_coined;
use coroner_lines::time::{HOUR, MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// How far the two lines of one act stand apart at most: a service is stopped before it says so.
const APART: i64 = 2 * SECOND;
/// What shows a zone where programs start with what is released.
const RELEASES: &str = "starts of the versions that it says are released";

/// Moments that must agree.
const LEAST: f64 = 2.0;

/// When something started, stopped or loaded its settings, by the host whose logs state it, and when something started with a version,
/// by that; in microseconds UTC.
#[derive(Default)]
pub(super) struct ActsByHost {
    all: BTreeMap<String, BTreeSet<i64>>,
    with_version: BTreeMap<Vec<u8>, BTreeSet<i64>>,
    /// When alerts and releases were stated, by what they are and a name that they bear.
    told: BTreeMap<Told, BTreeSet<i64>>,
}

/// What is stated of an alert or a release, and a name or the version in it.
type Told = (K, Vec<u8>);

/// Within so long of each other an alert or a release stands in a log and in what people are told.
const TOLD: i64 = MINUTE;

/// What a line states of alerts and releases, by every name in it that is no word.
fn told(m: &Marker) -> impl Iterator<Item = Told> {
    let release = matches!(
        m.kind,
        K::DeployStart | K::DeployFinish | K::RollbackStart | K::RollbackFinish
    );
    let alert = matches!(m.kind, K::AlertFired | K::AlertResolved);
    let version = m.version.iter().filter(move |_| release).cloned();
    let words = m
        .text
        .split(|c| !(c.is_ascii_alphanumeric() || b"_-".contains(c)));
    let name = move |w: &&[u8]| alert && is_coined(w) && w.iter().any(u8::is_ascii_lowercase);
    let kind = m.kind;
    version
        .chain(words.filter(name).map(<[u8]>::to_vec))
        .map(move |n| (kind, n))
}

/// How long after a release is reported done the last of its instances may say that it starts.
const STARTS: i64 = 30 * SECOND;

/// The releases of a version that a log states with their beginning and end: version, from, to, in microseconds on the axis of the
/// track.
fn releases(t: &Track) -> impl Iterator<Item = (&[u8], i64, i64)> {
    let of = |kinds: [K; 2]| {
        let of_kind = move |m: &&Marker| m.timed && kinds.contains(&m.kind);
        t.markers.iter().filter(of_kind)
    };
    of([K::DeployStart, K::RollbackStart]).filter_map(move |m| {
        let ends = of([K::DeployFinish, K::RollbackFinish]);
        let of_it = ends.filter(|e| (&e.version, &e.service) == (&m.version, &m.service));
        let end = of_it.map(|e| e.seen.us).find(|us| *us >= m.seen.us)?;
        (end - m.seen.us <= HOUR).then_some((m.version.as_deref()?, m.seen.us, end))
    })
}

/// The times of such lines, in microseconds on the axis of the track.
fn acts(t: &Track) -> impl Iterator<Item = i64> {
    const ACTS: [K; 4] = [K::ServiceStart, K::ServiceStop, K::Restart, K::ConfigChange];
    let timed = t
        .markers
        .iter()
        .filter(|m| m.timed && ACTS.contains(&m.kind));
    timed.map(|m| m.seen.us)
}

impl ActsByHost {
    /// Those of all inputs that write their zone, or of which it is `known`, in minutes.
    pub(super) fn of(part: &Part, known: &[(&InputPart, i64)]) -> Self {
        let mut found = ActsByHost::default();
        let mut add = |p: &InputPart, t: &Track, zone: i64| {
            for m in t
                .markers
                .iter()
                .filter(|m| m.timed && m.kind == K::ServiceStart)
            {
                if let Some(version) = &m.version {
                    let times = found.with_version.entry(version.clone()).or_default();
                    times.insert(m.seen.us - zone * MINUTE);
                }
            }
            for m in t.markers.iter().filter(|m| m.timed) {
                for what in told(m) {
                    let times = found.told.entry(what).or_default();
                    times.insert(m.seen.us - zone * MINUTE);
                }
            }
            let mut times = acts(t).map(|us| us - zone * MINUTE).peekable();
            if times.peek().is_some()
                && let Some(host) = host(p)
            {
                found.all.entry(host).or_default().extend(times);
            }
        };
        part.inputs.values().for_each(|p| add(p, &p.utc, 0));
        known.iter().for_each(|(p, zone)| add(p, &p.wall, *zone));
        found
    }

    /// The zone of an input by what others of its host write of the same acts, of a tool of deployment those of all hosts. Nothing where
    /// another zone explains half as many.
    pub(super) fn zone(&self, input: &InputPart) -> Option<Estimate> {
        self.zone_of_acts(input)
            .or_else(|| self.zone_of_told(input))
    }

    /// The zone in which the alerts and releases that an input states are those of other logs.
    fn zone_of_told(&self, input: &InputPart) -> Option<Estimate> {
        let stated: Vec<(i64, &BTreeSet<i64>)> = input
            .wall
            .markers
            .iter()
            .filter(|m| m.timed)
            .flat_map(|m| told(m).filter_map(|what| Some((m.seen.us, self.told.get(&what)?))))
            .collect();
        let moments = |zone: i64| {
            let near = |(us, theirs): &&(i64, &BTreeSet<i64>)| {
                let utc = us - zone * MINUTE;
                theirs.range(utc - TOLD..=utc + TOLD).next().is_some()
            };
            let met = stated
                .iter()
                .filter(near)
                .map(|(us, _)| us.div_euclid(MINUTE));
            met.collect::<BTreeSet<i64>>().len() as f64
        };
        let (zone, margin) = best_of(grid().map(|zone| (zone, moments(zone))), LEAST, 0.5)?;
        let basis = "alerts and releases that other logs state too";
        Some((zone, margin, basis, ZoneSource::Aligned))
    }

    /// The zone of a tool of deployment that is on none of the hosts.
    pub(super) fn zone_of_tool(&self, input: &InputPart) -> Option<Estimate> {
        let apart = host(input).is_none_or(|h| !self.all.contains_key(&h));
        apart.then(|| self.zone_of_acts(input)).flatten()
    }

    fn zone_of_acts(&self, input: &InputPart) -> Option<Estimate> {
        let own = host(input).and_then(|h| self.all.get(&h));
        let of_all = || self.all.values().flatten().copied().collect();
        let tool = || (input.kind() == Kind::Deploy).then(of_all);
        let of_all: BTreeSet<i64> = match own {
            Some(_) => BTreeSet::new(),
            None => tool()?,
        };
        let theirs = own.unwrap_or(&of_all);
        let near = |us: &i64| theirs.range(us - APART..=us + APART).next().is_some();
        let moments = |zone: i64| {
            let met = acts(&input.wall).filter(|us| near(&(us - zone * MINUTE)));
            let minutes: BTreeSet<i64> = met.map(|us| us.div_euclid(MINUTE)).collect();
            minutes.len() as f64
        };
        let best = best_of(grid().map(|zone| (zone, moments(zone))), LEAST, 0.5);
        let basis = match own {
            Some(_) => "acts that another log of the host states too",
            None => "acts that the logs of other hosts state too",
        };
        let aligned = |(zone, margin), basis| (zone, margin, basis, ZoneSource::Aligned);
        let best = best.map(|found| aligned(found, basis));
        best.or_else(|| {
            self.zone_of_releases(input)
                .map(|found| aligned(found, RELEASES))
        })
    }

    /// The zone in which programs start with the versions that an input states to be released, while they are.
    fn zone_of_releases(&self, input: &InputPart) -> Option<(i64, f64)> {
        let all: Vec<_> = releases(&input.wall).collect();
        let moments = |zone: i64| {
            let during = all.iter().filter_map(|(version, from, to)| {
                let starts = self.with_version.get(*version)?;
                let utc = |us: i64| us - zone * MINUTE;
                Some(starts.range(utc(*from)..=utc(*to + STARTS)).count())
            });
            during.sum::<usize>() as f64
        };
        best_of(grid().map(|zone| (zone, moments(zone))), LEAST, 0.5)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use coroner_core::summary::{InputMeta, Pos, Seen};

    const T0: i64 = 1_700_000_000 * SECOND;

    fn input(name: &str) -> InputPart {
        InputPart::new(InputMeta::named(name, Kind::App))
    }

    fn starts(us: i64) -> Marker {
        marker(K::ServiceStart, us)
    }

    /// A line that states something.
    pub(in crate::clock) fn marker(kind: K, us: i64) -> Marker {
        Marker {
            seen: Seen::new(us, Pos::default(), b"stated"),
            rank: 0,
            timed: true,
            kind,
            class: None,
            confidence: 90,
            text: Vec::new(),
            group: None,
            actor: None,
            host: None,
            service: None,
            version: None,
            typed: false,
            package: false,
        }
    }

    /// The zone of a log in whose folder another one, or one elsewhere, states the same starts.
    fn found(minutes: &[i64], other: &str) -> Option<i64> {
        let (mut own, mut journal) = (input("web-1/fpm.log"), input(other));
        for m in minutes {
            let us = T0 + m * MINUTE;
            journal.utc.add_marker(starts(us));
            own.wall.add_marker(starts(us + 120 * MINUTE + SECOND));
        }
        let part = Part::of(1, (0..).zip([own.clone(), journal]));
        ActsByHost::of(&part, &[]).zone(&own).map(|e| e.0)
    }

    #[test]
    fn two_acts_that_both_logs_state_show_the_zone() {
        assert_eq!(found(&[3, 47], "web-1/syslog"), Some(120));
        // one may be chance, and what another host writes is of other services
        assert_eq!(found(&[3], "web-1/syslog"), None);
        assert_eq!(found(&[3, 47], "web-2/syslog"), None);
        // but a tool acts on all of them, whose zones may be found, too
        let mut tool = InputPart::new(InputMeta::named("ctl-1/ansible.log", Kind::Deploy));
        let mut journals = [input("web-1/journal"), input("web-2/journal")];
        for (n, m) in [3, 47, 90].into_iter().enumerate() {
            let us = T0 + m * MINUTE;
            journals[n % 2].wall.add_marker(starts(us + 60 * MINUTE));
            tool.wall.add_marker(starts(us + 120 * MINUTE + SECOND));
        }
        let part = Part::of(1, (0..).zip(journals.clone()));
        let known: Vec<_> = journals.iter().map(|p| (p, 60)).collect();
        let zone = |known| ActsByHost::of(&part, known).zone(&tool).map(|e| e.0);
        assert_eq!(zone(&known), Some(120));
        assert_eq!(zone(&[]), None);
        // where they come every hour several zones fit
        assert_eq!(found(&[0, 60, 120, 180, 240], "web-1/syslog"), None);
    }

    #[test]
    fn alerts_and_releases_are_told_by_their_names() {
        let of = |kind: K, us: i64, text: &str| Marker {
            text: text.into(),
            ..marker(kind, us)
        };
        let said = |alerts: &[(i64, &str)]| {
            let (mut chat, mut pager) = (input("chat.txt"), input("pager.jsonl"));
            for (s, name) in alerts {
                let sent = format!("{name}: too many 5xx");
                pager
                    .utc
                    .add_marker(of(K::AlertFired, T0 + s * SECOND, &sent));
                let told = format!("bot: [FIRING:1] {name} (shop)");
                let us = T0 + 120 * MINUTE + (s + 7) * SECOND;
                chat.wall.add_marker(of(K::AlertFired, us, &told));
            }
            let part = Part::of(1, (0..).zip([pager]));
            ActsByHost::of(&part, &[]).zone(&chat).map(|e| e.0)
        };
        assert_eq!(
            said(&[(10, "EdgeErrors"), (700, "offers-search")]),
            Some(120)
        );
        // one may be chance, and words are no names
        assert_eq!(said(&[(10, "EdgeErrors")]), None);
        assert_eq!(said(&[(10, "errors"), (700, "search")]), None);
    }

    #[test]
    fn programs_start_with_a_version_while_it_is_released() {
        let of = |kind: K, us: i64| Marker {
            version: Some(b"1.63.0".to_vec()),
            ..marker(kind, us)
        };
        let mut tool = InputPart::new(InputMeta::named("ctl-1/ship.log", Kind::Deploy));
        let local = T0 + 60 * MINUTE;
        tool.wall.add_marker(of(K::DeployStart, local));
        tool.wall
            .add_marker(of(K::DeployFinish, local + 80 * SECOND));
        let found = |starts: &[i64]| {
            let mut own = input("web-1/shop.log");
            let starts = starts.iter().map(|s| of(K::ServiceStart, T0 + s * SECOND));
            starts.for_each(|m| own.utc.add_marker(m));
            let part = Part::of(1, (0..).zip([own]));
            ActsByHost::of(&part, &[]).zone(&tool).map(|e| e.0)
        };
        assert_eq!(found(&[12, 43]), Some(60));
        // one may be chance, and two releases of a version an hour apart fit twice
        assert_eq!(found(&[12]), None);
        assert_eq!(found(&[12, 43, 3612, 3643]), None);
    }
}
