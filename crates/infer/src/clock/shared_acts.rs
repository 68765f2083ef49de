//! Services that start, stop or load their settings write so in their own log, and what runs them writes it in another one of the
//! same host: two such moments that agree show in what zone the own log is. A tool of deployment acts on other hosts. One input at a
//! time: programs of a host differ.

use super::estimate::{Estimate, best_of, grid, host};
use crate::model::ZoneSource;
use coroner_core::summary::{InputPart, Part, Track};
use coroner_lines::record::{Kind, MarkerKind as K};
use coroner_lines::time::{MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// How far the two lines of one act stand apart at most: a service is stopped before it says so.
const APART: i64 = 2 * SECOND;
/// Moments that must agree.
const LEAST: f64 = 2.0;

/// When something started, stopped or loaded its settings, by the host whose logs state it, in microseconds UTC.
pub(super) struct ActsByHost(BTreeMap<String, BTreeSet<i64>>);

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
        let mut all: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        let mut add = |p: &InputPart, t: &Track, zone: i64| {
            let mut times = acts(t).map(|us| us - zone * MINUTE).peekable();
            if times.peek().is_some()
                && let Some(host) = host(p)
            {
                all.entry(host).or_default().extend(times);
            }
        };
        part.inputs.values().for_each(|p| add(p, &p.utc, 0));
        known.iter().for_each(|(p, zone)| add(p, &p.wall, *zone));
        ActsByHost(all)
    }

    /// The zone of an input by what others of its host write of the same acts, of a tool of deployment those of all hosts. Nothing where
    /// another zone explains half as many.
    pub(super) fn zone(&self, input: &InputPart) -> Option<Estimate> {
        let own = host(input).and_then(|h| self.0.get(&h));
        let tool =
            || (input.kind() == Kind::Deploy).then(|| self.0.values().flatten().copied().collect());
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
        let (zone, margin) = best_of(grid().map(|zone| (zone, moments(zone))), LEAST, 0.5)?;
        let basis = match own {
            Some(_) => "acts that another log of the host states too",
            None => "acts that the logs of other hosts state too",
        };
        Some((zone, margin, basis, ZoneSource::Aligned))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use coroner_core::summary::{InputMeta, Marker, Pos, Seen};

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
}
