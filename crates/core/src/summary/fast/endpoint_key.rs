//! The beginning of a request line as a key of fixed size, by which its endpoint is remembered without a loop and without
//! a doubt: equal keys have equal endpoints. Only lines of the most frequent kind have one.

use crate::summary::keys::ALL_SEGMENTS;
use coroner_lines::fast::le_words::{keep, masked, same, words};
use coroner_lines::vector::{PATH, PathBytes};

/// Bytes of a key.
const LONGEST: usize = PATH;
const WORDS: usize = LONGEST / 8;

/// Method and path of a request line as far as they show the endpoint, filled up with zeros.
#[derive(Clone, Copy, Debug)]
pub(in crate::summary) struct Short {
    words: [u64; WORDS],
    /// Bytes that are not filling; 64 more where a number followed, which is left out; 128 for each method where the words
    /// hold the path alone; [`CUT`] where more segments followed.
    len: usize,
}

impl PartialEq for Short {
    /// Without a branch for each word: all of them are looked at in any case.
    #[inline(always)]
    fn eq(&self, o: &Short) -> bool {
        same(&self.words, &o.words) & (self.len == o.len)
    }
}

/// Marks the key of a path of which only the first segments are kept.
const CUT: usize = 1 << 16;

/// By length: what is kept of the words.
const KEEP: [[u64; WORDS]; LONGEST + 1] = keep();

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

#[inline(always)]
fn word(b: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*b.get(at..)?.first_chunk()?))
}

impl Short {
    /// The key of nothing.
    pub(in crate::summary) const EMPTY: Short = Short {
        words: [0; WORDS],
        len: 0,
    };

    /// The key of the request line that stands in `line` from `from` to `to`: `GET /path?query HTTP/1.1`. Of its path so many
    /// segments are kept as names of the endpoint's level have: paths of a site of very many are then as few as their names.
    #[inline(always)]
    pub(in crate::summary) fn of(
        line: &[u8],
        from: usize,
        to: usize,
        segments: u32,
    ) -> Option<Short> {
        const PROTOCOL: u64 = u64::from_le_bytes(*b" HTTP/\0\0");
        const GET: u64 = u64::from_le_bytes(*b"GET /\0\0\0");
        const POST: u64 = u64::from_le_bytes(*b"POST /\0\0");
        // the path ends at the protocol, which is nine bytes with its blank
        let end = to.checked_sub(9)?;
        let path = end.checked_sub(from)?;
        let protocol = word(line, end)? & 0xFFFF_FFFF_FFFF == PROTOCOL;
        let start: &[u8; LONGEST] = line.get(from..)?.first_chunk()?;
        let words = words(start)?;
        let get = words[0] & 0xFF_FFFF_FFFF == GET;
        let post = words[0] & 0xFFFF_FFFF_FFFF == POST;
        // no closure: what it gives is copied once more
        if !protocol || !(get | post) || path < 5 {
            return None;
        }
        Self::ending(start, words, path, segments)
    }

    /// Whether only the first segments of the path are in it.
    pub(in crate::summary) fn is_cut(&self) -> bool {
        self.len & CUT != 0
    }

    /// The key of a path alone that stands in `line` from `from` to `to`, and of its method, which stands elsewhere or nowhere.
    #[inline(always)]
    pub(in crate::summary) fn of_path(
        method: &[u8],
        line: &[u8],
        from: usize,
        to: usize,
        segments: u32,
    ) -> Option<Short> {
        let method = match method {
            b"" => 1,
            b"GET" => 2,
            b"POST" => 3,
            b"PUT" => 4,
            b"HEAD" => 5,
            b"DELETE" => 6,
            b"PATCH" => 7,
            b"OPTIONS" => 8,
            _ => return None,
        };
        let path = to.checked_sub(from)?;
        let start: &[u8; LONGEST] = line.get(from..)?.first_chunk()?;
        let mut key = match start[0] {
            _ if path == 0 => Short::EMPTY,
            b'/' => Self::ending(start, words(start)?, path, segments)?,
            _ => return None,
        };
        key.len += 128 * method;
        Some(key)
    }

