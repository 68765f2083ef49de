//! The postmortem skeleton in Markdown: filled where the logs speak, one grep-able TODO form where a person must.
//! The text is the template's; here is the seal by which an edited file is known.

use super::template::{self, TEMPLATES};
use super::{Form, Look};
use crate::model::Report;

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

/// The whole document by the default template.
pub fn to_string(report: &Report) -> String {
    // The built-in templates are tried on every sample and on every edit of the worked example.
    match template::built_in(report, &TEMPLATES[0]) {
        Ok(text) => sealed(text),
        Err(e) => sealed(format!("# No report\n\n{e}\n")),
    }
}

/// A document with its digest as the last line.
pub fn sealed(text: String) -> String {
    let text = format!("{text}\n");
    let digest = digest_line(&text);
    text + &digest
}
