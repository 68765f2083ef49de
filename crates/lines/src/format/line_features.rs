//! What a line shows at a look, before any grammar reads it: which marks it holds, whether a clock or a time may be in it. A
//! format says which of these all its lines show, so that most formats need not be asked. No grammar of its own is here.

use crate::format::web::clf;
use crate::time::stamp;
use crate::vector::{ByteWindow, WINDOW, Work, widely};
use std::ops::BitOr;

/// A set of signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(u32);

/// Signs, each with its mark or its name in tables.
macro_rules! signs {
    ($($(#[$doc:meta])* $sign:ident = $n:literal, $name:literal;)+) => {
        impl Signs {
            $($(#[$doc])* pub const $sign: Signs = Signs(1 << $n);)+
            /// A sign by its mark or its name.
            pub fn named(name: &str) -> Option<Signs> {
                match name { $($name => Some(Signs::$sign),)+ _ => None }
            }
        }
    };
}

signs! {
    /// `"`
    QUOTE = 0, "\"";
    /// `[`
    OPEN = 1, "[";
    /// `]`
    CLOSE = 2, "]";
    /// `{`
    BRACE = 3, "{";
    /// `=`
    EQUALS = 4, "=";
    /// `:`
    COLON = 5, ":";
    /// `,`
    COMMA = 6, ",";
    /// A tab.
    TAB = 7, "tab";
    /// `|`
    BAR = 8, "|";
    /// `%`
    PERCENT = 9, "%";
    /// `;`
    SEMICOLON = 10, ";";
    /// A digit.
    DIGIT = 11, "digit";
    /// A colon between two digits.
    CLOCK = 12, "clock";
    /// A colon and two blanks behind it.
    GAP = 13, "gap";
    /// A status may stand alone in it: a quote, a blank and three digits, or marks between cells.
    STATUS = 14, "status";
    /// A time may begin at its start, or behind the bracket at its start.
    TIMED = 15, "timed";
    /// It begins as an access line: a client, a time in brackets, a quoted request, a status and bytes.
    ACCESS = 16, "access";
    /// `/`
    PATH = 17, "/";
    /// A tab or a `|`: cells may be between them.
    CELLS = 18, "cells";
    /// It does not begin as an access line, whole or torn: an address, ` - - [`, a time and a quote.
    NO_CLIENT = 19, "no-client";
    /// Two blanks side by side.
    WIDE = 20, "wide";
    /// Eight digits side by side.
    NUMBER = 21, "number";
}

impl Signs {
    /// How many signs there are.
    pub const COUNT: usize = 22;
    /// No sign at all.
    pub const NONE: Signs = Signs(0);

    /// What a line shows.
    pub fn of(line: &[u8]) -> Signs {
        let mut all = widely(Look(line));
        let inner = line.strip_prefix(b"[").unwrap_or(line);
        if stamp::may_begin(inner) {
            all = all | Signs::TIMED;
        }
        // what costs more than a look is looked for only where all of its marks are
        let marks = Signs::QUOTE | Signs::OPEN | Signs::CLOSE | Signs::CLOCK;
        if all.shows(marks) && clf::is_access(line) {
            all = all | Signs::ACCESS;
        }
        if !all.shows(Signs::QUOTE | Signs::OPEN) || !clf::begins_as_access(line) {
            all = all | Signs::NO_CLIENT;
        }
        all
    }

    /// Whether all of these signs are among them.
    #[inline]
    pub fn shows(self, these: Signs) -> bool {
        these.0 & !self.0 == 0
    }

    /// The numbers of the signs that are not among them.
    pub fn missing(self) -> impl Iterator<Item = usize> {
        let mut rest = !self.0 & ((1 << Signs::COUNT) - 1);
        std::iter::from_fn(move || {
            let n = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            (n < Signs::COUNT).then_some(n)
        })
    }

    /// Whether the sign of that number is among them.
    pub fn has(self, number: usize) -> bool {
        self.0 >> number & 1 == 1
    }

    /// The signs as one number, for tables.
    #[inline]
    pub fn bits(self) -> u32 {
        self.0
    }
}

impl BitOr for Signs {
    type Output = Signs;
    #[inline]
    fn bitor(self, other: Signs) -> Signs {
        Signs(self.0 | other.0)
    }
}

/// Looks at all bytes of a line.
struct Look<'l>(&'l [u8]);

/// Bytes by which the pieces that are looked at overlap: what stands side by side is seen in one of them.
const OVERLAP: usize = 8;

impl Work for Look<'_> {
    type Out = Signs;
    #[inline(always)]
    fn run(self) -> Signs {
        let line = self.0;
        let mut all = Signs::NONE;
        let mut at = 0;
        while let Some(piece) = line.get(at..).and_then(|rest| rest.first_chunk()) {
            all = all | piece_signs(piece);
            at += 2 * WINDOW - OVERLAP;
        }
        if line.len() >= 2 * WINDOW {
            // the last piece ends where the line ends
            return match line.last_chunk() {
                Some(piece) if at + OVERLAP < line.len() => all | piece_signs(piece),
                _ => all,
            };
        }
        if let (Some(low), Some(high)) = (line.first_chunk(), line.last_chunk()) {
            return halves_signs(low, high, line.len() - WINDOW);
        }
        let mut piece = [0; WINDOW];
        piece[..line.len()].copy_from_slice(line);
        halves_signs(&piece, &[0; WINDOW], WINDOW)
    }
}

/// What 64 bytes show.
#[inline(always)]
fn piece_signs(piece: &[u8; 2 * WINDOW]) -> Signs {
    let halves = piece.as_chunks::<WINDOW>().0;
    halves_signs(&halves[0], &halves[1], WINDOW)
}

/// What at most 64 bytes show: the first ones of them, and those from a place on, which are the last ones.
#[inline(always)]
fn halves_signs(low: &[u8; WINDOW], high: &[u8; WINDOW], from: usize) -> Signs {
    let [low, high] = [ByteWindow(low), ByteWindow(high)];
    // where they overlap both say the same
    let both = |low: u32, high: u32| u64::from(low) | u64::from(high) << from;
    let equal = |c: u8| both(low.equal(c), high.equal(c));
    let digit = both(low.between(b'0', b'9'), high.between(b'0', b'9'));
    let (quote, colon, blank) = (equal(b'"'), equal(b':'), equal(b' '));
    let clock = colon & (digit << 1) & (digit >> 1);
    let wide = blank & (blank >> 1);
    let gap = colon & (wide >> 1);
    let number = [1, 2, 4].iter().fold(digit, |run, n| run & (run >> n));
    let answered = quote & (blank >> 1) & (digit >> 2) & (digit >> 3) & (digit >> 4);
    let sign = |found: bool, sign: Signs| if found { sign } else { Signs::NONE };
    let holds = |c: u8| low.or_other_holds(high, c);
    let (tab, bar) = (holds(b'\t'), holds(b'|'));
    sign(quote != 0, Signs::QUOTE)
        | sign(holds(b'['), Signs::OPEN)
        | sign(holds(b']'), Signs::CLOSE)
        | sign(holds(b'{'), Signs::BRACE)
        | sign(holds(b'='), Signs::EQUALS)
        | sign(colon != 0, Signs::COLON)
        | sign(holds(b','), Signs::COMMA)
        | sign(tab, Signs::TAB)
        | sign(bar, Signs::BAR)
        | sign(holds(b'%'), Signs::PERCENT)
        | sign(holds(b';'), Signs::SEMICOLON)
        | sign(holds(b'/'), Signs::PATH)
        | sign(digit != 0, Signs::DIGIT)
        | sign(clock != 0, Signs::CLOCK)
        | sign(gap != 0, Signs::GAP)
        | sign(answered != 0 || tab || bar, Signs::STATUS)
        | sign(tab || bar, Signs::CELLS)
        | sign(wide != 0, Signs::WIDE)
        | sign(number != 0, Signs::NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{FORMATS, is_any};
    use proptest::prelude::*;

    /// The signs by plain means.
    fn plainly(line: &[u8]) -> Signs {
        let has = |c: u8| line.contains(&c);
        let near = |n: usize, is: &dyn Fn(&[u8]) -> bool| line.windows(n).any(is);
        let digit = |c: &u8| c.is_ascii_digit();
        let mut all = Signs::NONE;
        let mut put = |found: bool, sign: Signs| {
            if found {
                all = all | sign;
            }
        };
        for (c, sign) in [
            (b'"', Signs::QUOTE),
            (b'[', Signs::OPEN),
            (b']', Signs::CLOSE),
            (b'{', Signs::BRACE),
            (b'=', Signs::EQUALS),
            (b':', Signs::COLON),
            (b',', Signs::COMMA),
            (b'\t', Signs::TAB),
            (b'|', Signs::BAR),
            (b'%', Signs::PERCENT),
            (b';', Signs::SEMICOLON),
            (b'/', Signs::PATH),
        ] {
            put(has(c), sign);
        }
        put(line.iter().any(digit), Signs::DIGIT);
        let clock = |w: &[u8]| digit(&w[0]) && w[1] == b':' && digit(&w[2]);
        put(near(3, &clock), Signs::CLOCK);
        put(near(3, &|w| w == b":  "), Signs::GAP);
        let status = |w: &[u8]| w.starts_with(b"\" ") && w[2..].iter().all(digit);
        let cells = has(b'\t') || has(b'|');
        put(near(5, &status) || cells, Signs::STATUS);
        put(cells, Signs::CELLS);
        put(near(2, &|w| w == b"  "), Signs::WIDE);
        put(near(8, &|w| w.iter().all(digit)), Signs::NUMBER);
        let inner = line.strip_prefix(b"[").unwrap_or(line);
        put(stamp::may_begin(inner), Signs::TIMED);
        put(clf::is_access(line), Signs::ACCESS);
        put(!clf::begins_as_access(line), Signs::NO_CLIENT);
        all
    }

    #[test]
    fn every_place_of_a_long_line() {
        for what in ["1:2", ":  ", "\" 200", "\t", "]", "12345678"] {
            for at in 0..200 {
                for behind in [0, 1, 9, 70, 130] {
                    let line = ["x".repeat(at), what.into(), "x".repeat(behind)].concat();
                    assert_eq!(
                        Signs::of(line.as_bytes()),
                        plainly(line.as_bytes()),
                        "{line}"
                    );
                }
            }
        }
    }

    #[test]
    fn access_lines_whole_and_torn_are_known_by_how_they_begin() {
        crate::tests::holds("begins as no access line", |line| {
            Signs::of(line.as_bytes()).shows(Signs::NO_CLIENT)
        });
    }

    #[test]
    fn numbers_of_signs() {
        let some = Signs::OPEN | Signs::ACCESS;
        assert!(some.has(1) && some.has(16) && !some.has(0));
        assert_eq!(some.missing().count(), Signs::COUNT - 2);
        assert!(some.shows(Signs::OPEN) && !Signs::OPEN.shows(some) && some.shows(Signs::NONE));
    }

    proptest! {
        #[test]
        fn two_ways_of_looking(line in r#"[0-9:" \[\]{=,|%;a\t]{0,200}|.{0,100}"#) {
            prop_assert_eq!(Signs::of(line.as_bytes()), plainly(line.as_bytes()));
        }

        #[test]
        fn two_ways_of_looking_at_samples(which in 0..FORMATS.len(), from in 0usize..99, put in r#"[0-9:" \[\]|]{0,3}"#) {
            let s = FORMATS[which].sample();
            let from = (0..=from.min(s.len())).rev().find(|n| s.is_char_boundary(*n)).unwrap_or(0);
            let line = [&s[..from], &put, &s[from..]].concat();
            prop_assert_eq!(Signs::of(line.as_bytes()), plainly(line.as_bytes()));
            let asked = FORMATS.iter().any(|f| f.parse(line.as_bytes()).is_some());
            prop_assert_eq!(is_any(line.as_bytes()), asked && !line.is_empty());
        }
    }
}
