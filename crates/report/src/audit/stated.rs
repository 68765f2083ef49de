//! Lengths of time that a document states of its incident: how long the outage was, how long detection took.
//! A length counts only where its clause says what it is the length of; every other length is left alone.

use super::document::{Document, Paragraph, SectionKind};
use super::finding::Place;
use super::length::{Length, lengths};
use super::patterns::Pattern;

/// A stated length.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The length; its bytes are those of its paragraph.
    pub length: Length,
    /// Where it stands.
    pub place: Place,
    /// Where the words stand that make it a statement: `lasted for 45 minutes`.
    pub phrase: Place,
}

static LABEL: Pattern = Pattern::of("label of a length");
static DETECTION: Pattern = Pattern::of("time to detect");
/// Words before a length.
static BEFORE: Pattern = Pattern::of("before a length");
/// Words behind a length: `a 45-minute outage`.
static BEHIND: Pattern = Pattern::of("behind a length");
/// Lengths of something else.
static ELSE: Pattern = Pattern::of("other length");
static ORDINAL: Pattern = Pattern::of("before an ordinal");

/// Words of an outage's length behind an ordinal or in its sentence.
static OUTAGE: Pattern = Pattern::of("outage of a length");

/// Every length that is stated of the incident, in order.
pub fn stated(
    doc: &Document,
    paragraphs: &[Paragraph],
    is_row: &dyn Fn(usize) -> bool,
) -> Vec<Stated> {
    let mut out = Vec::new();
    for p in paragraphs {
        let line = p.line();
        let kind = doc.kind(line);
        if is_row(line) || (kind.is_beside() || kind == SectionKind::Timeline) {
            continue;
        }
        for l in lengths(&p.text) {
            // lessons and causes speak of many lengths
            if let Some(from) = of_outage(p, &l, doc.is_table(line), kind) {
                out.push(Stated {
                    place: p.place(l.at.clone()),
                    phrase: p.place(from..l.at.end),
                    length: l,
                });
            }
        }
    }
    out
}

/// Where the words begin that say of a length that it is the outage's; `None` where it is another's.
fn of_outage(p: &Paragraph, l: &Length, table: bool, kind: SectionKind) -> Option<usize> {
    let text = &p.text;
    let sentence = p.sentence(l.at.start);
    // a label says it of the first length behind it
    let line = p.line_start(l.at.start);
    let head = &text[line..l.at.start];
    let first = head.len() < 90 && lengths(head).is_empty();
    let start = line + head.len() - head.trim_start_matches([' ', '|', '-', '*', '>']).len();
    if first && DETECTION.is_match(head) {
        return None;
    }
    if first && LABEL.is_match(head) {
        return Some(start);
    }
    if table
        || matches!(
            kind,
            SectionKind::Lessons | SectionKind::Cause | SectionKind::Figures
        )
    {
        return None;
    }
    let before = &text[sentence.start..l.at.start];
    if l.ordinal {
        let fits = ORDINAL.is_match(before) && OUTAGE.is_match(&text[sentence]);
        return fits.then_some(l.at.start);
    }
    if BEHIND.is_match(&text[l.at.end..]) && !ELSE.is_match(before) {
        return Some(l.at.start);
    }
    let m = BEFORE.find(before)?;
    if ELSE.is_match(before) {
        return None;
    }
    // the words nearest the length: "lasted for", "downtime of", "for"
    let said = m.as_str().trim_end_matches([' ', '(']);
    let words = said.rsplitn(3, ' ').take(2);
    let len: usize = words.map(|w| w.len() + 1).sum();
    let from = l.at.start.saturating_sub(len);
    Some(text.ceil_char_boundary(from.max(sentence.start + m.start())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audited;

    fn found(text: &str) -> Vec<String> {
        let doc = Document::read("x", text);
        let all = stated(&doc, &doc.paragraphs(), &|_| false).into_iter();
        all.map(|s| (s.length.secs / 60).to_string()).collect()
    }

    #[test]
    fn only_what_is_said_of_the_outage_counts() {
        for (text, want) in audited("stated") {
            let found = found(&text.replace("\\n", "\n"));
            assert_eq!(found.join(", "), want, "{text}");
        }
    }
}
