//! The traffic-drop channel: requests that vanish without an error. Minutes held against the running median of the hours
//! around, with the dispersion measured; an ebb that comes and goes slowly is none.

use super::{Counts, Run, RunKind, Sensitivity};
use crate::detect::segment::trimmed_mean;

/// Minutes before and after over which the usual traffic is taken.
const AROUND_MIN: usize = 240;
/// Minutes that are given the same usual traffic: it changes slowly.
const BLOCK: usize = 10;
/// Requests a minute below which a drop cannot be determined.
const LEAST_PER_MIN: f64 = 60.0;
/// Fewest minutes of log.
const LEAST_MIN: usize = 30;
/// Share of the usual traffic that is looked for, and the most that a drop may have.
const SHARE: (f64, f64) = (0.4, 0.55);
/// Most that one minute may say, nats.
const CAP: f64 = 6.0;
/// Nats on the switch cost over that of the errors.
const MORE: f64 = 1.0;
/// Minutes on each side of an edge that must differ, by how much, and by how many deviations.
const STEP: (usize, f64, f64) = (15, 0.6, 5.0);
/// Fewest minutes of a drop.
const SHORTEST_MIN: usize = 3;

/// Runs in which most of the traffic is missing; minutes of a silence say nothing here.
pub(super) fn find(c: &Counts, silences: &[Run], s: Sensitivity) -> Vec<Run> {
    let (Some(first), Some(last)) = (c.seconds.first(), c.seconds.last()) else {
        return Vec::new();
    };
    // the first and the last minute are not whole
    let from = first.at.div_euclid(60) + 1;
    let to = last.at.div_euclid(60);
    if to - from < LEAST_MIN as i64 || !may_be_busy(c) {
        return Vec::new();
    }
    let mut pieces = pieces(c, silences, (from, to));
    let mut usual: Vec<Vec<f64>> = Vec::new();
    pieces.retain(|p| {
        let of = running_median(&p.n, &p.masked);
        let enough = of.iter().any(|n| *n >= LEAST_PER_MIN);
        usual.extend(enough.then_some(of));
        enough
    });
    let phi = dispersion(pieces.iter().zip(&usual));
    let cost = s.switch_cost() + MORE;
    let of = |(p, usual): (&TrafficPiece, &Vec<f64>)| -> Vec<Run> {
        let found = spans(p, usual, phi, cost).into_iter();
        found
            .filter(|(a, b)| b - a >= SHORTEST_MIN && is_drop(p, usual, phi, *a, *b))
            .map(|(a, b)| run(c, usual, p.from, a, b))
            .collect()
    };
    pieces.iter().zip(&usual).flat_map(of).collect()
}

/// Whether any minute can have the traffic of which a drop is determined: one look for most quiet sites.
fn may_be_busy(c: &Counts) -> bool {
    let most = c.seconds.iter().map(|s| s.n).max().unwrap_or_default();
    let seconds = (LEAST_PER_MIN / f64::from(most)).ceil() as usize;
    let mut near = c.seconds.windows(seconds.max(1));
    near.any(|w| w[w.len() - 1].at - w[0].at < 60)
}

/// Minutes in which requests come and those around them, on which they bear. What lies further from a request has no usual
/// traffic: it is not looked at, however long it is.
struct TrafficPiece {
    /// The first minute.
    from: i64,
    /// Requests of each minute.
    n: Vec<f64>,
    /// Those of a silence.
    masked: Vec<bool>,
}

