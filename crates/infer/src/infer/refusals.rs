//! The channel of refused requests: runs in which clients are answered 4xx in place of what they came for, so that as many good answers
//! go missing as are refused. What scanners and broken pollers get beside everybody's answers is none, nor what few clients get.

use crate::cause::Dim;
use crate::detect::{DetectedIncident, Run, RunKind};
use crate::infer::lanes::{Lane, View, named_keys};
use crate::infer::lines::around;
use crate::model::{Gap, Impact, Piece, Sensitivity, Sentence, Series};
use coroner_core::summary::KeySeries;
use coroner_lines::sorting::SortList;
use coroner_lines::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// How far the refused share of a minute must lie above the usual one.
const RISE: f64 = 0.15;
/// How many good answers must go missing, as a share of the usual ones, and by how many deviations of counts.
const LOST: f64 = 0.12;
const SIGMAS: f64 = 3.5;
/// Refused requests for each of them: who is refused may try again, and some give up.
const EACH: (f64, f64) = (0.5, 4.0);
/// Minutes of a run at least, between which so many may be as usual; and those before it that show what is usual, and at least.
const SHORTEST: i64 = 2;
const PAUSE: i64 = 2;
const BEFORE: i64 = 30;
const KNOWN: i64 = 5;
/// Requests of a minute or a step below which it has no share.
const FEW: u64 = 6;
const FEW_OF_STEP: u64 = 2;
/// Seconds before a run in which an alert may be of it: it may grow for a while.
const ALERTED: i64 = 120;
/// Seconds before a run in which the first that were refused may be looked for.
const EARLY: i64 = 180;
/// So many clients at most whose affair it is that they are refused, and the share of the refused requests that they have then.
const CLIENTS: usize = 3;
const MOSTLY: f64 = 0.9;
/// Refused requests from which a stretch of them is told of.
const MANY: u64 = 50;
/// Refused requests of a minute below which it is not looked at.
const FEW_REFUSED: u64 = 3;

/// Good and refused answers of a stretch.
#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    /// Which stretch since 1970 of its length it is.
    at: i64,
    good: u64,
    refused: u64,
}

impl Answers {
    fn all(&self) -> u64 {
        self.good + self.refused
    }

    fn share(&self) -> f64 {
        self.refused as f64 / self.all().max(1) as f64
    }
}

/// Those of all stretches in order, each once.
fn by_stretch(mut all: Vec<Answers>) -> Vec<Answers> {
    all.sort_list_by_key(|a| a.at);
    all.dedup_by(|later, kept| {
        let same = later.at == kept.at;
        if same {
            kept.good += later.good;
            kept.refused += later.refused;
        }
        same
    });
    all
}

/// All between two stretches.
fn between(all: &[Answers], from: i64, to: i64) -> &[Answers] {
    let place = |at| all.partition_point(|a| a.at < at);
    all.get(place(from)..place(to)).unwrap_or_default()
}

fn sum(some: &[Answers]) -> Answers {
    some.iter().fold(Answers::default(), |s, a| Answers {
        at: a.at,
        good: s.good + a.good,
        refused: s.refused + a.refused,
    })
}

/// What is to be known of runs in which no answers are known to be missing: many clients try again and again, or few try passwords.
/// Scans are everyday.
pub(crate) fn beside(view: &View<'_>, all: &[(Run, bool)]) -> Vec<Gap> {
    let none_lost = all.iter().filter(|(r, lost)| !lost && !is_scan(r));
    let told =
        none_lost.filter_map(|(r, _)| {
            let (from, to) = r.moments();
            let lines: Vec<_> = around(view, from, to).1.into_iter().collect();
            let why = match is_of_few(view, r) {
                true => "; not counted as an outage, since nearly all of them came from three clients at most",
                false => "; not counted as an outage, since no good answers are known to be missing for it",
            };
            let text = Sentence::default()
            .p(Piece::Share(r.share()))
            .w(" of the requests from ")
            .p(Piece::Time(from))
            .w(" to ")
            .p(Piece::Time(to))
            .w(format!(" were refused ({}), usually ", r.key.unwrap_or_default()))
            .p(Piece::Share(r.p0))
            .w(why);
            (r.failed >= MANY && !lines.is_empty()).then(|| Gap::shown("refused", text, lines))
        });
    told.collect()
}

/// The runs, by start, and whether answers went missing in them, or somebody was alerted by them.
pub(crate) fn runs(view: &View<'_>, alerts: &BTreeSet<i64>, s: Sensitivity) -> Vec<(Run, bool)> {
    if !may_be_many(view) {
        return Vec::new();
    }
    let steps = answers(view);
    let mut all = found(&steps, s.floor());
    for (r, lost) in &mut all {
        of_status(view, r);
        let alerted = alerts.range(r.start - ALERTED..r.end).next().is_some();
        *lost = *lost && !is_of_few(view, r) || alerted && !is_scan(r);
    }
    all
}

