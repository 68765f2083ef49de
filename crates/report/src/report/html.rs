//! The report as one HTML file that loads nothing and runs nothing: no script, a content security policy with the hash
//! of its only style sheet, pictures drawn in place. Text from logs is escaped into text nodes and nowhere else.

mod causes;
mod chart;
mod draw;
mod harm;
mod head;
mod incident;
mod marks;
mod phases;
mod strip;
mod tail;
mod timeline;
mod zoom;

use super::sentence::{Clock, Medium, render};
use super::{Form, cite, time, whole};
use coroner_infer::model::{Cited, Evidence, Incident, Report, Sentence};
use coroner_lines::text::html as escape;
use sha2::{Digest, Sha256};
use std::borrow::Borrow;

/// The form `html`.
pub static HTML: Form = Form {
    name: "html",
    extension: Some("html"),
    about: "report to read in a browser: one file, no script",
    write: |report, _| whole(to_string(report)),
};

const STYLE: &str = include_str!("html/style.css");

/// Bytes of a whole file; incidents that would not fit are drawn shorter, or only listed.
const LARGEST: usize = 1_900_000;
/// Bytes of one incident of several, so that the first does not take the room of all.
const LARGE: usize = 280_000;

/// How much of an incident is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// Everything.
    Full,
    /// Without raw lines and without what only shows under the pointer.
    Brief,
}

/// The whole file.
pub fn to_string(report: &Report) -> String {
    let page = Page { report };
    let mut out = page.start();
    match report.incidents.as_slice() {
        [] => out.push_str(&page.without_incident()),
        [one] => out.push_str(&IncidentPart::new(report, one, None, Depth::Full).all()),
        many => page.several(many, &mut out),
    }
    out.push_str(&page.end());
    out
}

/// A document being written.
struct Page<'a> {
    report: &'a Report,
}

impl Page<'_> {
    fn several(&self, many: &[Incident], out: &mut String) {
        let mut left = LARGEST.saturating_sub(out.len() + 40_000 + many.len() * 900);
        let mut parts = Vec::new();
        for (n, i) in many.iter().enumerate() {
            let text = [Depth::Full, Depth::Brief].into_iter().find_map(|depth| {
                let text = IncidentPart::new(self.report, i, Some(n + 1), depth).all();
                (text.len() <= left.min(LARGE)).then_some(text)
            });
            left = left.saturating_sub(text.as_ref().map_or(0, String::len));
            parts.push(text);
        }
        let shown: Vec<bool> = parts.iter().map(Option::is_some).collect();
        out.push_str(&self.index(many, &shown));
        parts.iter().flatten().for_each(|p| out.push_str(p));
    }
}

/// One incident being written: `number` where there are several, which go one heading deeper.
struct IncidentPart<'a> {
    report: &'a Report,
    i: &'a Incident,
    number: Option<usize>,
    depth: Depth,
}

impl<'a> IncidentPart<'a> {
    fn new(report: &'a Report, i: &'a Incident, number: Option<usize>, depth: Depth) -> Self {
        IncidentPart {
            report,
            i,
            number,
            depth,
        }
    }

    fn clock(&self) -> Clock {
        Clock::of(self.report, self.i.onset)
    }

    fn text(&self, s: &Sentence) -> String {
        render(s, Medium::Html, self.clock())
    }

    /// A section's id: the same word in every incident, with its number before it where there are several.
    fn id(&self, word: &str) -> String {
        id(self.number, word)
    }

    /// A section with its heading; `small` is what stands beside it.
    fn section(&self, word: &str, heading: &str, small: &str, body: &str) -> String {
        let id = self.id(word);
        let level = 2 + usize::from(self.number.is_some());
        // A screen reader lists the sections of all incidents together.
        let of = match self.number {
            Some(n) => format!(" i{n}-of"),
            None => String::new(),
        };
        let small = match small {
            "" => String::new(),
            s => format!(" <small>{s}</small>"),
        };
        format!(
            "<section aria-labelledby=\"{id}{of}\"><h{level} class=\"h\" id=\"{id}\">{heading}{small}</h{level}>{body}</section>\n"
        )
    }

    /// A heading one deeper than a section's.
    fn sub(&self, class: &str, text: &str) -> String {
        let level = 3 + usize::from(self.number.is_some());
        format!("<h{level} class=\"{class}\">{text}</h{level}>")
    }

    fn span(&self, us: i64) -> String {
        escape(&time::span(us))
    }
}

/// A word with the number of its incident before it where there are several.
fn id(number: Option<usize>, word: &str) -> String {
    match number {
        Some(n) => format!("i{n}-{word}"),
        None => word.to_owned(),
    }
}

/// The places that a claim rests on, at most three, or the inputs that were searched.
fn citation(report: &Report, c: &Cited) -> String {
    match c {
        Cited::Lines(l) => places(report, l),
        Cited::Absent(_) => {
            let said = cite::screen(report, c).join(" ");
            let inner = said.trim_start_matches('[').trim_end_matches(']');
            format!("<code>{}</code>", escape(inner))
        }
    }
}

/// `a:1, b:2, c:3 and 4 more`, each with the way to its input.
fn places(report: &Report, list: &[impl Borrow<Evidence>]) -> String {
    let to = |e: &Evidence, at: String| match (e.input as usize) < tail::INPUTS {
        true => format!("<a class=\"at\" href=\"#in{}\">{at}</a>", e.input),
        false => at,
    };
    listed(report, list, to)
}

/// The same as plain text, where a link may not stand.
fn bare(report: &Report, list: &[impl Borrow<Evidence>]) -> String {
    listed(report, list, |_, at| at)
}

fn listed(
    report: &Report,
    list: &[impl Borrow<Evidence>],
    to: impl Fn(&Evidence, String) -> String,
) -> String {
    let shown: Vec<String> = list
        .iter()
        .take(3)
        .map(|e| {
            let e = e.borrow();
            let at = escape(&cite::line(report, e, Medium::Plain));
            to(e, format!("<code class=\"at\">{at}</code>"))
        })
        .collect();
    format!(
        "{}{}",
        shown.join(", "),
        cite::and_more(list.len(), shown.len())
    )
}

/// The dashed box that is for a person to fill.
fn person(text: &str) -> String {
    format!("<div class=\"human\"><p class=\"hh\">For the team to fill in</p><p>{text}</p></div>")
}

/// A part that scrolls sideways on a narrow screen, also with the keyboard.
fn scroller(label: &str, body: &str) -> String {
    format!("<div class=\"tw\" role=\"group\" aria-label=\"{label}\" tabindex=\"0\">{body}</div>")
}

/// The hash of the style sheet, as a content security policy names it.
fn style_hash() -> String {
    format!(
        "sha256-{}",
        coroner_lines::text::base64(&Sha256::digest(STYLE.as_bytes()))
    )
}
