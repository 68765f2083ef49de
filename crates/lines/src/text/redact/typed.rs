//! Passwords by how people make them up, whatever stands around them: words in which digits stand for letters, joined by signs or
//! numbers as names are not, and what programs make up of all kinds of signs.

use super::looks;
use std::ops::Range;

/// Signs that such a word has at least and at most.
const SIZES: std::ops::RangeInclusive<usize> = 8..=40;

/// The places of such words: what stands between quotation marks or tags, as the value of a key, among operands.
pub(super) fn typed(text: &str) -> Vec<Range<usize>> {
    let around = |c: char| c.is_whitespace() || "\"'<>".contains(c);
    let place = |r: &str| r.as_ptr() as usize - text.as_ptr() as usize;
    let mut out = Vec::new();
    for piece in text.split(around) {
        let at = place(piece);
        let marks = [
            text[..at].chars().next_back(),
            text[at + piece.len()..].chars().next(),
        ];
        let quoted = marks.iter().all(|m| m.is_some_and(|c| "\"'<>".contains(c)));
        if quoted && is_password(piece, true) {
            out.push(at..at + piece.len());
            continue;
        }
        for part in piece.split(['=', ',', ';', '|', '(', ')', '[', ']', '{', '}', '`']) {
            if is_password(part, false) {
                out.push(place(part)..place(part) + part.len());
            }
        }
    }
    out
}

fn is_password(v: &str, quoted: bool) -> bool {
    let sign = |b: u8| b.is_ascii_graphic() && !b"/\\:@=\"'<>`".contains(&b);
    if !SIZES.contains(&v.len()) || !looks::is_of_all_kinds(v) || !v.bytes().all(sign) {
        return false;
    }
    let letter = |c: &char| c.is_ascii_alphanumeric();
    let signs: Vec<char> = v.chars().filter(|c| !letter(c)).collect();
    let stretches = || v.split(|c: char| !letter(&c));
    let spelled: usize = stretches().map(spelled).sum();
    let joined = signs.iter().any(|c| "-_.#!".contains(*c));
    // `4Quay`: no unit and no number of what follows
    let glued = stretches().any(|s| {
        let word = s.trim_start_matches(|c: char| c.is_ascii_digit());
        let small = word.strip_prefix(|c: char| c.is_ascii_uppercase());
        let small = small.is_some_and(|w| w.len() > 2 && w.bytes().all(|b| b.is_ascii_lowercase()));
        (1..3).contains(&(s.len() - word.len())) && small
    });
    let mut kinds: Vec<char> = signs
        .iter()
        .copied()
        .filter(|c| !"-_.".contains(*c))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let b = v.as_bytes();
    let cries = b
        .windows(3)
        .any(|w| w[1] == b'!' && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic());
    // no text that a program fills in, no expression
    let whole = !v.contains(['\\', '*', '$', '(', '[', '{', ',']) && !v.contains("%d");
    let mixed = quoted && whole && kinds.len() > 1 && stretches().all(|s| s.len() < 10);
    // `driver.T4CConnection.logon`, `nt!KiPageFault+0x443`
    let named = v.matches('.').count() > 1 || v.contains("+0x");
    (spelled > 1 || joined && (spelled > 0 || glued) || cries || mixed)
        && !named
        && !looks::is_harmless(v)
        && !looks::holds_uuid(v)
}

/// How many digits of a word stand for the vowels that they look like: `gl4cier`, `T0rp3d0`.
fn spelled(word: &str) -> usize {
    let consonant = |b: u8| b.is_ascii_alphabetic() && !b"aeiouAEIOU".contains(&b);
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let places = word.as_bytes().windows(3);
    let like = places
        .filter(|w| b"0134".contains(&w[1]) && consonant(w[0]) && consonant(w[2]))
        .count();
    // signs of chance have more capitals
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    if letters >= 4 && like == digits && capitals * 3 <= letters {
        like
    } else {
        0
    }
}