/// Whether a run is of what those get who try what there may be.
fn is_scan(r: &Run) -> bool {
    matches!(r.key, Some(400 | 404 | 405))
}

/// Whether nearly all that are refused beyond what is usual come from few clients, and what was refused before came from others: then
/// not everybody comes through the same few addresses.
fn is_of_few(view: &View<'_>, r: &Run) -> bool {
    let at = Instant::from_second;
    let before = view.refused_by_client(at(r.start - BEFORE * 60), at(r.start - 60));
    let now = view.refused_by_client(at(r.start), at(r.end));
    let known = ((BEFORE - 1) * 60) as f64;
    let expected = |n: u64| n as f64 * (r.end - r.start) as f64 / known;
    let mut by: Vec<(f64, u64)> = now
        .iter()
        .zip(before)
        .map(|(n, b)| (*n as f64 - expected(b), b))
        .collect();
    by.sort_list_by(|a, b| b.0.total_cmp(&a.0));
    let beyond = |some: &[(f64, u64)]| some.iter().map(|x| x.0.max(0.0)).sum::<f64>();
    let usual = |some: &[(f64, u64)]| some.iter().map(|x| x.1).sum::<u64>();
    let few = &by[..CLIENTS];
    beyond(few) >= MOSTLY * beyond(&by).max(r.failed as f64 / 2.0)
        && usual(few) * 2 <= usual(&by)
        && view.separates_clients()
}

/// Whether so many are refused within some minutes that it may be a run: one look for most logs.
fn may_be_many(view: &View<'_>) -> bool {
    let refused = statuses(view).filter(|(_, name, _)| is_refusal(name).is_some());
    let minutes = refused.flat_map(|(l, _, series)| {
        let of = |(us, n)| (l.utc(us).second().div_euclid(60), u64::from(n));
        series.n.iter().map(of)
    });
    let mut by: BTreeMap<i64, u64> = BTreeMap::new();
    minutes.for_each(|(minute, n)| *by.entry(minute).or_default() += n);
    let many = |(minute, n): (&i64, &u64)| (*n >= FEW_REFUSED).then_some(*minute);
    let many: Vec<i64> = by.iter().filter_map(many).collect();
    many.windows(2).any(|w| w[1] - w[0] <= PAUSE + 1)
}

/// What a run says at its onset.
pub(crate) fn words(r: &Run) -> Sentence {
    let status = r.key.unwrap_or_default();
    Sentence::words(format!("Clients begin to be refused ({status}): "))
        .p(Piece::Share(r.share()))
        .w(" of the requests, usually ")
        .p(Piece::Share(r.p0))
}

/// The answers of the edge by steps of ten seconds.
fn answers(view: &View<'_>) -> Vec<Answers> {
    let mut steps = Vec::new();
    for (l, name, series) in statuses(view) {
        let refused = is_refusal(name).is_some();
        if !refused && !matches!(name, [b'1'..=b'3', ..]) {
            continue;
        }
        steps.extend(series.n.iter().map(|(us, n)| {
            let at = l.utc(us).second().div_euclid(10);
            let n = u64::from(n);
            let (good, refused) = if refused { (0, n) } else { (n, 0) };
            Answers { at, good, refused }
        }));
    }
    by_stretch(steps)
}

/// The counts of each status at the edge.
fn statuses<'v, 'a>(
    view: &'v View<'a>,
) -> impl Iterator<Item = (&'v Lane<'a>, &'a [u8], &'a KeySeries)> {
    view.edge()
        .flat_map(|l| named_keys(l, Dim::Status).map(move |(name, s)| (l, name, s)))
}

/// Requests of a key between two seconds.
fn counted(l: &Lane<'_>, series: &KeySeries, (from, to): (i64, i64)) -> u64 {
    let axis = |second| l.on_axis(Instant::from_second(second));
    let inside = series.n.within(axis(from), axis(to));
    inside.map(|(_, n)| u64::from(n)).sum()
}

/// Makes a run that of the status that most are refused with, and dates it from the first of these where none is usual.
fn of_status(view: &View<'_>, r: &mut Run) {
    let Some(status) = most_refused(view, r) else {
        return;
    };
    r.key = Some(status);
    let name = status.to_string();
    let own = || statuses(view).filter(|(_, n, _)| *n == name.as_bytes());
    let sum = |from, to| -> u64 { own().map(|(l, _, s)| counted(l, s, (from, to))).sum() };
    let usual = sum(r.start - BEFORE * 60, r.start - EARLY);
    let steps = (1..=EARLY / 10).map(|n| r.start - n * 10);
    let some = steps.filter(|at| sum(*at, at + 10) > 0);
    // the first behind which no minute is without
    let first = some.fold(
        r.start,
        |first, at| if first - at <= 60 { at } else { first },
    );
    r.start_interval.0 = first;
    if usual == 0 {
        (r.start, r.start_interval) = (first, (first, first + 9));
    }
    r.failed = sum(r.start, r.end);
    let all = view.requests(Instant::from_second(r.start), Instant::from_second(r.end));
    r.requests = all.0.max(r.failed);
    let before = view.requests(
        Instant::from_second(r.start - BEFORE * 60),
        Instant::from_second(r.start),
    );
    r.p0 = usual as f64 / before.0.max(1) as f64;
}

