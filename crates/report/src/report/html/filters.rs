//! What the templates of HTML can do with values: write them escaped, cite lines with the way to where they stand, draw a
//! small picture. Only here is a text made that is not escaped again; nothing here knows a section.

use super::escape;
use crate::report::sentence::{Medium, counted, name};
use crate::report::template::filters::InputNames;
use crate::report::template::{filters, marks};
use coroner_infer::model::Report;
use coroner_lines::text::LogText;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, Output, State};
use std::sync::Arc;

/// Inputs listed at most.
pub(super) const INPUTS: usize = 300;

/// How a value is written: escaped, unless a filter of ours made it.
pub(super) fn write(out: &mut Output, _: &mut State, v: &Value) -> Result<(), Error> {
    match (v.kind(), v.as_str()) {
        (ValueKind::String, Some(s)) if v.is_safe() => out.write_str(s)?,
        (ValueKind::String, Some(s)) => out.write_str(&marks::html(s))?,
        (ValueKind::Number, _) => write!(out, "{v}")?,
        (kind, _) => return Err(filters::wrong(format!("a {kind} cannot be written"))),
    }
    Ok(())
}

/// Adds the filters.
pub(super) fn add(env: &mut Environment<'_>, report: &Report) {
    filters::add_common(env);
    // text from a log without quotation marks, and what goes into an attribute
    env.add_filter("plain", |s: &str| {
        Value::from_safe_string(escape(&marks::plain(s)))
    });
    env.add_filter("counted", |n: u64, thing: &str| counted(n, thing));
    env.add_filter("spark", |failed: Vec<u64>| {
        Value::from_safe_string(super::draw::spark(&failed))
    });
    let searched = |n: &LogText| escape(&name(n, Medium::Terminal));
    let names = InputNames::of(report, ["<code>", "</code>"], searched);
    let code = |at: &str| format!("<code class=\"at\">{}</code>", escape(at));
    let these = Arc::clone(&names);
    env.add_filter("bare", move |v: Value| these.cite(&v, |_, at| Ok(code(at))));
    let these = Arc::clone(&names);
    env.add_filter("cite", move |v: Value, ways: Option<Value>| {
        these.cite(&v, |e, at| {
            Ok(match way(e, ways.as_ref())? {
                Some(to) => format!("<a class=\"at\" href=\"#{to}\">{}</a>", code(at)),
                None => code(at),
            })
        })
    });
    // the place of a raw line, before it
    env.add_filter("source", move |e: Value| -> Result<Value, Error> {
        let at = escape(&filters::place(&names.plain, &e)?);
        Ok(Value::from_safe_string(match way(&e, None)? {
            Some(to) => format!("<a href=\"#{to}\">{at}</a>"),
            None => format!("<b>{at}</b>"),
        }))
    });
}

/// Where a cited line leads: to the row that it stands behind, or to its input, if that is listed.
fn way(e: &Value, ways: Option<&Value>) -> Result<Option<String>, Error> {
    if let Some(ways) = ways {
        let line = u64::try_from(e.get_attr("line")?).unwrap_or(0);
        let key = format!("{}:{line}:{}", e.get_attr("input")?, e.get_attr("byte")?);
        if let Some(row) = ways.get_attr(&key)?.as_str() {
            return Ok(Some(row.to_owned()));
        }
    }
    let input = usize::try_from(e.get_attr("input")?)?;
    Ok((input < INPUTS).then(|| format!("in{input}")))
}
