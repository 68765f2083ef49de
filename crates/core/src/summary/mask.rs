//! Messages with what varies in them masked, so that those of one kind are one text. A pure function of the message.

use coroner_lines::text::is_failed_status;
use std::borrow::Cow;

/// A byte that ends a token and stays as it is.
const BREAK: u8 = 1;
const DIGIT: u8 = 2;
const SLASH: u8 = 4;
/// Bytes of a token that are kept.
const LONGEST: usize = 64;
/// What each byte is to a mask.
static CLASS: [u8; 256] = {
    let mut all = [0; 256];
    let breaks = b" \t=:,()[]{}\"'|;<>";
    let mut i = 0;
    while i < breaks.len() {
        all[breaks[i] as usize] = BREAK;
        i += 1;
    }
    let mut d = b'0';
    while d <= b'9' {
        all[d as usize] = DIGIT;
        d += 1;
    }
    all[b'/' as usize] = SLASH;
    all
};

/// Masks a message: a token with a digit becomes `<*>`, a path with two or more slashes, or behind the method
/// of a request, `<P>`; runs of `<*>` are one; how a call
/// failed stays (`status=503`); at most `tokens` tokens. Tokens end at blanks and `= : , ( ) [ ] { } " ' | ; < >`, which stay as they are.
pub fn mask(text: &[u8], tokens: usize, out: &mut Vec<u8>) {
    out.clear();
    out.reserve(text.len() + 3);
    // what stays as it is, from `kept` on, is copied when something else comes
    let (mut i, mut n, mut kept, mut cut) = (0, 0, 0, false);
    while let Some(&c) = text.get(i) {
        if CLASS[usize::from(c)] == BREAK {
            let last = match kept < i {
                true => text.get(i - 1),
                false => out.last(),
            };
            let doubled = matches!(c, b' ' | b'\t') && last == Some(&b' ');
            if doubled || c == b'\t' {
                out.extend_from_slice(&text[kept..i]);
                out.extend((!doubled).then_some(b' '));
                kept = i + 1;
            }
            i += 1;
            continue;
        }
        if n == tokens {
            cut = true;
            break;
        }
        n += 1;
        let (start, mut has) = (i, 0);
        while let Some(&c) = text.get(i) {
            let class = CLASS[usize::from(c)];
            if class == BREAK {
                break;
            }
            has |= class;
            i += 1;
        }
        let slashes = || text[start..i].iter().filter(|c| **c == b'/').count();
        let route = text[start] == b'/' && {
            out.extend_from_slice(&text[kept..start]);
            kept = start;
            is_behind_method(out)
        };
        let is_path = route || has & DIGIT == 0 && has & SLASH != 0 && slashes() >= 2;
        let status = has & DIGIT != 0 && is_failed_status(text, start, i) && {
            // whose key stays, too: masking again changes nothing
            out.extend_from_slice(&text[kept..start]);
            kept = start;
            stays(out, &text[start..i])
        };
        let varies = has & DIGIT != 0 && !status && !is_path;
        if varies || is_path || i - start > LONGEST {
            out.extend_from_slice(&text[kept..start]);
            if is_path {
                out.extend_from_slice(b"<P>");
            } else if has & DIGIT == 0 {
                out.extend_from_slice(&text[start..start + LONGEST]);
            } else if out.ends_with(b"<*> ") {
                out.pop();
            } else if !out.ends_with(b"<*>") {
                out.extend_from_slice(b"<*>");
            }
            kept = i;
        }
        if out.len() + (i - kept) > 400 {
            break;
        }
    }
    out.extend_from_slice(&text[kept..i]);
    if cut {
        out.extend_from_slice(b"...");
    }
    while out.last() == Some(&b' ') {
        out.pop();
    }
}

/// Whether what was masked ends with the method of a request, behind which stands what it asks for: an error of one kind is one
/// text, whatever was asked for.
fn is_behind_method(masked: &[u8]) -> bool {
    const METHODS: [&[u8]; 5] = [b"GET ", b"POST ", b"PUT ", b"PATCH ", b"DELETE "];
    let before = METHODS.iter().find_map(|m| masked.strip_suffix(*m));
    before.is_some_and(|b| b.last().is_none_or(|c| CLASS[usize::from(*c)] == BREAK))
}

