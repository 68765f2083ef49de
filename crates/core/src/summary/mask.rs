//! Messages with what varies in them masked, so that those of one kind are one text. A pure function of the message.

/// A byte that ends a token and stays as it is.
const BREAK: u8 = 1;
const DIGIT: u8 = 2;
const SLASH: u8 = 4;
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

/// Masks a message: a token with a digit becomes `<*>`, a path with two or more slashes `<P>`; runs of `<*>` are one; at most
/// `tokens` tokens. Tokens end at blanks and `= : , ( ) [ ] { } " ' | ; < >`, which stay as they are.
pub fn mask(text: &[u8], tokens: usize, out: &mut Vec<u8>) {
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
        if has & DIGIT != 0 {
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
