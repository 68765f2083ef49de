//! The channel of refused requests: runs in which clients are answered 4xx in place of what they came for, so that as many good answers
//! go missing as are refused. What scanners and broken pollers get beside everybody's answers is none.

use crate::cause::Dim;
use crate::detect::{DetectedIncident, Run, RunKind};
use crate::infer::lanes::{View, named_keys};
use crate::model::{Impact, Piece, Sensitivity, Sentence, Series};
use std::collections::BTreeMap;

/// How far the refused share of a minute must lie above the usual one, and how many good answers must go missing, as shares.
const RISE: f64 = 0.15;
const LOST: f64 = 0.2;
/// Refused requests for each good answer that goes missing: who is refused may try again, and some give up.
const EACH: (f64, f64) = (0.5, 4.0);
/// By how many deviations of counts the loss must stand out.
const SIGMAS: f64 = 5.0;
/// Minutes of a run at least, between which so many may be as usual; and those before it that show what is usual, and at least.
const SHORTEST: i64 = 2;
const PAUSE: i64 = 2;
const BEFORE: i64 = 30;
const KNOWN: i64 = 5;
/// Of what a page was asked for before, so much is still served where it is as good as gone.
const GONE: f64 = 0.2;
/// Requests of a minute or a step below which it has no share.
const FEW: u64 = 6;
const FEW_OF_STEP: u64 = 2;

/// Good answers, and refused ones by their status.
#[derive(Clone, Debug, Default)]
struct Answers {
    good: u64,
    refused: BTreeMap<u16, u64>,
}

impl Answers {
    fn refused(&self) -> u64 {
        self.refused.values().sum()
    }

    fn share(&self) -> f64 {
        let refused = self.refused();
        refused as f64 / (self.good + refused).max(1) as f64
    }

    fn add(&mut self, other: &Answers) {
        self.good += other.good;
        for (status, n) in &other.refused {
            *self.refused.entry(*status).or_default() += n;
        }
    }
}

/// Answers by stretches of so many seconds since 1970.
type ByTime = BTreeMap<i64, Answers>;

/// The runs, by start.
pub(crate) fn runs(view: &View<'_>, s: Sensitivity) -> Vec<Run> {
    let steps = answers(view);
    let mut all = found(&steps, s.floor());
    all.retain(|r| !is_of_scanners(r.key) || pages_vanish(&served(view, r)));
    all
}

/// Whether a status is what those get who try what there may be.
fn is_of_scanners(status: Option<u32>) -> bool {
    matches!(status, Some(400 | 404 | 405))
}

/// Requests of each endpoint that were not refused: as many as were to be expected in a run by the time before it, and those in it.
fn served(view: &View<'_>, r: &Run) -> Vec<(f64, u64)> {
    let (before, long) = (BEFORE * 60, r.end - r.start);
    let mut of: BTreeMap<&[u8], (u64, u64)> = BTreeMap::new();
    for l in view.edge() {
        for (name, series) in named_keys(l, Dim::Endpoint) {
            for (us, n) in series.n.iter() {
                let at = l.utc(us).second();
                let sums = of.entry(name).or_default();
                match () {
                    () if (r.start - before..r.start).contains(&at) => sums.0 += u64::from(n),
                    () if (r.start..r.end).contains(&at) => sums.1 += u64::from(n),
                    () => {}
                }
            }
        }
    }
    let expected = |n: u64| n as f64 * long as f64 / before as f64;
    of.into_values()
        .map(|(n, now)| (expected(n), now))
        .collect()
}

/// Whether most of what is missing was asked of pages that are hardly served any more: a route that was lost, and no scanner in an ebb.
fn pages_vanish(served: &[(f64, u64)]) -> bool {
    let missing = |x: &(f64, u64)| (x.0 - x.1 as f64).max(0.0);
    let all: f64 = served.iter().map(missing).sum();
    let gone = |x: &&(f64, u64)| x.0 >= FEW as f64 && x.1 as f64 <= GONE * x.0;
    let vanished: f64 = served.iter().filter(gone).map(missing).sum();
    vanished * 2.0 >= all
}

/// What a run says at its onset.
pub(crate) fn words(r: &Run) -> Sentence {
    let status = r.key.unwrap_or_default();
    Sentence::words(format!("Clients begin to be refused, most with {status}: "))
        .p(Piece::Share(r.share()))
        .w(" of the requests, usually ")
        .p(Piece::Share(r.p0))
        .w("; good answers go missing")
}

