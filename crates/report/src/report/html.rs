//! The report as one HTML file that loads nothing and runs nothing: no script, a content security policy with the hash
//! of its only style sheet. What it says stands in `html/*.html.j2`, pictures are drawn here; nothing else makes HTML.

mod chart;
mod context;
mod draw;
mod filters;
mod phases;
mod strip;
mod zoom;

use super::{Form, whole};
use coroner_infer::model::{Incident, Report};
use coroner_lines::text::html as escape;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, Template, UndefinedBehavior, context};

/// The form `html`.
pub static HTML: Form = Form {
    name: "html",
    extension: Some("html"),
    about: "report to read in a browser: one file, no script",
    write: |report, _| whole(to_string(report)),
};

const STYLE: &str = include_str!("html/style.css");
const PARTS: &str = include_str!("html/parts.html.j2");
const PAGE: &str = include_str!("html/page.html.j2");
const INCIDENT: &str = include_str!("html/incident.html.j2");

/// Bytes of a whole file; incidents that would not fit are drawn shorter, or only listed.
const LARGEST: usize = 1_900_000;
/// Bytes of one incident of several, so that the first does not take the room of all.
const LARGE: usize = 280_000;
/// Bytes of the page around several incidents, and those that each takes in its index.
const AROUND: usize = 42_000 + STYLE.len();
const LISTED: usize = 900;

/// One incident being written: `number` where there are several, which go one heading deeper.
struct IncidentPart<'a> {
    report: &'a Report,
    i: &'a Incident,
    number: Option<usize>,
}

impl IncidentPart<'_> {
    /// A section's id: the same word in every incident, with its number before it where there are several.
    fn id(&self, word: &str) -> String {
        id(self.number, word)
    }
}

/// A word with the number of its incident before it where there are several.
fn id(number: Option<usize>, word: &str) -> String {
    match number {
        Some(n) => format!("i{n}-{word}"),
        None => word.to_owned(),
    }
}

/// The whole file.
pub fn to_string(report: &Report) -> String {
    // The templates are tried on every report of the tests.
    let failed = |e: Error| {
        format!(
            "<!doctype html>\n<p>No report: {}</p>\n",
            escape(&e.to_string())
        )
    };
    written(report).unwrap_or_else(failed)
}

fn written(report: &Report) -> Result<String, Error> {
    let env = environment(report)?;
    let template = env.get_template("incident")?;
    let several = report.incidents.len() > 1;
    let mut left = LARGEST.saturating_sub(AROUND + report.incidents.len() * LISTED);
    let mut parts = Vec::new();
    for (n, i) in report.incidents.iter().enumerate() {
        let number = several.then_some(n + 1);
        let room = if several { left.min(LARGE) } else { usize::MAX };
        let html = fitting(&template, IncidentPart { report, i, number }, room)?;
        left = match &html {
            // those after the first for which the file has no room are listed only
            None if left < LARGE => 0,
            html => left - html.as_ref().map_or(0, String::len).min(left),
        };
        let html = html.map(Value::from_safe_string);
        parts.push(context! { html, ..context::listed(report, i) });
    }
    env.get_template("page")?
        .render(context! { incidents => parts, ..context::page(report) })
}

/// An incident whole, else briefly: without raw lines and without what only shows under the pointer; nothing if there is no
/// room for that either.
fn fitting(
    template: &Template<'_, '_>,
    part: IncidentPart<'_>,
    room: usize,
) -> Result<Option<String>, Error> {
    if room == 0 {
        return Ok(None);
    }
    let base = context::of(&part);
    for brief in [false, true] {
        let svg = context::pictures(&part, brief);
        let text = template.render(context! { brief, svg, ..base.clone() })?;
        if text.len() <= room {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The templates, with every value escaped that is written.
fn environment(report: &Report) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Custom("html".into()));
    env.set_formatter(filters::write);
    filters::add(&mut env, report);
    for (name, source) in [("page", PAGE), ("incident", INCIDENT)] {
        // Line breaks and indentation are there for who reads a template.
        let lines = PARTS.lines().chain(source.lines());
        env.add_template_owned(name, lines.map(str::trim_start).collect::<String>())?;
    }
    Ok(env)
}