/// The status that most are refused with in a run, beyond what is usual.
fn most_refused(view: &View<'_>, r: &Run) -> Option<u32> {
    let (before, long) = (BEFORE * 60, r.end - r.start);
    let mut of: BTreeMap<u16, f64> = BTreeMap::new();
    for (l, name, series) in statuses(view) {
        let Some(status) = is_refusal(name) else {
            continue;
        };
        let usual = counted(l, series, (r.start - before, r.start)) as f64;
        let now = counted(l, series, (r.start, r.end)) as f64;
        *of.entry(status).or_default() += now - usual * long as f64 / before as f64;
    }
    let most = of.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
    most.map(|x| u32::from(x.0))
}

/// Counts who was refused as failed, where an incident is that: its whole, its statuses, and what is drawn of it.
pub(crate) fn as_failed(
    view: &View<'_>,
    f: &DetectedIncident,
    harm: &mut Impact,
    series: Option<&mut Series>,
) {
    let runs = || f.runs.iter().filter(|r| r.kind == RunKind::Refused);
    let keys: BTreeSet<u32> = runs().filter_map(|r| r.key).collect();
    let is = |name: &[u8]| is_refusal(name).is_some_and(|s| keys.contains(&u32::from(s)));
    let refused: u64 = runs().map(|r| r.failed).sum();
    let most = harm.requests.unwrap_or_default();
    harm.failed = harm.failed.map(|n| n.saturating_add(refused).min(most));
    let usual = runs().map(|r| r.p0).fold(0.0, f64::max);
    harm.expected_failed = Some((usual * most as f64).round() as u64);
    harm.risen.retain(|r| !is(r.status.for_json().as_bytes()));
    // the worst minute is one of failures
    harm.peak = None;
    for row in &mut harm.by_status {
        if is(row.name.for_json().as_bytes()) {
            row.failed = row.requests;
        }
    }
    let Some(series) = series else { return };
    let bucket = i64::from(series.bucket_s).max(1);
    let start = series.start.second();
    for a in answers(view) {
        let at = a.at * 10;
        let place = usize::try_from((at - start).div_euclid(bucket)).ok();
        let inside = runs().any(|r| (r.start..r.end).contains(&at));
        if let (true, Some(n)) = (inside, place.and_then(|n| series.failed.get_mut(n))) {
            *n += a.refused;
        }
    }
}

/// The status of a refusal; what a client gave up is none.
pub fn is_refusal(name: &[u8]) -> Option<u16> {
    let status: u16 = std::str::from_utf8(name).ok()?.parse().ok()?;
    let given_up = matches!(status, 444 | 460);
    ((400..499).contains(&status) && !given_up).then_some(status)
}

/// Runs, and whether good answers go missing in them.
fn found(steps: &[Answers], floor: f64) -> Vec<(Run, bool)> {
    let minute = |a: &Answers| Answers {
        at: a.at.div_euclid(6),
        ..*a
    };
    let minutes = by_stretch(steps.iter().map(minute).collect());
    let many = |a: &&Answers| a.all() >= FEW;
    let mut shares: Vec<f64> = minutes.iter().filter(many).map(Answers::share).collect();
    let quarter = shares.len() / 4;
    if shares.is_empty() {
        return Vec::new();
    }
    let usual = *shares.select_nth_unstable_by(quarter, f64::total_cmp).1;
    let least = (usual + RISE * floor).max(2.0 * usual);
    let bad = |a: &&Answers| a.share() >= least;
    let bad_minutes: Vec<i64> = minutes
        .iter()
        .filter(many)
        .filter(bad)
        .map(|a| a.at)
        .collect();
    let runs = bad_minutes.chunk_by(|a, b| b - a <= PAUSE + 1);
    let spans = runs.map(|r| (r[0], r[r.len() - 1] + 1));
    let spans = spans.filter(|(a, b)| b - a >= SHORTEST);
    let of = |(a, b)| {
        let inside = between(steps, (a - 1) * 6, (b + 1) * 6);
        let mut counts = inside.iter().filter(|a| a.all() >= FEW_OF_STEP).filter(bad);
        let first = counts.next()?.at;
        let last = counts.next_back().map_or(first, |a| a.at);
        let all = sum(between(steps, first, last + 1));
        let (start, end) = (first * 10, last * 10 + 10);
        let run = Run {
            start_interval: (start, start + 9),
            end_interval: (end - 10, end),
            p0: usual,
            ..Run::dated(RunKind::Refused, (start, end), (all.all(), all.refused))
        };
        Some((run, is_lost(&minutes, (a, b), floor)))
    };
    spans.filter_map(of).collect()
}

