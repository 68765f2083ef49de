//! The compiler for Apache `LogFormat` strings (mod_log_config), with or without the directive around them.
//! Unknown directives match and are not used; neighbouring parts of a time are read as one.

use super::steps::{Builder, SpecChar, TokenMeaning, ValueShape};
use super::time::TimeFormat;
use super::tokens::{self, characters, header};
use super::{CompileError, Made, Slot, wrong};
use crate::format::synonym::Field;
use crate::record::At;

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let text = unquoted(spec)?;
    let mut b = Builder::of(&text, b"%\\", |b, i| {
        let (c, at) = text[i];
        if c == b'\\' {
            let tab = text.get(i + 1).is_some_and(|t| t.0 == b't');
            b.literal.push(if tab { b'\t' } else { c });
            return Ok(i + 1 + usize::from(tab));
        }
        let Some((d, end)) = directive(&text, i) else {
            let why = "a % that begins no directive; write %% for the sign itself";
            return wrong(at, why);
        };
        match (d.letter, d.argument.is_empty()) {
            ('%', _) => b.literal.push(b'%'),
            ('t', false) => return timed(b, &d, &text, end, at),
            ('t', true) => {
                b.literal.push(b'[');
                let (name, means) = meaning(&d);
                b.variable(at, name, means)?;
                b.literal.push(b']');
            }
            _ => {
                let (name, means) = meaning(&d);
                b.variable(at, name, means)?;
            }
        }
        Ok(end)
    })?;
    b.settle_quotes(false);
    Ok(Made {
        stamped: At::Start,
        status_word: "%>s",
        ..b.made("Apache LogFormat", spec)
    })
}

/// The characters of the format with their offsets; of a quoted one (`LogFormat "…" name`) what stands in its quotes.
fn unquoted(spec: &str) -> Result<Vec<SpecChar>, CompileError> {
    let b = spec.trim_end().as_bytes();
    let start = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    let directive = b[start..].len() > 9 && b[start..start + 9].eq_ignore_ascii_case(b"LogFormat");
    // what begins with a quoted directive is the format itself
    let whole = matches!(b[start..], [b'"', c, ..] if c != b'%')
        && b.ends_with(b"\"")
        && !b.ends_with(b"\\\"");
    let quote = |c: &u8| matches!(c, b'"' | b'\'');
    let quote = match directive {
        true => b[start..].iter().position(quote).map(|n| start + n),
        false => whole.then_some(start),
    };
    let at = quote.map_or(start, |q| q + 1);
    let close = quote.map(|q| b[q]);
    let escaped = |c| matches!(c, b'"' | b'\\' | b'\'');
    Ok(characters(spec.trim_end(), at, close, escaped)?.0)
}

/// `%{Referer}i`, `%>s`, `%!200,304s`, `%^FB`.
struct Directive {
    argument: String,
    letter: char,
}

/// The directive that begins with the `%` at `i`, and where it ends.
fn directive(text: &[SpecChar], i: usize) -> Option<(Directive, usize)> {
    let at = |k: usize| text.get(k).map(|t| t.0);
    let mut k = i + 1;
    // conditions and the choice between first and last request change no grammar
    while at(k).is_some_and(|c| matches!(c, b'<' | b'>' | b'!' | b',' | b'0'..=b'9')) {
        k += 1;
    }
    let mut argument = String::new();
    if at(k) == Some(b'{') {
        k += 1;
        while at(k)? != b'}' {
            argument.push(char::from(at(k)?));
            k += 1;
        }
        k += 1;
    }
    let mut letter = char::from(at(k)?);
    if letter == '^' {
        // %^FB, %^ti, %^to: names of two letters
        letter = match (at(k + 1)?, at(k + 2)?) {
            (b'F', b'B') => 'F',
            (b't', b'i') => 'i',
            (b't', b'o') => 'o',
            _ => return None,
        };
        k += 2;
    }
    (letter.is_ascii_alphabetic() || letter == '%')
        .then_some((Directive { argument, letter }, k + 1))
}

/// A `%{…}t` and the ones that follow it with at most a few characters between: one time.
fn timed(
    b: &mut Builder,
    first: &Directive,
    text: &[SpecChar],
    mut i: usize,
    at: usize,
) -> Result<usize, CompileError> {
    let wrong = |why: String| CompileError::new(at, why);
    let mut time = part(&first.argument).map_err(wrong)?;
    loop {
        let between = text[i..].iter().take(3).take_while(|t| t.0 != b'%').count();
        let next = directive(text, i + between).filter(|(d, _)| {
            text.get(i + between).is_some_and(|t| t.0 == b'%')
                && d.letter == 't'
                && !d.argument.is_empty()
        });
        let Some((d, end)) = next else { break };
        let literal: Vec<u8> = text[i..i + between].iter().map(|t| t.0).collect();
        time = time.joined(&literal, &part(&d.argument).map_err(wrong)?);
        i = end;
    }
    let (slot, shape) = match time.is_whole() {
        true => (Slot::Time, ValueShape::Written(time)),
        false => (Slot::Unused, ValueShape::Text),
    };
    b.variable(at, "time", (slot, shape, "2026-11-20T06:33:18"))?;
    Ok(i)
}

fn part(argument: &str) -> Result<TimeFormat, String> {
    let argument = argument
        .strip_prefix("begin:")
        .or_else(|| argument.strip_prefix("end:"))
        .unwrap_or(argument);
    Ok(match argument {
        "sec" => TimeFormat::epoch(1_000_000),
        "msec" => TimeFormat::epoch(1000),
        "usec" => TimeFormat::epoch(1),
        "msec_frac" | "usec_frac" => TimeFormat::fraction(),
        pattern => TimeFormat::part(pattern)?,
    })
}

/// Name and meaning of a directive.
fn meaning(d: &Directive) -> (String, TokenMeaning<'static>) {
    let argument = d.argument.to_ascii_lowercase();
    let name = match (d.letter, argument.as_str()) {
        ('i', "user-agent") => {
            let agent = Slot::Field(Field::Agent);
            return ("user_agent".to_owned(), (agent, ValueShape::Text, "-"));
        }
        ('i' | 'o' | 'e' | 'n' | 'C', a) => {
            let means = (header(a), ValueShape::Text, "-");
            return (argument, means);
        }
        (letter, "") => letter.to_string(),
        (letter, a) => format!("{letter}:{a}"),
    };
    let means = tokens::variable("apache", &name);
    (name, means)
}