/// The answers of the edge by steps of ten seconds.
fn answers(view: &View<'_>) -> ByTime {
    let mut steps = ByTime::new();
    for l in view.edge() {
        for (name, series) in named_keys(l, Dim::Status) {
            let refusal = is_refusal(name);
            if refusal.is_none() && !matches!(name, [b'1'..=b'3', ..]) {
                continue;
            }
            for (us, n) in series.n.iter() {
                let at = steps.entry(l.utc(us).second().div_euclid(10)).or_default();
                match refusal {
                    Some(status) => *at.refused.entry(status).or_default() += u64::from(n),
                    None => at.good += u64::from(n),
                }
            }
        }
    }
    steps
}

/// Counts who was refused as failed, where an incident is that: its whole, its statuses, and what is drawn of it.
pub(crate) fn as_failed(
    view: &View<'_>,
    f: &DetectedIncident,
    harm: &mut Impact,
    series: Option<&mut Series>,
) {
    let runs = || f.runs.iter().filter(|r| r.kind == RunKind::Refused);
    let refused: u64 = runs().map(|r| r.failed).sum();
    let most = harm.requests.unwrap_or_default();
    harm.failed = harm.failed.map(|n| n.saturating_add(refused).min(most));
    let usual = runs().map(|r| r.p0).fold(0.0, f64::max);
    harm.expected_failed = Some((usual * most as f64).round() as u64);
    // the worst minute is one of failures
    harm.peak = None;
    for row in &mut harm.by_status {
        if is_refusal(row.name.for_json().as_bytes()).is_some() {
            row.failed = row.requests;
        }
    }
    let Some(series) = series else { return };
    let bucket = i64::from(series.bucket_s).max(1);
    let start = series.start.second();
    for (ten, a) in answers(view) {
        let at = ten * 10;
        let place = usize::try_from((at - start).div_euclid(bucket)).ok();
        let inside = runs().any(|r| (r.start..r.end).contains(&at));
        if let (true, Some(n)) = (inside, place.and_then(|n| series.failed.get_mut(n))) {
            *n += a.refused();
        }
    }
}

/// The status of a refusal; what a client gave up is none.
fn is_refusal(name: &[u8]) -> Option<u16> {
    let status: u16 = std::str::from_utf8(name).ok()?.parse().ok()?;
    (400..499).contains(&status).then_some(status)
}

fn found(steps: &ByTime, floor: f64) -> Vec<Run> {
    let mut minutes = ByTime::new();
    for (ten, a) in steps {
        minutes.entry(ten.div_euclid(6)).or_default().add(a);
    }
    let edges = minutes.keys().next().zip(minutes.keys().next_back());
    let Some((from, to)) = edges.map(|(a, b)| (*a, *b)) else {
        return Vec::new();
    };
    let many = |a: &&Answers| a.good + a.refused() >= FEW;
    let mut shares: Vec<f64> = minutes.values().filter(many).map(Answers::share).collect();
    shares.sort_by(f64::total_cmp);
    let usual = shares.get(shares.len() / 4).copied().unwrap_or_default();
    let least = (usual + RISE * floor).max(2.0 * usual);
    let bad = |a: &Answers| a.share() >= least;
    let bad_minutes = minutes.iter().filter(|(_, a)| many(a) && bad(a));
    let bad_minutes: Vec<i64> = bad_minutes.map(|x| *x.0).collect();
    let runs = bad_minutes.chunk_by(|a, b| b - a <= PAUSE + 1);
    let spans = runs.map(|r| (r[0], r[r.len() - 1] + 1));
    let spans = spans.filter(|(a, b)| b - a >= SHORTEST);
    let of = |(a, b)| {
        let status = lost(&minutes, (from, to), (a, b), floor)?;
        let step = |x: &(&i64, &Answers)| x.1.good + x.1.refused() >= FEW_OF_STEP && bad(x.1);
        let mut inside = steps.range((a - 1) * 6..(b + 1) * 6).filter(step);
        let first = *inside.next()?.0;
        let last = inside.next_back().map_or(first, |x| *x.0);
        let mut all = Answers::default();
        steps.range(first..=last).for_each(|x| all.add(x.1));
        let (start, end) = (first * 10, last * 10 + 10);
        let counts = (all.good + all.refused(), all.refused());
        Some(Run {
            start_interval: (start, start + 9),
            end_interval: (end - 10, end),
            p0: usual,
            key: Some(u32::from(status)),
            ..Run::dated(RunKind::Refused, (start, end), counts)
        })
    };
    spans.filter_map(of).collect()
}

