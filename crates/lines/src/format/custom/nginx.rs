//! The compiler for nginx `log_format` strings: the bare string, or the whole directive with its name, `escape=` and quotes.
//! Unknown variables match and are not used.

use super::steps::{Builder, SpecChar};
use super::tokens::{self, characters};
use super::{CompileError, Made, wrong};

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let (text, raw) = unwrap_directive(spec)?;
    let mut b = Builder::of(&text, b"$", |b, i| {
        let braced = text.get(i + 1).is_some_and(|t| t.0 == b'{');
        let from = i + 1 + usize::from(braced);
        let name: String = text[from..]
            .iter()
            .map(|t| char::from(t.0))
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let (end, at) = (from + name.len(), text[i].1);
        let closed = !braced || text.get(end).is_some_and(|t| t.0 == b'}');
        if name.is_empty() || !closed {
            return wrong(at, "a `$` that begins no variable; name one");
        }
        let meaning = tokens::variable("nginx", &name);
        b.variable(at, name, meaning)?;
        Ok(end + usize::from(braced))
    })?;
    b.settle_quotes(raw);
    Ok(Made {
        status_word: "$status",
        ..b.made("nginx log_format", spec)
    })
}

/// The characters of the format with their offsets, and whether values are written without escapes.
/// A directive (`log_format name escape=json '…' '…';`) is reduced to what its quotes hold.
fn unwrap_directive(spec: &str) -> Result<(Vec<SpecChar>, bool), CompileError> {
    let b = spec.as_bytes();
    let start = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    if !spec[start..].starts_with("log_format") && b.get(start) != Some(&b'\'') {
        let (text, _) = characters(spec.trim_end(), start, None, |_| false)?;
        return Ok((text, false));
    }
    let quote = |c: &u8| matches!(c, b'\'' | b'"');
    let mut at = match b[start..].iter().position(quote) {
        Some(n) => start + n,
        None => {
            let why = "a log_format directive without a quoted string; give the string";
            return wrong(start, why);
        }
    };
    let raw = spec[start..at].contains("escape=none");
    let mut text = Vec::new();
    loop {
        let escaped = |c| matches!(c, b'\\' | b'"' | b'\'');
        let (part, end) = characters(spec, at + 1, Some(b[at]), escaped)?;
        text.extend(part);
        let blank = b[end..].iter().take_while(|c| c.is_ascii_whitespace());
        at = end + blank.count();
        match b.get(at) {
            Some(b'\'' | b'"') => {}
            None | Some(b';') => return Ok((text, raw)),
            Some(_) => {
                let why = "expected another quoted string or the end of the directive; remove this";
                return wrong(at, why);
            }
        }
    }
}
