//! Vector instructions, where the processor has them. One of two files with unsafe code.
#![expect(
    unsafe_code,
    reason = "vector instructions may only be used where the processor has them, and prefetching takes a pointer"
)]

use super::{PATH, PathBytes, STEP, WINDOW, Work, bits, collect};
use std::arch::x86_64::{
    __m128i, _MM_HINT_T0, _mm_add_epi8, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_loadu_si128,
    _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_prefetch, _mm_set1_epi8, _mm_sub_epi8,
};

#[inline]
pub(super) fn widely<W: Work>(work: W) -> W::Out {
    if is_wide() {
        // SAFETY: the processor has all features that the function asks for; it does nothing but the work, which is safe code.
        return unsafe { run_widely(work) };
    }
    work.run()
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run_widely<W: Work>(work: W) -> W::Out {
    work.run()
}

pub(super) fn is_wide() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

pub(super) fn find(piece: &[u8], out: &mut [u32]) -> usize {
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

pub(super) fn is_widest() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vbmi2")
        && std::arch::is_x86_feature_detected!("popcnt")
}

/// The positions of 64 bytes are packed to those of the marks, with no more work for many than for few.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
pub(super) fn widest(piece: &[u8], out: &mut [u32]) -> usize {
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

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) fn wide(piece: &[u8], out: &mut [u32]) -> usize {
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

#[inline(always)]
pub(super) fn soon(bytes: &[u8], at: usize) {
    if let Some(wanted) = bytes.get(at..).and_then(|b| b.first_chunk::<256>()) {
        for line in wanted.as_chunks::<64>().0 {
            // SAFETY: a prefetch reads nothing and never faults; the pointer is that of a reference all the same.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
        }
    }
}

#[inline(always)]
pub(super) fn path_bytes(b: &[u8; PATH]) -> PathBytes {
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

/// A bit for each byte for which `is` holds.
#[inline(always)]
fn each(w: &[u8; WINDOW], is: impl Fn(__m128i) -> __m128i) -> u32 {
    let [low, high] = w.as_chunks::<16>().0 else {
        return 0;
    };
    let half = |b: &[u8; 16]| {
        // SAFETY: SSE2 belongs to the architecture, so every processor that runs this has it; the 16 bytes behind the
        // reference are readable, and the load asks for no alignment.
        unsafe { _mm_movemask_epi8(is(_mm_loadu_si128(b.as_ptr().cast::<__m128i>()))) as u32 }
    };
    half(low) | half(high) << 16
}

#[inline(always)]
pub(super) fn equal(w: &[u8; WINDOW], byte: u8) -> u32 {
    // SAFETY: SSE2 belongs to the architecture.
    each(w, |x| unsafe {
        _mm_cmpeq_epi8(x, _mm_set1_epi8(byte as i8))
    })
}

#[inline(always)]
pub(super) fn either_holds(one: &[u8; WINDOW], other: &[u8; WINDOW], byte: u8) -> bool {
    let ([a, b], [c, d]) = (one.as_chunks::<16>().0, other.as_chunks::<16>().0) else {
        return false;
    };
    // SAFETY: SSE2 belongs to the architecture; the 16 bytes behind each reference are readable, and the load asks
    // for no alignment.
    unsafe {
        let wanted = _mm_set1_epi8(byte as i8);
        let is =
            |x: &[u8; 16]| _mm_cmpeq_epi8(_mm_loadu_si128(x.as_ptr().cast::<__m128i>()), wanted);
        let any = _mm_or_si128(_mm_or_si128(is(a), is(b)), _mm_or_si128(is(c), is(d)));
        _mm_movemask_epi8(any) != 0
    }
}

#[inline(always)]
pub(super) fn between(w: &[u8; WINDOW], first: u8, last: u8) -> u32 {
    // SAFETY: SSE2 belongs to the architecture.
    each(w, |x| unsafe {
        let most = _mm_set1_epi8((last - first) as i8);
        let from = _mm_sub_epi8(x, _mm_set1_epi8(first as i8));
        _mm_cmpeq_epi8(_mm_min_epu8(from, most), from)
    })
}

/// The ways to find marks that this processor has.
#[cfg(test)]
pub(super) fn ways() -> Vec<super::tests::Find> {
    let mut all: Vec<super::tests::Find> = vec![find];
    if is_wide() {
        // SAFETY: the processor has what it asks for.
        all.push(|b, out| unsafe { wide(b, out) });
    }
    if is_widest() {
        // SAFETY: as above.
        all.push(|b, out| unsafe { widest(b, out) });
    }
    all
}
