//! The compiler for HAProxy `log-format` strings (configuration manual, 8.2.6), with or without the directive around them.
//! Unknown variables and sample expressions match and are not used.

use super::steps::{Builder, ValueShape};
use super::time::TimeFormat;
use super::{CompileError, Made, Slot};
use crate::format::leaf::Unit;
use crate::format::synonym::Field;
use crate::record::At;
use crate::time::stamp::clf;

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let text = unquoted(spec);
    let mut b = Builder::default();
    let mut i = 0;
    while let Some(&(c, at)) = text.get(i) {
        if c != b'%' {
            b.literal.push(c);
            i += 1;
            continue;
        }
        let (quoted, name, end) = variable(&text, i).ok_or_else(|| {
            CompileError::new(
                at,
                "a % that begins no variable; write %% for the sign itself",
            )
        })?;
        i = end;
        match name.as_str() {
            "%" => b.literal.push(b'%'),
            // a flag for the variables that follow (%{+Q}o) writes nothing
            "o" => {}
            _ => {
                let (slot, shape, example) =
                    meaning(&name).map_err(|why| CompileError::new(at, why))?;
                let captures = matches!(shape, ValueShape::Captures);
                if quoted {
                    b.literal.push(b'"');
                }
                b.variable(name, Some(slot), shape, example)
                    .map_err(|why| CompileError::new(at, why))?;
                if quoted {
                    b.literal.push(b'"');
                }
                // captures that are not configured leave no blank of their own either
                if captures && text.get(i).is_some_and(|t| t.0 == b' ') {
                    i += 1;
                }
            }
        }
    }
    b.settle_quotes(false);
    let status = b
        .names
        .iter()
        .any(|(_, s)| *s == Some(Slot::Field(Field::Status)));
    let (matcher, names, sample) = b.finish();
    Ok(Made {
        about: format!("HAProxy log-format given by the user: {}", spec.trim()),
        sample,
        names,
        matcher,
        stamped: At::Start,
        continued: false,
        // a TCP log has connections and no statuses
        needs_status: !status && spec.contains("%HM"),
        status_word: "%ST",
        end: spec.len(),
    })
}

/// The characters with their offsets: the string in quotes, or the bare one with `\ ` for blanks; behind `log-format`.
fn unquoted(spec: &str) -> Vec<(u8, usize)> {
    let b = spec.as_bytes();
    let mut at = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    for word in ["log-format-sd", "log-format"] {
        if spec[at..].starts_with(word)
            && b.get(at + word.len()).is_some_and(u8::is_ascii_whitespace)
        {
            at += word.len();
            at += b[at..]
                .iter()
                .take_while(|c| c.is_ascii_whitespace())
                .count();
            break;
        }
    }
    let close = b.get(at).copied().filter(|c| matches!(c, b'"' | b'\''));
    let close = close.filter(|c| b.len() > at + 1 && spec.trim_end().as_bytes().ends_with(&[*c]));
    at += usize::from(close.is_some());
    let end = spec.trim_end().len();
    let mut text = Vec::new();
    while at < end {
        match b[at] {
            c if close == Some(c) => break,
            b'\\' if close != Some(b'\'') && at + 1 < end => {
                text.push((b[at + 1], at));
                at += 1;
            }
            c => text.push((c, at)),
        }
        at += 1;
    }
    text
}

/// The variable that begins with the `%` at `i`: whether it is written in quotes, its name, where it ends.
fn variable(text: &[(u8, usize)], i: usize) -> Option<(bool, String, usize)> {
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

fn meaning(name: &str) -> Result<(Slot, ValueShape, &'static str), String> {
    let f = Slot::Field;
    let ms = |n| Slot::Field(Field::Latency(Some(n)));
    let local = || TimeFormat::strptime("%d/%b/%Y:%H:%M:%S.%f");
    Ok(match name {
        "ci" => (f(Field::Client), ValueShape::Word, "203.0.113.7"),
        "t" | "tr" | "trl" | "trg" => (
            Slot::Time,
            ValueShape::Written(local()?),
            "20/Nov/2026:06:33:18.502",
        ),
        "T" | "Tl" => (
            Slot::Time,
            ValueShape::Time(clf),
            "20/Nov/2026:06:33:18 +0000",
        ),
        "Ts" => (
            Slot::Time,
            ValueShape::Written(TimeFormat::epoch(1_000_000)),
            "1795156398",
        ),
        "ST" => (f(Field::Status), ValueShape::Status, "200"),
        // the total; `+` in front of it says that the answer was still on its way
        "Ta" | "Tt" | "Tu" => (ms(Unit::Milli), ValueShape::Word, "12"),
        "B" => (f(Field::Bytes), ValueShape::Word, "1234"),
        "b" => (f(Field::Service), ValueShape::Word, "shop"),
        "s" => (f(Field::Upstream), ValueShape::Word, "web01"),
        "r" => (f(Field::Request), ValueShape::Text, "GET /cart HTTP/1.1"),
        "HM" => (f(Field::Method), ValueShape::Word, "GET"),
        "HP" | "HU" | "HPO" => (f(Field::Path), ValueShape::Word, "/cart"),
        "ID" => (f(Field::Id), ValueShape::Word, "0123abcd"),
        "H" => (Slot::Machine, ValueShape::Word, "lb1"),
        "hr" | "hs" => (Slot::Unused, ValueShape::Captures, ""),
        "HQ" | "HV" | "hrl" | "hsl" => (Slot::Unused, ValueShape::Text, "-"),
        n if n.starts_with('[') => (Slot::Unused, ValueShape::Text, "-"),
        _ => (Slot::Unused, ValueShape::Word, "0"),
    })
}
