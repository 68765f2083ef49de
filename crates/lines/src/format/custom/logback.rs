//! The compiler for patterns of logback, log4j and log4j2 (`%d{ISO8601} %-5level [%thread] %logger{36} - %msg%n`).
//! Colours and groups write nothing of their own; unknown words match and are not used.

use super::steps::{Builder, SpecChar, ValueShape};
use super::time::TimeFormat;
use super::{CompileError, Made, Slot, tokens, wrong};
use crate::format::synonym::{Field, field};
use crate::table::words;

/// Words that only colour or align what stands in their parentheses.
const WRAPPERS: [&str; 26] = words(
    "clr highlight style black red green yellow blue magenta cyan white gray boldRed boldGreen boldYellow boldBlue \
    boldMagenta boldCyan boldWhite faint notEmpty varsNotEmpty maxLen maxLength enc encode",
);

pub(super) fn steps_of(spec: &str) -> Result<Made, CompileError> {
    let text: Vec<SpecChar> = with_defaults(spec);
    let mut c = Compiler {
        b: Builder::default(),
        message: false,
    };
    c.run(&text, &mut 0, 0)?;
    if !c.message {
        return wrong(spec.len(), "no %msg in the pattern; add it");
    }
    // blanks at the end of a line are not worth a miss
    while c.b.literal.last() == Some(&b' ') {
        c.b.literal.pop();
    }
    Ok(Made {
        continued: true,
        ..c.b.made("logging pattern", spec)
    })
}

/// The characters with their offsets; `${NAME:-default}` is its default, as nobody knows the settings here.
fn with_defaults(spec: &str) -> Vec<SpecChar> {
    let b = spec.as_bytes();
    let mut text = Vec::new();
    // of each brace that is open, whether `${…:-` opened it, so that its `}` is not taken for text
    let (mut at, mut braces): (usize, Vec<bool>) = (0, Vec::new());
    while at < b.len() {
        match b[at] {
            b'$' if b.get(at + 1) == Some(&b'{') => {
                let end = b[at..]
                    .iter()
                    .position(|c| *c == b'}')
                    .map_or(b.len(), |n| at + n);
                match spec.get(at..end).and_then(|s| s.find(":-")) {
                    Some(default) => {
                        at += default + 2;
                        braces.push(true);
                        continue;
                    }
                    None => at = end,
                }
            }
            b'{' => {
                braces.push(false);
                text.push((b'{', at));
            }
            b'}' => match braces.pop() {
                Some(true) => {}
                _ => text.push((b'}', at)),
            },
            c => text.push((c, at)),
        }
        at += 1;
    }
    while text.last().is_some_and(|t| t.0.is_ascii_whitespace()) {
        text.pop();
    }
    text
}

struct Compiler {
    b: Builder,
    message: bool,
}

impl Compiler {
    /// Compiles from `i` on, up to the parenthesis that closes a group where `depth` is not 0.
    fn run(&mut self, text: &[SpecChar], i: &mut usize, depth: usize) -> Result<(), CompileError> {
        if depth > 16 {
            let at = text.get(*i).map_or(0, |t| t.1);
            return wrong(
                at,
                "more than 16 groups inside each other; write it plainer",
            );
        }
        while let Some(&(c, at)) = text.get(*i) {
            *i += 1;
            match c {
                b')' if depth > 0 => return Ok(()),
                b'\\' => {
                    let escaped = text.get(*i).map_or(b'\\', |t| t.0);
                    *i += 1;
                    match escaped {
                        b'n' | b'r' => {}
                        b't' => self.b.literal.push(b'\t'),
                        c => self.b.literal.push(c),
                    }
                }
                b'%' if text.get(*i).is_some_and(|t| t.0 == b'%') => {
                    *i += 1;
                    self.b.literal.push(b'%');
                }
                b'%' => self.word(text, i, at, depth)?,
                c => self.b.literal.push(c),
            }
        }
        match depth {
            0 => Ok(()),
            _ => {
                let at = text.last().map_or(0, |t| t.1);
                wrong(at, "a group that is never closed; close it with )")
            }
        }
    }

