//! Markdown documents from templates over the report: the built-in ones and the user's own. One data model for all, the
//! JSON object with `view` beside it; every value is escaped for Markdown when it is written.

pub(super) mod context;
pub(super) mod filters;
pub(super) mod inputs;
mod link;
pub mod marks;

pub use link::{LinkBase, encoded};

use coroner_core::error::{Error, Result};
use coroner_infer::model::Report;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use std::collections::BTreeMap;

/// A template that comes with the program.
pub struct Template {
    /// The name after `--template`.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// The source.
    pub source: &'static str,
}

/// Templates, each of the file of its name.
macro_rules! templates {
    ($($name:literal: $about:literal,)+) => {
        &[$(Template {
            name: $name,
            about: $about,
            source: include_str!(concat!("templates/", $name, ".md.j2")),
        }),+]
    };
}

/// Every built-in template; the first is the default.
pub static TEMPLATES: &[Template] = templates! {
    "default": "everything the logs tell, with a TODO where a person must write",
    "google": "the postmortem of the Google SRE book",
    "pagerduty": "the postmortem of PagerDuty's incident response",
    "atlassian": "the postmortem of Atlassian's handbook",
    "gitlab": "the incident review of GitLab",
    "seed": "a short report: issue summary, timeline, root cause, resolution, measures",
};

impl Template {
    /// The same as a template of the user's.
    pub fn own(&self) -> Own {
        Own {
            name: self.name.to_owned(),
            source: self.source.to_owned(),
            beside: Vec::new(),
            links: None,
        }
    }
}

/// A built-in template by name.
pub fn named(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.name == name)
}

/// A template of the user's: its name for messages, its source, and what lies beside it and may be included.
#[derive(Clone, Debug)]
pub struct Own {
    /// File name.
    pub name: String,
    /// Text of the template.
    pub source: String,
    /// File name and text of each template in the same folder.
    pub beside: Vec<(String, String)>,
    /// Where a cited line can be opened.
    pub links: Option<LinkBase>,
}

/// Steps that a template may take: some hundred times what a report of fifty incidents takes.
const FUEL: u64 = 20_000_000;
/// Depth of macros and includes.
const DEPTH: usize = 64;

/// Renders a report with a built-in template.
pub fn built_in(report: &Report, t: &Template) -> Result<String> {
    render(report, &t.own())
}

/// Renders a report with any template. The document ends with one newline.
pub fn render(report: &Report, t: &Own) -> Result<String> {
    let mut env = environment(report, t.links.clone());
    for (name, source) in &t.beside {
        env.add_template(name, source)
            .map_err(|e| explain(&e, name))?;
    }
    let failed = |e| explain(&e, &t.name);
    env.add_template(&t.name, &t.source).map_err(failed)?;
    let template = env.get_template(&t.name).map_err(failed)?;
    let members = context::of(report).into_iter();
    let mut all: BTreeMap<_, _> = members.map(|(k, v)| (k, Value::from(Serde(v)))).collect();
    let inputs = Value::from_object(inputs::Inputs::of(report));
    all.insert("inputs".to_owned(), inputs);
    let out = template.render(Value::from(all)).map_err(failed)?;
    Ok(one_blank_line(&out))
}

/// Several empty lines, which blocks of a template leave behind, are one; the document ends with one newline.
fn one_blank_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for l in text.trim_end().lines() {
        let empty = l.trim().is_empty();
        if !(empty && blank) {
            out.push_str(if empty { "" } else { l });
            out.push('\n');
        }
        blank = empty;
    }
    out
}

/// Checks a template of the user's before any log is read: what is wrong with its grammar is reported at once.
pub fn check(t: &Own) -> Result<()> {
    let mut env = Environment::empty();
    settings(&mut env);
    let done = env.add_template(&t.name, &t.source);
    done.map_err(|e| explain(&e, &t.name))
}

fn settings(env: &mut Environment<'_>) {
    // Without delimiters of its own there is nothing that could be wrong with it.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        env.set_syntax(syntax);
    }
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(DEPTH);
    // Only names that were added exist: nothing is read from a disk while a template runs.
    env.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
}

fn environment<'s>(report: &Report, links: Option<LinkBase>) -> Environment<'s> {
    let mut env = Environment::new();
    settings(&mut env);
    env.set_formatter(filters::write);
    filters::add(&mut env, report, links);
    env
}

/// What, where, why, and what to do.
fn explain(e: &minijinja::Error, name: &str) -> Error {
    use minijinja::ErrorKind as K;
    let name = e.name().unwrap_or(name);
    let at = match e.line() {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    let mut why = e.kind().to_string();
    if let Some(d) = e.detail() {
        why = format!("{why}: {d}");
    }
    let cause = std::error::Error::source(e).map(ToString::to_string);
    if let Some(c) = cause.filter(|c| !why.contains(c.as_str())) {
        why = format!("{why} ({c})");
    }
    let remedy = match e.kind() {
        K::UndefinedError => {
            "the names are those of `coroner schema report`, and `view` (see `coroner template show default`)"
        }
        K::OutOfFuel => "a loop in it does not end",
        K::TemplateNotFound => "only files of the template's own folder can be included",
        K::UnknownFilter | K::UnknownFunction | K::UnknownTest => {
            "see `coroner template show default` for those there are"
        }
        _ => "compare with `coroner template show default`",
    };
    let clean = why.replace(char::is_control, " ");
    Error::usage(format!("template {at}"), clean, remedy.to_owned())
}
