//! What the variables of nginx, Apache, HAProxy and logback mean, by the table beside this file; and the characters of their strings.

use super::steps::{SpecChar, TokenMeaning, ValueShape};
use super::time::TimeFormat;
use super::{CompileError, Slot, slot_of, wrong};
use crate::format::synonym::{Field, field};
use crate::table;
use crate::time::stamp::{clf, epoch, iso};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Variables of a writer.
struct Token {
    writer: &'static str,
    variables: Vec<&'static str>,
    means: &'static str,
    shape: ValueShape,
    example: &'static str,
}

static TOKENS: LazyLock<Vec<Token>> = LazyLock::new(|| {
    let rows = table::rows(include_str!("tokens.tsv"));
    let token = |[writer, variables, means, shape, example]: [&'static str; 5]| {
        let shape = match shape {
            "clf" => ValueShape::Time(clf),
            "iso" => ValueShape::Time(iso),
            "epoch" => ValueShape::Time(epoch),
            "status" => ValueShape::Status,
            "word" => ValueShape::Word,
            "list" => ValueShape::List,
            "captures" => ValueShape::Captures,
            "text" => ValueShape::Text,
            written => ValueShape::Written(TimeFormat::strptime(written).ok()?),
        };
        let variables = variables.split(' ').collect();
        Some(Token {
            writer,
            variables,
            means,
            shape,
            example,
        })
    };
    rows.filter_map(token).collect()
});

/// What a variable of a writer means, how its value is written, and an example; what the table calls by no name, its own says.
pub(super) fn variable(writer: &str, name: &str) -> TokenMeaning<'static> {
    let fits = |of: &&str| match of.split_once('*') {
        Some((front, end)) => name.starts_with(front) && name.ends_with(end),
        None => *of == name,
    };
    let mut own = TOKENS.iter().filter(|t| t.writer == writer);
    let Some(t) = own.find(|t| t.variables.iter().any(fits)) else {
        return (Slot::Unused, ValueShape::Text, "-");
    };
    let slot = match t.means {
        "-" => Slot::Unused,
        "" => field(name.as_bytes()).map_or_else(|| header(name), Slot::Field),
        means => slot_of(means, &BTreeMap::new()),
    };
    (slot, t.shape.clone(), t.example)
}

/// What a header or note means: versions and ids by their names; the others are what browsers and modules say.
pub(super) fn header(name: &str) -> Slot {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let fronts = ["upstream_http_", "sent_http_", "http_"];
    let bare = fronts.iter().find_map(|p| name.strip_prefix(p));
    let bare = bare.unwrap_or(&name);
    let bare = bare.strip_prefix("x_").unwrap_or(bare);
    match field(bare.as_bytes()) {
        Some(f @ (Field::Version | Field::Release | Field::Id)) => Slot::Field(f),
        _ if bare.ends_with("version") => Slot::Field(Field::Version),
        _ if bare == "unique_id" => Slot::Field(Field::Id),
        _ => Slot::Unused,
    }
}

/// The characters of a string with their offsets from `at` on, up to the quote that closes it, if any: `raw` says which characters a
/// backslash takes the meaning from.
pub(super) fn characters(
    spec: &str,
    mut at: usize,
    close: Option<u8>,
    raw: impl Fn(u8) -> bool,
) -> Result<(Vec<SpecChar>, usize), CompileError> {
    let (b, open) = (spec.as_bytes(), at.saturating_sub(1));
    let mut text = Vec::new();
    while let Some(&c) = b.get(at) {
        match b.get(at + 1) {
            _ if close == Some(c) => return Ok((text, at + 1)),
            Some(next) if c == b'\\' && raw(*next) => {
                text.push((*next, at));
                at += 1;
            }
            _ => text.push((c, at)),
        }
        at += 1;
    }
    match close {
        Some(_) => wrong(open, "this quote is never closed; close it"),
        None => Ok((text, at)),
    }
}
