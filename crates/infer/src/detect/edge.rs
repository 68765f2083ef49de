//! Dates a bad span: maximum-likelihood change points with a 95 % interval, and what a ramp adds before or after.
//! Looks only at the counts around the span; which spans count is not decided here.

use super::segment::{ChannelSecond, P_MIN, Span, UsualLevel, totals};

/// How far before and after a span its edge may lie, in seconds.
const REACH_S: i64 = 900;
/// Nats below the maximum within which an edge may lie. Half the 95 % point of chi² would be 1.92; the share inside a
/// run is estimated and wanders, and with 3 the intervals hold what they say on simulated days.
const INTERVAL_NATS: f64 = 3.0;

/// The two ends of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edges {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) start_interval: (i64, i64),
    pub(crate) end_interval: (i64, i64),
    /// The rows from start to end.
    pub(crate) rows: Span,
}

/// Most steps by which a ramp may lengthen a run at one end.
const RAMP_STEPS: usize = 8;
/// Shares at which a ramp's step is looked for, besides the smallest that counts as bad.
const RAMP_SHARES: [f64; 4] = [0.5, 0.2, 0.08, 0.03];
/// What a step must say, in nats over phi: the search tries some thousand pairs of place and share (ln 5,000 = 8.5).
const RAMP_NATS: f64 = 12.0;
/// Fewest failures of a step.
const RAMP_ERRORS: f64 = 3.0;

/// Dates `span`; its edges stay within `limits` (the neighbouring spans). What lies just outside and is bad at a lower
/// share is a ramp and belongs to it.
pub(crate) fn date(rows: &[ChannelSecond], span: Span, limits: Span, level: &UsualLevel) -> Edges {
    let mut e = sharp(rows, span, limits, level);
    for _ in 0..RAMP_STEPS {
        let lowest = reach_back(rows, e.rows.0, limits);
        let before = &rows[lowest..e.rows.0];
        let Some(s) = step(level, |i| before.iter().nth_back(i)) else {
            break;
        };
        let at = |i: usize| e.rows.0 - 1 - i;
        (e.start, e.start_interval) = (
            rows[at(s.best)].at,
            (after_previous(rows, at(s.far)), rows[at(s.near)].at),
        );
        e.rows.0 = at(s.best);
    }
    for _ in 0..RAMP_STEPS {
        let after = &rows[e.rows.1..reach_on(rows, e.rows.1, limits)];
        let Some(s) = step(level, |i| after.get(i)) else {
            break;
        };
        let at = |i: usize| e.rows.1 + i;
        (e.end, e.end_interval) = (
            rows[at(s.best)].at + 1,
            (rows[at(s.near)].at + 1, until_next(rows, at(s.far))),
        );
        e.rows.1 = at(s.best) + 1;
    }
    let before = rows[limits.0.min(e.rows.0)..e.rows.0].iter().rev();
    if let Some(at) = scattered(before, e.start, level) {
        e.start_interval.0 = e.start_interval.0.min(at);
    }
    let after = rows[e.rows.1..limits.1.max(e.rows.1)].iter();
    if let Some((n, at)) = stragglers(after, e.end - 1, level) {
        e.rows.1 += n;
        e.end = at + 1;
        e.end_interval.1 = e.end_interval.1.max(e.end);
    }
    let after = rows[e.rows.1..limits.1.max(e.rows.1)].iter();
    if let Some(at) = scattered(after, e.end - 1, level) {
        e.end_interval.1 = e.end_interval.1.max(at + 1);
    }
    e
}

/// The first row before a run, of which that is the first, that its beginning may reach to.
fn reach_back(rows: &[ChannelSecond], first: usize, limits: Span) -> usize {
    let reach = rows[first].at - REACH_S;
    let lowest = rows.partition_point(|r| r.at < reach);
    lowest.max(limits.0).min(first)
}

/// The row behind the last one that the end of a run, behind which that is the next, may reach to.
fn reach_on(rows: &[ChannelSecond], next: usize, limits: Span) -> usize {
    let reach = rows[next - 1].at + REACH_S;
    let highest = rows.partition_point(|r| r.at <= reach);
    highest.min(limits.1).max(next)
}

/// Failures this close to the end of a run, in seconds, are of the run where hardly any fail otherwise.
const STRAGGLES_S: i64 = 30;
/// How many failures may be usual in the meantime.
const BY_ITSELF: f64 = 0.2;

