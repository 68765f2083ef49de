//! Patterns of times read what they say, and any pattern ends.

use super::*;
use crate::tests::{or_dash, tried};
use proptest::prelude::*;

#[test]
fn patterns_read_what_they_say() {
    type Made = fn(&str) -> Result<TimeFormat, String>;
    let ways: [(&str, Made); 2] = [
        ("time by strptime", TimeFormat::strptime),
        ("time by Java", TimeFormat::java),
    ];
    for (topic, made) in ways {
        for [pattern, text, want] in tried(topic) {
            let read = made(&pattern).map(|t| t.whole(text.as_bytes()));
            let read = read.ok().flatten();
            let read = or_dash(read.map(|s| format!("{} {:?}", s.wall_us, s.dated)));
            assert_eq!(read, want, "{pattern}");
        }
    }
}

proptest! {
    #[test]
    fn any_pattern_and_text_end(pattern in "[%a-zA-Z0-9 :/'-]{0,20}", text in proptest::collection::vec(any::<u8>(), 0..40)) {
        for t in [TimeFormat::strptime(&pattern), TimeFormat::java(&pattern)].into_iter().flatten() {
            let _ = t.read(&text);
        }
    }
}
