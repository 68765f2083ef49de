//! Scores every second by a capped log-likelihood ratio and cuts the log into normal and bad by a two-state
//! Viterbi pass; estimates the usual share p0 and the over-dispersion phi. Dates nothing and judges nothing.

use crate::detect::scores::Scores;
use crate::detect::two_states::TwoStates;
use crate::detect::{end_of, stretch_around};
use coroner_lines::sorting::SortList;

/// One second of one channel: `k` bad among `n`. Fractions come from the client cap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelSecond {
    pub(crate) at: i64,
    pub(crate) n: f64,
    pub(crate) k: f64,
}

/// What is usual in a channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct UsualLevel {
    /// Usual share.
    pub(crate) p0: f64,
    /// Over-dispersion of the quiet time, at least 1.
    pub(crate) phi: f64,
    /// The smallest share that counts as bad.
    pub(crate) p_lo: f64,
    /// More than half of the log is bad.
    pub(crate) no_clean_baseline: bool,
}

impl UsualLevel {
    /// A usual share, of which no more is known yet.
    pub(crate) fn of(p0: f64) -> UsualLevel {
        UsualLevel {
            p0,
            phi: 1.0,
            p_lo: 0.0,
            no_clean_baseline: false,
        }
    }
}

/// How the pass is tuned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tuning {
    /// Cost of a change of state, nats.
    pub(crate) switch_cost: f64,
    /// Most that one 10-second bin may say, nats: one burst alone never makes a run.
    pub(crate) bin_cap: f64,
    /// Factor on the effect floor of two points.
    pub(crate) floor: f64,
}

/// Index range `[0, 1)` into the rows.
pub(crate) type Span = (usize, usize);

/// Lowest share that is distinguished from zero.
pub(crate) const P_MIN: f64 = 5e-4;
/// Highest share that can be called usual.
const P_MAX: f64 = 0.05;
/// A state does not survive so long a hole, in seconds.
const HOLE_S: i64 = 900;

/// What a channel's rows come to, whatever share is usual.
#[derive(Clone, Copy, Debug, Default)]
struct ChannelTraffic {
    total: f64,
    /// Minutes with a row.
    minutes: u32,
    /// Median over the stretches of ten minutes that have any.
    per_10_min: f64,
}

impl ChannelTraffic {
    fn of(rows: &[ChannelSecond]) -> ChannelTraffic {
        let (mut total, mut minutes, mut minute_end) = (0.0, 0, i64::MIN);
        let mut tens: Vec<f64> = Vec::new();
        let (mut ten, mut ten_end) = (None, i64::MIN);
        for r in rows {
            total += r.n;
            if r.at >= minute_end {
                minute_end = end_of(r.at, 60);
                minutes += 1;
            }
            let sum = match ten {
                Some(sum) if r.at < ten_end => sum,
                before => {
                    tens.extend(before);
                    ten_end = end_of(r.at, 600);
                    0.0
                }
            };
            ten = Some(sum + r.n);
        }
        tens.extend(ten);
        let half = tens.len() / 2;
        let per_10_min = match tens.is_empty() {
            true => 0.0,
            false => *tens.select_nth_unstable_by(half, f64::total_cmp).1,
        };
        ChannelTraffic {
            total,
            minutes,
            per_10_min,
        }
    }
}

/// Requests and bad ones of some rows.
pub(crate) fn totals(rows: &[ChannelSecond]) -> (f64, f64) {
    rows.iter().fold((0.0, 0.0), |(n, k), r| (n + r.n, k + r.k))
}

/// Estimates what is usual and cuts the log, in at most four rounds, each with the level of the one before.
pub(crate) fn fit(rows: &[ChannelSecond], t: Tuning) -> (UsualLevel, Vec<Span>) {
    let (p0, no_clean_baseline) = first_share(rows);
    let first = UsualLevel {
        no_clean_baseline,
        ..UsualLevel::of(p0)
    };
    fit_from(rows, t, first)
}

/// [`fit`] where the usual share is known from elsewhere: a log that begins in an incident shows none of its own.
pub(crate) fn fit_known(rows: &[ChannelSecond], t: Tuning, share: f64) -> (UsualLevel, Vec<Span>) {
    rounds(
        rows,
        t,
        UsualLevel::of(share.clamp(P_MIN, P_MAX)),
        |_, level| level.p0,
    )
}

