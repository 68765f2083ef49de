//! Rows of a human timeline: tables with pipes or tabs, lists, bare lines, headings and sentences that begin with a time.
//! Which block of rows states the incident is settled here; dates, zones and order by `story`.

mod lines;
mod table;

use super::clock::{Clock, clock_at, clocks};
use super::date::{DateSaid, date_at, short_at};
use super::document::{Document, Form, SectionKind};
use super::finding::Place;
use super::patterns::Pattern;
use super::words;
use coroner_lines::record::MarkerKind;
use coroner_lines::sorting::SortList;
use coroner_lines::table::words;
use lines::runs;
use std::collections::BTreeSet;
use std::ops::Range;
use table::tables;

/// A row as it is written.
#[derive(Clone, Debug)]
pub struct DocumentRow {
    /// Index of the line.
    pub line: usize,
    /// Its time; `None` where the cell for it holds none.
    pub clock: Option<Clock>,
    /// The date that stands with it, or above it.
    pub date: Option<DateSaid>,
    /// Line of the date.
    pub date_line: usize,
    /// What happened, as it is seen.
    pub text: String,
    /// Bytes of the line that show it.
    pub at: Range<usize>,
    /// What that means, the most specific first.
    pub kinds: Vec<MarkerKind>,
    /// Whether it names a line of a log.
    pub cites: bool,
}

impl DocumentRow {
    /// The place of its words; of the whole line where they stand elsewhere.
    pub fn place(&self) -> Place {
        Place::new(self.line, self.at.clone())
    }

    /// The place of its time.
    pub fn time(&self) -> Place {
        match &self.clock {
            Some(c) => Place::new(self.line, c.at.clone()),
            None => self.place(),
        }
    }
}

/// Rows that stand together.
#[derive(Clone, Debug)]
pub struct Block {
    /// Rows, in the order of the document.
    pub rows: Vec<DocumentRow>,
    /// The line before the first row that belongs to it: the head of the table.
    pub head: Option<usize>,
    /// Whether it is a table or stands in a section for rows.
    pub sure: bool,
    /// Whether it is reported in sentences, whose order says nothing.
    pub prose: bool,
    /// The section of its first row.
    pub section: usize,
}

static EDGES: [(MarkerKind, Pattern); 2] = [
    (MarkerKind::Onset, Pattern::of("outage begins")),
    (MarkerKind::Recovery, Pattern::of("outage ends")),
];

/// Rows of a block that are looked at.
const MOST: usize = 2_000;

/// Every block of rows, in the order of the document.
pub fn blocks(doc: &Document) -> Vec<Block> {
    let mut out = tables(doc);
    let rows = out.iter().flat_map(|b: &Block| &b.rows);
    let taken: BTreeSet<usize> = rows.map(|r| r.line).collect();
    out.extend(runs(doc, &taken));
    out.sort_list_by_key(|b| b.rows.first().map_or(0, |r| r.line));
    if !out.iter().any(|b| b.sure) {
        out.extend(sentences(doc));
    }
    out
}

/// Words that may stand in front of a time.
const BEFORE: [&str; 13] =
    words("at on by around about approximately approx ca circa c the from between");
const DAYS: [&str; 7] = words("mon tue wed thu fri sat sun");

/// The time at the beginning of a text, with the date before it: where the words begin.
fn lead(seen: &str, from: usize, column: bool) -> Option<(Clock, Option<DateSaid>, usize)> {
    let mut at = from;
    let mut date = None;
    for _ in 0..8 {
        let rest = seen.get(at..)?;
        let skip = rest.len()
            - rest
                .trim_start_matches([' ', '\t', '[', '(', '~', '#', '>', '≈', ',', '|'])
                .len();
        if skip > 0 {
            at += skip;
            continue;
        }
        if date.is_none()
            && let Some(d) = date_at(seen, at).or_else(|| short_at(seen, at))
        {
            at = d.at.end;
            // `2023-05-01T13:05`, `01 May - 13:05`, `01.05.2023 at 13:05`
            let tail = &seen[at..];
            let more = tail.trim_start_matches([' ', ',', '-', '–', ':', 'T', ')']);
            at += tail.len() - more.len();
            date = Some(d);
            continue;
        }
        if let Some(c) = clock_at(seen, at, column) {
            let end = c.end(seen);
            return Some((c, date, end));
        }
        let word = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let small = rest[..word].to_ascii_lowercase();
        let day = word <= 9 && DAYS.iter().any(|d| small.starts_with(d));
        if word == 0 || !(day || BEFORE.contains(&small.as_str())) {
            return None;
        }
        at += word;
        if seen[at..].starts_with(['.', ',']) {
            at += 1;
        }
    }
    None
}

