//! Rarer ways to write a time, held against plain ones.

use crate::time::stamp::rare_shapes::*;
use crate::time::stamp::whole;

fn wall(s: &str) -> i64 {
    chrono::NaiveDateTime::parse_from_str(s, "%Y-%m-%d %H:%M:%S%.f")
        .unwrap()
        .and_utc()
        .timestamp_micros()
}

fn read(s: &str) -> (i64, Dated) {
    let s = whole(s.as_bytes()).unwrap_or_else(|| panic!("{s}"));
    (s.wall_us, s.dated)
}

#[test]
fn numbers_in_any_order() {
    for (written, means, dated) in [
        (
            "20/11/2026 06:33:21,123",
            "2026-11-20 06:33:21.123",
            Dated::DayFirst,
        ),
        (
            "11/20/2026 06:33:21",
            "2026-11-20 06:33:21",
            Dated::MonthFirst,
        ),
        ("03/10/2026 06:33:21", "2026-10-03 06:33:21", Dated::Either),
        (
            "3/10/2026, 1:55:03 PM",
            "2026-10-03 13:55:03",
            Dated::LikelyMonthFirst,
        ),
        ("11/11/2026 06:33", "2026-11-11 06:33:00", Dated::Full),
        ("03.10.2026 06:33:21", "2026-10-03 06:33:21", Dated::Full),
        ("20.11.26 06:33:21", "2026-11-20 06:33:21", Dated::Full),
        ("26-11-20 06:33:21", "2026-11-20 06:33:21", Dated::Full),
        ("17/06/09 20:10:40", "2017-06-09 20:10:40", Dated::Full),
        (
            "11/20/26 06:33:21",
            "2026-11-20 06:33:21",
            Dated::MonthFirst,
        ),
        ("03/10/26 06:33:21", "2026-10-03 06:33:21", Dated::Either),
        (
            "20-11-2026 06:33:21",
            "2026-11-20 06:33:21",
            Dated::DayFirst,
        ),
        ("261120  6:33:21", "2026-11-20 06:33:21", Dated::Full),
        ("691120 06:33:21", "2069-11-20 06:33:21", Dated::Full),
        ("701120 06:33:21", "1970-11-20 06:33:21", Dated::Full),
        ("20261120 06:33:21.5", "2026-11-20 06:33:21.5", Dated::Full),
        ("20261120T063321Z", "2026-11-20 06:33:21", Dated::Full),
        ("20260310130500Z", "2026-03-10 13:05:00", Dated::Full),
    ] {
        assert_eq!(read(written), (wall(means), dated), "{written}");
    }
}

#[test]
fn twelve_hour_clocks() {
    for (written, means) in [
        ("2026-11-20 01:55:03 PM", "2026-11-20 13:55:03"),
        ("2026-11-20 1:55 PM", "2026-11-20 13:55:00"),
        ("2026-11-20 12:05:00 AM", "2026-11-20 00:05:00"),
        ("2026-11-20 12:05:00 pm", "2026-11-20 12:05:00"),
        ("2026-11-20 13:00:00 PM", "2026-11-20 13:00:00"),
        ("2026-11-20 2:00PM", "2026-11-20 14:00:00"),
        ("Nov 20, 2026 1:55:03 PM", "2026-11-20 13:55:03"),
        ("Nov 5, 2026, 1:55:03 AM", "2026-11-05 01:55:03"),
    ] {
        assert_eq!(read(written).0, wall(means), "{written}");
    }
}

#[test]
fn clocks_at_their_edges() {
    for (written, means) in [
        ("2026-11-20T24:00:00", "2026-11-21 00:00:00"),
        ("2026-11-20T00:00Z", "2026-11-20 00:00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31 23:59:59"),
        ("2026-11-20T06:33:21.5Z", "2026-11-20 06:33:21.5"),
        ("2026-11-20T06:33:21.1234567Z", "2026-11-20 06:33:21.123456"),
        ("Fri, 20 Nov 2026 06:33:21 +0000", "2026-11-20 06:33:21"),
        ("Fri, 20 Nov 2026 06:33:21 GMT", "2026-11-20 06:33:21"),
    ] {
        assert_eq!(read(written).0, wall(means), "{written}");
    }
    assert_eq!(
        read("13:05:00,123"),
        ((13 * 3600 + 300) * SECOND + 123_000, Dated::NoDate)
    );
}

