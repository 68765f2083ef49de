//! Leaves that several formats share: quoted strings, statuses, addresses, request lines, durations.
//! Each reads one thing from a slice and never allocates; which field a thing is, is not decided here.

pub use crate::time::stamp::Leaf;
use memchr::memchr;
use serde::{Deserialize, Serialize};

/// The unit of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Second,
    /// Milliseconds.
    Milli,
    /// Microseconds.
    Micro,
    /// Nanoseconds.
    Nano,
}

/// Index of the first such byte from `at`. Most fields of a log line are short: their first 32 bytes are looked at
/// eight at a time in place, which costs less than a call to memchr.
#[inline]
pub fn find_short(b: &[u8], mut at: usize, byte: u8) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let wanted = ONES * u64::from(byte);
    for _ in 0..4 {
        let Some(word) = b.get(at..).and_then(|r| r.first_chunk::<8>()) else {
            break;
        };
        // The lowest byte that is zero after the exclusive or is marked exactly (higher ones may be wrong).
        let x = u64::from_le_bytes(*word) ^ wanted;
        let hit = x.wrapping_sub(ONES) & !x & (ONES << 7);
        if hit != 0 {
            return Some(at + hit.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + memchr(byte, b.get(at..)?)?)
}

/// What stands between two double quotes at the start of `i`. A quote after an odd run of backslashes does not close.
#[inline(always)]
pub fn quoted(i: &[u8]) -> Leaf<'_, &[u8]> {
    if i.first() == Some(&b'"') {
        let mut at = 1;
        while let Some(n) = memchr(b'"', &i[at..]) {
            let q = at + n;
            if i[q - 1] != b'\\'
                || i[1..q].iter().rev().take_while(|&&c| c == b'\\').count() % 2 == 0
            {
                return Ok((&i[q + 1..], &i[1..q]));
            }
            at = q + 1;
        }
    }
    Err(nom::Err::Error(()))
}

/// A final status: 100–599; 0 for `0`, `000` and `-` (no answer was sent).
#[inline(always)]
pub fn status(b: &[u8]) -> Option<u16> {
    match *b {
        [h @ b'1'..=b'5', t @ b'0'..=b'9', o @ b'0'..=b'9'] => {
            Some(u16::from(h - b'0') * 100 + u16::from(t - b'0') * 10 + u16::from(o - b'0'))
        }
        [b'0'] | [b'-'] | [b'0', b'0', b'0'] => Some(0),
        _ => None,
    }
}

/// A whole number of at most 18 digits, nothing else.
#[inline]
pub fn uint(b: &[u8]) -> Option<u64> {
    if b.is_empty() || b.len() > 18 {
        return None;
    }
    b.iter().try_fold(0, |v, c| {
        let d = c.wrapping_sub(b'0');
        (d <= 9).then(|| v * 10 + u64::from(d))
    })
}

/// Whether the last `n` of eight bytes are digits, for an `n` of 1 to 8.
#[inline(always)]
pub fn short_digits(b: &[u8; 8], n: usize) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // what stands in front becomes zeros, which are digits
    let x = (u64::from_le_bytes(*b) ^ (ONES * u64::from(b'0'))) & (u64::MAX << (64 - 8 * n));
    (x.wrapping_add(ONES * 6) | x) & (ONES * 0xF0) == 0
}

