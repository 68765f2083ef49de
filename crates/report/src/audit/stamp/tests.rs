//! Tests of which date, zone and half of the day a time has, and of spans.

use super::*;

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
fn each_time_has_the_date_that_it_hangs_on() {
    use Side::*;
    for (text, want) in [
        (
            "Between 21:40 UTC on 3 Sep 2021 and 05:10 UTC on 4 Sep 2021, some",
            vec![("9-3+0 21:40", Start), ("9-4+0 05:10", End)],
        ),
        (
            "May 9, 2022, 07:30 UTC - May 10, 2022, 01:00 UTC",
            vec![("5-9+0 07:30", Start), ("5-10+0 01:00", End)],
        ),
        // one date: before the span it is that of the start, behind it of both
        (
            "On 4 May, between 22:45 and approximately 00:48 UTC",
            vec![("5-4+0 22:45", Start), ("5-4+1 00:48", End)],
        ),
        (
            "from 22:45 UTC on 4 May until 02:00 the next day",
            vec![("5-4+0 22:45", Start), ("5-4+1 02:00", End)],
        ),
        (
            "Between 05:10 and 09:25 UTC on 8 Nov 2019, customers",
            vec![("11-8+0 05:10", Start), ("11-8+0 09:25", End)],
        ),
        (
            "from 22:00 to 5 May 02:00",
            vec![("5-5-1 22:00", Start), ("5-5+0 02:00", End)],
        ),
        // past midnight, the date behind may be that of either day
        (
            "between 22:10 and 01:30 UTC on 8 Nov 2019",
            vec![("-+0 22:10", Unclear), ("11-8+0 01:30", Unclear)],
        ),
        // a night or an afternoon
        (
            "from 9:30 to 1:15",
            vec![("-+0 09:30", Unclear), ("-+1 01:15", Unclear)],
        ),
        (
            "from 7:31 to 9:21 PM PT.",
            vec![("-+0 19:31", Start), ("-+0 21:21", End)],
        ),
        // no spans: lists, one time in two zones, sentences
        (
            "at 10:00 and 10:05",
            vec![("-+0 10:00", Alone), ("-+0 10:05", Alone)],
        ),
        (
            "10:00 PT / 17:00 UTC",
            vec![("-+0 10:00", Unclear), ("-+0 17:00", Unclear)],
        ),
        (
            "It began at 10:00. To 11:00 it",
            vec![("-+0 10:00", Alone), ("-+0 11:00", Alone)],
        ),
        (
            "at 10:00 on 3 May the next deploy",
            vec![("5-3+0 10:00", Alone)],
        ),
    ] {
        let got = read(text);
        let got: Vec<_> = got.iter().map(|(s, side)| (s.as_str(), *side)).collect();
        assert_eq!(got, want, "{text}");
    }
}

#[test]
fn a_zone_goes_for_both_ends() {
    for text in [
        "13:05-13:10 UTC",
        "from 13:05 UTC to 13:10",
        "2 May 2020 13:05 to 2 May 2020 UTC 13:10",
        "13:05 to 13:10 on 2 May 2020 (UTC)",
    ] {
        let all = stamps(text);
        let side = |s: &Stamp| (s.side, s.clock.zone.is_some());
        assert_eq!(side(&all[0]), (Side::Start, true), "{text}");
        assert_eq!(side(&all[1]), (Side::End, true), "{text}");
    }
    assert!(stamps("13:05-13:10")[0].clock.zone.is_none());
}
