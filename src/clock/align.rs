//! Finds the zone of inputs whose lines carry none: by requests that an error line and an access line share, by bursts of
//! errors that happen at once, by when alerts make sense, by what span the archive covers, by what the same host writes
//! elsewhere. Offsets lie on a grid of 15 minutes; skews of seconds are not corrected here.

use super::{Clocks, Mapped};
use crate::model::ZoneSource;
use crate::record::{Kind, MarkerKind};
use crate::summary::{InputPart, Part};
use crate::time::zone::Zone;
use crate::time::{MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Smallest step between zones, in minutes.
const GRID_MIN: i64 = 15;
/// West of UTC at most, in minutes.
const WEST: i64 = -12 * 60;
/// East of UTC at most, in minutes.
const EAST: i64 = 14 * 60;

/// What inputs with known time say, in UTC.
struct Reference {
    /// Ten-second numbers with errors or failed requests.
    bad: BTreeSet<i64>,
    /// Minute numbers with any line.
    minutes: BTreeSet<i64>,
    /// First and last microsecond.
    span: Option<(i64, i64)>,
    /// Written offsets by host, in minutes, other than UTC.
    by_host: BTreeMap<String, BTreeSet<i64>>,
    /// Written offsets of all inputs, in minutes, other than UTC, with lines.
    written: BTreeMap<i64, u64>,
}

/// An estimate: minutes east, margin 0–1, why.
type Estimate = (i64, f64, &'static str);

/// The zone of every input that has zone-less stamps. `episodes` are provisional failures of the edge, in seconds UTC.
pub fn align(part: &Part, episodes: &[(i64, i64)]) -> Clocks {
    let mut clocks = Clocks::default();
    let mut reference = reference(part);
    let mut domains: BTreeMap<&str, Vec<(u32, &InputPart)>> = BTreeMap::new();
    for (id, p) in &part.inputs {
        if p.wall.span.is_some() {
            domains.entry(&p.meta.domain).or_default().push((*id, p));
        }
    }
    // first what the lines themselves tell, then what follows from it for other inputs of the same host
    let strong: BTreeMap<&str, Estimate> = domains
        .iter()
        .filter_map(|(d, inputs)| Some((*d, from_lines(part, inputs, &reference, episodes)?)))
        .collect();
    for (d, found) in &strong {
        for (_, p) in &domains[d] {
            for host in p.meta.host.iter().cloned().chain(folder(&p.meta.name)) {
                reference.by_host.entry(host).or_default().insert(found.0);
            }
        }
    }
    for (d, inputs) in &domains {
        let found = strong
            .get(d)
            .copied()
            .or_else(|| by_host(inputs, &reference))
            .or_else(|| by_span(inputs, &reference));
        for (id, _) in inputs {
            clocks.set(*id, mapped(found));
        }
    }
    clocks
}

fn reference(part: &Part) -> Reference {
    let mut r = Reference {
        bad: BTreeSet::new(),
        minutes: BTreeSet::new(),
        span: None,
        by_host: BTreeMap::new(),
        written: BTreeMap::new(),
    };
    for p in part.inputs.values() {
        for (o, n) in &p.accounting.offsets {
            *r.written.entry(i64::from(*o)).or_default() += n;
            for host in p.meta.host.iter().cloned().chain(folder(&p.meta.name)) {
                r.by_host.entry(host).or_default().insert(i64::from(*o));
            }
        }
        let t = &p.utc;
        let Some((a, b)) = t.span else { continue };
        r.span = Some(r.span.map_or((a, b), |(x, y)| (x.min(a), y.max(b))));
        r.minutes.extend(t.activity.keys());
        r.bad
            .extend(t.requests.failed.keys().map(|s| s.div_euclid(10)));
        r.bad
            .extend(t.errors.iter().map(|(us, _)| us.div_euclid(10 * SECOND)));
    }
    r
}

fn folder(name: &str) -> Option<String> {
    name.rsplit_once('/').map(|(d, _)| d.to_owned())
}

fn grid() -> impl Iterator<Item = i64> {
    (WEST / GRID_MIN..=EAST / GRID_MIN).map(|g| g * GRID_MIN)
}

fn mapped(found: Option<Estimate>) -> Mapped {
    match found {
        Some((min, margin, basis)) => Mapped {
            zone: Zone::Fixed(min as i16),
            source: ZoneSource::Aligned,
            margin: Some(margin),
            basis,
        },
        None => Mapped {
            zone: Zone::UTC,
            source: ZoneSource::Assumed,
            margin: None,
            basis: "nothing tells its zone",
        },
    }
}

fn from_lines(
    part: &Part,
    inputs: &[(u32, &InputPart)],
    r: &Reference,
    episodes: &[(i64, i64)],
) -> Option<Estimate> {
    by_joins(part, inputs)
        .or_else(|| by_bursts(inputs, r))
        .or_else(|| by_alerts(inputs, episodes))
}

/// Requests that stand in a zone-less line and in a line with a zone: each says what the offset is.
fn by_joins(part: &Part, inputs: &[(u32, &InputPart)]) -> Option<Estimate> {
    let mut votes: BTreeMap<i64, u64> = BTreeMap::new();
    for (_, p) in inputs {
        for (h, mine) in p.wall.joins.iter() {
            for other in part.inputs.values() {
                let Some(theirs) = other
                    .utc
                    .joins
                    .get(*h)
                    .filter(|c| c.count < 3 && mine.count < 3)
                else {
                    continue;
                };
                let diff = mine.us - theirs.us;
                let grid = (diff + GRID_MIN * MINUTE / 2).div_euclid(GRID_MIN * MINUTE) * GRID_MIN;
                if (WEST..=EAST).contains(&grid) && (diff - grid * MINUTE).abs() <= 150 * SECOND {
                    *votes.entry(grid).or_default() += 1;
                }
            }
        }
    }
    let total: u64 = votes.values().sum();
    let (min, best) = votes.iter().max_by_key(|(m, n)| (**n, -m.abs()))?;
    // a clock that goes back an hour in the file agrees with two offsets; the one with more lines is taken
    let with_fold = best
        + [-60, 60]
            .iter()
            .filter_map(|d| votes.get(&(min + d)))
            .max()
            .unwrap_or(&0);
    (*best >= 3 && with_fold * 10 >= total * 7).then(|| {
        (
            *min,
            *best as f64 / total as f64,
            "requests shared with an access log",
        )
    })
}

/// Errors of several inputs come at once: the offset at which most of the error bins of the one fall on those of the others.
fn by_bursts(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let mut bins: BTreeSet<i64> = BTreeSet::new();
    for (_, p) in inputs {
        bins.extend(
            p.wall
                .errors
                .iter()
                .map(|(us, _)| us.div_euclid(10 * SECOND)),
        );
        bins.extend(p.wall.requests.failed.keys().map(|s| s.div_euclid(10)));
    }
    if bins.len() < 6 || r.bad.len() < 6 || bins.len() > 40_000 {
        return None;
    }
    let score = |min: i64| {
        let shift = min * 6;
        let hits = bins
            .iter()
            .filter(|b| (-1..=1).any(|d| r.bad.contains(&(*b - shift + d))))
            .count() as f64;
        // what chance gives when the reference is bad all the time
        hits / bins.len() as f64
    };
    best_of(grid().map(|g| (g, score(g))), 0.6, 0.75)
        .map(|(m, margin)| (m, margin, "errors at the same moments as in other logs"))
}

/// The best of scored offsets when it reaches `floor` and the next one stays below `ratio` of it.
fn best_of(scored: impl Iterator<Item = (i64, f64)>, floor: f64, ratio: f64) -> Option<(i64, f64)> {
    let mut all: Vec<(i64, f64)> = scored.collect();
    all.sort_by(|a, b| {
        b.1.total_cmp(&a.1)
            .then(a.0.abs().cmp(&b.0.abs()))
            .then(b.0.cmp(&a.0))
    });
    let (best, next) = (all.first()?, all.get(1)?);
    (best.1 >= floor && next.1 <= ratio * best.1).then(|| (best.0, 1.0 - next.1 / best.1))
}

/// A pager speaks shortly after an incident begins. Offsets at which each alert falls into an episode, with a prior for
/// zones that are common.
fn by_alerts(inputs: &[(u32, &InputPart)], episodes: &[(i64, i64)]) -> Option<Estimate> {
    let mut alerts: Vec<i64> = Vec::new();
    for (_, p) in inputs {
        if p.meta.scope != Kind::Pager && p.accounting.kinds[Kind::Pager as usize] == 0 {
            continue;
        }
        alerts.extend(
            p.wall
                .markers
                .iter()
                .filter(|m| m.kind == MarkerKind::AlertFired)
                .map(|m| m.seen.us.div_euclid(SECOND)),
        );
    }
    if alerts.is_empty() || episodes.is_empty() {
        return None;
    }
    let prior = |min: i64| match min {
        0 => 0.70,
        m if m % 60 == 0 => 0.25 / 25.0,
        m if m % 30 == 0 => 0.04 / 26.0,
        _ => 0.01 / 52.0,
    };
    // delay of an alert: 20 s and then exponential with a mean of 240 s; an alert outside of any episode is unlikely
    let delay = |t: i64| {
        let d = episodes
            .iter()
            .filter(|(a, b)| t >= a - 60 && t <= b + 60)
            .map(|(a, _)| (t - a).max(0))
            .min();
        d.map_or(-9.0, |d| {
            if d < 20 {
                -0.7
            } else {
                -((d - 20) as f64) / 240.0
            }
        })
    };
    let mut scored: Vec<(i64, f64)> = grid()
        .map(|g| {
            (
                g,
                f64::ln(prior(g))
                    + alerts
                        .iter()
                        .take(50)
                        .map(|a| delay(a - g * 60))
                        .sum::<f64>(),
            )
        })
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let (best, next) = (scored.first()?, scored.get(1)?);
    let inside = alerts.iter().any(|a| delay(a - best.0 * 60) > -9.0);
    (inside && best.1 - next.1 >= 1.5).then(|| {
        (
            best.0,
            1.0 - (next.1 - best.1).exp(),
            "alerts make sense only at this offset",
        )
    })
}

/// How much of an input lies where the archive has lines, at an offset.
fn inside(inputs: &[(u32, &InputPart)], r: &Reference, min: i64) -> f64 {
    let Some((a, b)) = r.span else { return 0.0 };
    let minutes: Vec<i64> = inputs
        .iter()
        .flat_map(|(_, p)| p.wall.activity.keys().copied())
        .collect();
    let hit = minutes
        .iter()
        .filter(|m| ((a / MINUTE - 2)..=(b / MINUTE + 2)).contains(&(*m - min)))
        .count();
    hit as f64 / minutes.len().max(1) as f64
}

/// What the same host (or folder) writes elsewhere, if it puts the input into the span of the archive.
fn by_host(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let mut offsets: BTreeSet<i64> = BTreeSet::new();
    for (_, p) in inputs {
        for h in p.meta.host.iter().cloned().chain(folder(&p.meta.name)) {
            offsets.extend(r.by_host.get(&h).into_iter().flatten());
        }
    }
    let local: Vec<i64> = offsets.iter().copied().filter(|o| *o != 0).collect();
    let pick = if local.len() == 1 {
        local[0]
    } else if local.is_empty() && offsets.contains(&0) {
        0
    } else {
        return None;
    };
    (inside(inputs, r, pick) >= 0.8).then_some((
        pick,
        0.5,
        "the same host writes this offset elsewhere",
    ))
}

/// Of UTC and the offsets that other inputs write, the one that puts the input into the span of the archive.
fn by_span(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let mut candidates: BTreeSet<i64> = r.written.keys().copied().collect();
    candidates.insert(0);
    if candidates.len() < 2 {
        let all = best_of(grid().map(|g| (g, inside(inputs, r, g))), 0.95, 0.8)?;
        return Some((
            all.0,
            all.1 * 0.5,
            "lies within the span of the other logs only at this offset",
        ));
    }
    let (m, margin) = best_of(
        candidates.into_iter().map(|g| (g, inside(inputs, r, g))),
        0.9,
        0.8,
    )?;
    Some((
        m,
        margin * 0.5,
        "lies within the span of the other logs only at this offset",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{InputMeta, JoinCell, Pos, Seen, Track};

    fn input(name: &str, scope: Kind) -> InputPart {
        InputPart::new(InputMeta {
            name: name.into(),
            domain: name.into(),
            host: None,
            scope,
            zone: None,
            edge: false,
        })
    }

    fn touch(t: &mut Track, us: i64) {
        let seen = Seen::new(us, Pos::default(), b"x");
        t.span = Some(t.span.map_or((us, us), |(a, b)| (a.min(us), b.max(us))));
        t.activity
            .entry(us.div_euclid(MINUTE))
            .or_insert_with(|| crate::summary::Activity {
                n: 1,
                errors: 0,
                first: seen.clone(),
                last: seen,
            });
    }

    fn part(v: Vec<InputPart>) -> Part {
        Part {
            plan: 1,
            inputs: v
                .into_iter()
                .enumerate()
                .map(|(i, p)| (i as u32, p))
                .collect(),
        }
    }

    const T0: i64 = 1_700_000_000 * SECOND;

    #[test]
    fn shared_requests_tell_the_zone() {
        let (mut access, mut error) = (input("access", Kind::Web), input("error", Kind::Web));
        for i in 0..5u64 {
            let us = T0 + i as i64 * 7 * SECOND;
            touch(&mut access.utc, us);
            touch(&mut error.wall, us + 345 * MINUTE);
            access
                .utc
                .joins
                .add(i, JoinCell { count: 1, us }, Track::join);
            error.wall.joins.add(
                i,
                JoinCell {
                    count: 1,
                    us: us + 345 * MINUTE + SECOND,
                },
                Track::join,
            );
        }
        let c = align(&part(vec![access, error]), &[]);
        let m = c.of(1).unwrap();
        assert_eq!((m.zone, m.source), (Zone::Fixed(345), ZoneSource::Aligned));
        assert!(c.of(0).is_none());
    }

    #[test]
    fn bursts_tell_the_zone_and_nothing_tells_nothing() {
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
    fn an_alert_belongs_to_an_episode() {
        let mut pager = input("pager", Kind::Pager);
        let onset = T0 / SECOND;
        let us = (onset + 40 - 5 * 3600) * SECOND;
        touch(&mut pager.wall, us);
        pager.wall.add_marker(crate::summary::Marker {
            seen: Seen::new(us, Pos::default(), b"ALERT"),
            rank: 0,
            timed: true,
            kind: MarkerKind::AlertFired,
            class: None,
            confidence: 90,
            text: Vec::new(),
            group: None,
            actor: None,
            host: None,
            service: None,
            version: None,
            typed: false,
        });
        let c = align(&part(vec![pager]), &[(onset, onset + 900)]);
        assert_eq!(c.of(0).map(|m| m.zone), Some(Zone::Fixed(-300)));
    }
}
