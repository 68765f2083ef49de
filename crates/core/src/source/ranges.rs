//! Mapped bytes to ranges of whole lines, for workers to take in parallel.
//! A function of the bytes, the size and the head test, so that every run cuts alike.

use memchr::memchr;
use std::ops::Range;

/// Says whether the line that begins at that index of some bytes may begin a piece.
pub type HeadTest<'h> = Box<dyn Fn(&[u8], usize) -> bool + Send + 'h>;

/// Cuts bytes into consecutive ranges of at least `target` bytes (the last may be shorter), each beginning at a line
/// for which `is_head` is true. A function of its arguments only. A range without an inner head may get long.
pub fn cut(
    data: &[u8],
    target: usize,
    is_head: impl Fn(&[u8], usize) -> bool,
) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < data.len() {
        let mut end = next_line(data, start.saturating_add(target.max(1)) - 1);
        while end < data.len() && !is_head(data, end) {
            end = next_line(data, end);
        }
        ranges.push(start..end);
        start = end;
    }
    ranges
}

/// Where the line after the one that holds byte `at` begins; the end of the data if there is none.
fn next_line(data: &[u8], at: usize) -> usize {
    data.get(at..)
        .and_then(|rest| memchr(b'\n', rest))
        .map_or(data.len(), |n| at + n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_head(data: &[u8], at: usize) -> bool {
        data[at] != b' '
    }

    #[test]
    fn ranges_begin_at_heads() {
        let content = b"h1\n c\n c\nh2\nh3\n c\n";
        let ranges = cut(content, 1, is_head);
        let begin: Vec<_> = ranges
            .iter()
            .map(|r| &content[r.start..r.start + 2])
            .collect();
        assert_eq!(begin, [b"h1", b"h2", b"h3"]);
        // Without any head everything is one range.
        let whole = 0..content.len();
        assert_eq!(cut(content, 1, |_, _| false), std::slice::from_ref(&whole));
        assert!(cut(b"", 1, is_head).is_empty());
    }

    proptest! {
        #[test]
        fn ranges_join_to_the_content(
            lines in proptest::collection::vec("[ a-z]{0,30}", 0..200), target in 0usize..3000, heads in any::<bool>(),
        ) {
            let content = lines.join("\n").into_bytes();
            let mut end = 0;
            for r in cut(&content, target, |d, at| !heads || is_head(d, at)) {
                prop_assert_eq!(r.start, end);
                prop_assert!(r.end == content.len() || content[r.end - 1] == b'\n');
                prop_assert!(r.end == content.len() || r.len() >= target);
                prop_assert!(r.start == 0 || !heads || is_head(&content, r.start));
                end = r.end;
            }
            prop_assert_eq!(end, content.len());
        }

    }
}
