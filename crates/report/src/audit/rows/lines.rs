//! Rows of lists and bare lines: what begins with a time, and the date that a line above it gives to the rows below.

use super::super::clock::Clock;
use super::super::date::{DateSaid, dates};
use super::super::document::{Document, Form, SectionKind, bullet, letters};
use super::super::patterns::Pattern;
use super::{Block, DocumentRow, MOST, cites, lead, row, words_from};
use std::collections::BTreeSet;

/// A sentence that dates all rows but those with a date of their own.
static ALL: Pattern = Pattern::of("all times");

/// What stands before such a date: that of an edit has other words.
static ON: Pattern = Pattern::of("on a day");

/// The dates under which rows stand, each with its line.
#[derive(Default)]
struct Dates {
    /// The last one: of a row, or of a line that is a date.
    last: Option<(DateSaid, usize)>,
    /// The one that a sentence gives to all rows without one.
    all: Option<(DateSaid, usize)>,
}

impl Dates {
    /// Takes a line that is no row. One that is a date says when the rows below it were.
    fn line(&mut self, seen: &str, line: usize) {
        let [d] = &dates(seen)[..] else { return };
        if seen.trim().len() < d.at.len() + 16 {
            *self = Dates {
                last: Some((d.clone(), line)),
                all: None,
            };
        } else if self.last.is_none() && ALL.is_match(seen) && ON.is_match(&seen[..d.at.start]) {
            self.all = Some((d.clone(), line));
        }
    }

    /// Gives a row the date that it stands under, or takes its own.
    fn settle(&mut self, r: &mut DocumentRow) {
        if let Some(own) = &r.date {
            self.last = Some((own.clone(), r.line));
        } else if let Some((d, line)) = self.all.as_ref().or(self.last.as_ref()) {
            (r.date, r.date_line) = (Some(d.clone()), *line);
        }
    }
}

/// Lines that begin with a time: in a section for rows, or three and more in a row elsewhere.
pub(super) fn runs(doc: &Document, taken: &BTreeSet<usize>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut date = Dates::default();
    let mut open: Option<Block> = None;
    let mut far = 0;
    for (i, line) in doc.lines.iter().enumerate() {
        let form = line.form;
        let kind = doc.kind(i);
        if taken.contains(&i)
            || matches!(form, Form::Code | Form::Rule | Form::Pipes)
            || kind == SectionKind::Appendix
        {
            continue;
        }
        let seen = doc.seen(i);
        let sure = kind == SectionKind::Timeline;
        let other = open.as_ref().is_some_and(|b| {
            b.sure != sure
                || !sure && b.section != doc.lines[i].section
                || sure && !same_timeline(doc, b.section, doc.lines[i].section)
        });
        if other || !sure && far > 3 {
            out.extend(open.take());
            date = Dates::default();
        }
        let from = match form {
            Form::Item => bullet(line.raw),
            _ => 0,
        };
        let quote = form == Form::Quote && !sure;
        match lead(seen, from, false).filter(|_| !quote) {
            Some((c, d, end)) => {
                let start = words_from(seen, end).min(seen.len());
                let tail = seen.trim_end().len().max(start);
                let more = match tail < start + 3 || form == Form::Heading {
                    true => following(doc, i),
                    false => String::new(),
                };
                if !is_row(seen, &c, start, &more, sure) {
                    far += 1;
                    continue;
                }
                let mut r = row(doc, i, (c, d), start..tail, &more);
                r.cites = cites(doc.lines[i].raw);
                date.settle(&mut r);
                far = 0;
                let block = open.get_or_insert_with(|| Block {
                    rows: Vec::new(),
                    head: None,
                    sure,
                    prose: false,
                    section: doc.lines[i].section,
                });
                if block.rows.len() < MOST {
                    block.rows.push(r);
                }
            }
            None => {
                if sure {
                    date.line(seen, i);
                }
                far += usize::from(form != Form::Blank);
            }
        }
    }
    out.extend(open);
    out.retain(|b| b.sure || b.rows.len() >= 3);
    out
}

/// Two sections are one timeline: the one is in the other, or both are under one that is a timeline.
fn same_timeline(doc: &Document, a: usize, b: usize) -> bool {
    let root = |mut s: usize| {
        while let Some(p) = doc.sections[s].parent {
            if doc.sections[s].own && doc.sections[s].kind == SectionKind::Timeline {
                break;
            }
            s = p;
        }
        s
    };
    root(a) == root(b)
}

/// A time in front of a line makes it a row where words follow it; `12:30 pm GMT is when …` in running text is none.
fn is_row(seen: &str, c: &Clock, start: usize, more: &str, sure: bool) -> bool {
    let tail = seen.get(start..).unwrap_or("").trim();
    let words = !tail.is_empty() || !more.is_empty();
    let at_start = letters(&seen[..c.at.start]) < 24;
    words && at_start && (sure || tail.len() < 300)
}

/// The lines behind a row whose words stand below it.
fn following(doc: &Document, line: usize) -> String {
    let mut out = String::new();
    for i in line + 1..doc.lines.len().min(line + 8) {
        let form = doc.lines[i].form;
        let seen = doc.seen(i).trim();
        if form == Form::Heading || out.len() > 300 {
            break;
        }
        if form == Form::Blank && !out.is_empty() {
            break;
        }
        if matches!(form, Form::Text | Form::Item | Form::Tabs) && !seen.is_empty() {
            if lead(doc.seen(i), bullet(doc.seen(i)), false).is_some() {
                break;
            }
            out.push_str(seen);
            out.push(' ');
        }
    }
    out.trim().to_owned()
}
