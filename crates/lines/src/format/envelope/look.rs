//! What a look shows of a line: that it is in no wrapper. What each wrapper wants to see stands in its `peel`; a test holds both
//! against each other.

use crate::table::byte_words;
use crate::vector::ByteWindow;

/// Bytes among which a wrapper has its tabs.
const TABS: usize = 128;

/// Whether a look shows that a line is in no wrapper: it begins with a day and a clock behind a blank, with a time of one word and
/// a level, as an access line does, with a pair, or with two words of which the first is no name of a day or month.
#[inline]
pub(super) fn shows_none(line: &[u8]) -> bool {
    let word = line.iter().take_while(|c| c.is_ascii_alphabetic()).count();
    if word == 0 {
        let dated = |d: &[u8; 12]| {
            let day = |c: &u8| c.is_ascii_digit() || *c == b'-';
            d[..10].iter().all(day) && d[4] == b'-' && d[10] == b' ' && d[11].is_ascii_digit()
        };
        let first = line.first().is_some_and(u8::is_ascii_digit);
        let begins =
            || is_client(line) || line.first_chunk().is_some_and(dated) || is_leveled(line);
        return first && line.last() != Some(&b'}') && begins();
    }
    if line.get(word) == Some(&b'=') {
        return line.last() != Some(&b']') && has_no_tab(line);
    }
    let low = line[0].is_ascii_lowercase();
    (word > 3 || word > 1 && low) && matches!(line[word..], [b' ', b'a'..=b'z' | b'A'..=b'Z', ..])
}

/// Whether an address stands in front of ` - `, as in access lines.
fn is_client(line: &[u8]) -> bool {
    let Some(window) = line.first_chunk().map(ByteWindow) else {
        return false;
    };
    let points = window.equal(b'.');
    let n = (window.between(b'0', b'9') | points).trailing_ones();
    n <= 16 && line[n as usize..].starts_with(b" - ") && (points & ((1 << n) - 1)).count_ones() == 3
}

/// Whether a time of one word stands in front of a level in capitals, and no name of a program behind that, which would make a
/// machine of the level.
fn is_leveled(line: &[u8]) -> bool {
    const TIME: usize = 40;
    const LEVELS: [&[u8]; 6] = byte_words("TRACE DEBUG INFO WARN ERROR FATAL");
    let end = line.iter().take(TIME).position(|c| *c == b' ');
    let (time, rest) = line.split_at(end.unwrap_or(0));
    let clock = |c: &u8| c.is_ascii_digit() || b"-T:.,+Z".contains(c);
    let rest = rest.trim_ascii_start();
    let capitals = rest.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let (level, behind) = rest.split_at(capitals);
    let name = behind.trim_ascii_start();
    let fits = |c: &&u8| c.is_ascii_alphanumeric() || b"-_./@()+\\".contains(c);
    let signs = &name[name.iter().take_while(fits).count()..];
    time.get(10) == Some(&b'T')
        && time.iter().all(clock)
        && LEVELS.contains(&level)
        && behind.first() == Some(&b' ')
        && !name.starts_with(level)
        && !matches!(signs, [b'[', ..] | [b':'] | [b':', b' ', ..])
        && has_no_tab(line)
}

fn has_no_tab(line: &[u8]) -> bool {
    memchr::memchr(b'\t', &line[..line.len().min(TABS)]).is_none()
}
