//! Annotations of a workflow run, as the runner of GitHub Actions reads them from standard output.
//! Escaped by the rules of `actions/toolkit`, packages/core/src/command.ts.

use super::columns;
use crate::audit::finding::Severity;
use crate::audit::judged::Judged;
use coroner_lines::text::LogText;
use std::fmt::Write as _;

/// One line for each finding; `path` is the document as the user named it.
pub fn to_string(j: &Judged, path: &str) -> String {
    let mut out = String::new();
    for f in &j.findings {
        let command = match f.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let (col, end) = columns(j.doc, &f.main.place);
        let help = f.help.as_ref().map(|h| format!("\nhelp: {h}"));
        let help = help.unwrap_or_default();
        let _ = writeln!(
            out,
            "::{command} file={},line={},endLine={1},col={col},endColumn={end},title={}::{}",
            property(path),
            f.main.place.line + 1,
            property(&format!("coroner {}", f.id)),
            data(&format!("{}{help}", f.message))
        );
    }
    out
}

/// The text of a command. Newlines of our own stay; others were made visible before.
fn data(s: &str) -> String {
    let visible = |l: &str| LogText::new(l.as_bytes()).for_terminal().into_owned();
    let lines: Vec<String> = s.split('\n').map(visible).collect();
    lines
        .join("\n")
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command.
fn property(s: &str) -> String {
    data(&s.replace('\n', "\\n"))
        .replace(':', "%3A")
        .replace(',', "%2C")
}
