//! Years and orders of dates: what the sampled lines state, and what they do not.

use super::*;
use crate::plan::For;
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

#[test]
fn day_or_month_first() {
    let order = |lines: &[&str], newest| {
        let (c, doubts) = made("a.log", lines, newest);
        (c.month_first, doubts.is_empty())
    };
    assert_eq!(
        order(&["03/10/2026 01:00:00", "13/10/2026 01:00:00"], None),
        (false, true)
    );
    assert_eq!(
        order(&["03/10/2026 01:00:00", "03/13/2026 01:00:00"], None),
        (true, true)
    );
    // 10, 11 and 12 March follow each other; 3 October, November, December do not
    let march = [
        "03/10/2026 01:00:00",
        "03/11/2026 01:00:00",
        "03/12/2026 01:00:00",
    ];
    assert_eq!(order(&march, None), (true, true));
    let one = ["03/10/2026 01:00:00"];
    assert_eq!(order(&one, Some("2026-03-10 02:00:00")), (true, true));
    assert_eq!(order(&one, Some("2026-10-03 02:00:00")), (false, true));
    assert_eq!(order(&one, None), (false, false));
    let halved = ["03/10/2026 1:00:00 PM"];
    assert_eq!(order(&halved, None), (true, false));
    assert_eq!(order(&halved, Some("2026-10-03 02:00:00")), (false, true));
    assert_eq!(
        order(&["03/10/2026 1:00:00 PM", "13/10/2026 1:00:00 PM"], None),
        (false, true)
    );
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
    let start = |name, lines: &[&str], newest| made(name, lines, newest).0.start.unwrap();
    let lines = ["23:50:00", "00:10:00"];
    assert_eq!(
        start("app-2026-02-01.log", &lines, None),
        wall("2026-02-01 23:50:00")
    );
    assert_eq!(
        start("20260201/app.log", &lines, None),
        wall("2026-02-01 23:50:00")
    );
    assert_eq!(start("app.log", &lines, None), wall("2026-03-10 23:50:00"));
    assert_eq!(
        start("app.log", &lines, Some("2026-03-05 00:20:00")),
        wall("2026-03-04 23:50:00")
    );
    let (_, doubts) = made("app.log", &lines, None);
    assert!(
        doubts[0].contains("2026-03-10, by the time of the file"),
        "{doubts:?}"
    );
    assert!(made("2026-02-01.log", &lines, None).1.is_empty());
}

#[test]
fn a_heading_shows_day_and_zone() {
    let of = |heading: &str, clock: &str| {
        let mut d = Dates::default();
        d.above(b"Task ID:        ServerTasks-48211");
        d.above(b"Server built:   Sep 6 2023 09:10:11 UTC");
        d.above(heading.as_bytes());
        d.above(b"Task completed: Friday, 1 May 2026 10:00:00 +02:00");
        d.see(whole(clock.as_bytes()).unwrap());
        let (c, doubts) = calendar(("a.log", None), &d, None, 0, &PlanConfig::default());
        assert_eq!(doubts, [""; 0]);
        (c.start, c.start_offset_min)
    };
    assert_eq!(
        of(
            "Task started:   Tuesday, 10 March 2026 13:38:10 +02:00",
            "13:38:12"
        ),
        (Some(wall("2026-03-10 13:38:12")), Some(120))
    );
    assert_eq!(
        of(
            "queued: Tuesday, 10 March 2026 1:38:06 PM +01:00",
            "13:38:12"
        )
        .1,
        Some(60)
    );
    assert_eq!(
        of(
            "Started 'Tue Mar 10 23:59:58 UTC 2026' on agent 'a-2'",
            "00:00:03"
        ),
        (Some(wall("2026-03-11 00:00:03")), Some(0))
    );
    assert_eq!(
        of("--- Log opened Tue Mar 10 08:01:12 2026", "18:04:00"),
        (Some(wall("2026-03-10 18:04:00")), None)
    );
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