/// Share of the calmest quarter of the blocks, whatever it is: the usual share of a key that may always fail a little.
pub(crate) fn calm_share(rows: &[ChannelSecond]) -> f64 {
    let rates = block_rates(rows);
    rates
        .get(rates.len() / 4)
        .map_or(P_MIN, |r| r.clamp(P_MIN, 0.9))
}

/// [`fit`] from a first guess of the usual share.
pub(crate) fn fit_from(
    rows: &[ChannelSecond],
    t: Tuning,
    first: UsualLevel,
) -> (UsualLevel, Vec<Span>) {
    let highest = first.p0.max(P_MAX);
    rounds(rows, t, first, |spans, level| {
        quiet_share(rows, spans, highest).unwrap_or(level.p0)
    })
}

/// Seconds without an incident that show what is usual, however long the others are.
const CLEAN_S: i64 = 300;

/// The rounds of a fit; `usual` is the share that the spans of one leave as usual.
fn rounds(
    rows: &[ChannelSecond],
    t: Tuning,
    mut level: UsualLevel,
    usual: impl Fn(&[Span], &UsualLevel) -> f64,
) -> (UsualLevel, Vec<Span>) {
    let traffic = ChannelTraffic::of(rows);
    let mut spans: Option<Vec<Span>> = None;
    for _ in 0..4 {
        level.phi = dispersion(rows, &traffic, level.p0, spans.as_deref());
        level.p_lo = lowest_bad(level.p0, traffic.per_10_min, t.floor);
        let now = cut(rows, &level, t);
        let p = usual(&now, &level);
        let done = (p - level.p0).abs() < 0.02 * level.p0 && spans.as_ref() == Some(&now);
        spans = Some(now);
        if done {
            break;
        }
        level.p0 = p;
    }
    let spans = spans.unwrap_or_default();
    // by time: an outage may bring more seconds with requests than the time before it
    let lasted = |of: &[ChannelSecond]| match of {
        [first, .., last] => last.at - first.at,
        _ => 0,
    };
    let failing = spans.iter().filter_map(|(a, b)| rows.get(*a..*b));
    let failing: i64 = failing.map(lasted).sum();
    let clean = lasted(rows) - failing;
    level.no_clean_baseline &= failing > clean && clean < CLEAN_S;
    (level, spans)
}

/// A level with a given usual share; the dispersion is not measured where nothing quiet is known.
pub(crate) fn level_at(rows: &[ChannelSecond], level: UsualLevel, t: Tuning) -> UsualLevel {
    UsualLevel {
        p_lo: lowest_bad(level.p0, ChannelTraffic::of(rows).per_10_min, t.floor),
        ..level
    }
}

/// Lowest share that ten minutes of this traffic can confirm.
fn lowest_bad(p0: f64, per_10_min: f64, floor: f64) -> f64 {
    let lowest = (3.0 * p0)
        .max(p0 + 0.02 * floor)
        .max(12.0 / per_10_min.max(1.0))
        .min(0.35);
    // a key that always fails a lot must fail more than that
    lowest.max(1.3 * p0).min(0.97)
}

/// First guess of the usual share: the median over blocks of equal request count; when that is itself bad, the
/// tenth percentile.
fn first_share(rows: &[ChannelSecond]) -> (f64, bool) {
    let rates = block_rates(rows);
    let median = rates.get(rates.len() / 2).copied().unwrap_or(0.0);
    if median <= P_MAX {
        return (median.max(P_MIN), false);
    }
    let tenth = rates.get(rates.len() / 10).copied().unwrap_or(0.0);
    (tenth.clamp(P_MIN, P_MAX), true)
}

/// Shares of blocks of equal request count, sorted.
fn block_rates(rows: &[ChannelSecond]) -> Vec<f64> {
    let total: f64 = rows.iter().map(|r| r.n).sum();
    let blocks = (total / 500.0).floor().clamp(8.0, 288.0);
    let size = total / blocks;
    let mut rates = Vec::new();
    let (mut n, mut k) = (0.0, 0.0);
    for r in rows {
        n += r.n;
        k += r.k;
        if n >= size {
            rates.push(k / n);
            (n, k) = (0.0, 0.0);
        }
    }
    if n > 0.5 * size {
        rates.push(k / n);
    }
    rates.sort_list_by(f64::total_cmp);
    rates
}

