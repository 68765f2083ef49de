//! Patterns of times read what they say, and any pattern ends.

use super::*;
use crate::time::stamp::whole;
use proptest::prelude::*;

#[test]
fn patterns_read_what_they_say() {
    let want = whole(b"2026-11-20 06:33:21.123").unwrap().wall_us;
    for (pattern, text) in [
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-20T06:33:21.123+0100"),
        ("%d/%b/%Y:%H:%M:%S.%3N", "20/Nov/2026:06:33:21.123"),
        (
            "%A, %e %B %Y %I:%M:%S,%L %p %Z",
            "Friday, 20 November 2026 6:33:21,123 AM CET",
        ),
        ("%F %T.%f", "2026-11-20 06:33:21.123"),
        ("%y%m%d %k:%M:%S.%f", "261120  6:33:21.123"),
        ("%Y %j %H:%M:%S.%f", "2026 324 06:33:21.123"),
    ] {
        let t = TimeFormat::strptime(pattern).unwrap();
        assert_eq!(
            t.whole(text.as_bytes()).map(|s| s.wall_us),
            Some(want),
            "{pattern}"
        );
    }
    for (pattern, text) in [
        ("dd/MM/yyyy HH:mm:ss,SSS", "20/11/2026 06:33:21,123"),
        (
            "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "2026-11-20T06:33:21.123+01:00",
        ),
        ("ISO8601", "2026-11-20 06:33:21,123"),
        ("dd MMM yyyy h:mm:ss.SSS a", "20 Nov 2026 6:33:21.123 AM"),
    ] {
        let t = TimeFormat::java(pattern).unwrap();
        assert_eq!(
            t.whole(text.as_bytes()).map(|s| s.wall_us),
            Some(want),
            "{pattern}"
        );
    }
    let t = TimeFormat::strptime("%s").unwrap();
    assert_eq!(
        t.whole(b"1795156401.5").unwrap().wall_us,
        1_795_156_401_500_000
    );
    assert_eq!(
        TimeFormat::java("HH:mm:ss,SSS")
            .unwrap()
            .whole(b"06:33:21,123")
            .unwrap()
            .dated,
        Dated::NoDate
    );
    assert_eq!(
        TimeFormat::strptime("%b %d %T")
            .unwrap()
            .whole(b"Feb 29 06:33:21")
            .unwrap()
            .dated,
        Dated::NoYear
    );
    assert!(TimeFormat::strptime("%Q").is_err() && TimeFormat::strptime("%Y-%m-%d").is_err());
    assert!(TimeFormat::java("yyyy-BB HH").is_err() && TimeFormat::java("HH 'x").is_err());
}

proptest! {
    #[test]
    fn any_pattern_and_text_end(pattern in "[%a-zA-Z0-9 :/'-]{0,20}", text in proptest::collection::vec(any::<u8>(), 0..40)) {
        for t in [TimeFormat::strptime(&pattern), TimeFormat::java(&pattern)].into_iter().flatten() {
            let _ = t.read(&text);
        }
    }
}