/// Whether so many good answers are missing of those that are usual in a stretch, that they are not few by chance; `known`: how long what
/// shows that lasted, as a share of it.
pub fn goes_missing(missing: f64, usual: f64, known: f64, floor: f64) -> bool {
    missing >= LOST * floor * usual && missing >= SIGMAS * (usual * (1.0 + 1.0 / known)).sqrt()
}

/// Whether as many more are refused as good answers are missing.
pub fn are_refused(more: f64, missing: f64) -> bool {
    more >= EACH.0 * missing && more <= EACH.1 * missing
}

/// Whether good answers go missing between two minutes, and as many are refused: fewer than shortly before and long before, and than
/// behind them, where the log goes on.
fn is_lost(minutes: &[Answers], (a, b): (i64, i64), floor: f64) -> bool {
    let edges = minutes.first().zip(minutes.last());
    let Some((from, to)) = edges.map(|(a, b)| (a.at, b.at)) else {
        return false;
    };
    // the first and the last minute of a long run are not whole
    let (first, last) = if b - a > 3 { (a + 1, b - 1) } else { (a, b) };
    let of = |from, to| (sum(between(minutes, from, to)), (to - from) as f64);
    let (now, long) = of(first, last);
    let good = now.good as f64;
    let fewer = |(other, known): &(Answers, f64)| {
        let usual = other.good as f64 * long / known;
        goes_missing(usual - good, usual, known / long, floor)
    };
    let since = |ago: i64| (a - ago).max(from);
    if a - since(BEFORE) < KNOWN {
        return false;
    }
    let (before, known) = of(since(BEFORE), a);
    let behind = (b + 1, (b + 1 + BEFORE).min(to));
    let behind = (behind.1 - behind.0 >= KNOWN).then(|| of(behind.0, behind.1));
    let all = [Some((before, known)), Some(of(since(KNOWN), a)), behind];
    let expected = |n: u64| n as f64 * long / known;
    let more = now.refused as f64 - expected(before.refused);
    all.iter().flatten().all(fewer) && are_refused(more, expected(before.good) - good)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps with good and refused answers.
    fn steps(n: i64, of: impl Fn(i64) -> (u64, u64)) -> Vec<Answers> {
        let step = |at| {
            let (good, refused) = of(at);
            Answers { at, good, refused }
        };
        (0..n).map(step).collect()
    }

    /// An hour with so many good and refused answers each ten seconds; from minute 30 to 45 with others.
    fn hour(usual: (u64, u64), then: (u64, u64)) -> Vec<Run> {
        let of = |ten| {
            if (180..270).contains(&ten) {
                then
            } else {
                usual
            }
        };
        lost(&steps(360, of))
    }

    fn lost(steps: &[Answers]) -> Vec<Run> {
        let all = found(steps, 1.0).into_iter();
        all.filter(|x| x.1).map(|x| x.0).collect()
    }

    #[test]
    fn who_is_refused_in_place_of_an_answer_is_found_and_a_scan_is_not() {
        let all = hour((20, 1), (8, 13));
        assert_eq!(all.len(), 1);
        let run = &all[0];
        assert_eq!((run.start, run.end), (1800, 2700));
        assert_eq!((run.requests, run.failed), (90 * 21, 90 * 13));
        // a scan comes beside everybody's answers, an ebb refuses nobody, and few are chance
        assert!(hour((20, 1), (20, 61)).is_empty());
        assert!(hour((20, 8), (8, 8)).is_empty());
        assert!(hour((20, 1), (19, 2)).is_empty());
        // many more than go missing are a scan in an ebb
        assert!(hour((20, 1), (14, 61)).is_empty());
    }

    #[test]
    fn a_scan_behind_a_rush_is_none() {
        // twenty minutes of many requests end as a scan begins
        let good = |ten: i64| if (60..180).contains(&ten) { 40 } else { 20 };
        let scan = |ten: i64| if (180..270).contains(&ten) { 20 } else { 1 };
        let all = steps(360, |ten| (good(ten), scan(ten)));
        assert!(lost(&all).is_empty());
        // but it is told of
        assert_eq!(found(&all, 1.0).len(), 1);
    }

    #[test]
    fn what_fails_from_the_beginning_has_no_usual_share() {
        let of = |ten| if ten < 20 { (2, 12) } else { (20, 12) };
        assert!(lost(&steps(360, of)).is_empty());
        assert!(found(&[], 1.0).is_empty());
    }
}