/// The pieces of the minutes `[from, to)`, apart from those with too few requests to have a usual traffic.
fn pieces(c: &Counts, silences: &[Run], (from, to): (i64, i64)) -> Vec<TrafficPiece> {
    let around = (AROUND_MIN + BLOCK) as i64;
    let whole = c.windows(from * 60, to * 60, 60);
    let minutes: Vec<(i64, f64)> = whole.map(|(m, (n, _))| (m, n as f64)).collect();
    let near = minutes.chunk_by(|a, b| b.0 - a.0 <= 2 * around);
    let mut silent: Vec<(i64, i64)> = silences.iter().map(|r| (r.start, r.end)).collect();
    silent.sort_unstable();
    // no median is above all minutes
    let busy = |all: &[(i64, f64)]| all.iter().any(|x| x.1 >= LEAST_PER_MIN);
    let enough = near.filter(|all| all.len() >= LEAST_MIN / 2 && busy(all));
    let of = |all: &[(i64, f64)]| {
        let (first, last) = (all[0].0, all[all.len() - 1].0);
        // blocks lie as they would without pieces
        let first = (first - around).max(0).div_euclid(BLOCK as i64) * BLOCK as i64;
        let end = (last + around + 1).min(to - from);
        let mut n = vec![0.0; (end - first) as usize];
        all.iter().for_each(|(m, x)| n[(m - first) as usize] = *x);
        let mut masked = vec![false; n.len()];
        let place = |at: i64| (at - (from + first)).clamp(0, n.len() as i64) as usize;
        // they do not overlap
        let behind = silent.partition_point(|s| s.1 <= (from + first) * 60);
        let inside = silent[behind..].iter();
        for (a, b) in inside.take_while(|s| s.0 < (from + end) * 60) {
            masked[place(a.div_euclid(60))..place((b + 59).div_euclid(60))].fill(true);
        }
        let from = from + first;
        TrafficPiece { from, n, masked }
    };
    enough.map(of).collect()
}

/// What is known of some minutes.
fn unmasked(n: &[f64], masked: &[bool]) -> impl Iterator<Item = f64> {
    let known = n.iter().zip(masked).filter(|(_, masked)| !**masked);
    known.map(|(n, _)| *n)
}

/// Median of the minutes around each minute, silences left out.
fn running_median(n: &[f64], masked: &[bool]) -> Vec<f64> {
    let mut out = vec![0.0; n.len()];
    for (i, block) in out.chunks_mut(BLOCK).enumerate() {
        let at = i * BLOCK;
        let (a, b) = (
            at.saturating_sub(AROUND_MIN),
            (at + AROUND_MIN + BLOCK).min(n.len()),
        );
        let mut v: Vec<f64> = unmasked(&n[a..b], &masked[a..b]).collect();
        if !v.is_empty() {
            let half = v.len() / 2;
            block.fill(*v.select_nth_unstable_by(half, f64::total_cmp).1);
        }
    }
    out
}

/// Mean of (n − usual)² / usual, the top tenth left out (drops are in it), at least 1.
fn dispersion<'p>(pieces: impl Iterator<Item = (&'p TrafficPiece, &'p Vec<f64>)>) -> f64 {
    let chi = pieces.flat_map(|(p, usual)| {
        let known = p.n.iter().zip(usual).zip(&p.masked);
        known
            .filter(|((_, usual), masked)| !**masked && **usual > 0.0)
            .map(|((n, usual), _)| (n - usual).powi(2) / usual)
    });
    trimmed_mean(chi.collect(), |n| n / 10)
}

/// Minutes of drops: two states, Poisson of the usual traffic against [`SHARE`] of it.
fn spans(p: &TrafficPiece, usual: &[f64], phi: f64, cost: f64) -> Vec<(usize, usize)> {
    let minutes = p.n.iter().zip(usual).zip(&p.masked);
    let scores: Vec<f64> = minutes
        .map(|((n, usual), masked)| {
            if *masked || *usual < LEAST_PER_MIN {
                return 0.0;
            }
            let llr = n * SHARE.0.ln() + (1.0 - SHARE.0) * usual;
            (llr / phi).clamp(-CAP, CAP)
        })
        .collect();
    let states = super::two_states::viterbi(&scores, cost);
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (i, bad) in states.iter().enumerate() {
        match out.last_mut() {
            Some((_, b)) if *bad && *b == i => *b = i + 1,
            _ if *bad => out.push((i, i + 1)),
            _ => {}
        }
    }
    out
}

