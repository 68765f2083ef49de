//! What shows the zone of an input, each kind of evidence for itself, strongest first.

use super::estimate::{Estimate, GRID_MIN, best_of, first_two, grid, hosts, is_zone, quarters};
use super::reference::Reference;
use crate::model::ZoneSource;
use coroner_core::summary::{InputPart, Part, Track};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::time::{MINUTE, SECOND};
use std::collections::{BTreeMap, BTreeSet};

/// Requests that stand in a zone-less line and in a line with a zone: each says what the offset is.
pub(super) fn by_joins(part: &Part, inputs: &[(u32, &InputPart)]) -> Option<Estimate> {
    let mut votes: BTreeMap<i64, u64> = BTreeMap::new();
    let mut shared = 0u64;
    for (_, p) in inputs {
        for (h, mine) in p.wall.joins.iter() {
            let others = part.inputs.values().filter_map(|o| o.utc.joins.get(*h));
            for theirs in others.filter(|c| c.count < 3 && mine.count < 3) {
                shared += 1;
                let diff = mine.us - theirs.us;
                let grid = (diff + GRID_MIN * MINUTE / 2).div_euclid(GRID_MIN * MINUTE) * GRID_MIN;
                if is_zone(grid) && (diff - grid * MINUTE).abs() <= 150 * SECOND {
                    *votes.entry(grid).or_default() += 1;
                }
            }
        }
    }
    let total: u64 = votes.values().sum();
    let (min, best) = votes.iter().max_by_key(|(m, n)| (**n, -m.abs()))?;
    // a clock that goes back an hour in the file agrees with two offsets; the one with more lines is taken
    let hour = |d| votes.get(&(min + d)).copied().unwrap_or_default();
    let with_fold = best + hour(-60).max(hour(60));
    let (margin, basis) = (
        *best as f64 / total as f64,
        "requests shared with an access log",
    );
    // what is asked for again and again lies any time apart, now and then by some hours
    let sure = *best >= 3 && with_fold * 10 >= total * 7 && with_fold * 2 >= shared;
    sure.then_some((*min, margin, basis, ZoneSource::Aligned))
}

/// Errors of several inputs come at once: the offset at which most of the error bins of the one fall on those of the others.
pub(super) fn by_bursts(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let mut bins: BTreeSet<i64> = BTreeSet::new();
    for (_, p) in inputs {
        bins.extend(bad_tens(&p.wall));
    }
    if bins.len() < 6 || r.bad.len() < 6 || bins.len() > 40_000 {
        return None;
    }
    let hits = |min: i64| {
        let meets = move |b: &&i64| (-1..=1).any(|d| r.bad.contains(&(**b - min * 6 + d)));
        bins.iter().filter(meets)
    };
    let score = |min: i64| hits(min).count() as f64 / bins.len() as f64;
    let (min, margin) = best_of(grid().map(|g| (g, score(g))), 0.6, 0.75)?;
    let met: Vec<i64> = hits(min).copied().collect();
    let basis = "errors at the same moments as in other logs";
    Some((min, margin, basis, by_matches(&met, MOMENT_TENS)))
}

/// Ten-second bins without errors between two bursts that are two moments.
const MOMENT_TENS: i64 = 6;
/// Seconds between two alerts that are two moments.
const MOMENT_S: i64 = 60;

/// What so many matches are worth, of which those no more than `near` apart are one: one match may be chance, two are not.
fn by_matches(sorted: &[i64], near: i64) -> ZoneSource {
    match sorted.windows(2).any(|w| w[1] - w[0] > near) {
        true => ZoneSource::Aligned,
        false => ZoneSource::Assumed,
    }
}

/// The ten-second numbers with errors or failed requests of a track.
pub(super) fn bad_tens(t: &Track) -> impl Iterator<Item = i64> {
    let errors = t.errors.iter().map(|(us, _)| us.div_euclid(10 * SECOND));
    let failed = t.requests.failed.counts();
    errors.chain(failed.map(|(s, _)| s.div_euclid(10)))
}

