//! Runs of unusual error messages, minute by minute, for services of which no request is logged.
//! Only numbers: which messages are unusual is decided by the caller.

use super::segment::{self, ChannelSecond};
use super::{Counts, MERGE_GAP_S, Run, RunKind, Sensitivity};
use crate::detect::filters::{Channel, tuning};
use std::collections::BTreeMap;

/// Unusual error lines of a minute that say all they can: a line a second more says no more than that it is bad.
const MOST: u32 = 20;
/// Fewest unusual lines of a run.
const FEWEST: u64 = 5;
/// Minutes that are looked at in all, about; and the quiet ones before and after an unusual one that are in any case.
const ROWS: i64 = 1_000_000;
const FEWEST_AROUND: i64 = 15;
/// Seconds that a run needs.
const SHORTEST_S: i64 = 120;

/// Unusual error lines by minute number, in the minutes `[from, to)` in which the source was logging.
#[derive(Clone, Debug)]
pub struct ErrorMinutes {
    /// First minute.
    pub from: i64,
    /// The minute after the last.
    pub to: i64,
    /// Minutes with unusual lines.
    pub unusual: BTreeMap<i64, u32>,
}

/// Stretches in which unusual error lines keep coming, in whole minutes.
pub fn error_runs(m: &ErrorMinutes, s: Sensitivity) -> Vec<Run> {
    let rows = rows(m);
    if rows.is_empty() {
        return Vec::new();
    }
    let t = tuning(s, 0.0);
    let (level, spans) = segment::fit(&rows, t);
    let ch = Channel::of(RunKind::LogErrors, rows, level, spans, t);
    let mut runs: Vec<Run> = ch
        .runs(&Counts::default(), &ch.spans)
        .into_iter()
        .flat_map(|mut r| {
            r.end += 59;
            apart(m, r)
        })
        .collect();
    for r in &mut runs {
        let last = r.end == m.to * 60;
        r.end_interval = (r.end, if last { i64::MAX / 4 } else { r.end });
        let lines = m.unusual.range(r.start / 60..r.end.div_euclid(60));
        r.failed = lines.map(|x| u64::from(*x.1)).sum();
        r.requests = 0;
    }
    runs.retain(|r| r.failed >= FEWEST && r.end - r.start >= SHORTEST_S);
    runs
}

/// The minutes with unusual lines and the quiet ones around them: a day before and after, less where that would be too many.
fn rows(m: &ErrorMinutes) -> Vec<ChannelSecond> {
    let around = (ROWS / (2 * m.unusual.len() as i64).max(1)).clamp(FEWEST_AROUND, 1440);
    let mut rows = Vec::new();
    let mut next = m.from;
    for at in m.unusual.keys() {
        let (a, b) = ((at - around).max(next), (at + around + 1).min(m.to));
        rows.extend((a..b).map(|at| ChannelSecond {
            at: at * 60,
            n: f64::from(MOST),
            k: f64::from(m.unusual.get(&at).copied().unwrap_or(0).min(MOST)),
        }));
        next = next.max(b);
    }
    rows
}

/// A run cut where no unusual line comes for longer than incidents are joined over: few minutes weigh so much here that
/// quiet ones hardly end a run.
fn apart(m: &ErrorMinutes, r: Run) -> Vec<Run> {
    let minutes = m
        .unusual
        .range(r.start.div_euclid(60)..r.end.div_euclid(60));
    let mut out = vec![r.clone()];
    let mut before: Option<i64> = None;
    for at in minutes.filter(|x| *x.1 > 0).map(|x| *x.0) {
        if let (Some(b), Some(last)) = (before, out.last_mut())
            && (at - b - 1) * 60 > MERGE_GAP_S
        {
            let (end, start) = ((b + 1) * 60, at * 60);
            (last.end, last.end_interval) = (end, (end, end));
            out.push(Run {
                start,
                start_interval: (start, start),
                ..r.clone()
            });
        }
        before = Some(at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The runs of two hours of which each minute has so many unusual errors.
    fn runs(of: impl Fn(i64) -> u32) -> Vec<Run> {
        let unusual = (1000..1120).map(|m| (m, of(m))).filter(|x| x.1 > 0);
        let (from, to, unusual) = (1000, 1120, unusual.collect());
        error_runs(&ErrorMinutes { from, to, unusual }, Sensitivity::Normal)
    }

    #[test]
    fn errors_that_keep_coming_are_a_run_and_single_ones_are_none() {
        let found = runs(|m| if (1050..1060).contains(&m) { 30 } else { 0 });
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].start, found[0].end), (1050 * 60, 1060 * 60));
        assert!(runs(|m| u32::from(m % 7 == 0)).is_empty(), "now and then");
        assert!(runs(|m| if m == 1050 { 13 } else { 0 }).is_empty());
    }

    #[test]
    fn errors_a_quarter_of_an_hour_apart_are_two_runs() {
        let found = |second: std::ops::Range<i64>| -> Vec<(i64, i64)> {
            let found = runs(|m| match m {
                1030..1034 => 19,
                m if second.contains(&m) => 14,
                _ => 0,
            });
            found.iter().map(|r| (r.start / 60, r.end / 60)).collect()
        };
        assert_eq!(found(1050..1053), [(1030, 1034), (1050, 1053)]);
        // one minute is none, and what is near goes on
        assert_eq!(found(1050..1051), [(1030, 1034)]);
        assert_eq!(found(1037..1040), [(1030, 1040)]);
    }

    #[test]
    fn what_goes_on_at_the_end_is_open() {
        let found = runs(|m| if m >= 1100 { 9 } else { 0 });
        assert!(found[0].end_interval.1 > 1_000_000);
    }
}
