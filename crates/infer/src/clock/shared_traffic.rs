//! The zone of a log of requests whose stamps name none, from another log that the same requests pass: both rise and fall together.
//! Only finds; nothing is shifted here.

use crate::clock::estimate::{Estimate, best_of, grid};
use crate::model::ZoneSource;
use coroner_core::summary::{InputPart, Requests};
use coroner_lines::time::{MINUTE, SECOND};
use std::collections::BTreeMap;

/// Length of a step in seconds.
const STEP_S: i64 = 10;
/// Steps to each side whose mean is what is usual.
const AROUND: usize = 30;
/// Steps with requests that are looked at, at most.
const MOST: usize = 20_000;
/// Fewest of them that show anything.
const FEWEST: usize = 90;
/// What a correlation by chance, in its standard deviations, never is over all offsets.
const SURE: f64 = 7.0;

/// How far the requests of each step are above what is usual around it, by the number of the step.
#[derive(Default)]
pub(super) struct Traffic(BTreeMap<i64, f64>);

impl Traffic {
    /// Of the logs given, in their own time, of the first `most` steps. The square root makes the chance in many requests as small as
    /// that in few.
    pub(super) fn of<'a>(logs: impl Iterator<Item = &'a Requests>, most: usize) -> Traffic {
        let mut counts: BTreeMap<i64, u32> = BTreeMap::new();
        for requests in logs {
            for (us, n) in requests.n.iter() {
                let step = counts.entry(us.div_euclid(STEP_S * SECOND)).or_default();
                *step = step.saturating_add(n);
            }
        }
        let steps: Vec<(i64, f64)> = counts
            .iter()
            .take(most)
            .map(|(t, n)| (*t, f64::from(*n).sqrt()))
            .collect();
        let above = steps.iter().enumerate().map(|(i, (t, v))| {
            let around = &steps[i.saturating_sub(AROUND)..(i + AROUND + 1).min(steps.len())];
            let usual = around.iter().map(|x| x.1).sum::<f64>() / around.len() as f64;
            (*t, v - usual)
        });
        Traffic(above.collect())
    }

    /// The correlation where `other`, taken back by some steps, meets this one, in standard deviations of chance.
    fn meets(&self, other: &Traffic, steps: i64) -> f64 {
        let (mut both, mut mine, mut theirs, mut n) = (0.0, 0.0, 0.0, 0usize);
        for (t, b) in &other.0 {
            if let Some(a) = self.0.get(&(t - steps)) {
                both += a * b;
                mine += a * a;
                theirs += b * b;
                n += 1;
            }
        }
        match n >= FEWEST && mine > 0.0 && theirs > 0.0 {
            true => both / (mine * theirs).sqrt() * (n as f64).sqrt(),
            false => 0.0,
        }
    }
}

/// The offset at which the requests of some inputs come when those of the others do.
pub(super) fn by_traffic(inputs: &[(u32, &InputPart)], others: &Traffic) -> Option<Estimate> {
    let own = Traffic::of(inputs.iter().map(|(_, p)| &*p.wall.requests), MOST);
    if own.0.len() < FEWEST || others.0.len() < FEWEST {
        return None;
    }
    let meets = |m: i64| others.meets(&own, m * MINUTE / (STEP_S * SECOND)).max(0.0);
    let (min, margin) = best_of(grid().map(|m| (m, meets(m))), SURE, 0.6)?;
    let basis = "its requests come when those of another log do";
    Some((min, margin, basis, ZoneSource::Aligned))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests of two hours, of which each log has those that `has` takes, by number and seconds behind.
    fn log(seed: u64, shift_min: i64, has: impl Fn(u64) -> bool) -> Requests {
        let mut of = Requests::default();
        let mut x = seed;
        for i in 0..6_000u64 {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            if has(i) {
                of.n.add(((x >> 33) as i64 % 7200 + shift_min * 60) * SECOND, 1);
            }
        }
        of
    }

    fn offset(a: &Requests, b: &Requests) -> Option<i64> {
        use coroner_core::summary::InputMeta;
        use coroner_lines::record::Kind;
        let mut p = InputPart::new(InputMeta::named("app/uwsgi.log", Kind::Web));
        *p.wall.requests = b.clone();
        by_traffic(&[(1, &p)], &Traffic::of([a].into_iter(), usize::MAX)).map(|e| e.0)
    }

    #[test]
    fn the_same_requests_in_two_logs_show_the_offset() {
        let edge = log(1, 0, |_| true);
        for zone in [330, -480, 60, 0] {
            // one of three servers behind it
            assert_eq!(offset(&edge, &log(1, zone, |i| i % 3 == 0)), Some(zone));
        }
    }

    #[test]
    fn other_requests_and_offsets_that_no_zone_has_show_nothing() {
        let edge = log(1, 0, |_| true);
        assert_eq!(offset(&edge, &log(77, 330, |_| true)), None);
        assert_eq!(offset(&edge, &log(1, 97, |_| true)), None);
        assert_eq!(offset(&edge, &log(1, 330, |i| i % 400 == 0)), None);
    }
}