/// Digits up to the first blank among the first eight bytes, and their number: without a loop, whose end no processor can
/// foresee. `None` also when there are more than seven; [`uint`] reads those.
#[inline(always)]
pub fn short_uint(b: &[u8]) -> Option<(u64, usize)> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    let word = u64::from_le_bytes(*b.first_chunk::<8>()?);
    let x = word ^ (ONES * b' ' as u64);
    let n = (x.wrapping_sub(ONES) & !x & (ONES << 7)).trailing_zeros() / 8;
    if n == 0 || n == 8 {
        return None;
    }
    // Digits move to the high bytes, zeros take the place of what followed them.
    let digits = (word << (64 - 8 * n)) | (ZEROS >> (8 * n));
    let value = digits ^ ZEROS;
    if (value.wrapping_add(ONES * 6) | value) & (ONES * 0xF0) != 0 {
        return None;
    }
    // Pairs, then fours, then all eight; the first digit is in the lowest byte.
    let pairs = (value * 10 + (value >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    let all = (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF;
    Some((all, n as usize))
}

/// An amount of time in microseconds from a plain decimal number in `unit`. Negative numbers and exponents are none.
pub fn decimal_us(b: &[u8], unit: Unit) -> Option<i64> {
    let (int, frac) = match b.iter().position(|c| *c == b'.') {
        Some(i) => (&b[..i], &b[i + 1..]),
        None => (b, &b[..0]),
    };
    let int = uint(int)?;
    // the first nine digits of the fraction, as billionths
    let (first, more) = frac.split_at(frac.len().min(9));
    let mut nine = 0u64;
    for c in first {
        let d = c.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        nine = nine * 10 + u64::from(d);
    }
    nine *= 10u64.pow(9 - first.len() as u32);
    if more.iter().any(|c| !c.is_ascii_digit()) {
        return None;
    }
    let per = match unit {
        Unit::Second => 1_000_000,
        Unit::Milli => 1_000,
        Unit::Micro => 1,
        Unit::Nano => return i64::try_from(int / 1_000).ok(),
    };
    let us = int.checked_mul(per)? + nine * per / 1_000_000_000;
    i64::try_from(us).ok()
}

/// Whether all bytes are visible ASCII, eight at a time.
#[inline]
pub fn is_graphic(b: &[u8]) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // a high bit for some byte below `!` or above `~`, if there is one; of the others none is said to be
    let other = |x: u64| {
        let below = x.wrapping_sub(ONES * u64::from(b'!')) & !x;
        let above = (x & !HIGH).wrapping_add(ONES) | x;
        (below | above) & HIGH
    };
    let word = |b: &[u8; 8]| u64::from_le_bytes(*b);
    if let Some(last) = b.last_chunk::<8>() {
        let whole = b.as_chunks::<8>().0.iter();
        return whole.fold(other(word(last)), |all, w| all | other(word(w))) == 0;
    }
    if let (Some(a), Some(b)) = (b.first_chunk::<4>(), b.last_chunk::<4>()) {
        let (a, b) = (u32::from_le_bytes(*a), u32::from_le_bytes(*b));
        return other(u64::from(a) | u64::from(b) << 32) == 0;
    }
    b.iter().all(u8::is_ascii_graphic)
}

/// Whether there is a backslash or an escape character, many bytes at a time.
#[inline(always)]
pub fn has_escape(b: &[u8]) -> bool {
    #[inline(always)]
    fn any<const N: usize>(b: &[u8; N]) -> bool {
        let mut any = 0;
        for c in b {
            any |= u8::from(*c == b'\\') | u8::from(*c == 0x1b);
        }
        any != 0
    }
    if let Some(last) = b.last_chunk::<32>() {
        let mut all = any(last);
        for c in b.as_chunks::<32>().0 {
            all |= any(c);
        }
        return all;
    }
    if let (Some(first), Some(last)) = (b.first_chunk::<16>(), b.last_chunk::<16>()) {
        return any(first) | any(last);
    }
    b.iter().any(|c| matches!(c, b'\\' | 0x1b))
}

/// The number and unit of a duration that names its own unit (`1.5ms`, `12 µs`, `0.231s`).
pub fn with_unit(b: &[u8]) -> Option<(&[u8], Unit)> {
    let n = b.iter().position(|c| !(c.is_ascii_digit() || *c == b'.'))?;
    let unit = match b[n..].trim_ascii_start() {
        b"s" | b"sec" => Unit::Second,
        b"ms" => Unit::Milli,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => Unit::Micro,
        b"ns" => Unit::Nano,
        _ => return None,
    };
    (n > 0).then_some((&b[..n], unit))
}

/// Whether it reads as an IPv4 or IPv6 address or a `unix:` client, without a port.
#[inline]
pub fn is_address(b: &[u8]) -> bool {
    if b.len() < 2 || b.len() > 45 {
        return b.starts_with(b"unix:");
    }
    let (mut dots, mut colons, mut hex) = (0, 0, false);
    for c in b {
        match c {
            b'0'..=b'9' => {}
            b'.' => dots += 1,
            b':' => colons += 1,
            b'a'..=b'f' | b'A'..=b'F' => hex = true,
            _ => return b.starts_with(b"unix:"),
        }
    }
    colons >= 2 || (dots == 3 && colons == 0 && !hex)
}

/// A host without the port behind it: `10.0.0.1:80`, `[::1]:80`, `name:80`; a bare IPv6 address stays whole.
pub fn without_port(b: &[u8]) -> &[u8] {
    if let Some(rest) = b.strip_prefix(b"[") {
        return memchr(b']', rest).map_or(b, |i| &rest[..i]);
    }
    match memchr(b':', b) {
        Some(i) if memchr(b':', &b[i + 1..]).is_none() && !b.starts_with(b"unix:") => &b[..i],
        _ => b,
    }
}

/// Whether it names something that answers requests: an address, `host:port`, `unix:…`, or an `http(s)://` or `fastcgi://` URL.
pub fn is_endpoint(b: &[u8]) -> bool {
    let host = without_port(b);
    if is_address(host) || b.starts_with(b"unix:") {
        return true;
    }
    if let Some(i) = memchr(b':', b).filter(|&i| b[i..].starts_with(b"://")) {
        return i > 0 && i < 10 && b.len() > i + 3;
    }
    let port = b.rsplit(|&c| c == b':').next().unwrap_or_default();
    !host.is_empty()
        && host.len() < b.len()
        && uint(port).is_some_and(|p| p <= 65_535)
        && host
            .iter()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':'))
}

