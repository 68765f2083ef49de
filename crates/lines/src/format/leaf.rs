//! Leaves that several formats share: quoted strings, statuses, addresses, request lines, durations.
//! With the combinators of `nom`, which are here for all grammars, they make the shape of a line.
//! Each reads one thing from a slice and never allocates; which field a thing is, is not decided here.

pub use crate::time::stamp::{Leaf, digits};
use crate::vector::{ByteWindow, WINDOW, first_digits};
use memchr::{memchr, memmem};
pub use nom::Parser;
pub use nom::branch::alt;
pub use nom::bytes::complete::{
    tag, take, take_till, take_until, take_while, take_while_m_n, take_while1,
};
pub use nom::character::complete::{digit1, multispace0, one_of, space0};
pub use nom::combinator::{
    all_consuming, cond, consumed, cut, eof, opt, peek, recognize, rest, value, verify,
};
pub use nom::multi::many0_count;
pub use nom::sequence::{delimited, preceded, separated_pair, terminated};
use serde::{Deserialize, Serialize};

/// A grammar of some bytes of a line: a leaf, or a composition of leaves by the combinators of `nom`.
pub trait Grammar<'a, T>: Parser<&'a [u8], Output = T, Error = ()> {}

impl<'a, T, P: Parser<&'a [u8], Output = T, Error = ()>> Grammar<'a, T> for P {}

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

/// Index of the first such byte from `at`. Most fields of a log line are short: their first 32 bytes are looked at together in
/// place, which costs less than a call to memchr.
#[inline]
pub fn find_short(b: &[u8], at: usize, byte: u8) -> Option<usize> {
    let rest = b.get(at..)?;
    match rest.first_chunk().map(|w| ByteWindow(w).equal(byte)) {
        None => rest.iter().position(|c| *c == byte),
        Some(0) => memchr(byte, &rest[WINDOW..]).map(|n| n + WINDOW),
        Some(bits) => Some(bits.trailing_zeros() as usize),
    }
    .map(|n| at + n)
}

/// How common bytes are in lines, 0 for the rarest.
static COMMON: [u8; 256] = {
    let (mut all, mut c) = ([0; 256], 0);
    while c < 256 {
        all[c] = match c as u8 {
            b' ' | b'"' | b'e' => 3,
            b'0'..=b'9' | b',' | b'-'..=b':' | b'a' | b'i' | b'n' | b'o' | b'r'..=b't' => 2,
            b'a'..=b'z' | b'=' => 1,
            _ => 0,
        };
        c += 1;
    }
    all
};

/// The first place of a few bytes in a line. They are looked for by the rarest of them: a searcher as for long texts costs more
/// to make than most lines have bytes.
pub fn find(line: &[u8], wanted: &[u8]) -> Option<usize> {
    let Some(first) = wanted.first() else {
        return Some(0);
    };
    let mut rare = (*first, 0);
    for (i, c) in wanted.iter().enumerate() {
        if COMMON[usize::from(*c)] < COMMON[usize::from(rare.0)] {
            rare = (*c, i);
        }
    }
    let mut places = memchr::memchr_iter(rare.0, line.get(rare.1..)?);
    places.find(|from| line[*from..].starts_with(wanted))
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
    let (number, n) = first_digits(b.first_chunk()?);
    ((1..8).contains(&n) && b.get(n) == Some(&b' ')).then_some((number, n))
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

/// Up to the next blank, at least one byte.
#[inline]
pub fn word(i: &[u8]) -> Leaf<'_, &[u8]> {
    match memchr(b' ', i).unwrap_or(i.len()) {
        0 => Err(nom::Err::Error(())),
        n => Ok((&i[n..], &i[..n])),
    }
}

/// A word that is a whole number.
#[inline]
pub fn number(i: &[u8]) -> Leaf<'_, u64> {
    word.map_opt(uint).parse(i)
}

/// A word that is a status.
#[inline]
pub fn status_word(i: &[u8]) -> Leaf<'_, u16> {
    word.map_opt(status).parse(i)
}

/// What one blank stands in front of.
#[inline]
pub fn blank<'a, T>(inner: impl Grammar<'a, T>) -> impl Grammar<'a, T> {
    preceded(tag(" "), inner)
}

/// What stands in brackets: `[`, then this, then `]`.
#[inline]
pub fn bracketed<'a, T>(inner: impl Grammar<'a, T>) -> impl Grammar<'a, T> {
    delimited(tag("["), inner, tag("]"))
}

/// Up to a mark, which is taken too.
#[inline]
pub fn before<'a>(mark: u8) -> impl Grammar<'a, &'a [u8]> {
    before_near(mark, usize::MAX)
}

/// Up to a mark among the first bytes, which is taken too.
#[inline]
pub fn before_near<'a>(mark: u8, most: usize) -> impl Grammar<'a, &'a [u8]> {
    move |i: &'a [u8]| match memchr(mark, &i[..i.len().min(most)]) {
        Some(n) => Ok((&i[n + 1..], &i[..n])),
        None => Err(nom::Err::Error(())),
    }
}

/// Up to a mark, which is taken too, or to the end.
#[inline]
pub fn cell<'a>(mark: u8) -> impl Grammar<'a, &'a [u8]> {
    before(mark).or(rest)
}

/// A word with a mark in it: what stands before its first and behind it.
#[inline]
pub fn halves<'a>(mark: u8) -> impl Grammar<'a, (&'a [u8], &'a [u8])> {
    word.and_then((before(mark), rest))
}

/// Nothing where it says `-`.
#[inline]
pub fn unless_dash(b: &[u8]) -> &[u8] {
    if b == b"-" { b"" } else { b }
}

/// Up to a mark among the first bytes, which is taken too.
#[inline]
pub fn past<'a>(mark: &'static str, most: usize) -> impl Grammar<'a, &'a [u8]> {
    move |i: &'a [u8]| match find(&i[..i.len().min(most)], mark.as_bytes()) {
        Some(n) => Ok((&i[n + mark.len()..], &i[..n])),
        None => Err(nom::Err::Error(())),
    }
}

/// Up to the last such mark, which is taken too.
#[inline]
pub fn past_last<'a>(mark: &'static str) -> impl Grammar<'a, &'a [u8]> {
    move |i: &'a [u8]| match memmem::rfind(i, mark.as_bytes()) {
        Some(n) => Ok((&i[n + mark.len()..], &i[..n])),
        None => Err(nom::Err::Error(())),
    }
}

#[cfg(test)]
mod tests;