/// Share outside the spans; `None` when nothing is outside.
fn quiet_share(rows: &[ChannelSecond], spans: &[Span], highest: f64) -> Option<f64> {
    let (mut n, mut k) = (0.0, 0.0);
    for_quiet(rows, spans, |r| {
        n += r.n;
        k += r.k;
    });
    (n > 0.0).then(|| ((k + 0.5) / (n + 1.0)).clamp(P_MIN, highest))
}

/// Calls `f` for the rows outside the spans, in order.
fn for_quiet(rows: &[ChannelSecond], spans: &[Span], mut f: impl FnMut(&ChannelSecond)) {
    let mut from = 0;
    for &(a, b) in spans.iter().chain(&[(rows.len(), rows.len())]) {
        rows.get(from..a).unwrap_or(&[]).iter().for_each(&mut f);
        from = b;
    }
}

/// Over-dispersion: mean Pearson chi² of quiet bins, the top 2 % (in short logs up to three bins) left out. Before the first cut, bins far above the
/// usual share are taken for bad: measured over its own bins, a long incident would hide itself.
fn dispersion(
    rows: &[ChannelSecond],
    traffic: &ChannelTraffic,
    p0: f64,
    spans: Option<&[Span]>,
) -> f64 {
    let active = f64::from(traffic.minutes) * 60.0;
    let expected_per_s = traffic.total / active.max(1.0) * p0;
    let bin_s = (2.0 / expected_per_s.max(1e-9)).ceil().clamp(60.0, 900.0) as i64;
    let mut bins: Vec<(f64, f64)> = Vec::new();
    let (mut end, mut bin) = (i64::MIN, None);
    for_quiet(rows, spans.unwrap_or(&[]), |r| {
        let (n, k) = match bin {
            Some(of) if r.at < end => of,
            before => {
                bins.extend(before);
                end = end_of(r.at, bin_s);
                (0.0, 0.0)
            }
        };
        bin = Some((n + r.n, k + r.k));
    });
    bins.extend(bin);
    if spans.is_none() {
        bins.retain(|(n, k)| *k <= 2.0 || k / n <= (4.0 * p0).max(p0 + 0.03));
    }
    // Against the bins' own mean: p0 has a floor, and a log without a single error is not dispersed.
    let (n, k) = bins.iter().fold((0.0, 0.0), |(n, k), b| (n + b.0, k + b.1));
    if k <= 0.0 || k >= n {
        return 1.0;
    }
    let p = k / n;
    let chi = bins
        .iter()
        .map(|(n, k)| (k - n * p).powi(2) / (n * p * (1.0 - p)));
    // In a short log two or three blips are more than 2 % of the bins.
    trimmed_mean(chi.collect(), |n| (n / 50).max((n / 6).min(3)))
}

/// The mean of what is left of values without so many of the highest, at least 1.
pub(crate) fn trimmed_mean(mut values: Vec<f64>, highest: impl Fn(usize) -> usize) -> f64 {
    values.sort_list_by(f64::total_cmp);
    values.truncate(values.len() - highest(values.len()));
    match values.len() {
        0 => 1.0,
        n => (values.iter().sum::<f64>() / n as f64).max(1.0),
    }
}

/// Cuts the rows at a given level: the bad spans, in order. Where nothing is bad the best way leads through "normal", whatever
/// comes, as soon as the way to "bad" is no better than one that only now changes: between there and the next bad row nothing is
/// looked at.
pub(crate) fn cut(rows: &[ChannelSecond], level: &UsualLevel, t: Tuning) -> Vec<Span> {
    let scores = Scores::of(level, t.bin_cap);
    let mut spans = Vec::new();
    let mut pass = TwoStates::new(t.switch_cost);
    let mut seen = 0;
    while let Some(next) = rows[seen..].iter().position(|r| r.k > 0.0) {
        let first = seen + next;
        seen = first;
        pass.begin();
        while seen < rows.len() && !(seen > first && pass.is_normal()) {
            let bin = stretch_around(rows, seen, 10, |r| r.at);
            let factor = scores.factor(&rows[bin.clone()]);
            for r in &rows[seen..bin.end] {
                pass.step(scores.of_row(r) * factor);
                seen += 1;
                if pass.is_normal() {
                    break;
                }
            }
        }
        push_spans(&mut spans, &rows[first..seen], &pass.states(), first);
    }
    spans
}

