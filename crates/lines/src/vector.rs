//! Many bytes at a time: where the bytes that matter stand in a piece of a log. One of two files with unsafe code, for the
//! vectors that a processor may have; each function has a plain twin for those that have none. Nothing is understood here.
#![expect(
    unsafe_code,
    reason = "vector instructions may only be used where the processor has them, and prefetching takes a pointer"
)]

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
        let n = find(piece, &mut self.at);
        &self.at[..n]
    }
}

/// Tells the processor that the 256 bytes from `at` are wanted soon, if that many are there.
#[inline(always)]
pub fn soon(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(wanted) = bytes.get(at..).and_then(|b| b.first_chunk::<256>()) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        for line in wanted.as_chunks::<64>().0 {
            // SAFETY: a prefetch reads nothing and never faults; the pointer is that of a reference all the same.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (bytes, at);
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
    #[cfg(target_arch = "x86_64")]
    if is_wide() {
        // SAFETY: the processor has all features that the function asks for; it does nothing but the work, which is safe code.
        return unsafe { run_widely(work) };
    }
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run_widely<W: Work>(work: W) -> W::Out {
    work.run()
}

#[cfg(target_arch = "x86_64")]
fn is_wide() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
fn find(piece: &[u8], out: &mut [u32]) -> usize {
    if is_widest() {
        // SAFETY: the processor has all features that the function asks for, which takes slices and checks every index.
        return unsafe { widest(piece, out) };
    }
    if is_wide() {
        // SAFETY: as above.
        return unsafe { wide(piece, out) };
    }
    collect(piece, out, bits)
}

#[cfg(target_arch = "x86_64")]
fn is_widest() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// The positions of 64 bytes are packed to those of the marks, with no more work for many than for few.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn widest(piece: &[u8], out: &mut [u32]) -> usize {
    use std::arch::x86_64::{
        _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cvtepu8_epi32,
        _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8,
        _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
    };
    // SAFETY: the 64 bytes behind each reference are readable, and the load asks for no alignment.
    let load = |b: &[u8; STEP]| unsafe { _mm512_loadu_si512(b.as_ptr().cast()) };
    let each = load(&std::array::from_fn(|i| i as u8));
    let (newline, quote) = (_mm512_set1_epi8(b'\n' as i8), _mm512_set1_epi8(b'"' as i8));
    let (steps, rest) = piece.as_chunks::<STEP>();
    let mut last = [0; STEP];
    last[..rest.len()].copy_from_slice(rest);
    let (mut n, mut base) = (0, 0);
    for s in steps.iter().chain([&last]) {
        let x = load(s);
        let marks = _mm512_cmpeq_epi8_mask(x, newline) | _mm512_cmpeq_epi8_mask(x, quote);
        let count = marks.count_ones() as usize;
        let at = _mm512_maskz_compress_epi8(marks, each);
        let Some(room) = out.get_mut(n..).and_then(|o| o.first_chunk_mut::<STEP>()) else {
            return n;
        };
        let quarters = room.as_chunks_mut::<16>().0;
        let put = |room: &mut [u32; 16], at| {
            let all = _mm512_add_epi32(_mm512_cvtepu8_epi32(at), _mm512_set1_epi32(base));
            // SAFETY: the 64 bytes behind the reference are writable, and the store asks for no alignment.
            unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), all) };
        };
        let [a, b, c, d] = quarters else { return n };
        // what is too many is overwritten next time
        put(a, _mm512_castsi512_si128(at));
        if count > 16 {
            put(b, _mm512_extracti32x4_epi32::<1>(at));
            put(c, _mm512_extracti32x4_epi32::<2>(at));
            put(d, _mm512_extracti32x4_epi32::<3>(at));
        }
        n += count;
        base += STEP as i32;
    }
    n
}

#[cfg(not(target_arch = "x86_64"))]
fn find(piece: &[u8], out: &mut [u32]) -> usize {
    collect(piece, out, bits)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn wide(piece: &[u8], out: &mut [u32]) -> usize {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_setr_epi8,
        _mm256_shuffle_epi8,
    };
    // By the low half of a byte: the mark that ends so; else a byte that ends otherwise, which is never equal.
    const N: i8 = b'\n' as i8;
    const Q: i8 = b'"' as i8;
    let table = _mm256_setr_epi8(
        1, 0, Q, 0, 0, 0, 0, 0, 0, 0, N, 0, 0, 0, 0, 0, 1, 0, Q, 0, 0, 0, 0, 0, 0, 0, N, 0, 0, 0,
        0, 0,
    );
    let half = |b: &[u8; 32]| {
        // SAFETY: the 32 bytes behind the reference are readable, and the load asks for no alignment.
        let x = unsafe { _mm256_loadu_si256(b.as_ptr().cast::<__m256i>()) };
        // a byte of 128 and above looks up zero, which it is not
        let hit = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, x), x);
        u64::from(_mm256_movemask_epi8(hit) as u32)
    };
    collect(piece, out, |b: &[u8; STEP]| {
        let (low, high) = b.as_chunks::<32>().0.split_at(1);
        half(&low[0]) | half(&high[0]) << 32
    })
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
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub fn of(b: &[u8; PATH]) -> Self {
        use std::arch::x86_64::{
            __m128i, _mm_add_epi8, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_loadu_si128,
            _mm_movemask_epi8, _mm_set1_epi8,
        };
        let mut all = PathBytes::default();
        for (i, b) in b.as_chunks::<16>().0.iter().enumerate() {
            // SAFETY: SSE2 belongs to the architecture, so every processor that runs this has it; the 16 bytes behind the
            // reference are readable, and the load asks for no alignment.
            unsafe {
                let x = _mm_loadu_si128(b.as_ptr().cast::<__m128i>());
                let bits = |m| u64::from(_mm_movemask_epi8(m) as u16) << (16 * i);
                all.question |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8(b'?' as i8)));
                all.slash |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8(b'/' as i8)));
                // digits become the ten lowest of the signed numbers
                let low = _mm_add_epi8(x, _mm_set1_epi8((0x80 - b'0') as i8));
                all.digit |= bits(_mm_cmplt_epi8(low, _mm_set1_epi8(-118)));
            }
        }
        all
    }

    /// Looks at all bytes.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn of(b: &[u8; PATH]) -> Self {
        PathBytes::plainly(b)
    }

    #[cfg(any(test, not(target_arch = "x86_64")))]
    fn plainly(b: &[u8; PATH]) -> Self {
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
}

