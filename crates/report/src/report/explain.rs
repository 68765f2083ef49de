//! What a row, cause, duration or gap of a report rests on: the method in two sentences, the numbers, the raw lines.
//! Works on report JSON v1, so that a report of another day can be asked; what is asked for is one file and one line each.

mod cause;
mod citation;
mod duration;
mod listed;
mod row;
mod verdict;

use super::Look;
use super::wrap::{hanging, to_ascii};
use coroner_lines::table;
use coroner_lines::text::LogText;
use serde_json::Value;

/// Something of a report that can be explained.
pub struct Topic {
    /// How it is asked for.
    pub usage: &'static str,
    /// One line for the list of topics.
    pub about: &'static str,
    /// What it rests on in a report; `None` where `what` does not ask for this, or it is not there.
    explain: fn(report: &Reported<'_>, what: &str) -> Option<Explained>,
    /// The method alone, where no report is at hand.
    define: fn(what: &str) -> Option<Explained>,
}

/// Everything that can be asked for.
pub static TOPICS: &[&Topic] = &[
    &row::TOPIC,
    &cause::TOPIC,
    &duration::TOPIC,
    &listed::GAP,
    &listed::SIGNAL,
    &listed::UNEXPLAINED,
    &listed::STRETCH,
    &verdict::TOPIC,
    &citation::TOPIC,
];

/// How what is of a topic and a kind is found; that of all other kinds where nothing is said of this one.
fn method(topic: &str, kind: &str) -> &'static str {
    let all = || table::rows(include_str!("explain/methods.tsv"));
    let of =
        |kind| all().find(|[t, k, _]: &[&str; 3]| *t == topic && k.split(' ').any(|k| k == kind));
    of(kind).or_else(|| of("")).map_or("", |[.., said]| said)
}

/// Raw lines printed at most.
const LINES: usize = 50;

/// A report and the incident that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The report, JSON v1.
    pub report: &'a Value,
    /// The incident; `Null` where there is none.
    pub incident: &'a Value,
}

/// What something rests on. Texts of logs are cleaned already, or are escaped when written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explained {
    /// What it is, as the report says it.
    pub title: String,
    /// How it is found, in two sentences.
    pub method: String,
    /// The numbers, each with its name.
    pub numbers: Vec<(String, String)>,
    /// Citation and raw line.
    pub lines: Vec<(String, String)>,
    /// Inputs that were searched in vain.
    pub searched: Vec<String>,
}

/// Explains `what`; `None` where the report has no such thing.
pub fn explain(report: &Reported<'_>, what: &str) -> Option<Explained> {
    TOPICS.iter().find_map(|t| (t.explain)(report, what))
}

/// The method behind `what`, without a report; `None` where it is reported by a report only.
pub fn define(what: &str) -> Option<Explained> {
    TOPICS.iter().find_map(|t| (t.define)(what))
}

impl Explained {
    fn new(title: impl Into<String>, method: impl Into<String>) -> Self {
        Explained {
            title: title.into(),
            method: method.into(),
            ..Explained::default()
        }
    }

    fn number(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.numbers.push((name.into(), value.into()));
        self
    }

    /// Adds the lines that an object of the report cites, and the inputs that it searched.
    fn cite(mut self, report: &Value, object: &Value) -> Self {
        for e in members(&object["evidence"]) {
            let name = input(report, &e["input"]);
            let at = match (e["line"].as_u64(), e["byte"].as_u64()) {
                (Some(n), _) => format!("{name}:{n}"),
                (None, Some(b)) => format!("{name}@byte {b}"),
                (None, None) => name,
            };
            let at = match e["count"].as_u64() {
                Some(n) if n > 1 => format!("{at} (the first of {n} lines)"),
                _ => at,
            };
            let raw = text(&e["excerpt"]);
            if !self.lines.iter().any(|l| l.0 == at) {
                self.lines.push((at, raw));
            }
        }
        let searched = members(&object["inputs"]).map(|i| input(report, i));
        self.searched.extend(searched);
        self
    }

    /// For the screen, ending with a newline.
    pub fn render(&self, look: &Look) -> String {
        let safe = |s: &str| {
            let s = LogText::new(s.as_bytes()).for_terminal().into_owned();
            if look.ascii { to_ascii(&s) } else { s }
        };
        let mut out = String::new();
        let mut block = |first: &str, s: &str| {
            out += &hanging(first, &safe(s), look.width.saturating_sub(first.len()));
        };
        block("", &self.title);
        block("", "");
        block("", &self.method);
        if !self.numbers.is_empty() {
            block("", "");
        }
        for (name, value) in &self.numbers {
            block("  ", &format!("{name}: {value}"));
        }
        if !self.searched.is_empty() {
            block("", "");
            let searched = self.searched.join(", ");
            block("", &format!("Searched in vain: {searched}"));
        }
        // raw lines stand as they are, so that they can be looked up
        if !self.lines.is_empty() {
            out.push('\n');
        }
        for (at, raw) in self.lines.iter().take(LINES) {
            out.push_str(&format!("{}\n", safe(at)));
            if !raw.is_empty() {
                out.push_str(&format!("    {}\n", safe(raw)));
            }
        }
        if let n @ 1.. = self.lines.len().saturating_sub(LINES) {
            out.push_str(&format!("{n} more in the JSON\n"));
        }
        out
    }
}

/// The members of an array; none where it is not one.
fn members(v: &Value) -> impl Iterator<Item = &Value> {
    v.as_array().into_iter().flatten()
}

/// A text; empty where it is not one.
fn text(v: &Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

/// The name of an input by its index.
fn input(report: &Value, index: &Value) -> String {
    let at = index.as_u64().and_then(|i| usize::try_from(i).ok());
    let found = at.and_then(|i| report["inputs"].get(i));
    match found.and_then(|i| i["name"].as_str()) {
        Some(name) => name.to_owned(),
        None => format!("input {index}"),
    }
}

/// The number behind a word: `2` of `cause 2`, `cause2` or `causes/2`; 1 where none follows.
fn numbered(what: &str, word: &str) -> Option<usize> {
    let rest = what.trim().to_ascii_lowercase();
    let rest = rest.strip_prefix(word)?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let rest = rest.trim_start_matches([' ', '/', '#', '-']);
    match rest {
        "" => Some(1),
        n => n.parse().ok().filter(|n| *n > 0),
    }
}

/// The `n`-th member of an array, counted from 1.
fn nth(list: &Value, n: usize) -> Option<&Value> {
    list.get(n.checked_sub(1)?)
}

/// Seconds as people say them.
fn span(seconds: f64) -> String {
    super::time::span((seconds * 1e6).round() as i64)
}

#[cfg(test)]
mod tests;
