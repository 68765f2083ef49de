//! Seeded days whose truth is known, and breakdowns that are given, for the detector's tests: no shared code with the detector.

use super::super::segment::ChannelSecond;
use super::super::{BUCKETS, Breakdown, Counts, Second, Step};

/// Requests of a second, and those of them that failed.
pub(in crate::detect) fn second(at: i64, n: u32, failed: u32) -> Second {
    Second { at, n, failed }
}

/// Requests of a step, and those of them that are bad.
pub(in crate::detect) fn step(at: i64, n: u32, bad: u32) -> Step {
    Step { at, n, bad }
}

/// The same of a second of a channel.
pub(in crate::detect) fn channel(at: i64, n: f64, k: f64) -> ChannelSecond {
    ChannelSecond { at, n, k }
}

/// splitmix64.
pub(in crate::detect) struct Rng(pub(in crate::detect) u64);

impl Rng {
    pub(in crate::detect) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, a: f64, b: f64) -> f64 {
        a + (b - a) * self.unit()
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    fn poisson(&mut self, mean: f64) -> u32 {
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

    fn binomial(&mut self, n: u32, p: f64) -> u32 {
        if n < 40 {
            return (0..n).map(|_| u32::from(self.unit() < p)).sum();
        }
        let mean = f64::from(n) * p;
        if mean < 30.0 {
            return self.poisson(mean).min(n);
        }
        let x = mean + (mean * (1.0 - p)).sqrt() * self.normal();
        (x.round().max(0.0) as u32).min(n)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::detect) enum DayCase {
    Full,
    Partial,
    Weak,
    Ramp,
    Outage,
    Flapping,
    Quiet,
    DeployBlip,
    Batch,
    Diurnal,
    /// Background whose minutes differ by up to 20 times.
    Clumpy,
    /// A poller that always fails, at a steady rate, day and night.
    Poller,
}

pub(in crate::detect) const DAY: i64 = 86_400;
pub(in crate::detect) const T0: i64 = 1_700_006_400;

pub(in crate::detect) struct Day {
    pub(in crate::detect) seconds: Vec<Second>,
    /// First failing second and the one after the last, of the incident (for an outage: of the missing traffic).
    pub(in crate::detect) truth: Option<(i64, i64)>,
}

/// A day of one case: rate and background log-uniform, the background's share Gamma(6)-like per minute.
pub(in crate::detect) fn day(case: DayCase, seed: u64, rates: (f64, f64)) -> Day {
    let mut r = Rng(seed.wrapping_mul(0x1000_0001) ^ case as u64);
    let rate = r.between(rates.0.ln(), rates.1.ln()).exp();
    let background = if r.unit() < 0.2 {
        0.0
    } else {
        r.between(1e-4f64.ln(), 0.02f64.ln()).exp()
    };
    let from = r.between(0.2, 0.7) * DAY as f64;
    let long = r.between(300.0, 3600.0);
    let height = match case {
        DayCase::Full | DayCase::Flapping => r.between(0.95, 1.0),
        DayCase::Partial => r.between(0.25, 0.6),
        DayCase::Weak => r.between(0.05, 0.25).max(background + 0.04),
        DayCase::Ramp => r.between(0.3, 0.8),
        _ => 0.0,
    };
    let mut seconds = Vec::new();
    let (mut first, mut last) = (None, 0);
    let (mut noise, mut wave) = (1.0, 1.0);
    let mut poller = 0.0;
    if case == DayCase::Poller {
        poller = rate * 0.01;
    }
    for t in 0..DAY {
        if t % 60 == 0 {
            noise = (0..6).map(|_| -(1.0 - r.unit()).ln()).sum::<f64>() / 6.0;
            if case == DayCase::Clumpy {
                noise = noise.powi(2) * if r.unit() < 0.05 { 5.0 } else { 1.0 };
            }
            // An incident is not even either: its share wanders by about a third from minute to minute.
            wave = (1.0 + 0.33 * r.normal()).clamp(0.3, 1.7);
        }
        let x = (t as f64 - from) / long;
        let inside = (0.0..1.0).contains(&x);
        let swing = if case == DayCase::Diurnal { 0.85 } else { 0.4 };
        let mut now = rate * (1.0 - swing * (std::f64::consts::TAU * t as f64 / DAY as f64).cos());
        let mut p = (background * noise).min(1.0);
        let mut bad = false;
        match case {
            DayCase::Full if inside => (p, bad) = (height, true),
            DayCase::Partial | DayCase::Weak if inside => {
                (p, bad) = ((height * wave).min(1.0), true)
            }
            DayCase::Ramp if inside => (p, bad) = ((height * x).max(p), true),
            DayCase::Flapping if inside && (t as f64 - from) % 150.0 < 70.0 => {
                (p, bad) = (height, true)
            }
            DayCase::Outage if inside => now = 0.0,
            DayCase::DeployBlip if (t as f64 - from) >= 0.0 && (t as f64 - from) < 18.0 => p = 0.4,
            DayCase::Batch if inside => now *= 4.0,
            _ => {}
        }
        let n = r.poisson(now);
        let polls = r.poisson(poller);
        let failed = r.binomial(n, p) + polls;
        let n = n + polls;
        if bad && failed > 0 {
            first.get_or_insert(t);
            last = t + 1;
        }
        if n > 0 {
            seconds.push(second(T0 + t, n, failed));
        }
    }
    let truth = match case {
        DayCase::Outage => {
            let at = (T0 as f64 + from) as i64;
            let before = seconds.iter().rfind(|s| s.at <= at).map(|s| s.at + 1);
            let after = seconds.iter().find(|s| s.at > at).map(|s| s.at);
            before.zip(after)
        }
        _ => first.map(|f| (T0 + f, T0 + last)),
    };
    Day { seconds, truth }
}

pub(in crate::detect) fn counts(seconds: &[Second]) -> Counts {
    // Some other input has a line every five minutes.
    let alive = (0..DAY / 300)
        .map(|i| (T0 + i * 300).div_euclid(10))
        .collect();
    Counts::new(seconds.iter().copied(), None, alive)
}

/// Steps by key, and what each minute has of the first clients.
#[derive(Default)]
pub(in crate::detect) struct Given {
    pub(in crate::detect) keys: Vec<Vec<Step>>,
    pub(in crate::detect) clients: [u64; 3],
}

impl Breakdown for Given {
    fn keys(&self) -> u32 {
        self.keys.len() as u32
    }

    fn steps(&self, key: u32) -> Vec<Step> {
        self.keys[key as usize].clone()
    }

    fn by_client(&self, from: i64, to: i64) -> [u64; BUCKETS] {
        let minutes = (to - 1).div_euclid(60) - from.div_euclid(60) + 1;
        let mut of = [0; BUCKETS];
        (of[7], of[20], of[41]) = self.clients.map(|n| n * minutes as u64).into();
        of
    }

    fn failed(&self, key: u32, from: i64, to: i64) -> u64 {
        let inside = self.keys[key as usize].iter();
        let inside = inside.filter(|s| (from..to).contains(&s.at));
        inside.map(|s| u64::from(s.bad)).sum()
    }
}
