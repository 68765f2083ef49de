//! The postmortem skeleton in Markdown: filled where the logs speak, one grep-able TODO form where a person must.
//! Log text stands only in code spans and fences; a clause whose marker is absent is left out.

mod appendix;
mod findings;
mod impact;
mod opening;

pub(crate) use impact::addresses;

use super::sentence::{Clock, Medium, render};
use super::{Form, Look, facts};
use crate::model::{Incident, Report, Sentence};
use crate::text::{LogText, is_plain, md_code};

/// The form `md`.
pub struct Markdown;

impl Form for Markdown {
    fn name(&self) -> &'static str {
        "md"
    }
    fn extension(&self) -> Option<&'static str> {
        Some("md")
    }
    fn about(&self) -> &'static str {
        "postmortem skeleton in Markdown, with TODO blocks for people"
    }
    fn render(&self, report: &Report, _: &Look) -> String {
        to_string(report)
    }
}

/// How a digest line begins.
pub const DIGEST: &str = "<!-- coroner digest ";

/// The last line of a document: the CRC-32 of the text above it.
pub fn digest_line(text: &str) -> String {
    let crc = crc32fast::hash(text.replace("\r\n", "\n").as_bytes());
    format!("{DIGEST}{crc:08x}: an edited file is not overwritten without --force -->\n")
}

/// Whether a document on disk is other than what coroner wrote: changed since, or not written by coroner at all.
/// A change of line ends alone does not count.
pub fn edited(existing: &str) -> bool {
    let text = existing.replace("\r\n", "\n");
    match text.rfind(DIGEST) {
        Some(at) => text[at..] != digest_line(&text[..at]),
        None => true,
    }
}

/// The whole document.
pub fn to_string(report: &Report) -> String {
    let mut d = Doc {
        report,
        level: 1,
        out: String::new(),
    };
    match report.incidents.as_slice() {
        [] => d.without_incident(),
        [one] => d.incident(one, "Postmortem"),
        many => {
            d.heading(&format!("Postmortem: {} incidents", many.len()));
            d.made_by();
            d.level = 2;
            for (n, i) in many.iter().enumerate() {
                d.incident(i, &format!("Incident {}", n + 1));
            }
            d.level = 1;
        }
    }
    d.short_failures();
    d.gaps();
    d.appendix();
    let digest = digest_line(&d.out);
    d.out + &digest
}

/// A document being written; `level` is the depth of its title.
struct Doc<'a> {
    report: &'a Report,
    level: usize,
    out: String,
}

impl Doc<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// A paragraph with an empty line after it.
    fn para(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    fn heading(&mut self, text: &str) {
        let marks = "#".repeat(self.level);
        self.para(&format!("{marks} {text}"));
    }

    fn section(&mut self, text: &str) {
        let marks = "#".repeat(self.level + 1);
        self.para(&format!("{marks} {text}"));
    }

    fn todo(&mut self, text: &str) {
        self.para(&format!("> **TODO (person):** {text}"));
    }

    /// A table row; a `|` in a cell is escaped, in code too (GFM tables).
    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|c| c.replace('|', "\\|")).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    /// A list or table ends with an empty line.
    fn end(&mut self) {
        self.line("");
    }

    fn clock(&self, i: &Incident) -> Clock {
        Clock {
            zone: self.report.settings.zone,
            day: i.onset,
        }
    }

    fn text(&self, s: &Sentence, i: &Incident) -> String {
        render(s, Medium::Markdown, self.clock(i))
    }

    fn made_by(&mut self) {
        self.para(&format!(
            "<!-- Made by coroner {} from logs. Nothing here has been reviewed by a person. Search for TODO. -->",
            env!("CARGO_PKG_VERSION")
        ));
    }

    fn incident(&mut self, i: &Incident, title: &str) {
        let headline = self.text(&i.title, i);
        self.heading(&format!("{title}: {headline}"));
        if self.level == 1 {
            self.made_by();
        }
        self.head_table(i);
        self.summary(i);
        self.impact(i);
        self.timeline(i);
        self.durations(i);
        self.causes(i);
        self.signals(i);
        self.measures(i);
        self.section("What went well, what was hard, where we were lucky");
        let start = match i.durations.acknowledge {
            Some(us) => format!(
                "the logs show an acknowledgement {} after the alert. The rest is yours.",
                super::time::span(us)
            ),
            None => "the logs do not show this.".to_owned(),
        };
        self.todo(&start);
    }

    fn without_incident(&mut self) {
        let (said, note) = facts::no_incident(self.report);
        self.heading("No postmortem");
        self.made_by();
        self.para(&said);
        self.para(&note);
    }
}

/// A name in a table or sentence: always code, as in the head table.
fn code(t: &LogText) -> String {
    t.for_md_prose()
}

/// A string of ours or of the user's settings that may hold anything.
fn settings_text(s: &str) -> String {
    if is_plain(s) || s.bytes().all(|b| b.is_ascii_digit() || b"+-:".contains(&b)) {
        s.to_owned()
    } else {
        md_code(LogText::name(s.as_bytes()).for_json())
    }
}
