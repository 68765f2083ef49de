//! Chance in real numbers, on top of the seeded generator: what traffic and stories are drawn with.

use crate::rng::Rng;

/// A generator of real numbers.
pub struct Dice(Rng);

impl Dice {
    /// Dice of a seed; streams of one seed are independent.
    pub fn new(seed: u64, stream: u64) -> Self {
        Dice(Rng::new(seed, stream))
    }

    /// In `0..1`.
    pub fn unit(&mut self) -> f64 {
        (self.0.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In `a..b`.
    pub fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.unit()
    }

    /// In `a..b`, even in the logarithm.
    pub fn log(&mut self, a: f64, b: f64) -> f64 {
        self.between(a.ln(), b.ln()).exp()
    }

    /// True with probability `p`.
    pub fn yes(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A whole number in `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0.below(n.max(1) as u32) as usize
    }

    /// Exponential with a mean.
    pub fn exp(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }

    /// Mean 1, shape 6: how the share of failures differs from minute to minute.
    pub fn gamma6(&mut self) -> f64 {
        (0..6).map(|_| self.exp(1.0)).sum::<f64>() / 6.0
    }

    fn normal(&mut self) -> f64 {
        let r = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        r * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A count with a mean.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        if mean > 30.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let (limit, mut p, mut k) = ((-mean).exp(), self.unit(), 0);
        while p > limit {
            p *= self.unit();
            k += 1;
        }
        k
    }

    /// Which of the weights.
    pub fn weighed(&mut self, weights: &[f64]) -> usize {
        let mut x = self.unit() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            x -= w;
            if x < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }
}
