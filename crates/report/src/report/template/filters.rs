//! What templates can do with values: write them escaped, and the filters for code, cells, lengths of time, counts, shares
//! and citations. Nothing here knows a template.

use super::{LinkBase, marks};
use crate::report::sentence::{count, percent, share};
use crate::report::time;
use coroner_infer::model::Report;
use coroner_lines::text::{LogText, md_code};
use coroner_lines::time::SECOND;
use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State};
use std::sync::Arc;

const NOT: &str = "not recognised in the logs";

/// How a value is written: escaped, unless a filter of ours made it. What is null was not recognised in the logs.
pub(super) fn write(out: &mut Output, _: &mut State, v: &Value) -> Result<(), Error> {
    if v.is_safe() {
        write!(out, "{v}")?;
        return Ok(());
    }
    match v.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Ok(write!(out, "{NOT}")?),
        ValueKind::String => Ok(write!(out, "{}", markdown(v))?),
        ValueKind::Number | ValueKind::Bool => Ok(write!(out, "{v}")?),
        kind => Err(wrong(format!(
            "a {kind} cannot be written: take a member of it, or loop over it"
        ))),
    }
}

/// Adds the filters of Markdown.
pub(super) fn add(env: &mut Environment<'_>, report: &Report, links: Option<LinkBase>) {
    add_common(env);
    for name in ["e", "escape"] {
        env.add_filter(name, |v: Value| Ok::<_, Error>(markdown(&v)));
    }
    env.add_filter("code", |v: Value| -> Result<Value, Error> {
        match text(&v) {
            Some(t) => Ok(Value::from_safe_string(md_code(&t))),
            None => Ok(markdown(&v)),
        }
    });
    env.add_filter("cell", |v: Value| {
        let t = markdown(&v).to_string();
        Ok::<_, Error>(Value::from_safe_string(
            t.replace(['\n', '\r'], " ").replace('|', "\\|"),
        ))
    });
    env.add_filter("fence", fence);
    let names = InputNames::of(report, ["(", ")"], LogText::for_md_prose);
    env.add_filter("cite", move |v: Value| {
        names.cite(&v, |e, at| {
            let code = md_code(at);
            match &links {
                Some(base) => Ok(format!("[{code}]({})", address(base, &names.plain, e)?)),
                None => Ok(code),
            }
        })
    });
}

/// Adds those that every medium has: they make words, which are escaped when they are written.
pub(in crate::report) fn add_common(env: &mut Environment<'_>) {
    env.add_filter("safe", |_: Value| -> Result<Value, Error> {
        Err(wrong("|safe is refused: values may hold text from logs; |code and |cell are there for layout".into()))
    });
    type Said = fn(i64) -> String;
    let spans: [(_, Said, _); 3] = [
        ("dur", time::span, NOT),
        ("about", time::round_span, NOT),
        ("rel", time::distance, ""),
    ];
    for (name, said, none) in spans {
        let said = move |v: Value| Ok(micros(&v)?.map_or_else(|| none.to_owned(), said));
        env.add_filter(name, said);
    }
    env.add_filter("count", |v: Value| {
        known(v, |v| Ok(count(u64::try_from(v)?)))
    });
    env.add_filter("share", |v: Value| row_share(&v));
    env.add_filter("round_share", |v: Value| round_share(&v));
    env.add_filter("percent", |v: Value| {
        known(v, |v| Ok(percent(f64::try_from(v)?)))
    });
    env.add_filter("score", |v: f64| crate::report::sentence::score(v));
    env.add_filter("clock", |v: Value| part(&v, 11..19));
    env.add_filter("minute", |v: Value| part(&v, 11..16));
    env.add_filter("date", |v: Value| part(&v, 0..10));
    env.add_filter("capital", |v: String| crate::report::facts::capital(&v));
    env.add_filter("small", |v: String| crate::report::summary::small_words(&v));
    env.add_filter("words", |v: String| v.replace('_', " "));
}

pub(in crate::report) fn wrong(detail: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}

fn not() -> Value {
    Value::from(NOT)
}

/// What is said of a value; of one that is null, that it was not recognised.
fn known(v: Value, said: impl FnOnce(Value) -> Result<String, Error>) -> Result<Value, Error> {
    match v.is_none() {
        true => Ok(not()),
        false => Ok(said(v)?.into()),
    }
}

/// The text of a string value without marks.
fn text(v: &Value) -> Option<String> {
    v.as_str().map(marks::plain)
}

/// A value as escaped Markdown.
fn markdown(v: &Value) -> Value {
    match v.as_str() {
        _ if v.is_safe() => v.clone(),
        Some(s) => Value::from_safe_string(marks::markdown(s)),
        None if v.is_none() => Value::from_safe_string(NOT.to_owned()),
        None => Value::from_safe_string(marks::markdown(&v.to_string())),
    }
}

/// Seconds as microseconds.
fn micros(v: &Value) -> Result<Option<i64>, Error> {
    if v.is_none() {
        return Ok(None);
    }
    let s = f64::try_from(v.clone())?;
    Ok(Some((s * SECOND as f64).round() as i64))
}

/// A part of an RFC 3339 time; null where there is none.
fn part(v: &Value, range: std::ops::Range<usize>) -> Result<Value, Error> {
    match v.as_str() {
        Some(s) => Ok(s.get(range).unwrap_or(s).into()),
        None if v.is_none() => Ok(not()),
        None => Err(wrong("this filter takes a time of the report".into())),
    }
}

