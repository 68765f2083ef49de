//! What two texts say alike but for their figures. Which of them are one act is not decided here.

use coroner_lines::marker::fields::is_hash;

/// The words of a text but for those that are numbers, whatever stands around these (a thing may have a number in its name), and
/// for fields that hold an id alone (`alloc_id=0bd68915-2509-411b-9c0d-393fe508bba2`).
pub(super) fn without_figures(text: &[u8]) -> Vec<u8> {
    let is_id = |w: &[u8]| {
        let value = memchr::memchr(b'=', w).map(|at| &w[at + 1..]);
        let digits = value.map(|v| v.iter().copied().filter(|c| *c != b'-'));
        digits.is_some_and(|d| is_hash(&d.collect::<Vec<_>>()))
    };
    let is_figure = |w: &&[u8]| {
        let first = w.iter().find(|c| c.is_ascii_alphanumeric());
        first.is_some_and(u8::is_ascii_digit) || is_id(w)
    };
    let words: Vec<&[u8]> = text
        .split(|c| *c == b' ')
        .filter(|w| !is_figure(w))
        .collect();
    words.join(&b' ')
}
