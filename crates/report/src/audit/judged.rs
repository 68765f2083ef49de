//! The outcome of an audit: what the document says, and what was found. Every sink writes this and nothing else.

use super::case::Case;
use super::checks;
use super::document::{Document, SectionKind};
use super::extent::Extent;
use super::finding::{Finding, Severity};
use super::markers::Spans;
use super::stated::Stated;
use coroner_infer::model::Report;
use coroner_lines::fault::called;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use std::collections::BTreeSet;

/// A row that reports an event.
#[derive(Clone, Debug)]
pub struct Marker {
    /// Kind, as in the report.
    pub kind: &'static str,
    /// RFC 3339, without an offset where the document has no zone; `None` where it has no date.
    pub time: Option<String>,
    /// Index of the line.
    pub line: usize,
    /// Its words.
    pub text: String,
}

/// What was found in a document.
#[derive(Debug)]
pub struct Judged<'d> {
    /// The document.
    pub doc: &'d Document<'d>,
    /// Day of the incident.
    pub date: Option<String>,
    /// Zone of the document: `+01:00` or a name.
    pub zone: Option<String>,
    /// When the outage began.
    pub start: Option<String>,
    /// When it ended.
    pub end: Option<String>,
    /// Lengths stated of it.
    pub stated: Vec<Stated>,
    /// Spans by the rows.
    pub spans: Spans,
    /// Rows that report events, in order of the document.
    pub markers: Vec<Marker>,
    /// Class of the cause that the document names first.
    pub cause: Option<&'static str>,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// Times of the document that no log was held against, where none was given.
    pub unchecked: Option<usize>,
}

/// Counts of findings: errors, warnings, notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// Judges a document, with the report on logs where there is one; `allow` names checks that stay silent.
pub fn judge<'d>(
    doc: &'d Document<'d>,
    logs: Option<&'d Report>,
    allow: &BTreeSet<String>,
) -> Judged<'d> {
    let case = Case::new(doc, logs);
    let mut findings = checks::run(&case);
    let said = allowed(doc);
    findings.retain(|f| !allow.contains(f.id) && !said.contains(f.id));
    let story = &case.story;
    let extent = Extent::of(&case);
    let stamp = |at: Option<i64>| story.stamp(at?, &case.zones);
    let mut rows: Vec<_> = story.rows.iter().collect();
    rows.sort_list_by_key(|t| t.row.line);
    let events = rows.iter().filter(|t| t.kind() != MarkerKind::HumanNote);
    let markers = events.map(|t| Marker {
        kind: t.kind().word(),
        time: story.stamp(t.at, &case.zones),
        line: t.row.line,
        text: t.row.text.clone(),
    });
    Judged {
        doc,
        date: story.date.as_ref().map(|d| super::date::iso(d.0)),
        zone: case.zones.main.as_ref().map(|z| z.0.to_string()),
        start: stamp(extent.start),
        end: stamp(extent.end),
        stated: case.stated.clone(),
        spans: Spans {
            outage: case.spans.outage.or(extent.secs()),
            ..case.spans.clone()
        },
        markers: markers.collect(),
        cause: cause(&case),
        unchecked: logs.is_none().then_some(story.rows.len()),
        findings,
    }
}

fn cause(case: &Case) -> Option<&'static str> {
    let first = |kind: SectionKind| {
        let mut named = case.paragraphs_of(kind).flat_map(|p| called(&p.text));
        named.next().map(|c| c.0.word())
    };
    first(SectionKind::Cause).or_else(|| first(SectionKind::Summary))
}

/// Checks that the document itself silences: `<!-- coroner: allow claim.swift -->`.
fn allowed(doc: &Document) -> BTreeSet<String> {
    let words = doc.comments.iter().filter_map(|c| {
        let comment = doc.text.get(c.clone())?.strip_prefix("<!--")?;
        let said = comment.strip_suffix("-->")?.trim();
        let said = said.strip_prefix("coroner:")?.trim_start();
        said.strip_prefix("allow ")
    });
    let names = words.flat_map(|w| w.split([' ', ',', '\t', '\n']));
    let names = names.filter(|w| !w.is_empty());
    names.map(str::to_owned).collect()
}

impl Judged<'_> {
    /// How many findings of each severity.
    pub fn counts(&self) -> Counts {
        let of = |s| self.findings.iter().filter(|f| f.severity == s).count();
        Counts {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            notes: of(Severity::Note),
        }
    }

    /// Whether anything is at least this bad.
    pub fn has(&self, least: Severity) -> bool {
        self.findings.iter().any(|f| f.severity >= least)
    }
}
