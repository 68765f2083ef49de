//! Strings of web servers and loggers as steps: a literal, then a variable, and so on. A literal ends the variable before it.
//! How the strings are written is in a file per writer; this one only matches lines.

use super::time::TimeFormat;
use super::{CompileError, MAX, Made, Matcher, Slot, wrong};
use crate::format::flat_json::string_end;
use crate::format::leaf::{Leaf, find};
use crate::format::synonym::Field;
use crate::time::Stamp;
use memchr::memmem;

/// How the value of a variable is bounded by what follows it.
#[derive(Clone)]
pub(super) enum ValueShape {
    /// A time of fixed grammar.
    Time(for<'a> fn(&'a [u8]) -> Leaf<'a, Stamp>),
    /// A time as the definition writes it.
    Written(TimeFormat),
    /// Three digits, or what stands for no status.
    Status,
    /// Up to the closing quote.
    Quoted,
    /// One word.
    Word,
    /// A host with a path right behind it.
    Host,
    /// One word, with blanks around it that only align columns.
    Padded,
    /// One element per attempt, with `, ` or ` : ` between them.
    List,
    /// Values in braces and a blank behind, or nothing.
    Captures,
    /// Anything, blanks too, up to the literal that lets the rest of the line match.
    Text,
}

impl ValueShape {
    /// Whether its end can be determined without a literal behind it.
    pub(super) fn is_fixed(&self) -> bool {
        matches!(
            self,
            ValueShape::Time(_)
                | ValueShape::Written(_)
                | ValueShape::Status
                | ValueShape::Captures
        )
    }
}

/// A literal, and the variable after it; the last step has none.
pub(super) struct Step {
    pub(super) literal: Vec<u8>,
    pub(super) var: Option<ValueShape>,
}

/// A character of a string, and where it stands.
pub(super) type SpecChar = (u8, usize);

/// What a variable means, how its value is written, and an example of one.
pub(super) type TokenMeaning<'e> = (Slot, ValueShape, &'e str);

/// Steps in the making: literals and variables in order, with their names.
#[derive(Default)]
pub(super) struct Builder {
    steps: Vec<Step>,
    pub(super) literal: Vec<u8>,
    pub(super) names: Vec<(String, Option<Slot>)>,
    sample: String,
}

impl Builder {
    /// The steps of a string in which variables begin with a mark: `variable` is told where one does, adds it, and says where the
    /// string goes on.
    pub(super) fn of(
        text: &[SpecChar],
        marks: &[u8],
        mut variable: impl FnMut(&mut Builder, usize) -> Result<usize, CompileError>,
    ) -> Result<Builder, CompileError> {
        let (mut b, mut i) = (Builder::default(), 0);
        while let Some(&(c, _)) = text.get(i) {
            if marks.contains(&c) {
                i = variable(&mut b, i)?;
            } else {
                b.literal.push(c);
                i += 1;
            }
        }
        Ok(b)
    }

    /// Adds a variable that stands at that byte. It is wrong where two touch, and nothing shows where the first ends.
    pub(super) fn variable(
        &mut self,
        at: usize,
        name: impl Into<String>,
        (slot, shape, example): TokenMeaning<'_>,
    ) -> Result<(), CompileError> {
        if self.steps.len() == MAX {
            let why = format!("more than {MAX} variables; shorten the format");
            return wrong(at, why);
        }
        let slot = Some(slot);
        let touching = self.literal.is_empty();
        let path = |s: Option<Slot>| s == Some(Slot::Field(Field::Path));
        let left = self.names.last().and_then(|n| n.1);
        if let (true, Some(last)) = (touching, self.steps.last_mut()) {
            if path(left) && slot == Some(Slot::Unused) {
                // the query behind its path
                last.var = Some(ValueShape::Text);
                return Ok(());
            }
            if path(slot) && matches!(last.var, Some(ValueShape::Word | ValueShape::Text)) {
                last.var = Some(ValueShape::Host);
            }
        }
        if let (true, Some(Some(left))) = (touching, self.steps.last().map(|s| &s.var))
            && !matches!(left, ValueShape::Captures | ValueShape::Host)
            && !(left.is_fixed() && shape.is_fixed())
        {
            let why = "two variables with nothing between them cannot be told apart; put a blank or a quote between";
            return wrong(at, why);
        }
        self.sample
            .push_str(&String::from_utf8_lossy(&self.literal));
        match &shape {
            ValueShape::Written(t) => self.sample.push_str(&t.example()),
            _ => self.sample.push_str(example),
        }
        self.steps.push(Step {
            literal: std::mem::take(&mut self.literal),
            var: Some(shape),
        });
        self.names.push((name.into(), slot));
        Ok(())
    }