/// Whether a stretch lacks enough of its traffic, and begins and ends at once instead of slowly.
fn is_drop(p: &TrafficPiece, usual: &[f64], phi: f64, a: usize, b: usize) -> bool {
    let n = &p.n;
    let sum = |v: &[f64]| v.iter().sum::<f64>();
    let (seen, expected) = (sum(&n[a..b]), sum(&usual[a..b]));
    if expected <= 0.0 || seen / expected > SHARE.1 || expected / ((b - a) as f64) < LEAST_PER_MIN {
        return false;
    }
    let mean = |x: usize, y: usize| {
        let v: Vec<f64> = unmasked(&n[x..y], &p.masked[x..y]).collect();
        (!v.is_empty()).then(|| sum(&v) / v.len() as f64)
    };
    let step = |out: Option<f64>, inside: Option<f64>| match (out, inside) {
        (Some(o), Some(i)) => {
            i <= STEP.1 * o && (o - i) >= STEP.2 * (phi * o / STEP.0 as f64).sqrt()
        }
        _ => false,
    };
    let head = step(
        mean(a.saturating_sub(STEP.0), a),
        mean(a, b.min(a + STEP.0)),
    );
    let tail = step(
        mean(b, n.len().min(b + STEP.0)),
        mean(a.max(b.saturating_sub(STEP.0)), b),
    );
    // both edges must be seen: a log that ends in the night ends with little traffic
    a > 0 && b < n.len() && head && tail
}

/// The run, its edges moved to the seconds at which the traffic changes most likely.
fn run(c: &Counts, usual: &[f64], from: i64, a: usize, b: usize) -> Run {
    let (start, end) = ((from + a as i64) * 60, (from + b as i64) * 60);
    let (n, _) = c.sum(start, end);
    let per_s = usual[a..b].iter().sum::<f64>() / ((b - a) as f64 * 60.0);
    let share = (n as f64 / (per_s * (end - start) as f64)).clamp(0.01, SHARE.1);
    let first = change(c, start, per_s, share, true);
    let last = change(c, end, per_s, share, false);
    let (first, last) = match first < last {
        true => (first, last),
        false => (start, end),
    };
    // what three standard deviations of a minute's traffic may hide
    let slack = ((9.0 / per_s.max(0.1)) as i64).clamp(1, 60);
    Run {
        start_interval: (first - slack, first + slack),
        end_interval: (last - slack, last + slack),
        ..Run::dated(RunKind::TrafficDrop, (first, last), c.sum(first, last))
    }
}

/// The second within 90 s of `at` from which (`begins`) or up to which the reduced traffic is most likely.
fn change(c: &Counts, at: i64, per_s: f64, share: f64, begins: bool) -> i64 {
    let (a, b) = (at - 90, at + 90);
    let mut n = [0.0f64; 180];
    for s in c.between(a, b) {
        n[(s.at - a) as usize] = f64::from(s.n);
    }
    let llr = |x: f64| x * share.ln() + (1.0 - share) * per_s;
    // reduced after the change when it begins, before it when it ends
    let sign = if begins { 1.0 } else { -1.0 };
    let (mut sum, mut best) = (0.0, (0.0, b));
    for i in (0..180).rev() {
        sum += sign * llr(n[i]);
        if sum > best.0 {
            best = (sum, a + i as i64);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Second;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// What is not looked at has no minute with the traffic of which a drop is determined.
        #[test]
        fn no_busy_minute_is_missed(seconds in proptest::collection::vec((0i64..4, 1u32..40), 1..200)) {
            let mut at = 0;
            let seconds = seconds.into_iter().map(|(gap, n)| {
                at += 1 + gap * gap * gap;
                Second { at, n, failed: 0 }
            });
            let c = Counts::new(seconds, None, BTreeSet::new());
            let busy = c.minutes().any(|(_, (n, _))| n as f64 >= LEAST_PER_MIN);
            prop_assert!(!busy || may_be_busy(&c));
        }
    }
}
