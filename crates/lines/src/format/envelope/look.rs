//! What a look shows of a line: that it is in no wrapper. What each wrapper wants to see stands in its `peel`; a test holds both
//! against each other.

/// Whether a look shows that a line is in no wrapper: it begins with a day and a clock behind a blank, or with two words of which
/// the first is no name of a day or month.
#[inline]
pub(super) fn shows_none(line: &[u8]) -> bool {
    let word = line.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    if word == 0 {
        let dated = |d: &[u8; 12]| {
            let day = |c: &u8| c.is_ascii_digit() || *c == b'-';
            d[..10].iter().all(day) && d[4] == b'-' && d[10] == b' ' && d[11].is_ascii_digit()
        };
        let first = line.first().is_some_and(u8::is_ascii_digit);
        return first && line.first_chunk().is_some_and(dated) && line.last() != Some(&b'}');
    }
    let low = line[0].is_ascii_lowercase();
    (word > 3 || word > 1 && low) && matches!(line[word..], [b' ', b'a'..=b'z' | b'A'..=b'Z', ..])
}