    /// What was made of a string; `what` is how its language is called.
    pub(super) fn made(mut self, what: &str, spec: &str) -> Made {
        self.sample
            .push_str(&String::from_utf8_lossy(&self.literal));
        self.steps.push(Step {
            literal: self.literal,
            var: None,
        });
        let about = format!("{what} given by the user: {}", spec.trim());
        Made {
            sample: self.sample,
            end: spec.len(),
            ..Made::new(about, self.names, Matcher::Steps(self.steps))
        }
    }

    /// A variable between double quotes ends at the closing one; where values are not escaped they may hold quotes.
    pub(super) fn settle_quotes(&mut self, raw: bool) {
        let end: &[u8] = &self.literal;
        for k in 0..self.steps.len() {
            let next = self.steps.get(k + 1).map_or(end, |s| &s.literal);
            let quoted = self.steps[k].literal.ends_with(b"\"") && next.starts_with(b"\"");
            if let (true, Some(shape)) = (quoted, &mut self.steps[k].var)
                && !matches!(shape, ValueShape::Time(_) | ValueShape::Written(_))
            {
                *shape = if raw {
                    ValueShape::Text
                } else {
                    ValueShape::Quoted
                };
            }
        }
    }
}

/// Matches all of a line; the values go to `values` in order.
pub(super) fn matches<'a>(steps: &[Step], line: &'a [u8], values: &mut [&'a [u8]; MAX]) -> bool {
    // bounds the places that are tried for free text
    from(steps, 0, line, values, &mut 256)
}

fn from<'a>(
    steps: &[Step],
    mut k: usize,
    mut rest: &'a [u8],
    values: &mut [&'a [u8]; MAX],
    budget: &mut u32,
) -> bool {
    while let Some(step) = steps.get(k) {
        let Some(after) = rest.strip_prefix(&step.literal[..]) else {
            return false;
        };
        let Some(shape) = &step.var else {
            return after.is_empty();
        };
        let next = steps.get(k + 1).map_or(&[][..], |s| &s.literal);
        if matches!(shape, ValueShape::Text) && !next.is_empty() {
            for i in memmem::find_iter(after, next) {
                if *budget == 0 {
                    return false;
                }
                *budget -= 1;
                if from(steps, k + 1, &after[i..], values, budget) {
                    values[k] = &after[..i];
                    return true;
                }
            }
            return false;
        }
        let after = match shape {
            ValueShape::Padded => after.trim_ascii_start(),
            _ => after,
        };
        let Some(end) = value_end(shape, after, next) else {
            return false;
        };
        values[k] = after[..end].trim_ascii_end();
        rest = &after[end..];
        if let ValueShape::Padded = shape {
            // blanks that align belong to the value unless the literal behind it asks for one
            let blanks = rest.len() - rest.trim_ascii_start().len();
            rest = &rest[blanks
                .saturating_sub(usize::from(next.first() == Some(&b' ')))
                .min(blanks)..];
        }
        k += 1;
    }
    false
}

/// Where the value at the start of `b` ends; `next` is the literal that follows it.
fn value_end(shape: &ValueShape, b: &[u8], next: &[u8]) -> Option<usize> {
    match shape {
        ValueShape::Time(leaf) => leaf(b).ok().map(|(rest, _)| b.len() - rest.len()),
        ValueShape::Written(t) => t.read(b).map(|(_, n)| n),
        ValueShape::Status => match b {
            [b'-', b'1', ..] => Some(2),
            [b'-', ..] => Some(1),
            _ => {
                let digits = b.iter().take(4).take_while(|c| c.is_ascii_digit()).count();
                matches!(digits, 1 | 3).then_some(digits)
            }
        },
        ValueShape::Quoted => string_end(b, 0),
        ValueShape::Host => {
            let end = memchr::memchr(b'/', b)?;
            (!b[..end].contains(&b' ')).then_some(end)
        }
        ValueShape::Text => Some(b.len()),
        ValueShape::Captures => match b.first() {
            Some(b'{') => {
                let close = memchr::memchr(b'}', b)? + 1;
                Some(close + usize::from(b.get(close) == Some(&b' ')))
            }
            _ => Some(0),
        },
        ValueShape::Padded => {
            let end = b.iter().position(|c| *c == b' ' || next.first() == Some(c));
            Some(end.unwrap_or(b.len()))
        }
        ValueShape::Word => {
            let end = if next.is_empty() {
                b.len()
            } else {
                find(b, next)?
            };
            (!b[..end].contains(&b' ')).then_some(end)
        }
        ValueShape::List => {
            let mut end = 0;
            loop {
                end += b[end..]
                    .iter()
                    .position(|c| matches!(c, b' ' | b',') || Some(c) == next.first())
                    .unwrap_or(b.len() - end);
                if b[end..].starts_with(b", ") {
                    end += 2;
                } else if b[end..].starts_with(b" : ") && next != b" : " {
                    end += 3;
                } else {
                    return Some(end);
                }
            }
        }
    }
}