#[test]
fn labels_of_other_systems() {
    let at = |s: &str| whole(s.as_bytes()).unwrap().instant().unwrap().0;
    // 0x6a5ef09b - 10 = 1784606865
    assert_eq!(at("@400000006a5ef09b1dcd6500"), 1_784_606_865_500_000);
    assert_eq!(at("/Date(1773147900000+0100)/"), 1_773_147_900_000_000);
    assert_eq!(at("1.795156401123e9"), 1_795_156_401_123_000);
    assert_eq!(at("134396300010000000"), 1_795_156_401_000_000);
}

#[test]
fn what_stands_for_no_time() {
    for s in [
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1970-01-01 00:00:00",
        "0000-00-00 00:00:00",
        "1601-01-01T00:00:00Z",
        "Pre-Init",
        "<nil>",
        "-",
        "32/01/2026 00:00:00",
        "1:2:3",
        "06:33",
    ] {
        assert_eq!(whole(s.as_bytes()), None, "{s}");
    }
}

#[test]
fn dates_in_numbers_of_known_writers() {
    // 2026-03-10 13:05:00 as wall time
    let at = 1_773_147_900_000_000;
    for (line, us, dated, behind) in [
        (
            "10/3/2026 -- 13:05:00 - <Error>",
            at,
            Dated::DayFirst,
            " - <Error>",
        ),
        (
            "03/10/2026-13:05:00.123456  [**]",
            at + 123_456,
            Dated::MonthFirst,
            "  [**]",
        ),
        (
            "10.03.26 13:05:00:123 CET",
            at + 123_000,
            Dated::Full,
            " CET",
        ),
        (
            "15/3/26 13:05:00:123 CET",
            at + 5 * crate::time::DAY + 123_000,
            Dated::DayFirst,
            " CET",
        ),
        ("10.03.26 13:05:00:1234 CET", at, Dated::Full, ":1234 CET"),
    ] {
        let (rest, s) = numeric(line.as_bytes()).unwrap();
        assert_eq!((s.wall_us, s.dated), (us, dated), "{line}");
        assert_eq!(rest, behind.as_bytes(), "{line}");
    }
}

#[test]
fn behind_a_date_a_clock_need_not_be_padded() {
    for (written, means) in [
        ("20171223-23:1:5:778", "2017-12-23 23:01:05.778"),
        ("20171223-23:1:5:7", "2017-12-23 23:01:05.007"),
        ("20261120 6:3:21", "2026-11-20 06:03:21"),
        ("2026-11-20 6:3:1", "2026-11-20 06:03:01"),
        ("2026/11/20 06:33:2.5", "2026-11-20 06:33:02.5"),
        ("20.11.2026 6:3:1,25", "2026-11-20 06:03:01.25"),
        ("20/Nov/2026:6:3:1 +0000", "2026-11-20 06:03:01"),
        ("Nov 20, 2026 1:5:3 PM", "2026-11-20 13:05:03"),
        ("20 Nov 2026 6:3:1", "2026-11-20 06:03:01"),
        ("Nov 20 2026 6:3:1", "2026-11-20 06:03:01"),
        ("Nov 5 2026 6:3:1", "2026-11-05 06:03:01"),
        ("Fri Nov 20 6:3:1 2026", "2026-11-20 06:03:01"),
        ("2026-324T6:3:1,123", "2026-11-20 06:03:01.123"),
    ] {
        assert_eq!(read(written).0, wall(means), "{written}");
    }
    // without a date, or without seconds, they are numbers
    for s in [
        "6:3:1",
        "06:33:2",
        "2026-11-20 6:3",
        "2026-11-20 6:3:",
        "2026-11-20 6:3:61",
    ] {
        assert!(whole(s.as_bytes()).is_none(), "{s}");
    }
}