/// The status that most are refused with, where good answers go missing between two minutes: fewer than shortly before and long before,
/// and than behind them, where the log goes on.
fn lost(minutes: &ByTime, (from, to): (i64, i64), (a, b): (i64, i64), floor: f64) -> Option<u16> {
    // the first and the last minute of a long run are not whole
    let (first, last) = if b - a > 3 { (a + 1, b - 1) } else { (a, b) };
    let sum = |from: i64, to: i64| {
        let mut all = Answers::default();
        minutes.range(from..to).for_each(|x| all.add(x.1));
        (all, (to - from) as f64)
    };
    let (now, long) = sum(first, last);
    let good = now.good as f64 / long;
    let fewer = |(other, known): &(Answers, f64)| {
        let usual = other.good as f64 / known;
        let deviation = (usual * long * (1.0 + long / known)).sqrt();
        let missing = usual - good;
        missing >= LOST * floor * usual && missing * long >= SIGMAS * deviation
    };
    let since = |ago: i64| (a - ago).max(from);
    if a - since(BEFORE) < KNOWN {
        return None;
    }
    let (before, known) = sum(since(BEFORE), a);
    let just = sum(since(KNOWN), a);
    let behind = (b + 1, (b + 1 + BEFORE).min(to));
    let behind = (behind.1 - behind.0 >= KNOWN).then(|| sum(behind.0, behind.1));
    let all = [Some((before.clone(), known)), Some(just), behind];
    let lost = all.iter().flatten().all(fewer);
    let missing = before.good as f64 / known - good;
    let more = now.refused() as f64 / long - before.refused() as f64 / known;
    let refused = (EACH.0 * missing..=EACH.1 * missing).contains(&more);
    let usually = |status: &u16| before.refused.get(status).copied().unwrap_or_default() as f64;
    let extra = |(status, n): (&u16, &u64)| *n as f64 - usually(status) * long / known;
    let most = now
        .refused
        .iter()
        .max_by(|x, y| extra(*x).total_cmp(&extra(*y)));
    most.map(|x| *x.0).filter(|_| lost && refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hour with so many good answers and 404s each ten seconds; from minute 30 to 45 with others.
    fn hour(usual: (u64, u64), then: (u64, u16, u64)) -> Vec<Run> {
        let step = |ten: i64| {
            let inside = (180..270).contains(&ten);
            let mut a = Answers {
                good: if inside { then.0 } else { usual.0 },
                refused: BTreeMap::from([(404, usual.1)]),
            };
            if inside {
                *a.refused.entry(then.1).or_default() += then.2;
            }
            (ten, a)
        };
        found(&(0..360).map(step).collect(), 1.0)
    }

    #[test]
    fn who_is_refused_in_place_of_an_answer_is_found_and_a_scan_is_not() {
        let all = hour((20, 1), (8, 401, 12));
        assert_eq!(all.len(), 1);
        let run = &all[0];
        assert_eq!((run.start, run.end, run.key), (1800, 2700, Some(401)));
        assert_eq!((run.requests, run.failed), (90 * 21, 90 * 13));
        // a scan comes beside everybody's answers, an ebb refuses nobody, and few are chance
        assert!(hour((20, 1), (20, 404, 60)).is_empty());
        assert!(hour((20, 8), (8, 401, 0)).is_empty());
        assert!(hour((20, 1), (18, 401, 2)).is_empty());
        // many more than go missing are a scan in an ebb
        assert!(hour((20, 1), (14, 404, 60)).is_empty());
    }

    #[test]
    fn pages_that_are_gone_are_lost_and_all_a_little_is_an_ebb() {
        assert!(pages_vanish(&[(100.0, 0), (100.0, 96), (3.0, 0)]));
        assert!(pages_vanish(&[(100.0, 12)]));
        assert!(!pages_vanish(&[(100.0, 50), (100.0, 48), (8.0, 0)]));
        assert!(is_of_scanners(Some(404)) && !is_of_scanners(Some(401)));
    }

    #[test]
    fn a_scan_behind_a_rush_is_none() {
        // twenty minutes of many requests end as a scan begins
        let step = |ten: i64| {
            let good = if (60..180).contains(&ten) { 40 } else { 20 };
            let scan = if (180..270).contains(&ten) { 20 } else { 1 };
            let refused = BTreeMap::from([(404, scan)]);
            (ten, Answers { good, refused })
        };
        assert!(found(&(0..360).map(step).collect(), 1.0).is_empty());
    }

    #[test]
    fn what_fails_from_the_beginning_has_no_usual_share() {
        let step = |ten| {
            let refused = BTreeMap::from([(401, 12)]);
            (
                ten,
                Answers {
                    good: if ten < 20 { 2 } else { 20 },
                    refused,
                },
            )
        };
        assert!(found(&(0..360).map(step).collect(), 1.0).is_empty());
        assert!(found(&ByTime::new(), 1.0).is_empty());
    }
}
