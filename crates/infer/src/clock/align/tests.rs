//! Zones of logs that write none, by what others write.

use super::*;
use crate::clock::shared_acts::tests::marker;
use coroner_core::summary::{Axis, InputMeta, JoinCell, Marker, Pos, Track};
use coroner_lines::record::{Kind, MarkerKind};
use coroner_lines::time::{MINUTE, SECOND};
use std::sync::Arc;

fn input(name: &str, scope: Kind) -> InputPart {
    InputPart::new(InputMeta::named(name, scope))
}

fn touch(t: &mut Track, us: i64) {
    t.span = Some(t.span.map_or((us, us), |(a, b)| (a.min(us), b.max(us))));
    let one = coroner_core::summary::Activity::of_line(us, Pos::default());
    let minute = us.div_euclid(MINUTE);
    t.activity.add_with(minute, || one, |_| {});
}

fn share(t: &mut Track, request: u64, us: i64) {
    t.joins.add(request, JoinCell { count: 1, us }, Track::join);
}

fn alert(us: i64) -> Marker {
    marker(MarkerKind::AlertFired, us)
}

fn part(v: Vec<InputPart>) -> Part {
    Part::of(1, (0..).zip(v))
}

const T0: i64 = 1_700_000_000 * SECOND;

#[test]
fn shared_requests_show_the_zone() {
    let (mut access, mut error) = (input("access", Kind::Web), input("error", Kind::Web));
    for i in 0..5u64 {
        let us = T0 + i as i64 * 7 * SECOND;
        touch(&mut access.utc, us);
        touch(&mut error.wall, us + 345 * MINUTE);
        share(&mut access.utc, i, us);
        share(&mut error.wall, i, us + 345 * MINUTE + SECOND);
    }
    let c = align(&part(vec![access, error]), &[]);
    let m = c.of(1).unwrap();
    assert_eq!((m.zone, m.source), (Zone::Fixed(345), ZoneSource::Aligned));
    assert!(c.of(0).is_none());
}

#[test]
fn a_tool_is_placed_beside_hosts_whose_zone_is_only_assumed() {
    let mut tool = input("ctl-1/ansible.log", Kind::Deploy);
    let mut hosts = ["db-1/syslog", "db-2/syslog"].map(|n| input(n, Kind::System));
    for (n, m) in [3, 47, 90].into_iter().enumerate() {
        let us = T0 + m * MINUTE;
        let own = &mut hosts[n % 2].wall;
        own.add_marker(marker(MarkerKind::Restart, us));
        touch(own, us);
        let us = us + 120 * MINUTE + SECOND;
        tool.wall.add_marker(marker(MarkerKind::Restart, us));
        touch(&mut tool.wall, us);
    }
    let [a, b] = hosts;
    let c = align(&part(vec![tool, a, b]), &[]);
    let of = |n: u32| c.of(n).map(|m| (m.zone, m.source));
    assert_eq!(of(0), Some((Zone::Fixed(120), ZoneSource::Assumed)));
    assert_eq!(of(1), Some((Zone::Fixed(0), ZoneSource::Assumed)));
}

#[test]
fn what_is_asked_for_again_and_again_shows_no_zone() {
    let (mut access, mut error) = (input("access", Kind::Web), input("error", Kind::Web));
    for i in 0..12i64 {
        // a quarter of them happen to lie an hour apart
        let apart = if i % 4 == 0 { 60 } else { 7 + 3 * i };
        let us = T0 + i * 7 * SECOND;
        touch(&mut access.utc, us);
        touch(&mut error.wall, us + apart * MINUTE);
        share(&mut access.utc, i as u64, us);
        share(&mut error.wall, i as u64, us + apart * MINUTE);
    }
    let c = align(&part(vec![access, error]), &[]);
    assert_eq!(c.of(1).map(|m| m.source), Some(ZoneSource::Assumed));
}

#[test]
fn bursts_show_the_zone_and_nothing_shows_nothing() {
    let (mut access, mut app) = (input("access", Kind::Web), input("app", Kind::App));
    let mut x = 12345u64;
    for i in 0..40i64 {
        x = x
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let us = T0 + (x >> 40) as i64 % 3000 * SECOND;
        touch(&mut access.utc, us);
        access.utc.errors.add(us, 1);
        touch(&mut app.wall, us - 300 * MINUTE);
        app.wall.errors.add(us - 300 * MINUTE + i % 2 * SECOND, 1);
    }
    let c = align(&part(vec![access, app.clone()]), &[]);
    assert_eq!(c.of(1).map(|m| m.zone), Some(Zone::Fixed(-300)));
    let c = align(&part(vec![app]), &[]);
    assert_eq!(c.of(0).map(|m| m.source), Some(ZoneSource::Assumed));
}

