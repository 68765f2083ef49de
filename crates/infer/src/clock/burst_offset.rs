//! Clocks that run ahead or behind by seconds or minutes: bursts of errors of one input held against those of the edge.
//! Only finds and reports; nothing is shifted here.
//!
//! Method: errors per second, square root and capped, minus a moving mean of 121 s, correlated over ± 10 minutes; a peak
//! counts at z ≥ 9 when the next one more than 5 s away stays below 0.7 of it. Where the edge has no errors near those of an
//! input, the same over ± 14 hours, for stamps that name a wrong zone: only whole quarters of an hour are believed.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

/// Largest skew looked for, in seconds.
const REACH: i64 = 600;

/// Largest offset between two zones and a little, in seconds, and its grid.
const FAR_REACH: i64 = 14 * 3600 + 15 * 60;
const QUARTER: i64 = 900;

/// Seconds with errors that are held against each other over that reach, at most: every pair is looked at.
const FAR_MOST: usize = 1_500;

/// Seconds with errors that are looked at, at most: enough to judge, and the work stays bounded.
const MOST: usize = 4_000;

/// Fewest of them that show anything.
const FEWEST: usize = 20;

/// Seconds and their counts, and the first and last second that the log covers: outside of it nothing is known, which is
/// not the same as nothing happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub of: BTreeMap<i64, u32>,
    pub cover: (i64, i64),
}

impl Series {
    /// The first of its seconds within some, as many as are looked at, with their counts.
    pub fn seconds(&self, within: impl RangeBounds<i64>, most: usize) -> Vec<(i64, u32)> {
        let first = self.of.range(within).take(most);
        first.map(|(t, n)| (*t, *n)).collect()
    }
}

/// Seconds by which `other` runs ahead of `edge` (both: second → errors), and the margin in seconds; `None` when the bursts
/// do not show.
pub(super) fn skew(edge: &Series, other: &Series) -> Option<(i64, i64)> {
    lag(edge, other, REACH, MOST)
}

/// The same over the offsets that zones have, where the edge fails at other times than `other` does: whole quarters of an
/// hour only.
pub(super) fn far(edge: &Series, other: &Series) -> Option<(i64, i64)> {
    let near = |t: &&i64| edge.of.range(*t - REACH..=*t + REACH).next().is_some();
    let met = other.of.keys().take(FAR_MOST).filter(near).count();
    if met * 5 > other.of.len().min(FAR_MOST) {
        return None;
    }
    lag(edge, other, FAR_REACH, FAR_MOST).filter(|(lag, _)| (lag + 2).rem_euclid(QUARTER) <= 4)
}

/// The lag of up to `reach` seconds that stands out, by no more than `most` of the other's seconds.
fn lag(edge: &Series, other: &Series, reach: i64, most: usize) -> Option<(i64, i64)> {
    let b = other.seconds(.., most);
    let a = edge.seconds(b.first()?.0 - reach..=b.last()?.0 + reach, 2 * most);
    if a.len() < FEWEST || b.len() < FEWEST {
        return None;
    }
    let (a, b) = (high_pass(&a, edge.cover), high_pass(&b, other.cover));
    peak(&overlaps(&a, &b, reach))
}

/// The lag whose score stands out of all others.
fn peak(scores: &[(i64, f64)]) -> Option<(i64, i64)> {
    let n = scores.len() as f64;
    let mean = scores.iter().map(|s| s.1).sum::<f64>() / n;
    let sd = (scores.iter().map(|s| (s.1 - mean).powi(2)).sum::<f64>() / n).sqrt();
    let higher =
        |x: &&(i64, f64), y: &&(i64, f64)| x.1.total_cmp(&y.1).then(y.0.abs().cmp(&x.0.abs()));
    let best = scores.iter().max_by(higher)?;
    let others = scores.iter().filter(|s| (s.0 - best.0).abs() > 5);
    let next = others.map(|s| s.1).fold(f64::MIN, f64::max);
    (sd > 0.0 && (best.1 - mean) / sd >= 9.0 && next <= 0.7 * best.1).then_some((best.0, 2))
}