/// The share of a row or of the impact, from its `failed` and `requests`.
fn row_share(v: &Value) -> Result<Value, Error> {
    let (f, n) = (v.get_attr("failed")?, v.get_attr("requests")?);
    match f.is_none() || n.is_none() {
        true => Ok(not()),
        false => Ok(percent(share(u64::try_from(f)?, u64::try_from(n)?)).into()),
    }
}

/// The share of a row in whole per cent, as round as the ten-second steps that it is counted by.
fn round_share(v: &Value) -> Result<Value, Error> {
    let failed = u64::try_from(v.get_attr("failed")?)?;
    let n = u64::try_from(v.get_attr("requests")?)?;
    let said = match (share(failed, n) * 100.0).round() as u64 {
        0 if failed > 0 => "under 1 %".to_owned(),
        100 if failed < n => "over 99 %".to_owned(),
        p => format!("{p} %"),
    };
    Ok(said.into())
}

/// A fenced block of the lines of a list, whose fence is longer than any run of backticks in them.
fn fence(v: Value, language: String) -> Result<Value, Error> {
    let plain = |x: Value| text(&x).unwrap_or_else(|| x.to_string());
    let lines = v.try_iter()?.map(plain);
    let body: String = lines.map(|l| l.replace(['\n', '\r'], " ") + "\n").collect();
    let runs = body.split(|c| c != '`').map(str::len);
    let fence = "`".repeat((runs.max().unwrap_or(0) + 1).max(3));
    let mut language = language;
    language.retain(|c| c.is_ascii_alphanumeric());
    let block = format!("{fence}{language}\n{body}{fence}");
    Ok(Value::from_safe_string(block))
}

/// The inputs as citations of a medium name them.
pub(in crate::report) struct InputNames {
    /// The names as they are.
    pub plain: Vec<String>,
    /// The names as they are written where inputs were searched, and what stands around them.
    pub searched: Vec<String>,
    pub around: [&'static str; 2],
}

impl InputNames {
    pub fn of(
        report: &Report,
        around: [&'static str; 2],
        written: impl Fn(&LogText) -> String,
    ) -> Arc<InputNames> {
        let names = || report.inputs.iter().map(|i| &i.name);
        Arc::new(InputNames {
            plain: names().map(|n| n.for_json().to_owned()).collect(),
            searched: names().map(written).collect(),
            around,
        })
    }

    /// Citations of a list of evidence, or of what carries one: at most three places, each as `written` has it, or the inputs
    /// that were searched.
    pub fn cite(
        &self,
        v: &Value,
        written: impl Fn(&Value, &str) -> Result<String, Error>,
    ) -> Result<Value, Error> {
        let list = match v.kind() {
            ValueKind::Map if v.get_attr("basis")?.as_str() == Some("absence") => {
                return self.searched(&v.get_attr("inputs")?);
            }
            ValueKind::Map => v.get_attr("evidence")?,
            _ => v.clone(),
        };
        let (mut out, mut rest) = (Vec::new(), 0);
        for (n, e) in list.try_iter()?.enumerate() {
            match n {
                0..3 => out.push(written(&e, &place(&self.plain, &e)?)?),
                // the last may stand for several
                _ => rest += u64::try_from(e.get_attr("count")?).unwrap_or(1),
            }
        }
        let more = crate::report::cite::and_more(rest);
        Ok(Value::from_safe_string(out.join(", ") + &more))
    }

    fn searched(&self, inputs: &Value) -> Result<Value, Error> {
        let mut said = Vec::new();
        for n in inputs.try_iter()? {
            said.push(input(&self.searched, &n)?);
        }
        let said = match said.len() {
            n if n == self.plain.len() && n > 3 => format!("all {n} inputs"),
            _ => said.join(", "),
        };
        let [open, close] = self.around;
        Ok(Value::from_safe_string(format!(
            "{open}searched: {said}{close}"
        )))
    }
}

/// The address of a cited line.
fn address(base: &LinkBase, names: &[String], e: &Value) -> Result<String, Error> {
    let line = u64::try_from(e.get_attr("line")?).ok();
    Ok(base.of(&input(names, &e.get_attr("input")?)?, line))
}

fn input(names: &[String], v: &Value) -> Result<String, Error> {
    let n = usize::try_from(v.clone())?;
    let name = names.get(n).cloned();
    Ok(name.unwrap_or_else(|| format!("input {n}")))
}

/// `deploy.log:1182`, `deploy.log:1183-1199`, `deploy.log@byte 90311`.
pub(in crate::report) fn place(names: &[String], e: &Value) -> Result<String, Error> {
    let name = input(names, &e.get_attr("input")?)?;
    let line = e.get_attr("line")?;
    if line.is_none() {
        return Ok(format!("{name}@byte {}", e.get_attr("byte")?));
    }
    let end = e.get_attr("end_line")?;
    let longer =
        i64::try_from(end.clone()).is_ok_and(|b| i64::try_from(line.clone()).is_ok_and(|a| b > a));
    Ok(match longer {
        true => format!("{name}:{line}-{end}"),
        false => format!("{name}:{line}"),
    })
}