#[test]
fn what_is_collected_together_begins_and_ends_together() {
    let zone = |first: i64, last: i64| {
        let (mut stated, mut bare) = (input("stated", Kind::App), input("bare", Kind::App));
        for minute in 0..160 {
            touch(&mut stated.utc, T0 + minute * MINUTE);
        }
        for minute in first..last {
            touch(&mut bare.wall, T0 + (120 + minute) * MINUTE);
        }
        let c = align(&part(vec![stated, bare]), &[]);
        c.of(1).map(|m| m.zone)
    };
    assert_eq!(zone(2, 158), Some(Zone::Fixed(120)));
    assert_eq!(zone(2, 100), Some(Zone::UTC), "it ends long before");
}

#[test]
fn episodes_that_are_placed_so_already_are_not_placed_again() {
    let (mut stated, mut access) = (input("stated", Kind::App), input("access", Kind::Web));
    for minute in 0..160 {
        touch(&mut stated.utc, T0 + minute * MINUTE);
        touch(&mut access.wall, T0 + (120 + minute) * MINUTE);
    }
    let onset = T0 / SECOND + 1_800;
    access.wall.requests.failed.add(onset + 120 * 60, 1, None);
    let mut pager = input("pager", Kind::Pager);
    touch(&mut pager.utc, (onset + 40) * SECOND);
    pager.utc.add_marker(alert((onset + 40) * SECOND));
    let c = align(&part(vec![stated, access, pager]), &[(onset, onset + 900)]);
    assert_eq!(c.of(1).map(|m| m.zone), Some(Zone::Fixed(120)));
}

#[test]
fn a_zone_that_is_given_is_that_of_the_lines() {
    let mut app = input("app", Kind::App);
    touch(&mut app.wall, T0);
    Arc::make_mut(&mut app.meta).zone = Some(Zone::Fixed(345));
    let c = align(&part(vec![app]), &[]);
    assert_eq!(c.instant(0, Axis::Wall, T0), Instant(T0 - 345 * MINUTE));
}

#[test]
fn an_alert_belongs_to_an_episode() {
    let mut pager = input("pager", Kind::Pager);
    let onset = T0 / SECOND;
    let us = (onset + 40 - 5 * 3600) * SECOND;
    touch(&mut pager.wall, us);
    pager.wall.add_marker(alert(us));
    let found = |parts: Vec<InputPart>| {
        let c = align(&part(parts), &[(onset, onset + 900)]);
        c.of(0).map(|m| (m.zone, m.source))
    };
    // a single alert may fit by chance
    let west = Some((Zone::Fixed(-300), ZoneSource::Assumed));
    assert_eq!(found(vec![pager.clone()]), west);
    // the same where the pager writes its zone and the requests do not
    let mut access = input("access", Kind::Web);
    touch(&mut access.wall, onset * SECOND);
    access.wall.requests.failed.add(onset, 1, None);
    pager.utc = std::mem::take(&mut pager.wall);
    let east = Some((Zone::Fixed(300), ZoneSource::Assumed));
    assert_eq!(found(vec![access, pager]), east);
}

#[test]
fn an_alert_of_something_else_takes_no_log_beyond_what_was_collected_with_it() {
    let (mut stated, mut pager) = (input("stated", Kind::App), input("pager", Kind::Pager));
    for minute in 0..160 {
        touch(&mut stated.utc, T0 + minute * MINUTE);
        touch(&mut pager.wall, T0 + (60 + minute) * MINUTE);
    }
    let onset = T0 / SECOND + 6_000;
    pager.wall.add_marker(alert((onset + 40) * SECOND));
    let c = align(&part(vec![stated, pager]), &[(onset, onset + 900)]);
    assert_eq!(c.of(1).map(|m| m.zone), Some(Zone::Fixed(60)));
}

#[test]
fn a_few_lines_that_fit_into_the_time_of_the_others_show_no_zone() {
    let (mut access, mut few) = (input("access", Kind::Web), input("deploy", Kind::App));
    for i in 0..60 {
        touch(&mut access.utc, T0 + i * MINUTE);
    }
    for i in [1, 20, 58] {
        touch(&mut few.wall, T0 + (345 + i) * MINUTE);
    }
    let c = align(&part(vec![access, few]), &[]);
    let found = c.of(1).map(|m| (m.zone, m.source));
    assert_eq!(found, Some((Zone::UTC, ZoneSource::Assumed)));
}

