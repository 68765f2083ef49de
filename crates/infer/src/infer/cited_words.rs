//! The words of a template as one of its lines has them, with that line's own figures and names. Which line is cited is not decided
//! here.

use memchr::memmem;

/// What a line says that was written by a template; nothing where the line does not hold its words as they stand.
pub(super) fn as_written<'l>(template: &[u8], line: &'l [u8]) -> Option<&'l [u8]> {
    let fixed: Vec<&[u8]> = fixed(template);
    let (first, last) = (fixed.first()?, fixed.last()?);
    let mut at = memmem::find(line, fixed.iter().find(|f| !f.is_empty())?)?;
    let word = |b: &u8| b.is_ascii_whitespace();
    let start = match first.is_empty() {
        true => line[..at].iter().rposition(word).map_or(0, |b| b + 1),
        false => at,
    };
    for part in fixed.iter().filter(|f| !f.is_empty()) {
        at += memmem::find(&line[at..], part)? + part.len();
    }
    let end = match last.is_empty() {
        true => line[at..]
            .iter()
            .position(word)
            .map_or(line.len(), |b| at + b),
        false => at,
    };
    Some(&line[start..end])
}

/// The parts of a template between what is masked in it: `<*>`, `<P>`.
fn fixed(template: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut from = 0;
    for at in memmem::find_iter(template, b"<") {
        let masked = template.get(at + 1..at + 3);
        let masked = masked.is_some_and(|m| matches!(m, [b'*' | b'A'..=b'Z', b'>']));
        if masked && at >= from {
            parts.push(&template[from..at]);
            from = at + 3;
        }
    }
    parts.push(&template[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{or_dash, tried};

    #[test]
    fn a_line_is_quoted_with_its_own_figures() {
        for [template, line, want] in tried("cited words") {
            let said = as_written(template.as_bytes(), line.as_bytes());
            assert_eq!(
                or_dash(said.map(String::from_utf8_lossy)),
                want,
                "{template}"
            );
        }
    }
}
