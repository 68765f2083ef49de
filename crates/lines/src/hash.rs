//! One stable 64-bit hash for digests, samples and sketches: the same on every machine and version, since its values end
//! up in parts. Nothing here knows what is hashed.

const A: u64 = 0xA076_1D64_78BD_642F;
const B: u64 = 0xE703_7ED1_A0B4_28DB;

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let m = u128::from(a) * u128::from(b);
    (m as u64) ^ ((m >> 64) as u64)
}

/// The last 0–7 bytes as a little-endian number, without a copy of variable length.
#[inline(always)]
fn tail(bytes: &[u8], rest: &[u8]) -> u64 {
    if let (Some(last), true) = (bytes.last_chunk::<8>(), !rest.is_empty()) {
        return u64::from_le_bytes(*last) >> (64 - 8 * rest.len());
    }
    if let (Some(a), Some(b)) = (rest.first_chunk(), rest.last_chunk()) {
        let (a, b) = (u32::from_le_bytes(*a), u32::from_le_bytes(*b));
        return u64::from(a) | u64::from(b) << (8 * (rest.len() - 4));
    }
    match *rest {
        [a, b, c] => u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]),
        [a, b] => u64::from_le_bytes([a, b, 0, 0, 0, 0, 0, 0]),
        [a] => u64::from(a),
        _ => 0,
    }
}

/// Hash of some bytes with a seed (multiply-and-fold over 8-byte words, after wyhash by Wang Yi; not for secrets).
#[inline(always)]
pub fn hash64(bytes: &[u8], seed: u64) -> u64 {
    let mut h = seed ^ A;
    let (words, rest) = bytes.as_chunks::<8>();
    for w in words {
        h = fold(h ^ u64::from_le_bytes(*w), B);
    }
    h = fold(h ^ tail(bytes, rest), A ^ bytes.len() as u64);
    fold(h, B)
}

/// Hash of a line by which it is known again in one run, which sixteen bytes at a time are mixed into.
pub fn hash_of_line(bytes: &[u8]) -> u64 {
    let (pairs, rest) = bytes.as_chunks::<16>();
    let mut h = hash64(rest, bytes.len() as u64);
    for pair in pairs {
        let (words, _) = pair.as_chunks::<8>();
        let of = |i: usize| u64::from_le_bytes(words[i]);
        h = fold(of(0) ^ A, of(1) ^ h);
    }
    fold(h ^ A, B)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_the_bytes_behind_the_last_whole_word() {
        let all: Vec<u8> = (1..=23).collect();
        for n in 0..all.len() {
            let mut padded = [0; 8];
            padded[..n % 8].copy_from_slice(&all[n - n % 8..n]);
            let bytes = &all[..n];
            let got = tail(bytes, bytes.as_chunks::<8>().1);
            assert_eq!(got, u64::from_le_bytes(padded), "{n}");
        }
    }

    #[test]
    fn hashes_spread_and_depend_on_every_byte() {
        let mut seen = std::collections::BTreeSet::new();
        for i in 0..20_000u32 {
            assert!(seen.insert(hash64(
                format!("203.0.{}.{}", i / 256, i % 256).as_bytes(),
                0
            )));
        }
        let top = seen.iter().filter(|h| **h >> 63 == 1).count();
        assert!((9_500..10_500).contains(&top), "{top}");
        let line: Vec<u8> = (0..100).collect();
        for i in 0..100 {
            let mut other = line.clone();
            other[i] ^= 1;
            assert_ne!(hash_of_line(&other), hash_of_line(&line), "{i}");
            assert_ne!(hash_of_line(&line[..i]), hash_of_line(&line));
        }
        assert_ne!(hash64(b"a", 0), hash64(b"a\0", 0));
        assert_ne!(hash64(b"a", 0), hash64(b"a", 1));
    }
}
