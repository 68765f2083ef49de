//! Colours of terminals and the zero bytes of a lost write, taken out of lines in place: no line moves, none is joined or cut.
//! Only inputs whose sample shows such bytes pass through here.

use memchr::{memchr2, memrchr};

const ESC: u8 = 0x1b;

/// Whether bytes hold what [`clean`] takes out.
pub(super) fn is_dirty(bytes: &[u8]) -> bool {
    memchr2(ESC, 0, bytes).is_some()
}

/// Takes control sequences out of every line (what follows moves up, blanks fill its end), and of a line that was torn by
/// zero bytes leaves what comes behind them, in its place.
pub fn clean(bytes: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = memchr2(ESC, 0, &bytes[from..]) {
        let start = memrchr(b'\n', &bytes[from..from + at]).map_or(from, |n| from + n + 1);
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
        line(&mut bytes[start..end]);
        from = end;
    }
}

/// Zero bytes in a row that are a hole in the file, as a loss of power leaves it; fewer are part of a text.
const HOLE: usize = 8;

/// Where a line goes on behind the last hole in it; nothing where there is none, or nothing behind it.
pub(crate) fn behind_hole(line: &[u8]) -> Option<usize> {
    hole(line)
        .map(|(_, end)| end)
        .filter(|end| *end < line.len())
}

/// The last hole: its first byte and the one behind it.
fn hole(line: &[u8]) -> Option<(usize, usize)> {
    let mut end = line.len();
    while let Some(last) = memrchr(0, &line[..end]) {
        let zeros = line[..=last].iter().rev().take_while(|c| **c == 0).count();
        if zeros >= HOLE {
            return Some((last + 1 - zeros, last + 1));
        }
        end = last + 1 - zeros;
    }
    None
}

fn line(b: &mut [u8]) {
    let text = b.strip_suffix(b"\r").map_or(b.len(), <[u8]>::len);
    let start = match hole(&b[..text]) {
        // nothing behind the zeros: what is in front of them is all there is
        Some((from, end)) if end == text => {
            b[from..end].fill(b' ');
            return line(b);
        }
        Some((_, end)) => {
            b[..end].fill(0);
            end
        }
        None => 0,
    };
    let (mut read, mut write) = (start, start);
    while read < text {
        match b[read] {
            ESC => read += sequence(&b[read..text]),
            c => {
                b[write] = c;
                (read, write) = (read + 1, write + 1);
            }
        }
    }
    b[write..text].fill(b' ');
}

/// Length of the control sequence that the slice begins with (ECMA-48): CSI, OSC up to its end, or an escape of two bytes or more.
fn sequence(b: &[u8]) -> usize {
    match b.get(1) {
        Some(b'[') => {
            let body = b[2..]
                .iter()
                .take_while(|c| (0x20..=0x3f).contains(*c))
                .count();
            b.len().min(2 + body + 1)
        }
        Some(b']') => {
            let end = b.iter().skip(2).position(|c| matches!(*c, 0x07 | ESC));
            match end.map(|n| n + 2) {
                Some(n) if b[n] == ESC => b.len().min(n + 2),
                Some(n) => n + 1,
                None => b.len(),
            }
        }
        Some(_) => {
            let between = b[1..]
                .iter()
                .take_while(|c| (0x20..=0x2f).contains(*c))
                .count();
            match b.get(1 + between) {
                Some(0x30..=0x7e) => between + 2,
                _ => 1,
            }
        }
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(b: &[u8]) -> Vec<u8> {
        let mut b = b.to_vec();
        clean(&mut b);
        b
    }

    #[test]
    fn colours_go_and_lines_stay_in_place() {
        assert_eq!(
            cleaned(b"plain\n\x1b[31mred\x1b[0m end\r\nplain\n"),
            b"plain\nred end         \r\nplain\n"
        );
        assert_eq!(cleaned(b"a\x1b]0;title\x07b\x1b(Bc"), b"abc             ");
        assert_eq!(cleaned(b"cut \x1b[3"), b"cut    ");
    }

    #[test]
    fn what_comes_behind_zeros_stays() {
        let zeros = "\0".repeat(9);
        let after = |s: &str| String::from_utf8(cleaned(s.as_bytes())).unwrap();
        assert_eq!(
            after(&format!("torn{zeros}whole\nnext\n")),
            format!("\0\0\0\0{zeros}whole\nnext\n")
        );
        assert_eq!(after(&format!("whole{zeros}\n")), "whole         \n");
        assert_eq!(after(&format!("{zeros}\n")), "         \n");
        assert_eq!(after("st\0ay"), "st\0ay");
    }

    proptest! {
        #[test]
        fn lines_keep_their_places(b in proptest::collection::vec(prop_oneof![Just(ESC), Just(0u8), Just(b'\n'), Just(b'['), Just(b'm'), any::<u8>()], 0..80)) {
            let after = cleaned(&b);
            prop_assert_eq!(after.len(), b.len());
            let ends = |b: &[u8]| -> Vec<usize> { memchr::memchr_iter(b'\n', b).collect() };
            prop_assert_eq!(ends(&after), ends(&b));
            prop_assert!(!after.contains(&ESC));
        }
    }
}