    /// The key of what begins so, of which the path ends after `path` bytes, one at least, and does not begin with a digit.
    #[inline(always)]
    fn ending(
        start: &[u8; LONGEST],
        mut words: [u64; WORDS],
        path: usize,
        segments: u32,
    ) -> Option<Short> {
        let PathBytes {
            question,
            slash,
            digit,
        } = PathBytes::of(start);
        let query = (question | 1 << LONGEST).trailing_zeros() as usize;
        let mut n = query.min(path);
        let mut cut = 0;
        if segments < ALL_SEGMENTS {
            let mut slashes = slash & ((1 << n) - 1);
            (0..segments).for_each(|_| slashes &= slashes.wrapping_sub(1));
            if slashes != 0 {
                (n, cut) = (slashes.trailing_zeros() as usize, CUT);
            }
        }
        if (n == LONGEST && path > LONGEST) || n == 0 {
            return None;
        }
        // a number behind the last slash: how long it is, no processor can foresee
        let digits = (!(digit << (64 - n))).leading_zeros() as usize;
        let numbered = (slash << 1) >> (n - digits) & (digit >> (n - digits)) & 1 == 1;
        let n = if numbered { n - digits } else { n };
        // a number between slashes: a digit behind a slash, and the first byte that is none after it a slash
        let run = (slash << 1) & digit;
        let behind = run.wrapping_add(digit) & !digit & slash;
        if behind & ((1 << n) - 1) != 0 {
            // given and taken back, not lent: what is lent lies in memory, and is waited for there
            words = without_numbers(words, run, digit, slash);
        }
        let words = masked(words, KEEP.get(n)?);
        let len = n + 64 * usize::from(numbered) + cut;
        Some(Short { words, len })
    }

    /// A place for the key among `1 << bits`.
    #[inline(always)]
    pub(in crate::summary) fn place(&self, bits: u32) -> usize {
        let w = &self.words;
        let a = w[0] ^ w[2].rotate_left(23) ^ w[4].rotate_left(41);
        let b = w[1] ^ w[3].rotate_left(23) ^ w[5].rotate_left(41);
        let sum = a
            .wrapping_mul(0xA076_1D64_78BD_642F)
            .wrapping_add((b ^ self.len as u64).wrapping_mul(0xE703_7ED1_A0B4_28DB));
        (sum >> (64 - bits)) as usize
    }
}

