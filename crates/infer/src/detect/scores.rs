//! What rows of a channel say for "bad" against "usual", no 10-second bin more than a cap, and how much of it is asked for.

use crate::detect::segment::{ChannelSecond, UsualLevel};
use crate::model::Sensitivity;

/// Log-likelihood ratios of "bad" against "usual", in nats over phi: of a bad and of a good request, and the most of a bin.
pub(super) struct Scores {
    bad: f64,
    good: f64,
    cap: f64,
}

impl Scores {
    pub(super) fn of(level: &UsualLevel, cap: f64) -> Scores {
        Scores {
            bad: (level.p_lo / level.p0).ln() / level.phi,
            good: ((1.0 - level.p_lo) / (1.0 - level.p0)).ln() / level.phi,
            cap,
        }
    }

    pub(super) fn of_row(&self, r: &ChannelSecond) -> f64 {
        r.k * self.bad + (r.n - r.k) * self.good
    }

    /// By what the scores of a bin are multiplied, so that it is not beyond the cap.
    pub(super) fn factor(&self, bin: &[ChannelSecond]) -> f64 {
        let sum: f64 = bin.iter().map(|r| self.of_row(r)).sum();
        match sum.abs() > self.cap {
            true => self.cap / sum.abs(),
            false => 1.0,
        }
    }
}

impl Sensitivity {
    /// Cost of changing between normal and bad, in nats.
    pub fn switch_cost(self) -> f64 {
        match self {
            Sensitivity::Low => 13.0,
            Sensitivity::Normal => 11.0,
            Sensitivity::High => 9.0,
        }
    }

    /// Factor on every effect floor.
    pub fn floor(self) -> f64 {
        match self {
            Sensitivity::Low => 1.5,
            Sensitivity::Normal => 1.0,
            Sensitivity::High => 0.7,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::days::channel;

    #[test]
    fn one_bin_never_says_more_than_the_cap() {
        let level = UsualLevel {
            p0: 0.001,
            phi: 1.0,
            p_lo: 0.02,
            no_clean_baseline: false,
        };
        let rows: Vec<ChannelSecond> = (0..20)
            .map(|at| channel(at, 100.0, if at < 10 { 100.0 } else { 0.0 }))
            .collect();
        let of = |a: usize| {
            let (scores, bin) = (Scores::of(&level, 6.0), &rows[a..a + 10]);
            let all = bin.iter().map(|r| scores.of_row(r));
            all.sum::<f64>() * scores.factor(bin)
        };
        assert!((of(0) - 6.0).abs() < 1e-9);
        assert!((of(10) + 6.0).abs() < 1e-9);
    }
}
