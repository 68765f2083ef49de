//! What the templates of HTML can do with values: write them escaped, cite lines with the way to where they stand, draw a
//! small picture. Only here is a text made that is not escaped again; nothing here knows a section.

use super::escape;
use crate::report::cite::and_more;
use crate::report::sentence::{Medium, counted, name};
use crate::report::template::{filters, marks};
use coroner_infer::model::Report;
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
    let inputs = Arc::new(InputNames {
        names: filters::names(report),
        searched: (report.inputs.iter())
            .map(|i| name(&i.name, Medium::Terminal))
            .collect(),
    });
    let names = Arc::clone(&inputs);
    env.add_filter("cite", move |v: Value, ways: Option<Value>| {
        names.cite(&v, |e| way(e, ways.as_ref()))
    });
    let names = Arc::clone(&inputs);
    env.add_filter("bare", move |v: Value| names.cite(&v, |_| Ok(None)));
    env.add_filter("source", move |e: Value| inputs.source(&e));
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

/// The inputs as citations name them.
struct InputNames {
    names: Vec<String>,
    searched: Vec<String>,
}

impl InputNames {
    /// The lines that something rests on, at most three, or the inputs that were searched.
    fn cite(
        &self,
        v: &Value,
        way: impl Fn(&Value) -> Result<Option<String>, Error>,
    ) -> Result<Value, Error> {
        let list = match v.kind() {
            ValueKind::Map if v.get_attr("basis")?.as_str() == Some("absence") => {
                return self.searched(&v.get_attr("inputs")?);
            }
            ValueKind::Map => v.get_attr("evidence")?,
            _ => v.clone(),
        };
        let mut shown = Vec::new();
        for e in list.try_iter()?.take(3) {
            let at = escape(&filters::place(&self.names, &e)?);
            let code = format!("<code class=\"at\">{at}</code>");
            shown.push(match way(&e)? {
                Some(to) => format!("<a class=\"at\" href=\"#{to}\">{code}</a>"),
                None => code,
            });
        }
        let more = and_more(list.len().unwrap_or(0), shown.len());
        Ok(Value::from_safe_string(shown.join(", ") + &more))
    }

    fn searched(&self, inputs: &Value) -> Result<Value, Error> {
        let mut said = Vec::new();
        for n in inputs.try_iter()? {
            let name = usize::try_from(n).ok().and_then(|n| self.searched.get(n));
            said.push(name.map_or("an input", String::as_str));
        }
        let said = match said.len() {
            n if n == self.names.len() && n > 3 => format!("all {n} inputs"),
            _ => said.join(", "),
        };
        let said = escape(&format!("searched: {said}"));
        Ok(Value::from_safe_string(format!("<code>{said}</code>")))
    }

    /// The place of a raw line, before it.
    fn source(&self, e: &Value) -> Result<Value, Error> {
        let at = escape(&filters::place(&self.names, e)?);
        Ok(Value::from_safe_string(match way(e, None)? {
            Some(to) => format!("<a href=\"#{to}\">{at}</a>"),
            None => format!("<b>{at}</b>"),
        }))
    }
}