/// Makes the digits of all segments that are numbers zeros: such a segment is an id, whatever the number. The bits are by
/// byte; `run` are the first bytes of segments that begin with a digit.
#[inline(never)]
fn without_numbers(mut words: [u64; WORDS], run: u64, digit: u64, slash: u64) -> [u64; WORDS] {
    let mut rest = run;
    let mut numbers = 0u64;
    while rest != 0 {
        let first = rest & rest.wrapping_neg();
        let behind = first.wrapping_add(digit) & !digit & !(first - 1);
        let end = behind & behind.wrapping_neg();
        if end & slash != 0 {
            numbers |= end - first;
        }
        rest &= rest - 1;
    }
    for (i, w) in words.iter_mut().enumerate() {
        // a bit to a byte
        let bits = (numbers >> (8 * i) & 0xFF).wrapping_mul(ONES) & 0x8040_2010_0804_0201;
        let bytes = ((bits & HIGH | (bits & !HIGH).wrapping_add(!HIGH)) & HIGH) >> 7;
        let mask = bytes.wrapping_mul(0xFF);
        *w = *w & !mask | (ONES * u64::from(b'0')) & mask;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::endpoint;
    use crate::summary::keys::{coarse, segments};
    use coroner_lines::format::leaf::request_line;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The key of a request line within a line.
    fn key(request: &str) -> Option<Short> {
        let line = format!(
            "1.2.3.4 - - [] \"{request}\" 200 1 \"-\" \"a user agent that is long enough\"\n"
        );
        Short::of(line.as_bytes(), 16, 16 + request.len(), ALL_SEGMENTS)
    }

    fn name(request: &str) -> Vec<u8> {
        let (method, path) = request_line(request.as_bytes());
        let mut out = Vec::new();
        endpoint(method, path, &mut out);
        out
    }

    fn path_key(method: &str, path: &str) -> Option<Short> {
        let line =
            format!("x{path}\" and what follows it, which is long enough for all of the key");
        let end = 1 + path.len();
        Short::of_path(method.as_bytes(), line.as_bytes(), 1, end, ALL_SEGMENTS)
    }

    #[test]
    fn keys_of_paths_alone() {
        assert_eq!(path_key("", "/a/17?x=1"), path_key("", "/a/9"));
        assert_eq!(path_key("GET", "/"), path_key("GET", "/?a"));
        assert_ne!(path_key("", "/a"), path_key("GET", "/a"));
        assert_ne!(path_key("PUT", "/a"), path_key("GET", "/a"));
        assert_ne!(path_key("GET", "/a"), key("GET /a HTTP/1.1"));
        assert_ne!(path_key("GET", ""), path_key("POST", ""));
        let none = [("GET", "a"), ("GET", "1"), ("get", "/"), ("X", "/")];
        for (method, path) in none {
            assert!(path_key(method, path).is_none(), "{method} {path}");
        }
    }

    #[test]
    fn keys_of_usual_requests() {
        let of = |path: &str| key(&format!("GET {path} HTTP/1.1"));
        assert!(of("/").is_some() && of("/a/b?c=/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s").is_some());
        assert_eq!(of("/a/1"), of("/a/2345?x"));
        assert_eq!(of("/1"), of("/2345678901"));
        assert_eq!(of("/a/17/b/2/c"), of("/a/98/b/3/c?x=1"));
        assert_eq!(of("/a/1/b/17"), of("/a/2/b/3"));
        assert_ne!(of("/a/1"), of("/a/"));
        assert_ne!(of("/a/1"), of("/a1"));
        assert_ne!(of("/a/1b/c"), of("/a/2b/c"));
        let long = "/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq";
        assert!(of(long).is_some());
        assert_eq!(of(&format!("{}?", &long[1..])), None);
        assert_eq!(
            of(&format!("/{}?", &long[2..])),
            of(&format!("/{}", &long[2..]))
        );
        assert!(of(&format!("{long}r")).is_none());
        assert_ne!(of("/a"), key("POST /a HTTP/1.1"));
        for other in [
            "GET /a",
            "PUT /a HTTP/1.1",
            "GET a HTTP/1.1",
            "",
            "GET  HTTP/1.1",
            " HTTP/1.1",
        ] {
            assert!(key(other).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn equal_keys_have_equal_endpoints(
            requests in proptest::collection::vec(r"(GET|POST) /[a0/?#-]{0,6}[0-9/]{0,9}[a?]{0,2}( HTTP/[12]\.[01])?", 2..60),
        ) {
            let mut seen = BTreeMap::new();
            for r in &requests {
                if let Some(k) = key(r) {
                    let known = seen.entry((k.words, k.len)).or_insert_with(|| name(r));
                    prop_assert_eq!(&*known, &name(r), "{}", r);
                }
            }
        }

        #[test]
        fn equal_keys_of_paths_have_equal_endpoints(
            requests in proptest::collection::vec((proptest::sample::select(vec!["", "GET", "POST", "PATCH"]), r"(/[a0/?#-]{0,6}[0-9/]{0,9}[a?]{0,2})?"), 2..60),
        ) {
            let mut seen = BTreeMap::new();
            for (method, path) in &requests {
                let mut now = Vec::new();
                endpoint(method.as_bytes(), path.as_bytes(), &mut now);
                let k = path_key(method, path).unwrap();
                let known = seen.entry((k.words, k.len)).or_insert_with(|| now.clone());
                prop_assert_eq!(&*known, &now, "{} {}", method, path);
            }
        }

        #[test]
        fn keys_of_a_level_have_equal_endpoints_there(
            paths in proptest::collection::vec(r"(/[ab1?#-]{0,3}){1,6}", 2..60), level in 1u8..5,
        ) {
            let mut seen = BTreeMap::new();
            for path in &paths {
                let line = format!("x{path}\" and what follows it, which is long enough for all of the key");
                let k = Short::of_path(b"GET", line.as_bytes(), 1, 1 + path.len(), segments(level)).unwrap();
                let mut fine = Vec::new();
                endpoint(b"GET", path.as_bytes(), &mut fine);
                let name = coarse(level, &fine).into_owned();
                let known = seen.entry((k.words, k.len)).or_insert_with(|| name.clone());
                prop_assert_eq!(&*known, &name, "{}", path);
            }
        }

        #[test]
        fn any_bytes_and_places_do_no_harm(line in proptest::collection::vec(any::<u8>(), 0..120), from in 0usize..130, to in 0usize..130) {
            for segments in [1, 3, ALL_SEGMENTS] {
                let _ = Short::of(&line, from, to, segments);
                let _ = Short::of_path(b"GET", &line, from, to, segments);
            }
        }
    }
}