/// Where the words begin behind a time: separators and the end of a range skipped.
fn words_from(seen: &str, from: usize) -> usize {
    let mut at = from;
    for _ in 0..3 {
        let rest = &seen[at..];
        let skipped = rest.trim_start_matches([
            ' ', '\t', '-', '–', '—', ':', '|', ']', ')', ',', '.', '~', '+', '→', '>', '=',
        ]);
        let after = at + rest.len() - skipped.len();
        let dash = rest[..rest.len() - skipped.len()].contains(['-', '–', '—', '→']);
        let to = skipped.strip_prefix("to ").map_or(0, |_| 3);
        if (dash || to > 0)
            && let Some(c) = clock_at(seen, after + to, false)
        {
            at = c.end(seen);
            continue;
        }
        return after;
    }
    at
}

fn row(
    doc: &Document,
    line: usize,
    found: (Clock, Option<DateSaid>),
    at: Range<usize>,
    more: &str,
) -> DocumentRow {
    let seen = doc.seen(line);
    let mut text = seen.get(at.clone()).unwrap_or("").trim().to_owned();
    if text.len() < 3 || !more.is_empty() {
        text.push_str(if text.is_empty() || text.ends_with(['.', ':']) {
            " "
        } else {
            ". "
        });
        text.push_str(more);
    }
    let cut = text.char_indices().nth(600).map_or(text.len(), |(n, _)| n);
    text.truncate(cut);
    let said = spoken(doc, line, &at, &text);
    let mut kinds = words::kinds(&said);
    // said outright, whatever else the row states
    for (kind, pattern) in EDGES.iter() {
        if pattern.is_match(&said) && !kinds.contains(kind) {
            kinds.retain(|k| *k != MarkerKind::HumanNote);
            kinds.push(*kind);
        }
    }
    DocumentRow {
        line,
        clock: Some(found.0),
        date: found.1,
        date_line: line,
        kinds,
        text: text.trim().to_owned(),
        at,
        cites: false,
    }
}

/// The words of a row without what stands in code spans, which quote logs, where enough is left.
fn spoken(doc: &Document, line: usize, at: &Range<usize>, text: &str) -> String {
    let raw = doc.at(&Place::new(line, at.clone()));
    if !raw.contains('`') {
        return text.to_owned();
    }
    let plain: String = raw.split('`').step_by(2).collect();
    let plain = plain.replace("**", "");
    match plain.split_whitespace().count() >= 2 {
        true => plain,
        false => text.to_owned(),
    }
}

/// Whether a text names a line of a log: `web-1/access.log:12` in a code span.
fn cites(raw: &str) -> bool {
    raw.split('`').skip(1).step_by(2).any(|code| {
        let line = code.rsplit_once(':').map(|(name, n)| {
            !name.is_empty() && !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())
        });
        line == Some(true) || code.contains("@byte ")
    })
}

/// A story reported in sentences: each time with the words around it, in the sections that show it.
fn sentences(doc: &Document) -> Option<Block> {
    let mut rows = Vec::new();
    use SectionKind::{Cause, Detection, Intro, Other, Resolution, Summary, Timeline};
    let timed = |i| doc.kind(i) == Timeline && !clocks(doc.seen(i)).is_empty();
    let timeline = (0..doc.lines.len()).any(timed);
    for p in doc.paragraphs() {
        let i = p.line();
        let kind = doc.kind(i);
        let wanted = match timeline {
            true => kind == Timeline,
            false => matches!(
                kind,
                Intro | Summary | Other | Resolution | Detection | Cause
            ),
        };
        if !wanted || !matches!(doc.lines[i].form, Form::Text | Form::Item) {
            continue;
        }
        for m in super::mentions::in_paragraph(doc, &p) {
            let Some(kind) = m.kind.filter(|_| rows.len() < MOST) else {
                continue;
            };
            rows.push(DocumentRow {
                line: m.place.line,
                text: m.clause.clone(),
                kinds: vec![kind],
                date_line: m.place.line,
                date: m.date.map(|d| d.0),
                clock: Some(Clock {
                    at: m.place.at.clone(),
                    ..m.clock
                }),
                at: m.at.at.clone(),
                cites: false,
            });
        }
    }
    let line = rows.first()?.line;
    (rows.len() >= 3).then(|| Block {
        section: doc.lines[line].section,
        head: None,
        sure: false,
        prose: true,
        rows,
    })
}
