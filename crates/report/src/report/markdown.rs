//! The postmortem skeleton in Markdown: filled where the logs speak, one grep-able TODO form where a person must.
//! The text is the template's; here is the seal by which an edited file is known.

use super::template::{self, TEMPLATES};
use super::{Form, whole};
use coroner_infer::model::Report;

/// The form `md`.
pub static MARKDOWN: Form = Form {
    name: "md",
    extension: Some("md"),
    about: "postmortem skeleton in Markdown, with TODO blocks for people",
    write: |report, _| whole(to_string(report)),
};

pub use coroner_core::source::own::DIGEST;

/// The last line of a document: the CRC-32 of the text above it, and four digits of that of each section, so that it can
/// know how many were edited.
pub fn digest_line(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let crc = crc32fast::hash(text.as_bytes());
    let parts: String = sections(&text).iter().map(|s| format!("{s:04x}")).collect();
    format!("{DIGEST}{crc:08x} {parts}: an edited file is not overwritten without --force -->\n")
}

/// The check sums of the sections: what stands before the first heading, then each heading with what follows.
fn sections(text: &str) -> Vec<u16> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && (line.starts_with("# ") || line.starts_with("## ")) {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    let sum = |w: &[usize]| crc32fast::hash(&text.as_bytes()[w[0]..w[1]]) as u16;
    starts.windows(2).map(sum).collect()
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

/// How many sections of a document differ from what coroner wrote; `None` where its digest does not show it.
pub fn sections_edited(existing: &str) -> Option<usize> {
    let text = existing.replace("\r\n", "\n");
    let at = text.rfind(DIGEST)?;
    let (line, behind) = text[at..].split_once('\n')?;
    let written = line[DIGEST.len()..].get(9..)?.split(':').next()?;
    let mut written: Vec<u16> = written
        .as_bytes()
        .chunks(4)
        .map(|c| u16::from_str_radix(std::str::from_utf8(c).ok()?, 16).ok())
        .collect::<Option<_>>()?;
    let mut new = 0;
    for s in sections(&text[..at]) {
        match written.iter().position(|w| *w == s) {
            Some(i) => drop(written.swap_remove(i)),
            None => new += 1,
        }
    }
    let added = usize::from(!behind.trim().is_empty());
    Some(new.max(written.len()) + added).filter(|n| *n > 0)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edited_sections_are_counted() {
        let text = "# a\n\nx\n## b\ny\n## c\nz\n";
        let whole = format!("{text}{}", digest_line(text));
        assert!(!edited(&whole) && sections_edited(&whole).is_none());
        let count = |a: &str, b: &str| sections_edited(&whole.replace(a, b)).unwrap();
        assert_eq!(count("y\n", "Y\n"), 1);
        assert_eq!(count("## b\ny\n## c\nz\n", "## b\n1\n## c\n2\n"), 2);
        assert_eq!(count("## b\ny\n", ""), 1, "one is gone");
        assert_eq!(count("## c", "## new\n\n## c"), 1, "one came");
        assert_eq!(sections_edited(&format!("{whole}more\n")), Some(1));
        assert!(!edited(&whole.replace('\n', "\r\n")));
        assert_eq!(sections_edited("<!-- coroner digest 0: -->\n"), None);
    }
}