/// What masking a masked text again with fewer tokens gives: its beginning.
pub(super) fn cut(masked: &[u8], tokens: usize) -> Cow<'_, [u8]> {
    let mut starts = 0;
    let mut before = BREAK;
    for (i, c) in masked.iter().enumerate() {
        let class = CLASS[usize::from(*c)] & BREAK;
        if class < before {
            starts += 1;
            if starts > tokens {
                return Cow::Owned([&masked[..i], b"..."].concat());
            }
        }
        before = class;
    }
    Cow::Borrowed(masked)
}

/// Whether a status stands behind its key in what is kept of a text.
fn stays(out: &mut Vec<u8>, status: &[u8]) -> bool {
    let at = out.len();
    out.extend_from_slice(status);
    let stays = is_failed_status(out, at, out.len());
    out.truncate(at);
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use coroner_lines::marker::is_read;
    use coroner_lines::text::likeness::Likeness;
    use proptest::prelude::*;

    fn plainly(text: &[u8], tokens: usize, out: &mut Vec<u8>) {
        out.clear();
        let (mut i, mut n) = (0, 0);
        while let Some(&c) = text.get(i) {
            if CLASS[usize::from(c)] == BREAK {
                let c = if c == b'\t' { b' ' } else { c };
                if !(c == b' ' && out.last() == Some(&b' ')) {
                    out.push(c);
                }
                i += 1;
                continue;
            }
            if n == tokens {
                out.extend_from_slice(b"...");
                break;
            }
            n += 1;
            let (start, mut has, mut slashes) = (i, 0, 0);
            while let Some(&c) = text.get(i) {
                let class = CLASS[usize::from(c)];
                if class == BREAK {
                    break;
                }
                has |= class;
                slashes += u32::from(class == SLASH);
                i += 1;
            }
            let tok = &text[start..i];
            let status = is_failed_status(text, start, i) && stays(out, tok);
            if tok.starts_with(b"/") && is_behind_method(out) {
                out.extend_from_slice(b"<P>");
            } else if has & DIGIT != 0 && !status {
                if !(out.ends_with(b"<*> ") || out.ends_with(b"<*>")) {
                    out.extend_from_slice(b"<*>");
                } else if out.last() == Some(&b' ') {
                    out.pop();
                }
            } else if slashes >= 2 {
                out.extend_from_slice(b"<P>");
            } else {
                out.extend_from_slice(&tok[..tok.len().min(64)]);
            }
            if out.len() > 400 {
                break;
            }
        }
        while out.last() == Some(&b' ') {
            out.pop();
        }
    }

    proptest! {
        /// Who counts texts by their key counts them by what they have in common.
        #[test]
        fn a_key_is_masked_as_its_text(words in proptest::collection::vec(prop_oneof![
            3 => "[a-cx]{1,4}|[0-9]{1,9}|[0-9a-f]{7,12}|[a-zA-Z0-9]{1,12}|[A-F0-9]{8}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            2 => "[ =:,./\"_-]|GET /[a-c7]{0,3}|status(=| code: )[2-5][0-9]{2}|/a/b/|  |\t",
        ], 0..40), tokens in 0usize..26) {
            let text = words.concat();
            let (mut a, mut b, mut likeness) = (Vec::new(), Vec::new(), Likeness::new(is_read));
            mask(text.as_bytes(), tokens, &mut a);
            if let Some(key) = likeness.fill(text.as_bytes()) {
                mask(key, tokens, &mut b);
                prop_assert_eq!(a, b);
            }
        }

        #[test]
        fn as_byte_by_byte(
            words in proptest::collection::vec(proptest::sample::select(vec![
                "a", "b7", "<*>", "<P>", "/a/b/c", "...", " ", "  ", "\t", "=", ":", "<", ">", "*", "12", "w/x", "/a7/b/c", "GET ", "/a", "/7", "\t ", " \t",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "(bucket 11)", "status", "503",
            ]), 0..60), tokens in 0usize..26,
        ) {
            let text = words.concat();
            let (mut a, mut b) = (Vec::new(), Vec::new());
            mask(text.as_bytes(), tokens, &mut a);
            plainly(text.as_bytes(), tokens, &mut b);
            prop_assert_eq!(&a, &b);
            mask(text.as_bytes(), 24, &mut a);
            mask(&a, tokens.min(24), &mut b);
            prop_assert_eq!(&cut(&a, tokens.min(24))[..], b);
        }
    }
}
