//! Clocks that run ahead or behind by seconds or minutes: bursts of errors of one input held against those of the edge.
//! Only finds and tells; nothing is shifted here.
//!
//! Method: errors per second, square root and capped, minus a moving mean of 121 s, correlated over ± 10 minutes; a peak
//! counts at z ≥ 9 when the next one more than 5 s away stays below 0.7 of it.

use std::collections::BTreeMap;

/// Largest skew looked for, in seconds.
const REACH: i64 = 600;

/// Seconds by which `other` runs ahead of `edge` (both: second → errors), and the margin in seconds; `None` when the bursts
/// do not tell.
pub fn skew(edge: &BTreeMap<i64, u32>, other: &BTreeMap<i64, u32>) -> Option<(i64, i64)> {
    if edge.len() < 20 || other.len() < 20 {
        return None;
    }
    let (a, b) = (high_pass(edge), high_pass(other));
    let score = |s: i64| {
        b.iter()
            .filter_map(|(t, v)| a.get(&(t - s)).map(|w| v * w))
            .sum::<f64>()
    };
    let scores: Vec<(i64, f64)> = (-REACH..=REACH).map(|s| (s, score(s))).collect();
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

/// √count capped at 5, minus the mean of the 121 seconds around; the most recent 20,000 seconds at most.
fn high_pass(counts: &BTreeMap<i64, u32>) -> BTreeMap<i64, f64> {
    let skip = counts.len().saturating_sub(20_000);
    let v: Vec<(i64, f64)> = counts
        .iter()
        .skip(skip)
        .map(|(t, c)| (*t, f64::from(*c).sqrt().min(5.0)))
        .collect();
    let mut out = BTreeMap::new();
    let (mut lo, mut hi, mut sum) = (0, 0, 0.0);
    for (t, x) in &v {
        while hi < v.len() && v[hi].0 <= t + 60 {
            sum += v[hi].1;
            hi += 1;
        }
        while v[lo].0 < t - 60 {
            sum -= v[lo].1;
            lo += 1;
        }
        out.insert(*t, x - sum / 121.0);
    }
    out
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
