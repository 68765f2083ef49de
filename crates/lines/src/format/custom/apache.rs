//! The compiler for Apache `LogFormat` strings (mod_log_config), with or without the directive around them.
//! Unknown directives match and are not used; neighbouring parts of a time are read as one.

use super::steps::{Builder, ValueShape};
use super::time::TimeFormat;
use super::{CompileError, Made, Slot};
use crate::format::leaf::Unit;
use crate::format::synonym::{Field, field};
use crate::record::At;
use crate::time::stamp::clf;

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let text = unquoted(spec);
    let mut b = Builder::default();
    // a time in several directives, while it grows: where it began, what it reads so far
    let mut i = 0;
    while let Some(&(c, at)) = text.get(i) {
        if c != b'%' {
            b.literal.push(c);
            i += 1;
            continue;
        }
        let (d, end) = directive(&text, i).ok_or_else(|| {
            CompileError::new(
                at,
                "a % that begins no directive; write %% for the sign itself",
            )
        })?;
        i = end;
        if d.letter == '%' {
            b.literal.push(b'%');
            continue;
        }
        if d.letter == 't' && !d.argument.is_empty() {
            i = timed(&mut b, &d, &text, i, at)?;
            continue;
        }
        let (name, slot, shape, example) = meaning(&d);
        if d.letter == 't' {
            b.literal.push(b'[');
        }
        b.variable(name, Some(slot), shape, example)
            .map_err(|why| CompileError::new(at, why))?;
        if d.letter == 't' {
            b.literal.push(b']');
        }
    }
    b.settle_quotes(false);
    let (matcher, names, sample) = b.finish();
    Ok(Made {
        about: format!("Apache LogFormat given by the user: {}", spec.trim()),
        sample,
        names,
        matcher,
        stamped: At::Start,
        continued: false,
        needs_status: true,
        status_word: "%>s",
        end: spec.len(),
    })
}

/// The characters of the format with their offsets; of a quoted one (`LogFormat "…" name`) what stands in its quotes.
fn unquoted(spec: &str) -> Vec<(u8, usize)> {
    let b = spec.as_bytes();
    let start = b.iter().position(|c| !c.is_ascii_whitespace()).unwrap_or(0);
    let directive = b[start..].len() > 9 && b[start..start + 9].eq_ignore_ascii_case(b"LogFormat");
    let quote = match directive {
        true => b[start..]
            .iter()
            .position(|c| matches!(c, b'"' | b'\''))
            .map(|n| start + n),
        false => Some(start).filter(|s| {
            b.get(*s) == Some(&b'"')
                && b.len() > s + 1
                && b.ends_with(b"\"")
                && !b.ends_with(b"\\\"")
                && b[s + 1] != b'%'
        }),
    };
    let (mut at, close) = match quote {
        Some(q) => (q + 1, Some(b[q])),
        None => (start, None),
    };
    let end = match quote {
        Some(_) => b.len(),
        None => spec.trim_end().len(),
    };
    let mut text = Vec::new();
    while at < end {
        match b[at] {
            c if close == Some(c) => break,
            b'\\'
                if b.get(at + 1)
                    .is_some_and(|c| matches!(c, b'"' | b'\\' | b'\'')) =>
            {
                text.push((b[at + 1], at));
                at += 1;
            }
            b'\\' if b.get(at + 1) == Some(&b't') => {
                text.push((b'\t', at));
                at += 1;
            }
            c => text.push((c, at)),
        }
        at += 1;
    }
    text
}

/// `%{Referer}i`, `%>s`, `%!200,304s`, `%^FB`.
struct Directive {
    argument: String,
    letter: char,
}

/// The directive that begins with the `%` at `i`, and where it ends.
fn directive(text: &[(u8, usize)], i: usize) -> Option<(Directive, usize)> {
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
    text: &[(u8, usize)],
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
    b.variable("time".into(), Some(slot), shape, "2026-11-20T06:33:18")
        .map_err(wrong)?;
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

/// Name, meaning, grammar and an example of a directive.
fn meaning(d: &Directive) -> (String, Slot, ValueShape, &'static str) {
    let f = Slot::Field;
    let (name, slot, shape, example): (&str, Slot, ValueShape, &str) =
        match (d.letter, d.argument.as_str()) {
            ('h', _) | ('a', _) => ("client", f(Field::Client), ValueShape::Word, "203.0.113.7"),
            ('t', _) => (
                "time",
                Slot::Time,
                ValueShape::Time(clf),
                "20/Nov/2026:06:33:18 +0000",
            ),
            ('r', _) => (
                "request",
                f(Field::Request),
                ValueShape::Text,
                "GET /cart HTTP/1.1",
            ),
            ('s', _) => ("status", f(Field::Status), ValueShape::Status, "200"),
            ('b' | 'B' | 'O', _) => ("bytes", f(Field::Bytes), ValueShape::Word, "1234"),
            ('D', _) => (
                "duration_us",
                f(Field::Latency(Some(Unit::Micro))),
                ValueShape::Word,
                "1234",
            ),
            ('T', "ms") => (
                "duration_ms",
                f(Field::Latency(Some(Unit::Milli))),
                ValueShape::Word,
                "12",
            ),
            ('T', "us") => (
                "duration_us",
                f(Field::Latency(Some(Unit::Micro))),
                ValueShape::Word,
                "1234",
            ),
            ('T', _) => (
                "duration_s",
                f(Field::Latency(Some(Unit::Second))),
                ValueShape::Word,
                "0",
            ),
            ('m', _) => ("method", f(Field::Method), ValueShape::Word, "GET"),
            ('U', _) => ("path", f(Field::Path), ValueShape::Text, "/cart"),
            ('v' | 'V', _) => ("host", f(Field::Host), ValueShape::Word, "shop.example.com"),
            ('p' | 'P' | 'k' | 'I' | 'S' | 'H' | 'X' | 'A' | 'l', _) => {
                ("", Slot::Unused, ValueShape::Word, "-")
            }
            ('i', a) if a.eq_ignore_ascii_case("user-agent") => {
                ("user_agent", f(Field::Agent), ValueShape::Text, "-")
            }
            ('i' | 'o' | 'e' | 'n' | 'C', a) => {
                return (a.to_ascii_lowercase(), header(a), ValueShape::Text, "-");
            }
            _ => ("", Slot::Unused, ValueShape::Text, "-"),
        };
    let name = match name {
        "" => d.letter.to_string(),
        n => n.to_owned(),
    };
    (name, slot, shape, example)
}

/// What a header or note means: versions and ids by their names; the others are what browsers and modules say.
fn header(name: &str) -> Slot {
    let bare = name.to_ascii_lowercase();
    let bare = bare.strip_prefix("x-").unwrap_or(&bare);
    match field(bare.as_bytes()) {
        Some(f @ (Field::Version | Field::Release | Field::Id)) => Slot::Field(f),
        _ if bare.ends_with("version") => Slot::Field(Field::Version),
        _ if bare == "unique_id" => Slot::Field(Field::Id),
        _ => Slot::Unused,
    }
}
