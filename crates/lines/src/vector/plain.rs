//! The plain twins: safe code for every processor.

use super::{PATH, PathBytes, WINDOW, Work, bits, collect};

#[inline]
pub(super) fn widely<W: Work>(work: W) -> W::Out {
    work.run()
}

pub(super) fn find(piece: &[u8], out: &mut [u32]) -> usize {
    collect(piece, out, bits)
}

pub(super) fn soon(_bytes: &[u8], _at: usize) {}

pub(super) fn path_bytes(b: &[u8; PATH]) -> PathBytes {
    let bits = |is: fn(&u8) -> bool| {
        let all = b.iter().enumerate();
        all.fold(0, |m, (i, c)| m | u64::from(is(c)) << i)
    };
    PathBytes {
        question: bits(|c| *c == b'?'),
        slash: bits(|c| *c == b'/'),
        digit: bits(u8::is_ascii_digit),
    }
}

pub(super) fn equal(w: &[u8; WINDOW], byte: u8) -> u32 {
    between(w, byte, byte)
}

pub(super) fn either_holds(a: &[u8; WINDOW], b: &[u8; WINDOW], byte: u8) -> bool {
    a.contains(&byte) || b.contains(&byte)
}

pub(super) fn between(w: &[u8; WINDOW], first: u8, last: u8) -> u32 {
    let all = w.iter().enumerate();
    all.fold(0, |m, (i, c)| {
        m | u32::from((first..=last).contains(c)) << i
    })
}
