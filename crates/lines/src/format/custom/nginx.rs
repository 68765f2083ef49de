//! The compiler for nginx `log_format` strings: the bare string, or the whole directive with its name, `escape=` and quotes.
//! Unknown variables match and are not used.

use super::steps::Builder;
use super::tokens::{self, characters};
use super::{CompileError, Definition, Made, Spec, compile};
use crate::format::Format;

/// Compiles a `log_format` string. Two variables without anything between them are an error, and so is a format without
/// `$status`, since nothing could be counted.
pub fn compile_nginx(name: &str, spec: &str) -> Result<Box<dyn Format>, CompileError> {
    compile(&Definition::new(name, Spec::Nginx(spec.to_owned())))
}

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let (text, raw) = unwrap_directive(spec)?;
    let mut b = Builder::default();
    let mut i = 0;
    while let Some(&(c, at)) = text.get(i) {
        if c != b'$' {
            b.literal.push(c);
            i += 1;
            continue;
        }
        let braced = text.get(i + 1).is_some_and(|t| t.0 == b'{');
        let from = i + 1 + usize::from(braced);
        let name: String = text[from..]
            .iter()
            .map(|t| char::from(t.0))
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        i = from + name.len();
        let closed = !braced || text.get(i).is_some_and(|t| t.0 == b'}');
        if name.is_empty() || !closed {
            return Err(CompileError::new(
                at,
                "a `$` that begins no variable; name one",
            ));
        }
        i += usize::from(braced);
        let (slot, shape, example) = tokens::variable("nginx", &name);
        b.variable(name, Some(slot), shape, example)
            .map_err(|why| CompileError::new(at, why))?;
    }
    b.settle_quotes(raw);
    let (matcher, names, sample) = b.finish();
    let about = format!("nginx log_format given by the user: {}", spec.trim());
    Ok(Made {
        sample,
        status_word: "$status",
        end: spec.len(),
        ..Made::new(about, names, matcher)
    })
}

/// The characters of the format with their offsets, and whether values are written without escapes.
/// A directive (`log_format name escape=json '…' '…';`) is reduced to what its quotes hold.
fn unwrap_directive(spec: &str) -> Result<(Vec<(u8, usize)>, bool), CompileError> {
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
            return Err(CompileError::new(start, why));
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
                return Err(CompileError::new(at, why));
            }
        }
    }
}
