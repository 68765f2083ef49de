//! Whether a time may begin somewhere: two looks that cost next to nothing, for the many places where none does.

use crate::time::stamp::locale_months::NAMES;

/// Bytes of the longest words in front of the first number of a time, and that number.
const WORDS: usize = 32;

/// False only where no shape of [`crate::time::stamp::SHAPES`] begins.
#[inline]
pub fn may_begin(b: &[u8]) -> bool {
    let Some(first) = b.first() else {
        return false;
    };
    if !first.is_ascii_digit() {
        return *first == b'@' || named(b);
    }
    let digits = |from: usize| {
        let rest = b.get(from..).unwrap_or_default().iter();
        rest.take(12).take_while(|c| c.is_ascii_digit()).count()
    };
    let day = digits(0);
    let mark = b.get(day).copied().unwrap_or_default();
    let fits = match day {
        1 | 2 => matches!(mark, b'.' | b'/' | b'-' | b':' | b' '),
        4 => !mark.is_ascii_alphanumeric(),
        3 | 5 | 7 | 9 => false,
        _ => true,
    };
    if !fits {
        return false;
    }
    // `20.11.2026`, and not an address or a number
    if day < 3 && b.get(day) == Some(&b'.') {
        let month = digits(day + 1);
        let behind = day + 1 + month;
        let year = digits(behind + 1);
        let number = || digits(behind + 2 + year);
        let ends = || b.get(behind + 1 + year) != Some(&b'.') || number() == 0;
        return month == 0
            || month < 3 && b.get(behind) == Some(&b'.') && year > 1 && year != 3 && ends();
    }
    true
}

/// Whether a name that may be one of a day or a month is at the start, and a number behind it.
fn named(b: &[u8]) -> bool {
    let near = &b[..b.len().min(WORDS)];
    let letter = |c: &&u8| c.is_ascii_alphabetic() || **c >= 0x80;
    let letters = near.iter().take_while(letter).count();
    let ends = matches!(near.get(letters), Some(b' ' | b'.' | b',' | b'-' | b'/'));
    // names of days have three letters, and so have those of zones and of anything else that stands in front of a month
    let known = letters > 2 && (begins_month(near) || letters == 3 && month_behind(&near[3..]));
    known && ends && near[letters..].iter().any(u8::is_ascii_digit)
}

/// Whether what follows the first word goes on like a time: a number, or a name that may be that of a month.
fn month_behind(b: &[u8]) -> bool {
    let gap = |c: &&u8| matches!(c, b' ' | b'.' | b',' | b'-' | b'/');
    let at = b.iter().take_while(gap).count();
    let rest = &b[at..];
    rest.first()
        .is_some_and(|c| c.is_ascii_digit() || begins_month(rest))
}

/// By their first two letters: the third ones of names of months, a bit each; of names that are not ASCII there, all.
static MONTHS: [u32; 26 * 26] = {
    const fn note(all: &mut [u32; 26 * 26], name: &[u8], at: usize) {
        let third = match name[at + 2].wrapping_sub(b'a') {
            third @ 0..26 => 1 << third,
            _ => u32::MAX,
        };
        all[(name[at] - b'a') as usize * 26 + (name[at + 1] - b'a') as usize] |= third;
    }
    let english = *b"janfebmaraprmayjunjulaugsepoctnovdec";
    let mut all = [0; 26 * 26];
    let mut i = 0;
    while i < english.len() {
        note(&mut all, &english, i);
        i += 3;
    }
    i = 0;
    while i < NAMES.len() {
        let (names, mut at) = (NAMES[i].as_bytes(), 0);
        while at < names.len() {
            let begins = at == 0 || names[at - 1] == b' ';
            if begins && names[at].is_ascii() && names[at + 1].is_ascii() {
                note(&mut all, names, at);
            }
            at += 1;
        }
        i += 1;
    }
    all
};

/// Whether the name of a month may begin a text.
fn begins_month(b: &[u8]) -> bool {
    let Some(three) = b.first_chunk::<3>() else {
        return true;
    };
    let [first, second, third] = three.map(|c| c.to_ascii_lowercase().wrapping_sub(b'a'));
    if !three.is_ascii() {
        return true;
    }
    let thirds = MONTHS.get(usize::from(first) * 26 + usize::from(second));
    second < 26 && thirds.is_some_and(|t| t >> (third & 31) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp::SHAPES;
    use proptest::prelude::*;

    #[test]
    fn addresses_and_words_are_reported() {
        crate::tests::holds("may begin a time", |t| may_begin(t.as_bytes()));
    }

    proptest! {
        #[test]
        fn who_is_refused_begins_no_time(
            which in 0..SHAPES.len(), from in 0usize..34, cut in 0usize..4, put in r"[0-9./: ,-]{0,4}|[A-Za-z]{0,4}|[ -~]{0,3}|[0-9]{3}",
            other in r"[0-9]{1,3}[./: ,-]?[0-9A-Za-z]{0,4}[./: ,-]?[ -~]{0,20}|[A-Za-zéäû]{1,12}[ ,.]{0,2}[ -~]{0,24}",
        ) {
            let s = SHAPES[which].example;
            let from = from.min(s.len());
            let changed = [&s[..from], &put, &s[(from + cut).min(s.len())..]].concat();
            for text in [s, &changed, &other] {
                for shape in SHAPES {
                    let read = (shape.parse)(text.as_bytes()).is_ok();
                    prop_assert!(!read || may_begin(text.as_bytes()), "{} {}", shape.name, text);
                }
            }
        }
    }
}
