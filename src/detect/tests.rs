//! The detector against seeded days whose truth is known: a generator of its own, no shared code with the detector.

use super::*;

/// splitmix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
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
enum Case {
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
}

const BAD: [Case; 6] = [Case::Full, Case::Partial, Case::Weak, Case::Ramp, Case::Outage, Case::Flapping];
const QUIET: [Case; 4] = [Case::Quiet, Case::DeployBlip, Case::Batch, Case::Diurnal];
const DAY: i64 = 86_400;
const T0: i64 = 1_700_006_400;

struct Day {
    case: Case,
    rate: f64,
    seconds: Vec<Second>,
    /// First failing second and the one after the last, of the incident (for an outage: of the missing traffic).
    truth: Option<(i64, i64)>,
}

/// A day of one case: rate and background log-uniform, the background's share Gamma(6)-like per minute.
fn day(case: Case, seed: u64, rates: (f64, f64)) -> Day {
    let mut r = Rng(seed.wrapping_mul(0x1000_0001) ^ case as u64);
    let rate = r.between(rates.0.ln(), rates.1.ln()).exp();
    let background = if r.unit() < 0.2 { 0.0 } else { r.between(1e-4f64.ln(), 0.02f64.ln()).exp() };
    let from = r.between(0.2, 0.7) * DAY as f64;
    let long = r.between(300.0, 3600.0);
    let height = match case {
        Case::Full | Case::Flapping => r.between(0.95, 1.0),
        Case::Partial => r.between(0.25, 0.6),
        Case::Weak => r.between(0.05, 0.25).max(background + 0.04),
        Case::Ramp => r.between(0.3, 0.8),
        _ => 0.0,
    };
    let mut seconds = Vec::new();
    let (mut first, mut last) = (None, 0);
    let mut noise = 1.0;
    for t in 0..DAY {
        if t % 60 == 0 {
            noise = (0..6).map(|_| -(1.0 - r.unit()).ln()).sum::<f64>() / 6.0;
        }
        let x = (t as f64 - from) / long;
        let inside = (0.0..1.0).contains(&x);
        let swing = if case == Case::Diurnal { 0.85 } else { 0.4 };
        let mut now = rate * (1.0 - swing * (std::f64::consts::TAU * t as f64 / DAY as f64).cos());
        let mut p = (background * noise).min(1.0);
        let mut bad = false;
        match case {
            Case::Full | Case::Partial | Case::Weak if inside => (p, bad) = (height, true),
            Case::Ramp if inside => (p, bad) = ((height * x).max(p), true),
            Case::Flapping if inside && (t as f64 - from) % 150.0 < 70.0 => (p, bad) = (height, true),
            Case::Outage if inside => now = 0.0,
            Case::DeployBlip if (t as f64 - from) >= 0.0 && (t as f64 - from) < 18.0 => p = 0.4,
            Case::Batch if inside => now *= 4.0,
            _ => {}
        }
        let n = r.poisson(now);
        let failed = r.binomial(n, p);
        if bad && failed > 0 {
            first.get_or_insert(t);
            last = t + 1;
        }
        if n > 0 {
            seconds.push(Second { at: T0 + t, n, failed, slow: 0 });
        }
    }
    let truth = match case {
        Case::Outage => {
            let at = (T0 as f64 + from) as i64;
            let before = seconds.iter().rfind(|s| s.at <= at).map(|s| s.at + 1);
            let after = seconds.iter().find(|s| s.at > at).map(|s| s.at);
            before.zip(after)
        }
        _ => first.map(|f| (T0 + f, T0 + last)),
    };
    Day { case, rate, seconds, truth }
}

fn counts(seconds: &[Second]) -> Counts {
    // Some other input has a line every five minutes.
    let alive = (0..DAY / 300).map(|i| (T0 + i * 300).div_euclid(10)).collect();
    Counts::new(seconds.iter().copied(), None, alive)
}

#[derive(Debug, Default)]
struct Score {
    truths: usize,
    hits: usize,
    false_incidents: usize,
    onset_errors: Vec<i64>,
    end_errors: Vec<i64>,
    covered: usize,
}

fn play(cases: &[Case], seeds: std::ops::Range<u64>, rates: (f64, f64)) -> Score {
    let mut s = Score::default();
    for &case in cases {
        for seed in seeds.clone() {
            let d = day(case, seed, rates);
            let found = detect(&counts(&d.seconds), Sensitivity::Normal);
            s.truths += usize::from(d.truth.is_some());
            let hit = |f: &&Found| d.truth.is_some_and(|(a, b)| f.start < b && f.end > a);
            s.false_incidents += found.incidents.iter().filter(|f| !hit(f)).count();
            let Some((f, (a, b))) = found.incidents.iter().find(hit).zip(d.truth) else {
                if d.truth.is_some() { println!("missed {:?} seed {seed} rate {:.2}", d.case, d.rate); }
                continue;
            };
            s.hits += 1;
            if case != Case::Ramp {
                s.onset_errors.push((f.start - a).abs());
                s.end_errors.push((f.end - b).abs());
                let (x, y) = f.runs[0].start_interval;
                s.covered += usize::from((x..=y).contains(&a));
            }
        }
    }
    s.onset_errors.sort_unstable();
    s.end_errors.sort_unstable();
    s
}

fn at(sorted: &[i64], share: f64) -> i64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

fn print(name: &str, s: &Score) {
    let e = |v: &[i64]| if v.is_empty() { (0, 0, 0) } else { (at(v, 0.5), at(v, 0.9), at(v, 0.95)) };
    println!("{name}: {}/{} false {} onset {:?} end {:?} covered {}/{}", s.hits, s.truths, s.false_incidents, e(&s.onset_errors), e(&s.end_errors), s.covered, s.onset_errors.len());
}

#[test]
#[ignore]
fn survey() {
    for case in BAD.into_iter().chain(QUIET) {
        for rates in [(0.05, 0.5), (0.5, 5.0), (5.0, 100.0), (100.0, 2000.0)] {
            print(&format!("{case:?} {rates:?}"), &play(&[case], 100..112, rates));
        }
    }
}
