//! Rarer ways to write a time, held against plain ones.

use crate::time::stamp::rare_shapes::*;

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
