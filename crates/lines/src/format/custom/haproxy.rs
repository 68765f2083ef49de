//! The compiler for HAProxy `log-format` strings (configuration manual, 8.2.6), with or without the directive around them.
//! Unknown variables and sample expressions match and are not used.

use super::steps::{Builder, SpecChar, ValueShape};
use super::tokens::{self, characters};
use super::{CompileError, Made, Slot, wrong};
use crate::format::synonym::Field;
use crate::record::At;

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let text = unquoted(spec)?;
    let mut b = Builder::of(&text, b"%", |b, i| {
        let at = text[i].1;
        let Some((quoted, name, end)) = variable(&text, i) else {
            return wrong(
                at,
                "a % that begins no variable; write %% for the sign itself",
            );
        };
        match name.as_str() {
            "%" => b.literal.push(b'%'),
            // a flag for the variables that follow (%{+Q}o) writes nothing
            "o" => {}
            _ => {
                let meaning = tokens::variable("haproxy", &name);
                let captures = matches!(meaning.1, ValueShape::Captures);
                let quote: &[u8] = if quoted { b"\"" } else { b"" };
                b.literal.extend_from_slice(quote);
                b.variable(at, name, meaning)?;
                b.literal.extend_from_slice(quote);
                // captures that are not configured leave no blank of their own either
                let blank = captures && text.get(end).is_some_and(|t| t.0 == b' ');
                return Ok(end + usize::from(blank));
            }
        }
        Ok(end)
    })?;
    b.settle_quotes(false);
    let status = Some(Slot::Field(Field::Status));
    let has_status = b.names.iter().any(|(_, s)| *s == status);
    Ok(Made {
        stamped: At::Start,
        // a TCP log has connections and no statuses
        needs_status: !has_status && spec.contains("%HM"),
        status_word: "%ST",
        ..b.made("HAProxy log-format", spec)
    })
}

/// The characters with their offsets: the string in quotes, or the bare one with `\ ` for blanks; behind `log-format`.
fn unquoted(spec: &str) -> Result<Vec<SpecChar>, CompileError> {
    let spec = spec.trim_end();
    let b = spec.as_bytes();
    let mut at = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    let directive = ["log-format-sd", "log-format"].into_iter();
    let blanks = |at: usize| {
        b[at..]
            .iter()
            .take_while(|c| c.is_ascii_whitespace())
            .count()
    };
    let mut behind = directive
        .filter(|w| spec[at..].starts_with(w))
        .map(|w| at + w.len());
    if let Some(end) = behind.find(|end| blanks(*end) > 0) {
        at = end + blanks(end);
    }
    let close = b.get(at).copied().filter(|c| matches!(c, b'"' | b'\''));
    let close = close.filter(|c| b.len() > at + 1 && b.ends_with(&[*c]));
    let from = at + usize::from(close.is_some());
    Ok(characters(spec, from, close, |_| close != Some(b'\''))?.0)
}

/// The variable that begins with the `%` at `i`: whether it is written in quotes, its name, where it ends.
fn variable(text: &[SpecChar], i: usize) -> Option<(bool, String, usize)> {
    let at = |k: usize| text.get(k).map(|t| t.0);
    let mut k = i + 1;
    let mut quoted = false;
    if at(k) == Some(b'{') {
        k += 1;
        while at(k)? != b'}' {
            quoted |= at(k) == Some(b'Q') && at(k - 1) == Some(b'+');
            k += 1;
        }
        k += 1;
    }
    match at(k)? {
        b'%' => Some((false, "%".into(), k + 1)),
        b'[' => {
            let mut depth = 0;
            let mut name = String::new();
            loop {
                let c = at(k)?;
                depth += i32::from(c == b'[') - i32::from(c == b']');
                name.push(char::from(c));
                k += 1;
                if depth == 0 {
                    return Some((quoted, name, k));
                }
            }
        }
        _ => {
            let name: String = text[k..]
                .iter()
                .map(|t| char::from(t.0))
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let end = k + name.len();
            (!name.is_empty()).then_some((quoted && name != "o", name, end))
        }
    }
}