/// Bytes of a [`Window`].
pub const WINDOW: usize = 32;

/// The first bytes of a value and what follows it, looked at together: a bit for each, the lowest for the first byte.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a>(pub &'a [u8; WINDOW]);

impl Window<'_> {
    /// A bit for each byte for which `is` holds.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn bits(self, is: impl Fn(std::arch::x86_64::__m128i) -> std::arch::x86_64::__m128i) -> u32 {
        use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_movemask_epi8};
        let [low, high] = self.0.as_chunks::<16>().0 else {
            return 0;
        };
        let half = |b: &[u8; 16]| {
            // SAFETY: SSE2 belongs to the architecture, so every processor that runs this has it; the 16 bytes behind the
            // reference are readable, and the load asks for no alignment.
            unsafe { _mm_movemask_epi8(is(_mm_loadu_si128(b.as_ptr().cast::<__m128i>()))) as u32 }
        };
        half(low) | half(high) << 16
    }

    /// Bytes that are that one.
    #[inline(always)]
    pub fn equal(self, byte: u8) -> u32 {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_set1_epi8};
            // SAFETY: SSE2 belongs to the architecture.
            self.bits(|x| unsafe { _mm_cmpeq_epi8(x, _mm_set1_epi8(byte as i8)) })
        }
        #[cfg(not(target_arch = "x86_64"))]
        self.plainly(|c| c == byte)
    }

    /// Whether a byte is in this window or in another one: half the work of asking where.
    #[inline(always)]
    pub fn or_other_holds(self, other: Self, byte: u8) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{
                __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128,
                _mm_set1_epi8,
            };
            let ([a, b], [c, d]) = (self.0.as_chunks::<16>().0, other.0.as_chunks::<16>().0) else {
                return false;
            };
            // SAFETY: SSE2 belongs to the architecture; the 16 bytes behind each reference are readable, and the load asks
            // for no alignment.
            unsafe {
                let wanted = _mm_set1_epi8(byte as i8);
                let is = |x: &[u8; 16]| {
                    _mm_cmpeq_epi8(_mm_loadu_si128(x.as_ptr().cast::<__m128i>()), wanted)
                };
                let any = _mm_or_si128(_mm_or_si128(is(a), is(b)), _mm_or_si128(is(c), is(d)));
                _mm_movemask_epi8(any) != 0
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        self.0.iter().chain(other.0).any(|c| *c == byte)
    }

    /// Bytes from `first` to `last`.
    #[inline(always)]
    pub fn between(self, first: u8, last: u8) -> u32 {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_min_epu8, _mm_set1_epi8, _mm_sub_epi8};
            // SAFETY: SSE2 belongs to the architecture.
            self.bits(|x| unsafe {
                let most = _mm_set1_epi8((last - first) as i8);
                let from = _mm_sub_epi8(x, _mm_set1_epi8(first as i8));
                _mm_cmpeq_epi8(_mm_min_epu8(from, most), from)
            })
        }
        #[cfg(not(target_arch = "x86_64"))]
        self.plainly(|c| (first..=last).contains(&c))
    }

    #[cfg(any(test, not(target_arch = "x86_64")))]
    fn plainly(self, is: impl Fn(u8) -> bool) -> u32 {
        let all = self.0.iter().enumerate();
        all.fold(0, |m, (i, c)| m | u32::from(is(*c)) << i)
    }
}

#[cfg(test)]
type Find = fn(&[u8], &mut [u32]) -> usize;

/// The marks of a piece in every way that this processor has.
#[cfg(test)]
fn every_way(b: &[u8]) -> Vec<Vec<u32>> {
    let mut ways: Vec<Find> = vec![find, |b, out| collect(b, out, bits)];
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: only called where the processor has what they ask for.
        let wide: Find = |b, out| unsafe { wide(b, out) };
        // SAFETY: as above.
        let widest: Find = |b, out| unsafe { widest(b, out) };
        ways.extend(is_wide().then_some(wide));
        ways.extend(is_widest().then_some(widest));
    }
    let made = ways.into_iter().map(|find| {
        let mut out = vec![0; b.len() + 2 * STEP];
        let n = find(b, &mut out);
        out.truncate(n);
        out
    });
    made.collect()
}

#[cfg(test)]
mod tests;