/// For every lag of up to `reach` seconds: the sum of products where `b`, taken back by it, meets `a`; both sorted by second.
fn overlaps(a: &[(i64, f64)], b: &[(i64, f64)], reach: i64) -> Vec<(i64, f64)> {
    let mut scores: Vec<(i64, f64)> = (-reach..=reach).map(|lag| (lag, 0.0)).collect();
    let mut from = 0;
    for (t, v) in b {
        from += a[from..].iter().take_while(|x| x.0 < t - reach).count();
        for (at, w) in a[from..].iter().take_while(|x| x.0 <= t + reach) {
            // within reach by the two bounds
            if let Some(score) = scores.get_mut((t - at + reach) as usize) {
                score.1 += v * w;
            }
        }
    }
    scores
}

/// √count capped at 5, minus the mean of those of the 121 seconds around that the log covers: where a log begins or ends
/// its counts do not stand out.
pub(super) fn high_pass(counts: &[(i64, u32)], (from, to): (i64, i64)) -> Vec<(i64, f64)> {
    let v: Vec<(i64, f64)> = counts
        .iter()
        .map(|(t, c)| (*t, f64::from(*c).sqrt().min(5.0)))
        .collect();
    let (mut lo, mut hi, mut sum) = (0, 0, 0.0);
    v.iter()
        .map(|(t, x)| {
            while hi < v.len() && v[hi].0 <= t + 60 {
                sum += v[hi].1;
                hi += 1;
            }
            while v[lo].0 < t - 60 {
                sum -= v[lo].1;
                lo += 1;
            }
            let seconds = ((t + 60).min(to) - (t - 60).max(from) + 1).clamp(1, 121);
            (*t, x - sum / seconds as f64)
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Seconds at random out of 25 minutes, as a clock shows them that is ahead.
    pub fn bursts(seed: u64, shift: i64) -> Series {
        let mut x = seed;
        let mut of = BTreeMap::new();
        for _ in 0..900 {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *of.entry((x >> 33) as i64 % 1500 + shift).or_default() += 1;
        }
        let cover = (shift, shift + 1499);
        Series { of, cover }
    }

    #[test]
    fn a_clock_that_is_ahead_is_seen() {
        assert_eq!(skew(&bursts(1, 0), &bursts(1, 90)), Some((90, 2)));
        assert_eq!(skew(&bursts(1, 0), &bursts(1, -37)), Some((-37, 2)));
    }

    #[test]
    fn stamps_that_name_a_wrong_zone_are_seen() {
        assert_eq!(far(&bursts(1, 0), &bursts(1, 3600)), Some((3600, 2)));
        assert_eq!(far(&bursts(1, 0), &bursts(1, -19_800)), Some((-19_800, 2)));
        // no zone is half an hour and 100 s away, other errors show nothing, and a clock that is right is not looked at
        assert_eq!(far(&bursts(1, 0), &bursts(1, 1900)), None);
        assert_eq!(far(&bursts(1, 0), &bursts(77, 3600)), None);
        assert_eq!(far(&bursts(1, 0), &bursts(1, 0)), None);
    }

    #[test]
    fn where_a_log_begins_is_no_burst() {
        // steady, from the first second on: only its beginning would stand out
        let steady: Vec<(i64, u32)> = (100..1000).map(|t| (t, 4)).collect();
        let flat = high_pass(&steady, (100, 999));
        assert!(flat.iter().all(|x| x.1.abs() < 0.05), "{:?}", &flat[..3]);
        // errors that begin in the middle of a log do
        assert!(high_pass(&steady, (-500, 999))[0].1 > 0.9);
    }

    #[test]
    fn unrelated_bursts_show_nothing() {
        assert_eq!(skew(&bursts(1, 0), &bursts(77, 0)), None);
        assert_eq!(skew(&Series::default(), &bursts(77, 0)), None);
    }
}