/// Adds the spans of some rows, the first of which has the index `from`, by their states.
fn push_spans(spans: &mut Vec<Span>, rows: &[ChannelSecond], states: &[bool], from: usize) {
    let mut open: Option<usize> = None;
    for (i, &bad) in states.iter().enumerate() {
        let hole = i > 0 && rows[i].at - rows[i - 1].at > HOLE_S;
        if let Some(a) = open
            && (!bad || hole)
        {
            spans.push((from + a, from + i));
            open = None;
        }
        if bad && open.is_none() {
            open = Some(i);
        }
    }
    spans.extend(open.map(|a| (from + a, from + rows.len())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::two_states::viterbi;
    use proptest::prelude::*;

    proptest! {
        /// Only rows around bad ones are looked at, and the cut is that of all.
        #[test]
        fn what_is_not_looked_at_is_normal(
            rows in proptest::collection::vec((0i64..40, 1u32..60, 0u32..90), 0..200),
            (cost, cap, p0) in (0.5f64..12.0, 1.0f64..9.0, 0.001f64..0.2),
        ) {
            let mut at = 0;
            let rows: Vec<ChannelSecond> = rows.into_iter().map(|(gap, n, k)| {
                at += 1 + gap * gap;
                // three in four have nothing bad
                let k = if k < 23 { k.min(n) } else { 0 };
                ChannelSecond { at, n: f64::from(n), k: f64::from(k) }
            }).collect();
            let level = UsualLevel { p0, phi: 1.3, p_lo: p0 * 2.0, no_clean_baseline: false };
            let scores = Scores::of(&level, cap);
            let of = |r: &ChannelSecond| {
                let bin: Vec<_> = rows.iter().copied().filter(|o| o.at / 10 == r.at / 10).collect();
                scores.of_row(r) * scores.factor(&bin)
            };
            let all: Vec<f64> = rows.iter().map(of).collect();
            let mut want = Vec::new();
            push_spans(&mut want, &rows, &viterbi(&all, cost), 0);
            let tuning = Tuning { switch_cost: cost, bin_cap: cap, floor: 1.0 };
            prop_assert_eq!(cut(&rows, &level, tuning), want);
        }
    }

    const TUNING: Tuning = Tuning {
        switch_cost: 11.0,
        bin_cap: 6.0,
        floor: 1.0,
    };

    /// Seconds with so many requests and so many bad ones.
    fn rows(
        at: impl Iterator<Item = i64>,
        n_and_bad: impl Fn(i64) -> (f64, f64),
    ) -> Vec<ChannelSecond> {
        let row = |at: i64| {
            let (n, k) = n_and_bad(at);
            ChannelSecond { at, n, k }
        };
        at.map(row).collect()
    }

    #[test]
    fn a_log_that_mostly_fails_has_no_clean_baseline() {
        for (until, none_clean) in [(300, true), (700, false)] {
            let rows = rows(0..1000, |at| (10.0, if at < until { 0.0 } else { 9.0 }));
            assert_eq!(first_share(&rows), (P_MIN, none_clean));
        }
    }

    #[test]
    fn a_quiet_time_with_few_requests_is_a_baseline_too() {
        let rows = rows((0..1500).step_by(10).chain(1500..1800), |at| match at {
            0..1500 => (1.0, 0.0),
            _ => (5.0, 3.0),
        });
        assert!(first_share(&rows).1);
        assert!(!fit(&rows, TUNING).0.no_clean_baseline);
    }

    #[test]
    fn where_most_requests_fail_within_a_third_of_the_time_the_rest_is_a_baseline() {
        let rows = rows(0..1600, |at| match at {
            600..1000 => (40.0, 20.0),
            _ => (10.0, 0.0),
        });
        assert!(first_share(&rows).1);
        assert!(!fit(&rows, TUNING).0.no_clean_baseline);
    }

    #[test]
    fn a_long_incident_does_not_hide_in_its_own_dispersion() {
        let rows = rows(0..20_000, |at| match at {
            4_000..13_000 => (50.0, 25.0),
            _ => (50.0, 0.0),
        });
        let (level, spans) = fit(&rows, TUNING);
        assert!(level.phi < 1.5, "{level:?}");
        assert_eq!(spans, [(4_000, 13_000)]);
    }
}