/// The last failure right behind a run that would hardly be there without it: its row, counted from the edge, and its second.
fn stragglers<'a>(
    rows: impl Iterator<Item = &'a ChannelSecond>,
    end: i64,
    level: &UsualLevel,
) -> Option<(usize, i64)> {
    let mut n = 0.0;
    let near = rows.take_while(|r| {
        n += r.n;
        r.at - end <= STRAGGLES_S && n * level.p0.max(P_MIN) <= BY_ITSELF
    });
    let failing = near.enumerate().filter(|(_, r)| r.k > 0.0);
    failing.map(|(i, r)| (i + 1, r.at)).last()
}

/// Failures this close to an edge, in seconds, and to each other, may be of the run.
const CLOSE_S: i64 = 120;
/// Beyond so many standard deviations of a Poisson count they are no usual ones.
const CHANCE: f64 = 2.0;

/// The furthest of the failures outside an edge that are too few to move it and still more than the usual ones: the change may
/// have come with it. Rows are given from the edge outwards.
fn scattered<'a>(
    rows: impl Iterator<Item = &'a ChannelSecond>,
    edge: i64,
    level: &UsualLevel,
) -> Option<i64> {
    let (mut n, mut k, mut last, mut found) = (0.0, 0.0, edge, None);
    for r in rows {
        if (r.at - last).abs() > CLOSE_S || (r.at - edge).abs() > REACH_S {
            break;
        }
        n += r.n;
        if r.k <= 0.0 {
            continue;
        }
        k += r.k;
        last = r.at;
        let usual = n * level.p0.max(P_MIN);
        if k >= 2.0 && k > usual + CHANCE * (usual * level.phi.max(1.0)).sqrt() {
            found = Some(r.at);
        }
    }
    found
}

/// Where a ramp's step ends, counted in rows away from the edge.
struct RampStep {
    best: usize,
    near: usize,
    far: usize,
}

/// The best step away from an edge: rows are given from the edge outwards.
fn step<'a>(
    level: &UsualLevel,
    row: impl Fn(usize) -> Option<&'a ChannelSecond>,
) -> Option<RampStep> {
    let q = level.p0.max(P_MIN);
    let slack = INTERVAL_NATS * level.phi.sqrt().max(1.0);
    let mut found: Option<(f64, RampStep)> = None;
    let all: f64 = (0..).map_while(&row).map(|r| r.k).sum();
    if all < RAMP_ERRORS {
        return None;
    }
    let higher = RAMP_SHARES.into_iter().filter(|p| *p > level.p_lo);
    for p in higher.chain([level.p_lo]) {
        let (bad, good) = weights(p, q);
        let outward = (0..).map_while(&row);
        let sums = running(outward.map(|r| r.k * bad + (r.n - r.k) * good));
        let (best, near, far) = peak(&sums, slack);
        let nats = sums.get(best).copied().unwrap_or(0.0);
        let errors: f64 = (0..=best).filter_map(&row).map(|r| r.k).sum();
        let more = found.as_ref().is_none_or(|f| nats > f.0);
        if nats >= RAMP_NATS * level.phi && errors >= RAMP_ERRORS && more {
            found = Some((nats, RampStep { best, near, far }));
        }
    }
    found.map(|f| f.1)
}

/// Log-likelihood ratio per bad and per good request of share `p` against `q`.
fn weights(p: f64, q: f64) -> (f64, f64) {
    ((p / q).ln(), ((1.0 - p) / (1.0 - q)).ln())
}

/// Share of a span, clamped to what can be distinguished from the usual.
fn share(rows: &[ChannelSecond], span: Span, q: f64) -> f64 {
    let (n, k) = totals(rows.get(span.0..span.1).unwrap_or(&[]));
    ((k + 0.5) / (n + 1.0)).clamp((1.5 * q).min(0.995), 0.995)
}

/// The maximum-likelihood edges of a span at one share.
fn sharp(rows: &[ChannelSecond], span: Span, limits: Span, level: &UsualLevel) -> Edges {
    let q = level.p0.max(P_MIN);
    let (bad, good) = weights(share(rows, span, q), q);
    let llr = |i: usize| rows[i].k * bad + (rows[i].n - rows[i].k) * good;
    let slack = INTERVAL_NATS * level.phi.sqrt().max(1.0);

    let lowest = reach_back(rows, span.0, limits);
    let suffix = running((lowest..span.1).rev().map(llr));
    let (best, near, far) = peak(&suffix, slack);
    // Suffixes count from the span's end: element i starts at row `span.1 - 1 - i`.
    let first = span.1 - 1 - best;
    let earliest = span.1 - 1 - far;
    let start_interval = (after_previous(rows, earliest), rows[span.1 - 1 - near].at);

    let highest = reach_on(rows, span.1, limits);
    let prefix = running((first..highest).map(llr));
    let (best, near, far) = peak(&prefix, slack);
    let last = first + best;
    let end_interval = (rows[first + near].at + 1, until_next(rows, first + far));
    Edges {
        start: rows[first].at,
        end: rows[last].at + 1,
        start_interval,
        end_interval,
        rows: (first, last + 1),
    }
}

