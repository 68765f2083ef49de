//! Times reported in running text, and what each is the time of: the words of its own clause decide, those before it where there
//! are any, else those behind it.

use super::clock::Clock;
use super::date::{DateSaid, dates};
use super::document::{Document, Form, Paragraph, SectionKind, trimmed};
use super::finding::Place;
use super::patterns::{Pattern, pattern};
use super::stamp::{Side, Stamp, stamps};
use super::words::{self, Family, family};
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use regex::Regex;
use std::sync::LazyLock;

/// A time in running text.
#[derive(Clone, Debug)]
pub struct Mention {
    /// The time; its bytes are those of the paragraph.
    pub clock: Clock,
    /// Where it stands.
    pub place: Place,
    /// The date of its sentence that stands nearest before it, and where.
    pub date: Option<(DateSaid, Place)>,
    /// What it is the time of, where the words say.
    pub kind: Option<MarkerKind>,
    /// Days from that date.
    pub plus: i64,
    /// What it is of a span whose other end is the mention beside it.
    pub side: Side,
    /// How it is said what it is the time of.
    pub by: By,
    /// Its clause.
    pub clause: String,
    /// Where the clause stands, on one line.
    pub at: Place,
    /// The section that it is in.
    pub section: SectionKind,
}

impl Mention {
    /// Whether it stands where the incident is reported in short.
    pub fn headline(&self) -> bool {
        self.section.is_headline()
    }
}

/// How it is said what a time is the time of, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// A label: `Start time: 13:05`.
    Label,
    /// The span that it begins or ends.
    Span,
    /// The words of its clause.
    Words,
}

/// A date in running text with no time beside it.
#[derive(Clone, Debug)]
pub struct Dated {
    /// The date.
    pub date: DateSaid,
    /// Where it stands.
    pub place: Place,
    /// What it is the date of, where the words say.
    pub kind: Option<MarkerKind>,
    /// Where its sentence begins.
    pub sentence: Place,
    /// The section that it is in.
    pub section: SectionKind,
}

static STARTED: Pattern = Pattern::of("started");
static OUTAGE: Pattern = Pattern::of("outage");
/// What a label says of the time behind it: the start, the end, or both.
static LABELS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    let of = r"(the|total|overall|actual|incident|outage|impact|issue|event|disruption|service|customer|problem)";
    let time = r"(time|date|at|on|and|/|of|\([^)]*\))";
    let span = format!(
        "duration|window|time ?line|time ?frame|time ?span|period|when|length|down ?time|unavailability|{of}|{time}"
    );
    [
        "start(ed|s|ing)?|began|begins?|onset|begin(ning)?",
        "end(ed|s|ing)?|resolved|recovery|recovered|restored|resolution|finish(ed)?|closed",
        &span,
    ]
    .map(|words| {
        pattern(&format!(
            r"(?i)^({of}[\s-]+)*({time}\s+)*({words})(\s+{time})*(\s+{of})?\s*$"
        ))
    })
});
/// Spans of something else than what went wrong.
static OTHER_SPAN: Pattern = Pattern::of("other span");
/// A span behind this is where one of its ends may lie: `began between 13:05 and 13:10`.
static BEGINS: Pattern = Pattern::of("begins");
/// An end whose subject stands before the start: `began at 13:05 and ended`.
static ENDS: Pattern = Pattern::of("ends");
/// Words at which a clause turns to what came of it.
static TURN: Pattern = Pattern::of("turn");

/// Whether a sentence speaks of something that went wrong.
pub fn speaks_of_outage(sentence: &str) -> bool {
    OUTAGE.is_match(sentence)
}

/// Bytes of a clause before and behind a time.
const NEAR: usize = 130;

/// What a clause says, sentences of running text included; `None` where it says nothing.
fn says(text: &str) -> Option<MarkerKind> {
    let kind = words::kinds(text)[0];
    match kind {
        MarkerKind::HumanNote => STARTED.is_match(text).then_some(MarkerKind::Onset),
        k => Some(k),
    }
}

/// What the words around a time say of it.
fn kind(before: &str, behind: &str) -> Option<MarkerKind> {
    let from = before.ceil_char_boundary(before.len().saturating_sub(NEAR));
    let before = &before[from..];
    // the last clause before it, where it is more than a word of time
    let last = before.rsplit([',', ';']).next().unwrap_or(before);
    if let Some(k) = says(last).or_else(|| says(before)) {
        return Some(k);
    }
    let behind = behind[..behind.floor_char_boundary(NEAR)]
        .trim_start_matches([')', ']', ',', ' ', ':', '-', '–']);
    let first = TURN.find(behind).map_or(behind, |m| &behind[..m.start()]);
    says(first).or_else(|| says(behind))
}

/// Every time in the running text that is no row's, in order.
pub fn mentions(
    doc: &Document,
    paragraphs: &[Paragraph],
    is_row: &dyn Fn(usize) -> bool,
) -> Vec<Mention> {
    let prose = prose(doc, paragraphs, is_row);
    prose.flat_map(|p| in_paragraph(doc, p)).collect()
}

/// Paragraphs that are no rows. What is quoted is said by others, on clocks of their own.
fn prose<'p>(
    doc: &Document,
    paragraphs: &'p [Paragraph],
    is_row: &dyn Fn(usize) -> bool,
) -> impl Iterator<Item = &'p Paragraph> {
    let is_prose = |p: &&Paragraph| !is_row(p.line()) && doc.lines[p.line()].form != Form::Quote;
    paragraphs.iter().filter(is_prose)
}