    fn word(
        &mut self,
        text: &[SpecChar],
        i: &mut usize,
        at: usize,
        depth: usize,
    ) -> Result<(), CompileError> {
        let peek = |i: usize| text.get(i).map(|t| t.0);
        let mut padded = false;
        while peek(*i).is_some_and(|c| matches!(c, b'-' | b'.' | b'0'..=b'9')) {
            // a largest width cuts and does not pad
            padded |= peek(*i).is_some_and(|c| c.is_ascii_digit()) && (peek(*i - 1) != Some(b'.'));
            *i += 1;
        }
        let mut word = String::new();
        while let Some(c) = peek(*i).filter(|c| c.is_ascii_alphabetic()) {
            word.push(char::from(c));
            *i += 1;
        }
        let wraps = WRAPPERS.contains(&word.as_str());
        if peek(*i) == Some(b'(') && (wraps || word.is_empty() || word == "replace") {
            *i += 1;
            self.run(text, i, depth + 1)?;
            while braced(text, i).is_some() {}
            return Ok(());
        }
        let mut braces = Vec::new();
        while let Some(inner) = braced(text, i) {
            braces.push(inner);
        }
        // log4j2 wraps with braces instead: %highlight{%p}{…}, %style{…}{…}
        if let (true, Some(inner)) = (wraps, braces.first()) {
            return self.run(&inner.clone(), &mut 0, 0);
        }
        if word.is_empty() {
            return wrong(at, "a % that begins no word; write \\% for the sign itself");
        }
        self.named(&word, &braces, padded, at)
    }

    fn named(
        &mut self,
        word: &str,
        braces: &[Vec<SpecChar>],
        padded: bool,
        at: usize,
    ) -> Result<(), CompileError> {
        let argument: String = braces
            .first()
            .map(|b| b.iter().map(|t| char::from(t.0)).collect())
            .unwrap_or_default();
        match word {
            "n" | "ex" | "exception" | "throwable" | "xEx" | "xException" | "xThrowable"
            | "wEx" | "wex" | "rEx" | "rootException" | "nopex" | "nopexception"
            | "throwable.short" | "clr" | "replace" => Ok(()),
            "d" | "date" => {
                // a zone may stand behind a comma: it only says how the time is written
                let pattern = argument.trim().trim_matches('"');
                let pattern = match pattern.rsplit_once(", ") {
                    Some((p, zone)) if !zone.starts_with('S') => p.trim_end_matches('"'),
                    _ => pattern,
                };
                let time = TimeFormat::java(pattern).map_err(|why| CompileError::new(at, why))?;
                let shape = ValueShape::Written(time);
                let meaning = (Slot::Time, shape, "2026-11-20 06:33:18,502");
                self.b.variable(at, "time", meaning)
            }
            "X" | "mdc" | "MDC" | "property" | "K" | "map" | "MAP" => {
                use Field::{Id, Release, Service, Version};
                let key = argument.split(":-").next().unwrap_or_default();
                let slot = field(key.as_bytes());
                let slot = slot.filter(|f| matches!(f, Id | Version | Release | Service));
                let slot = slot.map_or(Slot::Unused, Slot::Field);
                let meaning = (slot, ValueShape::Text, "-");
                self.b.variable(at, format!("mdc.{key}"), meaning)
            }
            _ => {
                let (slot, mut shape, example) = tokens::variable("logback", word);
                self.message |= slot == Slot::Field(Field::Message);
                if padded && matches!(shape, ValueShape::Word) {
                    shape = ValueShape::Padded;
                }
                self.b.variable(at, word, (slot, shape, example))
            }
        }
    }
}

/// What stands in the braces at `i`, which moves behind them.
fn braced(text: &[SpecChar], i: &mut usize) -> Option<Vec<SpecChar>> {
    if text.get(*i)?.0 != b'{' {
        return None;
    }
    let mut depth = 0;
    let inner: Vec<SpecChar> = text[*i..]
        .iter()
        .copied()
        .take_while(|t| {
            depth += i32::from(t.0 == b'{') - i32::from(t.0 == b'}');
            depth > 0
        })
        .collect();
    *i = (*i + inner.len() + 1).min(text.len());
    Some(inner[1..].to_vec())
}
