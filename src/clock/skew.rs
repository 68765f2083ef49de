//! Clocks that run ahead or behind by seconds or minutes: bursts of errors of one input held against those of the edge.
//! Only finds and tells; nothing is shifted here.
//!
//! Method: errors per second, square root and capped, minus a moving mean of 121 s, correlated over ± 10 minutes; a peak
//! counts at z ≥ 9 when the next one more than 5 s away stays below 0.7 of it.

use std::collections::BTreeMap;

/// Largest skew looked for, in seconds.
const REACH: i64 = 600;

/// Seconds with errors that are looked at, at most: enough to tell, and the work stays bounded.
const MOST: usize = 4_000;

/// Seconds by which `other` runs ahead of `edge` (both: second → errors), and the margin in seconds; `None` when the bursts
/// do not tell.
pub fn skew(edge: &BTreeMap<i64, u32>, other: &BTreeMap<i64, u32>) -> Option<(i64, i64)> {
    let b: Vec<(i64, u32)> = other.iter().take(MOST).map(|(t, n)| (*t, *n)).collect();
    let (first, last) = (b.first()?.0, b.last()?.0);
    let near = edge.range(first - REACH..=last + REACH);
    let a: Vec<(i64, u32)> = near.take(2 * MOST).map(|(t, n)| (*t, *n)).collect();
    if a.len() < 20 || b.len() < 20 {
        return None;
    }
    let (a, b) = (high_pass(&a), high_pass(&b));
    let scores: Vec<(i64, f64)> = (-REACH..=REACH).map(|s| (s, overlap(&a, &b, s))).collect();
    let n = scores.len() as f64;
    let mean = scores.iter().map(|s| s.1).sum::<f64>() / n;
    let sd = (scores.iter().map(|s| (s.1 - mean).powi(2)).sum::<f64>() / n).sqrt();
    let best = scores
        .iter()
        .max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.abs().cmp(&x.0.abs())))?;
    let next = scores
        .iter()
        .filter(|s| (s.0 - best.0).abs() > 5)
        .map(|s| s.1)
        .fold(f64::MIN, f64::max);
    (sd > 0.0 && (best.1 - mean) / sd >= 9.0 && next <= 0.7 * best.1).then_some((best.0, 2))
}

/// Sum of products where `b`, taken back by `s` seconds, meets `a`; both sorted by second.
fn overlap(a: &[(i64, f64)], b: &[(i64, f64)], s: i64) -> f64 {
    let (mut i, mut sum) = (0, 0.0);
    for (t, v) in b {
        while i < a.len() && a[i].0 < t - s {
            i += 1;
        }
        match a.get(i) {
            Some((at, w)) if *at == t - s => sum += v * w,
            Some(_) => {}
            None => break,
        }
    }
    sum
}

/// √count capped at 5, minus the mean of the 121 seconds around.
pub(super) fn high_pass(counts: &[(i64, u32)]) -> Vec<(i64, f64)> {
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
            (*t, x - sum / 121.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bursts(seed: u64, shift: i64) -> BTreeMap<i64, u32> {
        let mut x = seed;
        let mut out = BTreeMap::new();
        for _ in 0..900 {
            x = x
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *out.entry((x >> 33) as i64 % 1500 + shift).or_default() += 1;
        }
        out
    }

    #[test]
    fn a_clock_that_is_ahead_is_seen() {
        assert_eq!(skew(&bursts(1, 0), &bursts(1, 90)), Some((90, 2)));
        assert_eq!(skew(&bursts(1, 0), &bursts(1, -37)), Some((-37, 2)));
    }

    #[test]
    fn unrelated_bursts_tell_nothing() {
        assert_eq!(skew(&bursts(1, 0), &bursts(77, 0)), None);
        assert_eq!(skew(&BTreeMap::new(), &bursts(77, 0)), None);
    }
}
