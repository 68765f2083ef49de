//! Offsets of hosts from request ids, and of clocks that were set.

use crate::clock::burst_offset::tests::bursts;
use crate::clock::host_offset::*;
use coroner_core::summary::{InputMeta, JoinCell, Pos};

const T0: i64 = 1_700_000_000 * SECOND;

fn input(name: &str) -> InputPart {
    let mut p = InputPart::new(InputMeta::named(name, Kind::App));
    p.utc.span = Some((T0, T0 + 900 * SECOND));
    p.utc.activity.add(
        T0.div_euclid(60 * SECOND),
        coroner_core::summary::Activity::of_line(T0, Pos::default()),
    );
    p
}

fn shifted(ids: impl Fn(u64) -> i64) -> Vec<Option<i64>> {
    let (mut edge, mut app) = (input("edge/access.log"), input("app-2/app.log"));
    let (system, other) = (input("app-2/syslog"), input("app-1/syslog"));
    for i in 0..20u64 {
        let us = T0 + i as i64 * 7 * SECOND;
        edge.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
        let us = us + ids(i);
        app.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
    }
    let part = Part::of(1, (0..).zip([edge, app, system, other]));
    let mut clocks = Clocks::default();
    shifts(&part, &BTreeSet::from([0]), &mut clocks);
    (0..4)
        .map(|i| clocks.shifts_of(i).first().map(|s| s.ahead_us / SECOND))
        .collect()
}

#[test]
fn request_ids_show_a_hosts_clock_and_outliers_do_not_matter() {
    let found = shifted(|i| (90 + if i % 6 == 0 { 40 } else { 0 }) * SECOND);
    assert_eq!(found, [None, Some(90), Some(90), None]);
}

#[test]
fn a_clock_that_is_right_and_ids_that_disagree_move_nothing() {
    assert_eq!(shifted(|_| SECOND), [None; 4]);
    assert_eq!(shifted(|i| i as i64 * 20 * SECOND), [None; 4]);
}

/// The offset of an application's log whose last lines share requests with the edge, 400 s behind; its times go on
/// as they are, or fall in the middle.
fn behind(clock: impl Fn(i64) -> i64) -> Option<i64> {
    let (mut edge, mut app) = (input("edge/access.log"), input("app-1/app.log"));
    app.utc = Default::default();
    for i in 0..180i64 {
        let us = T0 + clock(i * 20) * SECOND;
        let offset = i as u64 * 100;
        let one = coroner_core::summary::Activity::of_line(us, Pos { offset, line: 1 });
        let minute = us.div_euclid(60 * SECOND);
        app.utc.activity.add(minute, one);
    }
    app.utc.span = Some((T0 - 400 * SECOND, T0 + 3600 * SECOND));
    for i in 0..20u64 {
        let us = T0 + (2400 + i as i64 * 7) * SECOND;
        edge.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
        let us = us - 400 * SECOND;
        app.utc.ids.add(i, JoinCell { count: 1, us }, Track::join);
    }
    let part = Part::of(1, (0..).zip([edge, app]));
    let mut clocks = Clocks::default();
    shifts(&part, &BTreeSet::from([0]), &mut clocks);
    clocks.shifts_of(1).first().map(|s| s.ahead_us / SECOND)
}

#[test]
fn one_offset_is_not_taken_for_all_of_a_clock_that_was_set_back() {
    assert_eq!(behind(|s| s - 400), Some(-400));
    // right for half an hour: lines before would be wrong by as much as those after are put right
    assert_eq!(behind(|s| if s < 1800 { s } else { s - 400 }), None);
}

#[test]
fn errors_alone_do_not_distinguish_a_clock_from_a_wait() {
    let edge = Reference {
        failed: bursts(1, 0),
        requests: bursts(2, 0),
        ids: BTreeMap::new(),
    };
    let ahead = |errors: i64, requests: Option<i64>| {
        let requests = requests.map_or_else(Series::default, |by| bursts(2, by));
        let found = edge.bursts(&bursts(1, errors), &requests, |_| None)?;
        Some(found.iter().map(|s| s.ahead / SECOND).collect::<Vec<_>>())
    };
    assert_eq!(ahead(-10, None), None, "a time-out of ten seconds");
    assert_eq!(
        ahead(-10, Some(0)),
        None,
        "requests that show that the clock is right"
    );
    assert_eq!(ahead(-10, Some(-10)), Some(vec![-10]));
    assert_eq!(ahead(0, None), Some(vec![0]));
    // waits that begin half way, as those for a pool that is used up do
    let (mut errors, late) = (bursts(1, 0), bursts(1, 30));
    errors.of.split_off(&750);
    errors.of.extend(late.of.range(780..));
    assert_eq!(edge.bursts(&errors, &Series::default(), |_| None), None);
}
