//! Stretches in which every source is silent at once: the host or the collection stood still, and no service is to blame.
//! Also stamps that cannot be what a clock wrote. Looks at when inputs have lines, never at what they say.

use crate::infer::lanes::{Lane, View};
use crate::infer::measured_rows::measured;
use crate::model::{Event, Gap, Piece, Sentence};
use coroner_core::summary::CitableLine;
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::text::LogText;
use coroner_lines::time::{Instant, MINUTE};
use std::collections::BTreeSet;

/// Shortest common silence, minutes.
const SHORTEST: i64 = 5;
/// Inputs that must write before and after it.
const SOURCES: usize = 3;
/// Minutes before and after in which they must.
const NEAR: i64 = 10;
/// Minutes before and after over which the usual rate is taken.
const AROUND: i64 = 60;
/// What the void rate must say, nats: as for a silence of the edge.
const NATS: f64 = 22.0;
/// Most rows.
const ROWS: usize = 20;

const METHOD: &str = "no line of any source for longer than their usual rate of lines allows, all of them before and after";

/// Rows of stretches in which all sources are silent; those that touch `taken` are reported by their incidents.
pub(super) fn rows(view: &View<'_>, taken: &[(Instant, Instant)]) -> Vec<Event> {
    let inputs: BTreeSet<u32> = timed_lanes(view).map(|l| l.input).collect();
    if inputs.len() < SOURCES {
        return Vec::new();
    }
    let lines =
        timed_lanes(view).flat_map(|l| l.track.edges().map(move |s| (l.utc(s.us), l.input)));
    let mut minutes: Vec<(i64, u32)> = lines.map(|(t, i)| (t.0.div_euclid(MINUTE), i)).collect();
    minutes.sort();
    minutes.dedup();
    let mut at: Vec<i64> = minutes.iter().map(|m| m.0).collect();
    at.dedup();
    let mut out = Vec::new();
    for w in at.windows(2) {
        let (a, b) = (w[0], w[1]);
        if b - a - 1 < SHORTEST || !unlikely(&at, a, b) || out.len() >= 2 * ROWS {
            continue;
        }
        let writing = |from: i64, to: i64| -> BTreeSet<u32> {
            let near = &minutes[minutes.partition_point(|m| m.0 < from)..];
            let near = near.iter().take_while(|m| m.0 <= to);
            near.map(|m| m.1).collect()
        };
        let before = writing(a - NEAR, a);
        let n = before.intersection(&writing(b, b + NEAR)).count();
        if n >= SOURCES {
            out.extend(pair(view, (a, b), n, taken).into_iter().flatten());
        }
    }
    out
}

/// Lanes of what writes by itself: pagers and deploy tools are silent most of the time.
fn timed_lanes<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'v Lane<'a>> {
    view.lanes.iter().filter(|l| {
        let kind = l.part.kind();
        !matches!(kind, Kind::Pager | Kind::Deploy)
    })
}

/// Whether nothing between two minutes is unlikely by the share of minutes with lines around.
fn unlikely(at: &[i64], a: i64, b: i64) -> bool {
    let count =
        |from: i64, to: i64| at.partition_point(|m| *m <= to) - at.partition_point(|m| *m < from);
    let (first, last) = (at[0], at[at.len() - 1]);
    let density = |from: i64, to: i64| {
        let (from, to) = (from.max(first), to.min(last));
        let n = (to - from + 1) as f64;
        let share = (count(from, to) as f64 / n).min(1.0 - 0.5 / n);
        (n >= NEAR as f64).then(|| -(1.0 - share).ln())
    };
    let around = [density(a - AROUND, a), density(b, b + AROUND)];
    let least = around.into_iter().flatten().reduce(f64::min);
    least.is_some_and(|d| d * ((b - a - 1) as f64) >= NATS)
}

/// The two rows of a silence between two minutes.
fn pair(
    view: &View<'_>,
    (a, b): (i64, i64),
    n: usize,
    taken: &[(Instant, Instant)],
) -> Option<[Event; 2]> {
    let lines = |m: i64| {
        timed_lanes(view)
            .flat_map(|l| l.track.edges().map(move |x| (l, x)))
            .filter(move |(l, s)| l.utc(s.us).0.div_euclid(MINUTE) == m)
    };
    let key = |(l, s): &(&Lane<'_>, &CitableLine)| (l.utc(s.us), l.input, s.pos.offset);
    let last = lines(a).max_by_key(key)?;
    let first = lines(b).min_by_key(key)?;
    let (from, to) = (last.0.utc(last.1.us), first.0.utc(first.1.us));
    if taken.iter().any(|(x, y)| *x <= to && from <= *y) {
        return None;
    }
    let evidence = [last, first].map(|(l, line)| view.cite(l.input, line));
    let evidence = evidence.to_vec();
    let text = Sentence::words("All ")
        .p(Piece::Count(n as u64))
        .w(" sources fall silent together for ")
        .p(Piece::Span(to.since(from)))
        .w(": the host or the collection stood still; what happened meanwhile is not known");
    let back = Sentence::words("All sources write again");
    let (begins, ends) = (MarkerKind::SilenceStart, MarkerKind::SilenceFinish);
    let rows = [(begins, from, text), (ends, to, back)];
    Some(rows.map(|(kind, at, text)| measured(kind, at, text, evidence.clone(), METHOD)))
}

/// Lines from which stamps within one minute of the hour are no accident.
const ODD_LINES: u64 = 1000;
/// Hours over which they must be spread.
const ODD_HOURS: usize = 12;

/// Inputs whose stamps all stand in the same minute of their hours: no clock writes that.
pub(super) fn odd_stamps(view: &View<'_>, out: &mut Vec<Gap>) {
    for l in &view.lanes {
        let (mut by_minute, mut hours, mut last) = ([0u64; 60], 0, None);
        for (m, a) in &l.track.activity {
            let hour = m.div_euclid(60);
            by_minute[(m - hour * 60) as usize] += u64::from(a.n);
            hours += usize::from(last != Some(hour));
            last = Some(hour);
        }
        let all: u64 = by_minute.iter().sum();
        let most = by_minute.iter().enumerate().max_by_key(|x| x.1);
        let line = l.track.edges().next();
        let (Some((minute, n)), Some(line)) = (most, line) else {
            continue;
        };
        if all < ODD_LINES || hours < ODD_HOURS || n * 100 < all * 99 {
            continue;
        }
        let text = Sentence::default()
            .p(Piece::Count(*n))
            .w(" lines of ")
            .p(Piece::File(LogText::name(l.part.meta.name.as_bytes())))
            .w(format!(
                " are stamped within minute :{minute:02} of {hours} different hours: no clock writes that, so times within an hour mean nothing"
            ));
        out.push(Gap::shown("clock", text, vec![view.cite(l.input, line)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silence_must_be_longer_than_the_usual_ones() {
        let every = |step: usize| -> Vec<i64> {
            let before = (0..60).step_by(step);
            before.chain((100..160).step_by(step)).collect()
        };
        assert!(unlikely(&every(1), 59, 100));
        assert!(!unlikely(&every(20), 40, 100));
    }
}