/// A pager without a zone: offsets at which its alerts fall into an episode.
pub(super) fn by_alerts(inputs: &[(u32, &InputPart)], episodes: &[(i64, i64)]) -> Option<Estimate> {
    let mine = inputs.iter().filter(|(_, p)| pages(p));
    let alerts = mine.flat_map(|(_, p)| fired(&p.wall));
    placed(alerts.collect(), 1, episodes)
}

/// Requests without a zone, where the pager has one and no other request: offsets at which its alerts fall into one of their
/// episodes, which are those of the wall clock.
pub(super) fn by_alerts_of_others(
    part: &Part,
    inputs: &[(u32, &InputPart)],
    episodes: &[(i64, i64)],
) -> Option<Estimate> {
    let has = |t: &Track| !t.requests.failed.is_empty();
    let all = || part.inputs.values();
    if !inputs.iter().any(|(_, p)| has(&p.wall)) || all().any(|p| has(&p.utc)) {
        return None;
    }
    let pagers = all().filter(|p| pages(p));
    placed(pagers.flat_map(|p| fired(&p.utc)).collect(), -1, episodes)
}

/// When alerts fired, in seconds.
fn fired(t: &Track) -> impl Iterator<Item = i64> {
    let alerts = t
        .markers
        .iter()
        .filter(|m| m.kind == MarkerKind::AlertFired);
    alerts.map(|m| m.seen.us.div_euclid(SECOND))
}

/// Whether an input holds what a pager says.
fn pages(p: &InputPart) -> bool {
    p.meta.scope == Kind::Pager || p.accounting.kinds[Kind::Pager as usize] > 0
}

/// A pager speaks shortly after an incident begins. Offsets at which each alert falls into an episode; `east` is 1 where the
/// offset is that of the alerts, and -1 where it is that of the episodes.
fn placed(alerts: Vec<i64>, east: i64, episodes: &[(i64, i64)]) -> Option<Estimate> {
    // 20 s and then exponential with a mean of 240 s; an alert outside of any episode is unlikely
    let delay = |t: i64| {
        let d = since_onset(t, episodes, (60, 60));
        d.map_or(-9.0, |d| match d {
            ..20 => -0.7,
            _ => -((d - 20) as f64) / 240.0,
        })
    };
    let of = |g: i64| alerts.iter().take(50).map(move |a| a - east * g * 60);
    let (min, margin) = most_likely(|g| of(g).map(delay).sum())?;
    let inside = |a: &&i64| delay(**a - east * min * 60) > -9.0;
    let mut met: Vec<i64> = alerts.iter().filter(inside).copied().collect();
    met.sort_unstable();
    let basis = "alerts make sense only at this offset";
    (!met.is_empty()).then(|| (min, margin, basis, by_matches(&met, MOMENT_S)))
}

/// Remarks below which nothing is made of when they were written.
const FEW_REMARKS: usize = 4;

/// A chat without a zone: people write most while it fails and in the half hour after, and begin soon.
pub(super) fn by_remarks(
    inputs: &[(u32, &InputPart)],
    episodes: &[(i64, i64)],
) -> Option<Estimate> {
    let all = inputs.iter().flat_map(|(_, p)| p.wall.remarks.of_people());
    let written: Vec<i64> = all.map(|r| r.seen.us.div_euclid(SECOND)).collect();
    if written.len() < FEW_REMARKS || episodes.is_empty() {
        return None;
    }
    let score = |g: i64| {
        let since = |t: &i64| since_onset(t - g * 60, episodes, (300, 1_800));
        let met: Vec<i64> = written.iter().filter_map(since).collect();
        let first = met.iter().min().map_or(3_600, |d| (*d).min(3_600));
        met.len() as f64 - first as f64 / 600.0
    };
    let (min, margin) = most_likely(score)?;
    let basis = "people write while it fails only at this offset";
    Some((min, margin, basis, ZoneSource::Assumed))
}