/// The elements of an nginx list: one per attempt, `, ` between attempts and ` : ` between groups.
pub fn list(b: &[u8]) -> impl Iterator<Item = &[u8]> {
    b.split(|&c| c == b',' || c == b' ')
        .filter(|e| !e.is_empty() && *e != b":")
}

/// Method and path of a request line; what follows the path (the protocol) may be missing. Both are empty when it is none
/// (`""`, `-`, TLS bytes).
#[inline(always)]
pub fn request_line(b: &[u8]) -> (&[u8], &[u8]) {
    let m = match b {
        [b'G', b'E', b'T', b' ', ..] => 3,
        [b'P', b'O', b'S', b'T', b' ', ..] => 4,
        _ => match method(b) {
            Some(m) => m,
            None => return (&b[..0], &b[..0]),
        },
    };
    let rest = &b[m + 1..];
    // The usual end is ` HTTP/1.1`; other protocols and blanks in the path go the longer way.
    let path = match rest.len().checked_sub(9) {
        Some(n) if rest[n..].starts_with(b" HTTP/") => &rest[..n],
        _ => match memchr::memmem::rfind(rest, b" HTTP/") {
            Some(n) => &rest[..n],
            None => rest,
        },
    };
    (&b[..m], path)
}

/// Length of the method that a request line begins with.
fn method(b: &[u8]) -> Option<usize> {
    let m = b.iter().take(21).position(|c| *c == b' ')?;
    let named = m > 0
        && b[0] != b'-'
        && b[..m]
            .iter()
            .all(|c| c.is_ascii_alphabetic() || *c == b'-' || *c == b'_');
    named.then_some(m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_and_escapes() {
        assert_eq!(
            quoted(br#""a \"b\" c" d"#),
            Ok((&b" d"[..], &br#"a \"b\" c"#[..]))
        );
        assert_eq!(quoted(br#""\\" d"#), Ok((&b" d"[..], &br"\\"[..])));
        assert_eq!(quoted(br#""" d"#), Ok((&b" d"[..], &b""[..])));
        assert!(quoted(b"\"open").is_err() && quoted(b"x").is_err() && quoted(b"").is_err());
    }

    #[test]
    fn statuses() {
        assert_eq!(status(b"499"), Some(499));
        assert_eq!((status(b"000"), status(b"-")), (Some(0), Some(0)));
        for s in ["600", "099", "20", "2000", "2x0", ""] {
            assert_eq!(status(s.as_bytes()), None, "{s}");
        }
    }

    #[test]
    fn short_numbers() {
        assert_eq!(short_uint(b"1234 \"-\" "), Some((1234, 4)));
        assert_eq!(short_uint(b"0 \"-\" xxx"), Some((0, 1)));
        assert_eq!(short_uint(b"9876543 "), Some((9_876_543, 7)));
        for s in ["12345678 ", " 1234567", "12x4 5678", "-  12345", "12 "] {
            assert_eq!(short_uint(s.as_bytes()), None, "{s}");
        }
    }

    #[test]
    fn durations() {
        assert_eq!(decimal_us(b"0.002", Unit::Second), Some(2_000));
        assert_eq!(decimal_us(b"12", Unit::Milli), Some(12_000));
        assert_eq!(decimal_us(b"1.5", Unit::Milli), Some(1_500));
        assert_eq!(decimal_us(b"1234567", Unit::Nano), Some(1_234));
        for s in ["-", "-1", "", "1e3", "1.2.3", "999999999999999999"] {
            assert_eq!(decimal_us(s.as_bytes(), Unit::Second), None, "{s}");
        }
        assert_eq!(
            with_unit("12 µs".as_bytes()),
            Some((&b"12"[..], Unit::Micro))
        );
        assert_eq!(with_unit(b"ms"), None);
    }

    #[test]
    fn addresses() {
        for a in [
            "127.0.0.1",
            "::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "unix:",
        ] {
            assert!(is_address(a.as_bytes()), "{a}");
        }
        for a in [
            "-",
            "web01",
            "10.0.0.1:80",
            "1.2",
            "shop.example.com",
            "12:30",
        ] {
            assert!(!is_address(a.as_bytes()), "{a}");
        }
        assert_eq!(without_port(b"10.0.0.1:80"), b"10.0.0.1");
        assert_eq!(without_port(b"[::1]:80"), b"::1");
        assert_eq!(without_port(b"::1"), b"::1");
        for e in [
            "10.0.0.1:80",
            "[::1]:80",
            "app:9000",
            "unix:/run/a.sock",
            "http://a:1/x",
        ] {
            assert!(is_endpoint(e.as_bytes()), "{e}");
        }
        for e in [
            "-",
            "curl/8.5",
            "Mozilla/5.0 (X11; rv:109.0)",
            "shop",
            "a:b",
        ] {
            assert!(!is_endpoint(e.as_bytes()), "{e}");
        }
        let l: Vec<_> = list(b"a:1, b:2 : c:3").collect();
        assert_eq!(l, [b"a:1", b"b:2", b"c:3"]);
    }

    #[test]
    fn request_lines() {
        let r = |s: &'static str| request_line(s.as_bytes());
        assert_eq!(r("GET /a?b=1 HTTP/1.1"), (&b"GET"[..], &b"/a?b=1"[..]));
        assert_eq!(r("GET /a"), (&b"GET"[..], &b"/a"[..]));
        assert_eq!(r("GET /a b HTTP/2"), (&b"GET"[..], &b"/a b"[..]));
        for s in ["", "-", r"\x16\x03\x01", "  ", "- - -"] {
            assert_eq!(r(s), (&b""[..], &b""[..]), "{s}");
        }
    }

    proptest! {
        #[test]
        fn visible_bytes(b in proptest::collection::vec(prop_oneof![9 => b'!'..=b'~', 1 => any::<u8>(), 1 => proptest::sample::select(vec![b' ', 0x7f, 0x80, 0xff, 0])], 0..30)) {
            prop_assert_eq!(is_graphic(&b), b.iter().all(u8::is_ascii_graphic));
        }

        #[test]
        fn short_numbers_agree(v in 0u64..10_000_000, tail in "[ -~]{8}") {
            let s = format!("{v} {tail}");
            prop_assert_eq!(short_uint(s.as_bytes()), Some((v, v.to_string().len())));
        }

        #[test]
        fn digits_at_the_end_are_told(b in proptest::array::uniform8(prop_oneof![3 => b'0'..=b'9', 1 => any::<u8>()]), n in 1usize..9) {
            prop_assert_eq!(short_digits(&b, n), b[8 - n..].iter().all(u8::is_ascii_digit));
        }

        #[test]
        fn short_numbers_are_numbers(b in proptest::array::uniform8(any::<u8>())) {
            if let Some((v, n)) = short_uint(&b) {
                prop_assert_eq!(uint(&b[..n]), Some(v));
            }
        }

        #[test]
        fn never_panic(b in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = (quoted(&b), status(&b), decimal_us(&b, Unit::Milli), with_unit(&b), is_endpoint(&b), request_line(&b));
        }
    }
}
