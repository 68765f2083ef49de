//! Whether a time may begin somewhere: two looks that cost next to nothing, for the many places where none does.

/// Bytes of the longest words in front of the first number of a time, and that number.
const WORDS: usize = 32;

/// False only where no shape of [`super::stamp::SHAPES`] begins with that byte.
#[inline]
pub fn may_begin_with(first: u8) -> bool {
    first.is_ascii_alphanumeric() || first == b'@' || first >= 0x80
}

/// False only where no shape of [`super::stamp::SHAPES`] begins.
#[inline]
pub fn may_begin(b: &[u8]) -> bool {
    let Some(first) = b.first() else {
        return false;
    };
    if !first.is_ascii_digit() {
        let word = first.is_ascii_alphabetic() || *first >= 0x80;
        let numbered = || b.iter().take(WORDS).any(u8::is_ascii_digit);
        return *first == b'@' || (word && numbered());
    }
    let digits = |from: usize| {
        let rest = b.get(from..).unwrap_or_default().iter();
        rest.take(12).take_while(|c| c.is_ascii_digit()).count()
    };
    let day = digits(0);
    if day == 3 {
        return false;
    }
    // `20.11.2026`, and not an address or a number
    if day < 3 && b.get(day) == Some(&b'.') {
        let month = digits(day + 1);
        let behind = day + 1 + month;
        return month == 0 || (b.get(behind) == Some(&b'.') && digits(behind + 1) > 1);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::stamp::SHAPES;
    use proptest::prelude::*;

    #[test]
    fn addresses_and_words_are_told() {
        for text in [
            "192.0.2.7 - -",
            "10.0.0.1:80",
            "java.net",
            "\"x\"",
            "",
            "1.5 s",
            "-",
        ] {
            assert!(!may_begin(text.as_bytes()), "{text}");
        }
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
                    prop_assert!(!read || may_begin_with(text.as_bytes()[0]), "{} {}", shape.name, text);
                }
            }
        }
    }
}
