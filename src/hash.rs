//! One stable 64-bit hash for digests, samples and sketches: the same on every machine and version, since its values end
//! up in parts. Nothing here knows what is hashed.

const A: u64 = 0xA076_1D64_78BD_642F;
const B: u64 = 0xE703_7ED1_A0B4_28DB;

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let m = u128::from(a) * u128::from(b);
    (m as u64) ^ ((m >> 64) as u64)
}

/// Hash of some bytes with a seed (multiply-and-fold over 8-byte words, after wyhash by Wang Yi; not for secrets).
#[inline]
pub fn hash64(bytes: &[u8], seed: u64) -> u64 {
    let mut h = seed ^ A;
    let (words, rest) = bytes.as_chunks::<8>();
    for w in words {
        h = fold(h ^ u64::from_le_bytes(*w), B);
    }
    let mut tail = [0u8; 8];
    tail[..rest.len()].copy_from_slice(rest);
    h = fold(h ^ u64::from_le_bytes(tail), A ^ bytes.len() as u64);
    fold(h, B)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_ne!(hash64(b"a", 0), hash64(b"a\0", 0));
        assert_ne!(hash64(b"a", 0), hash64(b"a", 1));
    }
}