/// Seconds from the beginning of the episode that a time lies in, which reaches so far before and behind what was measured.
fn since_onset(t: i64, episodes: &[(i64, i64)], reach: (i64, i64)) -> Option<i64> {
    let near = |e: &&(i64, i64)| t >= e.0 - reach.0 && t <= e.1 + reach.1;
    let since = |e: &(i64, i64)| (t - e.0).max(0);
    episodes.iter().filter(near).map(since).min()
}

/// The zone with the highest likelihood (nats), with a prior for zones that are common, if the next one is clearly behind; and
/// how clearly, from 0 to 1.
fn most_likely(likelihood: impl Fn(i64) -> f64) -> Option<(i64, f64)> {
    let prior = |min: i64| match min {
        0 => 0.70,
        m if m % 60 == 0 => 0.25 / 25.0,
        m if m % 30 == 0 => 0.04 / 26.0,
        _ => 0.01 / 52.0,
    };
    let scored = |g: i64| (g, f64::ln(prior(g)) + likelihood(g));
    let (best, next) = first_two(grid().map(scored))?;
    (best.1 - next.1 >= 1.5).then(|| (best.0, 1.0 - (next.1 - best.1).exp()))
}

/// How much of an input lies where the archive has lines, at an offset.
fn inside(inputs: &[(u32, &InputPart)], r: &Reference, min: i64) -> f64 {
    share(inputs, r, min, |m, (a, b)| (a..=b).contains(&m))
}

/// The share of the minutes of an input, at an offset, of which something holds beside those from which to which the archive has lines.
fn share(
    inputs: &[(u32, &InputPart)],
    r: &Reference,
    min: i64,
    holds: impl Fn(i64, (i64, i64)) -> bool,
) -> f64 {
    let Some((a, b)) = r.span else { return 0.0 };
    let archive = (a / MINUTE - 2, b / MINUTE + 2);
    let minutes = inputs.iter().flat_map(|(_, p)| p.wall.activity.keys());
    let (all, hit) = minutes.fold((0u64, 0u64), |(all, hit), m| {
        (all + 1, hit + u64::from(holds(*m - min, archive)))
    });
    hit as f64 / all.max(1) as f64
}

/// What the same host (or folder) writes elsewhere, if it puts the input into the span of the archive: an offset of its own, or `utc`.
pub(super) fn by_host(inputs: &[(u32, &InputPart)], r: &Reference, utc: bool) -> Option<Estimate> {
    let all = || inputs.iter().flat_map(|(_, p)| hosts(p));
    let offsets = all().filter_map(|h| r.by_host.get(&h)).flatten();
    let offsets: BTreeSet<i64> = offsets.copied().collect();
    let local: Vec<i64> = offsets.iter().copied().filter(|o| *o != 0).collect();
    let change = all().find_map(|h| r.shown.by_host.get(&h));
    let pick = if let Some(s) = change.filter(|s| local.len() == 2 && local.contains(&s.before)) {
        // whichever side of the change it lies on; one that lies on both is put right by the change itself
        match inside(inputs, r, s.before) >= inside(inputs, r, s.after) {
            true => s.before,
            false => s.after,
        }
    } else if local.len() == 1 {
        local[0]
    } else if utc && local.is_empty() && offsets.contains(&0) {
        0
    } else {
        return None;
    };
    let basis = "the same host writes this offset elsewhere";
    (inside(inputs, r, pick) >= 0.8).then_some((pick, 0.5, basis, ZoneSource::Assumed))
}

