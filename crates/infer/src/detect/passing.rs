//! What passed by in seconds before an incident, and is none of it: cut from the spans of failures and taken out of the runs. Which runs
//! make incidents is for `filters`.

use super::MERGE_GAP_S;
use super::Run;
use super::segment::{ChannelSecond, Span, totals};

/// Parts from spans what passed by in seconds before them: where few requests come, minutes in which none fails do not.
pub(super) fn parted(rows: &[ChannelSecond], spans: &[Span]) -> Vec<Span> {
    let mut out = Vec::with_capacity(spans.len());
    for &(mut from, to) in spans {
        while let Some((head, next)) = head_of(rows, (from, to)) {
            out.push((from, head));
            from = next;
        }
        out.push((from, to));
    }
    out
}

/// Where the first burst of a span ends and what follows it begins, if it is one that passed by.
pub(super) fn head_of(rows: &[ChannelSecond], (from, to): Span) -> Option<Span> {
    let fails = |from: usize| (from..to).find(|i| rows[*i].k > 0.0);
    let first = fails(from)?;
    let mut last = first;
    let next = loop {
        let next = fails(last + 1)?;
        if rows[next].at - rows[last].at >= CALM_S {
            break next;
        }
        last = next;
        if rows[last].at - rows[first].at >= PASSING.0 {
            return None;
        }
    };
    let (head, rest) = (totals(&rows[from..=last]).1, totals(&rows[next..to]).1);
    (head * PASSING.1 as f64 <= rest).then_some((last + 1, next))
}

/// Takes out the bursts of seconds that were over long before an incident began of which they would be a small part: what restarts for a
/// reason of its own fails so, too.
pub(super) fn take(runs: &mut Vec<Run>) -> Vec<Run> {
    let mut before = i64::MIN / 2;
    let mut passes = |i: usize| {
        let r = &runs[i];
        let follow = runs[i..]
            .windows(2)
            .take_while(|w| w[1].start - w[0].end <= MERGE_GAP_S);
        let mut next = follow.map(|w| &w[1]);
        let calm = next
            .clone()
            .next()
            .is_some_and(|n| n.start - r.end >= CALM_S);
        let alone = r.start - before > MERGE_GAP_S && r.seconds() <= PASSING.0;
        let passes = alone && calm && next.any(|n| PASSING.1 * r.failed <= n.failed);
        before = if passes { before } else { r.end };
        passes
    };
    let passing: Vec<usize> = (0..runs.len()).filter(|i| passes(*i)).collect();
    passing.iter().rev().map(|i| runs.remove(*i)).collect()
}

/// Seconds that what passes by lasts at most, and how many times as much fails afterwards.
const PASSING: (i64, u64) = (15, 20);
/// Seconds in which nothing fails after which it has passed by.
const CALM_S: i64 = 120;

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds from one to the next, each with ten requests of which so many fail.
    fn rows(stretches: &[(i64, i64, f64)]) -> Vec<ChannelSecond> {
        let all = stretches
            .iter()
            .flat_map(|&(from, to, k)| (from..to).map(move |at| ChannelSecond { at, n: 10.0, k }));
        all.collect()
    }

    #[test]
    fn what_passes_in_seconds_and_minutes_before_is_parted() {
        let of = |burst: (i64, i64, f64), from: i64| {
            let all = rows(&[burst, (burst.1, from, 0.0), (from, from + 300, 5.0)]);
            parted(&all, &[(0, all.len())])
        };
        assert_eq!(of((0, 8, 9.0), 200), [(0, 8), (200, 500)]);
        // so soon after it that it goes on, for longer, or nearly as much of it
        assert_eq!(of((0, 8, 9.0), 100), [(0, 400)]);
        assert_eq!(of((0, 30, 2.0), 200), [(0, 500)]);
        assert_eq!(of((0, 10, 9.0), 200), [(0, 500)]);
    }

    #[test]
    fn restarts_one_after_the_other_pass_by_each() {
        let all = rows(&[
            (0, 4, 9.0),
            (4, 130, 0.0),
            (130, 134, 9.0),
            (134, 260, 0.0),
            (260, 560, 5.0),
        ]);
        assert_eq!(parted(&all, &[(0, 560)]), [(0, 4), (130, 134), (260, 560)]);
        let run = |from: i64, to: i64, failed| {
            Run::dated(
                super::super::RunKind::Error,
                (from, to),
                (failed * 2, failed),
            )
        };
        let mut runs = vec![run(0, 4, 36), run(130, 134, 36), run(260, 560, 1500)];
        assert_eq!((take(&mut runs).len(), runs.len()), (2, 1));
        // waves that are alike are one incident from the first on
        let mut runs = vec![run(0, 10, 90), run(200, 210, 90), run(400, 410, 90)];
        assert_eq!((take(&mut runs).len(), runs.len()), (0, 3));
    }
}
