//! Buckets: the names under which everything goes that bounded maps do not distinguish any more.
//! Which bucket depends on the name alone, so that merging stays exact.

/// One of 64 names for everything that is not distinguished any more.
pub(crate) fn bucket(name: &[u8]) -> [u8; 11] {
    // asked for each line of a site with too many names: formatting would be most of it
    let n = (crc32fast::hash(name) % 64) as u8;
    let mut bucket = *b"(bucket 00)";
    bucket[8] += n / 10;
    bucket[9] += n % 10;
    bucket
}

/// Whether a name is that of a bucket. Exactly these, else a hostile name could keep out of them.
pub fn is_bucket(name: &[u8]) -> bool {
    let number = name
        .strip_prefix(b"(bucket ")
        .and_then(|n| n.strip_suffix(b")"));
    number.is_some_and(|n| n.len() == 2 && n.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_buckets_are_buckets() {
        assert!(is_bucket(&bucket(b"x")) && is_bucket(b"(bucket 07)"));
        for n in [
            &b"(bucket 7)"[..],
            b"(bucket 077)",
            b"(bucket ab)",
            b"(bucket 07) ",
        ] {
            assert!(!is_bucket(n));
        }
    }
}
