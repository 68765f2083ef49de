//! Many bytes at a time: where the bytes that matter stand in a piece of a log. Nothing is understood here, and nothing is
//! unsafe but in `x86_64`: without the feature `fast`, and on other processors, its plain twins are used.

#[cfg(any(test, not(all(feature = "fast", target_arch = "x86_64"))))]
mod plain;
#[cfg(all(feature = "fast", target_arch = "x86_64"))]
mod x86_64;

#[cfg(not(all(feature = "fast", target_arch = "x86_64")))]
use plain as by;
#[cfg(all(feature = "fast", target_arch = "x86_64"))]
use x86_64 as by;

/// Bytes that are looked at together.
const STEP: usize = 64;

/// Finds marks, and keeps the list between pieces.
#[derive(Debug, Default)]
pub struct Marks {
    at: Vec<u32>,
}

impl Marks {
    /// Positions of `\n` and `"` in a piece, in order. A piece is shorter than 4 GiB.
    #[inline]
    pub fn find(&mut self, piece: &[u8]) -> &[u32] {
        let room = piece.len() + 2 * STEP;
        if self.at.len() < room {
            self.at.resize(room, 0);
        }
        let n = by::find(piece, &mut self.at);
        &self.at[..n]
    }
}

/// Work that gains from what the processor has: what is called within must be inlined, or it is compiled without it.
pub trait Work {
    /// What it gives.
    type Out;
    /// Does it. To be inlined always.
    fn run(self) -> Self::Out;
}

/// Does some work with what the processor has.
#[inline]
pub fn widely<W: Work>(work: W) -> W::Out {
    by::widely(work)
}

/// Hints to the processor that the 256 bytes from `at` are wanted soon, if that many are there.
#[inline(always)]
pub fn soon(bytes: &[u8], at: usize) {
    by::soon(bytes, at);
}

/// A bit for each byte that is a mark, by plain arithmetic on eight bytes at a time.
fn bits(b: &[u8; STEP]) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const LOW: u64 = ONES * 0x7F;
    // the high bit of each byte that is zero, exactly
    let zero = |x: u64| !(((x & LOW) + LOW) | x | LOW);
    let mut all = 0;
    for (i, word) in b.as_chunks::<8>().0.iter().enumerate() {
        let w = u64::from_le_bytes(*word);
        let hit = zero(w ^ (ONES * u64::from(b'\n'))) | zero(w ^ (ONES * u64::from(b'"')));
        // the eight high bits side by side
        let byte = (hit >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        all |= byte << (8 * i);
    }
    all
}

#[inline(always)]
fn collect(piece: &[u8], out: &mut [u32], bits: impl Fn(&[u8; STEP]) -> u64) -> usize {
    let (steps, rest) = piece.as_chunks::<STEP>();
    let (mut n, mut base) = (0, 0);
    for s in steps {
        n = put(out, n, base, bits(s));
        base += STEP as u32;
    }
    if !rest.is_empty() {
        // zeros are no marks
        let mut last = [0; STEP];
        last[..rest.len()].copy_from_slice(rest);
        n = put(out, n, base, bits(&last));
    }
    n
}

/// Writes the positions of the bits that are set behind the first `n`. How many there are, no processor can foresee: the
/// first ones are written in any case, and what is too many is overwritten next time.
#[inline(always)]
fn put(out: &mut [u32], n: usize, base: u32, mut bits: u64) -> usize {
    let count = bits.count_ones() as usize;
    let Some(room) = out.get_mut(n..).and_then(|o| o.first_chunk_mut::<STEP>()) else {
        return n;
    };
    let mut write = |from: usize, to: usize| {
        for r in &mut room[from..to] {
            *r = base + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
    };
    write(0, 4);
    if count > 4 {
        write(4, 8);
        if count > 8 {
            write(8, count);
        }
    }
    n + count
}

/// Bytes of [`PathBytes`].
pub const PATH: usize = 48;

/// Where some bytes stand among the first ones of a path: a bit each, the lowest for the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathBytes {
    /// `?`
    pub question: u64,
    /// `/`
    pub slash: u64,
    /// `0` to `9`
    pub digit: u64,
}

impl PathBytes {
    /// Looks at all bytes.
    #[inline(always)]
    pub fn of(b: &[u8; PATH]) -> Self {
        by::path_bytes(b)
    }
}

/// Bytes of a [`ByteWindow`].
pub const WINDOW: usize = 32;

/// The first bytes of a value and what follows it, looked at together: a bit for each, the lowest for the first byte.
#[derive(Clone, Copy, Debug)]
pub struct ByteWindow<'a>(pub &'a [u8; WINDOW]);

impl ByteWindow<'_> {
    /// Bytes that are that one.
    #[inline(always)]
    pub fn equal(self, byte: u8) -> u32 {
        by::equal(self.0, byte)
    }

    /// Whether a byte is in this window or in another one: half the work of asking where.
    #[inline(always)]
    pub fn or_other_holds(self, other: Self, byte: u8) -> bool {
        by::either_holds(self.0, other.0, byte)
    }

    /// Bytes from `first` to `last`.
    #[inline(always)]
    pub fn between(self, first: u8, last: u8) -> u32 {
        by::between(self.0, first, last)
    }
}

/// The number that eight digits are, given as bytes from 0 to 9: pairs, then fours, then all eight; the first one is in the lowest byte.
#[inline(always)]
pub fn eight_digits(digits: u64) -> u64 {
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (fours.wrapping_mul(10_000) + (fours >> 32)) & 0xFFFF_FFFF
}

/// The digits with which some bytes begin, as bytes from 0 to 9 in front of others, and how many they are.
#[inline(always)]
pub fn digit_bytes(bytes: &[u8; 8]) -> (u64, u32) {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    const ABOVE: u64 = u64::from_le_bytes([0x76; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    let digits = u64::from_le_bytes(*bytes) ^ ZEROS;
    let others = ((digits & !HIGH).wrapping_add(ABOVE) | digits) & HIGH;
    (digits, others.trailing_zeros() / 8)
}

/// The same as a number.
#[inline(always)]
pub fn first_digits(bytes: &[u8; 8]) -> (u64, usize) {
    let (digits, n) = digit_bytes(bytes);
    // they move to the high bytes, and zeros come in front of them
    let own = digits.checked_shl(64 - 8 * n).unwrap_or(0);
    (eight_digits(own), n as usize)
}

/// Calls `f` with the places of all quotes with which a key of an object may begin, in order: those behind a brace, a comma or
/// a blank, and some others.
#[inline]
pub fn each_key(bytes: &[u8], mut f: impl FnMut(usize)) {
    let (windows, rest) = bytes.as_chunks::<WINDOW>();
    for (n, w) in windows.iter().enumerate() {
        let w = ByteWindow(w);
        let before = w.equal(b'{') | w.equal(b',') | w.between(0, b' ');
        let mut bits = w.equal(b'"') & (before << 1 | 1);
        while bits != 0 {
            f(n * WINDOW + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
    let from = bytes.len() - rest.len();
    (from..bytes.len())
        .filter(|at| bytes[*at] == b'"')
        .for_each(f);
}

#[cfg(test)]
mod tests;
