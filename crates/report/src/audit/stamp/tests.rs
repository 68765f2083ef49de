//! Tests of which date, zone and half of the day a time has, and of spans.

use super::*;
use crate::audit::tests::audited;

/// Day and clock of each time as `month-day+days hh:mm`, and the side.
fn read(text: &str) -> Vec<(String, Side)> {
    let shown = |s: &Stamp| {
        let day = s.date.as_ref();
        let day = day.map_or("-".to_owned(), |d| format!("{}-{}", d.month, d.day));
        let (h, m) = (s.clock.secs / 3600, s.clock.secs / 60 % 60);
        (format!("{day}{:+} {h:02}:{m:02}", s.plus), s.side)
    };
    stamps(text).iter().map(shown).collect()
}

#[test]
fn each_time_has_the_date_that_it_depends_on() {
    for (text, want) in audited("stamp") {
        let got = read(text);
        let got: Vec<_> = got
            .iter()
            .map(|(s, side)| format!("{s} {side:?}"))
            .collect();
        assert_eq!(got.join(", "), want, "{text}");
    }
}

#[test]
fn a_zone_goes_for_both_ends() {
    crate::tests::holds("zone of both ends", |text| {
        let all = stamps(text);
        let ends = all
            .iter()
            .map(|s| format!("{:?} {}", s.side, s.clock.zone.is_some()));
        ends.collect::<Vec<_>>().join(", ")
    });
}
