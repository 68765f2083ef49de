//! Years and orders of dates: what the sampled lines state, and what they do not.

use super::*;
use crate::plan::For;
use crate::tests::{holds, or_dash, tried};
use coroner_lines::time::stamp::whole;

fn dates(lines: &[&str]) -> Dates {
    let mut d = Dates::default();
    lines
        .iter()
        .for_each(|l| d.see(whole(l.as_bytes()).unwrap_or_else(|| panic!("{l}"))));
    d
}

fn wall(s: &str) -> i64 {
    whole(s.as_bytes()).unwrap().wall_us
}

fn made(name: &str, lines: &[&str], newest: Option<&str>) -> (Calendar, Vec<String>) {
    calendar(
        (name, Some(wall("2026-03-11 09:00:00"))),
        &dates(lines),
        newest.map(wall),
        0,
        &PlanConfig::default(),
    )
}

/// Lines, and behind `before` the newest time of other inputs: whether the month is first, and whether that is sure.
#[test]
fn day_or_month_first() {
    holds("order of a date", |t| {
        let (lines, newest) = t.split_once(" before ").unwrap_or((t, ""));
        let lines: Vec<&str> = lines.split('|').collect();
        let newest = Some(newest).filter(|n| !n.is_empty());
        let (c, doubts) = made("a.log", &lines, newest);
        format!("{} {}", c.month_first, doubts.is_empty())
    });
}

#[test]
fn the_year_is_held_by_two_inputs_or_most_lines() {
    let newest = |logs: &[&[&str]]| {
        let all: Vec<Dates> = logs.iter().map(|l| dates(l)).collect();
        newest(all.iter())
    };
    let day: Vec<String> = (0..60)
        .map(|m| format!("2026-03-10 12:{m:02}:00"))
        .collect();
    let day: Vec<&str> = day.iter().map(String::as_str).collect();
    let last = Some(wall("2026-03-10 12:59:00"));
    assert_eq!(newest(&[&day]), last);
    for odd in [
        "2027-03-10 12:00:00",
        "2424-03-10 12:00:00",
        "9999-12-31 23:59:59",
    ] {
        let damaged = [&day[..], &[odd]].concat();
        assert_eq!(newest(&[&damaged]), last, "{odd}");
        assert_eq!(newest(&[&day, &[odd]]), last, "{odd}");
    }
    // a few lines of one log behind the turn of the year, and months after all others
    let (old, turned) = (["2026-12-31 23:59:58"; 9], ["2027-01-01 00:00:03"]);
    assert_eq!(newest(&[&old, &turned]), Some(wall(turned[0])));
    let later = ["2026-08-01 00:00:03"];
    assert_eq!(newest(&[&day, &later]), Some(wall(later[0])));
    assert_eq!(
        newest(&[&["2026-03-10 12:00:00"], &["2020-03-10 12:00:00"]]),
        Some(wall("2026-03-10 12:00:00"))
    );
    assert_eq!(newest(&[&[]]), None);
}

#[test]
fn days_of_lines_without_a_date() {
    let lines = ["23:50:00", "00:10:00"];
    for [name, newest, want] in tried("day of clocks") {
        let newest = Some(&*newest).filter(|n| *n != "-");
        let (c, _) = made(&name, &lines, newest);
        assert_eq!(c.start, Some(wall(&want)), "{name}");
    }
    let (_, doubts) = made("app.log", &lines, None);
    assert!(
        doubts[0].contains("2026-03-10, by the time of the file"),
        "{doubts:?}"
    );
    assert!(made("2026-02-01.log", &lines, None).1.is_empty());
}

#[test]
fn a_heading_shows_day_and_zone() {
    for [heading, clock, start, offset] in tried("heading above clocks") {
        let mut d = Dates::default();
        d.above(b"Task ID:        ServerTasks-48211");
        d.above(b"Server built:   Sep 6 2023 09:10:11 UTC");
        d.above(heading.as_bytes());
        d.above(b"Task completed: Friday, 1 May 2026 10:00:00 +02:00");
        d.see(whole(clock.as_bytes()).unwrap());
        let (c, doubts) = calendar(("a.log", None), &d, None, 0, &PlanConfig::default());
        assert_eq!(doubts, [""; 0]);
        assert_eq!(c.start, Some(wall(&start)), "{heading}");
        assert_eq!(or_dash(c.start_offset_min), offset, "{heading}");
    }
}

#[test]
fn years_by_pattern() {
    let config = PlanConfig {
        years: vec![
            For::new(None, 2026).unwrap(),
            For::new(Some("old/*"), 2023).unwrap(),
        ],
        ..PlanConfig::default()
    };
    let of = |name: &str| {
        let (reference, basis) = year(&config, None);
        assert_eq!(basis, YearBasis::Given);
        calendar(
            (name, None),
            &dates(&["Dec 31 23:59:59"]),
            None,
            reference,
            &config,
        )
        .0
    };
    let new_year = whole(b"Dec 31 23:59:59").unwrap();
    let year_of =
        |c: Calendar| civil_from_days(c.complete(new_year).unwrap().wall_us.div_euclid(DAY)).0;
    assert_eq!(
        (year_of(of("a.log")), year_of(of("old/a.log"))),
        (2026, 2023)
    );
}

#[test]
fn the_year_that_is_given_is_that_of_the_lines_behind_its_turn() {
    let config = PlanConfig {
        years: vec![For::new(None, 2026).unwrap()],
        ..PlanConfig::default()
    };
    let years = |lines: &[&str]| -> Vec<i64> {
        let c = calendar(("", None), &dates(lines), None, end_of(2026), &config).0;
        let year = |l: &&str| {
            let w = c.complete(whole(l.as_bytes()).unwrap()).unwrap().wall_us;
            civil_from_days(w.div_euclid(DAY)).0
        };
        lines.iter().map(year).collect()
    };
    let turn = [
        "Nov 30 10:00:00",
        "Dec 31 23:59:59",
        "Jan  1 00:00:01",
        "Feb  2 01:00:00",
    ];
    assert_eq!(years(&turn), [2025, 2025, 2026, 2026]);
    let newest_first: Vec<&str> = turn.iter().rev().copied().collect();
    assert_eq!(years(&newest_first), [2026, 2026, 2025, 2025]);
    // no turn: all of one year, whatever the month
    assert_eq!(
        years(&["Jan  1 00:00:01", "Jun  1 00:00:01", "Dec 31 23:59:59"]),
        [2026; 3]
    );
}