/// The times of a paragraph.
pub fn in_paragraph(doc: &Document, p: &Paragraph) -> Vec<Mention> {
    let all = stamps(&p.text);
    let section = doc.kind(p.line());
    let days = match all.is_empty() {
        true => Vec::new(),
        false => dates(&p.text),
    };
    let mut out: Vec<Mention> = Vec::new();
    for (n, s) in all.iter().enumerate() {
        let c = &s.clock;
        let sentence = p.sentence(c.at.start);
        let before_end = c.at.start;
        let last = n
            .checked_sub(1)
            .map(|i| &all[i])
            .filter(|o| o.clock.at.start >= sentence.start);
        let from = last.map_or(sentence.start, |o| o.clock.end(&p.text).min(before_end));
        let end = c.end(&p.text);
        let next = all.get(n + 1).filter(|o| o.clock.at.start < sentence.end);
        let to = next.map_or(sentence.end, |o| o.clock.at.start).max(end);
        let (by, kind) = match (labelled(p, &all, n), s.side) {
            (Some(k), _) => (By::Label, Some(k)),
            (None, Side::Start | Side::End) => {
                let first = &all[n - usize::from(s.side == Side::End)];
                let head = &p.text[sentence.start.min(first.at.start)..first.at.start];
                let is_span = spans(head, &p.text[sentence.clone()], section);
                let end = match s.side {
                    Side::Start => MarkerKind::Onset,
                    _ => MarkerKind::Recovery,
                };
                (By::Span, is_span.then_some(end))
            }
            _ => {
                let begun = out.last().filter(|_| last.is_some());
                let begun = begun.is_some_and(|m| m.kind == Some(MarkerKind::Onset));
                let kind = match begun && ENDS.is_match(&p.text[from..s.at.start.max(from)]) {
                    true => Some(MarkerKind::Recovery),
                    false => kind(&p.text[from..before_end], &p.text[end..to]),
                };
                (By::Words, kind)
            }
        };
        // one that stands further before in the sentence goes for the rest of it
        let date = s.date.as_ref().or_else(|| {
            days.iter()
                .rev()
                .find(|d| d.at.end <= c.at.start && d.at.start >= sentence.start)
        });
        let clause = from..to;
        out.push(Mention {
            place: p.place(c.at.clone()),
            date: date.map(|d| (d.clone(), p.place(d.at.clone()))),
            plus: s.plus,
            side: s.side,
            by,
            kind,
            clause: p.text[clause.clone()].trim().to_owned(),
            at: p.place(trimmed(&p.text, clause)),
            section,
            clock: c.clone(),
        });
    }
    out
}

/// What the label before a time, or before the span that it is of, says.
fn labelled(p: &Paragraph, all: &[Stamp], n: usize) -> Option<MarkerKind> {
    let ends = all[n].side == Side::End;
    let first = &all[n.checked_sub(usize::from(ends))?];
    let before = p.text[p.line_start(first.at.start)..first.at.start].trim_end();
    let before = before.strip_suffix([':', '|', '='])?;
    let label = before.rsplit(['|', ',', ';', '.', ':']).next()?;
    let label = label.trim_start_matches([' ', '-', '*', '>', '•']);
    let says = LABELS.iter().position(|l| l.is_match(label))?;
    match (says, all[n].side) {
        (0, Side::Alone) | (2, Side::Start) => Some(MarkerKind::Onset),
        (1, Side::Alone) | (2, Side::End) => Some(MarkerKind::Recovery),
        _ => None,
    }
}

/// Whether a span in a sentence is that of what went wrong: by the words of the sentence, or because it opens one in a section
/// that reports nothing else. `head` is what stands before it.
fn spans(head: &str, sentence: &str, section: SectionKind) -> bool {
    let opens = matches!(
        section,
        SectionKind::Intro | SectionKind::Summary | SectionKind::Impact
    ) && !head.contains(char::is_alphabetic);
    let act = || {
        matches!(
            family(words::kinds(sentence)[0]),
            Family::Change
                | Family::Rollback
                | Family::Alert
                | Family::Mitigation
                | Family::Restart
        )
    };
    let edge = BEGINS.is_match(head) || ENDS.is_match(head) || head.trim_end().ends_with(':');
    !edge && !OTHER_SPAN.is_match(sentence) && (speaks_of_outage(sentence) || opens && !act())
}

/// Dates of the running text and of headings, with what each is the date of.
pub fn dated(
    doc: &Document,
    paragraphs: &[Paragraph],
    is_row: &dyn Fn(usize) -> bool,
) -> Vec<Dated> {
    let mut out = Vec::new();
    for (i, line) in doc.lines.iter().enumerate() {
        if line.form != Form::Heading {
            continue;
        }
        for d in dates(doc.seen(i)) {
            out.push(Dated {
                place: Place::new(i, d.at.clone()),
                date: d,
                kind: None,
                sentence: Place::new(i, 0..0),
                section: doc.kind(i),
            });
        }
    }
    for p in prose(doc, paragraphs, is_row) {
        for d in dates(&p.text) {
            let s = p.sentence(d.at.start);
            let (before, behind) = (
                &p.text[s.start..d.at.start],
                &p.text[d.at.end..s.end.max(d.at.end)],
            );
            out.push(Dated {
                place: p.place(d.at.clone()),
                kind: kind(before, behind),
                sentence: p.place(s.start..s.start),
                section: doc.kind(p.line()),
                date: d,
            });
        }
    }
    out.sort_list_by_key(|d| d.place.key());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{holds, or_dash};

    #[test]
    fn clauses_show_what_a_time_is_of() {
        holds("what times are of", |text| {
            let doc = Document::read("x", text);
            let all = mentions(&doc, &doc.paragraphs(), &|_| false);
            let kinds = all.iter().map(|m| or_dash(m.kind.map(MarkerKind::word)));
            kinds.collect::<Vec<_>>().join(" ")
        });
    }
}
