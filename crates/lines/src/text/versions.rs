//! Which of two versions is the earlier one, as they are written. Where a version stands in a text is not asked here.

use std::cmp::Ordering;

/// Debian's order of versions (deb-version(7)): epoch, then upstream version, then revision; in each, runs of other
/// characters and runs of digits in turn; `~` comes before the end of a part, letters before the rest.
pub fn compare_versions(a: &[u8], b: &[u8]) -> Ordering {
    let ((ea, ua, ra), (eb, ub, rb)) = (split_version(a), split_version(b));
    compare_digits(ea, eb)
        .then_with(|| compare_part(ua, ub))
        .then_with(|| compare_part(ra, rb))
}

fn split_version(v: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (epoch, rest) = match memchr::memchr(b':', v) {
        Some(n) => (&v[..n], &v[n + 1..]),
        None => (&v[..0], v),
    };
    match memchr::memrchr(b'-', rest) {
        Some(n) => (epoch, &rest[..n], &rest[n + 1..]),
        None => (epoch, rest, &rest[..0]),
    }
}

fn compare_digits(a: &[u8], b: &[u8]) -> Ordering {
    let bare = |s: &'_ [u8]| s.iter().take_while(|&&c| c == b'0').count();
    let (a, b) = (&a[bare(a)..], &b[bare(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn compare_part(mut a: &[u8], mut b: &[u8]) -> Ordering {
    let rank = |c: Option<&u8>| -> i32 {
        match c {
            Some(b'~') => -1,
            None => 0,
            Some(c) if c.is_ascii_alphabetic() => i32::from(*c),
            Some(c) => i32::from(*c) + 256,
        }
    };
    while !a.is_empty() || !b.is_empty() {
        loop {
            let word = |s: &[u8]| s.first().copied().filter(|c| !c.is_ascii_digit());
            let (x, y) = (word(a), word(b));
            if x.is_none() && y.is_none() {
                break;
            }
            match rank(x.as_ref()).cmp(&rank(y.as_ref())) {
                Ordering::Equal => (a, b) = (&a[1..], &b[1..]),
                other => return other,
            }
        }
        let digits = |s: &[u8]| s.iter().take_while(|c| c.is_ascii_digit()).count();
        let (n, m) = (digits(a), digits(b));
        match compare_digits(&a[..n], &b[..m]) {
            Ordering::Equal => (a, b) = (&a[n..], &b[m..]),
            other => return other,
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn debian_order() {
        let order = |a: &str, b: &str| compare_versions(a.as_bytes(), b.as_bytes());
        for [a, b] in crate::tests::tried("version order") {
            let both = (order(&a, &b), order(&b, &a));
            assert_eq!(both, (Ordering::Less, Ordering::Greater), "{a}, {b}");
        }
        assert_eq!(order("1.02", "1.2"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn order_is_an_order(a in "[0-9a-z~.+:-]{0,12}", b in "[0-9a-z~.+:-]{0,12}") {
            let x = compare_versions(a.as_bytes(), b.as_bytes());
            prop_assert_eq!(x, compare_versions(b.as_bytes(), a.as_bytes()).reverse());
            prop_assert_eq!(compare_versions(a.as_bytes(), a.as_bytes()), Ordering::Equal);
        }
    }
}