/// What inputs of the same file name and format have, where they agree.
pub(super) fn by_name(
    inputs: &[(u32, &InputPart)],
    known: &[(&InputPart, i64)],
) -> Option<Estimate> {
    let file = |p: &InputPart| p.meta.name.rsplit('/').next().map(str::to_owned);
    let alike = |a: &InputPart, b: &InputPart| {
        let formats = |p: &InputPart| p.accounting.formats.keys().cloned().collect::<Vec<_>>();
        file(a) == file(b) && formats(a) == formats(b)
    };
    let like = |k: &&(&InputPart, i64)| inputs.iter().any(|(_, p)| alike(p, k.0));
    let offsets: BTreeSet<i64> = known.iter().filter(like).map(|k| k.1).collect();
    let mut offsets = offsets.into_iter();
    let (min, None) = (offsets.next()?, offsets.next()) else {
        return None;
    };
    let basis = "logs of the same name have this offset on other hosts";
    Some((min, 0.5, basis, ZoneSource::Assumed))
}

/// Minutes with lines from which on it means something that the other logs hold them all.
pub(super) const MANY_MINUTES: usize = 30;

/// How far from the first and from the last line of the other logs those of an input are that was collected with them.
pub(super) const EDGE: i64 = 5 * MINUTE;

/// The offset at which the lines begin with those of the other logs and end with them: what is collected of an outage is that of
/// one stretch of time.
pub(super) fn by_edges(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let spans = inputs.iter().filter_map(|(_, p)| p.wall.span);
    let (first, last) = spans.reduce(|(x, y), (a, b)| (x.min(a), y.max(b)))?;
    let minutes = inputs.iter().map(|(_, p)| p.wall.activity.len());
    let many = minutes.sum::<usize>() >= MANY_MINUTES;
    let collected = r.collected().or(r.span);
    let (from, to) = collected.filter(|_| many && last - first > 6 * EDGE)?;
    let meets = |g: &i64| {
        let off = g * MINUTE;
        (first - off - from).abs() <= EDGE && (last - off - to).abs() <= EDGE
    };
    let basis = "its lines begin and end with those of the other logs only at this offset";
    let found = grid().find(meets)?;
    Some((found, 0.5, basis, ZoneSource::Assumed))
}

/// Why an offset is taken of which nothing tells but that others write it.
pub(super) const ONLY_OTHER: &str = "the only offset besides UTC that other logs write";

/// Of UTC and the offsets that other inputs write, the one that puts the input into the span of the archive. Where UTC and
/// the only other one do so alike, the other: what a host writes without a zone is its local time, as its other lines are.
pub(super) fn by_span(inputs: &[(u32, &InputPart)], r: &Reference) -> Option<Estimate> {
    let mut candidates: BTreeSet<i64> = r.written.clone();
    candidates.insert(0);
    let within = "its lines lie within the time of the other logs only at this offset";
    if candidates.len() < 2 {
        // in an archive of an hour a few lines lie inside at one hour always, and quarters must not fit either
        let minutes = inputs.iter().map(|(_, p)| p.wall.activity.len());
        if minutes.sum::<usize>() < MANY_MINUTES {
            return None;
        }
        let all = best_of(quarters().map(|g| (g, inside(inputs, r, g))), 0.95, 0.8)?;
        return is_zone(all.0).then_some((all.0, all.1 * 0.5, within, ZoneSource::Assumed));
    }
    let candidates = candidates.into_iter();
    let scored: Vec<(i64, f64)> = candidates.map(|g| (g, inside(inputs, r, g))).collect();
    // a clock that is some minutes ahead writes lines beyond the end of the others
    let best = |floor, ratio| best_of(scored.iter().copied(), floor, ratio);
    if let Some((m, margin)) = best(0.9, 0.8).or_else(|| best(0.6, 0.25)) {
        return Some((m, margin * 0.5, within, ZoneSource::Assumed));
    }
    let (utc, local): (Vec<_>, Vec<_>) = scored.into_iter().partition(|s| s.0 == 0);
    // a log that begins long before the others shows nothing by its beginning; none goes on when the others have ended
    let late = |g| share(inputs, r, g, |m, (_, end)| m > end);
    let basis = ONLY_OTHER;
    match (&utc[..], &local[..]) {
        ([utc], [only]) if only.1 >= utc.1 || late(only.0) < late(0) => {
            Some((only.0, 0.25, basis, ZoneSource::Assumed))
        }
        _ => None,
    }
}
