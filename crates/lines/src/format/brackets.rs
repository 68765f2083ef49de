//! Where a nested JSON value ends: brackets are counted many bytes at a time, texts between quotes are passed over. No keys and
//! no values here.

use super::flat_json::string_end;
use crate::vector::{ByteWindow, WINDOW};

/// Index after the bracket that closes the one at `at`. Kinds of brackets are not compared.
pub(super) fn nested_end(b: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut i) = (1, at + 1);
    // where a window shows nothing, the bytes of it are looked at one by one
    let mut window_from = i;
    loop {
        if i >= window_from
            && let Some(w) = b.get(i..).and_then(|r| r.first_chunk())
        {
            match many_brackets(ByteWindow(w), depth) {
                Ok((n, d)) if n > 0 => {
                    (i, depth) = (i + n, d);
                    continue;
                }
                Ok(_) => window_from = i + WINDOW,
                Err(last) => return Some(i + last + 1),
            }
        }
        match *b.get(i)? {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            b'"' => i = string_end(b, i + 1)?,
            _ => {}
        }
        i += 1;
    }
}

/// Goes through the brackets of a window that begins outside of texts, `depth` levels deep: how many bytes can be passed over
/// (none where a text begins with the first one and does not end, or has an escape), and how deep that leads; or where the
/// bracket stands that closes the last level.
#[inline]
fn many_brackets(w: ByteWindow<'_>, depth: usize) -> Result<(usize, usize), usize> {
    // from the first backslash on nothing is known, nor from a quote that no other one follows
    let known = w.equal(b'\\').trailing_zeros().min(u32::BITS);
    let known = (1u64 << known) - 1;
    let mut quotes = u64::from(w.equal(b'"')) & known;
    let mut known = known;
    if quotes.count_ones() % 2 == 1 {
        known = (1 << quotes.ilog2()) - 1;
        quotes &= known;
    }
    // a bit for each byte of a text, its first quote among them
    let inside = [1, 2, 4, 8, 16].iter().fold(quotes, |q, n| q ^ (q << n));
    let known = known & !inside;
    let bits = |a, b| u64::from(w.equal(a) | w.equal(b)) & known;
    let (open, close) = (bits(b'{', b'['), bits(b'}', b']'));
    let passed = (u64::BITS - (known | quotes).leading_zeros()) as usize;
    let (opens, closes) = (open.count_ones() as usize, close.count_ones() as usize);
    if closes < depth {
        return Ok((passed, depth + opens - closes));
    }
    let (mut depth, mut rest) = (depth, open | close);
    while rest != 0 {
        let one = rest & rest.wrapping_neg();
        match open & one {
            0 if depth == 1 => return Err(one.trailing_zeros() as usize),
            0 => depth -= 1,
            _ => depth += 1,
        }
        rest ^= one;
    }
    Ok((passed, depth))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ends_of_nested_values(b in proptest::collection::vec(prop_oneof![
            Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'"'), Just(b'\\'), Just(b'a'), Just(b'a'), any::<u8>()], 0..150),
            depth in 0usize..40,
        ) {
            let deep = [b"{".repeat(depth), b"{".to_vec(), b].concat();
            let slowly = || {
                let (mut depth, mut i) = (0usize, 0);
                loop {
                    match *deep.get(i)? {
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => {
                            depth -= 1;
                            if depth == 0 {
                                return Some(i + 1);
                            }
                        }
                        b'"' => i = string_end(&deep, i + 1)?,
                        _ => {}
                    }
                    i += 1;
                }
            };
            prop_assert_eq!(nested_end(&deep, 0), slowly());
        }
    }
}