#[test]
fn where_two_zones_fit_alike_the_one_that_a_host_writes_is_assumed() {
    let (mut access, mut json) = (input("access", Kind::Web), input("json", Kind::App));
    let mut kernel = input("kernel", Kind::System);
    for i in 0..600 {
        touch(&mut access.utc, T0 + i * MINUTE);
        touch(&mut json.utc, T0 + i * MINUTE);
    }
    for i in [200, 300] {
        touch(&mut kernel.wall, T0 + i * MINUTE);
    }
    json.accounting.offsets.at_or(0, Default::default);
    let zone = |written: &[i16]| {
        let mut access = access.clone();
        for o in written {
            access.accounting.offsets.at_or(*o, Default::default);
        }
        let c = align(&part(vec![access, json.clone(), kernel.clone()]), &[]);
        c.of(2).map(|m| (m.zone, m.source))
    };
    let assumed = |z| Some((z, ZoneSource::Assumed));
    assert_eq!(zone(&[0]), assumed(Zone::UTC));
    assert_eq!(zone(&[-240]), assumed(Zone::Fixed(-240)));
    assert_eq!(zone(&[-240, 60]), assumed(Zone::UTC), "none of several");
}

#[test]
fn a_short_log_has_the_zone_that_a_long_one_is_found_to_have() {
    let (mut bot, mut edge) = (input("bot", Kind::App), input("edge", Kind::Web));
    let mut play = input("ansible", Kind::Deploy);
    for i in 0..40 {
        touch(&mut bot.utc, T0 + i * MINUTE);
        touch(&mut edge.wall, T0 + (i - 300) * MINUTE);
    }
    for i in [5, 20, 25] {
        touch(&mut play.wall, T0 + (i - 300) * MINUTE);
    }
    let c = align(&part(vec![bot, edge, play]), &[]);
    for n in [1, 2] {
        let found = c.of(n).map(|m| (m.zone, m.source));
        assert_eq!(found, Some((Zone::Fixed(-300), ZoneSource::Assumed)));
    }
}

#[test]
fn a_log_of_the_whole_day_does_not_go_on_when_the_others_have_ended() {
    let (mut access, mut day) = (input("access", Kind::Web), input("printer", Kind::System));
    for i in 0..120 {
        touch(&mut access.utc, T0 + i * MINUTE);
    }
    for o in [0, 60] {
        access.accounting.offsets.at_or(o, Default::default);
    }
    let mut zone = |ends: i64| {
        for i in 0..60 {
            touch(&mut day.wall, T0 + (ends - i * 15) * MINUTE);
        }
        let c = align(&part(vec![access.clone(), day.clone()]), &[]);
        *day.wall = Track::default();
        c.of(1).map(|m| m.zone)
    };
    assert_eq!(zone(175), Some(Zone::Fixed(60)));
    assert_eq!(zone(119), Some(Zone::UTC));
}

#[test]
fn what_the_lines_of_one_show_is_assumed_of_others() {
    let (mut access, mut app) = (input("access", Kind::Web), input("a/app.log", Kind::App));
    let (mut quiet, mut other) = (
        input("b/app.log", Kind::App),
        input("c/cron.log", Kind::App),
    );
    for i in 0..5i64 {
        let us = T0 + i * 700 * SECOND;
        touch(&mut access.utc, us);
        share(&mut access.utc, i as u64, us);
        for p in [&mut app, &mut quiet, &mut other] {
            touch(&mut p.wall, us - 300 * MINUTE);
        }
        share(&mut app.wall, i as u64, us - 300 * MINUTE);
    }
    let c = align(&part(vec![access, app, quiet, other]), &[]);
    let zones: Vec<_> = (1..4)
        .filter_map(|i| Some((c.of(i)?.zone, c.of(i)?.source)))
        .collect();
    let west = Zone::Fixed(-300);
    assert_eq!(
        zones,
        [
            (west, ZoneSource::Aligned),
            (west, ZoneSource::Assumed),
            (west, ZoneSource::Assumed)
        ]
    );
}

#[test]
fn what_a_host_writes_elsewhere_is_assumed_of_what_is_called_alike_on_others() {
    let (mut access, mut job) = (
        input("edge/access", Kind::Web),
        input("a/job.log", Kind::App),
    );
    let mut nodes = ["a/node.log", "b/node.log"].map(|n| input(n, Kind::App));
    for i in 0..600 {
        touch(&mut access.utc, T0 + i * MINUTE);
        touch(&mut job.utc, T0 + i * MINUTE);
    }
    access.accounting.offsets.at_or(-240, Default::default);
    job.accounting.offsets.at_or(0, Default::default);
    for (node, at) in nodes.iter_mut().zip([200, 300]) {
        touch(&mut node.wall, T0 + at * MINUTE);
    }
    let [own, other] = nodes;
    let c = align(&part(vec![access, job, own, other]), &[]);
    let zones = [2, 3].map(|i| c.of(i).map(|m| m.zone));
    assert_eq!(zones, [Some(Zone::UTC); 2]);
}