/// The second after the row before `i`: the change may have come any time since.
fn after_previous(rows: &[ChannelSecond], i: usize) -> i64 {
    let here = rows[i].at;
    let before = i.checked_sub(1).map(|b| rows[b].at + 1);
    before.map_or(here, |at| at.max(here - REACH_S))
}

/// The second of the row after `i`: the change back may have come any time until then.
fn until_next(rows: &[ChannelSecond], i: usize) -> i64 {
    let here = rows[i].at + 1;
    rows.get(i + 1).map_or(here, |r| r.at.min(here + REACH_S))
}

fn running(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    values
        .map(|v| {
            sum += v;
            sum
        })
        .collect()
}

/// Index of the maximum (the first of equals: the shortest run), and the first and last index within `slack` of it.
fn peak(sums: &[f64], slack: f64) -> (usize, usize, usize) {
    let mut best = 0;
    for (i, s) in sums.iter().enumerate() {
        if *s > sums[best] {
            best = i;
        }
    }
    let near = |s: &f64| *s >= sums.get(best).copied().unwrap_or(0.0) - slack;
    let first = sums.iter().position(near).unwrap_or(best);
    let last = sums.iter().rposition(near).unwrap_or(best);
    (best, first, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::days::channel;

    const LEVEL: UsualLevel = UsualLevel {
        p0: 0.001,
        phi: 1.0,
        p_lo: 0.021,
        no_clean_baseline: false,
    };

    fn rows(bad: impl Fn(i64) -> f64) -> Vec<ChannelSecond> {
        (0..3000).map(|at| channel(at, 10.0, bad(at))).collect()
    }

    #[test]
    fn a_rough_span_shrinks_and_grows_to_the_failing_seconds() {
        let r = rows(|at| if (1003..1207).contains(&at) { 8.0 } else { 0.0 });
        for span in [(950, 1300), (1050, 1150)] {
            let e = date(&r, span, (0, 3000), &LEVEL);
            assert_eq!((e.start, e.end), (1003, 1207));
            assert_eq!(e.start_interval, (1003, 1003));
            assert_eq!(e.end_interval, (1207, 1207));
        }
    }

    #[test]
    fn with_few_requests_the_change_may_lie_anywhere_since_the_last_good_one() {
        let r: Vec<ChannelSecond> = (0..200)
            .map(|i| channel(i * 30, 1.0, if (100..140).contains(&i) { 1.0 } else { 0.0 }))
            .collect();
        let e = date(&r, (100, 140), (0, 200), &LEVEL);
        assert_eq!(e.start, 3000);
        assert_eq!(e.start_interval, (2971, 3000));
        assert_eq!(e.end, 139 * 30 + 1);
        assert_eq!(e.end_interval, (139 * 30 + 1, 140 * 30));
    }

    #[test]
    fn a_weak_beginning_that_is_bad_by_itself_is_kept() {
        let r = rows(|at| match at {
            1000..1300 => f64::from(u8::from(at % 2 == 0)),
            1300..1700 => 9.0,
            _ => 0.0,
        });
        let e = date(&r, (1010, 1700), (0, 3000), &LEVEL);
        assert!((1000..=1002).contains(&e.start), "{e:?}");
        assert_eq!(e.end, 1700);
    }

    #[test]
    fn failures_too_few_to_move_an_edge_widen_its_interval() {
        // ten requests a second, one in a thousand fails as usual
        let outage = |at: i64| if (1000..1200).contains(&at) { 9.0 } else { 0.0 };
        let with = |few: &[i64]| {
            let r = rows(|at| outage(at) + f64::from(u8::from(few.contains(&at))));
            let e = date(&r, (1000, 1200), (0, 3000), &LEVEL);
            assert_eq!(e.start, 1000);
            (e.start_interval.0, e.end, e.end_interval.1)
        };
        assert_eq!(with(&[]), (1000, 1200, 1200));
        assert_eq!(with(&[930]), (1000, 1200, 1200));
        assert_eq!(with(&[930, 960, 985]), (930, 1200, 1200));
        // one right behind the end hardly comes by itself
        assert_eq!(with(&[1210, 1230, 1260]), (1000, 1211, 1261));
        // what lies further away is what happens now and then
        assert_eq!(with(&[700, 710, 720]), (1000, 1200, 1200));
    }

    #[test]
    fn neighbours_limit_the_search() {
        let r = rows(|at| if (900..1100).contains(&at) { 9.0 } else { 0.0 });
        assert_eq!(date(&r, (1000, 1100), (990, 3000), &LEVEL).start, 990);
    }
}
