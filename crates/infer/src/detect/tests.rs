//! The detector against seeded days whose truth is known, and against small hand-made ones.

pub(super) mod days;

use super::*;
use days::{DAY, DayCase, Given, Rng, T0, counts, day, second, step};

/// What is found where no keys are known.
fn detect(c: &Counts, s: Sensitivity) -> Detection {
    super::detect(c, &(), s)
}

/// What is found of seconds, in logs of one input.
fn found(seconds: impl Iterator<Item = Second>) -> Detection {
    let counts = Counts::new(seconds, None, BTreeSet::new());
    detect(&counts, Sensitivity::Normal)
}

proptest::proptest! {
    #[test]
    fn minutes_with_a_failure_are_those_of_all(
        seconds in proptest::collection::vec((0i64..90, 1u32..9, 0u32..3), 1..80),
    ) {
        let mut at = T0;
        let seconds = seconds.into_iter().map(|(gap, n, failed)| {
            at += gap;
            Second { at, n, failed: failed / 2 }
        });
        let c = Counts::new(seconds, None, BTreeSet::new());
        let failing: Vec<_> = c.minutes().filter(|m| m.1.1 > 0).collect();
        proptest::prop_assert_eq!(c.failing_minutes().collect::<Vec<_>>(), failing);
    }
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

fn play(cases: &[DayCase], seeds: std::ops::Range<u64>, rates: (f64, f64)) -> Score {
    let mut s = Score::default();
    for &case in cases {
        for seed in seeds.clone() {
            let d = day(case, seed, rates);
            let found = detect(&counts(&d.seconds), Sensitivity::Normal);
            s.truths += usize::from(d.truth.is_some());
            let hit =
                |f: &&DetectedIncident| d.truth.is_some_and(|(a, b)| f.start < b && f.end > a);
            s.false_incidents += found.incidents.iter().filter(|f| !hit(f)).count();
            let Some((f, (a, b))) = found.incidents.iter().find(hit).zip(d.truth) else {
                continue;
            };
            s.hits += 1;
            s.onset_errors.push((f.start - a).abs());
            s.end_errors.push((f.end - b).abs());
            if case != DayCase::Ramp {
                let (x, y) = f.runs[0].start_interval;
                s.covered += usize::from((x..=y).contains(&a));
            }
        }
    }
    s.onset_errors.sort_unstable();
    s.end_errors.sort_unstable();
    s
}

/// Days with an incident that begins at once.
const BROKEN: [DayCase; 5] = [
    DayCase::Full,
    DayCase::Partial,
    DayCase::Weak,
    DayCase::Outage,
    DayCase::Flapping,
];

fn at(sorted: &[i64], share: f64) -> i64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

#[test]
fn incidents_are_found_and_dated_at_ordinary_traffic() {
    let s = play(&BROKEN, 0..5, (0.5, 60.0));
    assert_eq!((s.hits, s.truths, s.false_incidents), (25, 25, 0));
    assert!(
        at(&s.onset_errors, 0.5) == 0 && at(&s.onset_errors, 0.95) <= 10,
        "{s:?}"
    );
    assert!(
        at(&s.end_errors, 0.5) <= 1 && at(&s.end_errors, 0.95) <= 30,
        "{s:?}"
    );
    assert!(s.covered * 100 >= s.hits * 92, "{s:?}");
}

#[test]
fn few_requests_still_show_most_incidents() {
    let s = play(&BROKEN, 20..26, (0.05, 0.5));
    assert!(s.hits * 100 >= s.truths * 80, "{s:?}");
    assert_eq!(s.false_incidents, 0);
}

#[test]
fn much_traffic_is_no_harder() {
    let s = play(
        &[DayCase::Full, DayCase::Weak, DayCase::Flapping],
        30..32,
        (300.0, 2000.0),
    );
    assert_eq!((s.hits, s.truths, s.false_incidents), (6, 6, 0));
    assert!(at(&s.onset_errors, 1.0) <= 10, "{s:?}");
}

#[test]
fn a_ramp_is_dated_within_minutes_of_its_first_failing_line() {
    let s = play(&[DayCase::Ramp], 40..46, (0.5, 60.0));
    assert_eq!((s.hits, s.false_incidents), (6, 0));
    assert!(at(&s.onset_errors, 0.5) <= 180, "{s:?}");
}

#[test]
fn quiet_days_are_quiet() {
    let s = play(
        &[
            DayCase::Quiet,
            DayCase::DeployBlip,
            DayCase::Batch,
            DayCase::Diurnal,
            DayCase::Poller,
        ],
        50..54,
        (0.05, 60.0),
    );
    assert_eq!(s.false_incidents, 0);
}

#[test]
fn a_few_minutes_around_an_incident_are_enough() {
    let mut hits = 0;
    for seed in 0..12 {
        let case = [DayCase::Full, DayCase::Partial][seed as usize % 2];
        let d = day(case, seed, (0.5, 60.0));
        let (a, b) = d.truth.unwrap();
        let around = |s: &Second| (a - 600..b + 120).contains(&s.at);
        let part: Vec<Second> = d.seconds.iter().copied().filter(around).collect();
        let found = detect(&counts(&part), Sensitivity::Normal).incidents;
        hits += usize::from(
            found.len() == 1 && (found[0].start - a).abs() <= 5 && !found[0].precedes_log,
        );
    }
    assert!(hits >= 11, "{hits} of 12");
}

/// 20 minutes of 10 requests a second, those in `[from, to)` failing in `share` of ten.
fn simple(from: i64, to: i64, share: u32) -> Vec<Second> {
    (0..1200)
        .map(|at| second(at, 10, if (from..to).contains(&at) { share } else { 0 }))
        .collect()
}

#[test]
fn a_log_that_begins_or_ends_inside_the_incident_says_so() {
    let one = |s: &[Second]| detect(&counts(s), Sensitivity::Normal).incidents.remove(0);
    let f = one(&simple(0, 500, 9));
    assert!(f.precedes_log && !f.ongoing_at_end);
    assert_eq!((f.start, f.end), (0, 500));
    let f = one(&simple(700, 1200, 9));
    assert!(!f.precedes_log && f.ongoing_at_end);
    assert_eq!((f.start, f.end), (700, 1200));
    let whole = detect(&counts(&simple(0, 1200, 9)), Sensitivity::Normal);
    assert!(whole.no_clean_baseline);
    assert!(whole.incidents[0].precedes_log && whole.incidents[0].ongoing_at_end);
}

#[test]
fn minutes_without_an_incident_are_a_baseline_however_long_the_others_are() {
    for (from, none) in [(200, true), (400, false)] {
        let found = detect(&counts(&simple(from, 1200, 9)), Sensitivity::Normal);
        assert_eq!(found.no_clean_baseline, none, "{from}");
    }
}

#[test]
fn short_bursts_are_blips_and_join_only_what_they_follow() {
    let d = detect(&counts(&simple(600, 625, 9)), Sensitivity::Normal);
    assert!(d.incidents.is_empty());
    assert_eq!((d.blips[0].start, d.blips[0].end), (600, 625));
    let mut s = simple(600, 800, 9);
    s[400].failed = 10;
    s[950].failed = 10;
    s[951].failed = 10;
    let d = detect(&counts(&s), Sensitivity::Normal);
    assert_eq!(d.incidents.len(), 1);
    assert_eq!((d.incidents[0].start, d.incidents[0].end), (600, 952));
}

#[test]
fn distance_and_likeness_decide_what_is_one_incident() {
    let two = |gap: i64, second: u32| {
        let s = (0..4000).map(|at| {
            let failed = match at {
                500..700 => 9,
                t if (700 + gap..900 + gap).contains(&t) => second,
                _ => 0,
            };
            Second { at, n: 10, failed }
        });
        found(s).incidents.len()
    };
    assert_eq!(two(290, 3), 1);
    assert_eq!(two(600, 9), 1);
    assert_eq!(two(600, 3), 2);
    assert_eq!(two(1000, 9), 2);
}

#[test]
fn one_client_is_named_and_is_no_incident() {
    let with = |s: &[Second], n: u32| {
        let clients = (60..90).map(|b| (b, n)).collect();
        detect(
            &Counts::new(s.iter().copied(), Some(clients), BTreeSet::new()),
            Sensitivity::Normal,
        )
    };
    let instead = simple(600, 900, 9);
    // a scanner comes on top of the others
    let mut on_top = instead.clone();
    on_top[600..900].iter_mut().for_each(|x| x.n = 19);
    let scanner = with(&on_top, 1);
    assert!(scanner.incidents.is_empty());
    assert_eq!(
        (scanner.one_client.len(), scanner.one_client[0].failed),
        (1, 2700)
    );
    let few = with(&on_top, 9);
    assert_eq!((few.incidents.len(), few.one_client.len()), (1, 0));
    // an address whose failures take the place of good answers is that of a proxy, behind which all are
    let proxy = with(&instead, 1);
    assert_eq!((proxy.incidents.len(), proxy.one_client.len()), (1, 0));
}

#[test]
fn one_client_is_distinguished_from_many_by_its_share_of_the_failures() {
    let mut s = simple(600, 900, 9);
    // a scanner comes on top of the others
    s[600..900].iter_mut().for_each(|x| x.n = 19);
    // three failing clients in each bin; of ten failures nine and a half are of one, or three and a bit of each
    let with = |clients: [u64; 3]| {
        let by = Given {
            clients,
            ..Given::default()
        };
        let clients = (60..90).map(|b| (b, 3)).collect();
        let c = Counts::new(s.iter().copied(), Some(clients), BTreeSet::new());
        super::detect(&c, &by, Sensitivity::Normal)
    };
    let scanner = with([513, 14, 13]);
    assert_eq!((scanner.incidents.len(), scanner.one_client.len()), (0, 1));
    let outage = with([200, 180, 160]);
    assert_eq!((outage.incidents.len(), outage.one_client.len()), (1, 0));
}

#[test]
fn order_does_not_matter_and_strays_cost_nothing() {
    let mut s = day(DayCase::Partial, 3, (1.0, 20.0)).seconds;
    let straight = detect(&counts(&s), Sensitivity::Normal);
    let mut r = Rng(9);
    for i in (1..s.len()).rev() {
        s.swap(i, (r.next() % (i as u64 + 1)) as usize);
    }
    assert_eq!(straight, detect(&counts(&s), Sensitivity::Normal));
    s.push(second(T0 - 3000 * DAY, 1, 1));
    let stray = detect(&counts(&s), Sensitivity::Normal);
    assert_eq!(straight.incidents.len(), stray.incidents.len());
    assert_eq!(straight.incidents[0].start, stray.incidents[0].start);
}

#[test]
fn slow_requests_make_a_latency_run() {
    let s = (0..3000).map(|at| second(at, 10, 0));
    let slow = (0..300).map(|i| step(i * 10, 100, if (100..140).contains(&i) { 60 } else { 1 }));
    let c = Counts::new(s, None, BTreeSet::new()).with_slow(slow.collect());
    let d = detect(&c, Sensitivity::Normal);
    assert_eq!(d.incidents[0].runs[0].kind, RunKind::Latency);
    assert_eq!((d.incidents[0].start, d.incidents[0].end), (1000, 1400));
}

/// 40 minutes of 50 requests a second of which 40 ten-second steps from the 100th on lack most.
#[test]
fn missing_traffic_is_a_drop_and_a_slow_ebb_is_none() {
    let of = |n: &dyn Fn(i64) -> u32| {
        let s = (0..7200).map(|at| second(at, n(at), 0));
        found(s)
    };
    let d = of(&|t| if (3000..4000).contains(&t) { 12 } else { 50 });
    assert_eq!(d.incidents.len(), 1, "{d:?}");
    let r = &d.incidents[0].runs[0];
    assert_eq!(r.kind, RunKind::TrafficDrop);
    assert!(
        (r.start - 3000).abs() <= 2 && (r.end - 4000).abs() <= 2,
        "{r:?}"
    );
    let ebb = of(&|t| (50 - t * 40 / 7200) as u32);
    assert!(ebb.incidents.is_empty(), "{ebb:?}");
}

#[test]
fn a_pause_of_minutes_is_an_outage_and_one_of_most_days_lies_between_two_logs() {
    let of = |pause: i64| {
        let both = (0..1200).chain(1200 + pause..2400 + pause);
        let alive = (0..(2400 + pause) / 10).collect();
        let c = Counts::new(both.map(|at| second(at, 10, 0)), None, alive);
        let d = detect(&c, Sensitivity::Normal);
        (d.incidents.len(), d.collection_gaps.len())
    };
    assert_eq!(of(600), (1, 0));
    assert_eq!(of(10 * 86_400), (0, 1));
}

#[test]
fn nothing_and_next_to_nothing_are_said_to_be_too_little() {
    let none = detect(&Counts::default(), Sensitivity::Normal);
    assert!(!none.enough_data && none.incidents.is_empty());
    let one = [second(5, 1, 1)];
    let d = detect(&counts(&one), Sensitivity::Normal);
    assert!(!d.enough_data && d.incidents.is_empty());
}

#[test]
fn a_minute_is_enough_for_a_heavy_failure_and_two_for_a_light_one() {
    let incidents = |seconds: i64, share: u32| {
        let all = counts(&simple(500, 500 + seconds, share));
        let d = detect(&all, Sensitivity::Normal);
        (d.incidents.len(), d.blips.len())
    };
    assert_eq!(incidents(50, 9), (0, 1));
    assert_eq!(incidents(70, 9), (1, 0));
    assert_eq!(incidents(100, 2), (0, 1));
    assert_eq!(incidents(140, 2), (1, 0));
}

#[test]
fn a_steady_poller_is_no_incident_when_the_others_sleep() {
    // Always one failure in five seconds; by night it is a fifth of the requests instead of a hundredth.
    let s = (0..24_000).map(|at| {
        let n = if at < 20_000 { 20 } else { 1 };
        second(at, n, u32::from(at % 5 == 0))
    });
    let d = found(s);
    assert!(d.incidents.is_empty(), "{d:?}");
}

/// A feed that fails each half minute, before, during and after an outage.
#[test]
fn what_always_fails_is_counted_and_dates_no_edge() {
    let feed = |at: i64| at % 30 == 18;
    let outage = |at: i64| (1200..1800).contains(&at) && at % 2 == 0;
    let seconds = (0..3600).map(|at| second(at, 10, u32::from(feed(at)) + u32::from(outage(at))));
    let always = (0..360).filter(|bin| bin % 3 == 1).map(|bin| (bin, 1));
    let c = Counts::new(seconds, None, BTreeSet::new()).with_always_failing(always.collect());
    let d = detect(&c, Sensitivity::Normal);
    assert_eq!(d.incidents.len(), 1, "{d:?}");
    assert_eq!((d.incidents[0].start, d.incidents[0].end), (1200, 1799));
    assert_eq!(d.incidents[0].runs[0].failed, 300 + 20);
}
