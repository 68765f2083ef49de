//! What is usual of the requests of an input: by the minutes of its last day, the share that fails and how much that varies.
//! Formulas: the detector's, but for what fails from the first line on, of which a watch opens nothing and a report tells.

use coroner_lines::sorting::SortList;

/// Highest share that can be called usual where some of the time was calmer, and where none was.
const MOST: f64 = 0.05;
const ALWAYS: f64 = 0.5;
/// Requests of which a share shows whether it was always so.
const FEW: u64 = 60;

/// What is usual: share of failed requests, over-dispersion, and the level that is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    /// Usual share.
    pub p0: f64,
    /// Over-dispersion, at least 1.
    pub phi: f64,
    /// Lowest share that is distinguished from it.
    pub low: f64,
}

impl Usual {
    /// Of minutes with enough requests to judge by.
    pub fn of(minutes: &[(u64, u64)]) -> Usual {
        let p0 = share(minutes);
        level(p0, dispersion(minutes, p0), minutes)
    }

    /// Of all that came until now, but never so low that a handful of failures is an incident; `old`: what shows how much comes.
    pub fn of_few(all: &[(u64, u64)], old: &[(u64, u64)]) -> Usual {
        level(share(all).max(0.01), 1.0, old)
    }
}

/// The level to look for beside a usual share: what ten minutes of the traffic can confirm.
fn level(p0: f64, phi: f64, minutes: &[(u64, u64)]) -> Usual {
    let mut n: Vec<u64> = minutes.iter().map(|m| m.0).collect();
    n.sort_unstable();
    let ten = 10.0 * n.get(n.len() / 2).map_or(60.0, |n| (*n).max(1) as f64);
    let low = (3.0 * p0).max(p0 + 0.02).max(12.0 / ten).min(0.35);
    // what always fails a lot must fail more than that
    let low = low.max(1.3 * p0);
    Usual { p0, phi, low }
}

/// The median share of blocks with as many requests each.
fn share(minutes: &[(u64, u64)]) -> f64 {
    let all: u64 = minutes.iter().map(|m| m.0).sum();
    let blocks = (all / 500).clamp((all / 50).clamp(2, 8), 288);
    let (mut rates, mut block) = (Vec::new(), (0u64, 0u64));
    for (n, k) in minutes {
        block = (block.0 + n, block.1 + k);
        if block.0 * blocks >= all {
            rates.push(block.1 as f64 / block.0.max(1) as f64);
            block = (0, 0);
        }
    }
    rates.sort_list_by(f64::total_cmp);
    let of = |part: usize| rates.get(rates.len() * part / 10).copied().unwrap_or(0.0);
    let (lowest, tenth, median) = (rates.first().copied().unwrap_or(0.0), of(1), of(5));
    if median <= MOST {
        return median.max(5e-4);
    }
    let even = 2.0 * lowest >= median;
    match all >= FEW && median < ALWAYS && (even || lowest > MOST) {
        true if even => median,
        true => tenth,
        false => tenth.clamp(5e-4, MOST),
    }
}

/// How much more than chance the shares of the bins vary (mean of Pearson's chi-square, the top 2 % left out).
fn dispersion(minutes: &[(u64, u64)], p0: f64) -> f64 {
    let mut found = Vec::new();
    let mut bin = (0u64, 0u64, 0);
    for (n, k) in minutes {
        bin = (bin.0 + n, bin.1 + k, bin.2 + 1);
        let expected = bin.0 as f64 * p0;
        if expected >= 2.0 || bin.2 >= 15 {
            if expected > 0.0 {
                found.push((bin.1 as f64 - expected).powi(2) / (expected * (1.0 - p0)));
            }
            bin = (0, 0, 0);
        }
    }
    found.sort_list_by(f64::total_cmp);
    found.truncate((found.len() * 98 / 100).max(1));
    let mean = found.iter().sum::<f64>() / found.len().max(1) as f64;
    mean.clamp(1.0, 10.0)
}
